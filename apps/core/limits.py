"""Token buckets in Redis, one Lua call each. For money the caller chooses what happens when Redis is away."""

import logging
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from apps.core.errors import Refusal

log = logging.getLogger(__name__)

_TAKE = """
local now = redis.call('TIME')
local at = tonumber(now[1]) + tonumber(now[2]) / 1000000
local size, per_second, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local left = tonumber(redis.call('HGET', KEYS[1], 'left') or size)
local since = tonumber(redis.call('HGET', KEYS[1], 'at') or at)
left = math.min(size, left + (at - since) * per_second)
local granted = left >= cost and 1 or 0
if granted == 1 then left = left - cost end
redis.call('HSET', KEYS[1], 'left', left, 'at', at)
redis.call('EXPIRE', KEYS[1], math.ceil(size / per_second) + 1)
local wait = 0
if granted == 0 then wait = math.ceil((cost - left) / per_second) end
return {granted, math.floor(left), wait}
"""


class TooManyRequests(Refusal):
    code = "TOO_MANY_REQUESTS"
    http_status = 429
    text = _("That was a little fast. Please wait {retry_after} seconds.")


@dataclass(frozen=True, slots=True)
class Bucket:
    """``size`` at once, filled again with ``size`` tokens every ``seconds``."""

    name: str
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Grant:
    """Whether a token was there, how many are left, and how long to wait for the next."""

    is_granted: bool
    left: int
    retry_after: int


def take_token(bucket: Bucket, who: str, *, cost: int = 1) -> Grant:
    """Take from somebody's bucket. With Redis away everything is granted: limits protect, they do not decide."""
    try:
        client = cache.client.get_client(write=True)  # type: ignore[attr-defined]
        granted, left, wait = client.eval(
            _TAKE, 1, f"limit:{bucket.name}:{who}", bucket.size, bucket.size / bucket.seconds, cost
        )
    except (RedisError, OSError):
        log.warning("limits are off: Redis is away")
        return Grant(True, bucket.size, 0)
    return Grant(bool(granted), int(left), int(wait))


def must_have_token(bucket: Bucket, who: str) -> None:
    """
    Take a token or refuse.

    :raises TooManyRequests: with the seconds to wait
    """
    grant = take_token(bucket, who)
    if not grant.is_granted:
        raise TooManyRequests(retry_after=grant.retry_after)
