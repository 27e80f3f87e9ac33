"""How the cells of a label column spell labels: whole, joined, as places of a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pick_model.data.comma_numbers import are_comma_numbers, decimal_commas, refuse_unless_ids
from pick_model.data.dataset import LabelKind
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.labels import Label, Survey, UnreadableLabel, as_number, parts_of
from pick_model.data.lists import unbracketed, zeros_and_ones
from pick_model.data.source import DataFile
from pick_model.errors import UsageError, typed
from pick_model.words.message import Message
from pick_model.words.say import message

# A row in a hundred with "|" is a separator; one in ten thousand is a slip of the pen.
SEPARATOR_SHARE = 0.01
SEPARATORS = ("|", "\n", ";", ",")  # the least likely inside a name comes first
# Names hold these too ("R&D", "on/off"), so that they are only asked about.
LOOSE = ("/", "+", "&", " ")
# What annotation tools, spreadsheets and public sets write where nobody decided.
UNDECIDED = frozenset(
    {"-", "–", "—", "?", "n/a", "na", "none", "null", "nil", "unknown", "unlabeled", "unlabelled"}
    | {"undefined", "not labeled", "not labelled", "-1"}
)

_DIGITS = re.compile(r"[01]{2,}")
_SPACED_IDS = re.compile(r"\d+( +\d+)*")


@dataclass(frozen=True)
class Style:
    """How a label cell becomes the labels of its row."""

    separator: str | None = None  # stands between the labels, or places, of a row
    bracketed: bool = False  # "[late]" is a list of one
    places: tuple[str, ...] | None = None  # the label of each place of a list of 0 and 1
    alone: bool = False  # a list holds exactly one label, which is the row's class
    decimal_comma: bool = False  # 3,5 is 3.5
    skipped: frozenset[str] = frozenset()  # labels that mean none; "" is the empty cell

    def skips(self, label: Label | None) -> bool:
        """Whether the row counts as one without a label."""
        return bool(self.skipped) and (label or "") in self.skipped

    def read(self, label: Label | None) -> Label | None:
        """The labels of a row; UnreadableLabel for a cell that this style cannot read."""
        if isinstance(label, str):
            if self.separator is not None:
                label = tuple(part for p in label.split(self.separator) if (part := p.strip()))
            elif self.bracketed and (inner := unbracketed(label)) is not None:
                label = inner
            elif self.decimal_comma:
                return label.replace(",", ".", 1)
        if isinstance(label, tuple) and self.places is not None:
            bits = zeros_and_ones(label)
            if bits is None or len(bits) != len(self.places):
                raise UnreadableLabel(message("label-other-bits", width=len(self.places)))
            label = tuple(name for name, bit in zip(self.places, bits, strict=True) if bit)
        if isinstance(label, tuple) and self.alone:
            if len(label) != 1:
                raise UnreadableLabel(message("label-several", n=len(label)))
            return label[0]
        return label


WHOLE = Style()


@dataclass(frozen=True)
class Spelling:
    """A style, and what it says of the kind of label; None where that stays open."""

    style: Style = WHOLE
    kind: LabelKind | None = None
    why: Message | None = None
    notes: tuple[Message, ...] = ()


def decide_spelling(
    source: DataFile,
    survey: Survey,
    kind: LabelKind | None,
    *,
    separator: str | None,
    skip: str | None,
    names: Sequence[str] | None,
    pairs: bool,
    indicators: bool,
) -> Spelling:
    """How the labels counted are spelt.

    `kind`, `separator` and `skip` are the user's words; `names` the labels of the training
    data, for an evaluation file; `indicators`: each label has a column of its own. Raises
    InputError where two readings compete.
    """
    if separator is not None and kind is not None and not LABEL_KINDS[kind].several:
        raise UsageError(
            message("kind-without-separator", kind=kind), hint=message("leave-separator-out")
        )
    skipped = _skipped(survey, skip, names, pairs)
    n_skipped = sum(survey.counts[s] if s else survey.n_missing for s in skipped)
    notes: tuple[Message, ...] = ()
    if n_skipped:
        notes = (message("rows-skipped", n=n_skipped, labels=tuple(sorted(skipped))),)
    words = {k: n for k, n in survey.counts.items() if isinstance(k, str) and k not in skipped}
    if skip is None and names is None and kind != "regression":
        notes += _undecided(words)
    n_listed = survey.n_lists + survey.n_bracketed
    # What the user asks for comes before any kind is known, so that words of theirs are named
    # here: a number, a class and a list of labels may each be spelt like the others.
    some = survey.n_lists > 0 or kind == "multi-label"
    if kind == "regression":
        found = Spelling(Style(decimal_comma=decimal_commas(source, survey, words)))
    elif some and n_listed > 0 and n_listed == survey.n - n_skipped:
        found = _of_lists(source, survey, kind, names, survey.n - n_skipped)
        if indicators and kind is None and _one_each(survey):
            notes += (message("one-in-each-row"),)
            found = Spelling(Style(alone=True), "single-label", message("one-column-of-each-row"))
    elif separator is not None:
        if names is None and not any(separator in word for word in words):
            raise source.error(message("separator-not-there", separator=separator))
        found = Spelling(Style(separator=separator), "multi-label", message("kind-as-asked"))
    elif kind == "single-label" or survey.n_lists:
        found = Spelling()
    else:
        found = _of_words(source, survey, kind, words, names)
    style = Style(**{**found.style.__dict__, "skipped": skipped})
    return Spelling(style, found.kind, found.why, notes + found.notes)


def _skipped(
    survey: Survey, skip: str | None, names: Sequence[str] | None, pairs: bool
) -> frozenset[str]:
    """The labels that mean "no label": the user's word, else of pairs the "-" (or, of numbers
    from 0, the -1) that entailment sets write where annotators did not agree."""
    if skip is not None:
        return frozenset({skip})
    words = {k for k in survey.counts if isinstance(k, str)}
    mark = next((dash for dash in "-–—" if dash in words), "-1")
    if not pairs or mark not in words or mark in (names or ()):
        return frozenset()
    others = words - {mark}
    if mark == "-1" and not {"0", "1", "2"} <= others and names is None:
        return frozenset()
    several = names is not None or len(others) > 1
    return frozenset({mark}) if several and "+" not in others else frozenset()


def _undecided(words: dict[str, int]) -> tuple[Message, ...]:
    """What to say of labels that may mean "none", beside others."""
    unsure = [word for word in words if word.lower() in UNDECIDED]
    if len(unsure) != 1 or len(words) < 3:
        return ()
    option = typed("skip-label", unsure[0])
    return (message("may-mean-no-label", label=unsure[0], option=option),)


def _one_each(survey: Survey) -> bool:
    return not survey.overflowed and all(len(label) == 1 for label in survey.counts)


def _of_lists(
    source: DataFile, survey: Survey, kind: LabelKind | None, names: Sequence[str] | None, n: int
) -> Spelling:
    bracketed, width = survey.n_bracketed > 0, survey.width or 0
    alone = kind == "single-label"
    places = _places(names, width)
    if survey.n_places < n or width < 2 or places is None:
        _refuse_no_labels(source, survey)
        style = Style(bracketed=bracketed, alone=alone)
        notes: tuple[Message, ...] = ()
        if survey.n_repeats:
            notes = (message("label-listed-again", n=survey.n_repeats),)
        return Spelling(style, kind or "multi-label", message("labels-are-lists"), notes)
    return _by_place(None, places, kind, survey.n_one_hot == n, names is None)


def _places(names: Sequence[str] | None, width: int) -> tuple[str, ...] | None:
    """The labels of the places of a list; None where the training labels are others. A place
    without a 1 in the training file is not among its labels."""
    if names is None or all(name.isdigit() and int(name) < width for name in names):
        return tuple(str(place) for place in range(width))
    return tuple(names) if len(names) == width else None


def _by_place(
    separator: str | None,
    places: tuple[str, ...],
    kind: LabelKind | None,
    one_hot: bool,
    first: bool,
) -> Spelling:
    """Zeros and ones, each place a label. `first`: there are no training labels."""
    why = message("labels-are-bits", n=len(places))
    alone = kind == "single-label" or (kind is None and one_hot)
    notes = [message("places-are-labels", first=places[0], last=places[-1])]
    if alone and kind is None:
        notes.append(message("one-in-each-list"))
    return Spelling(
        Style(separator=separator, places=places, alone=alone),
        "single-label" if alone else "multi-label",
        why,
        tuple(notes) if first else (),
    )


def _bare_places(words: dict[str, int], names: Sequence[str] | None) -> tuple[str, int] | None:
    """The separator and number of zeros and ones that every label is made of: 0,1,0. A comma
    between two may be a decimal one."""
    for separator in (*SEPARATORS, " "):
        rows = [zeros_and_ones([part.strip() for part in w.split(separator)]) for w in words]
        widths = {0 if row is None else len(row) for row in rows}
        width = widths.pop() if len(widths) == 1 else 0
        if width > (2 if separator == "," else 1) and _places(names, width):
            return separator, width
    return None


def _refuse_no_labels(source: DataFile, survey: Survey) -> None:
    """Refuse lists of decimals, and of zeros and ones whose lengths differ."""
    numbers = [as_number(part) for part in survey.parts]
    if numbers and all(n is not None for n in numbers):
        if any(n is not None and not n.is_integer() for n in numbers):
            raise source.error(
                message("label-of-probabilities"),
                survey.first["list"],
                message("write-label-that-holds"),
            )
        if survey.n_repeats and {*survey.parts} <= {"0", "1"}:
            raise source.error(
                message("label-not-of-bits", width=survey.width or 0),
                survey.first.get("no place"),
                message("one-place-a-label"),
            )


def _of_words(
    source: DataFile,
    survey: Survey,
    kind: LabelKind | None,
    words: dict[str, int],
    names: Sequence[str] | None,
) -> Spelling:
    if (bare := _bare_places(words, names)) is not None:
        mark, width = bare
        one_hot = all(word.count("1") == 1 for word in words)
        places = _places(names, width) or ()
        return _by_place(mark, places, kind, one_hot, names is None)
    if kind == "multi-label" or names is not None:
        separator = _known_separator(words, names)
        if separator is None and kind is None:
            return Spelling()
        separator = separator or _commonest_separator(words)
        return Spelling(Style(separator=separator), "multi-label", message("kind-as-asked"))
    if are_comma_numbers(words):
        refuse_unless_ids(source, survey, words)
        return _joined(",", words)
    if (
        words
        and all(_SPACED_IDS.fullmatch(word) for word in words)
        and any(" " in w for w in words)
    ):
        return _joined(" ", words)
    if len(words) > 2 and len({*map(len, words)}) == 1 and all(_DIGITS.fullmatch(w) for w in words):
        return Spelling(notes=(message("digits-read-as-class", label=min(words)),))
    n = sum(words.values())
    for separator in SEPARATORS:
        rows = sum(count for word, count in words.items() if separator in word)
        if rows and rows >= SEPARATOR_SHARE * n:
            n_parts = len(_parts(words, separator))
            if n_parts <= len(words):
                return _joined(separator, words)
            if n_parts < sum(len(_parts([word], separator)) for word in words):
                return Spelling(notes=(_whole(separator),))
    for separator in LOOSE:
        rows = sum(count for word, count in words.items() if separator in word)
        if rows >= max(1, SEPARATOR_SHARE * n) and len(_parts(words, separator)) <= len(words):
            return Spelling(notes=(_whole(separator),))
    return Spelling()


def _parts(words: Sequence[str] | dict[str, int], separator: str) -> set[str]:
    style = Style(separator=separator)
    return {part for word in words for part in parts_of(style.read(word) or ())}


def _joined(separator: str, words: dict[str, int]) -> Spelling:
    n, rows = sum(words.values()), sum(n for word, n in words.items() if separator in word)
    return Spelling(
        Style(separator=separator),
        "multi-label",
        message("rows-join-labels", rows=rows, n=n, separator=separator),
        (message("labels-taken-apart", separator=separator),),
    )


def _whole(separator: str) -> Message:
    option = typed("label-separator", separator)
    return message("separator-in-name", separator=separator, option=option)


def _known_separator(words: dict[str, int], names: Sequence[str] | None) -> str | None:
    """The separator under which every label is a known one; none where all are, whole."""
    known = set(names or ())
    if not known or known.issuperset(words):
        return None
    fits = (s for s in (*SEPARATORS, " ") if known.issuperset(_parts(words, s)))
    return next(fits, None)


def _commonest_separator(words: dict[str, int]) -> str:
    rows = {s: sum(n for word, n in words.items() if s in word) for s in SEPARATORS}
    return max(SEPARATORS, key=lambda separator: rows[separator])
