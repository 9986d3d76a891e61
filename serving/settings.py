"""Where a project's things are: its root, and its store of runs and models."""

from __future__ import annotations

import os
from pathlib import Path

SETTINGS = "suasion.toml"


def project_root(start: Path | None = None) -> Path:
    """The nearest folder, from `start` (else here) upwards, with `suasion.toml`; else `start`."""
    here = (start or Path.cwd()).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / SETTINGS).is_file()), here)


def tracking_uri(root: Path) -> str:
    """`MLFLOW_TRACKING_URI` where it is set, else the SQLite store `mlruns/mlflow.db` in a root."""
    return (
        os.environ.get("MLFLOW_TRACKING_URI")
        or f"sqlite:///{(root / 'mlruns' / 'mlflow.db').as_posix()}"
    )


def has_tracking_store(root: Path) -> bool:
    """Whether runs are kept already: `MLFLOW_TRACKING_URI` is set, or the root has a store.

    Asking MLflow would create one.
    """
    return bool(os.environ.get("MLFLOW_TRACKING_URI")) or (root / "mlruns" / "mlflow.db").is_file()
