"""The secrets of a local stack: made once, kept beside its data, never built into the code."""

import secrets
from pathlib import Path

from cryptography.fernet import Fernet

NAMES = ("EMSHOP_SECRET_KEY", "EMSHOP_DATA_KEYS", "EMSHOP_INDEX_KEY")


def local_keys(file: Path) -> dict[str, str]:
    """Return the secrets in the file; those that are missing are made and added first."""
    known = read_env(file) if file.exists() else {}
    missing = {name: value for name, value in make_keys().items() if name not in known}
    if missing:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        with file.open("a", encoding="utf-8") as stream:
            stream.writelines(f"{name}={value}\n" for name, value in missing.items())
    return known | missing


def make_keys() -> dict[str, str]:
    """Return a fresh set of secrets."""
    fresh = (secrets.token_urlsafe(48), Fernet.generate_key().decode(), secrets.token_urlsafe(32))
    return dict(zip(NAMES, fresh, strict=True))


def read_env(file: Path) -> dict[str, str]:
    """Read lines of the form NAME=VALUE; blank lines and comments do not count."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.strip().partition("=")
        if sign and not name.startswith("#"):
            found[name.strip()] = value.strip().strip("\"'")
    return found
