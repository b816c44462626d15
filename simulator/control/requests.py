"""What the control API answers 400 to."""


class BadRequest(Exception):
    """What was sent makes no sense."""
