"""Five wrong passwords for one account from one address lock it there for a while (A1)."""

import logging
import math
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis import Redis
from redis.exceptions import RedisError

from apps.accounts.contacts import contact_hash
from apps.accounts.models import LoginFailure
from apps.core import clock
from apps.core.errors import Refusal
from apps.core.secrets import keyed_hash

log = logging.getLogger(__name__)

# Take a try before the password is looked at, so that parallel guesses cannot slip through together.
_TAKE_TRY = """
local locked = redis.call('TTL', KEYS[2])
if locked > 0 then return locked end
local tries = redis.call('INCR', KEYS[1])
if tries == 1 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
if tries > tonumber(ARGV[1]) then return math.max(1, redis.call('TTL', KEYS[1])) end
return 0
"""
_NOTE_FAILURE = """
if tonumber(redis.call('GET', KEYS[1]) or 0) >= tonumber(ARGV[1]) then
    redis.call('SET', KEYS[2], 1, 'EX', ARGV[2])
    redis.call('DEL', KEYS[1])
end
return 0
"""


class AccountLocked(Refusal):
    """Too many wrong passwords from here; the right one does not help now either."""

    code = "ACCOUNT_LOCKED"
    http_status = 429
    text = _("Too many failed attempts. Try again in {minutes} minutes, or set a new password.")


class LoginGuard:
    """The tries of one account from one address. Counted in Redis; by rows of the database when it is away."""

    def __init__(self, contact: str, ip: str) -> None:
        self.who = keyed_hash(f"{contact_hash(contact)}|{ip}", "login")

    def take_try(self) -> None:
        """
        Begin a try.

        :raises AccountLocked: with the seconds to wait
        """
        wait = self._ask_redis(_TAKE_TRY)
        if wait is None:
            wait = self._wait_by_rows()
        if wait > 0:
            raise AccountLocked(retry_after=wait, minutes=math.ceil(wait / 60))

    def note_failure(self) -> None:
        LoginFailure.objects.create(who=self.who)
        self._ask_redis(_NOTE_FAILURE)

    def note_success(self) -> None:
        LoginFailure.objects.filter(who=self.who).delete()
        try:
            _redis().delete(*self._keys())
        except (RedisError, OSError):
            log.warning("sign-ins are counted in the database: Redis is away")

    def _keys(self) -> tuple[str, str]:
        return f"login:{self.who}:tries", f"login:{self.who}:locked"

    def _ask_redis(self, script: str) -> int | None:
        seconds = int(settings.LOGIN_WINDOW.total_seconds())
        try:
            return int(
                _redis().eval(script, 2, *self._keys(), str(settings.LOGIN_FAILURES), str(seconds))
            )
        except (RedisError, OSError):
            log.warning("sign-ins are counted in the database: Redis is away")
            return None

    def _wait_by_rows(self) -> int:
        """Return the seconds until the lock of the last failure ends, or 0."""
        window: timedelta = settings.LOGIN_WINDOW
        failures = list(
            LoginFailure.objects.of(self.who, within=2 * window)
            .order_by("-at")
            .values_list("at", flat=True)[: settings.LOGIN_FAILURES]
        )
        if len(failures) < settings.LOGIN_FAILURES or failures[0] - failures[-1] > window:
            return 0
        return max(0, math.ceil((failures[0] + window - clock.now()).total_seconds()))


def _redis() -> Redis:
    client: Redis = cache.client.get_client(write=True)  # type: ignore[attr-defined]
    return client
