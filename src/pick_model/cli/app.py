"""All commands under one name."""

from __future__ import annotations

from typing import Annotated

import typer

from pick_model import __version__
from pick_model.cli.compare import compare
from pick_model.cli.explain import explain
from pick_model.cli.recommend import recommend
from pick_model.cli.schema import schema

app = typer.Typer(
    name="pick-model",
    help="Choose a pretrained model for a task, prove the choice on your data, keep it honest.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pick-model {__version__}")
        raise typer.Exit()


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Choose a pretrained model for a task, prove the choice on your data, keep it honest."""


for command in (recommend, explain, compare, schema):
    app.command()(command)
