import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.regions.services import REGIONS_CSV

_SECTION = re.compile(r"(province|city|county)_list:\s*\{(.*?)\}", re.DOTALL)
_ENTRY = re.compile(r"""["']?(\d{6})["']?:\s*"((?:[^"\\]|\\u[0-9A-Fa-f]{4})+)\"""")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_LEVELS = {"province": 1, "city": 2, "county": 3}
_PARENT_DIGITS = {1: 0, 2: 2, 3: 4}
_CODE_LENGTH = 6


class Command(BaseCommand):
    help = (
        "Make data/regions.csv from the npm package @vant/area-data (npm install @vant/area-data)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("package", type=Path, help="node_modules/@vant/area-data")

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["package"] / "dist" / "index.js"
        try:
            rows = sorted(_rows(source.read_text(encoding="utf-8")))
        except OSError as error:
            raise CommandError(f"{source} cannot be read: {error}") from error
        if not rows:
            raise CommandError(f"{source} holds no regions in the expected form.")
        with REGIONS_CSV.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["code", "parent_code", "name", "level"])
            writer.writerows(rows)
        self.stdout.write(f"{len(rows)} regions written to {REGIONS_CSV.name}.")


def _rows(script: str) -> Iterator[tuple[str, str, str, int]]:
    for section, body in _SECTION.findall(script):
        level = _LEVELS[section]
        for code, name in _ENTRY.findall(body):
            yield code, _parent(code, level), _ESCAPE.sub(_character, name), level


def _parent(code: str, level: int) -> str:
    digits = _PARENT_DIGITS[level]
    return code[:digits].ljust(_CODE_LENGTH, "0") if digits else ""


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))
