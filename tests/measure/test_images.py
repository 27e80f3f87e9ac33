"""Probes and screens of images, from files to report."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
Image = pytest.importorskip("PIL.Image")
pytest.importorskip("transformers")

from pick_model.data.dataset import Dataset  # noqa: E402
from pick_model.data.read import file_digest, read_dataset  # noqa: E402
from pick_model.data.split import split  # noqa: E402
from pick_model.documents.probe import ProbeReport, deterministic_part  # noqa: E402
from pick_model.encoders.load import encode, load  # noqa: E402
from pick_model.encoders.network import Net, net_for  # noqa: E402
from pick_model.encoders.resolve import parse_model  # noqa: E402
from pick_model.errors import InputError  # noqa: E402
from pick_model.measure.ledger import ledger_lines  # noqa: E402
from pick_model.measure.probe import image_views  # noqa: E402
from pick_model.measure.probe.baselines import baselines  # noqa: E402
from pick_model.measure.probe.metrics import Scorer  # noqa: E402
from pick_model.measure.probe.rows import make_sets  # noqa: E402
from pick_model.measure.probe.run import probe  # noqa: E402
from pick_model.measure.probe.settings import Settings  # noqa: E402
from pick_model.measure.screen.run import screen  # noqa: E402
from pick_model.measure.screen.settings import Settings as ScreenSettings  # noqa: E402
from pick_model.measure.select.foreseen import on_this_machine  # noqa: E402
from pick_model.render.layout import page_for_stdout  # noqa: E402
from pick_model.render.probe import report as drawn  # noqa: E402
from pick_model.vocabulary.baselines import TRIVIAL  # noqa: E402
from tests.encoders.image_models import tiny  # noqa: E402
from tests.encoders.models import wordpiece  # noqa: E402
from tests.measure.conftest import make_rows  # noqa: E402

RED, BLUE = 0, 2  # colours of which one class has more


def shapes(top: Path, n: int = 60, seed: int = 0) -> Path:
    """Bars upright or lying, brighter in one colour or another: class, label and number.

    Folders have the direction; the table beside them the rest.
    """
    draw = np.random.default_rng(seed)
    lines = []
    for at in range(n):
        values = draw.integers(0, 60, (24, 24, 3))
        upright, blue = at % 2 == 0, draw.random() < 0.5
        begin, bright = draw.integers(4, 16), int(draw.integers(120, 200))
        place = (slice(2, 22), slice(begin, begin + 4))
        values[place if upright else place[::-1]] += bright
        values[:, :, BLUE if blue else RED] += 40
        name = "upright" if upright else "lying"
        path = top / name / f"{at:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(path)
        both = "|".join([name, *(["blue"] if blue else [])])
        lines.append(
            [str(path.relative_to(top)), both, round(bright / 100 + draw.random() / 50, 3)]
        )
    for column, label in ((1, "labels"), (2, "light")):
        with (top / f"{label}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(
                [["image", "label"], *([row[0], row[column]] for row in lines)]
            )
    return top


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shapes(tmp_path_factory.mktemp("shapes"))


@pytest.fixture(scope="module")
def vit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("models") / "vit", "ViT")


def quick(cache: Path, **changes: Any) -> Settings:
    return Settings(
        **{"max_steps": 6, "seeds": 1, "batch": 16, "precision": "fp32", "cache": cache, **changes}
    )


def read(folder: Path, what: str) -> tuple[Dataset, Dataset]:
    path = folder if what == "folders" else folder / f"{what}.csv"
    kind: Any = {"labels": "multi-label", "light": "regression"}.get(what)
    return split(read_dataset(path, kind=kind), heldout=0.4)


def test_images_are_not_scored_on_texts(folder: Path, vit: Path, tmp_path: Path) -> None:
    train, _ = read(folder, "folders")
    texts = tmp_path / "texts.csv"
    lines = [f"a text of {name},{name}" for name in train.label_names for _ in range(4)]
    texts.write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    with pytest.raises(InputError, match=r"rows of image, texts\.csv of text") as caught:
        probe([str(vit)], train, read_dataset(texts, like=train), quick(tmp_path))
    assert caught.value.hint is not None


@pytest.mark.parametrize("what", ["folders", "labels", "light"])
@pytest.mark.parametrize("method", ["full", "linear"])
def test_every_kind_of_labels_ends_in_a_report(
    folder: Path, vit: Path, tmp_path: Path, what: str, method: str
) -> None:
    train, heldout = read(folder, what)
    report = probe([str(vit)], train, heldout, quick(tmp_path, method=method))
    [result] = report.results
    assert set(result.baselines) == {*TRIVIAL["image"], "frozen"}
    assert [name for name, line in result.baselines.items() if line.in_verdict] == [
        *TRIVIAL["image"]
    ]
    low, high = result.interval
    assert low <= result.score <= high
    assert result.verdict in ("transfers", "does-not-transfer", "inconclusive")
    told = [note.code for note in report.note_messages]
    varied = "images-cropped" if what == "light" else "images-cropped-mirrored"
    assert told == ([varied] if method == "full" else [])
    assert not {"length", "LoRA", "quantisation"} & {line.what for line in result.recipe}
    page = page_for_stdout(False)
    drawn(report, page)
    assert "HOG + linear" in page.text()
    assert "TF-IDF" not in page.text()


def test_a_probe_of_images_repeats_and_resumes(folder: Path, vit: Path, tmp_path: Path) -> None:
    sets = read(folder, "folders")
    first = probe([str(vit)], *sets, quick(tmp_path / "a"))
    again = probe([str(vit)], *sets, quick(tmp_path / "a"))
    other = probe([str(vit)], *sets, quick(tmp_path / "b"))
    assert again.results[0].timing.resumed > 0
    assert other.results[0].timing.resumed == 0
    for report in (again, other):
        assert deterministic_part(report) == deterministic_part(first)


def test_a_budget_of_time_holds_for_images(folder: Path, vit: Path, tmp_path: Path) -> None:
    settings = quick(tmp_path, max_steps=None, budget_seconds=60.0)
    report = probe([str(vit)], *read(folder, "folders"), settings)
    assert isinstance(report, ProbeReport)
    assert report.results[0].seconds < 60 * 1.15


def test_results_go_to_the_ledger_under_the_folders_digest(
    folder: Path, vit: Path, tmp_path: Path
) -> None:
    report = probe([str(vit)], *read(folder, "folders"), quick(tmp_path, method="linear"))
    [line] = ledger_lines(report)
    assert line.data_digest == file_digest(folder)
    assert set(line.baselines) == {*TRIVIAL["image"], "frozen"}


@pytest.mark.parametrize("architecture", ["ViT", "ResNet"])
def test_a_screen_reads_files_once(folder: Path, tmp_path: Path, architecture: str) -> None:
    model = parse_model(str(tiny(tmp_path / "it", architecture)))
    rows = read_dataset(folder)
    settings = ScreenSettings(cache=tmp_path / "cache")
    first = screen([model], rows, settings)
    again = screen([model], rows, settings)
    [one], [two] = first.results, again.results
    assert (one.error, one.cached, two.cached) == (None, False, True)
    assert one.score == two.score
    assert one.best_layer is not None
    assert one.truncated == 0  # nothing of a picture is cut off


def test_a_text_encoder_on_images_is_a_fault_of_that_model_alone(
    folder: Path, vit: Path, one_layer: Path, tmp_path: Path
) -> None:
    refs = [parse_model(str(path)) for path in (one_layer, vit)]
    report = screen(refs, read_dataset(folder), ScreenSettings(cache=tmp_path))
    errors = {one.model: one.error for one in report.results}
    assert errors[str(vit)] is None
    fault = errors[str(one_layer)]
    assert fault is not None
    assert "no images" in fault.message


# The trivial baselines.


def test_edges_tell_directions_and_colours_do_not(folder: Path) -> None:
    sets = make_sets(*read(folder, "folders"), 0)
    scorer = Scorer(sets.heldout, "accuracy")
    said = baselines(sets.train, sets.tuning, sets.heldout, "accuracy")
    scores = {name: scorer.score(found) for name, found in said.items()}
    assert scores["hog"] > 0.9
    assert scores["colours"] < 0.8


def flat(path: Path, values: np.ndarray) -> np.ndarray:
    Image.fromarray(values.astype(np.uint8)).save(path)
    return image_views._small(path)


def test_a_colour_histogram_counts_pixels(tmp_path: Path) -> None:
    values = np.zeros((64, 64, 3))
    values[:, :16] = (255, 0, 0)  # a quarter is red, the rest black
    found = image_views._colours(flat(tmp_path / "a.png", values)) ** 2
    joint, red, green = found[:64], found[64:80], found[80:96]
    assert (joint[0], joint[3 * 16]) == pytest.approx((0.75, 0.25))
    assert (red[0], red[-1], green[0]) == pytest.approx((0.75, 0.25, 1.0))


def test_a_gradient_votes_for_its_own_direction(tmp_path: Path) -> None:
    across = np.repeat(np.arange(64)[None, :, None] * 3, 64, axis=0).repeat(3, axis=2)
    votes = {}
    for name, values in {"across": across, "down": across.transpose(1, 0, 2)}.items():
        found = image_views._gradients(flat(tmp_path / f"{name}.png", values))
        votes[name] = found.reshape(-1, image_views.DIRECTIONS).sum(axis=0)
    # 0 degrees lie between the first bin and the last, 90 in the middle of the fifth.
    assert set(votes["across"].argsort()[-2:]) == {0, image_views.DIRECTIONS - 1}
    assert votes["down"].argmax() == image_views.DIRECTIONS // 2


# The network.


def test_normalisations_over_the_batch_keep_their_statistics(folder: Path, tmp_path: Path) -> None:
    loaded = load(tiny(tmp_path / "it", "ResNet"), modality="image", device="cpu", precision="fp32")
    rows = encode(read_dataset(folder), loaded, loaded.modality.longest(loaded, None))
    net: Net = net_for(rows, loaded).train()
    before = {name: value.clone() for name, value in net.named_buffers()}
    assert any("running_mean" in name for name in before)
    inputs = loaded.modality.sample(loaded)
    together = net.features({"pixel_values": inputs["pixel_values"].repeat(2, 1, 1, 1)})
    torch.testing.assert_close(together[:1], net.features(inputs))  # a row by itself
    for name, value in net.named_buffers():
        assert torch.equal(value, before[name]), name


# By the names of labels alone.


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny(tmp_path_factory.mktemp("models") / "clip", "CLIP")
    wordpiece(
        model_max_length=32, model_input_names=["input_ids", "attention_mask"]
    ).save_pretrained(folder)
    return folder


def test_a_model_of_images_and_text_is_asked_by_the_labels_names(
    folder: Path, clip: Path, tmp_path: Path
) -> None:
    from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

    train, heldout = read(folder, "folders")
    report = probe([str(clip)], train, heldout, quick(tmp_path, method="linear"))
    line = report.results[0].baselines["zero-shot"]
    model: Any = AutoModel.from_pretrained(clip).eval()
    tokens = AutoTokenizer.from_pretrained(clip)(
        [f"a photo of a {name}." for name in train.label_names],
        padding="max_length", max_length=32, return_tensors="pt",
    )  # fmt: skip
    processor = AutoImageProcessor.from_pretrained(clip, backend="pil")  # type: ignore[no-untyped-call]
    images = [Image.open(file.path) for file in heldout.media or ()]
    with torch.inference_mode():
        out = model(**tokens, **processor(images, return_tensors="pt"))
    right = (out.logits_per_image.argmax(dim=1) == torch.tensor(heldout.labels)).float().mean()
    assert line.score == pytest.approx(float(right), abs=0.05)  # a near tie may fall either way
    assert line.in_verdict is False


def test_other_models_and_kinds_are_not_asked_by_names(
    folder: Path, vit: Path, clip: Path, tmp_path: Path
) -> None:
    for model, what in ((vit, "folders"), (clip, "labels")):
        report = probe([str(model)], *read(folder, what), quick(tmp_path, method="linear"))
        assert "zero-shot" not in report.results[0].baselines


# What is foreseen.


def test_the_cost_of_images_follows_the_models_own_size(folder: Path) -> None:
    from pick_model.advise.profile import read_profile
    from pick_model.catalog.load import load_catalog

    task = folder / "task.yaml"
    task.write_text("task: image-classification\nn_rows: 60\nn_labels: 2\n")
    profile = read_profile(task, load_catalog(()), hardware="local")
    here = on_this_machine(profile, read_dataset(folder))
    assert here.input_tokens == profile.input_tokens
    assert here.n_rows == 60
    assert on_this_machine(profile, make_rows("single-label", 20)).input_tokens == 8
