"""What kuaidi100's states mean: one or two digits for a state, longer codes for its details."""

from apps.logistics.carriers.adapter import Step

_DETAILS = {
    "101": Step.ANNOUNCED,
    "102": Step.ANNOUNCED,
    "203": Step.REFUSED,
    "205": Step.EXCEPTION,
    "401": Step.EXCEPTION,
    "1001": Step.IN_TRANSIT,
    "1002": Step.IN_TRANSIT,
    "1003": Step.IN_TRANSIT,
}
_STATES = {
    "0": Step.IN_TRANSIT,
    "1": Step.PICKED_UP,
    "2": Step.EXCEPTION,
    "3": Step.SIGNED,
    "4": Step.RETURNED,
    "5": Step.DELIVERING,
    "6": Step.RETURNING,
    "7": Step.IN_TRANSIT,
    "8": Step.IN_TRANSIT,
    "10": Step.IN_TRANSIT,
    "11": Step.IN_TRANSIT,
    "12": Step.IN_TRANSIT,
    "13": Step.EXCEPTION,
    "14": Step.REFUSED,
}
DETAIL_LENGTH = 3


def step_of(code: str) -> Step:
    """
    Return what a state or the detail of one says; a detail counts as its state unless it says more.

    A code that no table of kuaidi100 holds announces something and moves nothing.
    """
    known = _DETAILS.get(code) or _STATES.get(code)
    if known:
        return known
    if len(code) >= DETAIL_LENGTH and code.isascii() and code.isdigit():
        return _STATES.get(code[:1], Step.ANNOUNCED)
    return Step.ANNOUNCED
