"""The bridge from ASGI to WSGI, asked as a server would ask it."""

import asyncio
import hashlib
import time

import pytest

from emshop.front.bridge import ReaderStuck
from emshop.front.limits import Limits
from emshop.front.tests import sample
from emshop.front.tests.asking import ask, ask_async, scope_of


@pytest.fixture
def bridge():
    sample.closed.clear()
    sample.gate.clear()
    made, pool = sample.build()
    yield made
    sample.gate.set()
    pool.stop(5)


def wait_until(condition):
    until = time.monotonic() + 5
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def test_whole_answer_comes_in_one_piece_with_its_length(bridge):
    reply = ask(
        bridge,
        "/echo",
        query="a=1&a=2",
        headers=[("x-test", "x"), ("x-test", "y"), ("x_test", "z")],
    )

    assert (reply.status, len(reply.pieces), reply.is_complete) == (200, 1, True)
    assert reply.header("content-length") == str(len(reply.body))
    assert b"QUERY_STRING=a=1&a=2\n" in reply.body
    assert (
        b"HTTP_X_TEST=x,y\n" in reply.body
    )  # the name with "_" is dropped: it could pass for the other


def test_cookies_sent_apart_are_one_header_again(bridge):
    reply = ask(bridge, "/echo", headers=[("cookie", "a=1"), ("cookie", "b=2")])

    assert b"HTTP_COOKIE=a=1; b=2\n" in reply.body


def test_body_of_unknown_length_arrives_whole(bridge):
    pieces = [b"a" * 70_000, b"b" * 70_000, b"c" * 70_000]

    reply = ask(bridge, "/echo", method="POST", body=pieces)

    assert reply.header("x-digest") == hashlib.sha256(b"".join(pieces)).hexdigest()
    assert b"CONTENT_LENGTH=210000\n" in reply.body


def test_announced_body_beyond_the_limit_is_refused_unread(bridge):
    reply = ask(
        bridge,
        "/echo",
        method="POST",
        headers=[("content-length", "3000001")],
        body=[b"never read"],
    )

    assert reply.status == 413
    assert b"PAYLOAD_TOO_LARGE" in reply.body


def test_body_that_grows_beyond_the_limit_is_refused(bridge):
    reply = ask(bridge, "/api/v1/imports/", method="POST", body=[b"x" * 1_000_000] * 4)

    assert reply.status == 413
    assert reply.header("content-type") == "application/json"
    assert b'"code": "PAYLOAD_TOO_LARGE"' in reply.body


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("content-length", "1"), ("content-length", "2")], 400),
        ([("content-length", "-5")], 400),
        ([("content-length", "9" * 5000)], 413),
        ([("host", "evil.example")], 400),
        ([("x-long", "x" * 40_000)], 431),
        ([(f"x-{number}", "1") for number in range(120)], 431),
    ],
)
def test_heads_that_no_browser_sends_are_refused(bridge, headers, status):
    assert ask(bridge, "/echo", headers=headers).status == status


def test_too_long_an_address_is_refused_in_the_readers_language(bridge):
    reply = ask(bridge, "/echo", query="q" * 9000, headers=[("accept-language", "en")])

    assert reply.status == 414
    assert reply.body == b"The address is too long. (URI_TOO_LONG)\n"


def test_sender_that_stops_halfway_is_told_so():
    made, pool = sample.build(limits=Limits(pause_seconds=0.1))

    async def stall():
        sent = []

        async def receive():
            await asyncio.sleep(60)

        async def send(message):
            sent.append(message)

        await made(
            scope_of("/echo", method="POST", headers=[("content-length", "5")]), receive, send
        )
        return sent[0]["status"]

    assert asyncio.run(stall()) == 408
    pool.stop(1)


def test_sender_that_leaves_halfway_costs_no_thread(bridge):
    async def leave():
        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            raise AssertionError(message)

        await bridge(
            scope_of("/echo", method="POST", headers=[("content-length", "5")]), receive, send
        )

    asyncio.run(leave())
    assert ask(bridge, "/echo").status == 200


