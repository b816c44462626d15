"""What happens before the shop starts: packages, ports, migrations, static files, the simulator's keys."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import override_settings

from emshop.stack import freshness, install, prepare, simulated
from emshop.stack.environment import local_environment
from emshop.stack.places import PROJECT, StackError
from emshop.stack.processes import free_port
from emshop.stack.roster import parts
from emshop.stack.supervisor import _must_have_ports


def test_installed_environment_wants_nothing():
    assert install.what_is_wanting(Path(sys.executable), "requirements-dev.txt") == []


def test_missing_and_outdated_packages_are_named(tmp_path):
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("no-such-package==1.0  # why\ndjango[argon2]==0.1\n# nothing\n")

    lines = install.what_is_wanting(Path(sys.executable), str(wanted))

    assert lines[0] == "no-such-package 1.0 is not installed"
    assert lines[1].startswith("django ")
    assert lines[1].endswith("should be 0.1")


def test_missing_compiler_is_suggested(monkeypatch):
    monkeypatch.setattr(install.shutil, "which", lambda tool: None)

    assert "Missing here: gcc and make" in install.tools_wanting()


def test_makefile_says_in_plain_words_that_python_is_missing():
    done = subprocess.run(
        ["make", "installed", "PYTHON="], cwd=PROJECT, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "EMShop needs Python 3.11 or newer" in done.stdout


def test_help_lists_only_targets_that_exist():
    plain = {"PATH": os.environ["PATH"]}  # make inside make would talk of folders
    done = subprocess.run(
        ["make", "help"], env=plain, cwd=PROJECT, capture_output=True, text=True, check=True
    )
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")

    listed = [line.split()[1] for line in done.stdout.splitlines()]
    assert {"help", "run", "test", "check"} <= set(listed)
    assert all(f"\n{name}: " in makefile for name in listed)


@pytest.mark.parametrize("port", ["x", "-1"])
def test_port_that_is_none_is_refused(port):
    with pytest.raises(StackError, match="is not a port number"):
        _must_have_ports({"EMSHOP_PORT": port})


def test_taken_port_names_its_holder():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        with pytest.raises(
            StackError, match=rf"Port {port}, meant for the shop, is taken by .*{os.getpid()}"
        ):
            _must_have_ports({"EMSHOP_PORT": port})


def test_environment_keeps_what_a_person_has_set(tmp_path, monkeypatch):
    monkeypatch.setenv("EMSHOP_VAR", str(tmp_path))
    monkeypatch.setenv("EMSHOP_PORT", "12345")
    monkeypatch.delenv("EMSHOP_SITE_URL", raising=False)
    monkeypatch.setenv("EMSHOP_SECRET_KEY", "mine")
    monkeypatch.setenv("EMSHOP_SMS_ACCESS_KEY_ID", "mine")

    environment = local_environment({"EMSHOP_DATABASE_URL": "postgresql://given"})

    assert environment["EMSHOP_SITE_URL"] == "http://127.0.0.1:12345"
    assert environment["EMSHOP_SECRET_KEY"] == "mine"
    assert environment["EMSHOP_SMS_ACCESS_KEY_ID"] == "mine"
    assert environment["EMSHOP_DATABASE_URL"] == "postgresql://given"
    assert environment["EMSHOP_ALIPAY_APP_ID"]
    assert [part.name for part in parts(environment)] == ["simulator", "web", "worker", "beat"]


def test_simulator_keeps_its_keys_and_follows_new_ports(tmp_path):
    first = simulated.prepare(
        tmp_path, port=free_port(), smtp_port=free_port(), shop_url="http://a"
    )
    port = free_port()

    second = simulated.prepare(tmp_path, port=port, smtp_port=free_port(), shop_url="http://a")

    assert second["EMSHOP_WECHAT_MCH_SERIAL"] == first["EMSHOP_WECHAT_MCH_SERIAL"]
    assert second["EMSHOP_SMS_BASE_URL"] == f"http://127.0.0.1:{port}/sms/"


@pytest.mark.django_db(transaction=True)
def test_prepared_shop_is_known_to_be_fresh_until_something_changes(tmp_path, monkeypatch):
    monkeypatch.setenv("EMSHOP_VAR", str(tmp_path))
    (tmp_path / "stack").mkdir()
    environment = dict(os.environ)
    assert not freshness.is_fresh(environment)

    freshness.mark_fresh(environment)
    assert freshness.is_fresh(environment)

    monkeypatch.setattr(freshness, "WHOLE", (*freshness.WHOLE, "README.md"))
    assert not freshness.is_fresh(environment)


@pytest.mark.django_db
def test_preparing_twice_collects_static_files_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EMSHOP_DEMO", "0")
    with override_settings(STATIC_ROOT=tmp_path / "static", VAR_DIR=tmp_path):
        prepare.prepare()
        prepare.prepare()

    assert capsys.readouterr().out == "Collecting the static files …\n"
    assert (tmp_path / "static" / "admin").is_dir()
