"""Which texts share a key: nearly the same ones, and how surely."""

from __future__ import annotations

import re
from itertools import pairwise
from time import process_time

import numpy as np
import pytest
from sklearn.utils import murmurhash3_32

from features.near_duplicates import BANDS, NO_KEY, band_keys

POST = "Three days in the old town, one map and no luggage, and we still found the hidden beach"


def share_a_key(one: str | None, other: str | None) -> bool:
    first, second = band_keys([one, other])
    return bool(((first == second) & (first != NO_KEY)).any())


def test_case_signs_and_emoji_make_no_difference() -> None:
    other = (
        "THREE days in the old town 🏖️ one map, and no luggage and we still found the hidden beach!!"
    )
    one, same = band_keys([POST, other])
    np.testing.assert_array_equal(one, same)


def test_another_ending_is_a_near_duplicate_another_matter_is_not() -> None:
    # 17 words, 16 pairs; the last word replaced leaves 15 of 17 pairs in common: s = .88.
    assert share_a_key(POST, POST.replace("beach", "cove"))
    assert not share_a_key(POST, "The night train crossed the border and we woke up near the sea")


@pytest.mark.parametrize("text", [None, "", " ", "🍵", "Merci", "a b c", "\x00\x07", "\ud800"])
def test_a_text_of_fewer_than_two_words_has_no_key(text: str | None) -> None:
    keys = band_keys(["good morning", text, "good morning"])
    assert (keys[1] == NO_KEY).all()
    assert (keys[[0, 2]] != NO_KEY).all()


def test_texts_without_words_and_no_text_at_all() -> None:
    assert band_keys([]).shape == (0, BANDS)
    assert (band_keys([None, "🍵"]) == NO_KEY).all()


def texts_of_similarity(similarity: float, texts: int) -> tuple[list[str], list[str]]:
    """Texts two by two: of 100 word pairs of both together, that share is common.

    No word is used twice: a run of n + 1 common words makes n common pairs, and each word that
    follows it adds a pair of its own.
    """
    common = round(similarity * 100)
    own = (100 - common) // 2
    firsts, seconds = [], []
    for number in range(texts):
        words = [f"w{number}x{place}" for place in range(common + 1 + 2 * own)]
        shared, rest = words[: common + 1], words[common + 1 :]
        firsts.append(" ".join(shared + rest[:own]))
        seconds.append(" ".join(shared + rest[own:]))
    return firsts, seconds


@pytest.mark.parametrize(
    ("similarity", "lowest", "highest"),
    [
        # 1 - (1 - s^5)^8 is .019, .224, .958 and .9992; three standard errors of 1,500 texts.
        (0.3, 0.009, 0.030),
        (0.5, 0.192, 0.257),
        (0.8, 0.942, 0.974),
        (0.9, 0.997, 1.0),
    ],
)
def test_the_probability_of_a_shared_key_is_the_documented_curve(
    similarity: float, lowest: float, highest: float
) -> None:
    firsts, seconds = texts_of_similarity(similarity, 1_500)
    one, other = band_keys(firsts), band_keys(seconds)
    assert lowest <= (one == other).any(axis=1).mean() <= highest


def test_keys_of_different_bands_never_meet() -> None:
    firsts, _ = texts_of_similarity(0.5, 500)
    keys = band_keys(firsts)
    assert len(np.unique(keys)) == keys.size


def test_a_text_has_the_same_keys_in_any_company() -> None:
    (alone,) = band_keys([POST])
    np.testing.assert_array_equal(band_keys(["other words", POST, "🍵"])[1], alone)


def mixed(number: int) -> int:
    """SplitMix64's finaliser, in Python's integers: no size of a machine's word matters."""
    number = (number + 0x9E3779B97F4A7C15) % 2**64
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB % 2**64
    return number ^ (number >> 31)


@pytest.mark.parametrize("text", [POST, "good morning", "Où as-tu appris tout ça, où as-tu appris"])
def test_keys_equal_those_of_plain_integers_one_pair_at_a_time(text: str) -> None:
    words = [word for word in re.findall(r"\w+", text.lower()) if len(word) > 1]
    pairs = {f"{one} {other}" for one, other in pairwise(words)}
    shingles = {mixed(abs(murmurhash3_32(pair, seed=0)) % (2**31 - 1)) for pair in pairs}
    expected = []
    for band in range(BANDS):
        key = band
        for row in range(5):
            multiplier = mixed(band * 5 + row) | 1
            key = mixed(key ^ min(shingle * multiplier % 2**64 for shingle in shingles))
        expected.append(key)
    assert band_keys([text])[0].tolist() == expected


def test_a_text_of_a_megabyte_is_keyed_by_its_beginning() -> None:
    band_keys(["warm up"])
    long = "Three days in the old town. " * 40_000
    began = process_time()
    assert share_a_key(long, long + "and more")
    assert process_time() - began < 0.5
