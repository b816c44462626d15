"""`make run` as a person meets it: up, watched, down, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from emshop.stack.places import PROJECT
from emshop.stack.processes import free_port

OWN = ("EMSHOP_", "PYTEST_", "COV_", "DJANGO_")
PATIENCE = 90


class Shop:
    """The supervisor as a process, in a folder of its own."""

    def __init__(self, var):
        self.port = free_port()
        self.var = var
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith(OWN)
        } | {
            "EMSHOP_VAR": str(var),
            "EMSHOP_PORT": str(self.port),
            "EMSHOP_SIMULATOR_PORT": str(free_port()),
            "EMSHOP_SIMULATOR_SMTP_PORT": str(free_port()),
            "EMSHOP_PLAIN_STATIC": "1",
            "EMSHOP_DEMO": "0",
            "EMSHOP_WEB_WORKERS": "1",
        }
        self.log = var / "said.txt"

    def start(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "emshop.stack", "run"],
                cwd=PROJECT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def said(self, words):
        until = time.monotonic() + PATIENCE
        while (
            words not in self.log.read_text()
            and self.process.poll() is None
            and time.monotonic() < until
        ):
            time.sleep(0.1)
        return words in self.log.read_text()

    def is_ready(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{self.port}/readyz", timeout=5
                ) as answer:
                    return answer.status == 200
            except OSError:
                time.sleep(0.2)
        return False

    def processes(self):
        mine = str(self.var)
        found = []
        for one in psutil.process_iter():
            try:
                if one.environ().get("EMSHOP_VAR") == mine or mine in " ".join(one.cmdline()):
                    found.append(one)
            except psutil.Error:
                continue
        return found

    def left_over(self):
        until = time.monotonic() + 40
        while self.processes() and time.monotonic() < until:
            time.sleep(0.2)
        return self.processes()

    def of(self, word):
        return next(one for one in self.processes() if word in " ".join(one.cmdline()))


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path)
    made.start()
    yield made
    if made.process.poll() is None:
        made.process.kill()
    made.process.wait()
    made.left_over()


def test_shop_comes_up_survives_losses_and_leaves_nothing(shop):
    assert shop.said("Up after"), shop.log.read_text()
    assert shop.is_ready()
    assert (shop.var / "secrets.env").stat().st_mode & 0o777 == 0o600

    shop.of("granian").kill()
    assert shop.said("web ended (killed by SIGKILL)")
    assert shop.is_ready()
    shop.of("emshop.stack.keeper").kill()
    assert shop.is_ready()

    shop.process.send_signal(signal.SIGINT)
    assert shop.process.wait(40) == 0
    assert shop.left_over() == []


@pytest.mark.quiet
def test_killed_supervisor_takes_everything_with_it_and_the_next_start_works(shop):
    assert shop.said("Up after"), shop.log.read_text()
    shop.process.kill()
    shop.process.wait()
    assert shop.left_over() == []

    shop.start()

    assert shop.said("Up after"), shop.log.read_text()
    assert "Bringing the database up to date" not in shop.log.read_text()
    shop.process.terminate()
    assert shop.process.wait(40) == 0
    assert shop.left_over() == []


def test_taken_port_is_explained(tmp_path):
    shop = Shop(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", shop.port))
        other.listen()
        shop.start()

        assert shop.process.wait(30) == 1

    words = shop.log.read_text()
    assert f"Port {shop.port}, meant for the shop, is taken by" in words
    assert f"EMSHOP_PORT={shop.port + 1} make run" in words
    assert "Traceback" not in words
