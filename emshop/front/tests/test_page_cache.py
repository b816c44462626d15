"""Anonymous pages from memory: shared among nobody's requests, never long, never anyone's."""

import asyncio
from itertools import count

import pytest

from emshop.front import page_cache
from emshop.front.page_cache import PageCache
from emshop.front.page_store import PageStore, StoredPage
from emshop.front.tests.asking import ask, ask_async, scope_of


class Shop:
    """Answers with a number that tells how often it was asked."""

    def __init__(self, *headers, status=200, body=b"page %d"):
        self.headers = [(b"x-emshop-shared-cache", b"5"), (b"x-request-id", b"r"), *headers]
        self.status = status
        self.body = body
        self.numbers = count(1)
        self.pause = asyncio.sleep

    async def __call__(self, scope, receive, send):
        body = self.body % next(self.numbers) if b"%d" in self.body else self.body
        await self.pause(0)
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


class Clock:
    def __init__(self):
        self.at = 1000.0

    def monotonic(self):
        return self.at


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(page_cache, "time", clock)
    return clock


def cache_before(shop, version=lambda: 1):
    return PageCache(shop, version)


def test_second_visitor_gets_the_first_ones_page(clock):
    cache = cache_before(Shop())

    first, second = ask(cache, "/"), ask(cache, "/")

    assert (first.body, second.body) == (b"page 1", b"page 1")
    assert first.header("x-emshop-shared-cache") == second.header("x-emshop-shared-cache") == ""
    assert (first.header("x-request-id"), second.header("x-request-id")) == ("r", "")


def test_page_is_never_older_than_five_seconds(clock):
    shop = Shop()
    shop.headers[0] = (b"x-emshop-shared-cache", b"3600")
    cache = cache_before(shop)
    ask(cache, "/")

    clock.at += 5

    assert ask(cache, "/").body == b"page 2"


def test_new_version_of_the_catalogue_ends_a_page_at_once(clock):
    versions = [1]
    cache = cache_before(Shop(), lambda: versions[-1])
    ask(cache, "/")

    versions.append(2)

    assert ask(cache, "/").body == b"page 2"


def test_ageing_page_is_renewed_by_one_request_while_others_still_get_it(clock):
    shop = Shop()
    cache = cache_before(shop)
    ask(cache, "/")
    clock.at += 4

    async def crowd():
        turn = asyncio.Event()

        async def wait(_seconds):
            await turn.wait()

        shop.pause = wait
        renewing = asyncio.create_task(ask_async(cache, scope_of("/")))
        await asyncio.sleep(0)
        others = [(await ask_async(cache, scope_of("/"))).body for _ in range(3)]
        turn.set()
        return others, (await renewing).body

    assert asyncio.run(crowd()) == ([b"page 1"] * 3, b"page 2")
    assert ask(cache, "/").body == b"page 2"


def test_crowd_before_an_ended_page_asks_once_and_gets_the_new_one(clock):
    shop = Shop()
    cache = cache_before(shop)
    ask(cache, "/")
    clock.at += 6

    async def crowd():
        turn = asyncio.Event()

        async def wait(_seconds):
            await turn.wait()

        shop.pause = wait
        visitors = [asyncio.create_task(ask_async(cache, scope_of("/"))) for _ in range(20)]
        await asyncio.sleep(0.01)
        turn.set()
        return {(await visitor).body for visitor in visitors}

    assert asyncio.run(crowd()) == {b"page 2"}
    assert next(shop.numbers) == 3


def test_crowd_does_not_wait_for_pages_that_are_nobody_elses(clock):
    shop = Shop()
    shop.headers.pop(0)
    cache = cache_before(shop)

    async def crowd():
        visitors = [ask_async(cache, scope_of("/")) for _ in range(3)]
        return {reply.body for reply in await asyncio.gather(*visitors)}

    assert asyncio.run(crowd()) == {b"page 1", b"page 2", b"page 3"}


