"""China's time, and waits that a test can shorten."""

import datetime
import time
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime.datetime:
    """Return this moment in China, where every channel writes its times."""
    return datetime.datetime.now(CHINA)


def at(seconds: float) -> datetime.datetime:
    """Return the moment of a Unix time in China."""
    return datetime.datetime.fromtimestamp(seconds, CHINA)


def spoken(moment: datetime.datetime) -> str:
    """Return `2026-11-20 13:14:15`, as Alipay and the carriers write it."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def rfc3339(moment: datetime.datetime) -> str:
    """Return `2026-11-20T13:14:15+08:00`, as WeChat writes it."""
    return moment.astimezone(CHINA).replace(microsecond=0).isoformat()


def compact(moment: datetime.datetime) -> str:
    """Return `20261120131415`, as UnionPay writes it."""
    return moment.astimezone(CHINA).strftime("%Y%m%d%H%M%S")


class Pace:
    """How much faster than in reality the waits pass; the time of day stays real."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def real(self, seconds: float) -> float:
        """Return how long a wait of the real channel takes here."""
        return seconds / self.scale

    def after(self, seconds: float) -> float:
        """Return the Unix time at which such a wait ends."""
        return time.time() + self.real(seconds)
