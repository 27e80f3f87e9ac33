"""Blocks of a page: what is typed beside its words, lines to copy, facts under their sources."""

from __future__ import annotations

import io
import shlex
import subprocess

import pytest
from rich.cells import cell_len

from pick_model.cli.streams import say
from pick_model.render.facts import facts, rests_on, written
from pick_model.render.layout import MOST_PROSE, Column, Page, folded
from pick_model.terminal import coloured
from pick_model.words.reader import speak, word


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_words_stand_beside_a_short_term_and_below_a_long_one() -> None:
    page = Page(40, colour=False)
    page.definition("--top", "how many", 6)
    page.definition("--format <table|json>", "how", 6)
    page.definition("模型模型", "wide", 6)  # 8 columns
    assert page.text() == (
        "  --top   how many\n  --format <table|json>\n          how\n  模型模型\n          wide\n"
    )


def test_words_keep_half_the_page_however_wide_the_terms_are() -> None:
    page = Page(40, colour=False)
    page.definition("x" * 30, "word " * 8, 30)
    assert all(len(line) <= 40 for line in page.text().splitlines())
    assert page.text().count("word") == 8


def test_a_line_to_copy_is_never_folded() -> None:
    page = Page(40, colour=False)
    page.verbatim("pick-model " * 20, indent=2)
    assert page.text().count("\n") == 1


def test_a_command_goes_on_after_a_backslash_at_the_end_of_a_word() -> None:
    line = "pick-model probe some-model 'another one' --data FILE --label \"the label\" -f json"
    page = Page(40, colour=False)
    page.command(line, indent=2)
    shown = page.text()
    assert all(len(row) <= 40 for row in shown.splitlines())
    done = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {shown}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == shlex.split(line)
    wide = Page(120, colour=False)
    wide.command(line, indent=2)
    assert wide.text() == f"  {line}\n"


def test_an_opening_breaks_between_its_parts() -> None:
    page = Page(40, colour=False)
    page.opening("take some-model", ["P(best) .12", "expected to lose 3.1 points"])
    assert page.text() == "take some-model   P(best) .12\nexpected to lose 3.1 points\n"


def test_a_label_does_not_stand_alone_on_the_first_line() -> None:
    page = Page(40, colour=False)
    page.opening("next:", ["probe one, two (5 min): loss 1.0 to 0.1"])  # 39 columns
    assert page.text() == "next: probe one, two (5 min): loss 1.0\nto 0.1\n"


def test_a_default_is_not_torn_apart() -> None:
    page = Page(30, colour=False)
    page.definition("--top", "How many to list  [default: 10]", 6)
    assert "[default: 10]" in page.text()


def test_cells_stand_apart_only_where_none_folds_for_it() -> None:
    names = "a-name-of-thirty-columns-or-so", "x" * 88
    for more, gap in (("", "  "), ("x", " ")):
        page = Page(120, colour=False)
        page.grid([Column("n", fold=True), Column("m")], [[names[0], names[1] + more]])
        assert f"{names[0]}{gap}x" in page.text()


def test_a_name_that_folds_breaks_where_its_parts_are_joined() -> None:
    page = Page(40, colour=False)
    page.grid([Column("model", fold=True), Column("size")], [["some-model-of-a-name", "x" * 24]])
    assert [line.split()[0] for line in page.text().splitlines()[2:]] == [
        "some-model-of-",
        "a-name",
    ]


def test_a_table_that_does_not_fit_stands_row_by_row_and_loses_no_digit() -> None:
    page = Page(40, colour=False)
    columns = [
        Column("#"),
        Column("model", fold=True),
        *(Column(f"f{n}") for n in range(8)),
        Column(""),
    ]
    page.grid(columns, [["1", "a-model", *(str(n) * 5 for n in range(8)), ""]])
    shown = page.text()
    assert shown.startswith("1 a-model\n  f0 00000; ")
    assert all(f"f{n} {str(n) * 5}" in shown for n in range(8))
    assert all(len(line) <= 40 for line in shown.splitlines())


def test_a_column_folds_earlier_where_space_is_short() -> None:
    for width, lines in ((80, 4), (160, 3)):
        page = Page(width, colour=False)
        page.grid([Column("kind", fold=True, most=10)], [["sentence-encoder"]])
        assert page.text().count("\n") == lines


