"""Images on the command line: folders and tables in, reports, ledgers and exit codes out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("PIL")

from pick_model.documents.probe import ProbeReport
from pick_model.documents.select import SelectReport
from pick_model.measure.ledger import read_ledger
from tests.cli.conftest import Run
from tests.encoders.image_models import tiny as image_model
from tests.measure.test_images import shapes

TASK = "task: image-classification\nn_rows: 60\nn_labels: 2\nmetric: accuracy\n"
QUICK = ("--max-steps", "3", "--seeds", "1", "--device", "cpu", "--precision", "fp32")


@pytest.fixture(scope="module")
def vit(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(image_model(tmp_path_factory.mktemp("models") / "vit", "ViT"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Training and test parts, a folder a class in each."""
    for part, n, seed in (("train", 40, 0), ("test", 20, 1)):
        shapes(tmp_path / "photos" / part, n, seed)
    return tmp_path / "photos"


@pytest.fixture
def task(tmp_path: Path) -> str:
    path = tmp_path / "task.yaml"
    path.write_text(TASK)
    return str(path)


def test_a_folder_becomes_a_report_scored_on_its_test_part(
    run: Run, folder: Path, vit: str, task: str
) -> None:
    done = run("probe", vit, "--data", str(folder), "--task", task, *QUICK, "-f", "json")
    assert done.code == 0, done.err
    report = ProbeReport.model_validate_json(done.out)
    assert (report.data.rows_train, report.data.rows_heldout) == (40, 20)
    assert f"held out: {folder / 'test'}" in done.err
    assert "each file lies in the folder of its class" in done.err
    table = run(
        "probe", vit, "--data", str(folder), "--eval-data", str(folder / "test"), *QUICK
    ).out
    assert "HOG + linear" in table
    assert "images are trained on cropped" in table.replace("\n", " ")


def test_what_was_recorded_moves_the_same_tasks_recommendation(
    run: Run, folder: Path, vit: str, task: str, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.jsonl"
    words = ("--data", str(folder), *QUICK, "--method", "linear", "--record", str(ledger))
    assert run("probe", vit, *words).code == 0
    [line] = read_ledger(ledger).lines
    # As if the catalog's model had been that folder.
    ledger.write_text(line.model_copy(update={"model": "resnet-50"}).model_dump_json() + "\n")

    def found(*more: str) -> dict[str, Any]:
        done = run("recommend", task, "--top", "0", "-f", "json", *more)
        assert done.code == 0, done.err
        listed = {one["id"]: one for one in json.loads(done.out)["candidates"]}
        one: dict[str, Any] = listed["resnet-50"]
        return one

    after = found("--results", str(ledger), "--data", str(folder))
    assert after["measured"]["score"] == pytest.approx(line.extrapolated)
    assert after["expected"]["basis"] == "measured"
    assert found()["standing"] != after["standing"]


def test_a_selection_between_image_backbones_ends_in_a_choice(
    run: Run, folder: Path, vit: str, task: str, tmp_path: Path
) -> None:
    other = str(image_model(tmp_path / "resnet", "ResNet"))
    words = ["select", task, "--data", str(folder), "--model", vit, "--model", other]
    done = run(*words, "--budget", "20s", "--device", "cpu", "--threads", "1", "-f", "json")
    assert done.code == 0, done.err
    report = SelectReport.model_validate_json(done.out)
    assert report.decision.pick in (vit, other, "vit", "resnet")
    assert {step.stage for step in report.steps} >= {"screen"}


@pytest.mark.parametrize("command", ["probe", "screen"])
def test_a_text_model_on_images_ends_with_4_and_says_what_to_give(
    run: Run, folder: Path, tiny: Path, command: str
) -> None:
    model = (str(tiny),) if command == "probe" else ("--model", str(tiny))
    done = run(command, *model, "--data", str(folder), "-f", "json")
    assert done.code == 4
    assert "no images" in done.out + done.err
    assert "image backbone" in done.out + done.err


def test_an_image_model_on_texts_ends_with_4(run: Run, vit: str, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    lines = "".join(f"good film {n},a\nbad film {n},b\n" for n in range(20))
    table.write_text("text,label\n" + lines)
    done = run("probe", vit, "--data", str(table), *QUICK)
    assert done.code == 4
    assert "reads images" in done.err


def emptied(folder: Path) -> None:
    for path in (folder / "train").rglob("*.png"):
        path.write_bytes(b"")


def unsorted(folder: Path) -> None:
    for path in sorted((folder / "train").rglob("*.png")):
        path.rename(folder / f"{path.parent.name}-{path.name}")
    shutil.rmtree(folder / "train")
    shutil.rmtree(folder / "test")


@pytest.mark.parametrize(
    ("spoil", "words", "told"),
    [
        (emptied, (), "40 of 40 files cannot be used"),
        (unsorted, (), "lie in no folder of their class"),
        (lambda folder: None, ("--max-length", "64"), "--max-length is for texts"),
        (lambda folder: None, ("--kind", "tokens"), ""),
        (lambda folder: None, ("--metric", "rmse"), "rmse"),
    ],
)
def test_wrong_images_and_options_end_with_2_as_json_too(
    run: Run, folder: Path, vit: str, spoil: Any, words: tuple[str, ...], told: str
) -> None:
    spoil(folder)
    done = run("probe", vit, "--data", str(folder), *QUICK, *words, "-f", "json")
    assert done.code == 2, done.err
    error = json.loads(done.out)["error"]
    assert told in error["message"]


def test_a_task_of_texts_on_a_folder_of_images_says_which_task_it_is(
    run: Run, folder: Path, vit: str, tmp_path: Path
) -> None:
    task = tmp_path / "text.yaml"
    task.write_text("task: text-classification\nlanguages: [en]\n")
    done = run("probe", vit, "--data", str(folder), "--task", str(task), *QUICK)
    assert done.code == 2
    assert "holds 40 image files in 2 classes, and the task is text-classification" in done.err
    assert "task: image-classification" in done.err


def test_broken_images_are_named_on_stderr(run: Run, folder: Path, vit: str) -> None:
    (folder / "train" / "lying" / "001.png").write_bytes(b"GIF89a")
    done = run("probe", vit, "--data", str(folder), *QUICK, "--method", "linear")
    assert done.code == 0, done.err
    assert "1 file of 40 left out: train/lying/001.png" in done.err
