"""Bring the shop's own things up to date before it starts; does next to nothing when they are."""

import hashlib
import logging
import sys
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from emshop import env


def prepare() -> None:
    """Migrate, collect the static files, load the demo shop: each only when it has to be."""
    if _must_migrate():
        _say("Bringing the database up to date …")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("sync_roles", stdout=StringIO())
    _collect_static_files()
    _load_demo_once()


def _must_migrate() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _collect_static_files() -> None:
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    digest = _digest_of_static_files()
    if stamp.exists() and stamp.read_text() == digest:
        return
    _say("Collecting the static files …")
    logging.getLogger("whitenoise").setLevel(logging.ERROR)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest)


def _digest_of_static_files() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            about = Path(storage.path(name)).stat()
            digest.update(f"{name}:{about.st_size}:{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _load_demo_once() -> None:
    mark = Path(settings.VAR_DIR) / "demo-loaded"
    if (
        mark.exists()
        or "load_demo" not in get_commands()
        or not env.flag("EMSHOP_DEMO", default=True)
    ):
        return
    _say("Loading the demo shop …")
    told = StringIO()
    call_command("load_demo", stdout=told)
    logins = [line.strip() for line in told.getvalue().splitlines() if line.startswith("  ")]
    (mark.parent / "demo-logins.txt").write_text("\n".join(logins) + "\n", encoding="utf-8")
    mark.touch()


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    django.setup()
    prepare()
