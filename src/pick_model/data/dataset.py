"""A user's labelled data in memory: a sample of the file, frozen, with its row numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pick_model.words.message import Message

LabelKind = Literal["single-label", "multi-label", "regression", "tokens"]
Modality = Literal["text", "image", "audio"]


@dataclass(frozen=True)
class MediaFile:
    """One file that is a row."""

    path: Path
    digest: str  # sha256 of its bytes: what tells files apart, wherever they lie
    size: float  # of an image the shorter side in pixels, of a sound its seconds


@dataclass(frozen=True)
class Columns:
    """Which column of the file plays which part; None where the file has no such part."""

    text: str  # the tokens, for kind "tokens"
    label: str
    text_pair: str | None = None
    group: str | None = None
    guessed: tuple[str, ...] = ()  # the parts nobody named, such as ("text", "label")
    sentence: str | None = None  # rows are tokens, and those that share it are one sentence
    indicators: tuple[str, ...] = ()  # columns of 0 and 1, one a label; `label` joins them by ","


@dataclass(frozen=True)
class Reading:
    """How a file was understood, so that a caller can say it."""

    format: str  # "csv", "tsv", "jsonl", "parquet", "conll" or "conllu"
    columns: Columns
    kind_reason: Message  # why the labels were taken for this kind
    notes: tuple[Message, ...] = ()  # what was left out or assumed


@dataclass(frozen=True)
class Dataset:
    """Labelled rows of one file.

    Exactly one of `labels`' readings holds, told by `kind`:
    single-label: one index into `label_names` a row; multi-label: a sorted tuple of
    indices; regression: a float; tokens: one index a token.
    """

    kind: LabelKind
    texts: tuple[str, ...]  # first text of each row; the joined tokens for kind "tokens"
    pairs: tuple[str, ...] | None  # second text of each row, when rows are pairs
    tokens: tuple[tuple[str, ...], ...] | None  # words of each row, for kind "tokens"
    labels: tuple[object, ...]
    label_names: tuple[str, ...]  # () for regression; sorted, so that indices are stable
    groups: tuple[str, ...] | None  # rows of one group stay on one side of a split
    rows: tuple[int, ...]  # row numbers in the file, header = row 1 (as an editor counts):
    # the line a record begins on; in Parquet, which has no lines, the first row is 1
    n_total: int  # rows in the whole file, of which this is a sample
    digest: str  # sha256 of the whole file's bytes, as stored
    source: str  # the file's name, without its folder
    reading: Reading | None = None  # None when the rows come from no file
    media: tuple[MediaFile, ...] | None = None  # of images and sounds; `texts` name the files
    modality: Modality = "text"

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def label(self) -> str | None:
        """The column that labels come from; None of classes that are folders."""
        return (
            None if self.reading is None or self.media is not None else self.reading.columns.label
        )

    @property
    def contents(self) -> tuple[str, ...]:
        """What tells rows apart: first texts, or the digests of files."""
        if self.media is None:
            return self.texts
        return tuple(file.digest for file in self.media)

    def take(self, indices: Sequence[int]) -> Dataset:
        """The rows at these positions, in this order."""
        return replace(
            self,
            texts=tuple(self.texts[i] for i in indices),
            pairs=None if self.pairs is None else tuple(self.pairs[i] for i in indices),
            tokens=None if self.tokens is None else tuple(self.tokens[i] for i in indices),
            labels=tuple(self.labels[i] for i in indices),
            groups=None if self.groups is None else tuple(self.groups[i] for i in indices),
            rows=tuple(self.rows[i] for i in indices),
            media=None if self.media is None else tuple(self.media[i] for i in indices),
        )
