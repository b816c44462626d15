"""What operators decide about a channel. Keys go in and never come out again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.errors import Refusal
from apps.payments.gateways.credentials import forget_credentials
from apps.payments.models import PaymentChannel


class LimitsOutOfOrder(Refusal):
    code = "CHANNEL_LIMITS_OUT_OF_ORDER"
    http_status = 422
    text = _("The smallest amount must be above zero and not above the largest one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTerms:
    """On or off, from and up to which amount, what it costs us, and where it stands in the list."""

    is_enabled: bool
    min_amount: Decimal
    max_amount: Decimal
    fee_percent: Decimal
    priority: int


@transaction.atomic
def configure_channel(
    *, channel_id: int, terms: ChannelTerms, secrets: Mapping[str, str], actor: Actor | None
) -> PaymentChannel:
    """
    Change a channel. An empty secret stays as it is; the audit says which were set, and not to what.

    :raises LimitsOutOfOrder: if the limits make no sense
    """
    if not 0 < terms.min_amount <= terms.max_amount:
        raise LimitsOutOfOrder
    channel: PaymentChannel = PaymentChannel.objects.locked().get(pk=channel_id)
    before = {name: str(getattr(channel, name)) for name in asdict(terms)}
    for name, value in asdict(terms).items():
        setattr(channel, name, value)
    given = {name: value for name, value in secrets.items() if value}
    channel.credentials_json = (
        json.dumps(channel.credentials | given) if given else channel.credentials_json
    )
    channel.save()
    record_audit(
        "configure_channel",
        channel,
        actor=actor,
        before=before,
        after={name: str(value) for name, value in asdict(terms).items()}
        | {"secrets_set": sorted(given)},
    )
    transaction.on_commit(forget_credentials)
    return channel


@transaction.atomic
def forget_secrets(*, channel_id: int, actor: Actor | None) -> None:
    """Drop what was entered here, so that the environment counts again."""
    channel: PaymentChannel = PaymentChannel.objects.locked().get(pk=channel_id)
    dropped = sorted(channel.credentials)
    channel.credentials_json = ""
    channel.save(update_fields=["credentials_json"])
    record_audit("forget_channel_secrets", channel, actor=actor, before={"secrets_set": dropped})
    transaction.on_commit(forget_credentials)
