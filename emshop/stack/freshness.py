"""Is there anything to prepare? Answered without loading Django, so that a second start is quick."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

from emshop.stack.places import PROJECT, var
from emshop.stack.servers import DATABASE

PATTERNS = ("apps/*/migrations/*.py", "apps/*/static/**/*", "static/**/*")
WHOLE = (
    "constraints.txt",
    "emshop/settings.py",
    "apps/backoffice/management/commands/load_demo.py",
)


def is_fresh(environment: Mapping[str, str]) -> bool:
    """Tell whether files and database are as they were when everything was prepared last."""
    return _mark().exists() and _mark().read_text() == _state(environment)


def mark_fresh(environment: Mapping[str, str]) -> None:
    """Remember that everything is prepared."""
    _mark().write_text(_state(environment))


def _mark() -> Path:
    return var() / "stack" / "prepared"


def _state(environment: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for line in _files():
        digest.update(line.encode())
    for row in _applied_migrations(environment[DATABASE]):
        digest.update(repr(row).encode())
    return digest.hexdigest()


def _files() -> Iterator[str]:
    for pattern in PATTERNS:
        for path in sorted(PROJECT.glob(pattern)):
            if path.is_file():
                about = path.stat()
                yield f"{path} {about.st_size} {about.st_mtime_ns}\n"
    for name in WHOLE:
        path = PROJECT / name
        yield f"{name} {hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ''}\n"


def _applied_migrations(url: str) -> list[tuple[str, str]]:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute(
                "SELECT app, name FROM django_migrations ORDER BY 1, 2"
            ).fetchall()
    except psycopg.Error:
        return []
