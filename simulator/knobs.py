"""What can be made to go wrong, once, several times or until it is cleared."""

from dataclasses import dataclass
from typing import Any

from simulator import numbers
from simulator.rows import Knob
from simulator.world import World

CHANNELS = ("alipay", "wechat", "unionpay", "sf", "kd100", "sms", "mail")
PAYMENT_CHANNELS = ("alipay", "wechat", "unionpay")
NOTIFYING = (*PAYMENT_CHANNELS, "kd100")
CALLED = ("alipay", "wechat", "unionpay", "sf", "kd100", "sms")


@dataclass(frozen=True)
class KnobKind:
    """One thing that can go wrong."""

    text: str
    channels: tuple[str, ...]
    default: Any = None
    value: str = ""
    """What the value means; empty: it takes none."""


KINDS: dict[str, KnobKind] = {
    "duplicate": KnobKind("The notice comes several times at once", NOTIFYING, 3, "copies"),
    "delay": KnobKind("The notice comes late", NOTIFYING, 30, "seconds"),
    "reorder": KnobKind("The notice waits until the next one has gone", NOTIFYING),
    "drop": KnobKind("The notice never comes; a message is lost", (*NOTIFYING, "sms", "mail")),
    "changed_field": KnobKind(
        "A field of the notice is wrong, and properly signed",
        NOTIFYING,
        {},
        '{"field": "total_amount", "value": "0.01"}',
    ),
    "tampered": KnobKind(
        "A field of the notice is changed after signing", NOTIFYING, {}, "as changed_field"
    ),
    "wrong_key": KnobKind("The notice is signed with a stranger's key", NOTIFYING),
    "timestamp_shift": KnobKind(
        "The notice's timestamp is off", ("wechat",), -360, "seconds, signed"
    ),
    "unknown_serial": KnobKind("The notice names a key that nobody knows", ("wechat",)),
    "certificate": KnobKind(
        "The notice is signed with the platform certificate, not the public key", ("wechat",)
    ),
    "signtest": KnobKind("A probe with a deliberately bad signature comes first", ("wechat",)),
    "late_after_close": KnobKind(
        "The shopper has paid, the channel admits it only after a close",
        PAYMENT_CHANNELS,
        1,
        "seconds after the close",
    ),
    "orderpaid_on_close": KnobKind(
        "The shopper pays in the moment before the close", ("alipay", "wechat")
    ),
    "refund_fails": KnobKind(
        "A refund is accepted and then fails",
        PAYMENT_CHANNELS,
        "ABNORMAL",
        "ABNORMAL or CLOSED: WeChat's words for it",
    ),
    "lost_response": KnobKind(
        "The call is executed, then the connection drops", CALLED, 0, "seconds before it drops"
    ),
    "server_error": KnobKind(
        "The call is answered with a 5xx and not executed", (*CALLED, "mail"), 502, "status"
    ),
    "slow": KnobKind("The call takes long", (*CALLED, "mail"), 3, "seconds"),
    "garbage": KnobKind("The call is executed and answered with half a JSON", CALLED),
    "refuse": KnobKind("The call is refused with a code", (*CALLED, "mail"), None, "code"),
}


RANGES = {"duplicate": (1, 100), "server_error": (500, 599), "timestamp_shift": (-1e6, 1e6)}
USUAL_RANGE = (0, 86400)


class BadKnob(ValueError):
    """The knob does not exist for that channel, or its value makes no sense."""


class Knobs:
    """Set, take and clear knobs."""

    def __init__(self, world: World) -> None:
        self.world = world

    def set(self, channel: str, name: str, **chosen: Any) -> Knob:
        """
        Turn a knob.

        :raises BadKnob: if there is none such
        """
        kind = KINDS.get(name)
        if kind is None:
            raise BadKnob(f"no knob is called {name!r}; there are {', '.join(KINDS)}")
        if channel not in kind.channels:
            raise BadKnob(f"{name} exists for {', '.join(kind.channels)}, not {channel!r}")
        value = chosen.pop("value", None)
        value = _checked(name, kind.default if value is None else value)
        knob = Knob(numbers.new_key(), channel, name, value, **chosen)
        return self.world.add(knob, "knob turned")

    def take(self, channel: str, name: str, *subjects: str, operation: str = "") -> Knob | None:
        """Return the knob that acts now, if any, and count it."""
        for knob in self.world.knobs.values():
            if (knob.channel, knob.name) != (channel, name):
                continue
            if knob.match and knob.match not in subjects:
                continue
            if knob.operation not in ("", operation):
                continue
            self._count(knob)
            return knob
        return None

    def clear(self, *, key: str = "", channel: str = "", name: str = "") -> int:
        """Forget the knobs that fit; return how many."""
        gone = [
            knob
            for knob in self.world.knobs.values()
            if key in ("", knob.key) and channel in ("", knob.channel) and name in ("", knob.name)
        ]
        for knob in gone:
            self.world.remove(knob, "knob cleared")
        return len(gone)

    def _count(self, knob: Knob) -> None:
        if knob.count is not None and knob.count <= 1:
            self.world.remove(knob, "knob used up")
            return
        left = None if knob.count is None else knob.count - 1
        self.world.change(knob, "knob used", count=left, used=knob.used + 1)


def _checked(name: str, value: Any) -> Any:
    """Return the value if it has the shape that the knob's own default has."""
    default = KINDS[name].default
    if isinstance(default, int):
        _check_number(name, value)
    elif isinstance(default, dict):
        if not isinstance(value, dict) or set(value) != {"field", "value"}:
            raise BadKnob(f"{name} takes {KINDS[name].value}")
    elif name == "refund_fails":
        if value not in ("ABNORMAL", "CLOSED"):
            raise BadKnob(f"{name} takes {KINDS[name].value}")
    elif name == "refuse" and not (isinstance(value, str) and value):
        raise BadKnob("refuse takes the code to answer with")
    return value


def _check_number(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadKnob(f"{name} takes a number: {KINDS[name].value}")
    least, most = RANGES.get(name, USUAL_RANGE)
    if not least <= value <= most:
        raise BadKnob(f"{name} takes {KINDS[name].value} from {least} to {most}")
