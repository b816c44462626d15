"""English for what the files of the demo shop say in Chinese."""

import re
from functools import cache
from typing import Any

from pypinyin import lazy_pinyin

from apps.backoffice.demo.reading import DEMO_DIR, DemoSpu, read_yaml, shop_words

_HAN = re.compile(r"[\u4e00-\u9fff]")


def english(word: str) -> str:
    """Return the word in English: from the list, put together from units, or as a place's name."""
    colour = shop_words()["colours"].get(word)
    if colour:
        return str(colour[0])
    listed = _words()["words"].get(word)
    if listed:
        return str(listed)
    measured = _with_units(word)
    return measured if not _HAN.search(measured) else _place(word)


def english_description(spu: DemoSpu) -> str:
    """Return the description for those who read English: what it is, and its facts in a table."""
    attributes = shop_words()["attributes"]
    brand = shop_words()["brands"][spu.brand]["en"]
    rows = "".join(
        f"<tr><th>{attributes[name]['en']}</th><td>{english(value)}</td></tr>"
        for name, value in spu.attributes.items()
    )
    weight = f"<tr><th>Weight</th><td>{spu.weight_grams / 1000:g} kg</td></tr>"
    return (
        f"<p>{spu.en} by {brand}.</p><table><tbody>{rows}{weight}</tbody></table>"
        "<p>Returns are free within seven days as long as it is unused; "
        "fresh and opened personal-care goods are excepted.</p>"
    )


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = read_yaml(DEMO_DIR / "words.yaml")
    return words


def _with_units(word: str) -> str:
    for unit, short in _words()["units"].items():
        word = re.sub(rf"(?<=[\d.]) ?{unit}", short, word)
    return word


def _place(word: str) -> str:
    for province, name in _words()["provinces"].items():
        if word.startswith(province) and word != province:
            return f"{_pinyin(word.removeprefix(province))}, {name}"
    return _pinyin(word)


def _pinyin(word: str) -> str:
    return "".join(lazy_pinyin(word)).capitalize()
