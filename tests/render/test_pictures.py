"""Pictures in a terminal: whole at any width, in ASCII too, and where each figure lies is right."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from pick_model.record import replace
from pick_model.render.layout import Page
from pick_model.render.pictures import Strip, strips
from pick_model.words.say import message
from tests.cli.conftest import TICKETS, Run

ROWS = [
    Strip("first", (0.5, 0.0, 1.0), ".50"),
    Strip("second", (0.75, 0.5, 1.0), ".25 → .75", (0.25, 0.0, 0.5)),
    Strip("a model whose name is far too long for its column, in 日本語", (1.0, 1.0, 1.0), "1.0"),
]


def drawn(width: int, encoding: str = "utf-8", rows: list[Strip] = ROWS) -> list[str]:
    page = Page(width, False, encoding)
    signs = "●○" if page.unicode else "Oo"
    caption = message("picture-moved", what="macro f1", dot=signs[0], before=signs[1])
    strips(rows, page, caption)
    return page.text().splitlines()


@pytest.mark.parametrize("width", [40, 57, 80, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_picture_fits_its_width_and_has_only_what_the_terminal_can_show(
    width: int, encoding: str
) -> None:
    rows = ROWS if encoding == "utf-8" else [replace(row, label=row.label[:50]) for row in ROWS]
    lines = drawn(width, encoding, rows)
    assert len(lines) > 4
    assert all(cell_len(line) <= width for line in lines)
    if encoding == "ascii":
        assert "\n".join(lines).isascii()


def test_dots_and_ends_stand_where_their_figures_are() -> None:
    first, second, _, axis, *_ = drawn(80)
    begin, end = axis.index("│"), axis.rindex("│")
    half = (begin + end) / 2
    assert (first.index("┃"), first.rindex("┃")) == (begin, end)
    assert first.index("●") == pytest.approx(half, abs=1)
    assert second.index("○") == pytest.approx(begin + (end - begin) / 4, abs=1)
    assert second.index("┃") == pytest.approx(half, abs=1)
    assert axis[begin : begin + 4] == "│.00"
    assert axis[end - 3 : end + 1] == "1.0│"


def test_equal_figures_are_drawn_and_nothing_is_where_there_is_nothing() -> None:
    assert "●" in drawn(80, rows=[Strip("one", (0.5, 0.5, 0.5), ".5")])[0]
    assert drawn(80, rows=[]) == []


def test_reports_have_their_pictures(run: Run) -> None:
    compared = run("compare", TICKETS, "roberta-base", "neobert").out
    assert "● expected macro f1 with its 90 % interval" in compared
    assert "● value of each criterion" in run("explain", TICKETS, "roberta-base").out
    ranked = run("recommend", TICKETS, "--explain").out
    assert ranked.count("━●━") == 10
    assert all(cell_len(line) <= 80 for line in ranked.splitlines())
