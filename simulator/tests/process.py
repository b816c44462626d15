"""Runs the simulator as what it is: another process on its own ports."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import urllib3

FOLLOW = urllib3.Retry(total=None, connect=0, read=0, redirect=5)
ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Simulator:
    """One home, one process at a time."""

    def __init__(self, home, shop_url):
        self.home = home
        self.port, self.smtp_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = urllib3.PoolManager(maxsize=8, timeout=15, retries=FOLLOW)
        self.process = None
        self._run(
            "init", "--home", home, "--port", self.port, "--smtp-port", self.smtp_port,
            "--shop-url", shop_url,
        ).wait(60)  # fmt: skip
        lines = (home / "shop.env").read_text().splitlines()
        self.env = dict(line.split("=", 1) for line in lines)

    def start(self, time_scale=1):
        self.process = self._run("serve", "--home", self.home, "--time-scale", time_scale)
        line = self.process.stdout.readline()
        assert line.startswith("simulator ready"), line

    def kill(self):
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()

    def stop(self):
        self.process.terminate()
        code = self.process.wait(20)
        self.process.stdout.close()
        return code

    def get(self, path, **fields):
        return self.http.request("GET", self.url + path, fields=fields)

    def control(self, method, path, body=None):
        """Call the control API; the answer must be good."""
        data = None if body is None else json.dumps(body).encode()
        response = self.http.request(method, f"{self.url}/control/{path}", body=data)
        assert response.status == 200, response.data
        return response.json()

    def knob(self, channel, name, **more):
        return self.control("POST", "knobs", {"channel": channel, "name": name, **more})

    def payment(self, number):
        return self.control("GET", f"payments/{number}")

    def _run(self, *words):
        return subprocess.Popen(
            [sys.executable, "-m", "simulator", *map(str, words)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )


def eventually(ask, seconds=8):
    """Return the first true answer; fail when none comes in time."""
    end = time.time() + seconds
    while time.time() < end:
        if answer := ask():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"nothing came within {seconds} s")


def as_scheduled(waits, planned):
    """Tell whether no wait was shorter than planned, nor longer than a busy machine explains."""
    return len(waits) == len(planned) and all(
        plan - 0.05 <= wait <= plan + 3 for wait, plan in zip(waits, planned, strict=True)
    )
