"""`--help`: usage, what the command does, options and commands in groups, examples.

Drawn on a `Page` like every report, not by typer's rich mode: that one boxes the text in pipes,
too, reads brackets in it as markup, breaks examples differently from version to version, and
prints the help of a missing command to stdout.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from pick_model.render.layout import Page

EXAMPLES = "Examples:\n"  # what begins the last paragraph of a command's docstring
LONGEST = 26  # columns of an option; of a longer one the words stand below it


class Command(TyperCommand):
    """A command that draws its help itself."""

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the help into the formatter."""
        formatter.write(help_text(self, ctx))


class CommandGroup(TyperGroup):
    """The same of commands under one name."""

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the help into the formatter."""
        formatter.write(help_text(self, ctx))


def help_text(command: Any, ctx: typer.Context) -> str:
    """The whole help of a command or group, coloured where stdout is a terminal."""
    from pick_model.render.layout import page_for_stdout

    page = page_for_stdout(to_file=False)
    usage = " ".join((ctx.command_path, *command.collect_usage_pieces(ctx)))
    page.paragraph(usage, label="Usage")
    words, _, examples = inspect.cleandoc(command.help or "").partition(EXAMPLES)
    for paragraph in filter(None, words.strip().split("\n\n")):
        page.blank()
        page.paragraph(paragraph.replace("\n", " "))
    for groups in (commands(command, ctx), parameters(command, ctx)):
        terms = [term for rows in groups.values() for term, _ in rows]
        width = max((len(term) for term in terms if len(term) <= LONGEST), default=LONGEST)
        for title, rows in groups.items():
            _heading(page, title)
            for term, about in rows:
                page.definition(term, about, width)
    if examples:
        _heading(page, "Examples")
        whole = re.sub(r" \\\n *", " ", inspect.cleandoc(examples))  # as if on one line
        for line in whole.splitlines():
            page.command(line, indent=2)
    return page.text()


Groups = dict[str, list[tuple[str, str]]]  # title -> what is typed and what it does


def commands(group: Any, ctx: typer.Context) -> Groups:
    """The commands of a group with the first lines of their help; nothing of a command."""
    found: Groups = {}
    for name in group.list_commands(ctx) if isinstance(group, CommandGroup) else ():
        one = group.get_command(ctx, name)
        row = (name, (one.help or "").partition("\n")[0])
        found.setdefault(one.rich_help_panel or "Commands", []).append(row)
    return found


def parameters(command: Any, ctx: typer.Context) -> Groups:
    """Arguments and options, groups in the order in which they first come up."""
    found: Groups = {}
    for parameter in command.get_params(ctx):
        usual = "Arguments" if parameter.param_type_name == "argument" else "Options"
        title = getattr(parameter, "rich_help_panel", None) or usual
        row = parameter.get_help_record(ctx)
        if row is not None:
            term, about = row
            # What an argument is called says enough; typer adds its Python type.
            term = term.partition(" <")[0] if usual == "Arguments" else term
            found.setdefault(title, []).append((term, about))
    if "Options" in found:  # what every command has: last
        found["Options"] = found.pop("Options")
    return found


def _heading(page: Page, title: str) -> None:
    page.blank()
    page.heading(f"{title}:")
