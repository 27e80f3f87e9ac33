"""What a data profile says: the record that `profile` fills in and `data_warnings` reads."""

from __future__ import annotations

from pick_model.data.dataset import LabelKind
from pick_model.data.lengths import Spread
from pick_model.data.noise import LabelNoise
from pick_model.documents.base import SCHEMA_VERSION, Count, Fraction
from pick_model.documents.checked import Document
from pick_model.words.message import Message


class ClassCount(Document):
    """Rows that carry one label; for kind "tokens", entities (or tokens, of plain tags)."""

    name: str
    count: Count
    heldout: Count | None = None  # the same in the held-out rows; None when there are none


class RowList(Document):
    """Some rows of the file."""

    count: Count = 0
    rows: tuple[int, ...] = ()  # the first 20 row numbers


class NumberRange(Document):
    """A regression target."""

    mean: float
    sd: float
    minimum: float
    maximum: float
    middle: float  # the median
    far_off: RowList  # rows whose number lies far from it beside how far most do


class DataProfile(Document):
    """A data set in figures. Rows are those read, a sample where the file is large."""

    schema_version: int = SCHEMA_VERSION
    source: str  # the file's name
    digest: str  # sha256 of the file
    kind: LabelKind
    n_rows: Count
    n_total: Count  # rows in the file
    n_heldout: Count | None = None
    classes: tuple[ClassCount, ...] = ()  # most frequent first; () for regression
    imbalance: float | None = None  # largest class by smallest, at least 1
    target: NumberRange | None = None  # regression only
    sorted_by_class: bool = False
    characters: Spread
    words: Spread
    scripts: dict[str, Fraction]  # share of the letters, largest first
    languages: tuple[str, ...]  # ISO 639-1, only those a script gives away
    empty: RowList  # rows without text
    duplicates: RowList  # rows whose exact text an earlier row has
    near_duplicates: RowList  # the same without regard to case and spacing, exact ones included
    conflicts: RowList  # rows whose (normalised) text occurs with another label too
    overlap: RowList  # held-out rows whose (normalised) text is also in training
    exact_overlap: RowList  # of these, the ones equal to the letter
    bad_tags: RowList  # sentences in which an inside tag follows no beginning
    noise: LabelNoise
    warnings: tuple[str, ...]  # sentences for people, the gravest first
    warning_messages: tuple[Message, ...] = ()  # of the warnings, in their order
