"""Which texts share a key: nearly the same ones, and how surely."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest

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


def pairs_of_similarity(similarity: float, texts: int, seed: int) -> tuple[list[str], list[str]]:
    """Texts whose sets of word pairs have a Jaccard similarity: n pairs common of n + 2 own each.

    A "pair" is made unique by words of its own, set apart by a word shared by none.
    """
    rng = np.random.default_rng(seed)
    total = 100
    common = round(similarity * total)
    own = (total - common) // 2
    firsts, seconds = [], []
    for _ in range(texts):
        words = [f"w{number}" for number in rng.permutation(10**6)[: common + 1 + 2 * own]]
        shared, rest = words[: common + 1], words[common + 1 :]
        # Words in a row: `common` pairs in the shared run, `own` more in each tail.
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
    firsts, seconds = pairs_of_similarity(similarity, 1_500, seed=1)
    one, other = band_keys(firsts), band_keys(seconds)
    assert lowest <= (one == other).any(axis=1).mean() <= highest


def test_keys_of_different_bands_never_meet() -> None:
    firsts, _ = pairs_of_similarity(0.5, 500, seed=2)
    keys = band_keys(firsts)
    assert len(np.unique(keys)) == keys.size


def test_keys_are_the_same_on_every_machine_and_in_any_company() -> None:
    # Kept with posts and compared later: a change of these numbers is a change of format.
    (alone,) = band_keys([POST])
    np.testing.assert_array_equal(band_keys(["other words", POST, "🍵"])[1], alone)
    assert alone[0] == KEY_OF_POST


KEY_OF_POST = 0


def test_a_text_of_a_megabyte_is_keyed_by_its_beginning() -> None:
    band_keys(["warm up"])
    long = "Three days in the old town. " * 40_000
    began = perf_counter()
    assert share_a_key(long, long + "and more")
    assert perf_counter() - began < 0.5
