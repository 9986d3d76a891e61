"""The data contract, once: tables, columns, types, keys, parents; which command needs which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["id", "text", "word", "time", "count", "amount", "share", "flag", "list"]

SQL_TYPES: Mapping[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "word": "VARCHAR",
    "time": "TIMESTAMP",
    "count": "DOUBLE",
    "amount": "DOUBLE",
    "share": "DOUBLE",
    "flag": "BOOLEAN",
    "list": "VARCHAR[]",
}
"""DuckDB type of a clean column by kind."""


@dataclass(frozen=True)
class Column:
    """One column of a contract table.

    Attributes
    ----------
    kind : Kind
        `id` (kept exactly), `text` (what a person wrote; never shown in messages), `word`
        (stripped), `time` (naive UTC, microseconds), `count` (>= 0, may be fractional), `amount`
        (money), `share` (0..1), `flag`, `list` (of words).
    meaning : str
        What it is, and its unit.
    required : bool
        True where the column must exist and null breaks a rule; else missing and null mean unknown.
    default : str or float, optional
        What null stands for.
    known : tuple of str
        Words that the program knows; such a column is lower-cased.
    closed : bool
        True where another word breaks a rule; in an open list other words are only counted.
    signed : bool
        True for an amount that may be negative.
    null_is_known : bool
        True for a date without which the row counts as known at any moment; such rows are counted.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    default: str | float | None = None
    known: tuple[str, ...] = ()
    closed: bool = False
    signed: bool = False
    null_is_known: bool = False

    @property
    def sql_type(self) -> str:
        """DuckDB type of the clean column."""
        return SQL_TYPES[self.kind]


@dataclass(frozen=True)
class Rule:
    """A rule over several columns: its wording, and SQL over them that is true when broken."""

    says: str
    broken: str


@dataclass(frozen=True)
class Table:
    """One table of the contract.

    Attributes
    ----------
    columns : tuple of Column
        In the order of the contract.
    key : tuple of str
        Columns that name a row (null counts as one value); empty where rows may repeat.
    keeps : {'first', 'last'}
        Which of several rows with one key stays, in file order.
    order : tuple of str
        What clean rows are sorted by first; the other columns break ties.
    time : str, optional
        The column that dates a row: truncated at T, it is null or before T. None where no single
        column does: creators and offers carry no date, a campaign is dated by `decided_at`, else
        `starts_at`.
    parents : mapping
        Column -> the table of which it must be a key, where that table is present.
    """

    name: str
    one_row_is: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    keeps: Literal["first", "last"] = "first"
    order: tuple[str, ...] = ()
    time: str | None = None
    parents: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


def _id(name: str, meaning: str, required: bool = True) -> Column:
    return Column(name, "id", meaning, required)


def _time(name: str, meaning: str, required: bool = False, null_is_known: bool = False) -> Column:
    return Column(name, "time", f"{meaning}, UTC", required, null_is_known=null_is_known)


def _count(name: str, meaning: str, required: bool = False, default: float | None = None) -> Column:
    return Column(name, "count", meaning, required, default)


_CREATOR = _id("creator_id", "the creator")
_CAMPAIGN = _id("campaign_id", "the campaign")
_LANGUAGE = Column("language", "word", "language, BCP 47")
_COUNTRY = Column("country", "word", "country, ISO 3166")
_PROPENSITY = Column("propensity", "share", "probability with which the creator was picked, 0..1")
_RANDOMISED = Column("randomised", "flag", "picked by lot")
_PACKAGE_POSTS = _count("posts", "posts published for the campaign, count", default=1.0)
_IN_CREATORS = {"creator_id": "creators"}
_IN_BOTH = {"campaign_id": "campaigns", "creator_id": "creators"}

