"""Spans marked in texts by where they begin and end, as tools for marking write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pick_model.data.lists import parse_nested
from pick_model.data.look import Look, Purpose
from pick_model.data.peek import filled, mean_length
from pick_model.words.say import message

# As brat's exports, doccano, Label Studio, Prodigy, spaCy, Hugging Face and INCEpTION spell them.
BEGINS = ("start", "start_offset", "begin", "start_char", "start_pos", "offset_start", "from")
ENDS = ("end", "end_offset", "stop", "end_char", "end_pos", "offset_end", "to")
KINDS = ("label", "labels", "type", "entity", "tag", "entity_type", "entity_group", "category")
DEEP = 8  # levels; Label Studio's annotations have five

Span = tuple[int, int, str]


def of_spans(look: Look) -> Purpose | None:
    """Texts with marked spans; None where cells hold no such marks."""
    if look.label is not None:
        return None
    texts = [name for name in look.columns if name in look.prose] or [
        name for name in look.columns if all(isinstance(c, str) for c in look.cells[name])
    ]
    if not texts:
        return None
    text = max(texts, key=lambda name: mean_length(look.cells[name]))
    plain = [name for name in look.columns if "." not in name and name != text]
    marks = [name for name in plain if _mark(look.cells[text], look.cells[name])]
    # Tokens have places, too, and no kind.
    kinds = [n for n in marks if any(k for cell in look.cells[n] for _, _, k in spans_in(cell))]
    return _told(look, text, (kinds or marks)[0]) if marks else None


def _told(look: Look, text: str, name: str) -> Purpose:
    kinds: set[str] = set()
    for (cell,) in look.rows([name]):
        kinds.update(kind for _, _, kind in spans_in(cell) if kind)
    why = message("init-offsets", column=name, n=len(kinds))
    classes = len(kinds) if len(kinds) > 1 else None
    return Purpose("token-classification", "likely", why, (text,), n_labels=classes)


def _mark(texts: Sequence[object], cells: Sequence[object]) -> bool:
    """Whether all that is in the cells are places in the texts beside them."""
    n = 0
    for text, cell in zip(texts, cells, strict=True):
        found = list(spans_in(cell))
        if not found and filled([cell]) and cell not in ([], {}, "[]", "{}"):
            return False
        n += len(found)
        if any(not 0 <= begin < end <= len(str(text)) + 1 for begin, end, _ in found):
            return False
    return n > 0


def spans_in(cell: object) -> Iterator[Span]:
    """The spans in a cell: where each begins, where it ends, and of which kind it is."""
    if isinstance(cell, str):
        cell = parse_nested(cell.strip())
    yield from _within(cell, "", DEEP)


def _within(value: object, kind: str, levels: int) -> Iterator[Span]:
    """kind: the key that the value lies under, which names its kind in some files (CLUENER)."""
    if not levels:
        return
    if isinstance(value, dict):
        begin, end = (next((value[k] for k in keys if k in value), None) for keys in (BEGINS, ENDS))
        if type(begin) is int and type(end) is int:
            yield begin, end, _kind(value)
            return
        for key, inner in value.items():
            outer = levels == DEEP or not kind
            yield from _within(inner, str(key) if outer else kind, levels - 1)
    elif isinstance(value, (list, tuple)):
        places = [part for part in value if type(part) is int]
        words = [part for part in value if isinstance(part, str)]
        if len(places) == 2 and len(value) <= 4 and (words or kind):
            yield places[0], places[1], words[0] if words else kind
            return
        for inner in value:
            yield from _within(inner, kind, levels - 1)


def _kind(span: dict[str, object]) -> str:
    found = next((span[name] for name in KINDS if span.get(name)), "")
    return str(found[0] if isinstance(found, list) else found)
