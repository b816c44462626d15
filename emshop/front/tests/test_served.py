"""The front behind the real server, with clients that misbehave on real connections."""

import http.client
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from emshop.stack.places import PROJECT
from emshop.stack.processes import free_port

GRANIAN = Path(sys.executable).with_name("granian")


@pytest.fixture(scope="module")
def port():
    chosen = free_port()
    command = [
        GRANIAN,
        "--interface",
        "asgi",
        "--http",
        "1",
        "--host",
        "127.0.0.1",
        "--port",
        str(chosen),
    ]
    with subprocess.Popen(
        [*command, "emshop.front.tests.served:application"], cwd=PROJECT
    ) as server:
        wait_for(chosen)
        yield chosen
        server.terminate()
        assert server.wait(20) == 0


def wait_for(port):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("granian did not start")


def fetch(port, path, method="GET", body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    return answer.status, answer.read()


def raw(port, *lines, size=1024):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    client.settimeout(20)
    client.connect(("127.0.0.1", port))
    client.sendall("\r\n".join([*lines, "host: localhost", "", ""]).encode("latin-1"))
    return client


def state(port):
    pid, pieces, threads, closed = fetch(port, "/process")[1].decode().split(" ")
    return int(pid), int(pieces), int(threads), closed.split(",")


def test_large_bodies_arrive_in_either_form(port):
    body = b"y" * 2_900_000

    assert fetch(port, "/echo", "POST", body)[0] == 200
    assert (
        b"CONTENT_LENGTH=2900000" in fetch(port, "/echo", "POST", iter([body[:99], body[99:]]))[1]
    )
    with raw(port, "POST /echo HTTP/1.1", "content-length: 3000001") as client:
        assert client.recv(100).split()[1] == b"413"


def test_client_that_reads_slowly_holds_neither_memory_nor_the_others(port):
    pid, before, _, _ = state(port)
    resident = psutil.Process(pid).memory_info().rss

    with raw(port, "GET /counted HTTP/1.1") as client:
        client.recv(100)
        time.sleep(1.5)
        assert fetch(port, "/echo")[0] == 200
        _, now, _, _ = state(port)

    assert now - before < 400  # pieces of 64 kB; the application would make 10,000
    assert psutil.Process(pid).memory_info().rss - resident < 60_000_000


def test_client_that_leaves_ends_the_work(port):
    with raw(port, "GET /counted HTTP/1.1") as client:
        client.recv(100)
    until = time.monotonic() + 8
    while "counted" not in state(port)[3] and time.monotonic() < until:
        time.sleep(0.2)

    assert "counted" in state(port)[3]


def test_answer_cut_short_cannot_be_taken_for_whole(port):
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        fetch(port, "/late-boom")


def test_failure_is_a_500_and_the_server_goes_on(port):
    assert fetch(port, "/boom")[0] == 500
    assert fetch(port, "/echo")[0] == 200


def test_two_requests_on_one_connection(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, "/file?1000")
        answer = connection.getresponse()
        assert len(answer.read()) == (0 if method == "HEAD" else 1000)
        assert answer.headers["content-length"] == "1000"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /%ff%fe HTTP/1.1", b"404"),
        ("GET /echo?%00 HTTP/1.1", b"200"),
        ("GET http://elsewhere.example/echo HTTP/1.1", b"200"),
        ("GET /\xff HTTP/1.1", b"400"),
        ("NONSENSE", b"400"),
    ],
)
def test_strange_request_lines_do_not_hurt(port, line, status):
    with raw(port, line, "connection: close") as client:
        assert client.recv(100).split()[1] == status
    assert fetch(port, "/echo")[0] == 200


def test_many_at_once_all_get_their_own_answer(port):
    clients = [
        raw(port, f"GET /echo?number={number} HTTP/1.1", "connection: close")
        for number in range(100)
    ]
    for number, client in enumerate(clients):
        with client:
            text = b"".join(iter(lambda one=client: one.recv(65536), b""))
        assert f"QUERY_STRING=number={number}\n".encode() in text
