"""Flatten the style sheets into one file and gather the icons in use into one sprite."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

IMPORT = re.compile(r'@import "(?P<path>[^"]+)" layer\((?P<layer>\w+)\);')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SHAPES = re.compile(r"<svg[^>]*>(?P<shapes>.*)</svg>", re.DOTALL)


def flatten_css(index: Path) -> str:
    """Replace each @import by what it names, without comments and indentation."""

    def inline(match: re.Match[str]) -> str:
        text = (index.parent / match["path"]).read_text(encoding="utf-8")
        return f"@layer {match['layer']}{{{squeeze(text)}}}"

    return IMPORT.sub(inline, squeeze(index.read_text(encoding="utf-8"))) + "\n"


def squeeze(css: str) -> str:
    """Drop what browsers do not need; nothing inside a value is touched."""
    lines = (line.strip() for line in COMMENT.sub("", css).splitlines())
    text = "".join(line if line.endswith(("{", "}", ";")) else line + " " for line in lines if line)
    for long, short in (
        (" {", "{"),
        ("{ ", "{"),
        (";}", "}"),
        ("; }", "}"),
        (": ", ":"),
        (", ", ","),
    ):
        text = text.replace(long, short)
    return text.strip()


def sprite(icons: Path, names: list[str]) -> str:
    """Gather the named icons as symbols."""
    symbols = []
    for name in names:
        source = icons / f"{name}.svg"
        if not source.exists():
            raise CommandError(f"There is no icon called {name} in {icons}.")
        match = SHAPES.search(source.read_text(encoding="utf-8"))
        shapes = re.sub(r"\s*\n\s*", "", match["shapes"]) if match else ""
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'


class Command(BaseCommand):
    help = "Write static/css/shop.css and, given the icon set, static/icons/sprite.svg."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--icons", type=Path, help="the icons folder of the npm package lucide-static"
        )
        parser.add_argument(
            "--check", action="store_true", help="only tell whether shop.css is current"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        static = Path(settings.BASE_DIR) / "static"
        css = flatten_css(static / "css" / "index.css")
        target = static / "css" / "shop.css"
        if options["check"]:
            if target.read_text(encoding="utf-8") != css:
                raise CommandError("shop.css is old. Run: python manage.py build_assets")
            return
        target.write_text(css, encoding="utf-8")
        self.stdout.write(f"shop.css: {len(css.encode()):,} bytes")
        if options["icons"]:
            names = (static / "icons" / "icons.txt").read_text(encoding="utf-8").split()
            (static / "icons" / "sprite.svg").write_text(
                sprite(options["icons"], names), encoding="utf-8"
            )
            self.stdout.write(f"sprite.svg: {len(names)} icons")
