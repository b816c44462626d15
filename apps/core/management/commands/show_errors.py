"""``manage.py show_errors``: every error code that a door may answer with."""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import get_resolver
from django.utils import translation

from apps.core.errors import REGISTRY


class Command(BaseCommand):
    help = "Print the registry of error codes in both languages (docs/errors.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        _load_every_refusal()
        lines = [
            "# Error codes",
            "",
            'Every error is `{"code", "message", "details", "request_id"}`; '
            "the message comes in the caller's language.",
            "",
            "| code | HTTP | English | 中文 |",
            "|---|---|---|---|",
        ]
        for code, known in sorted(REGISTRY.items()):
            english, chinese = _text_in("en", known.text), _text_in("zh-hans", known.text)
            lines.append(f"| `{code}` | {known.http_status} | {english} | {chinese} |")
        self.stdout.write("\n".join(lines))


def _load_every_refusal() -> None:
    """Importing the URLs imports every door, and with it every command and its refusals."""
    import_module(settings.ROOT_URLCONF)
    _ = get_resolver().url_patterns
    for config in apps.get_app_configs():
        if config.name.startswith("apps."):
            _import_if_there(f"{config.name}.services")


def _import_if_there(name: str) -> None:
    try:
        import_module(name)
    except ModuleNotFoundError as problem:
        if problem.name != name:
            raise


def _text_in(language: str, text: object) -> str:
    with translation.override(language):
        return str(text).replace("|", "\\|")
