"""Where there is nothing to learn, no quality has an effect."""

from __future__ import annotations

import pandas as pd

from features.feature import QUALITIES
from tests.benchmarks.bench_placebo import effect_sizes, known_of
from training.fit import learn
from training.placebo import dealt_anew


def test_effects_of_qualities_learned_from_labels_dealt_anew_are_flat() -> None:
    known = known_of(3, creators=500, months=12)[-1]
    true = effect_sizes(learn(known), known)
    assert (true > 0.02).all()
    flat = pd.DataFrame([effect_sizes(learn(dealt_anew(known, seed=s)), known) for s in range(5)])
    # A deal in ten may keep features: in most there are none, and no effect beyond history's noise.
    assert (flat.median()[list(QUALITIES)] < 0.2 * true).all()
    assert flat["relevance"].median() == flat["momentum"].median() == 0
