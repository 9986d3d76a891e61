"""The scores of 2008 to 2018 as of each row's decision: Klout, Kred, PeerIndex."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.edges import read_topics, texts_on_topic
from features.text import TextSpace
from models.baselines.baseline import Baseline
from models.baselines.klout import LACKS as KLOUT_LACKS
from models.baselines.klout import klout
from models.baselines.kred import LACKS as KRED_LACKS
from models.baselines.kred import influence, outreach
from models.baselines.peerindex import DAYS, authority, peerindex
from models.baselines.peerindex import LACKS as PEERINDEX_LACKS
from models.baselines.scene import Scene

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

OF_MOMENT = {"klout": klout, "kred": influence, "kred outreach": outreach, "peerindex": peerindex}
TOPICAL = "peerindex topic"


def network_scores(
    connection: DuckDBPyConnection, rows: pd.DataFrame, space: TextSpace
) -> pd.DataFrame:
    """Score rows as of their decisions, each among all creators known then.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables of all creators, and what `edges.prepare_edges` makes of them.
    rows : DataFrame
        Columns `creator_id`, `campaign_id` and `as_of` (naive UTC).
    space : TextSpace
        Tells which texts are on the topic of a brief, and the topics.

    Returns
    -------
    DataFrame
        `klout`, `kred`, `kred outreach`, `peerindex` and `peerindex topic` (authority on the topic
        of the row's brief), NaN where unknown, with the index of `rows`.
    """
    names = [*OF_MOMENT, TOPICAL]
    found = np.full((len(rows), len(names)), np.nan)
    if rows.empty:
        return pd.DataFrame(found, index=rows.index, columns=names)
    read_topics(connection, rows["as_of"].min(), rows["as_of"].max(), DAYS, space)
    keys = rows[["creator_id", "campaign_id", "as_of"]].reset_index(drop=True)
    for moment, part in keys.groupby("as_of"):
        scene = Scene.at(connection, _moment(moment), DAYS)
        place = pd.Index(scene.creators["creator_id"]).get_indexer(part["creator_id"])
        known = place >= 0
        lines = part.index.to_numpy()[known]
        for i, score in enumerate(OF_MOMENT.values()):
            found[lines, i] = score(scene)[place[known]]
        for campaign, of_campaign in part.assign(place=place)[known].groupby("campaign_id"):
            standing = authority(scene, texts_on_topic(connection, str(campaign)))
            found[of_campaign.index, -1] = standing[of_campaign["place"]]
    return pd.DataFrame(found, index=rows.index, columns=names)


def _moment(value: object) -> datetime:
    return pd.Timestamp(value).to_pydatetime()  # type: ignore[arg-type]


def _of_network(name: str, claims: str, source: str, lacks: dict[str, str]) -> Baseline:
    return Baseline(
        name, claims, source, "creator", lambda sight: sight.network[name].to_numpy(), lacks
    )


NETWORK_BASELINES = (
    _of_network(
        "klout",
        "the ability to drive action",
        "Klout's statements of 2011 to 2015 (arXiv 1510.08487); weights are assumptions",
        KLOUT_LACKS,
    ),
    _of_network(
        "kred",
        "the ability to inspire action",
        "Kred's influence points, as published; bonus and curve are assumptions",
        KRED_LACKS,
    ),
    _of_network(
        "kred outreach",
        "generosity",
        "Kred's outreach levels, as published",
        {name: KRED_LACKS[name] for name in ("follows", "event invitations")},
    ),
    _of_network(
        "peerindex",
        "authority, not popularity",
        "PeerIndex's statements of its engine; the weights of its components are assumptions",
        PEERINDEX_LACKS,
    ),
    _of_network(
        TOPICAL,
        "authority on the topic of the brief",
        "the authority of PeerIndex in one topic, that of the brief",
        PEERINDEX_LACKS,
    ),
)
