"""Generate docs/cli-reference.md from the commands' own help, and the READMEs' shown output.

python tests/reference.py [--write]
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

README = Path(__file__).parents[1] / "README.md"
READMES = {"en": README, "zh": README.with_name("README.zh-CN.md")}
REFERENCE = Path(__file__).parents[1] / "docs" / "cli-reference.md"
HEAD = """\
# Command-line reference

Generated from the commands' own help by `make docs`; a test keeps it fresh.

"""


def help_of(*words: str) -> str:
    """What `pick-model WORDS --help` prints at 80 columns."""
    from pick_model.cli.main import main

    out = io.StringIO()
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        with contextlib.redirect_stdout(out):
            main([*words, "--help"])
    finally:
        os.environ.pop("COLUMNS")
        if before is not None:
            os.environ["COLUMNS"] = before
    return "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines())


def commands_of(*words: str) -> list[str]:
    """The commands under `pick-model WORDS`; none under a command."""
    from typer.main import get_command

    from pick_model.cli.app import app_for

    found: Any = get_command(app_for([]))
    for word in words:
        found = found.commands[word]
    return list(getattr(found, "commands", ()))


def every_command(*words: str) -> Iterator[tuple[str, ...]]:
    """The words of each command and group, as the reference lists them."""
    yield words
    for name in commands_of(*words):
        yield from every_command(*words, name)


def reference() -> str:
    """The whole reference as Markdown."""
    parts = [HEAD]
    for words in every_command():
        title = " ".join(("pick-model", *words))
        parts.append(f"## {title}\n\n```\n{help_of(*words)}\n```\n\n")
    return "".join(parts).rstrip() + "\n"


# Commands whose output the READMEs show as it is; those that train or ask a hub are pasted.
SHOWN = ("recommend", "explain", "compare", "backtest", "catalog")


@cache  # a back-test takes minutes, and is the same in both
def output_of(*words: str) -> str:
    """What `pick-model WORDS` prints at 80 columns, from the root of the repository."""
    from pick_model.cli.main import main

    out = io.StringIO()
    os.chdir(README.parent)
    with contextlib.redirect_stdout(out):
        main(words)
    return out.getvalue()


def refreshed(text: str, language: str) -> str:
    """A README with the output of every shown command as it is now, in its language.

    A block that ends in … keeps its number of lines: the output is cut there.
    """
    from pick_model.cli.language import SPEAKING

    def block(found: re.Match[str]) -> str:
        words = shlex.split(found["command"])
        if words[0] not in SHOWN:
            return found[0]
        spoken = ("--lang", language) if words[0] in SPEAKING else ()
        shown, printed = found["output"], output_of(*words, *spoken)
        if shown.rstrip().endswith("…"):
            lines = max(shown.rstrip().count("\n"), 12)
            printed = "\n".join(printed.splitlines()[:lines]) + "\n…\n"
        return f"```console\n$ pick-model {found['command']}\n{printed}```"

    pattern = r"```console\n\$ pick-model (?P<command>[^\n]*)\n(?P<output>.*?)```"
    return re.sub(pattern, block, text, flags=re.S)


if __name__ == "__main__":
    if "--write" in sys.argv:
        for language, readme in READMES.items():
            shown = refreshed(readme.read_text(encoding="utf-8"), language)
            readme.write_text(shown, encoding="utf-8")
        REFERENCE.parent.mkdir(exist_ok=True)
        REFERENCE.write_text(reference(), encoding="utf-8")
    else:
        sys.stdout.write(reference())