def test_head_has_the_length_and_no_body(bridge):
    reply = ask(bridge, "/file", method="HEAD", query="500")

    assert (reply.status, reply.body, reply.header("content-length")) == (200, b"", "500")


def test_long_answer_flows_piece_by_piece_and_is_closed(bridge):
    reply = ask(bridge, "/stream", query="5")

    assert reply.pieces == [sample.PIECE] * 5 + [b""]
    assert reply.is_complete
    assert wait_until(lambda: sample.closed == ["stream"])


def test_slow_reader_slows_the_writer_down(bridge):
    first = next(sample.sent_pieces)

    async def read_slowly(reply):
        await asyncio.sleep(0.05)
        assert next(sample.sent_pieces) - first < 3 * len(reply.pieces) + 3

    reply = ask(bridge, "/counted", on_piece=read_slowly, leave_after=5)

    assert len(reply.pieces) < 10
    assert wait_until(lambda: sample.closed == ["counted"])


def test_reader_that_stops_reading_is_let_go():
    made, pool = sample.build(limits=Limits(pause_seconds=0.2))
    sample.closed.clear()

    async def stuck(reply):
        await asyncio.sleep(1 if len(reply.pieces) == 2 else 0)

    with pytest.raises(ReaderStuck):
        ask(made, "/stream", query="100", on_piece=stuck)

    assert wait_until(lambda: sample.closed == ["stream"])
    pool.stop(1)


def test_reader_that_leaves_ends_the_work(bridge):
    reply = ask(bridge, "/stream", query="100000", leave_after=3)

    assert not reply.is_complete
    assert len(reply.pieces) < 10
    assert wait_until(lambda: sample.closed == ["stream"])


def test_failure_before_the_answer_is_a_500(bridge):
    reply = ask(bridge, "/boom", headers=[("accept-language", "en")])

    assert reply.status == 500
    assert b"SERVER_ERROR" in reply.body
    assert b"boom" not in reply.body


def test_failure_in_the_middle_does_not_look_complete(bridge):
    replies = []

    async def note(reply):
        replies.append(reply)

    with pytest.raises(ValueError, match="late boom"):
        ask(bridge, "/late-boom", on_piece=note)

    assert not replies[-1].is_complete
    assert wait_until(lambda: sample.closed == ["late"])


@pytest.mark.parametrize(("size", "pieces"), [(0, 1), (1000, 1), (262_144, 1), (600_000, 4)])
def test_files_come_whole_when_small_and_in_large_pieces_otherwise(bridge, size, pieces):
    reply = ask(bridge, "/file", query=str(size))

    assert reply.body == b"x" * size
    assert len(reply.pieces) == pieces


def test_requests_run_at_the_same_time_and_wait_for_a_free_thread(bridge):
    async def crowd():
        first = [asyncio.create_task(ask_async(bridge, scope_of("/meet"))) for _ in range(5)]
        await asyncio.to_thread(lambda: [sample.arrived.acquire(timeout=5) for _ in range(2)])
        is_third_waiting = not sample.arrived.acquire(timeout=0.1)
        sample.gate.set()
        return is_third_waiting, [reply.body for reply in await asyncio.gather(*first)]

    assert asyncio.run(crowd()) == (True, [b"met"] * 5)


def test_long_answers_leave_the_ordinary_threads_free_and_have_a_bound(bridge):
    async def crowd():
        resume = asyncio.Event()

        async def hold(_reply):
            await resume.wait()

        held = [
            asyncio.create_task(ask_async(bridge, scope_of("/stream", query="2"), on_piece=hold))
            for _ in range(2)
        ]
        await asyncio.sleep(0.3)
        quick = [(await ask_async(bridge, scope_of("/echo"))).status for _ in range(4)]
        one_too_many = (await ask_async(bridge, scope_of("/stream"))).status
        resume.set()
        return quick, one_too_many, [(await task).is_complete for task in held]

    assert asyncio.run(crowd()) == ([200] * 4, 503, [True, True])
    assert ask(bridge, "/stream").is_complete
