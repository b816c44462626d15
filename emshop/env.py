"""The ways to read the environment. Nothing else in the project reads it."""

import os
from pathlib import Path


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def file(name: str) -> str:
    """Return the content of the file that the variable names, or nothing."""
    path = text(name)
    return Path(path).read_text(encoding="utf-8") if path else ""


def group(prefix: str, **defaults: str) -> dict[str, str]:
    """Return the variables that share a prefix, by their lower-case rests; an empty one is its default."""
    return {name: text(f"{prefix}{name.upper()}") or default for name, default in defaults.items()}
