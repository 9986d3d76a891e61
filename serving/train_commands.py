"""Commands that learn and judge: train, evaluate, audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from features.errors import Exit, UserError
from serving.terminal import (
    Data,
    MaxBad,
    Model,
    Seed,
    Workers,
    console,
    going_on,
    moment_of,
    opened,
    said_of,
    step,
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
    here = console()
    with (
        opened(data, "train", max_bad) as market,
        TemporaryDirectory(prefix="suasion-") as scratch,
    ):
        bundle = out or Path(scratch) / "bundle"
        with (
            whole_folder(bundle, "model bundle") as folder,
            step(here, "Learning from what was known"),
            going_on(search is not None),
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
        with step(here, "Registering the model"):
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
                write_manifest(folder, command="train", **said_of(market))
        show_training(
            here, trained, market, name=name, registered=registered, bundle=out, data=data
        )


def evaluate(
    data: Data,
    origins: Annotated[
        str,
        typer.Option(
            "--origins", help="Moments to train at, separated by commas, UTC.", metavar="D1,D2,…"
        ),
    ],
    days: Annotated[
        float,
        typer.Option(
            "--days",
            help="Days after each origin, up to the next, in which judged campaigns are decided.",
        ),
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
    here = console()
    with opened(data, "evaluate", max_bad) as market:
        candidates = known_candidates(market.connection, data)
        how = take_apart if ablate else judge
        with step(here, "Judging"), prepared(market, workers=workers) as ready:
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
                    **said_of(market),
                )
        if isinstance(found, Ablation):
            show_ablation(here, found, out)
            return
        show_evaluation(here, found, days, out)
        root = project_root()
        if has_tracking_store(root):
            log_evaluation(
                found.figures,
                evaluation_page(found, days),
                {"origins": ",".join(f"{m:%Y-%m-%d}" for m in moments), "days": days, "seed": seed},
                uri=tracking_uri(root),
                root=root,
            )
            here.print("Logged to MLflow: one run of the experiment suasion.")


def audit(
    data: Data,
    model: Model = "champion",
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
    here = console()
    predictor, version = load_model(model, project_root())
    with opened(data, "audit", max_bad) as market:
        if moment is not None:
            forget_after(market.connection, moment)
        candidates = known_candidates(market.connection, data)
        known = moment.isoformat() if moment else ""
        with (
            step(here, "Auditing"),
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
                    **said_of(market),
                )
        show_audit(here, found, out)
    if not found.passed:
        failed = "\n".join(f"- {reason}" for reason in found.reasons)
        raise UserError(f"the audit refuses model {version}:\n{failed}", Exit.GATE)
