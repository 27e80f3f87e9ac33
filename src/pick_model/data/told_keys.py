"""The keys of a profile that labelled rows, or files in folders, tell; each with how surely."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import ceil
from pathlib import Path

from pick_model.data.advice import IMBALANCE
from pick_model.data.dataset import Dataset
from pick_model.data.entities import entity_type, has_entities
from pick_model.data.guess import guess
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.language import languages_of
from pick_model.data.lengths import spread
from pick_model.data.media import TRAINING, MediaSet
from pick_model.data.scripts import is_unspaced, script_shares
from pick_model.documents.init_report import Guess, Sureness
from pick_model.vocabulary.metrics import computed_for
from pick_model.words.message import Message
from pick_model.words.say import message

# Residues (IUPAC one-letter codes, unknown and stop included) or bases, and nothing else.
SEQUENCE = re.compile(r"[ACDEFGHIKLMNPQRSTVWYXBZUO*]{20,}|[ACGTUN]{20,}")
# Tokens a character, rounded up: MiniLM's pieces are .22 to .26 of the characters of the edited
# English sets of the tests and to .35 of their chats; unspaced scripts have one a character.
TOKENS_A_CHARACTER = 0.25
STEP, MOST_TOKENS = 32, 512
SPECIAL = 3  # what a tokenizer puts around a pair
USUAL_PIXELS = 224  # what networks pretrained on ImageNet read


def name_of(path: Path) -> Guess:
    """A data set goes by its file, or by the folder of a train.csv."""
    stem = path.name.split(".")[0]
    plain = path.resolve().parent.name if stem.lower() in TRAINING else stem
    return _named(plain or stem)


def _named(name: str) -> Guess:
    """A name of a file, which need not be UTF-8, as one that a profile can hold."""
    whole = name.encode("utf-8", "replace").decode("utf-8")
    return guess("name", whole, "likely", message("init-name"))


def of_rows(path: Path, rows: Dataset) -> Iterator[Guess]:
    """Of labelled texts."""
    why = message("in-words", words=rows.reading.kind_reason if rows.reading else "")
    yield name_of(path)
    sequences = _are_sequences(rows.texts)
    yield _task(rows, why, sequences)
    if not sequences:
        yield languages((*rows.texts, *(rows.pairs or ())))
    if rows.kind != "tokens" and not sequences:
        numbers = all(re.fullmatch(r"[-+]?\d+", name) for name in rows.label_names)
        open_ = rows.kind == "single-label" and numbers and len(rows.label_names) > 2
        doubt = message("init-numbers") if open_ else why
        yield guess("label_kind", rows.kind, "unsure" if open_ else "sure", doubt)
    if rows.pairs is not None:
        columns = rows.reading.columns if rows.reading else None
        named = (columns.text, columns.text_pair or "") if columns else ("", "")
        yield guess("pairs", True, "sure", message("init-pairs", columns=named))
    labels = _labels(rows)
    if labels is not None:
        yield labels
    yield guess("n_rows", rows.n_total, "sure", message("init-rows", source=rows.source))
    pairs = rows.pairs or ("",) * len(rows.texts)
    yield input_tokens([one + two for one, two in zip(rows.texts, pairs, strict=True)])
    metric = _metric(rows)
    if metric is not None and not sequences:
        yield metric


def _are_sequences(texts: Sequence[str]) -> bool:
    some = texts[:: max(1, len(texts) // 200)]
    matching = sum(SEQUENCE.fullmatch(text.strip()) is not None for text in some)
    return matching > 0.95 * len(some)


def _task(rows: Dataset, why: Message, sequences: bool) -> Guess:
    if sequences:
        return guess("task", "biosequence-classification", "likely", message("init-sequences"))
    if rows.kind == "tokens":
        return guess("task", "token-classification", "sure", why)
    if rows.kind == "regression" and rows.pairs is not None:
        why = message("init-similarity")
        return guess("task", "text-classification", "unsure", why)
    return guess("task", "text-classification", "sure", why)


def languages(texts: Sequence[str]) -> Guess:
    found = languages_of(texts)
    if not found.codes:
        return guess("languages", None, "unsure", message("init-no-language"))
    sureness: Sureness = "sure" if found.sure and len(found.codes) == 1 else "unsure"
    if sureness == "unsure" and found.sure:
        sureness = "likely"
    why = message("init-languages", share=found.share, n=found.n_pieces)
    return guess("languages", found.codes, sureness, why)


def _labels(rows: Dataset) -> Guess | None:
    """How many classes, or kinds of spans; a profile takes no number of them below two."""
    if not LABEL_KINDS[rows.kind].named:
        return None
    names = list(rows.label_names)
    if rows.kind == "tokens" and has_entities(names):
        kinds = {entity_type(name) for name in names} - {None}
        why = message("init-spans", n=len(kinds), n_tags=len(names))
        return guess("n_labels", len(kinds) if len(kinds) > 1 else None, "sure", why)
    counted = message("init-labels", n=len(names))
    return guess("n_labels", len(names) if len(names) > 1 else None, "sure", counted)


def input_tokens(texts: Sequence[str]) -> Guess:
    lengths = spread(map(len, texts))
    unspaced = is_unspaced(script_shares(texts))
    wanted = lengths.p95 * (1.0 if unspaced else TOKENS_A_CHARACTER) + SPECIAL
    tokens = min(max(STEP, STEP * ceil(wanted / STEP)), MOST_TOKENS)
    if wanted > MOST_TOKENS:
        why = message("init-tokens-cut", characters=lengths.p95)
        return guess("input_tokens", tokens, "unsure", why)
    return guess("input_tokens", tokens, "likely", message("init-tokens", characters=lengths.p95))


def _metric(rows: Dataset) -> Guess | None:
    """The usual metric; one that counts classes alike where they are uneven."""
    kind = LABEL_KINDS[rows.kind].scored_as(rows.label_names)
    usual = computed_for(kind)[0]
    counts = [n for n in LABEL_KINDS[rows.kind].counts(rows.labels, rows.label_names).values() if n]
    if rows.kind == "single-label" and max(counts) >= IMBALANCE * min(counts):
        times = max(counts) / min(counts)
        return guess("metric", "macro_f1", "likely", message("init-uneven", times=times))
    return guess("metric", usual, "likely", message("init-usual", kind=kind))


def of_media(path: Path, media: MediaSet, *, table: bool = False) -> Iterator[Guess]:
    """Of a folder of classes, or of a table that names files."""
    name = _named(path.resolve().name)
    yield name_of(path) if table else name
    why = message("init-folders", n=len(media.counts), kind=media.kind, n_others=media.n_others)
    if table:
        why = message("init-table", kind=media.kind, n_others=media.n_others)
    clean = media.n_others <= 0.01 * sum(media.counts.values())
    yield guess("task", f"{media.kind}-classification", "sure" if clean else "likely", why)
    alone = message("init-one-label" if table else "init-one-folder")
    yield guess("label_kind", "single-label", "sure", alone)
    yield guess("n_labels", len(media.counts), "sure", message("init-labels", n=len(media.counts)))
    rows = sum(media.counts.values())
    counted = message("init-files", folder=media.folder.name)
    if table:
        counted = message("init-rows", source=path.name)
    yield guess("n_rows", rows, "sure", counted)
    if media.kind == "image":
        small = message(
            "init-pixels", side=media.size or 0.0, n=media.n_measured, usual=USUAL_PIXELS
        )
        if media.size is None:
            small = message("init-pixels-unknown", usual=USUAL_PIXELS)
        yield guess("input_pixels", USUAL_PIXELS, "likely", small)
    elif media.size is None:
        yield guess("input_seconds", None, "unsure", message("init-seconds-unknown"))
    else:
        long = message("init-seconds", n=media.n_measured)
        yield guess("input_seconds", round(media.size, 2) or 0.01, "sure", long)
    counts = media.counts.values()
    if max(counts) >= IMBALANCE * min(counts):
        times = max(counts) / min(counts)
        yield guess("metric", "macro_f1", "likely", message("init-uneven", times=times))
    else:
        yield guess("metric", "accuracy", "likely", message("init-usual", kind="single-label"))
