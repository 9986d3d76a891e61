"""What others would have said: scores that rank a campaign's creators, known at its decision.

Each gives one number a row, higher is better; a creator of whom it knows nothing gets the median of
those it knows, as a person would place them. A term of a formula that no table carries has weight
0, and its baseline lists it in `lacks`. Left out are HypeAuditor's AQS, Favikon and Traackr's VIT:
their weights or scales are not published.
"""

from models.baselines.baseline import Baseline, Sight
from models.baselines.engagement import engagement_baseline
from models.baselines.network import NETWORK_BASELINES, network_scores
from models.baselines.trade import TRADE_BASELINES

__all__ = ["BASELINES", "Baseline", "Sight", "engagement_baseline", "network_scores"]

BASELINES = {baseline.name: baseline for baseline in (*TRADE_BASELINES, *NETWORK_BASELINES)}
"""The baselines that nothing is learned for, by name."""