_TABLES = (
    Table(
        name="creators",
        one_row_is="an account on one platform",
        columns=(
            _CREATOR,
            Column("platform", "word", "platform of the account"),
            Column("handle", "text", "name of the account on its platform"),
            Column("name", "text", "displayed name"),
            Column("bio", "text", "what the creator says of themselves"),
            _LANGUAGE,
            _COUNTRY,
            _time("joined_at", "opening of the account", null_is_known=True),
        ),
        key=("creator_id",),
        keeps="last",
        order=("creator_id",),
    ),
    Table(
        name="credentials",
        one_row_is="a reason to be believed",
        columns=(
            _CREATOR,
            Column(
                "kind",
                "word",
                "what kind of reason",
                required=True,
                known=(
                    *("degree", "book", "blog", "job", "award", "press"),
                    *("certification", "recommendation"),
                ),
            ),
            Column("title", "text", "what was granted, in words"),
            _time("granted_at", "when it was granted", null_is_known=True),
        ),
        order=("creator_id", "granted_at", "kind"),
        time="granted_at",
        parents=_IN_CREATORS,
    ),
    Table(
        name="posts",
        one_row_is="something the creator published",
        columns=(
            _id("post_id", "the post"),
            _CREATOR,
            _time("published_at", "publication", required=True),
            Column(
                "kind",
                "word",
                "what kind of post",
                default="original",
                known=("original", "reply", "reshare", "quote"),
            ),
            Column(
                "text", "text", "words of the post; missing where it has none or they are unknown"
            ),
            _count("links", "links that lead outside the platform, count"),
            Column("domains", "list", "internet domains that the links lead to"),
            Column("sponsored", "flag", "published for pay"),
        ),
        key=("post_id",),
        order=("creator_id", "published_at", "post_id"),
        time="published_at",
        parents=_IN_CREATORS,
    ),
    Table(
        name="post_metrics",
        one_row_is="counters of one post as read at one time",
        columns=(
            _id("post_id", "the post; need not be in posts"),
            _time("observed_at", "moment of the reading", required=True),
            _count("views", "views so far, count"),
            _count("likes", "likes so far, count"),
            _count("comments", "comments so far, count"),
            _count("shares", "shares so far, count"),
        ),
        key=("post_id", "observed_at"),
        order=("post_id", "observed_at"),
        time="observed_at",
    ),
    Table(
        name="interactions",
        one_row_is="one account acting towards another",
        columns=(
            _id("interaction_id", "the interaction"),
            _time("occurred_at", "moment of the act", required=True),
            Column(
                "kind",
                "word",
                "what kind of act",
                required=True,
                known=("comment", "reply", "mention", "reshare", "like"),
            ),
            _id("actor_id", "the account that acts; need not be in creators"),
            _id("target_id", "the account acted towards; need not be in creators"),
            _id("post_id", "the post it happened on; need not be in posts", required=False),
            _id("parent_id", "the interaction that it answers", required=False),
            Column("text", "text", "words of the act"),
        ),
        key=("interaction_id",),
        order=("target_id", "occurred_at", "interaction_id"),
        time="occurred_at",
    ),
    Table(
        name="audience",
        one_row_is="the size of an audience as read at one time",
        columns=(
            _CREATOR,
            _time("observed_at", "moment of the reading", required=True),
            _count("followers", "accounts that follow the creator, count", required=True),
            _count("following", "accounts that the creator follows, count"),
        ),
        key=("creator_id", "observed_at"),
        order=("creator_id", "observed_at"),
        time="observed_at",
        parents=_IN_CREATORS,
    ),
    Table(
        name="campaigns",
        one_row_is="a campaign of one brand",
        columns=(
            _CAMPAIGN,
            Column("brand", "word", "the brand"),
            Column("brief", "text", "what the campaign is about, in words", required=True),
            _time("starts_at", "first moment of the campaign", required=True),
            _time("ends_at", "end of the campaign; missing means starts_at"),
            _time("decided_at", "when the creators were chosen; missing means starts_at"),
            _LANGUAGE,
            _COUNTRY,
            _count("attribution_days", "days after the end that still count, days", default=30.0),
            Column("currency", "word", "currency of fees and revenue, ISO 4217"),
        ),
        key=("campaign_id",),
        keeps="last",
        order=("campaign_id",),
    ),
    Table(
        name="outcomes",
        one_row_is="what one creator brought to one campaign, as read at one time",
        columns=(
            _CAMPAIGN,
            _CREATOR,
            _count("exposed", "people or impressions reached, count"),
            Column(
                "exposed_unit",
                "word",
                "what exposed counts",
                default="people",
                known=("people", "impressions"),
                closed=True,
            ),
            _count(
                "conversions", "times people did what the campaign wanted, count", required=True
            ),
            _PACKAGE_POSTS,
            _count("clicks", "clicks, count"),
            Column("revenue", "amount", "revenue, campaign's currency", signed=True),
            Column("fee", "amount", "fee paid to the creator, campaign's currency"),
            _time("measured_at", "moment of the reading"),
            _PROPENSITY,
            _RANDOMISED,
            _count(
                "control_exposed", "size of a held-out group that did not see the creator, count"
            ),
            _count("control_conversions", "conversions of that group, count"),
        ),
        key=("campaign_id", "creator_id", "measured_at"),
        order=("campaign_id", "creator_id", "measured_at"),
        time="measured_at",
        parents=_IN_BOTH,
        rules=tuple(
            Rule(
                f"{prefix}conversions exceed {prefix}exposed (people)",
                f"{prefix}conversions > {prefix}exposed"
                " AND coalesce(exposed_unit, 'people') = 'people'",
            )
            for prefix in ("", "control_")
        ),
    ),
    Table(
        name="candidates",
        one_row_is="a creator that was considered for a campaign",
        columns=(
            _CAMPAIGN,
            _CREATOR,
            Column("picked", "flag", "the creator was picked", required=True),
            _time("considered_at", "when the creator was considered"),
            _PROPENSITY,
            _RANDOMISED,
        ),
        order=("campaign_id", "creator_id"),
        time="considered_at",
        parents=_IN_BOTH,
    ),
    Table(
        name="offers",
        one_row_is="one package that a creator sells",
        columns=(
            _CAMPAIGN,
            _CREATOR,
            Column("fee", "amount", "price of the package, campaign's currency", required=True),
            Column("package", "word", "name of the package; a creator may offer several"),
            _PACKAGE_POSTS,
            Column("currency", "word", "currency of the fee, ISO 4217; missing: the campaign's"),
        ),
        key=("campaign_id", "creator_id", "package"),
        order=("campaign_id", "creator_id", "package"),
        parents=_IN_BOTH,
    ),
)

TABLES: Mapping[str, Table] = {table.name: table for table in _TABLES}
"""Every table of the contract by name, in contract order."""

_ALL = frozenset(TABLES)
_LEARNING = frozenset({"creators", "posts", "campaigns", "outcomes"})
_SCORING = frozenset({"creators", "posts", "campaigns"})
_BUYING = frozenset({"campaigns", "offers"})
_COMPARING = frozenset(
    {"creators", "audience", "interactions", "outcomes", "posts", "post_metrics", "credentials"}
)

NEEDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "validate": (frozenset(), _ALL),
    "train": (_LEARNING, _ALL - _LEARNING - {"offers"}),
    "evaluate": (_LEARNING, _ALL - _LEARNING - {"offers"}),
    "promote": (_LEARNING, _ALL - _LEARNING - {"offers"}),
    "audit": (_LEARNING, _ALL - _LEARNING),
    "score": (_SCORING, _ALL - _SCORING),
    "explain": (_SCORING, _ALL - _SCORING),
    "plan": (_BUYING, _COMPARING),
    "planner": (_BUYING, _COMPARING),
}
"""Command -> the tables it needs, and the others that it uses where present."""
