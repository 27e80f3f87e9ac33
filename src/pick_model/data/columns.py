"""Which column is the text and which the label: named by the user, else guessed.

A guess goes by names first, and takes a name back that the column's first cells belie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pick_model.data.column_names import (
    ABOUT,
    LABELS,
    LOOSE_TAGS,
    SENTENCES,
    TAGS,
    TEXTS,
    TOKENS,
    all_known,
    first,
    plain,
    words,
)
from pick_model.data.dataset import Columns
from pick_model.data.headers import missing_header
from pick_model.data.lists import one_word, tag_cells
from pick_model.data.no_columns import listed, no_label, no_sentence
from pick_model.data.peek import Peek, filled, holds_text, indicator, mean_length, n_classes
from pick_model.data.source import DataFile
from pick_model.data.text_column import aside, guess_text
from pick_model.errors import did_you_mean, typed
from pick_model.words.message import Message
from pick_model.words.say import message


@dataclass(frozen=True)
class Named:
    """The columns a user named."""

    text: str | None = None
    text_pair: str | None = None
    label: str | None = None
    group: str | None = None
    sentence: str | None = None


@dataclass(frozen=True)
class Choice:
    """The part each column plays, whether rows are tokens, and what else there was."""

    columns: Columns
    of_tokens: bool
    notes: tuple[Message, ...] = ()


def choose_columns(
    source: DataFile, columns: Sequence[str], peek: Peek, named: Named, tokens: bool | None
) -> Choice:
    """The part each column plays.

    `tokens`: True when only tokens will do, False when only text will, None to find out.
    Raises InputError naming the columns there are when no guess is possible.
    """
    indicators = _several(columns, named.label)
    for option, name in named.__dict__.items():
        if name is not None and name not in columns and not (option == "label" and indicators):
            error = missing_header(source, columns, peek) or source.error(
                message("no-column-named", name=name, option=option.replace("_", "-")),
                hint=did_you_mean(name, columns),
            )
            raise error
    if tokens is not False and not indicators:
        choice = _of_tokens(source, columns, peek, named, bool(tokens))
        if choice is not None:
            return choice
    if tokens:
        raise missing_header(source, columns, peek) or source.error(
            message("no-columns-of-tokens", columns=listed(columns)),
            hint=message("name-columns-of-tokens"),
        )
    choice = _of_texts(source, columns, peek, named, indicators)
    if tokens is None and not choice.columns.indicators:
        c = choice.columns
        cells = filled(peek[c.text])
        if (
            len(cells) > 1
            and all(one_word(cell) for cell in cells)
            and tag_cells(filled(peek[c.label]))
        ):
            own = replace(named, text=c.text, label=c.label)
            return _of_tokens(source, columns, peek, own, only=True) or choice
    return choice


def _several(columns: Sequence[str], label: str | None) -> tuple[str, ...]:
    """The columns that --label names with commas between, if it does."""
    if label is None or label in columns or "," not in label:
        return ()
    parts = tuple(part.strip() for part in label.split(","))
    return parts if all(part in columns for part in parts) else ()


def _of_tokens(
    source: DataFile, columns: Sequence[str], peek: Peek, named: Named, only: bool
) -> Choice | None:
    """Columns of tokens and tags; None where there are none, or they are words with classes."""
    plain_text = any(holds_text(peek[name]) for name in all_known(columns, TEXTS))
    token, tags = _named_or_known(named.text, columns, TOKENS, only), named.label
    word_by_word = token is not None and all(one_word(cell) for cell in filled(peek[token]))
    of_spans = any(tag_cells(filled(peek[name])) for name in all_known(columns, LOOSE_TAGS))
    loose = only or not plain_text or (word_by_word and of_spans)
    tag_names = (*TAGS, *LOOSE_TAGS) if loose else TAGS
    if token is None:
        return None
    others = [name for name in all_known(columns, tag_names) if name != token]
    if tags is None:
        # Of several, the one that marks spans: "Tag" rather than "POS" beside it.
        spans = [name for name in others if peek[name] and tag_cells(list(peek[name]))]
        tags = next(iter(spans or others), None)
    elif not only and first([tags], tag_names) is None:
        return None
    if tags is None:
        return None
    cells = [*filled(peek[token]), *filled(peek[tags])]
    in_rows = len(cells) > 2 and all(one_word(cell) for cell in cells)
    sentence = named.sentence or (first(_but(columns, token, tags), SENTENCES) if in_rows else None)
    if in_rows and sentence is None:
        marked = tag_cells(filled(peek[tags]))
        if not only and not marked and (plain(token) == "word" or plain(token) == "form"):
            return None  # a word list with classes
        raise no_sentence(source, _but(columns, token, tags), peek, token, tags, marked)
    _refuse_double_use(
        source, {"text": token, "label": tags, "group": named.group, "sentence": sentence}
    )
    guessed = _parts(
        text=named.text is None,
        label=named.label is None,
        sentence=sentence is not None and named.sentence is None,
    )
    notes: tuple[Message, ...] = (
        () if sentence is None else (message("rows-are-tokens", column=sentence),)
    )
    if (
        named.label is None
        and in_rows
        and (also := [n for n in others if n not in (tags, sentence)])
    ):
        notes += (_also(also, "label", "tags"),)
    return Choice(Columns(token, tags, None, named.group, guessed, sentence), True, notes)


def _named_or_known(
    named: str | None, columns: Sequence[str], known: Sequence[str], anything: bool
) -> str | None:
    """A column the user named, if it goes by a known name or may go by any; else the first
    column with a known name."""
    if named is None:
        return first(columns, known)
    return named if anything or first([named], known) else None


def _of_texts(
    source: DataFile, columns: Sequence[str], peek: Peek, named: Named, indicators: tuple[str, ...]
) -> Choice:
    notes: list[Message] = []
    label = named.label
    if label is None:
        label, indicators = _guess_label(source, columns, peek, named)
        sure = first([label], LABELS[:2]) is not None
        if not sure and label in {str(cell).strip() for cell in peek.get(label, ())}:
            error = missing_header(source, columns, peek)
            if error is not None:
                raise error
        notes += _other_labels(columns, named, label, indicators)
    else:
        label = ",".join(indicators) or label
    free = _but(columns, label, named.group, *indicators)
    text, pair = named.text, named.text_pair
    if text is None:
        text, pair, also = guess_text(source, free, peek, pair, label)
        if also:
            notes.append(_also(also, "text", "text"))
    _refuse_objects(source, columns, peek, None if indicators else label, text)
    single = {name: name for name in indicators} or {"label": label}
    _refuse_double_use(
        source, {"text": text, "text-pair": pair, "label": None, "group": named.group, **single}
    )
    guessed = _parts(
        text=named.text is None,
        text_pair=named.text_pair is None and pair is not None,
        label=named.label is None,
    )
    return Choice(
        Columns(text, label, pair, named.group, guessed, indicators=indicators), False, tuple(notes)
    )


def _refuse_objects(
    source: DataFile, columns: Sequence[str], peek: Peek, label: str | None, text: str | None
) -> None:
    """Refuse a column of objects, or of lists of them, and name what is in them."""
    for name in (label, text):
        cells = [] if name is None else peek[name]
        inside = [n for n in columns if n.startswith(f"{name}.")]
        if not inside or not any(isinstance(cell, (dict, list)) for cell in cells):
            continue
        classes = [n for n in inside if n_classes(peek[n])]
        if name == text:
            longest = max(inside, key=lambda n: holds_text(peek[n]) * mean_length(peek[n]))
            raise source.error(
                message("column-of-objects", name=str(name)),
                hint=message("type", command=typed("text", longest)),
            )
        if classes and n_classes(cells) is None:
            raise source.error(
                message("column-of-objects", name=str(name)),
                hint=message("type", command=typed("label", classes[0])),
            )


def _guess_label(
    source: DataFile, columns: Sequence[str], peek: Peek, named: Named
) -> tuple[str, tuple[str, ...]]:
    """The column of the label; or, of none by name, all columns that hold only 0 and 1."""
    free = _but(columns, named.text, named.text_pair, named.group)
    found = first(free, LABELS)
    if found is None:
        like = [n for n in free if {"label", "labels"} & {*words(n)} and not ABOUT & {*words(n)}]
        like = [name for name in like if not any(step.isdigit() for step in name.split("."))]
        found = like[0] if len(like) == 1 and "text" not in words(like[0]) else None
    if found is not None:
        return found, ()
    bits = [n for n in free if peek[n] and indicator(peek[n]) and not aside(n)]
    if len(bits) > 1:
        return ",".join(bits), tuple(bits)
    raise no_label(source, columns, free, peek, named.text)


def _other_labels(
    columns: Sequence[str], named: Named, label: str, indicators: tuple[str, ...]
) -> list[Message]:
    """What to say of other columns that could be the label."""
    if indicators:
        return [message("columns-of-bits", n=len(indicators))]
    sure = first([label], LABELS[:2]) is not None
    rest = all_known(_but(columns, label, named.text, named.text_pair, named.group), LABELS)
    return [] if sure or not rest else [_also(rest, "label", "a label")]


def _also(names: Sequence[str], option: str, what: str) -> Message:
    options = tuple(typed(option, name) for name in names[:3])
    return message("columns-can-be-too", what=what, options=options)


def _refuse_double_use(source: DataFile, parts: dict[str, str | None]) -> None:
    users: dict[str, str] = {}
    for part, name in parts.items():
        if name is None:
            continue
        if name in users:
            raise source.error(
                message("column-used-twice", name=name, user=users[name], part=part),
                hint=message("name-another-column-for", part=part),
            )
        users[name] = part


def _but(columns: Sequence[str], *taken: str | None) -> list[str]:
    return [name for name in columns if name not in taken]


def _parts(**guessed: bool) -> tuple[str, ...]:
    return tuple(part for part, was in guessed.items() if was)
