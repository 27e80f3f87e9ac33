"""What changed from one catalog, or overlay, to another: what is safe, what needs judgement.

Safe is what can only add: a new entry, a fact where none was, another name. Judgement is
needed where a figure or a licence changes or something goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pick_model import __version__
from pick_model.catalog.reader import CatalogRecords, named, read_records
from pick_model.catalog.sourced import flattened
from pick_model.documents.base import to_plain
from pick_model.documents.catalog_reports import CatalogDiff, Change, Safety, Scalar

Facts = dict[str, Scalar]
Key = tuple[str, str]  # what, id
# Fields whose change is no change of facts. Everything else is a figure or a judgement.
HARMLESS = frozenset({"notes", "note", "title", "name", "version", "url"})
# Lists that may only grow.
GROWING = frozenset({"aliases"})


def diff(before: Path, after: Path) -> CatalogDiff:
    """Every difference between two catalog folders, or two overlays.

    Raises InputError when one of them cannot be read.
    """
    # What is broken would look removed.
    old, new = (_facts(read_records(path).whole()) for path in (before, after))
    changes = sorted(
        (change for key in old.keys() | new.keys() for change in _changes(key, old, new)),
        key=lambda c: (c.safety == "safe", c.what, c.subject, c.field or ""),
    )
    safe = sum(change.safety == "safe" for change in changes)
    return CatalogDiff(
        tool_version=__version__,
        before=str(before),
        after=str(after),
        n_safe=safe,
        n_judgement=len(changes) - safe,
        changes=tuple(changes),
    )


def _facts(records: CatalogRecords) -> dict[Key, Facts]:
    """Every record as flat facts, by what it is and its id."""
    flat: dict[Key, Facts] = {}
    for what, placed_records in (
        ("model", records.entries),
        ("benchmark", records.benchmarks),
        ("machine", records.hardware),
        ("source", records.sources),
    ):
        for placed in placed_records:
            plain = to_plain(placed.value)
            plain.pop("sources", None)  # a fact that stays the same may change its source
            flat[what, named(placed)] = dict(flattened(plain))
    for placed in records.corrections:
        facts = flat.setdefault(("correction", placed.value.id), {})
        facts.update(dict(flattened(placed.value.set)))
    for placed in records.bans:
        flat["ban", placed.value.id] = {"reason": placed.value.reason}
    for row in records.scores:
        cells = dict(row.cells)
        score = cells.pop("score")
        subject = " ".join(value for name, value in cells.items() if value and name != "n_runs")
        flat["score", subject] = {"score": score, "n_runs": cells["n_runs"] or None}
    return flat


def _changes(key: Key, old: dict[Key, Facts], new: dict[Key, Facts]) -> Iterator[Change]:
    what = key[0]
    if key not in old:
        # A correction or a ban that comes changes what the shipped catalog says.
        safety: Safety = "judgement" if what in ("correction", "ban") else "safe"
        yield _change(safety, key, None, None, _brief(what, new[key]), "added")
        return
    if key not in new:
        yield _change("judgement", key, None, _brief(what, old[key]), None, "removed")
        return
    for field in sorted(old[key].keys() | new[key].keys()):
        before, after = old[key].get(field), new[key].get(field)
        if before == after:
            continue
        if before is None and field != "superseded_by":
            yield _change("safe", key, field, before, after, "filled")
        elif before is None:
            yield _change("judgement", key, field, before, after, "superseded")
        elif after is None:
            harmless = field in HARMLESS
            yield _change("safe" if harmless else "judgement", key, field, before, after, "removed")
        elif field in HARMLESS or (field in GROWING and _grew(before, after)):
            yield _change(
                "safe", key, field, before, after, "reworded" if field in HARMLESS else "grew"
            )
        else:
            yield _change("judgement", key, field, before, after, "changed")


def _grew(before: Scalar, after: Scalar) -> bool:
    return set(str(before).split(", ")) <= set(str(after).split(", "))


def _change(
    safety: Safety, key: Key, field: str | None, before: Scalar, after: Scalar, why: str
) -> Change:
    what, subject = key
    return Change(
        safety=safety, what=what, subject=subject, field=field, before=before, after=after, why=why
    )


def _brief(what: str, facts: dict[str, Any]) -> Scalar:
    """The one fact that tells a whole record."""
    for name in {"score": ("score",), "ban": ("reason",)}.get(what, ("hub_repo", "name", "title")):
        if facts.get(name) is not None:
            return facts[name]  # type: ignore[no-any-return]
    return (
        ", ".join(f"{k} = {v}" for k, v in list(facts.items())[:3])
        if what == "correction"
        else None
    )
