"""How SF-Express knows who speaks: a digest over the URL-encoded message, its time and a shared word."""

import base64
import hashlib
from urllib.parse import quote_plus


def message_digest(message: str, timestamp: str, check_word: str) -> str:
    """Return the ``msgDigest`` of a message: base64 of the MD5 of what Java's URLEncoder makes of it."""
    encoded = quote_plus(f"{message}{timestamp}{check_word}", safe="*").replace("~", "%7E")
    digest = hashlib.md5(encoded.encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()
