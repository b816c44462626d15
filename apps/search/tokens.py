"""
From words to tokens, the same way for what is stored and for what is asked.

A run of Han characters becomes its characters and bigrams (蓝牙耳机 → 蓝牙, 牙耳, 耳机), and its pinyin in
pairs of syllables (lanya, yaer, erji); Latin words and codes stay whole and in their parts.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〇"
RUNS = re.compile(rf"[{HAN}]+|[0-9a-z\u00c0-\u024f]+(?:[-_./+#][0-9a-z\u00c0-\u024f]+)*")
PARTS = re.compile(r"[-_./+#]")
IS_HAN = re.compile(rf"[{HAN}]")
LONGEST = 60
MAX_QUERY = 80
MAX_UNITS = 12
PREFIX_FROM = 2
PLURAL_FROM = 4


def normal(text: str) -> str:
    """Return text as it is compared: full-width forms folded, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def tokens_of(text: str) -> Iterator[str]:
    """Yield every token that a short text should be found by."""
    for run in RUNS.findall(normal(text)):
        if IS_HAN.match(run):
            yield from run
            yield from _pairs(run)
            syllables = syllables_of(run)
            yield from (f"p:{syllable}" for syllable in syllables)
            yield from (f"p:{one}{two}" for one, two in pairwise(syllables))
        else:
            yield from _words(run)


def body_tokens_of(text: str) -> Iterator[str]:
    """Yield the tokens of a long text: its words and bigrams, without single characters and pinyin."""
    for run in RUNS.findall(normal(text)):
        yield from _pairs(run) if IS_HAN.match(run) else _words(run)


def query_of(text: str) -> str:
    """
    Return the tsquery for what somebody typed; empty if there is nothing in it to look for.

    Every word must be found: Han by its bigrams, Latin by its beginning or, if it can be read so, as pinyin.
    """
    units = [_unit(run) for run in RUNS.findall(normal(text[:MAX_QUERY]))]
    return " & ".join(units[:MAX_UNITS])


def quoted(token: str) -> str:
    """Return a token as a literal inside a tsquery or tsvector."""
    return "'" + token[:LONGEST].replace("\\", "\\\\").replace("'", "''") + "'"


def vector_of(weighted: Iterable[tuple[str, str]], bodies: Iterable[str] = ()) -> str:
    """Return the tsvector literal of (short text, weight A to D) pairs, and of long texts without weight."""
    best: dict[str, str] = {}
    for text, weight in weighted:
        for token in tokens_of(text):
            shown = "D" if token.startswith("p:") else weight
            if shown < best.get(token, "E"):
                best[token] = shown
    weights = [f"{quoted(token)}:1{weight}" for token, weight in best.items()]
    more = dict.fromkeys(token for text in bodies for token in body_tokens_of(text))
    return " ".join(weights + [quoted(token) for token in more if token not in best])


@lru_cache(maxsize=20_000)
def syllables_of(run: str) -> tuple[str, ...]:
    """Return the pinyin of a run of Han characters, without tones."""
    return tuple(syllable.replace("ü", "v") for syllable in lazy_pinyin(run) if syllable.isascii())


def split_pinyin(text: str) -> list[str]:
    """Return the syllables that make up the text, the fewest possible; none if it is no pinyin."""
    best: list[list[str] | None] = [[], *[None] * len(text)]
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is None or text[start:end] not in SYLLABLES:
                continue
            found = best[end]
            if found is None or len(before) + 1 < len(found):
                best[end] = [*before, text[start:end]]
    return best[len(text)] or []


def _pairs(run: str) -> Iterator[str]:
    return (one + two for one, two in pairwise(run))


def _words(run: str) -> Iterator[str]:
    yield run[:LONGEST]
    for part in {run, *PARTS.split(run)}:
        yield part[:LONGEST]
        if part.endswith("s") and len(part) >= PLURAL_FROM:
            yield part[: min(len(part) - 1, LONGEST)]


def _unit(run: str) -> str:
    if IS_HAN.match(run):
        return " & ".join(quoted(each) for each in (_pairs(run) if len(run) > 1 else run))
    word = run[:-1] if run.endswith("s") and len(run) >= PLURAL_FROM else run
    written = quoted(word) + (":*" if len(word) >= PREFIX_FROM else "")
    syllables = split_pinyin(run)
    if not syllables:
        return written
    spoken = [one + two for one, two in pairwise(syllables)] or syllables
    return f"({written} | ({' & '.join(quoted('p:' + each) for each in spoken)}))"


def _all_syllables() -> frozenset[str]:
    """Gather every syllable of Mandarin from the dictionary of pronunciations, without tones."""
    found: set[str] = set()
    for sounds in PINYIN_DICT.values():
        for sound in sounds.split(","):
            bare = unicodedata.normalize("NFD", sound)
            plain = bare.replace("u\u0308", "v")
            found.add("".join(char for char in plain if char.isascii()))
    return frozenset(each for each in found if each.isalpha() and each.isascii())


SYLLABLES = _all_syllables()
