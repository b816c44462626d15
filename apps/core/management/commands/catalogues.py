"""
Message catalogues: what is missing, and the compiled files.

Each app keeps its own under apps/<app>/locale, what belongs to all is under locale/. Source texts are English,
so only zh_Hans has a catalogue. No gettext tools are needed.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import extract
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

LANGUAGE = "zh_Hans"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Key = tuple[str, str, str]  # context, singular, plural
OPTIONS = {"encoding": "utf-8"}


def used_in(file: Path) -> Iterator[Key]:
    """List the texts that one module or template asks to be translated."""
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        blanked = templatize(source, origin=str(file))
        source = "\n".join(line.strip() for line in blanked.splitlines())
    for _line, found, _comments, context in extract(
        "python", BytesIO(source.encode()), KEYWORDS, (), OPTIONS
    ):
        texts = (found,) if isinstance(found, str) else tuple(found)
        yield (context or "", texts[0], texts[1] if len(texts) > 1 else "")


def used_under(folder: Path) -> set[Key]:
    """Gather the texts of a folder, tests and migrations left out."""
    files = (f for f in folder.rglob("*") if f.suffix in {".py", ".html", ".txt"})
    return {
        key
        for file in files
        if not {"tests", "migrations", "locale"} & set(file.parts)
        for key in used_in(file)
        if key[1]
    }


def sources(base: Path) -> dict[Path, list[Path]]:
    """Tell which folders each catalogue speaks for."""
    found = {base / "locale": [base / "templates", base / "emshop"]}
    for app in sorted((base / "apps").iterdir()):
        if (app / "apps.py").exists() or app.name == "pricing":
            found[app / "locale"] = [app]
    return found


def owner(folder: Path) -> str:
    """Name the app that a locale folder belongs to."""
    return folder.parent.name if folder.parent.parent.name == "apps" else "project"


def read_catalogue(folder: Path) -> polib.POFile:
    """Open the catalogue of a locale folder, or an empty one."""
    file = folder / LANGUAGE / "LC_MESSAGES" / "django.po"
    if file.exists():
        return polib.pofile(str(file))
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": LANGUAGE,
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    catalogue.fpath = str(file)
    return catalogue


def add_missing(catalogue: polib.POFile, used: set[Key]) -> int:
    """Add what is used and unknown as empty entries; drop what nobody uses any more."""
    known = {(e.msgctxt or "", e.msgid, e.msgid_plural or ""): e for e in catalogue}
    for key, entry in known.items():
        if key not in used:
            catalogue.remove(entry)
    for context, singular, plural in sorted(used - set(known)):
        entry = polib.POEntry(msgid=singular, msgctxt=context or None)
        if plural:
            entry.msgid_plural, entry.msgstr_plural = plural, {0: ""}
        catalogue.append(entry)
    return len(used - set(known))


def untranslated(catalogue: polib.POFile) -> list[str]:
    """List the source texts that have no Chinese yet."""
    return [entry.msgid for entry in catalogue if not entry.translated()]


class Command(BaseCommand):
    help = "Compile the message catalogues; --update adds new source texts, --check only tells what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("apps", nargs="*", help="only these apps; “project” for locale/")
        parser.add_argument("--update", action="store_true", help="add new texts to the .po files")
        parser.add_argument(
            "--check", action="store_true", help="fail on missing or uncompiled texts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        problems = []
        for folder, code in sources(Path(settings.BASE_DIR)).items():
            if options["apps"] and owner(folder) not in options["apps"]:
                continue
            used = set().union(*(used_under(place) for place in code))
            catalogue = read_catalogue(folder)
            if used or len(catalogue):
                problems += self._one(catalogue, used, options)
        for problem in problems:
            self.stderr.write(problem)
        if problems and options["check"]:
            raise CommandError(
                f"{len(problems)} texts are not translated. Run: python manage.py catalogues --update"
            )

    def _one(self, catalogue: polib.POFile, used: set[Key], options: dict[str, Any]) -> list[str]:
        before = str(catalogue)
        add_missing(catalogue, used)
        file = Path(catalogue.fpath)
        compiled = file.with_suffix(".mo")
        if options["check"]:
            current = compiled.exists() and compiled.read_bytes() == catalogue.to_binary()
            stale = [] if current or not len(catalogue) else [f"{compiled} is not current"]
            return [f"{file}: {text!r}" for text in untranslated(catalogue)] + stale
        if options["update"] and str(catalogue) != before:
            file.parent.mkdir(parents=True, exist_ok=True)
            catalogue.save()
        if file.exists():
            compiled.write_bytes(polib.pofile(str(file)).to_binary())
        return [f"{file}: {text!r}" for text in untranslated(catalogue)]
