"""A bundle as an MLflow model. MLflow copies this file and runs it when the model is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc.model import PythonModel


class Influence(PythonModel):
    """Features in, expected reach, rate and attributed conversions out; absent or NaN: unknown."""

    def load_context(self, context: Any) -> None:
        """Read and check the bundle."""
        from models.bundle import load_bundle

        self.predictor, self.version = load_bundle(Path(context.artifacts["bundle"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:
        """Predict packages, one line each."""
        names = self.predictor.typical.index
        matrix = model_input.reindex(columns=names).astype(np.float64)
        extra = model_input.reindex(columns=["base_log_odds", "posts"]).astype(np.float64)
        scores = self.predictor.predict(
            matrix, extra["base_log_odds"].to_numpy(), extra["posts"].fillna(1.0).to_numpy()
        )
        return scores[["exposed", "rate", "conversions"]]


mlflow.models.set_model(Influence())
