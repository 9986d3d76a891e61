"""The only file that writes to MLflow: one run a training, one registered version a model, aliases.

`champion` scores, `challenger` was trained last, `previous` is what a rollback returns to.
"""

from __future__ import annotations

import logging
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from features.errors import UserError
from features.feature import catalogue
from training.rank_table import MODEL

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from mlflow.entities import Run
    from mlflow.models import ModelSignature
    from mlflow.models.model import ModelInfo

    from training.train import Trained
    from training.tune import Tuned

EXPERIMENT = "suasion"
DECISION = "gate.json"
REQUIREMENTS = ("lightgbm", "numpy", "pandas", "scipy", "scikit-learn")


@dataclass(frozen=True)
class Registered:
    """A version of a registered model, and the version that is champion beside it or itself."""

    version: int
    champion: int

    @property
    def is_champion(self) -> bool:
        """Whether it scores."""
        return self.version == self.champion


def log_training(
    trained: Trained, bundle: Path, *, uri: str, root: Path, name: str, model_code: Path
) -> Registered:
    """Log a training run and register its model: as `challenger`, or as `champion` where none is.

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
    """
    client, experiment = _opened(uri, root)
    import mlflow

    facts = trained.fitted.facts
    with mlflow.start_run(
        experiment_id=experiment, run_name=f"{name} until {trained.until:%Y-%m-%d}"
    ) as run:
        mlflow.log_params({"until": trained.until.isoformat(), "bundle": trained.version})
        mlflow.log_metrics({key: value for key, value in facts.items() if value == value})
        mlflow.log_table(trained.fitted.features, "features.json")
        mlflow.log_table(trained.fitted.held_out, "held_out_campaigns.json")
        if trained.tuned is not None:
            _log_search(trained.tuned, client, run)
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
    client.set_model_version_tag(name, str(version), "bundle", trained.version)
    champion = _aliases(client, name).get("champion")
    alias = "champion" if champion is None else "challenger"
    client.set_registered_model_alias(name, alias, str(version))
    return Registered(version, version if champion is None else champion)


def _log_search(tuned: Tuned, client: MlflowClient, run: Run) -> None:
    """Log a search to the run of its training, and each trial as a run of its own below it."""
    from mlflow.entities import Metric, Param

    def told(line: Mapping[str, object]) -> list[Param]:
        return [Param(key, str(value)) for key, value in line.items()]

    said = tuned.told()
    numbers = ("campaigns", "gain", "gain_error", "rank_gain", "rank_gain_error")
    now = int(time.time() * 1000)
    client.log_batch(
        run.info.run_id,
        metrics=[Metric(f"tune_{key}", said[key], now, 0) for key in numbers],
        params=told(
            {
                **{f"tune_{key}": said[key] for key in ("trials", "best_trial", "kept")},
                **asdict(tuned.learner),
            }
        ),
    )
    for trial in tuned.trials:
        made = client.create_run(
            run.info.experiment_id,
            run_name=f"trial {trial.number}",
            tags={"mlflow.parentRunId": run.info.run_id},
        )
        client.log_batch(
            made.info.run_id,
            metrics=[] if trial.failed else [Metric("sure_gain", trial.value, now, 0)],
            params=told(asdict(trial.learner)),
        )
        client.set_terminated(made.info.run_id, "FAILED" if trial.failed else "FINISHED")


def log_decision(
    decision: Mapping[str, Any], *, uri: str, name: str, version: int, tags: Mapping[str, str]
) -> None:
    """Log what the gate decided: an artifact `gate.json` of the version's run, and its tags.

    A later decision on the same version replaces an earlier one.
    """
    client = _client(uri)
    run = client.get_model_version(name, str(version)).run_id
    if run:
        client.log_dict(run, dict(decision), DECISION)
    for key, value in tags.items():
        client.set_model_version_tag(name, str(version), key, value)


def make_champion(*, uri: str, name: str, version: int) -> int:
    """Give the alias `champion` to a version; the one it replaces becomes `previous`.

    Returns
    -------
    int
        The version replaced.
    """
    client = _client(uri)
    replaced = _aliases(client, name)["champion"]
    # In this order no interruption loses the way back.
    client.set_registered_model_alias(name, "previous", str(replaced))
    client.set_registered_model_alias(name, "champion", str(version))
    return replaced


def roll_back(*, uri: str, name: str) -> tuple[int, int]:
    """Make `previous` the champion again; there is no `previous` afterwards.

    Returns
    -------
    back, replaced : int
        Versions: the champion now, and the one before.

    Raises
    ------
    UserError
        Exit 2 when nothing was promoted before.
    """
    client = _client(uri)
    aliases = _aliases(client, name)
    back, replaced = aliases.get("previous"), aliases.get("champion")
    if back is None or replaced is None or back == replaced:
        there = f"version {replaced} is champion" if replaced else f"no champion of {name} is there"
        raise UserError(
            f"nothing to roll back to: {there}, and no promotion since then has replaced one; "
            "rollback goes one step. `suasion train` and `suasion promote DATA` make another "
            "champion, and `suasion score --model` takes any bundle folder, NAME@ALIAS or "
            f"NAME@VERSION (a number), in {uri}"
        )
    client.set_registered_model_alias(name, "champion", str(back))
    client.delete_registered_model_alias(name, "previous")
    client.set_model_version_tag(name, str(replaced), "rolled_back", "true")
    return back, replaced


def _client(uri: str) -> MlflowClient:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_UV_AUTO_DETECT", "false")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import mlflow

    for quiet in ("mlflow", "alembic"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    mlflow.set_tracking_uri(uri)
    return mlflow.MlflowClient()


def _aliases(client: MlflowClient, name: str) -> dict[str, int]:
    """Alias -> version of a registered model; none where there is no such model."""
    from mlflow.exceptions import MlflowException

    try:
        found = client.get_registered_model(name).aliases
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return {}
    return {alias: int(version) for alias, version in found.items()}


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
    (root / "mlruns").mkdir(exist_ok=True)
    with _first_use(root):
        client = _client(uri)
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
