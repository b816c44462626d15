import pytest

from apps.search.prefixes import keys_of, question_of
from apps.search.tokens import query_of, quoted, split_pinyin, tokens_of, vector_of


def test_han_becomes_bigrams_and_pinyin():
    assert set(tokens_of("蓝牙耳机")) == {
        *"蓝牙耳机",
        *("蓝牙", "牙耳", "耳机"),
        *("p:lan", "p:ya", "p:er", "p:ji", "p:lanya", "p:yaer", "p:erji"),
    }


def test_latin_stays_whole_and_in_parts():
    assert set(tokens_of("ＭＵＧ-85123A Headphones")) == {
        *("mug-85123a", "mug", "85123a"),
        *("headphones", "headphone"),
    }


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("蓝牙耳机", "'蓝牙' & '牙耳' & '耳机'"),
        ("书", "'书'"),
        ("erji", "('erji':* | ('p:erji'))"),
        ("headphones", "'headphone':*"),
        ("x", "'x'"),
        ("蓝牙 mug-85123A", "'蓝牙' & 'mug-85123a':*"),
        ("  \t！？", ""),
        ("'; DROP TABLE x; --", "'drop':* & 'table':* & 'x'"),
        ("a:* | !b & (c)", "('a' | ('p:a')) & 'b' & 'c'"),
    ],
)
def test_what_is_typed_becomes_a_query(typed, query):
    assert query_of(typed) == query


def test_the_query_is_bounded():
    assert query_of("词" * 10_000).count("'词词'") == 79
    assert query_of(" ".join(["ab"] * 100)).count("&") == 11


def test_quotes_are_quoted():
    assert quoted("it's \\ here") == "'it''s \\\\ here'"


def test_the_best_weight_of_a_token_wins_and_pinyin_counts_least():
    assert vector_of([("杯", "D"), ("杯", "A")]) == "'杯':1A 'p:bei':1D"


@pytest.mark.parametrize(
    ("text", "syllables"),
    [("lanyaerji", ["lan", "ya", "er", "ji"]), ("nvzhuang", ["nv", "zhuang"]), ("hello", [])],
)
def test_pinyin_is_split(text, syllables):
    assert split_pinyin(text) == syllables


def test_a_term_is_proposed_for_each_of_its_beginnings():
    keys = keys_of("蓝牙耳机 Pro").split(" ")

    assert {
        "'蓝牙耳机pro'",
        "'耳机pro'",
        "'lanyaerji'",
        "'erji'",
        "'lyej'",
        "'ej'",
        "'pro'",
    } <= set(keys)
    assert question_of(" Lan Ya ") == "'lanya':*"
    assert question_of("!?") == ""
