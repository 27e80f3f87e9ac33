"""What is told of a screen where the belief's first is not the first by the rows."""

from __future__ import annotations

from pick_model.documents.base import Figure
from pick_model.documents.screen import (
    BaselineGain,
    Layer,
    LayerScore,
    Measures,
    ScreenBaseline,
    ScreenData,
    ScreenReport,
    ScreenResult,
)
from pick_model.render import screen
from pick_model.render.html.page import written
from pick_model.render.html.screen import screen as page
from pick_model.render.layout import Page

GAIN = BaselineGain(over="tfidf", difference=Figure(value=-0.02, low=-0.05, high=0.01))


def read(model: str, rank: int, data_rank: int, lead: bool, prior: int | None) -> ScreenResult:
    return ScreenResult(
        rank=rank, model=model, revision=None, weights_digest="0" * 64, score=0.9 - 0.1 * data_rank,
        interval=(0.5, 0.95), standard_error=0.05, prior_rank=prior, data_rank=data_rank,
        may_lead=lead, measures=Measures(logme=0.1, h_score=0.2, ridge=0.3, knn=0.4),
        best_layer=Layer(layer=1, of=2, pooling="mean"),
        layers=(LayerScore(layer=1, pooling="mean", ridge=0.3),),
        rows=60, truncated=0.0, n_parameters=10, seconds=1.0, cached=False,
        p_best=0.5 if prior else None, gain=GAIN,
    )  # fmt: skip


def report(*results: ScreenResult) -> ScreenReport:
    data = ScreenData(
        source="x.csv", digest="0" * 64, kind="single-label", pairs=False, n_labels=2,
        rows_in_file=120, rows=120, stages=(60, 120),
    )  # fmt: skip
    return ScreenReport(
        made_on="2026-01-01",
        metric="accuracy",
        data=data,
        settings={},
        environment=None,
        results=results,
        baselines={
            "majority": ScreenBaseline(
                score=0.5, interval=(0.4, 0.6), standard_error=0.06, rows=120
            )
        },
    )


PRIOR = report(
    read("strong", 1, 3, False, 1), read("fits", 2, 1, True, 3), read("near", 3, 2, True, 2)
)
ROWS = report(
    read("fits", 1, 1, True, None), read("near", 2, 2, True, None), read("twin", 3, 2, True, None)
)


def drawn(one: ScreenReport) -> str:
    page = Page(120, colour=False)
    screen.report(one, page)
    return page.text()


def cells(text: str, model: str, by: str | None = None) -> list[str]:
    """Of a model's row in the table."""
    lines = [[cell.strip() for cell in line.strip(by).split(by)] for line in text.splitlines()]
    return next(line for line in lines if line[1:2] == [model] and line[0] != "first")


def test_level_is_told_of_the_rank_by_the_rows() -> None:
    text = drawn(PRIOR)
    assert cells(text, "strong")[:4] == ["1", "strong", "1", "3"]
    assert cells(text, "fits")[:4] == ["2", "fits", "3", "1"]
    assert cells(text, "near")[:4] == ["3", "near", "2", "=2"]
    assert "'=': these rows do not tell it from their first" in text
    told = cells(screen.as_markdown(PRIOR), "near", "|")
    assert told[:5] == ["3", "near", "2", "=2", ".50"]


def test_without_a_belief_models_of_which_the_rows_say_the_same_share_the_rank() -> None:
    text = drawn(ROWS)
    assert [cells(text, name)[0] for name in ("fits", "near", "twin")] == ["1", "=2", "=2"]
    assert "60 of 120 rows" in text  # as many as were read of any


def test_a_page_says_who_is_first_by_what() -> None:
    text = written(page(PRIOR, None, "screen"))
    assert "first by the catalog and these rows:" in text
    assert "By these rows alone fits comes first." in text
    assert "do not tell it apart" not in text
    text = written(page(ROWS, None, "screen"))
    assert "the features that fit best:" in text
    assert "These rows do not tell it apart from near, twin." in text


def test_the_legend_says_by_what_models_stand_where_there_are_several() -> None:
    assert "the highest LogME" in drawn(ROWS)
    alone = ROWS.model_copy(update={"results": ROWS.results[:1]})
    assert "the highest LogME" not in drawn(alone)


def test_the_page_has_the_chance_where_a_belief_gave_one() -> None:
    believed, alone = (written(page(one, None, "screen")) for one in (PRIOR, ROWS))
    for told in (">P(best)<", ">.50<", ">by catalog<"):
        assert told in believed
        assert told not in alone
