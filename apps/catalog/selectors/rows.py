"""
The most read questions of the shop are asked in SQL: the ORM would need ten times as long to write it.

``TEXT`` picks a text's row in a language, or in the shop's first, or in any.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection

TEXT = "ORDER BY t.language <> %(language)s, t.language <> %(first)s, t.language LIMIT 1"
PICTURE = (
    "json_build_object('image', m.image, 'alt', m.alt, 'width', m.width, 'height', m.height,"
    " 'renditions', m.renditions)"
)


def fetch(sql: str, language: str, **params: Any) -> list[Mapping[str, Any]]:
    """Run one statement in a language and return its rows by column name."""
    known = {"language": language, "first": settings.LANGUAGE_CODE, **params}
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
