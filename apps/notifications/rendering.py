"""Words into templates: ``{name}`` and nothing cleverer, so that a text can reach no further than its words."""

import re
from collections.abc import Mapping

_WORD = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z_]+", re.ASCII)


def words_in(text: str) -> set[str]:
    """
    Return the names between braces.

    :raises ValueError: if a brace stands alone or holds anything but a name
    """
    if re.search(r"[{}]", _WORD.sub("", text)):
        raise ValueError("a brace stands alone")
    names = set(_WORD.findall(text))
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{{{name}}} is not a word")
    return names


def fill(text: str, words: Mapping[str, str]) -> str:
    """Return the text with its words filled in, once: what a word brings along is never read as a template."""
    return _WORD.sub(lambda found: str(words.get(found[1], "")), text)
