"""The one registry of error codes, and ``Refusal``: a command's way to say no."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

REGISTRY: dict[str, "ErrorCode"] = {}


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One code: what machines read, the HTTP status it travels with, and what people read."""

    code: str
    http_status: int
    text: Text


def declare_error(code: str, http_status: int, text: Text) -> ErrorCode:
    """
    Put one code on record.

    :raises ValueError: if it is taken, or not upper case with underscores
    """
    if not code.isascii() or code != code.upper() or not code.replace("_", "").isalnum():
        raise ValueError(f"{code!r} is not an upper-case code")
    if code in REGISTRY:
        raise ValueError(f"the error code {code} is taken")
    REGISTRY[code] = ErrorCode(code, http_status, text)
    return REGISTRY[code]


class Refusal(Exception):
    """
    A command will not do it, and has changed nothing.

    A subclass names the problem and declares ``code``, ``http_status`` and ``text``; the text may hold
    ``{placeholders}`` that the keyword arguments fill. Whatever is not a Refusal is a bug.
    """

    code: ClassVar[str]
    http_status: ClassVar[int] = 409
    text: ClassVar[Text]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            declare_error(cls.code, cls.http_status, cls.text)

    def __init__(self, **details: Any) -> None:
        self.details: Mapping[str, Any] = details
        super().__init__(self.code, details)

    @property
    def message(self) -> str:
        """The sentence for people, in the language that is active now."""
        return str(self.text).format(**self.details)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class InvalidInput(Refusal):
    """A value that no rule of the shop would ever accept; ``field`` says which."""

    code = "INVALID_INPUT"
    http_status = 400
    text = _("The value of “{field}” is not valid: {reason}")


class Forbidden(Refusal):
    code = "FORBIDDEN"
    http_status = 403
    text = _("You may not do this.")


class NotFound(Refusal):
    code = "NOT_FOUND"
    http_status = 404
    text = _("There is no such thing here.")


class VersionConflict(Refusal):
    """Somebody else saved first; nothing of theirs was overwritten."""

    code = "VERSION_CONFLICT"
    http_status = 409
    text = _("Somebody else has changed this in the meantime. Look at the new state and try again.")


class Busy(Refusal):
    """The row is locked for longer than a shopper should wait."""

    code = "BUSY"
    http_status = 503
    text = _("The shop is very busy right now. Please try again in a moment.")


declare_error("VALIDATION_FAILED", 400, _("Some of the values are not valid."))
declare_error("MALFORMED_REQUEST", 400, _("The request cannot be read."))
declare_error("NOT_AUTHENTICATED", 401, _("Please sign in."))
declare_error("TOKEN_INVALID", 401, _("The token is not valid or has expired."))
declare_error("METHOD_NOT_ALLOWED", 405, _("This method is not possible here."))
declare_error("NOT_ACCEPTABLE", 406, _("This format is not on offer."))
declare_error("REQUEST_TIMEOUT", 408, _("The request did not arrive in time."))
declare_error("PAYLOAD_TOO_LARGE", 413, _("The request is too large."))
declare_error("URI_TOO_LONG", 414, _("The address is too long."))
declare_error("UNSUPPORTED_MEDIA_TYPE", 415, _("This kind of content cannot be read."))
declare_error("PRECONDITION_REQUIRED", 428, _("Say which version you have read (If-Match)."))
declare_error("THROTTLED", 429, _("Too many requests. Please wait a moment."))
declare_error("HEADERS_TOO_LARGE", 431, _("The head of the request is too large."))
declare_error("SERVER_ERROR", 500, _("Something went wrong on our side. It has been noted."))
