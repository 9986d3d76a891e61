"""What the model card says of the audit: failed is failed, whoever else fails it."""

from __future__ import annotations

import pandas as pd
import pytest

from serving.card import audit_section
from tests.spec.test_gate import Audit, contest
from training.gate import decide

FINDINGS = pd.DataFrame({"check": ["tiers", "copies"], "says": ["leans", "copied"]})
GOOD, LEANS = FINDINGS.assign(passed=[True, True]), FINDINGS.assign(passed=[False, True])


def told(own: pd.DataFrame, champions: pd.DataFrame) -> tuple[str, ...]:
    decision = decide(contest(), audit=Audit(own), champions_audit=Audit(champions))
    return audit_section({"criteria": decision.table.to_dict("records")}).text


@pytest.mark.parametrize(
    ("own", "champions", "said"),
    [
        (GOOD, GOOD, ("Passed 2 checks.",)),
        (LEANS, GOOD, ("Failed 1 of 2 checks: tiers: leans.",)),
        (
            LEANS,
            LEANS,
            (
                "Failed 1 of 2 checks, each as the champion does: tiers: leans.",
                "For that no promotion is refused: the champion was no better.",
            ),
        ),
    ],
)
def test_a_card_never_says_passed_of_what_failed(
    own: pd.DataFrame, champions: pd.DataFrame, said: tuple[str, ...]
) -> None:
    assert told(own, champions) == said


def test_a_card_says_that_no_audit_is_recorded() -> None:
    assert audit_section(None).text == audit_section({"criteria": []}).text
    (said,) = audit_section(None).text
    assert "No audit is recorded of this model" in said
    assert "suasion promote" in said
