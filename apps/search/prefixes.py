"""The beginnings that a term is proposed for: from each of its words on, in writing, pinyin and initials."""

from collections.abc import Iterator

from apps.search.tokens import IS_HAN, RUNS, normal, quoted, syllables_of

KEY_LENGTH = 24
MAX_STARTS = 24


def keys_of(term: str) -> str:
    """Return the tsvector literal of a term's beginnings."""
    keys = dict.fromkeys(key[:KEY_LENGTH] for key in _keys(term) if key)
    return " ".join(quoted(key) for key in keys)


def question_of(typed: str) -> str:
    """Return the tsquery for terms that begin, somewhere, with what was typed; empty for nothing."""
    joined = "".join(RUNS.findall(normal(typed[:KEY_LENGTH])))[:KEY_LENGTH]
    return f"{quoted(joined)}:*" if joined else ""


def _keys(term: str) -> Iterator[str]:
    runs = RUNS.findall(normal(term))
    for place, run in enumerate(runs):
        rest = "".join(runs[place + 1 :])
        if not IS_HAN.match(run):
            yield run + rest
            continue
        syllables = syllables_of(run)
        for start in range(min(len(run), MAX_STARTS)):
            yield run[start:] + rest
        for start in range(min(len(syllables), MAX_STARTS)):
            yield "".join(syllables[start:])
            yield "".join(syllable[0] for syllable in syllables[start:])
