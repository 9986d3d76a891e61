"""The only file that writes to MLflow: one run a training, one registered version a model."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from features.feature import catalogue
from training.rank_table import MODEL

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from mlflow.models import ModelSignature
    from mlflow.models.model import ModelInfo

    from training.train import Trained

EXPERIMENT = "suasion"
REQUIREMENTS = ("lightgbm", "numpy", "pandas", "scipy", "scikit-learn")


def log_training(
    trained: Trained, bundle: Path, *, uri: str, root: Path, name: str, model_code: Path
) -> int:
    """Log a training run and register its model as `champion`; the run names it `challenger`.

    Parameters
    ----------
    bundle : Path
        Folder of the trained bundle.
    uri : str
        Tracking store of MLflow.
    root : Path
        Folder that holds `mlruns/`, where artifacts go unless the store keeps its own.
    name : str
        Name of the registered model.
    model_code : Path
        Python file that wraps a bundle as an MLflow model ("models from code").

    Returns
    -------
    int
        The registered version.
    """
    client, experiment = _opened(uri, root)
    import mlflow

    facts = trained.fitted.facts
    with mlflow.start_run(
        experiment_id=experiment, run_name=f"{name} until {trained.until:%Y-%m-%d}"
    ):
        mlflow.log_params({"until": trained.until.isoformat(), "bundle": trained.version})
        mlflow.log_metrics({key: value for key, value in facts.items() if value == value})
        mlflow.log_table(trained.fitted.features, "features.json")
        mlflow.log_table(trained.fitted.held_out, "held_out_campaigns.json")
        with warnings.catch_warnings():
            # The signature is declared: an example to infer it from would only cost time.
            warnings.filterwarnings("ignore", message=".*input example was not provided")
            logged = mlflow.pyfunc.log_model(
                name="model",
                python_model=str(model_code),
                artifacts={"bundle": str(bundle)},
                signature=_signature(),
                pip_requirements=[
                    f"{package}=={metadata.version(package)}" for package in REQUIREMENTS
                ],
            )
    version = _register(client, name, logged)
    for alias in ("challenger", "champion"):
        client.set_registered_model_alias(name, alias, str(version))
    client.set_model_version_tag(name, str(version), "bundle", trained.version)
    return version


def log_evaluation(
    figures: pd.DataFrame, page: str, settings: Mapping[str, object], *, uri: str, root: Path
) -> str:
    """Log an evaluation as one run: the model's figures as metrics, the table and the page as
    artifacts, and no model.

    Parameters
    ----------
    figures : DataFrame
        `evaluation.Evaluation.figures`; of all rows, the model's own become metrics.
    page : str
        HTML.
    settings : mapping
        Parameters of the run.
    uri, root
        As for `log_training`.

    Returns
    -------
    str
        The id of the run.
    """
    _, experiment = _opened(uri, root)
    import mlflow

    ours = figures[(figures["score"] == MODEL) & (figures["subset"] == "all")]
    ours = ours[ours["value"].notna()]
    with mlflow.start_run(experiment_id=experiment, run_name="evaluation") as run:
        mlflow.log_params(dict(settings))
        mlflow.log_metrics(
            {str(m): float(v) for m, v in zip(ours["metric"], ours["value"], strict=True)}
        )
        mlflow.log_text(figures.to_csv(index=False), "evaluation.csv")
        mlflow.log_text(page, "evaluation.html")
    return str(run.info.run_id)


def _opened(uri: str, root: Path) -> tuple[MlflowClient, str]:
    """The store, and the id of the experiment in it; both are made where they are not yet."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_UV_AUTO_DETECT", "false")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import mlflow

    for quiet in ("mlflow", "alembic"):
        logging.getLogger(quiet).setLevel(logging.WARNING)

    (root / "mlruns").mkdir(exist_ok=True)
    mlflow.set_tracking_uri(uri)
    with _first_use(root):
        client = mlflow.MlflowClient()
        return client, _experiment(client, root if uri.startswith("sqlite:") else None)


def _register(client: MlflowClient, name: str, logged: ModelInfo) -> int:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    made = client.create_model_version(
        name, logged.model_uri, run_id=logged.run_id, model_id=logged.model_id
    )
    return int(made.version)


def _experiment(client: MlflowClient, root: Path | None) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    if root is None:
        return str(client.create_experiment(EXPERIMENT))
    artifacts = (root / "mlruns" / "artifacts").resolve()
    return str(client.create_experiment(EXPERIMENT, artifact_location=artifacts.as_uri()))


@contextmanager
def _first_use(root: Path) -> Iterator[None]:
    """One process at a time: several that use a fresh store at once would each try to create it."""
    try:
        import fcntl
    except ImportError:  # not on Windows, where one process at a time is the user's to see to
        yield
        return
    with (root / "mlruns" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _signature() -> ModelSignature:
    """Features, base and posts in; reach, rate and conversions out. Declared, not inferred."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema, TensorSpec

    asked = [*(feature.name for feature in catalogue()), "base_log_odds", "posts"]
    given = ("exposed", "rate", "conversions")
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec(DataType.double, name, required=False) for name in asked
    ]
    outputs: list[ColSpec | TensorSpec] = [ColSpec(DataType.double, name) for name in given]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs))
