"""Write a drafted entry as YAML that people finish: to-dos, sources, nothing misread."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pick_model.catalog.catalog import Catalog
from pick_model.catalog.draft.repository import RepoFacts
from pick_model.documents.catalog_files import CatalogFile
from pick_model.documents.reader import check, parse_yaml, read_text
from pick_model.errors import InputError, Location, UnknownName, UsageError
from pick_model.words.say import message

SOURCES = {
    "hub-card": ("the model's card on the Hub", "published"),
    "hub-config": ("the model's configuration on the Hub", "published"),
    "hub-weights": ("the header of the model's safetensors on the Hub", "measured"),
    "hub-unpacked": ("unpacked from the header of the model's quantised safetensors", "derived"),
    "hub-gguf": ("the header of the model's GGUF, as the Hub read it", "measured"),
    "hub-base": ("the base model's entry; quantising changes no shape", "derived"),
    "hub-adapted": ("the base model's entry; an adapter is laid over its weights", "derived"),
}


RECORDS = frozenset({"shape", "pretraining"})  # left out when empty; the schema has no null there


class Line(NamedTuple):
    """One field of the draft."""

    name: str
    value: Any  # None is written `null`
    source: str | None = None
    todo: str = ""  # what somebody should look up or check


def written_out(facts: RepoFacts, lines: list[Line], catalog: Catalog, notes: Sequence[str]) -> str:
    """The draft as text: notes, the entry, its sources, and those to declare."""
    head = facts.head
    text = [f"# Drafted from {_comment(head.id)} on the Hub; every to-do wants an answer."]
    if head.gated:
        text.append("# The repository is gated: its terms have to be accepted before a download.")
    text += [f"# {_comment(note)}." for note in notes]
    taken = _taken(head.id, catalog)
    if taken:
        text.append(f"# The catalog has this one already, as {taken}.")
    text += ["schema_version: 1", "models:"]
    for index, line in enumerate(lines):
        start = "- " if index == 0 else "  "
        text += [start + part if n == 0 else "  " + part for n, part in enumerate(_field(line))]
    given: dict[str, list[str]] = {}
    for line in lines:
        if line.source and line.value is not None:
            name = "pretraining.corpora" if line.name == "pretraining" else line.name
            given.setdefault(line.source, []).append(name)
    if any(line.name == "revision" and line.value for line in lines):
        given.setdefault("hub-card", []).append("revision")
    text.append("  sources:" if given else "  sources: {}")
    text += [f"    {name}: [{', '.join(fields)}]" for name, fields in sorted(given.items())]
    missing = [name for name in sorted(given) if name not in catalog.details["sources"]]
    if missing:
        text.append("# Where sources are declared (catalogs/sources), these are new:")
    for name in missing:
        title, basis = SOURCES[name]
        text.append(
            f'#   {name}: {{title: "{title}", version: each at its revision, basis: {basis}}}'
        )
    return "\n".join(text) + "\n"


def _taken(hub_id: str, catalog: Catalog) -> str | None:
    try:
        return catalog.find(hub_id).id
    except UnknownName:
        return None


def _field(line: Line) -> list[str]:
    """The YAML lines of one field, the first without indentation."""
    comment = f"  # to do: {_comment(line.todo)}" if line.todo else ""
    if line.value is None and line.name in RECORDS:
        return [f"# {line.name}:{comment.replace('  # ', ' ')}"]
    if isinstance(line.value, dict):
        return [
            f"{line.name}:{comment}",
            *(f"  {key}: {_scalar(value)}" for key, value in line.value.items()),
        ]
    return [f"{line.name}: {_scalar(line.value)}{comment}"]


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"})


def _scalar(value: Any) -> str:
    """One YAML value on one line; text that could be read as something else is quoted."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_scalar(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if plain else _quoted(value)
    return str(value)


def _quoted(text: str) -> str:
    """Text in double quotes, in ASCII. JSON halves an emoji, and YAML refuses the halves."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    parts = (json.dumps(c) if ord(c) < 1 << 16 else f'"\\U{ord(c):08x}"' for c in whole)
    return f'"{"".join(part[1:-1] for part in parts)}"'


def _comment(text: str) -> str:
    """Text of the Hub's as part of one comment line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


def appended(text: str, file: Path) -> str:
    """`file` with the entry of a draft added under its `models`.

    Raises UsageError when the entry is there already, InputError when the file is no catalog
    file or its models do not stand last as a block list.
    """
    before = read_text(file)
    where = Location(str(file))
    old = check(parse_yaml(before, str(file)), CatalogFile)
    new = check(parse_yaml(text, "draft"), CatalogFile).models[0]
    for entry in old.models:
        if entry.id == new.id or (entry.hub_repo or "").lower() == (new.hub_repo or "-").lower():
            raise UsageError(message("file-holds-entry", file=str(file), id=entry.id))
    indent = re.search(r"^( *)- ", before[before.find("\nmodels:") + 1 :], re.MULTILINE)
    entry_lines = text.split("models:\n", 1)[1].splitlines()
    shift = indent.group(1) if indent else ""
    joined = before.rstrip("\n") + "\n" + "\n".join(shift + each for each in entry_lines) + "\n"
    try:
        after = check(parse_yaml(joined, str(file)), CatalogFile)
    except InputError:
        after = old
    if after.models != (*old.models, new):
        raise InputError(
            message("no-place-to-append"),
            location=where,
            hint=message("write-draft-elsewhere"),
        )
    return joined
