"""The command line. Each command imports what it needs when it runs: `--help` answers at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from features.errors import Exit, UserError
from serving import explain_commands, model_commands, plan_commands, planner_commands
from serving.terminal import Data, MaxBad, Seed, Workers, moment_of
from serving.terminal import console as _console
from serving.terminal import going_on as _going_on
from serving.terminal import opened as _opened
from serving.terminal import printable as _printable
from serving.terminal import said_of as _said_of
from serving.terminal import step as _step

app = typer.Typer(
    name="suasion",
    help=(
        "Predict what a creator will bring to a campaign: conversions per person reached, and why."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Embed = Annotated[
    Path | None,
    typer.Option(
        "--embed",
        help="Folder with a static sentence-embedding model (model2vec) to compare texts by, in "
        "place of hashed words; it becomes part of the bundle. Needs the extra `embed`.",
        metavar="FOLDER",
    ),
]

LONGEST_WINDOW = 3650


@app.callback(invoke_without_command=True)
def suasion(
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
) -> None:
    """Predict what a creator will bring to a campaign: conversions per person reached, and why."""
    if version:
        from features.output import program

        typer.echo(f"suasion {program()['version']}")
        raise typer.Exit


@app.command()
def validate(
    data: Data,
    out: Annotated[
        Path, typer.Option("--out", help="Folder for quarantined rows and the manifest.")
    ] = Path("suasion-out"),
    max_bad: MaxBad = 0.05,
) -> None:
    """Check a data folder: what is there, what is wrong, and for which commands it suffices."""
    from features.output import whole_folder, write_manifest
    from features.source import open_market
    from features.tables import NEEDS
    from serving.show import show_validation

    needs, uses = NEEDS["validate"]
    with open_market(data, needs=needs, uses=uses, max_bad=max_bad, tolerant=True) as market:
        with whole_folder(out, "validate") as folder:
            market.write_quarantine(folder / "quarantine")
            write_manifest(
                folder, command="validate", settings={"max_bad": max_bad}, **_said_of(market)
            )
        show_validation(_console(), market, out)
        if market.over_limit:
            raise UserError("\n".join(market.over_limit), Exit.QUARANTINE)


@app.command()
def train(
    data: Data,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            help="Training moment: nothing after it is known, outcomes included. UTC.",
            metavar="DATE",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Folder for the model bundle, besides the registry.", metavar="BUNDLE"
        ),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the registered model.")] = "suasion",
    no_hold_out: Annotated[
        bool,
        typer.Option(
            "--no-hold-out",
            help="Hold no later campaigns out, as where there are too few: uncalibrated history "
            "with default spreads, its intervals not checked.",
        ),
    ] = False,
    embed: Embed = None,
    tune: Annotated[
        int | None,
        typer.Option(
            "--tune",
            help="Search first: try so many settings of the learner, and use the best where later "
            "campaigns confirm it. Needs the extra `tune`.",
            min=1,
            metavar="TRIALS",
        ),
    ] = None,
    max_bad: MaxBad = 0.05,
    workers: Workers = None,
    seed: Seed = 0,
) -> None:
    """Train a model on matured outcomes, log the run to MLflow and register it as challenger.

    The first model of a name becomes champion at once.
    """
    from importlib.util import find_spec
    from tempfile import TemporaryDirectory

    from features.embedding import Embedding
    from features.output import whole_folder, write_manifest
    from serving.settings import project_root, tracking_uri
    from serving.show import show_training
    from training.study import require_optuna
    from training.tracking import log_training
    from training.train import Search
    from training.train import train as retrain

    moment = moment_of(until, "--until") if until else None
    if not name.strip() or any(sign in name for sign in "/:@"):
        raise UserError(f"--name {name!r} names no model: give a word without / : and @")
    if tune is not None:
        if no_hold_out:
            raise UserError(
                "--tune judges learners on campaigns held out, and --no-hold-out holds none out: "
                "leave one of them out"
            )
        require_optuna()
    embedding = Embedding.open(embed) if embed is not None else None
    root = project_root()
    search = None if tune is None else Search(tune, root / "mlruns" / "tuning")
    console = _console()
    with (
        _opened(data, "train", max_bad) as market,
        TemporaryDirectory(prefix="suasion-") as scratch,
    ):
        bundle = out or Path(scratch) / "bundle"
        with (
            whole_folder(bundle, "model bundle") as folder,
            _step(console, "Learning from what was known"),
            _going_on(search is not None),
        ):
            trained = retrain(
                market,
                folder,
                moment,
                embedding=embedding,
                seed=seed,
                workers=workers,
                search=search,
                hold_out=not no_hold_out,
            )
        code = find_spec("serving.model_code")
        assert code is not None
        assert code.origin is not None
        with _step(console, "Registering the model"):
            registered = log_training(
                trained,
                bundle,
                uri=tracking_uri(root),
                root=root,
                name=name,
                model_code=Path(code.origin),
            )
        # Beside the model, no part of it: what was wrong with the data may lie after its moment.
        if any(report.quarantined for report in market.tables.values()):
            with whole_folder((out or Path("suasion-out")) / "quarantine") as folder:
                market.write_quarantine(folder)
                write_manifest(folder, command="train", **_said_of(market))
        show_training(
            console, trained, market, name=name, registered=registered, bundle=out, data=data
        )


@app.command()
def score(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="Folder for the scores.", metavar="OUT")],
    model: Annotated[
        str,
        typer.Option("--model", help="A bundle folder, champion, or NAME@ALIAS.", metavar="MODEL"),
    ] = "champion",
    campaign: Annotated[
        list[str] | None,
        typer.Option(
            "--campaign",
            help="Campaign to score; may be given again. Default: those still to be decided.",
            metavar="ID",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            help="Moment to score at, UTC. Default: each campaign's own decision.",
            metavar="TIME",
        ),
    ] = None,
    candidates: Annotated[
        str | None,
        typer.Option(
            "--candidates",
            help="offers, outcomes, all, or a Parquet or CSV file with campaign_id and creator_id. "
            "Default: the campaign's offers where it has any, else all creators.",
            metavar="WHICH",
        ),
    ] = None,
    allow_past: Annotated[
        bool,
        typer.Option("--allow-past", help="Score moments before the model's training moment too."),
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write scores.csv too.")] = False,
    contributions: Annotated[
        bool,
        typer.Option("--contributions", help="Write contributions.parquet too: SHAP by feature."),
    ] = False,
    incremental: Annotated[
        bool,
        typer.Option(
            "--incremental",
            help="Tell lift: the conversions that would not come without the creator, by the share "
            "that the model learned from held-out groups. Default: attributed conversions.",
        ),
    ] = False,
    language: Annotated[
        Literal["en", "fr"],
        typer.Option("--language", help="Language of the reasons: English or French."),
    ] = "en",
    max_bad: MaxBad = 0.05,
    workers: Workers = None,
) -> None:
    """Score creators for campaigns: reach, rate and conversions, four qualities, reasons."""
    from features.output import whole_folder, write_manifest
    from features.prepared import prepared
    from serving.provenance import Provenance
    from serving.registry import load_model
    from serving.score import (
        Request,
        learned_share,
        requested_rows,
        score_batches,
        write_scores,
    )
    from serving.settings import project_root
    from serving.show import show_scores
    from serving.show_lift import counted_as

    moment = moment_of(as_of, "--as-of") if as_of else None
    request = Request(tuple(dict.fromkeys(campaign or ())), moment, candidates, allow_past)
    console = _console()
    predictor, version = load_model(model, project_root())
    share = learned_share(predictor, version) if incremental else None
    with _opened(data, "score", max_bad) as market:
        rows = requested_rows(market.connection, request, predictor.trained_until)
        with whole_folder(out, "score") as folder:
            market.write_quarantine(folder / "quarantine")
            with (
                _step(console, f"Scoring {len(rows):,} rows"),
                prepared(market, workers=workers) as ready,
            ):
                batches = score_batches(ready, rows, predictor, version, share, language)
                write_scores(batches, folder, csv=csv, contributions=contributions)
            settings = {
                "campaigns": list(request.campaigns),
                "as_of": moment.isoformat() if moment else None,
                "candidates": candidates,
                "allow_past": allow_past,
                "incremental": incremental,
                "language": language,
                "max_bad": max_bad,
            }
            write_manifest(
                folder,
                command="score",
                model={"version": version, "trained_until": predictor.trained_until.isoformat()},
                settings=settings,
                conversions=counted_as(incremental),
                **Provenance.of(predictor, {}).said(),
                rows=len(rows),
                **_said_of(market),
            )
    show_scores(console, out, language)


@app.command()
def evaluate(
    data: Data,
    origins: Annotated[
        str,
        typer.Option(
            "--origins", help="Moments to train at, separated by commas, UTC.", metavar="D1,D2,…"
        ),
    ],
    days: Annotated[
        float, typer.Option("--days", help="Days after each origin in which campaigns are judged.")
    ] = 7.0,
    ablate: Annotated[
        bool,
        typer.Option(
            "--ablate",
            help="Judge the model without each quality, and with each alone, instead of beside the "
            "baselines.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the tables of the evaluation, and its page."),
    ] = None,
    embed: Embed = None,
    max_bad: MaxBad = 0.05,
    workers: Workers = None,
    seed: Seed = 0,
) -> None:
    """Train at each origin on what was known, judge later campaigns beside the baselines."""
    from features.embedding import Embedding
    from features.output import whole_folder, write_manifest
    from features.prepared import prepared
    from serving.evaluation_page import evaluation_page
    from serving.settings import has_tracking_store, project_root, tracking_uri
    from serving.show_ablation import show_ablation
    from serving.show_evaluation import show_evaluation
    from serving.show_lift import ATTRIBUTED
    from training.ablation import Ablation
    from training.ablation import ablate as take_apart
    from training.counterfactual import known_candidates
    from training.evaluation import evaluate as judge
    from training.tracking import log_evaluation

    moments = sorted(
        {moment_of(part.strip(), "--origins") for part in origins.split(",") if part.strip()}
    )
    if not moments:
        raise UserError("--origins names no date: give dates such as 2024-05-06,2024-05-13")
    if not 0 < days <= LONGEST_WINDOW:
        raise UserError(f"--days is {days:g}: give a number above 0, at most {LONGEST_WINDOW}")
    embedding = Embedding.open(embed) if embed is not None else None
    console = _console()
    with _opened(data, "evaluate", max_bad) as market:
        candidates = known_candidates(market.connection, data)
        how = take_apart if ablate else judge
        with _step(console, "Judging"), prepared(market, workers=workers) as ready:
            found = how(
                ready,
                moments,
                days,
                candidates=candidates,
                embedding=embedding,
                seed=seed,
            )
        if out is not None:
            with whole_folder(out, "evaluate") as folder:
                market.write_quarantine(folder / "quarantine")
                for name, table in vars(found).items():
                    if table is not None:
                        file = "evaluation" if name == "figures" else name
                        table.to_parquet(folder / f"{file}.parquet", index=False)
                if not isinstance(found, Ablation):
                    found.figures.to_csv(folder / "evaluation.csv", index=False)
                    page = evaluation_page(found, days)
                    (folder / "evaluation.html").write_text(page, encoding="utf-8")
                settings = {
                    "origins": [m.isoformat() for m in moments],
                    "days": days,
                    "ablate": ablate,
                    "seed": seed,
                }
                write_manifest(
                    folder,
                    command="evaluate",
                    settings=settings,
                    conversions=ATTRIBUTED,
                    **_said_of(market),
                )
        if isinstance(found, Ablation):
            show_ablation(console, found, out)
            return
        show_evaluation(console, found, days, out)
        root = project_root()
        if has_tracking_store(root):
            log_evaluation(
                found.figures,
                evaluation_page(found, days),
                {"origins": ",".join(f"{m:%Y-%m-%d}" for m in moments), "days": days, "seed": seed},
                uri=tracking_uri(root),
                root=root,
            )
            console.print("Logged to MLflow: one run of the experiment suasion.")


app.command()(explain_commands.explain)
app.command()(plan_commands.plan)
app.command()(planner_commands.planner)

for command in (model_commands.promote, model_commands.rollback, model_commands.card):
    app.command()(command)


@app.command()
def audit(
    data: Data,
    model: Annotated[
        str,
        typer.Option("--model", help="A bundle folder, champion, or NAME@ALIAS.", metavar="MODEL"),
    ] = "champion",
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            help="Forget everything not known at this moment, outcomes included. UTC. Default: "
            "the newest event.",
            metavar="DATE",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the findings and their tables.")
    ] = None,
    max_bad: MaxBad = 0.05,
    workers: Workers = None,
    seed: Seed = 0,
) -> None:
    """Audit a model for popularity: does a bigger audience raise the rate? Exit 4 when a check
    fails.
    """
    from features.asof import forget_after
    from features.output import whole_folder, write_manifest
    from features.prepared import prepared
    from serving.registry import load_model
    from serving.settings import project_root
    from serving.show_audit import show_audit, write_audit
    from training.audit import audit as examine
    from training.counterfactual import known_candidates

    moment = moment_of(until, "--until") if until else None
    console = _console()
    predictor, version = load_model(model, project_root())
    with _opened(data, "audit", max_bad) as market:
        if moment is not None:
            forget_after(market.connection, moment)
        candidates = known_candidates(market.connection, data)
        known = moment.isoformat() if moment else ""
        with (
            _step(console, "Auditing"),
            prepared(market, workers=workers, known_until=known) as ready,
        ):
            found = examine(ready, predictor, until=moment, candidates=candidates, seed=seed)
        if out is not None:
            with whole_folder(out, "audit") as folder:
                market.write_quarantine(folder / "quarantine")
                write_audit(found, folder)
                write_manifest(
                    folder,
                    command="audit",
                    model={
                        "version": version,
                        "trained_until": predictor.trained_until.isoformat(),
                    },
                    settings={"until": known or None, "seed": seed},
                    passed=found.passed,
                    **_said_of(market),
                )
        show_audit(console, found, out)
    if not found.passed:
        failed = "\n".join(f"- {reason}" for reason in found.reasons)
        raise UserError(f"the audit refuses model {version}:\n{failed}", Exit.GATE)


@app.command("features")
def list_features(
    quality: Annotated[
        Literal["engagement", "relevance", "reputation", "momentum", "popularity"] | None,
        typer.Option("--quality", help="Only the features of one quality."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print an object with features and uncarried signals.")
    ] = False,
    markdown: Annotated[
        Path | None,
        typer.Option("--markdown", help="Write the page of documentation instead.", metavar="FILE"),
    ] = None,
) -> None:
    """List what is known of a creator: every feature, its window, what it means and stands for."""
    import json
    from dataclasses import asdict

    from features.dictionary import entries, uncarried
    from features.feature import catalogue
    from serving.show_features import features_page, show_features

    if markdown is not None and (quality is not None or as_json):
        raise UserError("--markdown writes the whole dictionary: leave out --quality and --json")
    described = entries([f for f in catalogue() if quality in (None, f.quality)])
    lacking = uncarried()
    if markdown is not None:
        try:
            markdown.write_text(features_page(described, lacking), encoding="utf-8")
        except OSError as error:
            raise UserError(f"cannot write {markdown}: {error.strerror}") from error
    elif as_json:
        found = {
            "features": [asdict(entry) for entry in described],
            "uncarried": [asdict(signal) for signal in lacking],
        }
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        show_features(_console(), described, lacking if quality is None else ())


@app.command()
def simulate(
    out: Annotated[
        Path, typer.Argument(help="Folder for the market's tables and its truth.", metavar="OUT")
    ],
    creators: Annotated[
        int, typer.Option("--creators", help="Creators in the market.", min=50)
    ] = 2000,
    months: Annotated[int, typer.Option("--months", help="Months it lasts.", min=3)] = 18,
    seed: Seed = 0,
    marginals: Annotated[
        Path | None,
        typer.Option(
            "--marginals", help="Document whose table of marginals is rewritten.", metavar="FILE"
        ),
    ] = None,
) -> None:
    """Simulate a market in the contract's tables, its truth known: to try things on, and to prove
    claims on.
    """
    from features.output import whole_folder, write_manifest
    from serving.show import show_marginals
    from training.world import marginals as measure
    from training.world import simulate as make
    from training.world import write_marginals, write_world

    console = _console()
    with _step(console, f"Simulating {creators:,} creators over {months} months"):
        world = make(creators=creators, months=months, seed=seed)
        with whole_folder(out, "simulate") as folder:
            write_world(world, folder)
            settings = {"creators": creators, "months": months, "seed": seed}
            rows = {name: len(table) for name, table in world.tables.items()}
            write_manifest(folder, command="simulate", settings=settings, rows=rows)
    console.print(f"{sum(rows.values()):,} rows in {len(rows)} tables, and the truth: {out}")
    if marginals is not None:
        table = measure(world)
        write_marginals(
            table,
            marginals,
            command=f"suasion simulate OUT --creators {creators} --months {months} --seed {seed}",
        )
        show_marginals(console, table)


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option("--out", help="Folder for everything the demo makes.")
    ] = Path("suasion-demo"),
    creators: Annotated[
        int, typer.Option("--creators", help="Creators in the market.", min=50)
    ] = 600,
    months: Annotated[int, typer.Option("--months", help="Months it lasts.", min=6)] = 12,
    seed: Seed = 0,
) -> None:
    """The main job in one command: simulate a market, validate, train, score, compare with
    popularity, and plan a campaign's budget.
    """
    from datetime import timedelta

    from features.asof import newest_moment
    from features.prepared import prepared
    from serving.show_evaluation import show_comparison
    from training.counterfactual import known_candidates
    from training.evaluation import evaluate as judge

    console, data = _console(), out / "data"
    console.rule("1. A market whose truth is known")
    simulate(data, creators=creators, months=months, seed=seed)
    console.rule("2. Validate")
    validate(data, out=out / "validated")
    console.rule("3. Train")
    train(data, out=out / "model", name="demo", seed=seed)
    console.rule("4. Score the campaigns to come")
    score(data, out=out / "scores", model=str(out / "model"), csv=True)
    console.rule("5. What popularity would have said")
    with _opened(data, "evaluate", 0.05) as market:
        newest = newest_moment(market.connection)
        assert newest is not None
        # The last campaigns that have matured: three windows of four weeks before the attribution
        # window.
        origins = [
            newest.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=d)
            for d in (140, 112, 84)
        ]
        with _step(console, "Judging earlier decisions"), prepared(market) as ready:
            found = judge(
                ready,
                origins,
                28,
                candidates=known_candidates(market.connection, data),
                seed=seed,
            )
    show_comparison(console, found)
    console.rule("6. Spend a campaign's budget")
    campaign, budget = _to_plan(out / "scores", data)
    plan_commands.plan(
        data, campaign=campaign, budget=budget, scores=out / "scores", out=out / "plan"
    )
    console.print(f"Data and truth: {data} · model: {out / 'model'} · scores: {out / 'scores'}")


def _to_plan(scores: Path, data: Path) -> tuple[str, float]:
    """The first campaign to come, and a tenth of what the cheapest packages of all cost together,
    in two digits.
    """
    import pandas as pd

    campaign = str(pd.read_parquet(scores / "scores.parquet")["campaign_id"].min())
    offers = pd.read_parquet(data / "offers.parquet", filters=[("campaign_id", "==", campaign)])
    return campaign, float(f"{offers.groupby('creator_id')['fee'].min().sum() / 10:.2g}")


def main() -> None:
    """Run the command line; a user's error is one message and an exit status, never a traceback."""
    try:
        app()
    except UserError as error:
        sys.stderr.write(_printable(f"suasion: {error}\n"))
        sys.exit(int(error.exit_status))
    except BrokenPipeError:
        sys.exit(141)
    except Exception as error:
        # So DuckDB says that Ctrl-C was pressed while it computed.
        if type(error).__name__ != "InterruptException":
            raise
        sys.stderr.write("suasion: stopped\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
