"""Hold a catalog against the Hub: pin revisions, flag what moved and changed licences.

Of a large catalog in batches: the answers are kept in a file, and the next run goes on from it.
Only a missing revision is written. A revision that moved, a licence that changed and a
repository that is gone need somebody's judgement: the facts of the entry hold for the commit
that is pinned, not for the new one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

from pick_model import __version__
from pick_model.catalog.draft.answers import keep, kept_answers, still_holds
from pick_model.catalog.reader import CatalogRecords, Placed, named, read_records
from pick_model.documents.catalog import Entry
from pick_model.documents.catalog_files import CatalogFile
from pick_model.documents.catalog_reports import Refresh, Refreshed
from pick_model.documents.reader import check, parse_yaml, read_text
from pick_model.errors import (
    Location,
    PickModelError,
    SchemaError,
    UnknownName,
    UsageError,
    did_you_mean,
)
from pick_model.hub.client import RepoHead, model_info
from pick_model.hub.faults import Gone, Refused
from pick_model.record import replace
from pick_model.vocabulary.licenses import canonical_license
from pick_model.words.message import Message
from pick_model.words.say import message, say_all

AT_ONCE = 8  # requests in flight


class Pinned(NamedTuple):
    """What a refresh found, and the text of the files it would write."""

    report: Refresh
    files: dict[Path, str]


def refresh(
    path: Path,
    *,
    only: Collection[str] = (),
    batch: int | None = None,
    answers: Path | None = None,
    dry_run: bool = False,
    timeout: float | None = None,
) -> Pinned:
    """Ask the Hub about every entry (or `only` these ids) of a catalog folder or overlay.

    With `answers`, a file, what was answered before is not asked again, and new answers are
    added as they come; of what is left, `batch` entries are asked about, in the catalog's order.

    Raises EnvironmentProblem when the Hub or the network fails, and then nothing is to be
    written but the answers; a single repository that is gone or refused is a finding.
    """
    records = read_records(path).whole()
    chosen = _chosen(records, only)
    kept = kept_answers(answers) if answers is not None else {}
    known = {
        p.value.id: kept[p.value.id]
        for p in chosen
        if p.value.id in kept and still_holds(kept[p.value.id], p.value)
    }
    due = [placed for placed in chosen if placed.value.id not in known]
    for entry, head in _answers([placed.value for placed in due[:batch]], timeout):
        known[entry.id] = _compare(entry, head)
        if answers is not None:
            keep(answers, known[entry.id])
    told = [(placed, known[placed.value.id]) for placed in chosen if placed.value.id in known]
    pins = {
        placed.value.id: (placed, result.hub_revision)
        for placed, result in told
        if result.state == "pinned" and result.hub_revision and placed.value.revision is None
    }
    files, unwritten = _edited(records, pins)
    results = [_with_note(result, unwritten) for _, result in told]
    report = Refresh(
        tool_version=__version__,
        folder=str(path),
        dry_run=dry_run,
        written=tuple(str(file) for file in files),
        diff="".join(_diff(file, text) for file, text in files.items()),
        models=tuple(r for r in results if r.state != "current" or r.notes),
        n_current=sum(r.state == "current" for r in results),
        n_left=len(chosen) - len(told),
    )
    return Pinned(report, files)


def _chosen(records: CatalogRecords, only: Collection[str]) -> list[Placed]:
    """The entries to ask about: those with a repository, or those of the ids."""
    known = {named(placed): placed for placed in records.entries}
    for name in only:
        if name not in known:
            raise UnknownName(message("no-model-here", name=name), hint=did_you_mean(name, known))
        if known[name].value.hub_repo is None:
            raise UnknownName(message("no-hub-repo", name=name), hint=message("nothing-to-ask-hub"))
    return [p for n, p in known.items() if p.value.hub_repo and (not only or n in only)]


def _answers(
    entries: Sequence[Entry], timeout: float | None
) -> Iterator[tuple[Entry, RepoHead | PickModelError]]:
    """Each entry with the Hub's answer, as they come. A fault ends it, and no more are asked."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {pool.submit(_ask, entry, timeout): entry for entry in entries}
        try:
            for done in as_completed(asked):
                yield asked[done], done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _ask(entry: Entry, timeout: float | None) -> RepoHead | PickModelError:
    try:
        return model_info(entry.hub_repo or "", timeout=timeout)
    except (Gone, Refused, UsageError) as finding:  # the last for what no repository is called
        return finding


