from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.events import SpuChanged
from apps.catalog.models import Spu, SpuStatus
from apps.catalog.services.reviewing import needs_review
from apps.catalog.services.versions import must_be_version
from apps.core import clock
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import Refusal
from apps.core.states import IllegalMove

KEPT_IN_RECYCLE_BIN = timedelta(days=30)


class NotReadyForShelf(Refusal):
    code = "NOT_READY_FOR_SHELF"
    http_status = 409
    text = _("A product needs a name, a category that is shown, and a SKU that is for sale.")


class RestoreTooLate(Refusal):
    code = "RESTORE_TOO_LATE"
    http_status = 409
    text = _("This was thrown away more than 30 days ago.")


@transaction.atomic
def submit_spu(*, spu_id: int, actor: Actor | None) -> Spu:
    """
    Ask the platform to look at an SPU before shoppers do.

    :raises IllegalMove, NotReadyForShelf: if it cannot go there
    """
    spu = Spu.objects.locked().get(pk=spu_id)
    _must_be_ready(spu)
    spu.move_to(SpuStatus.IN_REVIEW, by=actor)
    publish(SpuChanged(spu_id=spu.pk))
    return spu


@transaction.atomic
def approve_spu(*, spu_id: int, actor: Actor | None) -> Spu:
    """
    Let an SPU that was reviewed go on the shelf, now or at its time.

    :raises IllegalMove, NotReadyForShelf: if it cannot go there
    """
    spu = Spu.objects.locked().get(pk=spu_id)
    _must_be_in_review(spu, SpuStatus.ON_SHELF)
    return _put_on_shelf(spu, actor)


@transaction.atomic
def reject_spu(*, spu_id: int, reason: str, actor: Actor | None) -> Spu:
    """
    Give an SPU back to whoever submitted it, and say why.

    :raises IllegalMove: if it is not in review
    """
    spu = Spu.objects.locked().get(pk=spu_id)
    _must_be_in_review(spu, SpuStatus.DRAFT)
    spu.move_to(SpuStatus.DRAFT, by=actor, reason=reason[:200])
    publish(SpuChanged(spu_id=spu.pk))
    return spu


@transaction.atomic
def publish_spu(
    *,
    spu_id: int,
    actor: Actor | None,
    at: datetime | None = None,
    expected_version: int | None = None,
) -> Spu:
    """
    Put an SPU on the shelf: now, or at ``at``, or at the time that it has been given.

    Where a merchant's edits need review, its staff only submit it.

    :raises IllegalMove, NotReadyForShelf, VersionConflict: if it cannot go there
    """
    spu = Spu.objects.locked().get(pk=spu_id)
    must_be_version(spu, expected_version)
    if spu.status == SpuStatus.IN_REVIEW:
        raise IllegalMove(current=spu.status, wanted=SpuStatus.ON_SHELF)
    if at is not None:
        spu.publish_at = at
        spu.save(update_fields=["publish_at"])
    if needs_review(spu, actor):
        return submit_spu(spu_id=spu_id, actor=actor)
    return _put_on_shelf(spu, actor)


@transaction.atomic
def unpublish_spu(*, spu_id: int, actor: Actor | None, reason: str = "") -> Spu:
    """
    Take an SPU off the shelf, or off the list of those that wait for their time.

    :raises IllegalMove: if it is neither
    """
    spu = Spu.objects.locked().get(pk=spu_id)
    spu.move_to(SpuStatus.OFF_SHELF, by=actor, reason=reason[:200], publish_at=None)
    publish(SpuChanged(spu_id=spu.pk))
    return spu


@transaction.atomic
def recycle_spu(*, spu_id: int, actor: Actor | None) -> Spu:
    """
    Throw an SPU away; for 30 days it can be taken back.

    :raises IllegalMove: if it is on the shelf, in review or scheduled
    """
    spu = Spu.objects.locked().get(pk=spu_id)
    spu.move_to(SpuStatus.RECYCLED, by=actor, recycled_at=clock.now())
    publish(SpuChanged(spu_id=spu.pk))
    return spu


