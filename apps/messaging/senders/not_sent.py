class NotSent(Exception):
    """The provider did not take the message. ``is_final``: it never will, so trying again is useless."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final