def _compare(entry: Entry, head: RepoHead | PickModelError) -> Refreshed:
    """What the Hub's answer means for one entry."""
    about: dict[str, Any] = {
        "id": entry.id,
        "hub_repo": entry.hub_repo,
        "revision": entry.revision,
        "license": entry.license,
    }
    if isinstance(head, PickModelError):
        state: Any = "refused" if isinstance(head, Refused) else "gone"
        found = Refreshed(
            **about, state=state, hub_revision=None, safety="judgement", notes=(), changes=(state,)
        )
        return _noted(found, message("hub-told", reason=str(head)))
    renamed = head.id if head.id.lower() != (entry.hub_repo or "").lower() else None
    offered = tuple(canonical_license(name) or name for name in head.licenses)
    licences = _licence_notes(entry, offered)
    if entry.revision is None:
        state = "pinned"
    else:
        state = "current" if entry.revision == head.sha else "moved"
    changes = [
        *(["renamed"] if renamed else []),
        *(["license"] if licences else []),
        *([state] if state != "current" else []),
    ]
    doubtful = bool(set(changes) - {"pinned"})
    found = Refreshed(
        **about,
        state=state,
        hub_revision=head.sha,
        safety="judgement" if doubtful else "safe" if state == "pinned" else None,
        notes=(),
        changes=tuple(changes),
        hub_licenses=offered,
        renamed_to=renamed,
    )
    names = [message("repository-renamed", name=renamed)] if renamed else []
    return _noted(found, *names, *licences)


def _licence_notes(entry: Entry, offered: tuple[str, ...]) -> list[Message]:
    """What the card says of the licence where the catalog says something else."""
    notes = []
    there = offered[0] if len(offered) == 1 else None
    if len(offered) > 1:
        if entry.license not in offered:
            notes.append(
                message("card-offers-others", offered=offered, license=entry.license)
                if entry.license
                else message("card-offers", offered=offered)
            )
    elif there is not None and there != entry.license:
        notes.append(
            message("card-license-other", there=there, license=entry.license)
            if entry.license
            else message("card-license", there=there)
        )
    elif there is None and entry.license is not None:
        notes.append(message("card-without-license", license=entry.license))
    return notes


def _edited(
    records: CatalogRecords, pins: dict[str, tuple[Placed, str]]
) -> tuple[dict[Path, str], set[str]]:
    """The files with revisions put in, and the ids whose entry cannot be edited by line."""
    files: dict[Path, str] = {}
    unwritten: set[str] = set()
    for file in records.files:
        here = {i: pin for i, pin in pins.items() if pin[0].parsed.file == str(file)}
        if not here:
            continue
        text = read_text(file)
        lines = text.splitlines(keepends=True)
        # From the last line up, so that earlier line numbers stay true.
        for entry_id, (placed, sha) in sorted(
            here.items(), key=lambda item: -(item[1][0].at("hub_repo").line or 0)
        ):
            if not _put(lines, placed, sha):
                unwritten.add(entry_id)
        changed = "".join(lines)
        if changed != text:
            files[file] = changed
            _verify(file, changed, {i: sha for i, (_, sha) in here.items() if i not in unwritten})
    return files, unwritten


def _put(lines: list[str], placed: Placed, sha: str) -> bool:
    """Set one entry's revision in the lines of its file; False where it stands in one line."""
    if "revision" in placed.raw:  # written out as null
        index = (placed.at("revision").line or 1) - 1
        changed = re.sub(
            r"^(\s*(?:- )?revision:).*?(\s+#.*)?$", rf"\1 {sha}\2", lines[index].rstrip("\r\n")
        )
        if changed == lines[index].rstrip("\r\n"):
            return False
        lines[index] = changed + "\n"
        return True
    index = (placed.at("hub_repo").line or 1) - 1
    start = re.match(r"^(\s*)(- )?hub_repo:", lines[index])
    if start is None:
        return False
    indent = start.group(1) + ("  " if start.group(2) else "")
    lines.insert(index + 1, f"{indent}revision: {sha}\n")
    return True


def _verify(file: Path, text: str, pins: dict[str, str]) -> None:
    """What is about to be written says what it said, and the revisions."""
    before = check(parse_yaml(read_text(file), str(file)), CatalogFile).models
    after = check(parse_yaml(text, str(file)), CatalogFile).models
    wanted = tuple(replace(e, revision=pins.get(e.id, e.revision)) for e in before)
    if after != wanted:
        raise SchemaError(message("not-edited-by-lines"), location=Location(str(file)))


def _with_note(result: Refreshed, unwritten: set[str]) -> Refreshed:
    if result.id not in unwritten:
        return result
    return _noted(result, message("not-written"))


def _noted(result: Refreshed, *more: Message) -> Refreshed:
    """The result with these notes after its own."""
    messages = (*result.note_messages, *more)
    return replace(result, notes=say_all(messages), note_messages=messages)


def _diff(file: Path, text: str) -> str:
    before: Sequence[str] = read_text(file).splitlines(keepends=True)
    return "".join(
        difflib.unified_diff(before, text.splitlines(keepends=True), str(file), str(file), n=1)
    )
