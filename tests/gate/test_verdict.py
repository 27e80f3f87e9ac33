"""From checks to a verdict and an exit code."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.documents.gate_report import Check, FileLine, Level, State
from pick_model.gate.verdict import EXIT_CODES, verdict
from pick_model.record import replace

from .bench import Bench

STATES: tuple[State, ...] = ("pass", "fail", "inconclusive", "skipped")
LEVELS: tuple[Level, ...] = ("error", "warning", "note")
PLACE = FileLine(file="pick-model.lock", line=1)
CHECK = Check(
    code="PM101",
    name="unpinned",
    title="",
    state="pass",
    severity="error",
    message="",
    message_code="",
    values={},
    location=PLACE,
    related=None,
    fix=None,
    page="",
    about="",
    subject="",
    fingerprint="",
)


def checks(*told: tuple[State, Level]) -> list[Check]:
    return [replace(CHECK, state=state, severity=level) for state, level in told]


some = st.lists(st.tuples(st.sampled_from(STATES), st.sampled_from(LEVELS)), max_size=8)


@given(some, st.sampled_from(LEVELS))
def test_a_failure_that_counts_outranks_all_else(
    rest: list[tuple[State, Level]], fail_on: Level
) -> None:
    assert verdict(checks(*rest, ("fail", "error")), fail_on) == "fail"


@given(some, st.sampled_from(LEVELS))
def test_an_incomplete_run_never_passes(rest: list[tuple[State, Level]], fail_on: Level) -> None:
    for level in ("error", "warning"):
        assert verdict(checks(*rest, ("inconclusive", level)), fail_on) != "pass"


@given(some)
def test_a_stricter_threshold_never_turns_a_failure_into_a_pass(
    told: list[tuple[State, Level]],
) -> None:
    order = [verdict(checks(*told), level) for level in ("error", "warning", "note")]
    for lax, strict in pairwise(order):
        assert not (lax == "fail" and strict != "fail")
        assert not (lax == "inconclusive" and strict == "pass")


@pytest.mark.parametrize(
    ("told", "fail_on", "wanted"),
    [
        ([("pass", "error")], "error", "pass"),
        ([("pass", "error"), ("fail", "warning")], "error", "pass"),
        ([("pass", "error"), ("fail", "warning")], "warning", "fail"),
        ([("pass", "error"), ("fail", "note")], "warning", "pass"),
        ([("pass", "error"), ("fail", "note")], "note", "fail"),
        ([("pass", "error"), ("inconclusive", "note")], "error", "pass"),
        ([("pass", "error"), ("inconclusive", "note")], "note", "inconclusive"),
        ([("skipped", "error")], "error", "inconclusive"),  # nothing was checked
        ([], "error", "inconclusive"),
    ],
)
def test_verdicts(told: list[tuple[State, Level]], fail_on: Level, wanted: str) -> None:
    assert verdict(checks(*told), fail_on) == wanted


def test_exit_codes() -> None:
    assert EXIT_CODES == {"pass": 0, "fail": 1, "inconclusive": 3}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 0),
        (("--fail-on", "warning"), 1),
        (("--locked",), 1),
        (("--locked", "--exit-zero"), 0),
        (("--locked", "--ignore", "catalog-changed"), 0),
        (("--locked", "--ignore", "pm602"), 0),
    ],
)
def test_a_newer_catalog_warns_and_fails_when_asked(
    words: tuple[str, ...], code: int, bench: Bench
) -> None:
    bench.lock()
    bench.catalog({"acme-tiny": {"max_tokens": 256}})
    done = bench.gate(*words)
    assert done.code == code
    ignored = "--ignore" in words
    assert done.checks("PM602")[0]["state"] == ("skipped" if ignored else "fail")
    assert any("PM602" in note for note in done.report["notes"]) == ignored


def test_a_task_that_was_edited_since_fails_until_it_is_locked_again(bench: Bench) -> None:
    bench.lock()
    bench.write("task.yaml", (bench.folder / "task.yaml").read_text() + "domain: news\n")
    assert bench.gate().code == 1
    assert bench.gate("--ignore", "task-changed").code == 0
    bench.lock()
    assert bench.gate().code == 0


def test_exit_zero_leaves_errors_alone(bench: Bench) -> None:
    assert bench.gate("--exit-zero").code == 2  # there is no lock


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--report", "junit"), "write FORMAT=FILE"),
        (("--report", "junitt=x"), "did you mean 'junit'?"),
        (("--ignore", "PM999"), "no rule 'PM999'"),
        (("--ignore", "unpined"), "did you mean 'unpinned'?"),
        (("--today", "tomorrow"), "write YYYY-MM-DD"),
        (("--lock", "other.lock"), "other.lock: no such file"),
        (("--lock", "."), "is a folder"),
        (("--policy", "none.yaml"), "none.yaml: no such file"),
        (("--probe", "none.json"), "none.json: no such file"),
        (("--task", "none.yaml"), "none.yaml: no such file"),
        (("--discover", "nowhere"), "no such file or folder"),
        (("--catalog", "none.yaml"), "none.yaml: no such file"),
        (("--report", "junit=missing/out.xml"), "cannot be written"),
        (("--fail-on", "never"), "never"),
    ],
)
def test_wrong_words_exit_with_2_and_one_line(
    words: tuple[str, ...], told: str, bench: Bench
) -> None:
    bench.lock()
    done = bench.gate(*words, *(["--lock", "pick-model.lock"] if "--discover" in words else []))
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert told in done.err
