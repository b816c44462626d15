"""Addresses that others send us, which may be anything."""

from urllib.parse import SplitResult, urlsplit


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address; all of them empty if it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def is_web_address(address: str) -> bool:
    """Tell whether a notice could be posted there."""
    parts = parts_of(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc)
