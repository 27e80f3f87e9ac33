"""A screen as observations of catalog entries."""

from __future__ import annotations

from pick_model.catalog.catalog import Catalog
from pick_model.documents.screen import Layer, Measures, ScreenLine
from pick_model.interval import Interval
from pick_model.measure.screen.observe import observed


def line(model: str, score: float) -> ScreenLine:
    return ScreenLine(
        made_on="2026-11-28",
        model=model,
        revision=None,
        weights_digest="a" * 64,
        data_digest="b" * 64,
        data_source="rows.csv",
        kind="single-label",
        metric="accuracy",
        score=score,
        interval=(score - 0.02, score + 0.02),
        standard_error=0.012,
        rows=500,
        measures=Measures(logme=-0.2, h_score=0.5, ridge=0.4, knn=score),
        best_layer=Layer(layer=6, of=12, pooling="mean"),
        versions={},
    )


def test_the_latest_of_each_entry_is_observed_and_others_are_named(catalog: Catalog) -> None:
    lines = [
        line("roberta-base", 0.7),
        line("FacebookAI/roberta-base@main", 0.8),
        line("/a/folder", 0.9),
        line("bert-base-uncased", 0.75),
    ]
    found = observed(lines, catalog)
    assert [(one.entry, one.score, one.rows) for one in found.results] == [
        ("roberta-base", Interval(0.8, 0.8 - 0.02, 0.8 + 0.02), 500),
        ("bert-base-uncased", Interval(0.75, 0.75 - 0.02, 0.75 + 0.02), 500),
    ]
    assert found.results[0].measures == {"logme": -0.2, "h_score": 0.5}
    assert found.unknown == ("/a/folder",)
