"""Other explainers on a model and some rows: ``python treeshap_rivals.py FOLDER``.

Runs in an environment of its own (`pip install lightgbm woodelf-explainer fasttreeshap-fixed slicer cloudpickle numba`), so
it imports nothing of ours. Reads `model.txt`, `rows.npy` and `told.npy` in the folder, writes a line
of JSON: name -> processor seconds, rows, and largest difference to what was told.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np


def woodelf(booster: lgb.Booster, rows: Any) -> Any:
    import pandas as pd
    from woodelf import WoodelfExplainer

    table = pd.DataFrame(rows, columns=booster.feature_name())
    return WoodelfExplainer(booster).shap_values(table)


def fasttreeshap(booster: lgb.Booster, rows: Any, algorithm: str) -> Any:
    import fasttreeshap_fixed

    booster.params["objective"] = "regression"
    explainer = fasttreeshap_fixed.TreeExplainer(booster, algorithm=algorithm, n_jobs=1)
    return explainer.shap_values(rows, check_additivity=False)


RIVALS: dict[str, tuple[str, Callable[[lgb.Booster, Any], Any]]] = {
    "woodelf": ("woodelf-explainer", woodelf),
    "fasttreeshap, first algorithm,": ("fasttreeshap-fixed", partial(fasttreeshap, algorithm="v1")),
    "fasttreeshap, second algorithm,": (
        "fasttreeshap-fixed",
        partial(fasttreeshap, algorithm="v2"),
    ),
}
ROWS = {"fasttreeshap, first algorithm,": 2000, "fasttreeshap, second algorithm,": 2000}
"""The first of the rows, where all would take too long."""


def main() -> None:
    folder = Path(sys.argv[1])
    rows, told = np.load(folder / "rows.npy"), np.load(folder / "told.npy")
    found = {}
    for name, (package, explain) in RIVALS.items():
        booster = lgb.Booster(model_file=str(folder / "model.txt"))
        try:
            with contextlib.redirect_stdout(sys.stderr):
                explain(booster, rows[:2])
                n = ROWS.get(name, len(rows))
                began = time.process_time()
                values = np.asarray(explain(booster, rows[:n]))
            took = time.process_time() - began
            gap = float(np.abs(values - told[:n]).max())
            found[f"{name} {version(package)}"] = [took, n, gap]
        except Exception as error:  # a rival that does not run is told, not hidden
            found[name] = repr(error)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
