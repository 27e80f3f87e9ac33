"""Tags that mark spans, in the BIO, IO, BIOES, BILOU and BMES ways, and the spans they mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# What a tag's first letter says of its word's place in a span.
_BEGINS, _INSIDE, _LAST, _SINGLE = "B", "IM", "EL", "SU"
_ROLES = _BEGINS + _INSIDE + _LAST + _SINGLE


def parted(tag: str) -> tuple[str, str] | None:
    """Role and type: ("B", "time") of B-time and B_time, ("B", "") of a bare B; None of a
    plain tag and of O."""
    if tag[:1] not in _ROLES or not tag:
        return None
    if len(tag) == 1:
        return tag, ""
    return (tag[0], tag[2:]) if tag[1] in "-_" and len(tag) > 2 else None


def has_entities(names: Sequence[str]) -> bool:
    """Whether tags mark spans: an O, and others that all begin or go on with one."""
    others = [name for name in names if name != "O"]
    parts = [parted(name) for name in others]
    if len(others) == len(names) or not others or None in parts:
        return False
    # A lone letter can also be a plain tag (S for "symbol"): bare roles begin with B.
    return all(part is not None and part[1] for part in parts) or "B" in others


def entity_type(tag: str) -> str | None:
    """The type a tag marks: "time" of B-time, the tag itself of a plain one, None of O."""
    if tag == "O":
        return None
    part = parted(tag)
    return part[1] if part and part[1] else tag


def entities(tags: Iterable[str]) -> list[tuple[str, int, int]]:
    """Spans (type, first, last + 1), each once, of a sequence of span tags.

    A tag that goes on (I, M, E, L) after no span of its type opens one, as in conlleval and
    in seqeval's default mode (Tjong Kim Sang and Buchholz 2000, the CoNLL shared task's
    script); E and L also close it, S and U are a span of one word.
    """
    found: list[tuple[str, int, int]] = []
    start, kind = -1, ""  # of the open span; -1: none is open
    for at, tag in enumerate([*tags, "O"]):
        role, of = parted(tag) or ("O", tag)
        goes_on = role in _INSIDE + _LAST and start >= 0 and of == kind
        if start >= 0 and not goes_on:
            found.append((kind, start, at))
            start = -1
        if role in _ROLES and not goes_on:
            start, kind = at, of
        if role in _LAST + _SINGLE:
            found.append((kind, start, at + 1))
            start = -1
    return found


def opens_inside(tags: Sequence[str]) -> bool:
    """Whether some tag goes on with a span of its type that never began."""
    previous: tuple[str, str] | None = None
    for tag in tags:
        part = parted(tag)
        if part and part[0] in _INSIDE + _LAST:
            open_before = previous is not None and previous[0] not in _LAST + _SINGLE
            if not (open_before and previous is not None and previous[1] == part[1]):
                return True
        previous = part
    return False


def looks_like_tags(words: Iterable[str]) -> bool:
    """Whether these cells are span tags: each O or a role with a type, and not all O."""
    seen = set(words)
    return has_entities(sorted(seen | {"O"})) and len(seen - {"O"}) > 0