@transaction.atomic
def restore_spu(*, spu_id: int, actor: Actor | None) -> Spu:
    """
    Take an SPU back out of the recycle bin, as a draft.

    :raises IllegalMove: if it is not there
    :raises RestoreTooLate: after 30 days
    """
    spu = Spu.objects.locked().get(pk=spu_id)
    if spu.purged_at or (spu.recycled_at and spu.recycled_at <= clock.now() - KEPT_IN_RECYCLE_BIN):
        raise RestoreTooLate()
    spu.move_to(SpuStatus.DRAFT, by=actor, recycled_at=None)
    publish(SpuChanged(spu_id=spu.pk))
    return spu


def publish_due_spus() -> int:
    """Put on the shelf what waits there and whose time has come; return how many."""
    due = Spu.objects.filter(status=SpuStatus.SCHEDULED, publish_at__lte=clock.database_now())
    return sum(_publish_if_due(spu_id) for spu_id in list(due.values_list("pk", flat=True)))


def unpublish_due_spus() -> int:
    """Take off the shelf what has had its time; return how many."""
    due = Spu.objects.filter(status=SpuStatus.ON_SHELF, unpublish_at__lte=clock.database_now())
    return sum(_unpublish_if_due(spu_id) for spu_id in list(due.values_list("pk", flat=True)))


def empty_recycle_bin() -> int:
    """Let go of the code and address of what was thrown away 30 days ago; return how many."""
    old = Spu.objects.filter(
        status=SpuStatus.RECYCLED,
        purged_at=None,
        recycled_at__lte=clock.database_now() - KEPT_IN_RECYCLE_BIN,
    )
    return sum(_purge(spu_id) for spu_id in list(old.values_list("pk", flat=True)))


def _must_be_in_review(spu: Spu, wanted: SpuStatus) -> None:
    if spu.status != SpuStatus.IN_REVIEW:
        raise IllegalMove(current=spu.status, wanted=wanted)


def _must_be_ready(spu: Spu) -> None:
    is_ready = (
        spu.category.is_active
        and spu.skus.filter(is_active=True).exists()
        and spu.translations.exists()
    )
    if not is_ready:
        raise NotReadyForShelf()


def _put_on_shelf(spu: Spu, actor: Actor | None) -> Spu:
    _must_be_ready(spu)
    at = clock.now()
    if spu.unpublish_at and spu.unpublish_at <= max(at, spu.publish_at or at):
        spu.unpublish_at = None
    changes: dict[str, Any] = {"publish_at": spu.publish_at, "unpublish_at": spu.unpublish_at}
    if spu.publish_at and spu.publish_at > at:
        spu.move_to(SpuStatus.SCHEDULED, by=actor, **changes)
    else:
        spu.move_to(SpuStatus.ON_SHELF, by=actor, published_at=at, **changes)
    publish(SpuChanged(spu_id=spu.pk))
    return spu


@transaction.atomic
def _publish_if_due(spu_id: int) -> bool:
    spu = Spu.objects.locked().get(pk=spu_id)
    if spu.status != SpuStatus.SCHEDULED or not spu.publish_at or spu.publish_at > clock.now():
        return False
    spu.move_to(SpuStatus.ON_SHELF, reason="publish_at", published_at=clock.now())
    publish(SpuChanged(spu_id=spu.pk))
    return True


@transaction.atomic
def _unpublish_if_due(spu_id: int) -> bool:
    spu = Spu.objects.locked().get(pk=spu_id)
    if spu.status != SpuStatus.ON_SHELF or not spu.unpublish_at or spu.unpublish_at > clock.now():
        return False
    spu.move_to(SpuStatus.OFF_SHELF, reason="unpublish_at")
    publish(SpuChanged(spu_id=spu.pk))
    return True


@transaction.atomic
def _purge(spu_id: int) -> bool:
    spu = Spu.objects.locked().get(pk=spu_id)
    if spu.status != SpuStatus.RECYCLED or spu.purged_at:
        return False
    spu.old_slugs.all().delete()
    spu.slug, spu.code, spu.purged_at = f"purged-{spu.pk}", f"purged-{spu.pk}", clock.now()
    spu.save(update_fields=["slug", "code", "purged_at"])
    return True
