"""A model as a folder: what goes in comes out, and whatever was touched is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.errors import Exit, UserError
from features.output import MANIFEST
from models.bundle import MODEL, TREES, load_bundle, save_bundle
from models.incremental import IncrementalShare
from tests.synthetic import TEXTS, market, predictor

BENT = pytest.mark.parametrize("bent", [0.0, 1.0], ids=["history", "trees"])
TEXT_SPACE = ["text.json", "text_columns.npy", "text_components.npy", "text_weights.npy"]
FILES = [MANIFEST, MODEL, TREES, *TEXT_SPACE]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with trees."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    save_bundle(predictor(bent=1.0), folder, settings={"seed": 0})
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refusal(folder: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        load_bundle(folder)
    return caught.value


@BENT
def test_a_loaded_model_predicts_bit_for_bit_what_the_saved_one_did(
    tmp_path: Path, bent: float
) -> None:
    planted, saved = market(bent=bent), predictor(bent=bent)
    version = save_bundle(saved, tmp_path)
    loaded, loaded_version = load_bundle(tmp_path)
    assert loaded_version == version
    given = planted.matrix, planted.base, planted.posts
    pd.testing.assert_frame_equal(loaded.predict(*given), saved.predict(*given), check_exact=True)
    pd.testing.assert_frame_equal(
        loaded.contributions(*given[:2]), saved.contributions(*given[:2]), check_exact=True
    )


@pytest.mark.parametrize(("share", "unit"), [(0.0, "people"), (0.4, "mixed"), (1.0, "impressions")])
def test_what_exposed_counts_comes_back(tmp_path: Path, share: float, unit: str) -> None:
    save_bundle(replace(predictor(), impressions_share=share), tmp_path)
    assert load_bundle(tmp_path)[0].exposed_unit == unit


def test_a_learned_share_comes_back_and_without_one_conversions_stay_attributed(
    tmp_path: Path,
) -> None:
    share = IncrementalShare(0.6125, 0.25, 386, 32)
    for name, saved in (
        ("with", replace(predictor(), incremental=share)),
        ("without", predictor()),
    ):
        (tmp_path / name).mkdir()
        save_bundle(saved, tmp_path / name)
    assert load_bundle(tmp_path / "with")[0].incremental == share
    loaded = load_bundle(tmp_path / "without")[0]
    assert loaded.incremental is None
    planted = market()
    given = planted.matrix, planted.base, planted.posts
    assert not loaded.predict(*given)["incremental"].any()


def test_everything_that_is_known_of_the_training_comes_back(bundle: Path) -> None:
    saved, (loaded, _) = predictor(bent=1.0), load_bundle(bundle)
    assert loaded.trained_until == saved.trained_until
    assert loaded.spreads == saved.spreads
    assert loaded.rate.trees == saved.rate.trees > 0
    assert loaded.rate.phi == saved.rate.phi
    for name in ("typical", "low", "high"):
        pd.testing.assert_series_equal(
            getattr(loaded, name), getattr(saved, name), check_names=False, check_exact=True
        )
    assert (loaded.space.vectors(TEXTS) == saved.space.vectors(TEXTS)).all()


@pytest.mark.parametrize("is_checked", [True, False])
def test_a_bundle_says_of_what_languages_and_whether_checked(
    tmp_path: Path, is_checked: bool
) -> None:
    model = predictor()
    of_two = replace(model.space, languages=("en", "fr"))
    save_bundle(replace(model, space=of_two, is_checked=is_checked), tmp_path)
    loaded, _ = load_bundle(tmp_path)
    assert loaded.space.languages == ("en", "fr")
    assert loaded.is_checked is is_checked


@BENT
def test_saving_twice_gives_the_same_bytes(tmp_path: Path, bent: float) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        save_bundle(predictor(bent=bent), tmp_path / name, settings={"seed": 0})
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert set(content(tmp_path / "one")) == set(FILES) - (set() if bent else {TREES})


def test_saving_over_a_bundle_gives_the_same_bytes(bundle: Path) -> None:
    before = content(bundle)
    save_bundle(predictor(bent=1.0), bundle, settings={"seed": 0})
    assert content(bundle) == before


def test_saving_what_was_loaded_gives_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    save_bundle(load_bundle(bundle)[0], tmp_path / "again", settings={"seed": 0})
    assert content(tmp_path / "again")[MODEL] == content(bundle)[MODEL]
    assert content(tmp_path / "again")[TREES] == content(bundle)[TREES]


def test_the_version_tells_models_apart_and_nothing_else(tmp_path: Path) -> None:
    model = predictor()
    versions = []
    for name, saved, seed in [
        ("a", model, 0),
        ("b", model, 1),
        ("c", replace(model, trained_until=model.trained_until.replace(year=1999)), 0),
    ]:
        (tmp_path / name).mkdir()
        versions.append(save_bundle(saved, tmp_path / name, settings={"seed": seed}))
    assert versions[0] == versions[1] != versions[2]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_is_named(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    error = refusal(bundle)
    assert error.exit_status == Exit.BUNDLE == 7
    assert f"{bundle / name} is missing" in str(error)


def last_byte_off(data: bytes) -> bytes:
    return data[:-1]


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def nothing(data: bytes) -> bytes:
    return b""


def flipped(position: float) -> Callable[[bytes], bytes]:
    """Change the lowest bit of the byte at a share of the file."""

    def change(data: bytes) -> bytes:
        at = min(int(position * len(data)), len(data) - 1)
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return change


def longer(data: bytes) -> bytes:
    return data + b"\n"


CHANGES = {
    "last byte off": last_byte_off,
    "cut in half": half,
    "empty": nothing,
    "first byte changed": flipped(0),
    "middle byte changed": flipped(0.5),
    "last byte changed": flipped(1),
    "a byte more": longer,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_touched_is_named(
    bundle: Path, name: str, change: Callable[[bytes], bytes]
) -> None:
    (bundle / name).write_bytes(change((bundle / name).read_bytes()))
    error = refusal(bundle)
    assert error.exit_status == Exit.BUNDLE
    assert str(bundle / name) in str(error)
    # No other file is blamed.
    assert not [other for other in FILES if other != name and str(bundle / other) in str(error)]


def test_every_single_byte_of_the_manifest_counts(bundle: Path) -> None:
    whole = (bundle / MANIFEST).read_bytes()
    for at, byte in enumerate(whole):
        # Blanks stand for each other in JSON: the meaning stays, the change counts all the same.
        other = {ord(" "): ord("\t"), ord("\n"): ord("\r")}.get(byte, byte ^ 1)
        (bundle / MANIFEST).write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
        assert refusal(bundle).exit_status == Exit.BUNDLE
    (bundle / MANIFEST).write_bytes(whole)
    load_bundle(bundle)


def rewritten(bundle: Path, **changes: object) -> None:
    manifest = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
    text = json.dumps(manifest | changes, indent=2, ensure_ascii=False) + "\n"
    (bundle / MANIFEST).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"model_version": "0123456789ab"},
        {"seal": "0" * 64},
        {"settings": {"seed": 1}},
        {"files": {}},
        {"files": None},
        {"more": 1},
    ],
)
def test_a_manifest_that_was_rewritten_is_noticed(bundle: Path, changes: dict[str, object]) -> None:
    rewritten(bundle)
    load_bundle(bundle)
    rewritten(bundle, **changes)
    error = refusal(bundle)
    assert error.exit_status == Exit.BUNDLE
    assert str(bundle / MANIFEST) in str(error)


def test_a_bundle_without_manifest_is_none(bundle: Path) -> None:
    (bundle / MANIFEST).write_text("[]")
    assert refusal(bundle).exit_status == Exit.BUNDLE


def test_a_folder_that_is_not_there_is_wrong_input(tmp_path: Path) -> None:
    error = refusal(tmp_path / "nowhere")
    assert error.exit_status == Exit.INPUT == 2
    assert "nowhere" in str(error)


def test_a_format_of_another_time_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("models.bundle.FORMAT", 99)
        save_bundle(predictor(), tmp_path)
    error = refusal(tmp_path)
    assert error.exit_status == Exit.BUNDLE
    assert "format 99" in str(error)


def test_a_bundle_holds_texts_and_plain_arrays_only(bundle: Path) -> None:
    # A pickle runs code when it is read, and breaks when a module moves.
    for path in bundle.iterdir():
        if path.suffix == ".npy":
            assert np.load(path, allow_pickle=False).dtype.hasobject is False
        else:
            assert path.suffix in (".json", ".txt")
            path.read_text(encoding="utf-8")


def test_a_bundle_names_no_module_and_no_place(bundle: Path) -> None:
    module = re.compile(rb"\b(features|models|training|serving|tests)\.[a-z_]+")
    for path in bundle.iterdir():
        data = path.read_bytes()
        assert not module.search(data), path.name
        assert str(bundle.parent).encode() not in data
