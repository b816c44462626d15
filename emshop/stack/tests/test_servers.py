"""The embedded servers: started once, shared, kept, and gone when nobody needs them."""

import os
import signal
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from emshop.stack.places import Home, StackError
from emshop.stack.servers import BROKER, CACHE, DATABASE, use_servers


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "stack", is_durable=False)


def processes_of(home):
    path = str(home.path)
    return [
        one
        for one in psutil.process_iter(["cmdline"])
        if path in " ".join(one.info["cmdline"] or [])
    ]


def wait_until_gone(home):
    until = time.monotonic() + 30
    while processes_of(home) and time.monotonic() < until:
        time.sleep(0.1)
    return processes_of(home)


def keeper_of(home):
    return next(one for one in processes_of(home) if "emshop.stack.keeper" in one.info["cmdline"])


def write_note(addresses, words):
    with psycopg.connect(addresses[DATABASE]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (words text)")
        connection.execute("INSERT INTO note VALUES (%s)", [words])


def read_notes(addresses):
    with psycopg.connect(addresses[DATABASE]) as connection:
        return [row[0] for row in connection.execute("SELECT words FROM note")]


def test_servers_keep_their_data_and_leave_no_process(home):
    with use_servers(home, {}) as addresses:
        write_note(addresses, "钥匙")
        assert redis.Redis.from_url(addresses[CACHE]).config_get("maxmemory-policy") == {
            "maxmemory-policy": "allkeys-lru"
        }
        assert redis.Redis.from_url(addresses[BROKER]).config_get("maxmemory-policy") == {
            "maxmemory-policy": "noeviction"
        }
    assert wait_until_gone(home) == []

    with use_servers(home, {}) as again:
        assert read_notes(again) == ["钥匙"]
    assert wait_until_gone(home) == []


def test_second_user_shares_the_servers_and_outlives_the_first(home):
    with use_servers(home, {}) as second:
        with use_servers(home, {}) as first:
            assert first == second
            keeper = keeper_of(home).pid
        time.sleep(1)
        write_note(second, "still here")
        assert keeper_of(home).pid == keeper
    wait_until_gone(home)


def test_killed_servers_come_back_and_a_killed_keeper_leaves_nothing(home):
    with use_servers(home, {}) as addresses:
        write_note(addresses, "before")
        keeper = keeper_of(home)
        keeper.send_signal(signal.SIGKILL)
        assert wait_until_gone(home) == []

        with use_servers(home, {}) as again:
            assert read_notes(again) == ["before"]
            os.kill(
                int((home.path / "postgres" / "postmaster.pid").read_text().split()[0]),
                signal.SIGKILL,
            )
            wait_for_answer(again)
            assert read_notes(again) == ["before"]
    assert wait_until_gone(home) == []


def wait_for_answer(addresses):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            return psycopg.connect(addresses[DATABASE], connect_timeout=1).close()
        except psycopg.OperationalError:
            time.sleep(0.2)
    raise AssertionError("PostgreSQL did not come back")


def test_stale_lock_file_of_another_process_does_not_stop_the_start(home):
    with use_servers(home, {}):
        pass
    wait_until_gone(home)
    data = home.path / "postgres"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n1\n5432\n\n127.0.0.1\n\n")

    with use_servers(home, {}) as addresses:
        write_note(addresses, "up")
    wait_until_gone(home)


def test_servers_given_by_address_are_used_and_nothing_is_started(home):
    given = {
        DATABASE: "postgresql://a@b/c",
        CACHE: "redis://b/0",
        BROKER: "amqp://b//",
        "OTHER": "x",
    }

    with use_servers(home, given) as addresses:
        assert addresses == {
            DATABASE: "postgresql://a@b/c",
            CACHE: "redis://b/0",
            BROKER: "amqp://b//",
        }

    assert not home.path.exists()


def test_unusable_data_folder_is_named(home):
    (home.path / "postgres").mkdir(parents=True)
    (home.path / "postgres" / "letter.txt").write_text("mine")

    with pytest.raises(StackError, match=r"letter\.txt is in the way"), use_servers(home, {}):
        pass

    assert Path(home.path / "postgres" / "letter.txt").read_text() == "mine"
    wait_until_gone(home)
