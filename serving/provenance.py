"""What the scoring job tells of its scores in the manifest beside them, for what follows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from features.output import MANIFEST, sha256_of
from models.incremental import IncrementalShare
from models.predictor import ExposedUnit, Predictor


@dataclass(frozen=True)
class Provenance:
    """What scores rest on, beyond what stands in their table.

    Attributes
    ----------
    exposed_unit : str
        What `exposed` counts.
    lift : IncrementalShare, optional
        What the model learned of lift; None where it learned nothing.
    inputs : mapping
        Table -> hash of its clean rows when they were scored.
    is_told : bool
        False where no manifest tells: the rest is then what is usual.
    """

    exposed_unit: ExposedUnit = "people"
    lift: IncrementalShare | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    is_told: bool = True

    @classmethod
    def of(cls, predictor: Predictor, inputs: Mapping[str, str]) -> Provenance:
        """Of what a model scores now."""
        return cls(predictor.exposed_unit, predictor.incremental, inputs)

    def said(self) -> dict[str, Any]:
        """What the manifest of scores says of it, beside its inputs."""
        lift = None if self.lift is None else asdict(self.lift)
        return {"exposed_unit": self.exposed_unit, "lift": lift}

    def changed(self, inputs: Mapping[str, str]) -> list[str]:
        """Tables whose rows are others now than when they were scored."""
        both = self.inputs.keys() & inputs.keys()
        return sorted(name for name in both if self.inputs[name] != inputs[name])


def provenance_of(scores: Path) -> Provenance:
    """What the manifest beside a file of scores tells; nothing where it is not about that file.

    Parameters
    ----------
    scores : Path
        The file, or the folder that `suasion score --out` wrote.
    """
    path = scores / "scores.parquet" if scores.is_dir() else scores
    try:
        told = json.loads((path.parent / MANIFEST).read_text(encoding="utf-8"))
        if told["files"][path.name] != sha256_of(path):
            return Provenance(is_told=False)
        return Provenance(
            told["exposed_unit"],
            None if told["lift"] is None else IncrementalShare(**told["lift"]),
            {name: of["sha256"] for name, of in told["inputs"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Provenance(is_told=False)
