from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Sku
from apps.core import clock
from apps.core.actors import Actor
from apps.core.errors import InvalidInput, Refusal
from apps.core.numbers import new_number
from apps.core.states import IllegalMove
from apps.inventory.models import (
    Bucket,
    DocumentKind,
    DocumentStatus,
    MovementReason,
    StockDocument,
    StockDocumentLine,
    StockItem,
    Warehouse,
)
from apps.inventory.services.changing import StockChange, book_changes, stock_item_ids

MAX_LINES = 5000
REASONS = {
    DocumentKind.RECEIPT: MovementReason.RECEIVED,
    DocumentKind.ADJUSTMENT: MovementReason.ADJUSTED,
    DocumentKind.TRANSFER: MovementReason.TRANSFERRED,
    DocumentKind.COUNT: MovementReason.COUNTED,
}


class EmptyDocument(Refusal):
    code = "EMPTY_DOCUMENT"
    http_status = 409
    text = _("There is nothing in this document.")


class AlreadyReversed(Refusal):
    code = "ALREADY_REVERSED"
    http_status = 409
    text = _("This document was reversed already.")


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One SKU of a document; see StockDocumentLine for what ``quantity`` means."""

    sku_id: int
    quantity: int
    bucket: str = Bucket.ON_HAND


@transaction.atomic
def write_document(
    *,
    kind: str,
    warehouse: Warehouse,
    reason: str,
    lines: Sequence[LineDraft],
    actor: Actor | None,
    target: Warehouse | None = None,
) -> StockDocument:
    """
    Write down a change of stock, to be confirmed later. Nothing moves yet.

    :raises InvalidInput: if a line or the reason does not fit the kind
    """
    _must_fit(kind, warehouse, target, reason, lines)
    document = StockDocument.objects.create(
        number=new_number(),
        kind=kind,
        merchant_id=warehouse.merchant_id,
        warehouse=warehouse,
        target_warehouse=target,
        reason=reason.strip()[:200],
        created_by=actor,
    )
    _add_lines(document, lines)
    document.record_move("", DocumentStatus.DRAFT, by=actor)
    return document


@transaction.atomic
def rewrite_document(*, document_id: int, reason: str, lines: Sequence[LineDraft]) -> StockDocument:
    """
    Write the lines of a draft anew.

    :raises IllegalMove: if it is not a draft any more
    :raises InvalidInput: if a line or the reason does not fit
    """
    document = StockDocument.objects.locked().get(pk=document_id)
    if document.status != DocumentStatus.DRAFT:
        raise IllegalMove(current=document.status, wanted=DocumentStatus.DRAFT)
    _must_fit(document.kind, document.warehouse, document.target_warehouse, reason, lines)
    document.reason = reason.strip()[:200]
    document.save(update_fields=["reason"])
    document.lines.all().delete()
    _add_lines(document, lines)
    return document


@transaction.atomic
def confirm_document(*, document_id: int, actor: Actor | None) -> StockDocument:
    """
    Let a document take effect, whole. It cannot be taken back, only reversed by another one.

    :raises IllegalMove: if it is not a draft any more
    :raises EmptyDocument: if it has no lines
    :raises NotEnoughOnHand: if a count would fall below zero or below what is promised
    """
    document = StockDocument.objects.locked().get(pk=document_id)
    lines = list(document.lines.order_by("sku_id", "bucket"))
    if not lines:
        raise EmptyDocument()
    if document.kind == DocumentKind.COUNT:
        _note_expected(document, lines)
    reason = REASONS[DocumentKind(document.kind)]
    document.move_to(DocumentStatus.CONFIRMED, by=actor, confirmed_at=clock.now())
    changes = [change for line in lines for change in _changes(document, line)]
    book_changes(changes, reason, document.number, document.reason, actor)
    return document


@transaction.atomic
def discard_document(*, document_id: int, actor: Actor | None) -> StockDocument:
    """
    Throw a draft away.

    :raises IllegalMove: if it is not a draft any more
    """
    document = StockDocument.objects.locked().get(pk=document_id)
    document.move_to(DocumentStatus.DISCARDED, by=actor)
    return document


@transaction.atomic
def reverse_document(*, document_id: int, reason: str, actor: Actor | None) -> StockDocument:
    """
    Write and confirm the document that undoes a confirmed one.

    :raises IllegalMove: if it was never confirmed
    :raises AlreadyReversed: if that was done before
    :raises NotEnoughOnHand: if what it brought is no longer there
    """
    document = StockDocument.objects.locked().get(pk=document_id)
    if document.status != DocumentStatus.CONFIRMED:
        raise IllegalMove(current=document.status, wanted=DocumentStatus.CONFIRMED)
    if StockDocument.objects.filter(reverses=document, status=DocumentStatus.CONFIRMED).exists():
        raise AlreadyReversed()
    moved_to = document.target_warehouse
    undoing = write_document(
        kind=DocumentKind.TRANSFER if moved_to else DocumentKind.ADJUSTMENT,
        warehouse=moved_to or document.warehouse,
        target=document.warehouse if moved_to else None,
        reason=reason,
        lines=_undone(document),
        actor=actor,
    )
    StockDocument.objects.filter(pk=undoing.pk).update(reverses=document)
    try:
        with transaction.atomic():
            return confirm_document(document_id=undoing.pk, actor=actor)
    except IntegrityError as problem:
        raise AlreadyReversed() from problem


def _add_lines(document: StockDocument, lines: Sequence[LineDraft]) -> None:
    StockDocumentLine.objects.bulk_create(
        [
            StockDocumentLine(
                document=document, sku_id=line.sku_id, quantity=line.quantity, bucket=line.bucket
            )
            for line in lines
        ]
    )


def _must_fit(
    kind: str,
    warehouse: Warehouse,
    target: Warehouse | None,
    reason: str,
    lines: Sequence[LineDraft],
) -> None:
    if not reason.strip():
        raise InvalidInput(field="reason", reason=_("it is missing"))
    if (kind == DocumentKind.TRANSFER) != (target is not None) or target == warehouse:
        raise InvalidInput(field="target_warehouse", reason=_("a transfer has another warehouse"))
    if target is not None and target.merchant_id != warehouse.merchant_id:
        raise InvalidInput(field="target_warehouse", reason=_("it belongs to another merchant"))
    if len(lines) > MAX_LINES:
        raise InvalidInput(field="lines", reason=_("more than {most}").format(most=MAX_LINES))
    if len({(line.sku_id, line.bucket) for line in lines}) != len(lines):
        raise InvalidInput(field="lines", reason=_("a SKU stands there twice"))
    for line in lines:
        _line_must_fit(kind, line)
    skus = Sku.objects.filter(pk__in=[line.sku_id for line in lines])
    if skus.filter(merchant_id=warehouse.merchant_id).count() < len(
        {line.sku_id for line in lines}
    ):
        raise InvalidInput(field="sku", reason=_("it belongs to another merchant"))


def _line_must_fit(kind: str, line: LineDraft) -> None:
    is_adjustment = kind == DocumentKind.ADJUSTMENT
    least = {DocumentKind.COUNT: 0, DocumentKind.ADJUSTMENT: -(10**9)}.get(DocumentKind(kind), 1)
    if not least <= line.quantity <= 10**9 or (is_adjustment and line.quantity == 0):
        raise InvalidInput(field="quantity", reason=str(line.quantity))
    known = set(Bucket.values) - {Bucket.RESERVED} if is_adjustment else {Bucket.ON_HAND}
    if line.bucket not in known:
        raise InvalidInput(field="bucket", reason=line.bucket)


def _note_expected(document: StockDocument, lines: Sequence[StockDocumentLine]) -> None:
    """Remember what the books say at this moment; the rows stay locked until the count is booked."""
    ids = stock_item_ids({(line.sku_id, document.warehouse_id) for line in lines})
    rows = StockItem.objects.filter(pk__in=ids.values()).locked()
    books = {row.sku_id: row.on_hand for row in rows}
    for line in lines:
        line.expected_quantity = books[line.sku_id]
    StockDocumentLine.objects.bulk_update(lines, ["expected_quantity"], batch_size=1000)


def _changes(document: StockDocument, line: StockDocumentLine) -> list[StockChange]:
    here = document.warehouse_id
    if document.kind == DocumentKind.TRANSFER and document.target_warehouse_id:
        there = document.target_warehouse_id
        return [
            StockChange(line.sku_id, here, -line.quantity),
            StockChange(line.sku_id, there, line.quantity),
        ]
    return [StockChange(line.sku_id, here, _effect(document, line), line.bucket)]


def _effect(document: StockDocument, line: StockDocumentLine) -> int:
    if document.kind == DocumentKind.COUNT:
        return line.quantity - (line.expected_quantity or 0)
    return line.quantity


def _undone(document: StockDocument) -> list[LineDraft]:
    lines = document.lines.order_by("pk")
    if document.kind == DocumentKind.TRANSFER:
        return [LineDraft(line.sku_id, line.quantity) for line in lines]
    return [
        LineDraft(line.sku_id, -_effect(document, line), line.bucket)
        for line in lines
        if _effect(document, line)
    ]
