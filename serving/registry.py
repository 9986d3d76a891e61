"""A model's name to its bundle: a folder, `champion`, or `name@alias` from MLflow's registry."""

from __future__ import annotations

import os
from pathlib import Path

from features.errors import UserError
from models.bundle import MODEL, load_bundle
from models.predictor import Predictor
from serving.settings import tracking_uri

DEFAULT_NAME = "suasion"


def load_model(model: str, root: Path) -> tuple[Predictor, str]:
    """Load a model.

    Parameters
    ----------
    model : str
        A bundle folder, an alias of the model `suasion` such as `champion`, or `name@alias`.
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
    folder = Path(model)
    if folder.is_dir():
        return load_bundle(folder)
    if "/" in model or os.sep in model:
        raise UserError(
            f"no model bundle at {model}: give a folder that `suasion train --out` wrote"
        )
    name, _, alias = model.rpartition("@")
    return load_bundle(_registered(name or DEFAULT_NAME, alias, root))


def _registered(name: str, alias: str, root: Path) -> Path:
    uri = tracking_uri(root)
    missing = UserError(
        f"no model is registered as {name}@{alias} in {uri}: run `suasion train` there first, "
        "or give --model the folder of a bundle"
    )
    if uri.startswith("sqlite:///") and not Path(uri.removeprefix("sqlite:///")).is_file():
        raise missing  # asking MLflow would create the store
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    import mlflow
    from mlflow.exceptions import MlflowException

    mlflow.set_tracking_uri(uri)
    try:
        version = mlflow.MlflowClient().get_model_version_by_alias(name, alias)
        artifacts = Path(mlflow.artifacts.download_artifacts(f"models:/{name}/{version.version}"))
    except MlflowException as error:
        raise missing from error
    bundles = sorted(artifacts.rglob(MODEL))
    if not bundles:
        raise UserError(
            f"the model registered as {name}@{alias} holds no bundle: "
            "train again with `suasion train`"
        )
    return bundles[0].parent
