"""Sounds through the commands: folders and tables of them, from files to verdicts."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer

pytest.importorskip("torch")
soundfile = pytest.importorskip("soundfile")

from pick_model.cli.probe import probe  # noqa: E402
from pick_model.cli.recommend import recommend  # noqa: E402
from pick_model.cli.screen import screen  # noqa: E402
from pick_model.data.media import media_set  # noqa: E402
from pick_model.data.read import read_dataset  # noqa: E402
from pick_model.documents.probe import ProbeReport  # noqa: E402
from pick_model.errors import EnvironmentProblem, InputError, PickModelError  # noqa: E402
from tests.conftest import ROOT  # noqa: E402
from tests.encoders.sound_models import saved  # noqa: E402

EXAMPLE = ROOT / "examples" / "machine-sounds"
BRIEF = ("--max-steps", 2, "--seeds", 1, "--no-extend", "--format", "json")


def call(command: Any, *arguments: object) -> Any:
    app = typer.Typer()
    app.command()(command)
    return app([str(a) for a in arguments], standalone_mode=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example's sounds, where they can be spoiled."""
    shutil.copytree(EXAMPLE / "sounds", tmp_path / "sounds")
    return tmp_path / "sounds"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return saved("whisper", tmp_path)


def test_a_folder_a_class_is_rows_with_seconds_and_contents(folder: Path) -> None:
    rows = read_dataset(folder)
    assert (rows.modality, rows.kind, len(rows)) == ("audio", "single-label", 48)
    assert rows.label_names == ("air-leak", "fan", "knocking", "worn-bearing")
    assert rows.media is not None
    assert {file.size for file in rows.media} == {0.4}
    again = read_dataset(shutil.copytree(folder, folder.parent / "elsewhere"))
    assert again.contents == rows.contents


def test_a_profile_tells_seconds_of_any_format(folder: Path) -> None:
    for path in folder.rglob("*.wav"):
        samples, rate = soundfile.read(path)
        soundfile.write(path.with_suffix(".flac"), samples, rate)
        path.unlink()
    found = media_set(folder)
    assert found is not None
    assert (found.kind, found.size, found.n_measured) == ("audio", 0.4, 48)


def test_a_table_of_paths_is_rows_of_the_files_it_names(folder: Path) -> None:
    lines = [f"sounds/fan/{n:02d}.wav,{'ab'[n % 2]}" for n in range(12)]
    table = folder.parent / "rows.csv"
    table.write_text("\n".join(["clip,label", *lines]) + "\n")
    rows = read_dataset(table, task="audio-classification")
    assert (rows.modality, rows.label_names, len(rows)) == ("audio", ("a", "b"), 12)
    both = "\n".join(f"{line}|c" if n % 3 else line for n, line in enumerate(lines))
    table.write_text(f"clip,label\n{both}\n")
    assert read_dataset(table, kind="multi-label").labels[1] == (1, 2)
    numbers = "\n".join(f"sounds/fan/{n:02d}.wav,{n / 7:.3f}" for n in range(12))
    table.write_text(f"clip,label\n{numbers}\n")
    assert read_dataset(table).kind == "regression"


