"""Who took what and when, and what the items say: the data of a recommendation.

Two files: interactions (user, item, and a time and a rating where there are any) and items (id
and columns of text). Interactions are read once, in memory that is bounded: of more than `most`
every second user is left out, by a digest of the name, until there is room.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from pick_model.data.formats import FORMATS, FileFormat
from pick_model.data.headers import repeated
from pick_model.data.interaction_cells import id_of, item_text, number_of, rating_of, time_of
from pick_model.data.interaction_columns import interaction_columns, item_columns
from pick_model.data.movielens import SUFFIXES as MOVIELENS
from pick_model.data.movielens import format_of
from pick_model.data.peek import peek
from pick_model.data.source import DataFile, digest, find_source
from pick_model.errors import did_you_mean
from pick_model.files import digest as text_digest
from pick_model.files import json_digest
from pick_model.words.message import Message
from pick_model.words.say import message

SUFFIXES = (
    *(suffix for suffix in FORMATS if not suffix.startswith((".con", ".iob", ".bio"))),
    *MOVIELENS,
)
# Interactions held at a time. By hand: 16 bytes each, and half a gibibyte with the users' names.
MOST_INTERACTIONS = 4_000_000
# Items that a full ranking is made over. By hand: at a width of 384 their vectors take 300 MB.
MOST_ITEMS = 200_000
SHOWN = 3  # rows that a note names
# A time from which it is one of a clock in seconds, 1979, before there were shops to click in; and
# how many times as large as the middle one, or as small, none is in the same unit: thousandths
# are a thousand times as many.
OF_A_CLOCK, APART = 3e8, 100.0


@dataclass(frozen=True)
class Interactions:
    """The items, and each user's in the order of time, every item once."""

    ids: tuple[str, ...]  # of items with a text
    texts: tuple[str, ...]
    users: tuple[str, ...]
    histories: tuple[tuple[int, ...], ...]  # places of items, by user
    times: tuple[tuple[float, ...], ...]  # seconds, or the number of the row
    timed: bool
    n_in_file: int  # interactions
    n_items_in_file: int
    columns: Mapping[str, str]
    text_columns: tuple[str, ...]
    source: str
    digest: str  # over those of both files
    file_digests: tuple[str, ...]
    notes: tuple[Message, ...]

    @property
    def n(self) -> int:
        return sum(map(len, self.histories))


@dataclass
class _Taken:
    """What is kept of the rows while they go by."""

    most: int
    seed: int
    items: dict[str, array[int]] = field(default_factory=dict)  # by user
    times: dict[str, array[float]] = field(default_factory=dict)
    n: int = 0
    halved: int = 0
    rows: int = 0
    low: int = 0  # below the least rating
    unrated: int = 0  # whose rating is no number, where none is asked for
    unknown: list[tuple[int, str]] = field(default_factory=list)  # row, item
    n_unknown: int = 0
    silent: int = 0  # of items without text

    def add(self, user: str, item: int, time: float) -> None:
        if self.halved and _lot(self.seed, user) % 2**self.halved:
            return
        self.items.setdefault(user, array("l")).append(item)
        self.times.setdefault(user, array("d")).append(time)
        self.n += 1
        while self.n > self.most and len(self.items) > 1:
            self.halved += 1
            for name in [u for u in self.items if _lot(self.seed, u) % 2**self.halved]:
                self.n -= len(self.items.pop(name))
                del self.times[name]


def read_interactions(
    interactions: Path,
    items: Path,
    *,
    named: Mapping[str, str] | None = None,
    names: Sequence[str] | None = None,
    min_rating: float | None = None,
    most: int = MOST_INTERACTIONS,
    seed: int = 0,
) -> Interactions:
    """Both files. named: columns by part (user, item, timestamp, rating, text). names: of the
    columns of interactions without a header. min_rating: rows below it do not count.

    An item that a user took again counts once, the first time. Rows of items that are not among
    the items, or have no text, are left out and counted. Raises InputError with the row: no
    column of a part, an id that is empty or twice there, a time or rating that is none, items of
    which most are unknown, nobody with two items.
    """
    named = named or {}
    source, form, there = _opened(interactions, names)
    columns = interaction_columns(source, there, peek(source, form, there), named)
    if min_rating is not None and "rating" not in columns:
        raise source.error(message("no-ratings-to-bound"), hint=message("leave-min-rating-out"))
    items_source, items_form, items_there = _opened(items, None)
    identity, texts = item_columns(
        items_source,
        items_there,
        peek(items_source, items_form, items_there),
        named,
        columns["item"],
    )
    catalog = _items(items_source, items_form, identity, texts)
    ids = [name for name, text in catalog.items() if text]
    places = {name: place for place, name in enumerate(ids)}
    if len(ids) < 2:
        raise items_source.error(message("too-few-items", n=len(ids)))
    if len(ids) > MOST_ITEMS:
        raise items_source.error(
            message("too-many-items", n=len(ids), most=MOST_ITEMS), hint=message("fewer-items")
        )
    taken = _taken(
        source, form, columns, places, catalog, _Taken(most, seed), min_rating, items_source
    )
    order = {user: _in_order(taken, user) for user in taken.items}
    if not any(len(found) > 1 for found in order.values()):
        raise source.error(message("nobody-with-two"), hint=message("give-more-interactions"))
    files = (digest(source), digest(items_source))
    return Interactions(
        ids=tuple(ids),
        texts=tuple(catalog[name] for name in ids),
        users=tuple(order),
        histories=tuple(tuple(item for item, _ in found) for found in order.values()),
        times=tuple(tuple(time for _, time in found) for found in order.values()),
        timed="timestamp" in columns,
        n_in_file=taken.rows,
        n_items_in_file=len(catalog),
        columns=columns,
        text_columns=texts,
        source=f"{source.path.name} · {items_source.path.name}",
        digest=json_digest(files),
        file_digests=files,
        notes=tuple(_notes(taken, order, columns, source, catalog, min_rating)),
    )


