"""Draw docs/layers.svg from the one list of layers that the import linter checks: `make picture`."""

import re
import tomllib
from html import escape
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
TARGET = PROJECT / "docs" / "layers.svg"
WIDTH, ROW, BOX_WIDTH, BOX_HEIGHT, GAP, TOP = 1000, 46, 150, 30, 12, 70
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1f2430}.note{font-size:12px;fill:#5b6270}"
    ".here{fill:#e8f0fe;stroke:#3b6fd4}.later{fill:#fff;stroke:#c3c8d2;stroke-dasharray:4 3}"
)


def layers() -> list[list[str]]:
    """Return the apps of each layer, from top to bottom."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    written = next(contract for contract in contracts if contract["id"] == "apps")["layers"]
    return [re.findall(r"\w+", layer) for layer in written]


def draw(rows: list[list[str]], existing: set[str]) -> str:
    """Return the picture."""
    height = TOP + ROW * len(rows) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">',
        f"<style>{STYLE}</style><rect width='{WIDTH}' height='{height}' fill='#fff'/>",
        '<text x="20" y="28">Imports, foreign keys and calls go down. Only facts come up.</text>',
        '<text class="note" x="20" y="48">Siblings in a row do not know each other. '
        "Dashed: has its place, not built yet.</text>",
    ]
    for number, apps in enumerate(rows):
        left = (WIDTH - len(apps) * (BOX_WIDTH + GAP) + GAP) / 2
        for place, app in enumerate(apps):
            x, y = left + place * (BOX_WIDTH + GAP), TOP + number * ROW
            parts.append(_box(app, x, y, is_here=app in existing))
    return "\n".join([*parts, "</svg>", ""])


def _box(app: str, x: float, y: float, *, is_here: bool) -> str:
    kind = "here" if is_here else "later"
    middle, base = x + BOX_WIDTH / 2, y + BOX_HEIGHT - 10
    return (
        f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6"/>'
        f'<text x="{middle:g}" y="{base:g}" text-anchor="middle">{escape(app)}</text>'
    )


def main() -> None:
    """Write the picture."""
    existing = {path.parent.name for path in PROJECT.glob("apps/*/__init__.py")}
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(draw(layers(), existing), encoding="utf-8")


if __name__ == "__main__":
    main()
