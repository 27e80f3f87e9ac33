"""The shipped fit as a ranking reads it."""

from __future__ import annotations

from collections import Counter

from pick_model.belief.load import load_fit
from pick_model.belief.similarity import BenchmarkKind
from pick_model.catalog.catalog import Catalog


def test_a_number_of_a_benchmark_stands_for_what_the_catalog_says_it_is_about(
    catalog: Catalog,
) -> None:
    fit = load_fit()
    numbered = fit.numbering().benchmarks
    assert set(fit.benchmark_ids) == set(catalog.benchmarks)
    for name, kind in zip(fit.benchmark_ids, numbered, strict=True):
        one = catalog.benchmarks[name]
        assert kind == BenchmarkKind(one.task, one.modality, one.domain, one.languages)


def test_levels_are_read_by_metric_and_of_a_metric_nobody_used_there_are_none(
    catalog: Catalog,
) -> None:
    fit = load_fit()
    found = [place for metric in fit.places_by_metric for place in fit.places(metric)]
    assert {place.benchmark for place in found} <= set(catalog.benchmarks)
    counted = Counter(place.metric for place in found)
    assert counted["accuracy"] == len(fit.places("accuracy")) > 1
    assert fit.places("nobody-used-it") == []
