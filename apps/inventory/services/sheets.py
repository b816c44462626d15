import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from apps.catalog.models import Sku
from apps.core.errors import Refusal
from apps.core.text import is_clean
from apps.inventory.models import Bucket
from apps.inventory.services.documents import MAX_LINES, LineDraft

QUANTITY = re.compile(r"[-+]?[0-9]{1,9}", re.ASCII)
MAX_BYTES = 2 * 1024 * 1024


class BadSheet(Refusal):
    """``rows`` says of each line that cannot be read why; nothing was written."""

    code = "BAD_SHEET"
    http_status = 400
    text = _("The file cannot be taken: {summary}")


@dataclass(frozen=True, slots=True)
class RowError:
    line: int
    reason: str


def read_lines(file: IO[bytes], *, merchant_id: int) -> list[LineDraft]:
    """
    Read the lines of a stock document from CSV: ``sku``, ``quantity`` and, if there is one, ``bucket``.

    :raises BadSheet: with every line that cannot be read
    """
    rows = list(_read(file))
    known = dict(
        Sku.objects.filter(
            merchant_id=merchant_id, code__in=[code for _n, code, _q, _b in rows]
        ).values_list("code", "pk")
    )
    drafts: list[LineDraft] = []
    errors: list[RowError] = []
    seen: set[tuple[str, str]] = set()
    for number, code, quantity, bucket in rows:
        problem = _problem(known, seen, code, quantity, bucket)
        if problem:
            errors.append(RowError(number, problem))
            continue
        seen.add((code, bucket))
        drafts.append(LineDraft(known[code], int(quantity), bucket))
    if errors:
        first = errors[0]
        summary = _("line {line}: {reason}").format(line=first.line, reason=first.reason)
        raise BadSheet(summary=summary, rows=[[error.line, error.reason] for error in errors])
    return drafts


def _read(file: IO[bytes]) -> Iterator[tuple[int, str, str, str]]:
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadSheet(summary=_("it is larger than 2 MB."), rows=[])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")  # what spreadsheets in China save
    if not is_clean(text):
        raise BadSheet(summary=_("it is not text."), rows=[])
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not {"sku", "quantity"} <= set(reader.fieldnames or []):
        raise BadSheet(summary=_("its first line must name the columns sku and quantity."), rows=[])
    for count, row in enumerate(_rows(reader), start=1):
        if count > MAX_LINES:
            raise BadSheet(
                summary=_("it has more than {most} lines.").format(most=MAX_LINES), rows=[]
            )
        bucket = (row.get("bucket") or "").strip() or Bucket.ON_HAND
        yield reader.line_num, (row["sku"] or "").strip(), (row["quantity"] or "").strip(), bucket


def _rows(reader: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    try:
        yield from reader
    except csv.Error as problem:
        raise BadSheet(summary=str(problem), rows=[]) from problem


def _problem(
    known: dict[str, int], seen: set[tuple[str, str]], code: str, quantity: str, bucket: str
) -> str:
    if code not in known:
        return _("there is no SKU “{code}”").format(code=code[:64])
    if not QUANTITY.fullmatch(quantity):
        return _("“{quantity}” is no quantity").format(quantity=quantity[:20])
    if bucket not in Bucket.values or bucket == Bucket.RESERVED:
        return _("“{bucket}” cannot be changed").format(bucket=bucket[:20])
    if (code, bucket) in seen:
        return _("“{code}” stands there twice").format(code=code)
    return ""
