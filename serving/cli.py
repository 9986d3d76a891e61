"""The command line. Each command imports what it needs when it runs: `--help` answers at once."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from features.errors import UserError
from serving import (
    data_commands,
    demo,
    explain_commands,
    model_commands,
    plan_commands,
    planner_commands,
    score_commands,
    train_commands,
)
from serving.terminal import printable

app = typer.Typer(
    name="suasion",
    help=(
        "Predict what a creator will bring to a campaign: conversions per person reached, and why."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def suasion(
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
) -> None:
    """Predict what a creator will bring to a campaign: conversions per person reached, and why."""
    if version:
        from features.output import program

        typer.echo(f"suasion {program()['version']}")
        raise typer.Exit


for command in (
    data_commands.validate,
    train_commands.train,
    score_commands.score,
    train_commands.evaluate,
    explain_commands.explain,
    plan_commands.plan,
    planner_commands.planner,
    model_commands.promote,
    model_commands.rollback,
    model_commands.card,
    train_commands.audit,
):
    app.command()(command)
app.command("features")(data_commands.list_features)
app.command()(data_commands.simulate)
app.command()(demo.demo)


def main() -> None:
    """Run the command line; a user's error is one message and an exit status, never a traceback."""
    try:
        app()
    except UserError as error:
        sys.stderr.write(printable(f"suasion: {error}\n"))
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
