"""The API's only parser: strict JSON."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from apps.core.strict_json import MAX_JSON_BYTES, MalformedJson, read_strict_json


class StrictJSONParser(BaseParser):
    """≤ 64 KB, ≤ 32 deep, no duplicate keys, finite numbers, clean text."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            value = read_strict_json(stream.read(MAX_JSON_BYTES + 1))
        except MalformedJson as problem:
            raise ParseError(str(problem)) from problem
        if not isinstance(value, dict):
            raise ParseError("the body must be an object")
        return value
