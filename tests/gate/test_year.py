"""A year of one choice: the walk's codes, and the page that shows it."""

from __future__ import annotations

from pathlib import Path

from .year import PAGE, page, walk


def test_the_year_goes_as_its_page_tells(tmp_path: Path) -> None:
    steps = walk(tmp_path)
    gates = [step for step in steps if step.words.startswith("gate")]
    assert [step.code for step in gates] == [
        0,  # locked
        1,  # the licence changes
        0,  # and back
        1,  # the revision moves
        0,  # locked again
        1,  # a better entry arrives
        0,  # an exception is granted
        1,  # a tighter memory bound
        0,  # taken back
        0,  # the probe falls within noise
        1,  # beyond noise
        1,  # the exception has ended
        0,  # the better model is locked
        3,  # the Hub is down
        0,  # that rule is left out
    ]
    told = ("PM201", "PM204", "PM102", "PM502", "PM304", "PM704", "PM901")
    for code in told:
        assert any(f"\n{code} " in step.output and step.code == 1 for step in gates), code
    assert page(steps) == PAGE.read_text(encoding="utf-8"), "run: python -m tests.gate.year"
