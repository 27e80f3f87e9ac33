"""What is known of a model before any score: the facts the prior is a regression on."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from pick_model.documents.catalog import Benchmark, Entry

# How amounts of pretraining data compare inside a modality. A word is about 1.33 tokens (BERT's
# 3.3e9 words are about 4.4e9 word pieces), a token about 4.4 bytes (RoBERTa's 160 GB are about
# 36e9), a training pair of a sentence encoder, cut to 64 to 512 tokens and mostly a question or
# a title, some 64 tokens, a single text (a post, a sentence) half of that, one of AudioSet's
# clips ten seconds of an hour. Only logarithms of them are read, where a factor of two is little.
DATA_UNITS = {
    "tokens": 1.0,
    "words": 1.33,
    "bytes": 1 / 4.4,
    "texts": 32.0,
    "text-pairs": 64.0,
    "images": 1.0,
    "image-text-pairs": 1.0,
    "hours": 1.0,
    "clips": 10 / 3600,
    "interactions": 1.0,
}
TYPICAL_PASSES = 6.0  # over a corpus of which only the size is told; √40, see criteria

FACTS = ("log10_parameters", "year", "log10_data", "log10_languages", "log10_pixels", "distilled")
# Which of them every model has, known or not; the others do not apply to some.
ALWAYS = (True, True, True, False, False, False)
# What a model and a benchmark have in common.
MATCHES = ("home_domain", "away_domain", "foreign_language")

Facts = tuple["float | None", ...]


def facts_of(entry: Entry) -> Facts:
    """The values of `FACTS`; None for what is unknown or does not apply."""
    n_languages = len(entry.languages or ()) if entry.modality == "text" else 0
    objective = entry.pretraining.objective
    return (
        backbone_size(entry),
        release_year(entry),
        data_seen(entry),
        log10(n_languages) if n_languages else None,
        log10(entry.image_size) if entry.image_size else None,
        None if objective is None else float("distill" in objective),
    )


def matches_of(
    entry: Entry, languages: Sequence[str], domain: str | None
) -> tuple[float, float, float]:
    """The values of `MATCHES` for a benchmark, or a task, of these languages and domain.

    A model of one domain is at home there and away everywhere else, in general text too.
    """
    at_home = domain is not None and domain in entry.domains
    away = bool(entry.domains) and not at_home
    known = entry.languages
    foreign = bool(languages) and bool(known) and not set(languages) & set(known or ())
    return float(at_home), float(away), float(foreign)


def matches_of_benchmark(entry: Entry, benchmark: Benchmark) -> tuple[float, float, float]:
    """The values of `MATCHES` for one benchmark."""
    return matches_of(entry, benchmark.languages, benchmark.domain)


def backbone_size(entry: Entry) -> float | None:
    """log10 of the parameters an input passes through, outside the token embeddings.

    A layer that is used n times counts n times, an expert that is not used not at all. Of
    word vectors, which are all embeddings, one layer of their width. None if unknown.
    """
    if entry.kind == "text-cnn" and entry.n_embedding_parameters is None:
        return 2 * log10(entry.embed_dim) if entry.embed_dim else None
    n = entry.n_active_parameters or entry.n_parameters
    if n is None:
        return None
    backbone = max(n - (entry.n_embedding_parameters or 0), 1)
    shape = entry.shape
    if shape.n_layers and shape.n_unique_layers:
        backbone = backbone * shape.n_layers // shape.n_unique_layers
    return log10(backbone)


def release_year(entry: Entry) -> float | None:
    """Year with its fraction; None if unknown."""
    date = entry.release_date
    if date is None:
        return None
    month = int(date[5:7]) if len(date) > 4 else 7
    return int(date[:4]) + (month - 1) / 12


def data_seen(entry: Entry) -> float | None:
    """log10 of the data seen in the last stage of pretraining, in its modality's unit."""
    told = entry.pretraining
    if told.data_seen and told.data_seen_unit:
        return log10(told.data_seen * DATA_UNITS[told.data_seen_unit])
    if told.data_size and told.data_unit:
        return log10(told.data_size * DATA_UNITS[told.data_unit] * TYPICAL_PASSES)
    return None
