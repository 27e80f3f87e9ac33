"""`select` where something is wrong: no place for its results, no time, broken or missing models."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from pick_model.cli.writable import refuse_unwritable
from pick_model.documents.select import SelectReport
from pick_model.errors import EnvironmentProblem, InputError
from tests.cli.conftest import Run
from tests.cli.test_select import asked, data, start, task  # noqa: F401  the same rows and models

pytest.importorskip("torch")

from pick_model.data import profile as data_profile
from pick_model.data.noise import LabelNoise
from pick_model.measure.probe import run as probe_run
from pick_model.measure.screen import run as screen_run
from pick_model.measure.select import run as select_run
from pick_model.words.say import message

PLACES = [
    ("-o", "nowhere/report.json", 2, "no such file"),
    ("-o", ".", 2, "is a folder"),
    ("-o", "rows.csv/report.json", 2, "cannot be written"),
    ("-o", "n" * 300, 2, "too long"),
    ("--record", ".", 4, "cannot write the ledger"),
    ("--record", "rows.csv/ledger.jsonl", 4, "cannot write the ledger"),
]


@pytest.fixture
def broken(tiny: Path, tmp_path: Path) -> Path:
    """A model whose weights are no safetensors."""
    folder = Path(shutil.copytree(tiny, tmp_path / "broken"))
    (folder / "model.safetensors").write_bytes(b"no tensors at all")
    return folder


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HF_HOME", "HF_HUB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / "hub"))


@pytest.mark.parametrize(("option", "path", "code", "says"), PLACES)
def test_where_the_results_have_no_place_nothing_is_measured(
    run: Run,
    asked: list[str],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    option: str,
    path: str,
    code: int,
    says: str,
) -> None:
    def worked(*_: Any, **__: Any) -> None:
        raise AssertionError("it worked first")

    monkeypatch.setattr(select_run, "select", worked)
    monkeypatch.setattr(probe_run, "probe", worked)
    monkeypatch.setattr(screen_run, "screen", worked)
    place = [option, str(tmp_path / path)]
    rows = asked[asked.index("--data") : asked.index("--data") + 2]
    model = asked[asked.index("--model") + 1]
    for words in (asked, ["screen", *rows, "--model", model], ["probe", model, *rows]):
        done = run(*words, *place)
        assert (done.code, says in done.err) == (code, True), done.err
    assert json.loads(run(*asked, *place, "-f", "json").out)["error"]["exit"] == code


def test_looking_for_a_place_changes_nothing(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("kept\n")
    refuse_unwritable(there, tmp_path / "ledger.jsonl")
    refuse_unwritable(tmp_path / "new", tmp_path / "folder" / "is" / "made" / "then.jsonl")
    with pytest.raises(InputError):  # nor is a line of results added to what is no ledger
        refuse_unwritable(Path("-"), there)
    assert there.read_text() == "kept\n"
    assert list(tmp_path.iterdir()) == [there]
    with pytest.raises(InputError):
        refuse_unwritable(tmp_path / "a\0b", None)
    with pytest.raises(EnvironmentProblem):
        refuse_unwritable(None, there / "below")


def test_a_profile_of_other_rows_is_told(run: Run, asked: list[str], task: str) -> None:  # noqa: F811
    Path(task).write_text(
        "task: text-classification\nlanguages: [en]\nn_labels: 6\nn_rows: 6000\nmetric: accuracy\n"
    )
    report = SelectReport.model_validate_json(run(*asked, "-f", "json").out)
    codes = {one.code for one in report.note_messages}
    assert {"profile-says-labels", "profile-says-rows"} <= codes
    assert "n_labels: 6, and the rows have 2" in " ".join(report.notes)


@pytest.mark.parametrize("format", ["table", "markdown", "html"])
def test_where_nothing_was_measured_nothing_is_to_be_taken(
    run: Run,
    asked: list[str],  # noqa: F811
    no_hub: None,
    format: str,
) -> None:
    at = asked.index("--model")
    words = [*asked[:at], "--top", "3", "--offline", "--budget", "60s"]
    done = run(*words, "-f", format)
    assert done.code == 4
    said = " ".join(done.out.split())
    assert "nothing was measured" in said
    assert "by the prior" in said
    first = SelectReport.model_validate_json(run(*words, "-f", "json").out).decision.pick
    assert first in said
    assert f"take {first} P(best)" not in said


@pytest.mark.parametrize("command", ["screen", "select"])
def test_broken_weights_of_the_only_model_are_exit_4(
    run: Run,
    broken: Path,
    asked: list[str],  # noqa: F811
    command: str,
) -> None:
    at = asked.index("--data")
    begin = [command] if command == "screen" else asked[:at]
    done = run(*begin, *asked[at : at + 2], "--model", str(broken))
    assert done.code == 4, done.err
    assert "broken" in done.err
    done = run(*begin, *asked[at : at + 2], "--model", str(broken), "--model", "./nowhere")
    assert done.code == 4, done.err
    assert "nowhere" in done.err


def test_what_cannot_be_loaded_is_not_weighed_against_what_can(
    run: Run,
    asked: list[str],  # noqa: F811
    tiny: Path,
    no_hub: None,
) -> None:
    at = asked.index("--model")
    words = [*asked[:at], "--model", str(tiny), "--model", "roberta-large", *asked[at + 4 :]]
    words += ["--model", "deberta-v3-large", "--offline", "--budget", "120s"]
    done = run(*words, "-f", "json")
    report = SelectReport.model_validate_json(done.out)
    assert done.code == 0, done.err
    assert report.decision.pick == str(tiny)
    assert report.decision.n_candidates == 1
    assert report.decision.p_best == 1.0  # of those that can be had
    assert report.note_messages[-1].code == "select-failed-left-out"
    assert report.ended != "decided" or report.further is None  # it says one thing
    assert "P(best) >.99 of those to be had" in run(*words).out


def test_a_budget_of_an_instant_leaves_out_what_is_not_needed_and_says_what_would_do(
    run: Run,
    asked: list[str],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[int] = []

    def search(*_: Any) -> LabelNoise:
        searched.append(1)
        return LabelNoise(skipped=message("no-time-to-search"))

    monkeypatch.setattr(data_profile, "label_noise", search)
    done = run(*asked, "--budget", "0.05s", "-f", "json")
    report = SelectReport.model_validate_json(done.out)
    assert done.code == 3
    assert not searched
    assert (report.steps, report.ended) == ((), "budget")
    [told] = [one for one in report.note_messages if one.code == "select-unmeasured-in-time"]
    least = told.values["least"]
    assert isinstance(least, float)
    assert least > 0.05
    table = run(*asked, "--budget", "0.05s").out
    assert "nothing was measured" in table
    assert "take " not in table.split("│")[0].splitlines()[0]
    run(*asked, "--budget", "40s")
    assert searched


def test_killed_in_the_middle_the_same_command_goes_on(
    asked: list[str],  # noqa: F811
    tmp_path: Path,
) -> None:
    words = ["600s" if word == "14s" else word for word in asked]
    killed = start(words, tmp_path / "killed")
    assert killed.stderr is not None
    begun: list[str] = []
    for line in killed.stderr:
        if ": reading rows" in line:
            begun.append(line.partition(":")[0])
        if len(set(begun)) == 2:  # the first was read, judged and kept
            killed.send_signal(signal.SIGKILL)
            break
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    again, whole = (start(words, tmp_path / name) for name in ("killed", "whole"))
    out, err = again.communicate(timeout=300)
    assert again.returncode == 0, err
    assert f"{begun[0]}: reading rows" not in err
    assert f"{begun[-1]}: reading rows" in err
    assert measured(out) == measured(whole.communicate(timeout=300)[0])


def measured(out: str) -> list[tuple[str, str, float | None]]:
    """What each screen of a report saw."""
    report = SelectReport.model_validate_json(out)
    return [
        (step.stage, step.model, step.observation.score if step.observation else None)
        for step in report.steps
        if step.stage == "screen"
    ]
