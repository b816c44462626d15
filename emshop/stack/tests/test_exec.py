"""`python -m emshop.stack exec` and the local secrets."""

import subprocess
import sys

import pytest

from emshop.stack.keys import NAMES, local_keys, read_env
from emshop.stack.places import PROJECT


def execute(tmp_path, *command):
    return subprocess.run(
        [sys.executable, "-m", "emshop.stack", "exec", *command],
        cwd=PROJECT, env={"PATH": "/usr/bin:/bin", "EMSHOP_VAR": str(tmp_path)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_command_gets_servers_secrets_and_its_exit_code_passed_on(tmp_path):
    done = execute(
        tmp_path, "--", "sh", "-c", 'echo "$EMSHOP_DATABASE_URL $EMSHOP_SECRET_KEY"; exit 7'
    )

    database, secret = done.stdout.split()
    assert done.returncode == 7
    assert database.startswith("postgresql://emshop:")
    assert secret == read_env(tmp_path / "secrets.env")["EMSHOP_SECRET_KEY"]


@pytest.mark.parametrize("command", [["--", "no-such-command"], []])
def test_missing_command_is_named(tmp_path, command):
    done = execute(tmp_path, *command)

    assert done.returncode == 1
    assert "There is no command" in done.stderr
    assert "Traceback" not in done.stderr


def test_secrets_are_made_once_and_only_what_is_missing_is_added(tmp_path):
    file = tmp_path / "secrets.env"
    file.write_text("# kept\nEMSHOP_SECRET_KEY=mine\n")

    first, second = local_keys(file), local_keys(file)

    assert first == second
    assert set(first) == set(NAMES)
    assert first["EMSHOP_SECRET_KEY"] == "mine"
    assert file.read_text().startswith("# kept\n")