def test_files_that_are_no_sounds_are_left_out_and_named(folder: Path) -> None:
    (folder / "fan" / "00.wav").write_bytes(b"")
    (folder / "fan" / "01.wav").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    samples = np.full(800, 0.1)
    samples[5] = np.nan
    soundfile.write(folder / "fan" / "02.wav", samples, 8_000, subtype="FLOAT")
    whole = (folder / "fan" / "03.wav").read_bytes()
    (folder / "fan" / "03.wav").write_bytes(whole[: len(whole) // 2])
    soundfile.write(folder / "fan" / "04.wav", np.zeros(0), 8_000)
    rows = read_dataset(folder)
    assert len(rows) == 43
    assert rows.reading is not None
    [told] = [note for note in rows.reading.notes if note.code == "files-left-out"]
    said = str(told)
    for reason in (
        "file-of-no-bytes",
        "sound-unreadable",
        "sound-not-finite",
        "sound-cut-short",
        "sound-without-samples",
    ):
        assert reason in said
    for n in range(12):
        (folder / "fan" / f"{n:02d}.wav").write_bytes(b"x")
    with pytest.raises(InputError, match=r"12 of 48 files cannot be used: fan/00\.wav is no sound"):
        read_dataset(folder)


def test_any_rate_and_any_channels_are_one_data_set(folder: Path, model: Path, capsys: Any) -> None:
    for n, rate in enumerate((8_000, 11_025, 22_050, 44_100, 48_000)):
        for kind in ("fan", "knocking"):
            path = folder / kind / f"{n:02d}.wav"
            samples = np.random.default_rng(n).normal(0, 0.1, (rate // 2, 1 + n % 2))
            path.unlink()
            soundfile.write(path.with_suffix(".flac"), samples, rate)
    call(screen, "--model", model, "--data", folder, "--format", "json")
    [result] = json.loads(capsys.readouterr().out)["results"]
    assert result["error"] is None
    assert result["rows"] == 48


def test_a_probe_gives_a_verdict_against_mfcc_statistics(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "ledger.jsonl"
    call(probe, model, "--data", EXAMPLE / "sounds", "--record", ledger, *BRIEF)
    said = capsys.readouterr()
    report = ProbeReport.model_validate_json(said.out)
    [result] = report.results
    assert set(result.baselines) == {"majority", "mfcc", "frozen"}
    assert result.baselines["mfcc"].score > 0.7  # the four kinds sound apart
    assert result.verdict in ("transfers", "does-not-transfer", "inconclusive")
    assert any("begun up to 0.05 s later" in note for note in report.notes)
    call(
        recommend, EXAMPLE / "task.yaml", "--results", ledger, "--data", EXAMPLE / "sounds",
        "--format", "json",
    )  # fmt: skip
    assert json.loads(capsys.readouterr().out)["decision"]["pick"]


@pytest.mark.parametrize("name", ["wav2vec2-large", "ast"])
@pytest.mark.parametrize("method", ["full", "lora", "linear"])
def test_every_method_trains_on_sounds(
    name: str, method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if method == "lora":
        pytest.importorskip("peft")
    where = saved(name, tmp_path)
    call(probe, where, "--data", EXAMPLE / "sounds", "--method", method, *BRIEF)
    [result] = ProbeReport.model_validate_json(capsys.readouterr().out).results
    assert result.baselines["frozen"].score >= 0


@pytest.mark.parametrize("kind", ["multi-label", "regression"])
def test_other_kinds_of_labels_are_as_for_texts(
    kind: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = sorted(str(path) for path in (EXAMPLE / "sounds").rglob("*.wav"))
    given = {
        "multi-label": lambda n: "|".join(
            w for w, on in (("a", n % 2), ("b", n % 3), ("c", 1)) if on
        ),
        "regression": lambda n: f"{n / 7:.3f}",
    }[kind]
    table = tmp_path / "rows.csv"
    table.write_text(
        "file,label\n" + "\n".join(f"{p},{given(n)}" for n, p in enumerate(names)) + "\n"
    )
    call(probe, model, "--data", table, "--kind", kind, *BRIEF)
    report = ProbeReport.model_validate_json(capsys.readouterr().out)
    assert report.data.kind == kind
    assert "mfcc" in report.results[0].baselines


def test_the_same_call_gives_the_same_report(
    model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scores = []
    for place in ("one", "other"):
        monkeypatch.setenv("PICK_MODEL_CACHE", str(tmp_path / place))
        call(probe, model, "--data", EXAMPLE / "sounds", *BRIEF)
        report = json.loads(capsys.readouterr().out)
        scores.append([report["results"][0][key] for key in ("score", "curve", "baselines")])
    assert scores[0] == scores[1]


def test_data_and_model_of_different_kinds_are_told_apart(
    model: Path, tmp_path: Path, tiny: Path
) -> None:
    cases: tuple[tuple[tuple[object, ...], type[PickModelError], str], ...] = (
        ((tiny, "--data", EXAMPLE / "sounds"), EnvironmentProblem, "reads text, not sounds"),
        (
            (model, "--data", ROOT / "examples" / "support-tickets" / "train.csv"),
            EnvironmentProblem,
            "reads sound",
        ),
        (
            (
                model,
                "--data",
                EXAMPLE / "sounds",
                "--task",
                ROOT / "examples/support-tickets/task.yaml",
            ),
            InputError,
            "holds 48 audio files in 4 classes, and the task is text-classification",
        ),
        (
            (
                model,
                "--data",
                ROOT / "examples/support-tickets/train.csv",
                "--task",
                EXAMPLE / "task.yaml",
            ),
            InputError,
            "names? (no )?audio files",
        ),
    )
    for arguments, kind, words in cases:
        with pytest.raises(kind) as fault:
            call(probe, *arguments, *BRIEF)
        assert re.search(words, str(fault.value)), str(fault.value)


def test_the_example_is_what_its_script_writes(tmp_path: Path) -> None:
    import subprocess
    import sys

    subprocess.run([sys.executable, EXAMPLE / "make_sounds.py", tmp_path], check=True)
    made = sorted((tmp_path / "sounds").rglob("*.wav"))
    assert len(made) == 48
    sizes = 0
    for path in made:
        kept = EXAMPLE / path.relative_to(tmp_path)
        ours, theirs = path.read_bytes(), kept.read_bytes()
        sizes += len(theirs)
        # The last bit of a sum of sines is the mathematics library's.
        assert max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) <= 1
    assert sizes < 200_000
