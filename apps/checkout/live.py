"""Who waits in front of an unpaid trade is told the moment that it moves. A hint: the page then asks the shop."""

import logging
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from apps.orders.models import Trade

log = logging.getLogger(__name__)


def group_of(trade_id: int) -> str:
    return f"trade-{trade_id}"


def tell_after_commit(trade_id: int) -> None:
    """Tell the open pages of a trade once the transaction stands; without Redis their poll will see it."""
    transaction.on_commit(partial(_tell, trade_id), robust=True)


def _tell(trade_id: int) -> None:
    status = Trade.objects.values_list("status", flat=True).get(pk=trade_id)
    message = {"type": "trade.moved", "state": status}
    try:
        async_to_sync(get_channel_layer().group_send)(group_of(trade_id), message)
    except (RedisError, OSError):
        log.warning("live pages are not told: Redis is away")
