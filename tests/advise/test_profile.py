"""What the command line adds to a profile, and what a name in it means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pick_model.advise.profile import read_profile, settled
from pick_model.advise.report import summary
from pick_model.catalog.catalog import Catalog
from pick_model.documents.task import Task
from pick_model.errors import SchemaError, UsageError


@pytest.fixture
def task(tmp_path: Path) -> Path:
    path = tmp_path / "task.yaml"
    path.write_text(
        "task: text-classification\nlanguages: [en]\nprice_per_hour: 2\npoint_worth: 9\n"
    )
    return path


def test_prices_of_the_command_line_outrank_the_files(task: Path, catalog: Catalog) -> None:
    found = read_profile(task, catalog, point_worth=50.0)
    assert (found.point_worth, found.price_per_hour) == (50.0, 2.0)


@pytest.mark.parametrize("price", [0.0, -1.0, float("inf"), float("nan")])
def test_a_price_is_a_finite_number_above_nothing(
    task: Path, catalog: Catalog, price: float
) -> None:
    with pytest.raises(UsageError, match="--price-per-hour"):
        read_profile(task, catalog, price_per_hour=price)


def test_a_price_by_the_hour_alone_is_refused(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "task.yaml"
    path.write_text("task: text-classification\n")
    with pytest.raises(SchemaError, match="point_worth"):
        read_profile(path, catalog, price_per_hour=2.0)


def test_the_current_model_is_found_by_any_of_its_names(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(
        "task: text-classification\ncurrent: {model: FacebookAI/roberta-base, score: 0.8}\n"
    )
    found = read_profile(path, catalog).current
    assert found is not None
    assert (found.name, found.entry) == ("FacebookAI/roberta-base", "roberta-base")


def test_the_report_says_what_the_profile_said(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(
        "task: translation\ntranslate: {from: en, to: de}\nmetric: bleu\n"
        "current: {model: our-system, score: 0.31}\npoint_worth: 40\n"
    )
    said = summary(read_profile(path, catalog, price_per_hour=2.0))
    assert (said.translate, said.point_worth, said.price_per_hour) == (("en", "de"), 40.0, 2.0)
    assert said.current is not None
    assert (said.current.model, said.current.entry, said.current.score) == (
        "our-system",
        None,
        0.31,
    )


@pytest.mark.parametrize(
    ("changes", "pixels"),
    [
        ({"task": "image-classification"}, 224),
        ({"task": "object-detection"}, 640),
        ({"task": "image-segmentation"}, 512),
        ({"task": "document-question-answering"}, 1024),
        ({"task": "image-to-text"}, 224),
        ({"task": "image-to-text", "domain": "documents"}, 1024),
        ({"task": "image-to-text", "name": "invoice-ocr"}, 1024),
        ({"task": "object-detection", "input_pixels": 800}, 800),
    ],
)
def test_an_image_is_as_large_as_is_usual_for_the_task(
    changes: dict[str, Any], pixels: int, catalog: Catalog
) -> None:
    found = settled(Task(**changes), catalog)
    assert found.input_pixels == pixels
    taken = {default.field: default.value for default in found.defaults}
    assert taken.get("input_pixels") == (None if "input_pixels" in changes else str(pixels))


@pytest.mark.parametrize(
    ("task", "code"),
    [
        ("text-classification", "input-tokens"),
        ("time-series-forecasting", "input-patches"),
        ("tabular-classification", "input-table-rows"),
        ("biosequence-classification", "input-residues"),
        ("audio-classification", "input-seconds"),
    ],
)
def test_the_length_of_an_input_is_told_in_the_units_of_the_task(
    task: str, code: str, catalog: Catalog
) -> None:
    assert [told.code for told in summary(settled(Task(task=task), catalog)).input_messages] == [
        code
    ]
