"""All that is odd at once, through every command: nothing is lost, nobody gets a number that is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.functional.conftest import run_suasion
from tests.functional.small_market import make_tables, write
from tests.oracle.odd_markets import ODD_IDS

SILENT, MUTE, NOBODY = "no posts", "odd texts", "who/is\tthis?"
TEXTS = [
    "",
    " \t ",
    "pain et bread, flour et farine, oven " * 30_000,  # about 1 MB
    "\x01\x02\x1b[31m\u202e\ufeff",
    "bread 面包 خبز хлеб 🍞",
    "=HYPERLINK(1)<script>alert(1)</script>",
    None,
]
AT = pd.Timestamp("2024-06-01")
BEFORE_ALL = pd.Timestamp("2001-01-01")


def odd_tables() -> dict[str, pd.DataFrame]:
    """The small market with eleven creators renamed, and beside them what nobody expects."""
    tables = make_tables()
    names = dict(zip(tables["creators"]["creator_id"], ODD_IDS, strict=False))
    for table in tables.values():
        for column in table.columns.intersection(["creator_id", "actor_id", "target_id"]):
            table[column] = table[column].replace(names)
    posts = [(f"odd{i}", MUTE, AT + pd.Timedelta(days=i), text) for i, text in enumerate(TEXTS)]
    acts = [
        # Two days before the post that they are about; to oneself; from and to nobody known.
        ("skewed", AT - pd.Timedelta(days=2), "comment", NOBODY, MUTE, "odd0", None, "first!"),
        ("answer", AT - pd.Timedelta(days=3), "reply", MUTE, NOBODY, "odd0", "skewed", "thanks"),
        ("self", AT + pd.Timedelta(days=1), "reply", MUTE, MUTE, "odd0", "self", "me again"),
        ("lost", AT, "comment", NOBODY, "nobody else", "no such post", "no such act", TEXTS[2]),
        ("poke", AT, "poke", NOBODY, MUTE, None, None, "poked"),
    ]
    extra = {
        "creators": [{"creator_id": SILENT}, {"creator_id": MUTE, "language": "x-klingon"}],
        "posts": [
            {"post_id": p, "creator_id": c, "published_at": t, "text": x} for p, c, t, x in posts
        ],
        "interactions": [dict(zip(tables["interactions"].columns, a, strict=True)) for a in acts],
        "campaigns": [
            {"campaign_id": "before all", "brief": "bread", "starts_at": BEFORE_ALL},
            {"campaign_id": "x\n'; DROP", "brief": TEXTS[4], "starts_at": "2024-09-25"},
        ],
        "outcomes": [
            {"campaign_id": "before all", "creator_id": MUTE, "exposed": 10, "conversions": 1}
        ],
        "offers": [
            {"campaign_id": campaign, "creator_id": creator, "fee": 10.0}
            for campaign in ("before all", "x\n'; DROP", "k29")
            for creator in (SILENT, MUTE, *ODD_IDS)
        ],
    }
    for name, rows in extra.items():
        more = pd.DataFrame(rows)
        for column in more.columns.intersection(["starts_at"]):
            more[column] = pd.to_datetime(more[column])
        tables[name] = pd.concat([tables[name], more], ignore_index=True)
    return tables


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    write(odd_tables(), folder / "data")
    return folder


def test_every_command_goes_through_and_every_offer_gets_a_score(odd: Path) -> None:
    origin = "2024-08-01"
    commands = [
        ("validate", "data", "--out", "validated"),
        ("train", "data", "--until", "2024-08-20", "--out", "bundle"),
        ("evaluate", "data", "--origins", origin, "--days", "14"),
    ]
    for command in commands:
        done = run_suasion(*command, cwd=odd)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert "\x1b[31m" not in done.stdout + done.stderr
        assert done.stdout.count("poke") + done.stderr.count("poke") > 0, command
    asked = [part for k in ("before all", "x\n'; DROP", "k29") for part in ("--campaign", k)]
    done = run_suasion(
        "score", "data", "--model", "bundle", *asked, "--allow-past", "--csv", "--out", "s", cwd=odd
    )
    assert done.returncode == 0, done.stderr
    scores = pd.read_parquet(odd / "s" / "scores.parquet")
    offers = pd.read_parquet(odd / "data" / "offers.parquet")
    wanted = offers[offers["campaign_id"].isin(asked)]
    keys = ["campaign_id", "creator_id"]
    assert set(map(tuple, scores[keys].to_numpy())) == set(map(tuple, wanted[keys].to_numpy()))
    numbers = scores.select_dtypes("number")
    assert np.isfinite(numbers.to_numpy()).all()
    assert scores["rate"].between(0, 1, inclusive="neither").all()
    # Of whom nothing is known, the prediction is less sure than of anybody with a past.
    width = np.log(scores["rate_high"] / scores["rate_low"])
    unknown = scores["creator_id"].eq(SILENT)
    late, early = (scores["campaign_id"].eq(campaign) for campaign in ("k29", "before all"))
    assert width[unknown & late].min() == width[late].max()
    # Before all data nobody has a past: who they are makes no difference but for their profile, and
    # brands have none either.
    first = scores[early]
    assert width[early].min() > width[unknown & late].min()
    assert first["known_share"].max() < scores["known_share"].max() / 2
    # The same ids come back, spaces and lines included.
    table = pd.read_csv(odd / "s" / "scores.csv", dtype=str, keep_default_na=False)
    assert set(ODD_IDS) <= {name.removeprefix("'") for name in table["creator_id"]}
