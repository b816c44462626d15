"""Labels and packing lists: what stands on them, and that they were printed."""

from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.errors import Refusal
from apps.logistics.carriers.adapter import Contact
from apps.logistics.models import Parcel, ParcelStatus
from apps.logistics.papers.content import ParcelPaper
from apps.logistics.services.addressing import contacts_of, paper_lines
from apps.logistics.services.locking import lock_parcel


class NoLabelYet(Refusal):
    """``parcels`` are the numbers of those without a waybill."""

    code = "NO_LABEL_YET"
    http_status = 409
    text = _("Some parcels have no waybill yet, or were voided: {parcels}")


class TooManyLabels(Refusal):
    code = "TOO_MANY_LABELS"
    http_status = 422
    text = _("At most {most} labels can be printed at once.")


def collect_papers(parcel_ids: Collection[int]) -> list[ParcelPaper]:
    """
    Return what stands on the papers of these parcels, in the order of their making.

    :raises TooManyLabels: more than 200 at once
    :raises NoLabelYet: if one has no waybill, or was voided
    """
    if len(parcel_ids) > settings.LOGISTICS_LABELS_AT_ONCE:
        raise TooManyLabels(most=settings.LOGISTICS_LABELS_AT_ONCE)
    parcels = list(
        Parcel.objects.filter(pk__in=parcel_ids)
        .select_related("shipment__order", "carrier", "merchant")
        .order_by("pk")
    )
    missing = [each for each in parcels if not each.waybill or each.status == "VOIDED"]
    if missing:
        raise NoLabelYet(parcels=", ".join(each.number for each in missing))
    contacts = contacts_of(parcels)
    return [_paper(parcel, *contacts[parcel.pk]) for parcel in parcels]


@transaction.atomic
def note_printed(*, parcel_ids: Collection[int], actor: Actor | None) -> None:
    """Note that somebody holds these labels, with the personal data on them, in hand."""
    for parcel_id in sorted(parcel_ids):
        parcel = lock_parcel(parcel_id)
        if parcel.status == ParcelStatus.CREATED:
            parcel.move_to(ParcelStatus.LABEL_PRINTED, by=actor, printed_at=clock.now())
        record_audit("parcel.label_printed", parcel, actor=actor)


def _paper(parcel: Parcel, sender: Contact, recipient: Contact) -> ParcelPaper:
    order = parcel.shipment.order
    return ParcelPaper(
        carrier_name=parcel.carrier.name,
        carrier_phone=parcel.carrier.phone,
        waybill=parcel.waybill,
        sorting_code=parcel.sorting_code,
        origin_code=parcel.origin_code,
        parcel_number=parcel.number,
        order_number=order.number,
        merchant_name=parcel.merchant.name,
        sender=sender,
        recipient=recipient,
        lines=paper_lines(parcel.shipment),
        remark=order.remark,
        printed_at=clock.now(),
    )
