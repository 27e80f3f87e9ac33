"""All commands under one name; only the one asked for is imported."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from pick_model import __version__
from pick_model.cli.inputs import checked
from pick_model.cli.options import summary

# Command -> where it is. `catalog` is a group of its own.
COMMANDS = {
    "recommend": "pick_model.cli.recommend:recommend",
    "explain": "pick_model.cli.explain:explain",
    "compare": "pick_model.cli.compare:compare",
    "probe": "pick_model.cli.probe:probe",
    "lock": "pick_model.cli.lock:lock",
    "gate": "pick_model.cli.gate:gate",
    "backtest": "pick_model.cli.backtest:backtest",
    "catalog": "pick_model.cli.catalog:app",
    "schema": "pick_model.cli.schema:schema",
}
HELP = "Choose a pretrained model for a task, prove the choice on your data, keep it honest."


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The application as far as these arguments need it: one command, or all for help."""
    app = typer.Typer(
        name="pick-model",
        help=HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    first = arguments[0] if arguments else ""
    for name in [first] if first in COMMANDS else COMMANDS:
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(import_module(module), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            # Told in full: typer cuts the help it shortens itself.
            app.command(name, short_help=summary(command))(checked(command))
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pick-model {__version__}")
        raise typer.Exit()


def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Choose a pretrained model for a task, prove the choice on your data, keep it honest."""
