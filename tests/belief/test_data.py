"""How much data a model has seen: units, passes, and what its base models saw."""

from __future__ import annotations

from math import log10, sqrt
from typing import get_args

import pytest

from pick_model.belief.facts import FACTS, facts_of
from pick_model.belief.pretraining_data import MOST_PASSES, data_seen
from pick_model.documents.catalog import Pretraining, lineage
from pick_model.vocabulary.data_units import UNITS, DataUnit, quantities

from .small import entry

BASE = entry("base", pretraining=Pretraining(data_seen=1e11, data_seen_unit="tokens"))


def test_every_unit_of_the_catalog_has_a_worth() -> None:
    assert set(UNITS) == set(get_args(DataUnit))


def test_a_modality_counts_its_data_in_quantities_of_its_own() -> None:
    assert quantities("text") == ("tokens",)
    assert quantities("audio") == ("tokens", "hours")
    assert quantities("tabular") == ()


def test_words_and_pairs_count_as_the_tokens_they_are_about() -> None:
    words = entry("w", pretraining=Pretraining(data_seen=3e9, data_seen_unit="words"))
    assert data_seen((words,)) == ("tokens", (3e9 * 1.33,) * 3)


def test_of_a_corpus_s_size_the_passes_are_unknown() -> None:
    sized = entry("s", pretraining=Pretraining(data_size=1e9, data_unit="tokens"))
    told = data_seen((sized,))
    assert told is not None
    assert told[1] == pytest.approx((1e9 * sqrt(MOST_PASSES), 1e9, 1e9 * MOST_PASSES))


def test_a_tuned_model_keeps_what_its_base_has_seen() -> None:
    tuned = entry(
        "t",
        pretraining=Pretraining(data_seen=1e6, data_seen_unit="text-pairs"),
        base_model="base",
    )
    line = lineage(tuned, {"t": tuned, "base": BASE})
    assert data_seen(line) == ("tokens", (1e11 + 64e6,) * 3)
    assert facts_of(line)[FACTS.index("log10_data")] == pytest.approx(log10(1e11 + 64e6))


def test_data_of_another_kind_is_left_out() -> None:
    seeing = entry(
        "v", pretraining=Pretraining(data_seen=1e8, data_seen_unit="images"), base_model="base"
    )
    assert data_seen((seeing, BASE)) == ("images", (1e8,) * 3)


def test_tokens_of_a_base_are_no_interactions_of_a_recommender() -> None:
    reader = entry("reader", modality="items", base_model="base")
    known = {"base": BASE, "reader": reader}
    at = FACTS.index("log10_data")
    assert facts_of(lineage(reader, known))[at] is None
    seen = Pretraining(data_seen=1e7, data_seen_unit="interactions")
    own = entry("own", modality="items", base_model="base", pretraining=seen)
    assert facts_of(lineage(own, {**known, "own": own}))[at] == pytest.approx(7)


def test_where_no_stage_is_known_nothing_is() -> None:
    unknown = entry("a", pretraining=Pretraining())
    assert data_seen((unknown, unknown)) is None
    assert data_seen((unknown, BASE)) == data_seen((BASE,))


def test_a_lineage_ends_where_the_catalog_does_and_does_not_run_round() -> None:
    round_a, round_b = entry("a", base_model="b"), entry("b", base_model="a")
    entries = {"a": round_a, "b": round_b}
    assert len(lineage(round_a, entries)) == 10
    assert lineage(entry("c", base_model="nobody"), entries) == (entry("c", base_model="nobody"),)
