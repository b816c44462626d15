"""How Alipay's open gateway signs: RSA2 over sorted pairs; answers over the raw text of their node."""

import json
from collections.abc import Mapping
from json.decoder import JSONDecodeError

from apps.core.outgoing import OutgoingFailed
from apps.core.strict_json import MalformedJson, read_strict_json
from apps.payments.gateways.credentials import private_key, public_key
from apps.payments.gateways.rsa import is_signed, sign

NAME = "ALIPAY"
_decoder = json.JSONDecoder()


def signed_request(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields with our signature over all that are not empty."""
    filled = {name: value for name, value in fields.items() if value}
    return filled | {"sign": sign(_pairs(filled), private_key(NAME))}


def is_notice_signed(fields: Mapping[str, str], charset: str = "utf-8") -> bool:
    """Say whether Alipay signed these fields: all but sign and sign_type, RSA2 whatever the sender says."""
    if fields.get("sign_type") != "RSA2":
        return False
    signed = {name: value for name, value in fields.items() if name not in {"sign", "sign_type"}}
    return is_signed(_pairs(signed, charset), fields.get("sign", ""), public_key(NAME))


def read_answer(body: bytes, node: str) -> dict[str, object]:
    """
    Return the content of a signed answer.

    :raises OutgoingFailed: if it is not Alipay's, or makes no sense
    """
    try:
        members = _members(body.decode("utf-8"))
        raw = members.get(node) or members["error_response"]
        signature = json.loads(members["sign"])
        if not isinstance(signature, str) or not is_signed(
            raw.encode(), signature, public_key(NAME)
        ):
            raise OutgoingFailed("Alipay's answer is not signed by Alipay")
        content = read_strict_json(raw.encode())
    except (UnicodeDecodeError, JSONDecodeError, MalformedJson, KeyError) as problem:
        raise OutgoingFailed("Alipay's answer cannot be read") from problem
    if not isinstance(content, dict):
        raise OutgoingFailed("Alipay's answer is no object")
    return content


def _pairs(fields: Mapping[str, str], charset: str = "utf-8") -> bytes:
    pairs = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    return pairs.encode(charset)


def _members(text: str) -> dict[str, str]:
    """Return the raw text of each member of a JSON object: the signature covers it as it stands."""
    found: dict[str, str] = {}
    place = _skip(text, 0, "{")
    while True:
        name, place = _decoder.raw_decode(text, _skip(text, place))
        place = _skip(text, place, ":")
        start = _skip(text, place)
        _value, place = _decoder.raw_decode(text, start)
        if not isinstance(name, str) or name in found:
            raise JSONDecodeError("a name stands twice", text, start)
        found[name] = text[start:place]
        place = _skip(text, place)
        if text[place : place + 1] == "}":
            return found
        place = _skip(text, place, ",")


def _skip(text: str, place: int, wanted: str = "") -> int:
    """Step over white space, and then over the character that has to come."""
    while text[place : place + 1] in {" ", "\t", "\r", "\n"}:
        place += 1
    if wanted:
        if text[place : place + 1] != wanted:
            raise JSONDecodeError(f"no {wanted}", text, place)
        place += 1
    return place
