"""A WSGI application with every kind of answer, and the bridge in front of it."""

import hashlib
import itertools
import os
import tempfile
import threading
import time
from pathlib import Path

from emshop.front.bridge import WsgiBridge
from emshop.front.limits import Limits
from emshop.front.pool import ThreadPool

TEXT = [("Content-Type", "text/plain")]
PIECE = b"0123456789abcdef" * 4096
closed: list[str] = []
sent_pieces = itertools.count()
arrived = threading.Semaphore(0)
gate = threading.Event()


class Answer:
    """A long answer that notes when it is closed."""

    def __init__(self, name, pieces):
        self.name = name
        self.pieces = pieces

    def __iter__(self):
        return iter(self.pieces)

    def close(self):
        closed.append(self.name)


def application(environ, start_response):
    door = DOORS.get(environ["PATH_INFO"], missing)
    return door(environ, start_response)


def missing(_environ, start_response):
    start_response("404 Not Found", TEXT)
    return [b"missing"]


def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [*TEXT, ("X-Digest", hashlib.sha256(body).hexdigest())])
    keys = (
        "REQUEST_METHOD",
        "QUERY_STRING",
        "CONTENT_TYPE",
        "CONTENT_LENGTH",
        "HTTP_X_TEST",
        "HTTP_COOKIE",
    )
    return [f"{key}={environ.get(key)}\n".encode() for key in keys]


def stream(environ, start_response):
    start_response("200 OK", TEXT)
    return Answer("stream", (PIECE for _ in range(int(environ["QUERY_STRING"] or 3))))


def counted(_environ, start_response):
    start_response("200 OK", TEXT)
    return Answer("counted", ((next(sent_pieces), PIECE)[1] for _ in range(10_000)))


def boom(_environ, _start_response):
    raise ValueError("boom")


def late_boom(_environ, start_response):
    def pieces():
        yield PIECE
        raise ValueError("late boom")

    start_response("200 OK", TEXT)
    return Answer("late", pieces())


def file(environ, start_response):
    with tempfile.NamedTemporaryFile(delete=False) as made:
        made.write(b"x" * int(environ["QUERY_STRING"]))
    opened = Path(made.name).open("rb")  # noqa: SIM115  # whoever reads it closes it
    os.unlink(made.name)
    start_response("200 OK", [*TEXT, ("Content-Length", environ["QUERY_STRING"])])
    return environ["wsgi.file_wrapper"](opened)


def meet(_environ, start_response):
    arrived.release()
    gate.wait(10)
    start_response("200 OK", TEXT)
    return [b"met"]


def pause(environ, start_response):
    time.sleep(float(environ["QUERY_STRING"]))
    start_response("200 OK", TEXT)
    return [threading.current_thread().name.encode()]


def process(_environ, start_response):
    start_response("200 OK", TEXT)
    return [
        f"{os.getpid()} {next(sent_pieces)} {threading.active_count()} {','.join(closed)}".encode()
    ]


DOORS = {
    "/echo": echo, "/stream": stream, "/counted": counted, "/boom": boom, "/late-boom": late_boom,
    "/file": file, "/meet": meet, "/pause": pause, "/process": process,
}  # fmt: skip

LIMITS = Limits(body_bytes=3_000_000, memory_bytes=100_000, pause_seconds=3.0)


def build(threads=2, most_lent=2, limits=LIMITS):
    pool = ThreadPool(threads, most_lent, on_exit=lambda: None)
    return WsgiBridge(application, pool, limits), pool
