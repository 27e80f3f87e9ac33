"""Which column is the text and which the label: named by the user, else guessed by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pick_model.data.dataset import Columns
from pick_model.data.files import Source
from pick_model.errors import InputError, did_you_mean, nearest

# Column names of public data sets, compared without case, spaces and punctuation; in each list
# the more telling name comes first, since a file may have several of them.
TEXTS = (
    "text",
    "sentence",
    "content",
    "review",
    "query",
    "utterance",
    "tweet",
    "comment",
    "message",
    "document",
    "body",
    "sms",
    "post",
    "question",
    "title",
    "headline",
    "description",
    "abstract",
    "summary",
    "input",
    "prompt",
    "passage",
)
PAIRS = (
    ("text_a", "text_b"),
    ("text1", "text2"),
    ("sentence1", "sentence2"),
    ("sentence_a", "sentence_b"),
    ("premise", "hypothesis"),
    ("question1", "question2"),
    ("query", "document"),
    ("query", "passage"),
    ("query", "title"),
    ("question", "sentence"),
    ("question", "answer"),
    ("question", "passage"),
    ("s1", "s2"),
)
LABELS = (
    "label",
    "labels",
    "category",
    "categories",
    "class",
    "intent",
    "target",
    "sentiment",
    "emotion",
    "emotions",
    "topic",
    "topics",
    "tag",
    "tags",
    "gold_label",
    "gold",
    "score",
    "stars",
    "rating",
    "similarity",
    "y",
)
TOKENS = (
    "tokens",
    "words",
    "token",
)
TAGS = (
    "tags",
    "ner_tags",
    "ner",
    "pos_tags",
    "upos",
    "upos_tags",
    "pos",
    "slots",
    "bio",
)
LOOSE_TAGS = ("labels", "label", "tag")  # tags only where no column holds plain text


def choose_columns(
    source: Source,
    columns: Sequence[str],
    *,
    text: str | None,
    text_pair: str | None,
    label: str | None,
    group: str | None,
    tokens: bool | None,
) -> tuple[Columns, bool]:
    """The part each column plays, and whether the rows are tokens with tags.

    `tokens`: True when only tokens will do, False when only text will, None to find out.
    Raises InputError naming the columns there are when no guess is possible.
    """
    named = {"text": text, "text-pair": text_pair, "label": label, "group": group}
    for option, name in named.items():
        if name is not None and name not in columns:
            hint = did_you_mean(name, columns)
            raise source.error(f"has no column {name!r} (named by --{option})", hint=hint)
    if tokens is not False:
        tag_names = TAGS if _first(columns, TEXTS) and not tokens else (*TAGS, *LOOSE_TAGS)
        words = _named_or_known(text, columns, TOKENS, anything=bool(tokens))
        tags = _named_or_known(label, columns, tag_names, anything=bool(tokens))
        if words is not None and tags is not None:
            _refuse_double_use(source, {"text": words, "label": tags, "group": group})
            guessed = _parts(text=text is None, label=label is None)
            return Columns(words, tags, None, group, guessed), True
    if tokens:
        raise source.error(
            f"has no columns of tokens and tags among {_listed(columns)}",
            hint="name them: --text TOKENS --label TAGS",
        )
    chosen_label = label or _guess_label(source, columns, text)
    free = [name for name in columns if name not in (chosen_label, group)]
    if text is None:
        chosen_text, chosen_pair = _guess_text(source, free, text_pair, chosen_label)
    else:
        chosen_text, chosen_pair = text, text_pair
    parts = {"text": chosen_text, "text-pair": chosen_pair, "label": chosen_label, "group": group}
    _refuse_double_use(source, parts)
    guessed = _parts(
        text=text is None,
        text_pair=text_pair is None and chosen_pair is not None,
        label=label is None,
    )
    return Columns(chosen_text, chosen_label, chosen_pair, group, guessed), False


def _named_or_known(
    named: str | None, columns: Sequence[str], known: Sequence[str], *, anything: bool
) -> str | None:
    """A column the user named, if it goes by a known name or may go by any; else the first
    column with a known name."""
    if named is None:
        return _first(columns, known)
    return named if anything or _first([named], known) else None


def _guess_label(source: Source, columns: Sequence[str], text: str | None) -> str:
    free = [name for name in columns if name != text]
    found = _first(free, LABELS)
    if found is not None:
        return found
    close = next((n for word in LABELS[:5] if (n := nearest(word, free))), None)
    raise source.error(
        f"has no label column among {_listed(columns)}",
        hint=f"--label {close}"
        if close
        else "the first row names the columns; name the label's with --label NAME",
    )


def _guess_text(
    source: Source, free: Sequence[str], pair: str | None, label: str
) -> tuple[str, str | None]:
    """The text column and, if none was named, the second one of a pair."""
    if pair is None:
        for first, second in PAIRS:
            found = _first(free, [first]), _first(free, [second])
            if found[0] is not None and found[1] is not None:
                return found[0], found[1]
    rest = [name for name in free if name != pair]
    text = _first(rest, TEXTS)
    if text is None and len(rest) == 1:
        text = rest[0]
    if text is None:
        raise _no_text(source, rest, label)
    return text, pair


def _no_text(source: Source, rest: Sequence[str], label: str) -> InputError:
    if not rest:
        return source.error(f"has no column beside the label {label!r}", hint="add a text column")
    close = next((n for word in TEXTS[:4] if (n := nearest(word, rest))), rest[0])
    return source.error(f"has no text column among {_listed(rest)}", hint=f"--text {close}")


def _refuse_double_use(source: Source, parts: dict[str, str | None]) -> None:
    users: dict[str, str] = {}
    for part, name in parts.items():
        if name is None:
            continue
        if name in users:
            raise source.error(
                f"column {name!r} cannot be both {users[name]} and {part}",
                hint=f"name another with --{part}",
            )
        users[name] = part


def _first(columns: Sequence[str], known: Sequence[str]) -> str | None:
    """The column whose name is the earliest of the known ones."""
    by_plain = {_plain(name): name for name in reversed(columns)}
    return next((by_plain[p] for word in known if (p := _plain(word)) in by_plain), None)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _parts(**guessed: bool) -> tuple[str, ...]:
    return tuple(part for part, was in guessed.items() if was)


def _listed(columns: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(repr(name[:40]) for name in columns[:most])
    return shown + (", …" if len(columns) > most else "")
