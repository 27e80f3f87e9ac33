"""Which column holds the text, where nobody named it."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.data.column_names import ABOUT, PAIRS, TEXTS, first, plain, words
from pick_model.data.no_columns import no_text
from pick_model.data.peek import Peek, holds_text, mean_length
from pick_model.data.source import DataFile

# Two texts whose lengths differ less than this are of one length.
_LONGER = 1.2


def guess_text(
    source: DataFile, free: Sequence[str], peek: Peek, pair: str | None, label: str
) -> tuple[str, str | None, list[str]]:
    """The text column, the second one of a pair if none was named, and other texts."""
    if pair is None:
        for one, other in PAIRS:
            found = first(free, [one]), first(free, [other])
            if found[0] is not None and found[1] is not None:
                return found[0], found[1], []
    rest = [name for name in free if name != pair]
    wordy = [name for name in rest if holds_text(peek[name])]
    for some in (wordy, rest):  # what the cells belie is taken only where there is nothing else
        ranked = [(rank, name) for name in some if (rank := _rank(name)) is not None]
        if ranked:
            best = min(rank for rank, _ in ranked)
            text = _longest([name for rank, name in ranked if rank == best], peek)
            longer = [name for name in wordy if mean_length(peek[name]) > mean_length(peek[text])]
            known = [name for _, name in ranked if name != text and name in wordy]
            others = known + [name for name in longer if name not in known]
            return text, pair, others
        own = [name for name in some if not aside(name)]
        if len(own) == 1 or len(some) == 1:
            return (own or some)[0], pair, []
    raise no_text(source, rest, wordy, peek, label)


def _rank(name: str) -> int | None:
    """The smaller, the more a name says "text": the word itself, a name that holds it ("Review
    Text"), a known name, a name that holds one ("review_body"). None of all others."""
    found = words(name)
    if plain(name) == TEXTS[0]:
        return 0
    if aside(name):
        return None
    if TEXTS[0] in found:
        return 1
    known = [plain(text) for text in TEXTS]
    if plain(name) in known:
        return 1 + known.index(plain(name))
    inside = [known.index(word) for word in found if word in known]
    return 1 + len(known) + min(inside) if inside else None


def aside(name: str) -> bool:
    """Whether a name is of something about a text, of a label, or of one item of a list."""
    about = ABOUT | {"label", "labels"}
    return bool(about & {*words(name)}) or any(step.isdigit() for step in name.split("."))


def _longest(names: Sequence[str], peek: Peek) -> str:
    """The column of the longest cells; the first of several that are about as long."""
    most = max(mean_length(peek[name]) for name in names)
    return next(name for name in names if mean_length(peek[name]) * _LONGER >= most)
