"""docker-compose.yml: valid by its schema, and each of our services comes up by its exact words."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from emshop.stack.places import PROJECT
from emshop.stack.processes import free_port

COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
OURS = [name for name, one in COMPOSE["services"].items() if one.get("image") == "emshop:latest"]
SECRETS = (
    "EMSHOP_SECRET_KEY", "EMSHOP_DATA_KEYS", "EMSHOP_INDEX_KEY", "POSTGRES_PASSWORD", "RABBITMQ_PASSWORD",
)  # fmt: skip
BIN = Path(sys.executable).parent
PATIENCE = 60


def test_file_follows_the_compose_specification():
    command = [
        BIN / "check-jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]

    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_file_names_the_services_that_the_shop_consists_of():
    assert set(COMPOSE["services"]) == {
        "postgres", "redis", "rabbitmq", "migrate", "web", "worker", "beat", "simulator", "nginx",
    }  # fmt: skip


def test_example_names_every_variable_and_no_secret():
    used = set(
        re.findall(r"\$\{(\w+)", (PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
    )
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    assert set(named) == used
    assert {name for name, value in named.items() if not value} == set(SECRETS)


class Compose:
    """What compose would do with a service, on this machine: other addresses, the same words."""

    def __init__(self, var):
        web, simulator, smtp = free_port(), free_port(), free_port()
        self.given = {name: os.environ.get(name, "secret") for name in SECRETS}
        database = settings.DATABASES["default"]
        self.here = {
            "postgresql://emshop:secret@postgres:5432/emshop": (
                f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
                f"/{database['NAME']}"
            ),
            "redis://redis:6379/0": os.environ["EMSHOP_REDIS_URL"],
            "amqp://emshop:secret@rabbitmq:5672//": os.environ["EMSHOP_BROKER_URL"],
            "http://shop.localhost:8000": f"http://127.0.0.1:{web}",
            "simulator.localhost:8900": f"127.0.0.1:{simulator}",
            "http://127.0.0.1:8000": f"http://127.0.0.1:{web}",
            "http://web:8000": f"http://127.0.0.1:{web}",
            "http://127.0.0.1:8900": f"http://127.0.0.1:{simulator}",
            "--host 0.0.0.0": "--host 127.0.0.1",
            "--port 8900": f"--port {simulator}",
            "--smtp-port 8925": f"--smtp-port {smtp}",
            "/var/lib/simulator": str(var / "simulator"),
        }
        self.whole = {"8000": str(web), "0.0.0.0": "127.0.0.1"}  # noqa: S104  # words that stand alone
        self.var = var

    def said(self, text):
        text = re.sub(
            r"\$\{(\w+)(?::?[-?]([^}]*))?\}", lambda m: self.given.get(m[1], m[2] or ""), str(text)
        )
        for there, here in self.here.items():
            text = text.replace(there, here)
        return self.whole.get(text, text).replace("$$", "$")

    def environment(self, name):
        own = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("EMSHOP_", "COV_"))
        }
        told = {
            key: self.said(value)
            for key, value in COMPOSE["services"][name].get("environment", {}).items()
        }
        image = {
            "PATH": f"{BIN}:{own['PATH']}", "EMSHOP_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": "emshop.settings",
            "EMSHOP_PLAIN_STATIC": "1", "EMSHOP_QUEUE": os.environ.get("EMSHOP_QUEUE", "emshop-compose"),
        }  # fmt: skip
        return own | image | told

    def command(self, name):
        return [
            "deploy/entrypoint.sh",
            *(self.said(word) for word in COMPOSE["services"][name]["command"]),
        ]

    def start(self, name):
        log = (self.var / f"{name}.log").open("wb")
        return subprocess.Popen(
            self.command(name),
            cwd=PROJECT,
            env=self.environment(name),
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def is_healthy(self, name):
        kind, *words = COMPOSE["services"][name]["healthcheck"]["test"]
        words = [self.said(word) for word in words]
        command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            done = subprocess.run(
                command,
                cwd=PROJECT,
                env=self.environment(name),
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                return True
            time.sleep(0.5)
        return False


@pytest.mark.django_db(transaction=True)
def test_each_of_our_services_comes_up_and_goes_down_cleanly(tmp_path):
    compose = Compose(tmp_path)
    running = {}
    try:
        running["simulator"] = compose.start("simulator")
        assert compose.is_healthy("simulator"), (tmp_path / "simulator.log").read_text()
        assert compose.start("migrate").wait(PATIENCE) == 0, (tmp_path / "migrate.log").read_text()
        for name in ("web", "worker", "beat"):
            running[name] = compose.start(name)
        for name in ("web", "worker", "beat"):
            assert compose.is_healthy(name), (tmp_path / f"{name}.log").read_text()
    finally:
        for process in running.values():
            process.terminate()
        codes = {name: process.wait(40) for name, process in running.items()}

    assert set(running) | {"migrate"} == set(OURS)
    assert codes == dict.fromkeys(running, 0)


def test_services_leave_room_for_their_work_to_end():
    for name in OURS:
        if name != "simulator":
            assert COMPOSE["services"][name]["stop_grace_period"] == "40s"
