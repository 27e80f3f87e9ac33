"""What a person sees."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from pick_model.documents.probe import Extrapolated
from pick_model.render.layout import Page
from pick_model.render.probe import HEIGHT, NAMES, chart, number
from pick_model.render.probe import report as draw
from pick_model.vocabulary.baselines import BASELINES, DECIDING
from tests.measure.reports import baseline, report, result


def drawn(width: int = 100, **changes: object) -> str:
    page = Page(width, colour=False)
    draw(report(**changes), page)
    return page.text()


@pytest.mark.parametrize("width", [60, 80, 160])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert all(cell_len(line) <= width for line in drawn(width).splitlines())


def test_verdict_reason_scores_and_costs_are_there() -> None:
    text = drawn()
    for word in ("transfers", "TF-IDF", "majority", ".900", ".800", "+0.100", "375 steps"):
        assert word in text


@pytest.mark.parametrize(("gap", "said"), [(-0.025, True), (0.02, False)])
def test_frozen_features_that_do_as_well_are_told_with_the_verdict(gap: float, said: bool) -> None:
    lines = {"majority": baseline(0.5, 0.4), "frozen": baseline(0.9 - gap, gap, decides=False)}
    assert ("do as well" in drawn(160, baselines={**result().baselines, **lines})) == said


def test_what_it_would_take_is_said() -> None:
    text = drawn(verdict="inconclusive", needs=("90 more steps",), flattened=False)
    assert "it would take: 90 more steps" in text
    assert "has not flattened at 31 steps" in text


def test_the_chart_shows_every_point_and_the_line_to_beat() -> None:
    lines = chart(result(), 80)
    field = "\n".join(lines[:-1])
    assert field.count("o") == 3
    assert field.count("*") == 1
    assert "╌╌╌╌╌" in field
    assert "1k" in lines[-1]


def test_what_was_measured_in_one_place_is_no_curve() -> None:
    """As where the probe is the full fine-tune: there is no second place to draw it at."""
    one = result().curve[-1]
    direct = result(
        curve=(one,),
        direct=True,
        extrapolated=Extrapolated(
            score=one.score, interval=one.interval, rows=one.rows, passes=one.passes, models={}
        ),
    )
    assert chart(direct, 80) == []
    page = Page(80, colour=False)
    draw(report().model_copy(update={"results": (direct,)}), page)
    assert "rows × passes;" in drawn()
    assert "rows × passes;" not in page.text()


def test_the_verdict_is_the_first_line() -> None:
    first = drawn().splitlines()[0]
    assert first.endswith(": transfers")


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0, -0.2, 12.5])
def test_a_flat_curve_is_one_row_above_or_below_the_line_to_beat(score: float) -> None:
    flat = result(
        curve=tuple(
            p.model_copy(update={"score": score, "interval": (score, score)})
            for p in result().curve
        ),
        extrapolated=Extrapolated(
            score=score, interval=(score, score), rows=1000, passes=1.0, models={}
        ),
    )
    lines = chart(flat, 80)
    assert max(map(len, lines)) <= 80
    field = [line[7:] for line in lines[:-1]]
    (row,) = [at for at, cells in enumerate(field) if set("o*") & set(cells)]
    (beat,) = [at for at, cells in enumerate(field) if "╌╌╌╌╌" in cells]
    assert (field[row].count("o"), field[row].count("*")) == (3, 1)
    tfidf = flat.baselines["tfidf"].score
    assert (row, beat) == ((0, HEIGHT - 1) if score > tfidf else (HEIGHT - 1, 0))
    assert lines[row][:6].strip() == number(score)
    assert lines[beat][:6].strip() == number(tfidf)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.861, ".861"), (-0.012, "-.012"), (1.0, "1.000"), (0.0, ".000"), (-0.0496, "-.050")],
)
def test_scores_have_three_places(value: float, text: str) -> None:
    assert number(value) == text


def test_a_policy_may_name_every_baseline_of_a_report_and_no_other() -> None:
    assert set(NAMES) == set(BASELINES)
    assert set(result().baselines) <= set(DECIDING) | {"frozen"} < set(BASELINES)


def test_the_chart_is_straight_beside_long_numbers() -> None:
    one = result()
    wide = one.model_copy(
        update={
            "curve": tuple(
                p.model_copy(update={"score": 5e4 * p.score, "interval": (3e4, 62097.9)})
                for p in one.curve
            ),
            "extrapolated": one.extrapolated.model_copy(
                update={"score": 4e4, "interval": (23429.5, 6e4)}
            ),
            "metric": "rmse",
        }
    )
    lines = chart(wide, 80)
    assert max(map(len, lines)) <= 80
    begins = {line.index("│") for line in lines if line.lstrip()[:1] == "│"}
    assert lines[0].startswith("62097.900 ")
    assert all(begin > len("62097.900") for begin in begins)
    to_beat = next(line for line in lines if "╌" in line)
    assert to_beat.index("╌") == len("62097.900 ")
