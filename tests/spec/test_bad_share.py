"""How many rows may be bad before the data are refused, and what is said then."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from features.errors import Exit, UserError
from features.source import open_market
from tests.tabular import Open, posts_of_one


def test_as_many_bad_rows_as_allowed_pass(opened: Open) -> None:
    assert opened({"posts": posts_of_one(20, 1)}, max_bad=0.05).rows("posts") == 19


def test_more_bad_rows_than_allowed_stop_with_table_rule_count_and_key(
    opened: Open, form: str
) -> None:
    with pytest.raises(UserError) as caught:
        opened({"posts": posts_of_one(20, 2)}, form, max_bad=0.05)
    assert caught.value.exit_status == Exit.QUARANTINE
    message = str(caught.value)
    for part in (
        "posts",
        "2 of 20 rows (10 %) broke a rule, and 5 % may",
        "links is negative (2 rows)",
        "post_id p0",
    ):
        assert part in message
    assert "--max-bad" in message
    assert "secret" not in message


def test_a_bad_row_without_an_id_is_named_by_its_place(opened: Open) -> None:
    given = "post_id | creator_id | published_at\n p1 | c1 | 2026-01-01\n | c1 | 2026-01-01"
    with pytest.raises(UserError, match=r"For example row 2, creator_id c1\."):
        opened({"posts": given}, max_bad=0)


def test_duplicates_do_not_count_towards_the_share(opened: Open) -> None:
    posts = posts_of_one(1, 0)
    market = opened({"posts": pa.concat_tables([posts] * 5)}, max_bad=0)
    assert market.tables["posts"].quarantined == {"duplicate post_id": 4}


def test_a_tolerant_reading_keeps_the_message_and_checks_the_other_tables(opened: Open) -> None:
    market = opened(
        {
            "posts": posts_of_one(20, 2),
            "offers": "campaign_id | creator_id | fee\n k1 | nobody | 1",
        },
        max_bad=0.05,
        tolerant=True,
    )
    assert [message.split(":")[0] for message in market.over_limit] == ["posts", "offers"]
    assert market.rows("posts") == 18
    assert market.tables["offers"].quarantined == {"creator_id is not in creators": 1}


def test_the_quarantine_is_written_for_the_tables_that_have_one(
    opened: Open, tmp_path: Path
) -> None:
    market = opened({"posts": posts_of_one(20, 2)})
    written = market.write_quarantine(tmp_path / "quarantine")
    assert written == [tmp_path / "quarantine" / "posts.parquet"]
    quarantined = pa.parquet.read_table(written[0])
    assert quarantined["post_id"].to_pylist() == ["p0", "p1"]
    assert quarantined.equals(market.quarantine("posts"))


@pytest.mark.parametrize("max_bad", [-0.1, 1.1, float("nan")])
def test_the_allowed_share_is_a_share(tmp_path: Path, max_bad: float) -> None:
    with pytest.raises(UserError, match="between 0 and 1"):
        open_market(tmp_path, max_bad=max_bad)
