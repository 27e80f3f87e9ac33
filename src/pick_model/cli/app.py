"""All commands under one name; only the one asked for is imported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Annotated

import typer

from pick_model import __version__
from pick_model.cli.help import Command, CommandGroup
from pick_model.cli.inputs import checked
from pick_model.cli.language import SPEAKING, speaking

# Command -> its group in the help, and where it is. `catalog` is a group of its own.
COMMANDS = {
    "init": ("Choose", "pick_model.cli.init:init"),
    "recommend": ("Choose", "pick_model.cli.recommend:recommend"),
    "explain": ("Choose", "pick_model.cli.explain:explain"),
    "compare": ("Choose", "pick_model.cli.compare:compare"),
    "estimate": ("Choose", "pick_model.cli.estimate:estimate"),
    "screen": ("Prove", "pick_model.cli.screen:screen"),
    "probe": ("Prove", "pick_model.cli.probe:probe"),
    "select": ("Prove", "pick_model.cli.select:select"),
    "backtest": ("Prove", "pick_model.cli.backtest:backtest"),
    "lock": ("Keep", "pick_model.cli.lock:lock"),
    "gate": ("Keep", "pick_model.cli.gate:gate"),
    "hardware": ("Choose", "pick_model.cli.hardware:hardware"),
    "catalog": ("Catalog and tools", "pick_model.cli.catalog:app"),
    "mcp": ("Catalog and tools", "pick_model.cli.mcp:mcp"),
    "schema": ("Catalog and tools", "pick_model.cli.schema:schema"),
    "cache": ("Catalog and tools", "pick_model.cli.cache:app"),
}
HELP = """\
Choose a pretrained model, prove the choice on your data, keep it honest.

Examples:
  pick-model recommend examples/support-tickets/task.yaml
  pick-model probe all-minilm-l6-v2 --data examples/support-tickets/train.csv
  pick-model gate --lock examples/support-tickets/pick-model.lock --offline
"""


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The application as far as these arguments need it: one command, or all for help."""
    app = typer.Typer(
        name="pick-model",
        cls=CommandGroup,
        help=HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    for name in _asked_for(arguments):
        panel, place = COMMANDS[name]
        module, _, attribute = place.partition(":")
        command = getattr(import_module(module), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=panel)
        else:
            command = speaking(command) if name in SPEAKING else command
            app.command(name, cls=Command, rich_help_panel=panel)(checked(command))
    return app


def _asked_for(arguments: Sequence[str]) -> Iterable[str]:
    """The commands that the first argument takes: itself, none for the version, or all."""
    first = arguments[0] if arguments else ""
    if first == "--version":
        return ()
    return (first,) if first in COMMANDS else COMMANDS


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
    """What stands before a command."""
