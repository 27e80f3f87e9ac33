"""Numbers as people read them; text made safe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pick_model.render.layout import Column, Page
from pick_model.render.probe import baseline_name
from pick_model.render.words import cell, count, duration, gib, markdown, plain, share


@pytest.mark.parametrize(
    ("hours", "text"),
    [(None, "?"), (1 / 3600, "1 s"), (40 / 3600, "40 s"), (99 / 3600, "99 s"),
     (100 / 3600, "1.7 min"), (0.2, "12 min"), (1.5, "90 min"), (1.7, "1.7 h"),
     (26, "26 h"), (100, "4 d")],
)  # fmt: skip
def test_durations_use_the_unit_people_would(hours: float | None, text: str) -> None:
    assert duration(hours) == text


@pytest.mark.parametrize(
    ("n", "text"),
    [(None, "?"), (999, "999"), (22_713_216, "22.7M"), (999_600_000, "1B"), (1_200_000_000, "1.2B")],
)  # fmt: skip
def test_parameter_counts_are_short(n: int | None, text: str) -> None:
    assert count(n) == text


def test_shares_drop_the_zero_and_memory_the_digits() -> None:
    assert (share(0.714), share(1.0), share(0.0)) == (".71", "1.0", ".00")
    assert (gib(6.13), gib(0.05), gib(240.4), gib(None)) == ("6.1 G", "51 M", "240 G", "?")


@given(st.text())
def test_plain_text_never_controls_the_terminal(text: str) -> None:
    assert not any((ord(c) < 32 and c not in "\t\n") or ord(c) == 127 for c in plain(text))


@given(st.text(min_size=1))
def test_a_cell_never_starts_a_formula(text: str) -> None:
    assert cell(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_markdown_cells_stay_in_their_cell() -> None:
    assert markdown("a|b<script>*x*\n") == r"a\|b&lt;script>\*x\* "


@given(
    st.lists(
        st.tuples(st.text("xyz漢- ", max_size=30), st.text("0123.kMG ?", max_size=8)), max_size=6
    )
)
def test_a_grid_is_never_wider_than_the_page(rows: list[tuple[str, str]]) -> None:
    page = Page(40, colour=False)
    page.grid([Column("name", fold=True), Column("n", right=True)], rows)
    for line in page.text().splitlines():
        assert cell_len(line) <= 40


@pytest.mark.parametrize("text", ["漢字 " * 20, "word " * 40, "x" * 90])
def test_a_paragraph_loses_nothing_and_fits(text: str) -> None:
    page = Page(40, colour=False)
    page.paragraph(text, label="note", indent=2)
    lines = page.text().splitlines()
    assert len(lines) > 1
    assert all(cell_len(line) <= 40 for line in lines)
    assert "".join(lines).replace(" ", "") == f"note:{text}".replace(" ", "")


def test_a_terminal_without_unicode_gets_the_same_page_in_ascii() -> None:
    page = Page(60, colour=False, encoding="ascii")
    page.grid([Column("bar"), Column("span")], [("█▃▁", ".71–.82")])
    page.paragraph("−3 task → 5 ≥ 4 …")
    text = page.text()
    assert text.isascii()
    assert "831 .71-.82" in text
    assert "-3 task -> 5 >= 4 ..." in text


def test_markup_in_names_stays_text() -> None:
    page = Page(60, colour=True)
    page.paragraph("[red]acme[/red] :smile: [link=https://acme]x[/link]")
    assert "[red]acme[/red] :smile: [link=https://acme]x[/link]" in page.text()


def test_colour_is_used_only_where_it_is_wanted() -> None:
    for wanted in (False, True):
        page = Page(40, colour=wanted)
        page.paragraph("words", label="note")
        assert ("\x1b[1m" in page.text()) is wanted


@pytest.mark.parametrize(
    ("name", "metric", "short", "said"),
    [
        ("majority", "spearman", False, "mean"),
        ("majority", "rmse", True, "mean"),
        ("majority", "macro_f1", True, "majority"),
        ("tfidf", "spearman", False, "TF-IDF + linear"),
        ("tfidf", "spearman", True, "TF-IDF"),
    ],
)
def test_a_baseline_is_called_what_it_is_of_such_labels(
    name: str, metric: str, short: bool, said: str
) -> None:
    assert baseline_name(name, metric, short=short) == said
