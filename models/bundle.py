"""A trained model as a folder: LightGBM text, JSON, arrays, hashes; no pickle, no import path."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from features.errors import Exit, UserError
from features.output import MANIFEST, sha256_of, write_manifest
from features.text import TextSpace
from models.calibration import AffineCalibration
from models.incremental import IncrementalShare
from models.intervals import Spreads
from models.linear import LinearPart, Scaler
from models.predictor import Predictor
from models.rate import RateModel
from models.reach import MedianReach, ReachModel

MODEL = "model.json"
TREES = "rate_trees.txt"
FORMAT = 4
KIND = "model bundle"


def save_bundle(predictor: Predictor, folder: Path, **manifest: Any) -> str:
    """Write a predictor into a folder, its manifest last, and give its version.

    Parameters
    ----------
    manifest
        What the manifest says besides: inputs, settings, metrics.
    """
    predictor.space.save(folder)
    if predictor.rate.booster is not None:
        (folder / TREES).write_text(predictor.rate.booster.model_to_string(), encoding="utf-8")
    text = json.dumps(_to_json(predictor), indent=1, allow_nan=False) + "\n"
    (folder / MODEL).write_text(text, encoding="utf-8")
    files = {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    version = _version(files)
    written = write_manifest(folder, kind=KIND, model_version=version, **manifest)
    (folder / MANIFEST).write_bytes(_sealed(written))
    return version


def load_bundle(folder: Path) -> tuple[Predictor, str]:
    """Read a bundle after checking every file against its hash.

    Returns
    -------
    predictor : Predictor
    version : str

    Raises
    ------
    UserError
        Exit 2 when the folder is not there, 7 when a file is missing, damaged or changed; the file
        is named.
    """
    manifest = read_manifest(folder)
    try:
        content = json.loads((folder / MODEL).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise UserError(
                f"{folder / MODEL} has format {content['format']}, this program reads {FORMAT}: "
                "train again",
                Exit.BUNDLE,
            )
        return _from_json(content, folder), str(manifest["model_version"])
    except (KeyError, TypeError, ValueError, OSError, lgb.basic.LightGBMError) as error:
        raise _damaged(folder / MODEL, f"cannot be read ({type(error).__name__})") from error


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest of a bundle, every file of which is as it was written; errors of `load_bundle`.

    It says how the model came to be: `inputs` (rows and content of each table), `settings`,
    `facts`, `features` and `held_out`, the tables of `training.fit.Fitted`.
    """
    if not folder.is_dir():
        raise UserError(
            f"no model bundle at {folder}: give a folder that `suasion train --out` wrote"
        )
    path = folder / MANIFEST
    try:
        found = path.read_bytes()
        manifest: dict[str, Any] = json.loads(found)
        if manifest.get("kind") != KIND and "command" in manifest:
            raise UserError(
                f"{folder} is no model bundle, `suasion {manifest['command']}` wrote it: give a "
                "folder that `suasion train --out` wrote"
            )
        del manifest["seal"]
        files, sealed = dict(manifest["files"]), _sealed(manifest)
    except FileNotFoundError as error:
        raise _damaged(path, "is missing") from error
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise _damaged(path, "cannot be read") from error
    if found != sealed or MODEL not in files:
        raise _damaged(path, "was changed")
    for name, expected in files.items():
        if not (folder / name).is_file():
            raise _damaged(folder / name, "is missing")
        if sha256_of(folder / name) != expected:
            raise _damaged(folder / name, "was changed or is damaged")
    return manifest


def _damaged(path: Path, what: str) -> UserError:
    message = f"model bundle: {path} {what}; restore the bundle or train again (`suasion train`)"
    return UserError(message, Exit.BUNDLE)


def _version(files: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:12]


def _sealed(manifest: Mapping[str, Any]) -> bytes:
    """The manifest with a hash of itself, so that a change of it is noticed too, to the byte."""
    seal = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
    sealed = {**manifest, "seal": seal}
    return (json.dumps(sealed, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _to_json(predictor: Predictor) -> dict[str, Any]:
    rate, reach = predictor.rate, predictor.reach
    return {
        "format": FORMAT,
        "trained_until": predictor.trained_until.isoformat(),
        "rate": {
            "linear": {
                "scaler": _scaler_to_json(rate.linear.scaler),
                "coefficients": rate.linear.coefficients.tolist(),
                "means": rate.linear.means.tolist(),
            },
            "scaler": _scaler_to_json(rate.scaler),
            "trees": rate.trees,
            "calibration": asdict(rate.calibration),
            "general_level": rate.general_level,
            "phi": rate.phi,
        },
        "reach": {
            "seen": _median_reach_to_json(reach.seen),
            "unseen": _median_reach_to_json(reach.unseen),
            "mean_shift": reach.mean_shift,
        },
        "spreads": asdict(predictor.spreads),
        "incremental": None if predictor.incremental is None else asdict(predictor.incremental),
        "is_checked": predictor.is_checked,
        "impressions_share": predictor.impressions_share,
        "features": {
            name: [
                None if np.isnan(v) else float(v)
                for v in (predictor.typical[name], predictor.low[name], predictor.high[name])
            ]
            for name in predictor.typical.index
        },
    }


def _from_json(content: Mapping[str, Any], folder: Path) -> Predictor:
    rate, reach = content["rate"], content["reach"]
    booster = lgb.Booster(model_file=str(folder / TREES)) if rate["trees"] else None
    linear = LinearPart(
        _scaler_from_json(rate["linear"]["scaler"]),
        np.array(rate["linear"]["coefficients"], dtype=np.float64),
        np.array(rate["linear"]["means"], dtype=np.float64),
    )
    ranges = pd.DataFrame(content["features"], dtype=np.float64).T
    incremental = content["incremental"]
    return Predictor(
        rate=RateModel(
            linear,
            _scaler_from_json(rate["scaler"]),
            booster,
            rate["trees"],
            AffineCalibration(**rate["calibration"]),
            rate["general_level"],
            rate["phi"],
        ),
        reach=ReachModel(
            _median_reach_from_json(reach["seen"]),
            _median_reach_from_json(reach["unseen"]),
            reach["mean_shift"],
        ),
        spreads=Spreads(**content["spreads"]),
        space=TextSpace.load(folder),
        trained_until=datetime.fromisoformat(content["trained_until"]),
        typical=ranges[0],
        low=ranges[1],
        high=ranges[2],
        incremental=None if incremental is None else IncrementalShare(**incremental),
        is_checked=content["is_checked"],
        # Bundles from before it was kept do not tell.
        impressions_share=content.get("impressions_share", 0.0),
    )


def _scaler_to_json(scaler: Scaler) -> dict[str, Any]:
    return {
        "columns": list(scaler.columns),
        "centre": scaler.centre.tolist(),
        "width": scaler.width.tolist(),
    }


def _scaler_from_json(content: Mapping[str, Any]) -> Scaler:
    centre, width = (np.array(content[key], dtype=np.float64) for key in ("centre", "width"))
    return Scaler(tuple(content["columns"]), centre, width)


def _median_reach_to_json(model: MedianReach) -> dict[str, Any]:
    return {
        "columns": list(model.columns),
        "typical": model.typical.tolist(),
        "coefficients": model.coefficients.tolist(),
    }


def _median_reach_from_json(content: Mapping[str, Any]) -> MedianReach:
    arrays = (np.array(content[key], dtype=np.float64) for key in ("typical", "coefficients"))
    return MedianReach(tuple(content["columns"]), *arrays)