@pytest.mark.parametrize(
    "headers",
    [
        [("cookie", "sessionid=abc")],
        [("cookie", "cart=1")],
        [("cookie", "django_language=en; sessionid=abc")],
        [("cookie", "django_language=en"), ("cookie", "sessionid=abc")],
        [("cookie", "garbage")],
        [("authorization", "Bearer x")],
        [("hx-request", "true")],
        [("range", "bytes=0-1")],
    ],
)
def test_request_that_may_bring_a_person_is_neither_answered_from_memory_nor_remembered(
    clock, headers
):
    cache = cache_before(Shop())

    assert ask(cache, "/", headers=headers).body == b"page 1"
    assert ask(cache, "/").body == b"page 2"
    assert ask(cache, "/", headers=headers).body == b"page 3"
    assert ask(cache, "/").body == b"page 2"


def test_visitor_with_a_form_token_reads_but_does_not_write_the_memory(clock):
    cache = cache_before(Shop())
    token = [("cookie", "csrftoken=abc")]

    assert ask(cache, "/", headers=token).body == b"page 1"
    assert ask(cache, "/").body == b"page 2"
    assert ask(cache, "/", headers=token).body == b"page 2"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"path": "/"}, {"path": "/other"}),
        ({"path": "/", "query": "a=1"}, {"path": "/", "query": "a=2"}),
        ({"path": "/"}, {"path": "/", "headers": [("accept-language", "en")]}),
        ({"path": "/"}, {"path": "/", "headers": [("cookie", "django_language=en")]}),
        ({"path": "/"}, {"path": "/", "headers": [("x-forwarded-proto", "https")]}),
        ({"path": "/"}, {"path": "/", "headers": [("host", "evil.example")]}),
        ({"path": "/"}, {"path": "/", "method": "POST"}),
    ],
)
def test_different_requests_do_not_share(clock, first, second):
    cache = cache_before(Shop())

    bodies = [ask(cache, **dict(one)).body for one in (first, second)]

    assert bodies == [b"page 1", b"page 2"]


def test_same_language_said_differently_is_one_page(clock):
    cache = cache_before(Shop())

    said = ["zh-CN,zh;q=0.9", "zh-hans", ""]
    bodies = [ask(cache, "/", headers=[("accept-language", words)]).body for words in said]

    assert bodies == [b"page 1"] * 3


@pytest.mark.parametrize(
    "shop",
    [
        Shop((b"set-cookie", b"sessionid=secret")),
        Shop((b"cache-control", b"max-age=0, private")),
        Shop((b"vary", b"Cookie, User-Agent")),
        Shop(status=404),
        Shop(body=b"x" * (page_cache.LARGEST_PAGE + 1)),
    ],
)
def test_answers_that_are_not_for_everybody_are_not_kept(clock, shop):
    cache = cache_before(shop)
    ask(cache, "/")

    assert cache.store.bytes == 0


def test_unmarked_answers_are_not_kept(clock):
    shop = Shop()
    shop.headers.pop(0)
    cache = cache_before(shop)

    assert [ask(cache, "/").body, ask(cache, "/").body] == [b"page 1", b"page 2"]


def test_head_is_answered_from_memory_without_a_body(clock):
    cache = cache_before(Shop((b"content-length", b"6")))
    ask(cache, "/")

    reply = ask(cache, "/", method="HEAD")

    assert (reply.status, reply.body, reply.header("content-length")) == (200, b"", "6")


def test_memory_is_bounded_and_the_longest_unused_goes_first():
    store = PageStore(most_bytes=3 * 3048)
    for name in (b"a", b"b", b"c"):
        store.put((name,), StoredPage([], b"x" * 1000, 1, 10, 20))
    store.get((b"a",), 1, 0)

    store.put((b"d",), StoredPage([], b"x" * 1000, 1, 10, 20))

    assert [name for name in (b"a", b"b", b"c", b"d") if store.get((name,), 1, 0)] == [
        b"a",
        b"c",
        b"d",
    ]
    assert store.bytes == 3 * 3048
