"""Numbers as the channels write them."""

import itertools
import re
import secrets
import uuid

from simulator import clock

_counter = itertools.count(secrets.randbelow(10**6))
_YUAN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


def new_key() -> str:
    """Return an unguessable name for a row."""
    return secrets.token_hex(12)


def serial_digits(length: int) -> str:
    """Return digits that never repeat within a day; unguessable in front, counted at the end."""
    counted = f"{next(_counter) % 10**8:08d}"
    return f"{secrets.randbelow(10 ** (length - 8)):0{length - 8}d}{counted}"


def alipay_trade_no() -> str:
    """Return 28 digits: the day, 20 digits."""
    return clock.now().strftime("%Y%m%d") + "22" + serial_digits(18)


def wechat_number(prefix: str) -> str:
    """Return 28 digits: 4200 (payments) or 5030 (refunds), some, the day, 10 digits."""
    return f"{prefix}{secrets.randbelow(10**6):06d}{clock.now():%Y%m%d}{serial_digits(10)}"


def unionpay_query_id() -> str:
    """Return 21 digits: the time and a counter."""
    return clock.compact(clock.now())[:14] + serial_digits(12)[-7:]


def request_id() -> str:
    return str(uuid.uuid4()).upper()


def fen(yuan: str) -> int | None:
    """Return `12.34` as 1234, or None if it is not an amount as Alipay writes them."""
    if not _YUAN.fullmatch(yuan):
        return None
    whole, _, cents = yuan.partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0"))


def grouped(amount: int) -> str:
    """Return 123456 as `1,234.56`, for people."""
    return f"{amount // 100:,}.{amount % 100:02d}"


def yuan(amount: int) -> str:
    """Return 1234 as `12.34`."""
    return f"{amount // 100}.{amount % 100:02d}"
