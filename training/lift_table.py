"""The lift of judged outcomes that held groups out: in all, by audience, by campaign."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.lift import Arms
from training.tiers import TIER_NAMES, UNKNOWN_TIER


def lift_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Incremental conversions of groups of outcomes, pooled (`models.lift.Arms.pooled`).

    Parameters
    ----------
    rows : DataFrame
        Judged outcomes with a control: `campaign_id`, `tier`, and the columns of `Arms`.

    Returns
    -------
    DataFrame
        `of` ("all", "tier", "campaign"), `name` of the group, `outcomes`, `campaigns`, `exposed`
        and `conversions` (attributed), `control_exposed` and `control_conversions` as counted;
        `incremental` conversions with the 80 % interval `low` to `high`; and `share`, incremental
        over attributed, NaN without conversions.
    """
    tiers = [name for name in (*TIER_NAMES, UNKNOWN_TIER) if name in set(rows["tier"])]
    everyone = np.zeros(len(rows), dtype=np.int64)
    tier = rows["tier"].map(tiers.index).to_numpy().astype(np.int64)
    campaign, ids = pd.factorize(rows["campaign_id"])
    groups: dict[str, tuple[npt.NDArray[np.int64], list[str]]] = {
        "all": (everyone, ["all"]),
        "tier": (tier, tiers),
        "campaign": (campaign.astype(np.int64), list(ids)),
    }
    counted = ["exposed", "conversions", "control_exposed", "control_conversions"]
    arms, parts = Arms.of(rows), []
    for of, (code, names) in groups.items():
        pooled = arms.pooled(code)
        low, high = pooled.interval()
        by = rows.groupby(code)
        told = {"of": of, "name": names, "outcomes": by.size().to_numpy()}
        told |= {"campaigns": by["campaign_id"].nunique().to_numpy()}
        told |= {name: by[name].sum().to_numpy(dtype=np.float64) for name in counted}
        told |= {"incremental": pooled.incremental, "low": low, "high": high, "share": pooled.share}
        parts.append(pd.DataFrame(told))
    return pd.concat(parts, ignore_index=True)
