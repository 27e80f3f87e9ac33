"""What the command line adds to a profile, and what a name in it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model.advise.profile import read_profile
from pick_model.advise.report import summary
from pick_model.catalog.catalog import Catalog
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
