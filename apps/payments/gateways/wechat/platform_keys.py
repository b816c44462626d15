"""WeChat's keys by serial: from the folder, and, once for an unknown serial, from WeChat itself."""

import logging
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from apps.core.limits import Bucket, take_token
from apps.payments.gateways.credentials import ChannelNotConfigured, named, read_public_key

log = logging.getLogger(__name__)

NAME = "WECHAT"
REFRESH = Bucket("wechat-certificates", size=1, seconds=300)
_SERIAL = re.compile(r"[0-9A-F]{16,64}")
_KEY_ID = re.compile(r"PUB_KEY_ID_[0-9A-Za-z]{1,64}")

_fetched: dict[str, str] = {}


def platform_key(serial: str) -> RSAPublicKey | None:
    """
    Return the key of a serial, if we have it.

    :raises ChannelNotConfigured: if there is no key at all
    """
    pem = _from_folder().get(serial) or _fetched.get(serial)
    return read_public_key(pem) if pem else None


def may_refresh_for(serial: str) -> bool:
    """
    Say whether WeChat may be asked for its certificates because of this serial.

    Anybody can send an unknown serial: once in five minutes, and never for a key id, which no download brings.
    """
    is_unknown = _SERIAL.fullmatch(serial) is not None and platform_key(serial) is None
    return is_unknown and take_token(REFRESH, "all").is_granted


def keep_certificates(pems: Mapping[str, str]) -> None:
    """Keep certificates that WeChat gave us, each under its own serial only."""
    for serial, pem in pems.items():
        certificate = load_pem_x509_certificate(pem.encode())
        if f"{certificate.serial_number:X}" == serial.lstrip("0"):
            _fetched[serial] = pem
    log.info("asked WeChat for its certificates", extra={"serials": sorted(_fetched)})


def newest_key_id() -> str:
    """Return the serial by which we ask WeChat to sign its answers."""
    keys = _from_folder()
    return next((serial for serial in sorted(keys) if _KEY_ID.fullmatch(serial)), min(keys))


def forget_platform_keys() -> None:
    """Read the folder again, and drop what was fetched."""
    _fetched.clear()
    _read.cache_clear()


def _from_folder() -> dict[str, str]:
    folder = named(NAME, "platform_keys_dir")
    try:
        keys = _read(folder)
        for pem in keys.values():
            read_public_key(pem)
    except (OSError, ValueError, TypeError) as problem:
        raise ChannelNotConfigured(provider=NAME, missing="platform_keys_dir") from problem
    if not keys:
        raise ChannelNotConfigured(provider=NAME, missing="platform_keys_dir")
    return keys


@lru_cache(maxsize=8)
def _read(folder: str) -> dict[str, str]:
    return {
        path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("*.pem"))
    }
