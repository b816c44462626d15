"""Pictures as pages show them: two formats and several widths of one Media row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage

CARD_WIDTH = 400


@dataclass(frozen=True, slots=True)
class Picture:
    """``url`` always works; the source sets are empty until the renditions are made."""

    url: str
    alt: str
    width: int
    height: int
    srcset: str
    webp_srcset: str

    def __str__(self) -> str:
        return self.url


def picture_of(row: Mapping[str, Any] | None, alt: str = "") -> Picture | None:
    """Return the picture of a Media row given as a mapping with image, alt, width, height, renditions."""
    if not row or not row["image"]:
        return None
    renditions: Mapping[str, Mapping[str, str]] = row["renditions"] or {}
    card = renditions.get(str(CARD_WIDTH), {}).get("jpeg")
    return Picture(
        url=default_storage.url(card or row["image"]),
        alt=row["alt"] or alt,
        width=row["width"],
        height=row["height"],
        srcset=_srcset(renditions, "jpeg"),
        webp_srcset=_srcset(renditions, "webp"),
    )


def _srcset(renditions: Mapping[str, Mapping[str, str]], kind: str) -> str:
    return ", ".join(
        f"{default_storage.url(paths[kind])} {width}w"
        for width, paths in sorted(renditions.items(), key=lambda item: int(item[0]))
        if kind in paths
    )
