"""Sheets of creators for the planner page: all rows scored once, each sheet told on request."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from features.errors import UserError
from features.names import Language
from features.prepared import Prepared
from models.incremental import IncrementalShare
from models.predictor import Predictor
from serving.plannable import Plannable
from serving.score import Scored, joined, learned_share, score_rows
from serving.sheet import describe
from serving.sheet_page import sheet_page

ROW = ["campaign_id", "creator_id", "package", "posts", "as_of"]


class Sheets:
    """The sheet of every package that may be planned.

    Parameters
    ----------
    scored : Scored
        The packages, as the model scores them.
    """

    def __init__(
        self, scored: Scored, predictor: Predictor, incremental: IncrementalShare | None
    ) -> None:
        self.scored, self.predictor, self.incremental = scored, predictor, incremental
        table = scored.scores
        names = zip(table["campaign_id"], table["creator_id"], strict=True)
        self._lines: dict[tuple[str, str], list[int]] = {}
        for line, key in enumerate(names):
            self._lines.setdefault(key, []).append(line)

    @classmethod
    def of(
        cls,
        market: Prepared,
        campaigns: Mapping[str, Plannable],
        predictor: Predictor,
        version: str,
    ) -> Sheets:
        """Score the packages of the campaigns, as of the moment of their scores.

        Raises
        ------
        UserError
            Exit 2 where the scores are another model's.
        """
        for campaign in campaigns.values():
            if campaign.model_version != version:
                raise UserError(
                    f"campaign {campaign.campaign_id} was scored by model "
                    f"{campaign.model_version}, but --model is {version}: give the model that "
                    "scored it, or score anew with this one"
                )
        packages = pd.concat([of.packages for of in campaigns.values()], ignore_index=True)
        share = learned_share(predictor, version) if packages["incremental"].any() else None
        rows = packages[ROW].assign(as_of=packages["as_of"].dt.tz_localize(None))
        return cls(joined(score_rows(market, rows, predictor, version, share)), predictor, share)

    def sheet(self, campaign: str, creator: str, package: str | None, language: Language) -> str:
        """The page of one package; where none is named of that without a name, else of the fewest
        posts.

        Raises
        ------
        KeyError
            No such package.
        """
        lines = self._lines[campaign, creator]
        table = self.scored.scores.iloc[lines]
        if package is not None:
            table = table[table["package"] == package]
        elif table["package"].isna().any():
            table = table[table["package"].isna()]
        if table.empty:
            raise KeyError(package)
        line = table.sort_values(["posts", "package"], kind="stable").index[0]
        matrix = self.scored.matrix.loc[[line]]
        base = self.scored.base_log_odds[[line]]
        row = self.scored.scores.loc[[line]]
        posts = row["posts"].to_numpy(np.float64)
        told = self.predictor.predict(matrix, base, posts, language=language)
        one = Scored(row.assign(reasons=told["reasons"]), matrix, base)
        content = describe(one, self.predictor, self.incremental)
        return sheet_page(content, self.predictor.features, language=language)
