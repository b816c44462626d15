"""What SF's operation codes mean."""

from apps.logistics.carriers.adapter import Step

_STEPS = {
    "50": Step.PICKED_UP,
    "51": Step.PICKED_UP,
    "54": Step.PICKED_UP,
    "30": Step.IN_TRANSIT,
    "31": Step.IN_TRANSIT,
    "36": Step.IN_TRANSIT,
    "10": Step.IN_TRANSIT,
    "11": Step.IN_TRANSIT,
    "44": Step.DELIVERING,
    "204": Step.DELIVERING,
    "125": Step.DELIVERING,
    "80": Step.SIGNED,
    "8000": Step.SIGNED,
    "33": Step.EXCEPTION,
    "70": Step.EXCEPTION,
    "34": Step.EXCEPTION,
    "631": Step.REFUSED,
    "99": Step.RETURNING,
    "648": Step.RETURNING,
}


def step_of(operation_code: str) -> Step:
    """Return what an operation code means; one that nobody has told us of only says that it moves."""
    return _STEPS.get(operation_code, Step.IN_TRANSIT)