def test_facts_of_one_source_stand_together_under_it_once() -> None:
    page = Page(80, colour=False)
    card = rests_on("Model card", "published")
    facts(
        [("id", "x", ""), ("license", "MIT", card), ("n", 1234, ""), ("year", 2.5e11, card)], page
    )
    assert page.text() == (
        "\nAssigned by the catalog\n  id       x\n  n        1,234\n"
        "\nModel card (published)\n  license  MIT\n  year     250,000,000,000\n"
    )


@pytest.mark.parametrize(
    ("value", "shown"), [(0.25, "0.25"), (2.097e12, "2,097,000,000,000"), (1.32e21, "1.32e+21")]
)
def test_an_amount_that_is_counted_is_told_in_full(value: float, shown: str) -> None:
    assert written(value) == shown


def test_an_overlay_that_says_so_is_named() -> None:
    assert rests_on(None, None, "own.yaml") == "set by own.yaml"
    assert rests_on("Card", "published", "own.yaml") == "Card (published, set by own.yaml)"


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"TERM": ""}, False)],
)
def test_errors_are_coloured_on_terminals_that_want_it(
    variables: dict[str, str], wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TERM": "xterm", **variables}.items():
        monkeypatch.setenv(name, value)
    assert coloured(Terminal()) is wanted
    assert not coloured(io.StringIO())
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    say("\x1b[2J no", "error")
    written = terminal.getvalue()
    assert written.startswith("\x1b[1;31merror:\x1b[0m " if wanted else "error: ")
    assert "\x1b[2J" not in written


CHINESE = "学习曲线已趋平，且在 TF-IDF 的噪声范围之内（+0.027，90% 区间 -0.075 至 +0.128）：还需要约 1100 行留出数据。"


@pytest.mark.parametrize("width", range(40, 90, 7))
def test_chinese_fills_its_lines_and_begins_none_with_a_closing_mark(width: int) -> None:
    page = Page(width, colour=False)
    page.paragraph(CHINESE * 2, label="注意")
    lines = page.text().splitlines()
    assert "".join(lines).replace(" ", "") == f"注意: {CHINESE * 2}".replace(" ", "")
    assert max(map(cell_len, lines)) <= width
    assert not [line for line in lines if line[0] in "，。、；：？！）%"]
    assert not [line for line in lines if line[-1] in "（"]
    assert min(map(cell_len, lines[:-1])) > width - 10  # words in Latin letters stay whole
    assert all(word in page.text() for word in ("TF-IDF", "+0.027", "1100"))


def test_a_table_of_chinese_is_aligned_and_folds_where_it_must() -> None:
    page = Page(60, colour=False)
    cells = [["一", CHINESE, "1.0"], ["二二二", "短", "10.0"]]
    page.grid([Column("名"), Column("说明", fold=True), Column("值", right=True)], cells)
    lines = page.text().splitlines()
    assert max(map(cell_len, lines)) <= 60
    ends = {cell_len(line) for line in lines if line.endswith(("值", "1.0", "10.0"))}
    assert len(ends) == 1
    begins = {
        cell_len(line[: line.index(mark)])
        for line in lines
        for mark in ("说明", "短")
        if mark in line
    }
    assert len(begins) == 1


def test_text_of_others_cannot_bring_the_sign_at_which_lines_break() -> None:
    page = Page(40, colour=False)
    page.paragraph("a\x1fb 模\x1f型")
    assert page.text() == "a\\u001fb 模\\u001f型\n"


def test_a_cell_keeps_the_colour_of_its_word_in_another_language() -> None:
    def drawn() -> str:
        page = Page(40, colour=True)
        page.grid([Column("x")], [[word("does-not-transfer")]])
        return page.text()

    assert "\x1b[1;31mdoes-not-transfer" in drawn()
    speak("zh")
    assert "\x1b[1;31m不可迁移" in drawn()


def test_a_long_line_is_folded_between_words_and_a_long_word_stays_whole() -> None:
    path = "/a/" + "long" * 20
    assert folded(f"no such file: {path} (look again)", 30) == [
        "no such file:",
        path,
        "(look again)",
    ]
    assert folded("短" * 10 + "，末", 20) == ["短" * 9, "短，末"]
    assert folded("short", 30) == ["short"]


def test_sentences_do_not_fill_the_widest_terminal_and_tables_may() -> None:
    page = Page(300, colour=False)
    page.paragraph("word " * 100)
    page.grid([Column("a"), Column("b")], [["x" * 200, "y"]])
    lines = page.text().splitlines()
    assert max(len(line) for line in lines if "word" in line) <= MOST_PROSE
    assert f"{'x' * 200}  y" in lines
