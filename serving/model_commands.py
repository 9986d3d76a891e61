"""Commands about registered models: promote, rollback, card."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.errors import Exit, UserError
from serving.terminal import Data, MaxBad, Model, Seed, Workers, console, opened, said_of, step

if TYPE_CHECKING:
    from models.predictor import Predictor
    from training.gate import Decision

Name = Annotated[str, typer.Option("--name", help="Name of the registered model.")]


def promote(
    data: Data,
    name: Name = "suasion",
    force: Annotated[
        bool,
        typer.Option("--force", help="Promote whatever the gate says; --why is recorded."),
    ] = False,
    why: Annotated[
        str | None, typer.Option("--why", help="Why the gate is overruled.", metavar="TEXT")
    ] = None,
    max_bad: MaxBad = 0.05,
    workers: Workers = None,
    seed: Seed = 0,
) -> None:
    """Judge the challenger beside the champion on campaigns that neither knew; let it replace it.

    The version it replaces keeps the alias `previous`; `suasion rollback` returns to it.
    """
    if force != bool(why and why.strip()):
        raise UserError("--force and --why TEXT go together: what is overruled is recorded")
    from models.bundle import load_bundle
    from serving.registry import find_model
    from serving.settings import project_root, tracking_uri
    from serving.show_gate import show_decision
    from training.enough import UNCHECKED
    from training.gate import HOLD_OUT
    from training.tracking import log_decision, make_champion

    root = project_root()
    champion, challenger = (find_model(f"{name}@{a}", root) for a in ("champion", "challenger"))
    assert champion.version is not None
    assert challenger.version is not None
    if champion.version == challenger.version:
        raise UserError(
            f"version {champion.version} of {name} is champion already: there is no later "
            "challenger; `suasion train` makes one"
        )
    predictors = load_bundle(champion.folder)[0], load_bundle(challenger.folder)[0]
    here, uri = console(), tracking_uri(root)
    unchecked = not predictors[1].is_checked
    try:
        with step(here, "Judging"):
            decision, record = _judged(data, predictors, max_bad, workers, seed)
        show_decision(here, decision, challenger.version, champion.version)
        failed = decision.reasons
    except UserError as error:
        if error.exit_status != Exit.DATA or not (force or unchecked):
            raise
        failed, record = [f"not judged: {error}"], {}
        if unchecked:
            failed.append(f"{HOLD_OUT}: {UNCHECKED}")
    verdict = "passed" if not failed else "overruled" if force else "refused"
    record = {"champion": champion.version, "verdict": verdict, "failed": failed, **record}
    tags = {"gate": verdict, "gate_failed": "; ".join(failed)}
    if why is not None:
        record["why"] = tags["gate_overruled_because"] = why.strip()
    log_decision(record, uri=uri, name=name, version=challenger.version, tags=tags)
    if verdict == "refused":
        raise UserError(
            f"the gate refuses version {challenger.version} of {name}; version {champion.version} "
            "stays champion:\n"
            + "\n".join(f"  {reason}" for reason in failed)
            + "\n`suasion train` on other data makes another challenger; `--force --why TEXT` "
            "overrules the gate",
            Exit.GATE,
        )
    replaced = make_champion(uri=uri, name=name, version=challenger.version)
    overruled = ", the gate overruled" if verdict == "overruled" else ""
    here.print(
        f"Version {challenger.version} of {name} is champion{overruled}; version {replaced} is "
        "previous: `suasion rollback` returns to it.",
        markup=False,
    )


def _judged(
    data: Path,
    predictors: tuple[Predictor, Predictor],
    max_bad: float,
    workers: int | None,
    seed: int,
) -> tuple[Decision, dict[str, object]]:
    """The gate's decision on champion and challenger, and what its record says of it."""
    from features.prepared import prepared
    from training.audit import audit
    from training.contest import hold_contest
    from training.counterfactual import known_candidates
    from training.gate import decide

    with opened(data, "promote", max_bad) as market:
        candidates = known_candidates(market.connection, data)
        with prepared(market, workers=workers) as ready:
            contest = hold_contest(ready, *predictors, candidates)
            of_both = partial(audit, ready, since=contest.since, candidates=candidates, seed=seed)
            audits = [of_both(predictors[1])]
            if not audits[0].passed:  # a fault that the champion has as well refuses nobody
                audits.append(of_both(predictors[0]))
        inputs = said_of(market)["inputs"]
    decision = decide(
        contest,
        audit=audits[0],
        champions_audit=audits[-1] if audits[1:] else None,
        is_checked=predictors[1].is_checked,
        seed=seed,
    )
    criteria = [
        {str(key): None if value != value else value for key, value in line.items()}
        for line in decision.table.to_dict("records")
    ]
    return decision, {
        "since": contest.since.isoformat(),
        "campaigns": decision.campaigns,
        "outcomes": decision.outcomes,
        "seed": seed,
        "criteria": criteria,
        "inputs": {
            table: {"rows": told["rows"], "sha256": told["sha256"]}
            for table, told in inputs.items()
        },
    }


def rollback(name: Name = "suasion") -> None:
    """Make the version that the last promotion replaced champion again."""
    from serving.registry import find_model
    from serving.settings import project_root, tracking_uri
    from training.tracking import roll_back

    root = project_root()
    find_model(f"{name}@champion", root)
    back, replaced = roll_back(uri=tracking_uri(root), name=name)
    console().print(
        f"Version {back} of {name} is champion again; version {replaced} is not, and keeps its "
        "bundle and its run.",
        markup=False,
    )


def card(
    model: Model = "champion",
    out: Annotated[
        Path, typer.Option("--out", help="Folder for model_card.md and model_card.html.")
    ] = Path("suasion-card"),
) -> None:
    """Write the model card: what it learned from, what it is for, how good it was, its limits."""
    from features.output import whole_folder, write_manifest
    from models.bundle import read_manifest
    from serving.card import describe
    from serving.card_page import html_page, markdown_page
    from serving.registry import decision_on, find_model
    from serving.settings import project_root

    found = find_model(model, project_root())
    manifest = read_manifest(found.folder)
    told = describe(manifest, found, decision_on(found))
    with whole_folder(out, "card") as folder:
        (folder / "model_card.md").write_text(markdown_page(told), encoding="utf-8")
        (folder / "model_card.html").write_text(html_page(told), encoding="utf-8")
        version = {"version": manifest["model_version"]}
        write_manifest(folder, command="card", model=version)
    console().print(f"Model card: {out}/model_card.md and {out}/model_card.html", markup=False)
