"""`limits.toml` is read as it is written; whatever is wrong in it is named with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import Exit, UserError
from serving.limits import Group, Limits, Override, read_limits

EVERYTHING = """
min_creators = 3
max_creators = 20
most_cost = 5000
most_share = 0.25
caution = 0.2
value_per_conversion = 12.5
seed = 7

[explore]
share = 0.1
known_below = 0.6

[platform.instagram]
min = 2
max = 10

[language.fr]
most_share = 0.5

[tier.micro]
min = 1

[brand_set.rivals]
creators = ["c1", "c2"]
max = 1

[[forced]]
creator = "c7"
who = "Marie"
why = "promised in May"

[[forbidden]]
creator = "c8"
who = "Paul"
why = "works for a rival"

[[exclusive]]
creators = ["c3", "c4"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "limits.toml"


def test_every_limit_is_read(file: Path) -> None:
    file.write_text(EVERYTHING)
    assert read_limits(file) == Limits(
        min_creators=3,
        max_creators=20,
        groups=(
            Group("platform", "instagram", 2, 10),
            Group("language", "fr", most_share=0.5),
            Group("tier", "micro", 1),
            Group("brand_set", "rivals", most=1, creators=("c1", "c2")),
        ),
        most_cost=5000.0,
        most_share=0.25,
        forced=(Override("c7", "Marie", "promised in May"),),
        forbidden=(Override("c8", "Paul", "works for a rival"),),
        exclusive=(("c3", "c4"),),
        caution=0.2,
        explore=0.1,
        known_below=0.6,
        value_per_conversion=12.5,
        seed=7,
    )


def test_an_empty_file_limits_nothing(file: Path) -> None:
    file.write_text("")
    assert read_limits(file) == Limits()


def test_caution_may_be_said_in_a_word(file: Path) -> None:
    file.write_text('caution = "expected"')
    assert read_limits(file).caution is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_creator = 3", "max_creator is no limit that is known: known here: brand_set, caution"),
        ("min_creators = -1", "min_creators is -1: give a whole number from 0"),
        ("max_creators = 0", "max_creators is 0: give a whole number from 1"),
        ("max_creators = 2.5", "max_creators is 2.5: give a whole number"),
        ("max_creators = true", "max_creators is True: give a whole number"),
        ("min_creators = 5\nmax_creators = 4", "min_creators is 5, above max_creators 4: lower"),
        ("most_cost = 0", "most_cost is 0: give a number above 0, in the campaign's currency"),
        ("most_cost = inf", "most_cost is inf: give a number above 0"),
        ('most_cost = "5000 EUR"', "most_cost is '5000 EUR': give a number above 0"),
        ("most_share = 25", "most_share is 25: give a share from 0 to 1, as 0.25"),
        ("most_share = nan", "most_share is nan: give a share"),
        ('caution = "bold"', "caution is 'bold': give \"expected\" or a quantile, as 0.2"),
        ("caution = 0.8", "caution is 0.8: give"),
        ("value_per_conversion = -1", "value_per_conversion is -1: give a number above 0"),
        ("seed = 1.5", "seed is 1.5: give a whole number"),
        ("explore = 0.1", "explore is 0.1: write it as a table [explore]"),
        ("[explore]\nshare = 2", "explore.share is 2: give a share from 0 to 1"),
        ("[explore]\nshares = 0.1", "explore.shares is no limit that is known: known here: known"),
        ("platform = 3", "platform is 3: write it as a table [platform]"),
        ("[platform]\ninstagram = 3", "platform.instagram is 3: write it as a table"),
        ("[platform.instagram]\nmost = 3", "platform.instagram.most is no limit that is known"),
        ("[platform.instagram]", "platform.instagram limits nothing: give min, max or most_share"),
        ("[tier.micro]\nmin = 3\nmax = 2", "tier.micro.min is 3, above max 2: lower min or raise"),
        ("[language.fr]\ncreators = ['c1']\nmax = 1", "language.fr.creators is no limit"),
        ("[brand_set.rivals]\nmax = 1", "brand_set.rivals.creators is missing: give at least 1"),
        ("[brand_set.rivals]\ncreators = ['c1', 'c1']", "creators is no list of different ids"),
        ("[[forced]]\ncreator = 'c1'\nwho = 'Marie'", "forced[1].why is missing: give a text"),
        ("[[forced]]\ncreator = 'c1'\nwho = ' '\nwhy = 'x'", "forced[1].who is ' ': give a text"),
        ("[[forced]]\nid = 'c1'", "forced[1].id is no limit that is known: known here: creator"),
        ("forbidden = ['c1']", "forbidden is no list of tables: write each as [[forbidden]]"),
        ("[[exclusive]]\ncreators = ['c1']", "exclusive[1].creators is no list of different ids: give at least 2"),
        ("max_creators = ", "is no TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_remedy(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(UserError) as refused:
        read_limits(file)
    assert refused.value.exit_status == Exit.INPUT
    assert str(refused.value).startswith(str(file))
    assert said in str(refused.value)


def test_a_creator_is_forced_once(file: Path) -> None:
    once = "[[forced]]\ncreator = 'c1'\nwho = 'Marie'\nwhy = 'x'\n"
    file.write_text(once * 2)
    with pytest.raises(UserError, match="forced names creator c1 twice: name it once"):
        read_limits(file)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no such file of limits: .*none\.toml"):
        read_limits(tmp_path / "none.toml")
    with pytest.raises(UserError, match="cannot be read"):
        read_limits(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(UserError, match="is not UTF-8 text"):
        read_limits(tmp_path / "latin.toml")
