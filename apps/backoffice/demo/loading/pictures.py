"""The pictures of the demo shop, brought to where the shop keeps pictures."""

from collections.abc import Iterator

from django.core.files import File
from django.core.files.storage import default_storage

from apps.backoffice.demo.reading import MEDIA_DIR


def load_pictures() -> Iterator[int]:
    """Copy every picture that is missing or another one; yield 1 for each looked at."""
    for path in sorted(MEDIA_DIR.rglob("*.webp")):
        name = str(path.relative_to(MEDIA_DIR))
        there = default_storage.exists(name)
        if there and default_storage.size(name) != path.stat().st_size:
            default_storage.delete(name)
            there = False
        if not there:
            with path.open("rb") as file:
                default_storage.save(name, File(file))
        yield 1
