"""The task profile: short to write, strict to read, its defaults visible."""

from __future__ import annotations

import pytest

from pick_model.catalog.model import Catalog
from pick_model.documents.profile import Profile, normalised_weights, settle
from pick_model.documents.reader import check, parse_yaml
from pick_model.documents.task import CRITERIA, PRESETS, Task
from pick_model.errors import SchemaError


def read(text: str) -> Task:
    return check(parse_yaml(text, "t.yaml"), Task)


def profile(text: str, catalog: Catalog) -> Profile:
    return settle(read(text), catalog.machine)


def test_four_lines_are_enough_and_every_default_is_told(catalog: Catalog) -> None:
    found = profile("task: text-classification\nlanguages: [en]\nn_labels: 3\nn_rows: 900", catalog)
    assert (found.n_rows, found.batch_size, found.epochs) == (900, 32, 3)
    assert {d.field for d in found.defaults} == {
        "hardware",
        "input_tokens",
        "label_kind",
        "metric",
        "preset",
        "training.batch_size",
        "training.dtype",
        "training.epochs",
        "training.method",
    }


def test_what_is_given_is_no_default(catalog: Catalog) -> None:
    found = profile(
        "task: text-classification\npreset: edge\nmetric: macro_f1\ntraining: {epochs: 5}", catalog
    )
    assert not {"preset", "metric", "training.epochs"} & {d.field for d in found.defaults}


def test_a_text_task_without_languages_is_english_and_says_so(catalog: Catalog) -> None:
    found = profile("task: text-classification", catalog)
    assert found.languages == ("en",)
    assert "languages" in {d.field for d in found.defaults}


def test_an_image_task_needs_no_language(catalog: Catalog) -> None:
    assert profile("task: image-classification", catalog).languages == ()


@pytest.mark.parametrize("written", ["de", "[de]", "German", "[german]", "DE"])
def test_languages_are_read_by_code_or_name(written: str) -> None:
    assert read(f"task: text-classification\nlanguages: {written}").languages == ("de",)


def test_no_is_norwegian() -> None:
    assert read("task: text-classification\nlanguages: [no, nb]").languages == ("no",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("task: text-clasification", "did you mean 'text-classification'?"),
        ("task: text-classification\nlanguages: [englsh]", "did you mean 'English'?"),
        ("task: text-classification\nconstraints: {license: mti}", "did you mean 'MIT'?"),
        ("task: text-classification\nconstraints: {license: permisive}", "did you mean 'permissive'?"),
        ("task: text-classification\npreset: balnced", "did you mean 'balanced'?"),
        ("task: text-classification\nmetric: acuracy", "did you mean 'accuracy'?"),
        ("task: text-classification\ninput_pixels: 224", "use input_tokens"),
        ("task: image-classification\ninput_tokens: 12", "use input_pixels"),
        ("task: text-classification\nn_labels: 1", "leaves nothing to classify"),
        ("task: text-classification\nn_rows: -5", "greater than or equal to 0, not -5"),
        ("task: text-classification\nn_rows: 1e99", "less than or equal to 1000000000000000"),
        ("task: text-classification\nn_rows: .nan", "n_rows: should be a valid integer, not nan"),
        ("task: text-classification\nweights: {compute: .nan}", "finite number"),
        ("task: text-classification\nweights: {compute: -1}", "greater than or equal to 0"),
        ("task: text-classification\nconstraints: {max_latency_ms: 0}", "greater than 0"),
        ("task: text-classification\nconstraints: {released_after: '2024', released_before: '2020'}", "later than"),
        ("task: text-classification\nconstraints: {released_after: 2024-13}", "released_after"),
        ("task: text-classification\nconstraints: {require_models: a, ban_models: [A]}", "both required and banned"),
        ("task: text-classification\ntraining: {dtype: fp8}", "training.dtype"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_the_nearest_valid_one(text: str, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        read(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("preset", PRESETS)
def test_preset_weights_sum_to_one(preset: str) -> None:
    assert sum(PRESETS[preset]) == pytest.approx(1)
    assert len(PRESETS[preset]) == len(CRITERIA)


def test_changed_weights_keep_the_others_proportions() -> None:
    weights = normalised_weights("balanced", {"compute": 0.85})
    # .40 .15 .15 .15 and .85 add up to 1.70
    assert weights == pytest.approx((0.40 / 1.7, 0.15 / 1.7, 0.15 / 1.7, 0.15 / 1.7, 0.85 / 1.7))


def test_weights_that_leave_nothing_to_weigh_are_refused() -> None:
    with pytest.raises(ValueError, match="not all zero"):
        normalised_weights("balanced", dict.fromkeys(CRITERIA, 0.0))
