import threading

import pytest
from django.db import connection

from apps.core.errors import Refusal
from apps.core.idempotency import (
    BadIdempotencyKey,
    KeyReused,
    StillRunning,
    StoredAnswer,
    answer_once,
)
from apps.core.models import IdempotencyKey

KEY = "0123456789abcdef"


def ask(work, *, key=KEY, of="same"):
    return answer_once(owner="user:1", endpoint="POST /x", key=key, of=of, work=work)


@pytest.mark.django_db
def test_the_same_key_gives_the_stored_answer_and_works_once():
    calls = []

    def work():
        calls.append(1)
        return StoredAnswer(201, {"n": len(calls)})

    first, second = ask(work), ask(work)

    assert (first.status, first.body, first.is_replay) == (201, {"n": 1}, False)
    assert (second.status, second.body, second.is_replay) == (201, {"n": 1}, True)
    assert len(calls) == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused():
    ask(lambda: StoredAnswer(201, {}))

    with pytest.raises(KeyReused):
        ask(lambda: pytest.fail("must not run"), of="another")


@pytest.mark.django_db
def test_a_refusal_leaves_no_key_behind():
    class Nope(Refusal):
        code, http_status, text = "TEST_NOPE", 409, "no"

    def refuse():
        raise Nope

    with pytest.raises(Nope):
        ask(refuse)

    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["", "short", "x" * 81, "with space!", "schlüssel", "nul\0nulnul"])
@pytest.mark.django_db
def test_a_key_that_is_none_is_refused(key):
    with pytest.raises(BadIdempotencyKey):
        ask(lambda: pytest.fail("must not run"), key=key)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_work_once():
    barrier, outcomes, calls = threading.Barrier(50), [], []

    def work():
        calls.append(1)
        return StoredAnswer(201, {"order": 1})

    def knock():
        barrier.wait()
        try:
            outcomes.append(ask(work).status)
        except StillRunning:
            outcomes.append("IN_PROGRESS")
        finally:
            connection.close()

    threads = [threading.Thread(target=knock) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(calls) == 1
    assert set(outcomes) <= {201, "IN_PROGRESS"}
    assert outcomes.count(201) >= 1
    assert len(outcomes) == 50
