"""Form-encoded notices, read strictly: bounded, one value per name, one charset."""

from urllib.parse import parse_qsl

from apps.payments.gateways.base import BadNotice

MOST_BYTES = 64 * 1024
MOST_FIELDS = 100


def read_form(raw: bytes, *, charset: str = "utf-8") -> dict[str, str]:
    """
    Return the fields of a form, decoded once.

    :raises BadNotice: too large, not in that charset, a name twice, control characters
    """
    if len(raw) > MOST_BYTES:
        raise BadNotice("the form is too large")
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            encoding=charset,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as problem:
        raise BadNotice("the form cannot be read") from problem
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadNotice("a name stands twice")
    if any("\0" in text for pair in pairs for text in pair):
        raise BadNotice("it holds a NUL")
    return fields
