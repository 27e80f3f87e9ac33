"""Generate docs/cli-reference.md from the commands' own help, docs/task-profile.md from the
profile's own schema, and the READMEs' shown output.

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
PROFILE = REFERENCE.with_name("task-profile.md")
PROFILE_HEAD = """\
# Keys of a task profile

Generated from the schema that `pick-model schema task` prints by `make docs`; a test keeps it fresh.
Only `task` must be there. The last column has what is taken where a key is left out of the profile
of a plain classification of texts, images or sounds; other tasks, domains and machines take others
(`as-is` where models are used as they come, larger pictures where things are looked for in them,
fp32 on processors). What was taken is listed by every report, with its reason. A dash: nothing is
said, or what other keys say.

"""
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


def profile_reference() -> str:
    """Every key of a task profile, part by part, as Markdown."""
    from pick_model.documents.base import adapter
    from pick_model.documents.task import Task

    schema = adapter(Task).json_schema()
    parts, left_out = [PROFILE_HEAD], values_left_out()
    for title, at, one in (
        ("The task", "", schema),
        *(
            (f"`{key}`", f"{key}.", schema["$defs"][name])
            for key, name in (
                ("constraints", "Constraints"),
                ("training", "Training"),
                ("hardware", "Hardware"),
                ("weights", "Weights"),
                ("current", "Current"),
                ("translate", "Direction"),
            )
        ),
    ):
        lines = [f"## {title}", "", "| key | what it is | values | left out |", "|---|---|---|---|"]
        for key, told in one["properties"].items():
            default = left_out.get(at + key, told.get("default"))
            must = key in one.get("required", ())
            shown = "it must be there" if must else shown_default(default)
            lines.append(f"| `{key}` | {told['description']} | {values_of(told)} | {shown} |")
        parts.append("\n".join(lines) + "\n\n")
    return "".join([*parts, tasks_and_domains()]).rstrip() + "\n"


def tasks_and_domains() -> str:
    """The kinds of tasks with their metrics, the usual one first, and the domains known."""
    from pick_model import load_catalog
    from pick_model.vocabulary.tasks import TASKS

    lines = [
        "## Kinds of tasks",
        "",
        "Where labels are several the usual metric is micro_f1, where they are numbers spearman, and of",
        "pages of text edit_distance; a metric that cannot score the kind of labels is refused.",
        "",
        "| task | reads | metrics, the usual one first |",
        "|---|---|---|",
    ]
    for name, task in TASKS.items():
        metrics = dict.fromkeys((task.metric, *task.metrics))
        lines.append(f"| `{name}` | {task.modality} | {', '.join(metrics)} |")
    known = {one.domain for one in load_catalog().benchmarks.values() if one.domain}
    lines += [
        "",
        "## Domains",
        "",
        "Published scores are of these, each for some tasks; a word that",
    ]
    lines += ["none of a task's is about is warned of.", "", ", ".join(sorted(known)) + "."]
    return "\n".join(lines)


def values_left_out() -> dict[str, str]:
    """What profiles of text, images and sounds that say nothing else get, by key."""
    from pick_model import load_catalog
    from pick_model.documents.profile import settle
    from pick_model.documents.task import Task

    found: dict[str, str] = {}
    for task in ("audio-classification", "image-classification", "text-classification"):
        profile = settle(Task(task=task), load_catalog().machine)
        found |= {one.field: one.value for one in profile.defaults}
        found["training.lora_rank"] = str(profile.lora_rank)
    return {key: value for key, value in found.items() if key not in ("domain", "metric")}


def shown_default(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value and not isinstance(value, dict) else "–"


def values_of(told: dict[str, Any]) -> str:
    """The kinds of values of a key, as its schema has them."""
    if "$ref" in told:
        return "keys, below" if "Machine" not in told["$ref"] else "a machine"
    if "const" in told:
        return str(told["const"])
    if "enum" in told:
        return ", ".join(told["enum"])
    if "anyOf" in told:
        of = [values_of(one) for one in told["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(of))
    kind = told.get("type", "")
    if kind == "array":
        return "a list of " + values_of(told["items"])
    names = {"string": "text", "integer": "a whole number", "boolean": "true or false"}
    return names.get(kind, "a number")


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
        PROFILE.write_text(profile_reference(), encoding="utf-8")
    else:
        sys.stdout.write(reference())
