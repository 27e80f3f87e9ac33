"""Checks of dates: days that exist, in the order of what a model is made of and told in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from pick_model.catalog.reader import named
from pick_model.catalog.validate.context import Context
from pick_model.catalog.validate.firsts import first_months, first_of_corpus, month_of_arxiv
from pick_model.documents.catalog import Entry, Source
from pick_model.words.message import Message
from pick_model.words.say import message

FIRST_YEAR = 1990  # of a pretrained model; hardware is younger still
# Months between a paper's first version and the weights it describes: -4 to 4 where one is cited
# for the date itself but is not its only source. Weights are often out before the paper is.
EARLY = 7
# Months between what a paper says of a model and the model's release: -15 to 20 in the catalog,
# but for five of 493 that cite what a base model's or a data set's paper says.
TOLD = 21
# A table may be of the month that a model came out in; its paper may be a revised one.
TABLE = 4
FOUNDER = 11  # months before all others of a family; a family's first is argued beyond
LATECOMER = 30  # months after all others of a family
KIN = 2  # others of a family before it says anything
DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")  # as the notes of sources write one
CHIPS = {  # in a text on hardware -> the machine's first month (catalogs/hardware.yaml)
    "p100": "2016-04", "v100": "2017-05", "t4": "2018-09", "a100": "2020-05", "h100": "2022-09",
    "tpu v2": "2017-05", "tpu v3": "2018-05", "tpu v4": "2021-05", "tpu v5e": "2023-08",
}  # fmt: skip


def dates(context: Context) -> int:
    """Dates are days that exist, after what a model is made of and before what tells of it."""
    looked = 0
    families = _by_family(context)
    tables = _tables(context)
    firsts = first_months()
    sources = {named(placed): placed.value for placed in context.parsed.sources}
    for placed in [*context.facts, *context.parsed.hardware]:
        stated = placed.value.release_date
        if stated is None:
            continue
        looked += 1
        if not day_exists(stated):
            context.wrong(placed, message("no-day-of-calendar", date=stated), "release_date")
        elif int(stated[:4]) < FIRST_YEAR or stated > context.today[: len(stated)]:
            context.wrong(
                placed, message("date-outside", stated=stated, first=FIRST_YEAR), "release_date"
            )
        elif isinstance(placed.value, Entry):
            for told in (
                *_out_of_order(context, placed.value, stated),
                *_before_its_parts(placed.value, stated, firsts),
                *_unlike_papers(placed.value, stated, sources),
                *_unlike_days(placed.value, stated, sources),
                *_after_its_tables(placed.value, stated, tables),
                *_unlike_family(placed.value, stated, families),
            ):
                context.wrong(placed, told, "release_date")
    return looked


def _out_of_order(context: Context, entry: Entry, stated: str) -> Iterator[Message]:
    """Later than its base model, earlier than its successor."""
    for name, sign in (("base_model", 1), ("superseded_by", -1)):
        other = context.entries.get(getattr(entry, name) or "")
        if other is None or other.release_date is None:
            continue
        width = min(len(stated), len(other.release_date))
        first, second = (other.release_date, stated)[::sign]
        if first[:width] > second[:width]:
            yield message(
                "released-out-of-order",
                stated=stated,
                name=name,
                id=other.id,
                date=other.release_date,
            )


def _before_its_parts(entry: Entry, stated: str, firsts: Mapping[str, str]) -> Iterator[Message]:
    """Before the architecture it is called after, its corpora, or the chips it was trained on."""
    text = " ".join((entry.id, entry.family, entry.hub_repo or "", entry.base_model or ""))
    for word in sorted(_words(text) & firsts.keys()):
        if _months(stated, latest=True) < _months(firsts[word]) - EARLY:
            yield message("before-architecture", stated=stated, word=word, date=firsts[word])
            return
    for corpus in entry.pretraining.corpora:
        found = first_of_corpus(corpus.name)
        if found and _months(stated, latest=True) < _months(found[1]) - EARLY:
            yield message("before-architecture", stated=stated, word=found[0], date=found[1])
            return
    hardware = (entry.pretraining.hardware or "").lower()
    for chip, first in CHIPS.items():
        if chip in hardware and _months(stated, latest=True) < _months(first):
            yield message("before-architecture", stated=stated, word=chip, date=first)
            return
    called = re.search(r"(?<!\d)(2[3-9])(0[1-9]|1[0-2])(?!\d)", entry.id.replace(".", "x"))
    if called and len(stated) >= 7:
        month = f"20{called[1]}-{called[2]}"
        if abs(_months(stated) - _months(month)) > EARLY:
            yield message("date-not-of-name", stated=stated, date=month)


def _words(text: str) -> set[str]:
    """The words of names, with and without the version that ends them: mobilenetv3, mobilenet."""
    found = {word for word in re.split(r"[^a-z0-9]+", text.lower()) if word}
    return found | {word.rstrip("0123456789") for word in found}


def _unlike_papers(entry: Entry, stated: str, sources: Mapping[str, Source]) -> Iterator[Message]:
    """Far from the papers it cites: a date that rests on one alone is of its month."""
    dating = [name for name, fields in entry.sources.items() if "release_date" in fields]
    for name in entry.sources:
        month = paper_month(sources.get(name))
        if month is None:
            continue
        off = abs(_months(stated) - _months(month))
        allowed = 1 if dating == [name] else TOLD
        if len(stated) == 4:
            allowed += 6
        if off > allowed:
            yield message("date-not-of-paper", stated=stated, source=name, date=month)
            return


def _unlike_days(entry: Entry, stated: str, sources: Mapping[str, Source]) -> Iterator[Message]:
    """In no month that its own source names a day of: a commit, a news line, a package."""
    for name, fields in entry.sources.items():
        if "release_date" not in fields or name not in sources:
            continue
        days = DAY.findall(sources[name].note or "")
        if days and not any(day.startswith(stated[: len("2020-01")]) for day in days):
            yield message("date-not-of-source", stated=stated, source=name, dates=", ".join(days))


def _after_its_tables(
    entry: Entry, stated: str, tables: Mapping[str, Mapping[str, str]]
) -> Iterator[Message]:
    """After a table of scores it stands in."""
    for source, month in tables.get(entry.id, {}).items():
        if _months(stated, earliest=True) > _months(month) + TABLE:
            yield message("after-its-table", stated=stated, source=source, date=month)
            return


def _unlike_family(
    entry: Entry, stated: str, families: Mapping[str, Mapping[str, int]]
) -> Iterator[Message]:
    """Long before all others of its family, or long after."""
    others = [when for name, when in families[entry.family].items() if name != entry.id]
    if len(others) < KIN:
        return
    if _months(stated) < min(others) - FOUNDER:
        yield message("before-family", stated=stated, family=entry.family)
    if _months(stated) > max(others) + LATECOMER:
        yield message("after-family", stated=stated, family=entry.family)


def _by_family(context: Context) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for entry in context.entries.values():
        if entry.release_date is not None and day_exists(entry.release_date):
            found[entry.family][entry.id] = _months(entry.release_date)
    for placed in context.facts:
        found.setdefault(placed.value.family, {})
    return found


def _tables(context: Context) -> dict[str, dict[str, str]]:
    """The dated tables that each entry has scores in: entry -> source -> month."""
    dated = {
        named(placed): month
        for placed in context.parsed.sources
        if (month := paper_month(placed.value) or _read_in(placed.value))
    }
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in context.parsed.scores:
        if row.cells["source"] in dated:
            found[row.cells["entry"]][row.cells["source"]] = dated[row.cells["source"]]
    return found


def paper_month(source: Source | None) -> str | None:
    """The month in an arXiv address; None for a source that is no paper there."""
    found = re.search(r"arxiv\.org/\w+/(\d{4}\.\d{4,5})", (source.url or "") if source else "")
    return month_of_arxiv(found[1]) if found else None


def _read_in(source: Source) -> str | None:
    """The last month in what says which version was read."""
    found: list[str] = re.findall(r"20\d\d-(?:0[1-9]|1[0-2])", source.version or "")
    return max(found, default=None)


def _months(stated: str, *, earliest: bool = False, latest: bool = False) -> int:
    """Months since year 0; of a year alone its middle, first or last month."""
    missing = 1 if earliest else 12 if latest else 6
    return int(stated[:4]) * 12 + (int(stated[5:7]) if len(stated) > 4 else missing)


def day_exists(stated: str) -> bool:
    """Whether a date, or the first day of its month or year, is one of the calendar."""
    try:
        date.fromisoformat((stated + "-01-01")[:10] if len(stated) < 10 else stated)
    except ValueError:
        return False
    return True
