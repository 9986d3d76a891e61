"""A model's name to its bundle: a folder, or an alias or version from MLflow's registry."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.errors import UserError
from models.bundle import MODEL, load_bundle
from models.predictor import Predictor
from serving.settings import tracking_uri

DEFAULT_NAME = "suasion"


DECISION = "gate.json"
"""What the gate decided on a version, among the artifacts of its run."""


@dataclass(frozen=True)
class Found:
    """A model's bundle, and where it was found.

    Attributes
    ----------
    folder : Path
        The bundle.
    name : str, optional
        Registered name; None for a bundle that was named by its folder.
    version : int, optional
        Registered version.
    aliases : tuple of str
    run : str, optional
        Run that trained it.
    """

    folder: Path
    name: str | None = None
    version: int | None = None
    aliases: tuple[str, ...] = ()
    run: str | None = None


def load_model(model: str, root: Path) -> tuple[Predictor, str]:
    """Load a model.

    Parameters
    ----------
    model : str
        A bundle folder, an alias of the model `suasion` such as `champion`, `name@alias`, or
        `name@version` (a number).
    root : Path
        Folder that holds `mlruns/`; `MLFLOW_TRACKING_URI` comes before it.

    Returns
    -------
    predictor : Predictor
    version : str
        The bundle's version.

    Raises
    ------
    UserError
        Exit 2 when there is no such model, 7 when its bundle is damaged.
    """
    return load_bundle(find_model(model, root).folder)


def find_model(model: str, root: Path) -> Found:
    """Find a model's bundle without reading it; parameters and errors are those of `load_model`."""
    folder = Path(model)
    if folder.is_dir():
        return Found(folder)
    if "/" in model or os.sep in model:
        raise UserError(
            f"no model bundle at {model}: give a folder that `suasion train --out` wrote"
        )
    name, _, alias = model.rpartition("@")
    return _registered(name or DEFAULT_NAME, alias, root, is_bare=not name)


def decision_on(found: Found) -> dict[str, Any] | None:
    """What the gate decided on a registered model; None where it never did."""
    if found.run is None:
        return None
    import mlflow
    from mlflow.exceptions import MlflowException

    if not any(file.path == DECISION for file in mlflow.MlflowClient().list_artifacts(found.run)):
        return None
    try:
        decision: dict[str, Any] = mlflow.artifacts.load_dict(f"runs:/{found.run}/{DECISION}")
    except MlflowException:
        return None
    return decision


def _registered(name: str, alias: str, root: Path, *, is_bare: bool) -> Found:
    uri = tracking_uri(root)
    bare = f"; of a model named {alias} say which, such as {alias}@champion" if is_bare else ""
    missing = UserError(
        f"no model is registered as {name}@{alias} in {uri}{bare}. Run `suasion train` there "
        "first; where a command has --model, it also takes the folder of a bundle"
    )
    if uri.startswith("sqlite:///") and not Path(uri.removeprefix("sqlite:///")).is_file():
        raise missing  # asking MLflow would create the store
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import mlflow
    from mlflow.exceptions import MlflowException

    mlflow.set_tracking_uri(uri)
    try:
        client = mlflow.MlflowClient()
        by = client.get_model_version if alias.isdecimal() else client.get_model_version_by_alias
        version = by(name, alias)
        artifacts = Path(mlflow.artifacts.download_artifacts(f"models:/{name}/{version.version}"))
    except MlflowException as error:
        raise missing from error
    bundles = sorted(artifacts.rglob(MODEL))
    if not bundles:
        raise UserError(
            f"the model registered as {name}@{alias} holds no bundle: "
            "train again with `suasion train`"
        )
    # A version found by an alias lacks its other aliases.
    aliases = mlflow.MlflowClient().get_registered_model(name).aliases
    held = sorted(alias for alias, of in aliases.items() if int(of) == int(version.version))
    return Found(bundles[0].parent, name, int(version.version), tuple(held), version.run_id or None)
