"""Where the local stack keeps its things."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


class StackError(Exception):
    """Something that a person has to put right; the message says what, in plain words."""


@dataclass(frozen=True, slots=True)
class Home:
    """One set of embedded servers: its folder, and whether its data must survive a power cut."""

    path: Path
    is_durable: bool = True

    @property
    def users_lock(self) -> Path:
        return self.path / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.path / "keeper.lock"

    @property
    def servers_file(self) -> Path:
        return self.path / "servers.json"

    @property
    def password_file(self) -> Path:
        return self.path / "password"

    @property
    def logs(self) -> Path:
        return self.path / "logs"


def var() -> Path:
    """Return the folder of everything that is made at run time (EMSHOP_VAR, else var/)."""
    return Path(os.environ.get("EMSHOP_VAR") or PROJECT / "var").resolve()


def shop_home() -> Home:
    """Return the servers of `make run`."""
    return Home(var() / "stack")


def check_home() -> Home:
    """Return the servers of `make test`, which need not survive a power cut."""
    return Home(var() / "test-stack", is_durable=False)
