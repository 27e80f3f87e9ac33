"""What the Hub answered so far, kept in a file, so that a refresh goes on where it stopped.

One JSON line an answer, written as it comes: a run that is killed asks again about the few
entries that were under way.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic_core import ValidationError

from pick_model.documents.base import adapter
from pick_model.documents.catalog import Entry
from pick_model.documents.catalog_reports import Refreshed
from pick_model.documents.reader import read_text
from pick_model.errors import InputError, Location
from pick_model.files import write_whole
from pick_model.words.say import message


def kept_answers(file: Path) -> dict[str, Refreshed]:
    """The newest answer on each id; {} where there is no file. A last line cut short is dropped.

    Raises InputError when the file holds something else.
    """
    if not file.exists():
        return {}
    text = read_text(file)
    whole = text[: text.rfind("\n") + 1]
    found: dict[str, Refreshed] = {}
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            answer = adapter(Refreshed).validate_json(line)
        except (ValidationError, ValueError):
            where = Location(str(file), line=number)
            raise InputError(
                message("no-kept-answer"), location=where, hint=message("name-another-file")
            ) from None
        found[answer.id] = answer
    if whole != text:  # or the next answer would stand behind the half line
        write_whole(file, whole)
    return found


def keep(file: Path, answer: Refreshed) -> None:
    """Add an answer to the file. Raises OSError."""
    line = json.dumps(adapter(Refreshed).dump_python(answer, mode="json"), ensure_ascii=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(line + "\n")


def still_holds(answer: Refreshed, entry: Entry) -> bool:
    """Whether an answer was given to what the entry says now.

    An entry that was pinned by it says what it answered.
    """
    pinned = answer.state == "pinned" and entry.revision == answer.hub_revision
    asked = (answer.hub_repo, answer.license)
    return asked == (entry.hub_repo, entry.license) and (
        entry.revision == answer.revision or pinned
    )
