"""The engagement model: our learner, taught engagement in place of conversions.

What a vendor with the same machinery and no conversions would sell; it may use popularity.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from models.baselines.baseline import Baseline, Floats, Sight
from models.rate import RateModel


def engagement_baseline(model: RateModel) -> Baseline:
    """The baseline of a model fitted to engagements per view (`training.engagement_model`)."""

    def compute(sight: Sight) -> Floats:
        # The level of a campaign's conversions says nothing of engagement.
        unknown = np.full(len(sight.matrix), np.nan)
        return np.asarray(expit(model.log_odds(sight.matrix[model.columns], unknown)))

    return Baseline(
        name="engagement model",
        claims="likes, comments and shares per view of the posts to come",
        source="the same learner on an engagement label; what vendors of predicted engagement sell",
        of="person",
        compute=compute,
    )
