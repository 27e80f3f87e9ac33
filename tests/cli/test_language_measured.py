"""What `probe`, `screen` and `select` say in Chinese, on rows that were really measured."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from pick_model.documents.probe import ProbeReport
from pick_model.documents.recommendation import RecommendationReport
from pick_model.documents.retrieval import RetrievalReport
from pick_model.documents.screen import ScreenReport
from pick_model.documents.select import SelectReport
from pick_model.render import probe, recommendation, retrieval, screen, select
from pick_model.render.layout import Page
from pick_model.words.reader import speak
from tests.cli.conftest import ROOT, Run
from tests.cli.test_language import HAN, left_in_english
from tests.encoders.image_models import tiny as image_model
from tests.encoders.sound_models import saved
from tests.measure.conftest import make_rows
from tests.measure.recommendation.shop import shop
from tests.measure.test_images import shapes

pytest.importorskip("torch")

PROFILE = "task: text-classification\nlanguages: [en]\nn_labels: 2\nn_rows: 60\nmetric: accuracy\n"
HERE = ["--threads", "1", "--precision", "fp32", "--device", "cpu"]
SEARCH = ROOT / "examples" / "help-desk-search"
# A paper is cited by its authors; a device has a name of its own.
CITED = ("[", "AMD", "Intel", "Apple", "CPU")


@pytest.fixture
def data(tmp_path: Path) -> str:
    rows = make_rows("single-label", 80, noise=0.2)
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for text, label in zip(rows.texts, rows.labels, strict=True):
            writer.writerow([text, rows.label_names[label]])
    return str(path)


def page(draw: object, report: object, width: int = 200, **options: bool) -> str:
    """A report drawn in Chinese."""
    speak("zh")
    drawn = Page(width, colour=False)
    draw(report, drawn, **options)  # type: ignore[operator]
    return drawn.text()


def assert_chinese(text: str, *names: str) -> None:
    """No English but names, and no line too long."""
    for name in names:
        text = text.replace(name, " ")
    lines = [line for line in text.splitlines() if not line.startswith(CITED)]
    shown = "\n".join(line.split(" [")[0] for line in lines)  # what is cited stands in brackets
    assert len(HAN.findall(shown)) > 10
    assert not left_in_english(shown)


def test_a_probe(run: Run, data: str, tiny: Path, one_layer: Path) -> None:
    models = [str(tiny), str(one_layer)]
    done = run("probe", *models, "--data", data, *HERE, "--budget", "15s", "-f", "json")
    report = ProbeReport.model_validate_json(done.out)
    assert_chinese(page(probe.report, report), *models)
    for width in (80, 160):
        lines = page(probe.report, report, width).splitlines()
        assert max(map(cell_len, lines)) <= width


def test_a_probe_tells_its_progress_in_chinese(run: Run, data: str, tiny: Path) -> None:
    asked = ["probe", str(tiny), "--data", data, *HERE, "--budget", "15s", "-f", "json"]
    done = run(*asked, "--lang", "zh")
    assert ProbeReport.model_validate_json(done.out).note_messages is not None
    assert_chinese(done.err, str(tiny), "tiny")
    assert "采用的列：" in done.err


def test_a_screen_and_a_model_that_fails(run: Run, data: str, tiny: Path, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    asked = ["screen", "--data", data, "--model", str(tiny), "--model", nowhere, *HERE]
    done = run(*asked, "-f", "json", "--lang", "zh")
    assert_chinese(done.err, str(tiny), nowhere, "tiny")
    report = ScreenReport.model_validate_json(done.out)
    assert not HAN.search(done.out)
    drawn = page(screen.report, report, layers=True)
    assert_chinese(drawn, str(tiny), nowhere, "tiny")
    two = report.model_copy(update={"results": (report.results[0],) * 2})
    assert "再看 LogME" not in drawn  # of one model there is no order
    assert "再看 LogME" in page(screen.report, two)
    speak("zh")
    assert_chinese(screen.as_markdown(report, layers=True), str(tiny), nowhere)
    assert screen.as_csv(report).startswith("rank,model,metric")
    assert not HAN.search(screen.as_csv(report))


def test_a_screen_on_queries(run: Run, tiny: Path) -> None:
    files = [
        word
        for name in ("queries", "corpus", "relevance")
        for word in (f"--{name}", str(SEARCH / f"{name}.csv"))
    ]
    done = run("screen", *files, "--model", str(tiny), "-f", "json", "--lang", "zh")
    report = RetrievalReport.model_validate_json(done.out)
    assert_chinese(page(retrieval.report, report), str(tiny), "tiny")
    speak("zh")
    assert_chinese(retrieval.as_markdown(report), str(tiny))
    assert not HAN.search(retrieval.as_csv(report))


def test_a_selection(run: Run, data: str, tiny: Path, one_layer: Path, tmp_path: Path) -> None:
    task = tmp_path / "task.yaml"
    task.write_text(PROFILE)
    models = [str(tiny), str(one_layer), str(tmp_path / "nowhere")]
    named = [word for model in models for word in ("--model", model)]
    asked = ["select", str(task), "--data", data, *named, "--budget", "14s", *HERE]
    done = run(*asked, "-f", "json", "--lang", "zh")
    assert_chinese(done.err, *models, "tiny", "one-layer")
    assert json.loads(done.out)["decision"]["pick"] in models
    report = SelectReport.model_validate_json(done.out)
    text = page(select.report, report)
    assert "选用 " in text
    assert_chinese(text, *models)
    speak("zh")
    assert_chinese(select.as_markdown(report), *models)
    assert not HAN.search(select.as_csv(report))


BRIEF = ["--max-steps", "2", "--seeds", "1", "--no-extend", *HERE]
NOBODY = "nobody/nothing"


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> str:
    pytest.importorskip("PIL")
    return str(image_model(tmp_path_factory.mktemp("images") / "vit", "ViT"))


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> str:
    pytest.importorskip("soundfile")
    return str(saved("whisper", tmp_path_factory.mktemp("sounds")))


def assert_probed_in_chinese(run: Run, folder: Path, model: str, *baselines: str) -> None:
    """A probe and a screen of files say in Chinese what they do, and what is beside the model."""
    names = (model, str(folder), Path(model).name, folder.name)
    done = run("probe", model, "--data", str(folder), *BRIEF, "-f", "json", "--lang", "zh")
    assert_chinese(done.err, *names)
    assert "每个文件都在其类别的文件夹中" in done.err
    report = ProbeReport.model_validate_json(done.out)
    shown = page(probe.report, report)
    assert_chinese(shown, *names)
    assert all(name in shown for name in baselines)
    done = run("screen", "--data", str(folder), "--model", model, *HERE, "-f", "json")
    assert_chinese(page(screen.report, ScreenReport.model_validate_json(done.out)), *names)


def test_images(run: Run, backbone: str, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    shapes(folder / "train", 40, 0)
    shapes(folder / "test", 20, 1)
    baselines = ("颜色直方图 + 线性模型", "HOG + 线性模型")
    assert_probed_in_chinese(run, folder, backbone, *baselines)


def test_sounds(run: Run, listener: str) -> None:
    folder = ROOT / "examples" / "machine-sounds" / "sounds"
    assert_probed_in_chinese(run, folder, listener, "MFCC 统计量 + 线性模型")


def test_items(run: Run, tiny: Path, tmp_path: Path) -> None:
    """A probe, a screen where one model fails, and their notes."""
    taken, items = shop(tmp_path, users=120)
    files = ["--data", str(taken), "--items", str(items)]
    done = run("probe", str(tiny), *files, "--split", "time", "-f", "json", "--lang", "zh")
    assert_chinese(done.err, *files, "tiny")
    assert "采用的列：user = userId、item = movieId" in done.err
    report = RecommendationReport.model_validate_json(done.out)
    for drawn in (page(recommendation.report, report), recommendation.as_markdown(report)):
        assert_chinese(drawn, str(tiny), "tiny", "rating ")
        assert "热门度" in drawn
        assert "文本的TF-IDF" in "".join(drawn.split())
    models = ["--model", str(tiny), "--model", NOBODY, "--offline"]
    done = run("screen", *files, *models, "-f", "json", "--lang", "zh")
    assert f"警告：{NOBODY} 未能读取：" in done.err
    assert not HAN.search(done.out)
    report = RecommendationReport.model_validate_json(done.out)
    shown = page(recommendation.report, report)
    assert_chinese(shown, str(tiny), "tiny", NOBODY, "rating ", "--split time")
    assert f"{NOBODY}：未读" in shown
    speak("zh")
    assert_chinese(recommendation.as_markdown(report), str(tiny), NOBODY, "rating ", "--split time")
    assert not HAN.search(recommendation.as_csv(report))