def _opened(
    path: Path, names: Sequence[str] | None
) -> tuple[DataFile, FileFormat, tuple[str, ...]]:
    source = find_source(path, SUFFIXES, names)
    form = format_of(source)
    there = form.columns(source)
    twice = repeated(there)
    if twice is not None:
        raise source.error(
            message("columns-of-one-name", name=twice), 1, message("rename-one-column")
        )
    return source, form, there


def _items(
    source: DataFile, form: FileFormat, identity: str, texts: Sequence[str]
) -> dict[str, str]:
    """The text of each item, its columns joined; an empty one where it has none.

    An item may stand there again with the same text, as where both are in one file.
    """
    found: dict[str, str] = {}
    rows: dict[str, int] = {}
    for row, cells in form.peek(source, [identity, *texts]):
        name = id_of(source, row, cells[0], "item")
        parts = [item_text(source, row, cell) for cell in cells[1:]]
        text = ". ".join(part.rstrip(".") for part in parts if part)
        if found.setdefault(name, text) != text:
            raise source.error(
                message("item-with-two-texts", name=name, row=rows[name]),
                row,
                message("one-text-an-item"),
            )
        rows.setdefault(name, row)
    return found


def _taken(
    source: DataFile,
    form: FileFormat,
    columns: Mapping[str, str],
    places: Mapping[str, int],
    catalog: Mapping[str, str],
    taken: _Taken,
    min_rating: float | None,
    items: DataFile,
) -> _Taken:
    """Every row that counts."""
    parts = list(columns)
    for row, found in form.rows(source, [columns[part] for part in parts]):
        cells = dict(zip(parts, found, strict=True))
        taken.rows += 1
        user = id_of(source, row, cells["user"], "user")
        item = id_of(source, row, cells["item"], "item")
        rating = 0.0
        if min_rating is not None:
            rating = rating_of(source, row, cells["rating"])
        elif "rating" in cells and number_of(source, row, cells, "rating") is None:
            taken.unrated += 1
        if min_rating is not None and rating < min_rating:
            taken.low += 1
        elif item in places:
            time = time_of(source, row, cells["timestamp"]) if "timestamp" in cells else float(row)
            taken.add(user, places[item], time)
        elif item in catalog:
            taken.silent += 1
        else:
            taken.n_unknown += 1
            if len(taken.unknown) < SHOWN:
                taken.unknown.append((row, item))
    if not taken.rows:
        raise source.error(message("no-rows-of-interactions"))
    if 2 * taken.n_unknown > taken.rows:
        row, item = taken.unknown[0]
        raise source.error(
            message(
                "items-mostly-unknown",
                n=taken.n_unknown,
                of=taken.rows,
                item=item,
                file=items.path.name,
            ),
            row,
            did_you_mean(item, list(places)[:5000], listed=3),
        )
    return taken


def _in_order(taken: _Taken, user: str) -> list[tuple[int, float]]:
    """A user's items by time, of equal times by row, each the first time alone."""
    both = sorted(zip(taken.items[user], taken.times[user], strict=True), key=lambda one: one[1])
    first: dict[int, float] = {}
    for item, time in both:
        first.setdefault(item, time)
    return list(first.items())


def _notes(
    taken: _Taken,
    order: Mapping[str, Sequence[object]],
    columns: Mapping[str, str],
    source: DataFile,
    catalog: Mapping[str, str],
    min_rating: float | None,
) -> Iterator[Message]:
    """What was left out, and what was taken for what."""
    kept = sum(map(len, order.values()))
    empty = sum(not text for text in catalog.values())
    if "timestamp" not in columns:
        yield message("no-times-rows-order")
    if min_rating is not None:
        yield message("ratings-below", n=taken.low, least=min_rating)
    elif "rating" in columns:
        yield message("ratings-all-count", column=columns["rating"])
    if taken.unrated:
        yield message("ratings-no-number", n=taken.unrated)
    if "timestamp" in columns:
        yield from _odd_times([time for times in taken.times.values() for time in times])
    if taken.n_unknown:
        rows = tuple(f"{source.path.name}:{row}" for row, _ in taken.unknown)
        yield message("items-unknown", n=taken.n_unknown, rows=rows)
    if empty:
        yield message("items-without-text", n=empty, rows=taken.silent)
    if taken.n > kept:
        yield message("taken-again", n=taken.n - kept)
    if taken.halved:
        yield message("users-halved", n=2**taken.halved, most=taken.most)
    single = sum(len(found) == 1 for found in order.values())
    if single:
        yield message("users-with-one", n=single)


def _odd_times(times: Sequence[float]) -> Iterator[Message]:
    """What of the times can hardly be meant: one for all, or some far from the others."""
    if len(times) > 1 and min(times) == max(times):
        yield message("times-all-equal")
        return
    middle = median(times)
    if middle < OF_A_CLOCK:  # the numbers of rows or days, which may begin at 0
        return
    odd = [time for time in times if not middle / APART <= time <= middle * APART]
    if odd:
        yield message("times-odd", n=len(odd), time=odd[0], usual=middle)


def _lot(seed: int, user: str) -> int:
    """A number of 64 bits that belongs to a user."""
    return int(text_digest(f"{seed}/{user}")[:16], 16)
