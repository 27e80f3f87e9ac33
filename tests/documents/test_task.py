"""The task profile: short to write, strict to read, its defaults visible."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from pick_model.catalog.catalog import Catalog
from pick_model.cli.schema import json_schema
from pick_model.documents.profile import Profile, normalised_weights, settle
from pick_model.documents.reader import check, parse_yaml, read_yaml
from pick_model.documents.task import CRITERIA, PRESETS, Task
from pick_model.errors import SchemaError
from pick_model.vocabulary.tasks import TASK_SYNONYMS, TASKS
from pick_model.words.say import say

EXAMPLES = [
    file
    for file in sorted(Path(__file__).parents[2].glob("examples/*/*.yaml"))
    if file.stem in ("task", "policy")
]


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


def test_the_name_says_a_domain_where_the_profile_does_not(catalog: Catalog) -> None:
    found = profile("name: ocr\ntask: image-to-text", catalog)
    assert found.domain == "documents"
    (taken,) = [d for d in found.defaults if d.field == "domain"]
    assert (taken.value, say(taken.why)) == (
        "documents",
        "the name says 'ocr'; domain: says otherwise",
    )


@pytest.mark.parametrize(
    ("written", "domain", "why"),
    [
        ("", "sounds", "not given; domain: says otherwise (speech, music, general)"),
        (
            "languages: [de]",
            "speech",
            "a language is named; domain: says otherwise (sounds, music, general)",
        ),
        ("name: music genres", "music", "the name says 'music'; domain: says otherwise"),
        ("name: bird song\ndomain: bioacoustics", "sounds", None),
        ("domain: general", None, None),
    ],
)
def test_sounds_of_any_kind_are_told_apart_unless_the_profile_says_which(
    catalog: Catalog, written: str, domain: str | None, why: str | None
) -> None:
    found = profile(f"task: audio-classification\n{written}", catalog)
    assert found.domain == domain
    assert [say(d.why) for d in found.defaults if d.field == "domain"] == ([why] if why else [])


def test_only_kinds_of_sound_are_taken_to_be_of_the_world(catalog: Catalog) -> None:
    for task in ("automatic-speech-recognition", "image-classification", "text-classification"):
        assert profile(f"task: {task}", catalog).domain is None


@pytest.mark.parametrize(
    ("written", "domain"), [("general", None), ("none", None), ("ocr", "documents")]
)
def test_a_domain_that_is_written_outranks_the_name(
    catalog: Catalog, written: str, domain: str | None
) -> None:
    found = profile(f"name: receipts\ntask: image-to-text\ndomain: {written}", catalog)
    assert found.domain == domain
    assert "domain" not in {d.field for d in found.defaults}


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
        ("task: retrieval", "did you mean 'feature-extraction'?"),
        ("task: OCR", "did you mean 'image-to-text', with domain: documents?"),
        ("task: Sentiment Analysis", "did you mean 'text-classification'?"),
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
        ("task: text-classification\nlabel_kind: multi", "'single-label', 'multi-label' or 'regression'"),
        ("task: token-classification\nlabel_kind: multi-label", "it has no kinds of labels"),
        ("task: image-classification\nlabel_kind: regression", "it takes single-label, multi-label"),
        ("task: text-classification\nlabel_kind: multi-label\nmetric: mcc", "it takes micro_f1, accuracy"),
        ("task: text-classification\nlabel_kind: regression\nmetric: accuracy", "it takes spearman"),
        ("task: text-classification\nlabel_kind: regression\nn_labels: 4", "leave it out"),
        ("task: text-classification\nlabel_kind: multi-label\nn_labels: 1", "leaves nothing to classify"),
        ("task: image-classification\npairs: true", "pairs does not suit image-classification"),
        ("task: text-classification\nitem_texts: true", "item-recommendation takes it"),
        ("task: text-classification\nuser_graph: true", "item-recommendation takes it"),
        ("task: item-recommendation\ninput_tokens: 20", "add item_texts: true"),
        ("task: item-recommendation\nitem_texts: false\ninput_tokens: 20", "add item_texts: true"),
        ("task: summarization\ntranslate: {from: en, to: de}", "translation takes it"),
        ("task: translation\ntranslate: {fro: en, to: de}", "did you mean 'from'?"),
        ("task: translation\ntranslate: {from: en, to: English}", "both en"),
        ("task: translation\nlanguages: [en, fr]\ntranslate: {from: en, to: de}", "de is not among the languages"),
        ("task: text-classification\ncurrent: {model: a, score: 87}", "lies from 0 to 1 (write 0.87)"),
        ("task: translation\ncurrent: {model: a, score: 34.2}", "is no bleu"),
        ("task: text-classification\nmetric: rmse\ncurrent: {model: a, score: -1}", "lies at 0 or above"),
        ("task: text-classification\ncurrent: {model: a, score: '.8'}", "should be a valid number"),
        ("task: text-classification\npoint_worth: 0", "greater than 0"),
        ("task: text-classification\nprice_per_hour: 0", "greater than 0"),
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
    *others, _ = PRESETS["balanced"]
    weights = normalised_weights("balanced", {"compute": 0.85})
    total = sum(others) + 0.85
    assert weights == pytest.approx((*(other / total for other in others), 0.85 / total))


def test_weights_that_leave_nothing_to_weigh_are_refused() -> None:
    with pytest.raises(ValueError, match="not all zero"):
        normalised_weights("balanced", dict.fromkeys(CRITERIA, 0.0))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("task: text-classification\ncurrent:\n  model: a\n  score: 87", 4),
        ("task: text-classification\nlabel_kind: multi-label\nmetric: mcc", 3),
        ("task: translation\n\ntranslate: {from: en, to: en}", 3),
    ],
)
def test_keys_that_disagree_are_refused_on_the_line_of_the_one_to_change(
    text: str, line: int
) -> None:
    with pytest.raises(SchemaError) as caught:
        read(text)
    assert caught.value.location is not None
    assert caught.value.location.line == line


@pytest.mark.parametrize(
    ("written", "kind", "metric"),
    [
        ("", "single-label", "accuracy"),
        ("metric: spearman", "regression", "spearman"),
        ("n_labels: 1\nmetric: rmse", "regression", "rmse"),
        ("metric: macro_f1", "single-label", "macro_f1"),
        ("label_kind: multi-label", "multi-label", "micro_f1"),
        ("label_kind: regression", "regression", "spearman"),
        ("label_kind: multi-label\nmetric: accuracy", "multi-label", "accuracy"),
    ],
)
def test_kind_of_labels_and_metric_follow_from_each_other(
    catalog: Catalog, written: str, kind: str, metric: str
) -> None:
    found = profile(f"task: text-classification\n{written}", catalog)
    assert (found.label_kind, found.metric) == (kind, metric)


def test_a_translation_between_two_languages_goes_from_the_first_and_says_so(
    catalog: Catalog,
) -> None:
    found = profile("task: translation\nlanguages: [en, zh]", catalog)
    assert found.direction == ("en", "zh")
    assert "translate" in {d.field for d in found.defaults}


def test_a_direction_brings_its_languages(catalog: Catalog) -> None:
    found = profile("task: translation\ntranslate: {from: Chinese, to: en}", catalog)
    assert (found.direction, found.languages) == (("zh", "en"), ("zh", "en"))
    assert not {"translate", "languages"} & {d.field for d in found.defaults}


def test_a_translation_of_three_languages_has_no_direction_of_its_own(catalog: Catalog) -> None:
    assert profile("task: translation\nlanguages: [en, zh, de]", catalog).direction is None


@pytest.mark.parametrize(
    ("written", "method"),
    [
        ("task: feature-extraction", "as-is"),
        ("task: feature-extraction\nn_rows: 5000", "as-is"),
        ("task: feature-extraction\nn_rows: 5000\ntraining: {epochs: 2}", "full"),
        ("task: feature-extraction\ntraining: {max_length: 400}", "as-is"),
        ("task: automatic-speech-recognition", "as-is"),
        ("task: automatic-speech-recognition\nn_rows: 0", "as-is"),
        ("task: automatic-speech-recognition\nn_rows: 5000", "full"),
        ("task: text-generation\ntraining: {batch_size: 4}", "full"),
        ("task: text-to-image", "as-is"),
        ("task: text-classification", "full"),
        ("task: text-classification\nn_rows: 0", "full"),
        ("task: object-detection", "full"),
        ("task: text-generation\ntraining: {method: qlora}", "qlora"),
        ("task: feature-extraction\ntraining: {method: frozen}", "frozen"),
        ("task: text-classification\ntraining: {method: as-is}", "as-is"),
    ],
)
def test_nothing_is_trained_where_models_are_used_as_they_come(
    catalog: Catalog, written: str, method: str
) -> None:
    assert profile(written, catalog).method == method


def test_what_only_training_needs_is_no_default_of_a_model_used_as_it_comes(
    catalog: Catalog,
) -> None:
    found = profile("task: feature-extraction", catalog)
    fields = {d.field for d in found.defaults}
    assert fields == {
        "languages",
        "hardware",
        "input_tokens",
        "metric",
        "preset",
        "training.method",
    }
    assert found.n_rows == 0


def test_the_current_model_may_be_one_that_the_catalog_does_not_know(catalog: Catalog) -> None:
    task = read("task: text-classification\ncurrent: {model: my-svm, score: 0.81}")
    found = settle(task, catalog.machine, entry=lambda name: None).current
    assert found is not None
    assert (found.name, found.entry, found.score) == ("my-svm", None, 0.81)


def test_texts_of_items_have_a_length(catalog: Catalog) -> None:
    found = profile("task: item-recommendation\nitem_texts: true\ninput_tokens: 30", catalog)
    assert (found.item_texts, found.input_tokens) == (True, 30)
    assert profile("task: item-recommendation", catalog).item_texts is None


def test_a_social_domain_says_that_friends_are_known_where_nobody_denies_it(
    catalog: Catalog,
) -> None:
    task = "task: item-recommendation\ndomain: social"
    found = profile(task, catalog)
    assert found.user_graph is True
    assert [d.value for d in found.defaults if d.field == "user_graph"] == ["true"]
    denied = profile(task + "\nuser_graph: false", catalog)
    assert denied.user_graph is False
    assert "user_graph" not in {d.field for d in denied.defaults}
    assert profile("task: item-recommendation", catalog).user_graph is None


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("price_per_hour: 2", "price_per_hour: nothing to hold it against"),
        ("metric: rmse\npoint_worth: 5", "point_worth: rmse has no points"),
        ("weights: {transferability: 0, pretraining_data: 0, architecture: 0, training_time: 0, "
         "compute: 0}", "weights: should be"),
    ],
)  # fmt: skip
def test_prices_and_weights_that_weigh_nothing_are_refused_by_their_key(
    catalog: Catalog, written: str, key: str
) -> None:
    with pytest.raises(ValueError, match=key):
        profile(f"task: text-classification\n{written}", catalog)


def test_other_names_of_tasks_lead_to_tasks() -> None:
    assert set(TASK_SYNONYMS.values()) <= set(TASKS)
    assert not set(TASK_SYNONYMS) & set(TASKS)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_an_editor_that_reads_the_schema_finds_no_fault_with_an_example(file: Path) -> None:
    jsonschema.validate(read_yaml(file).value, json_schema(file.stem))


@pytest.mark.parametrize(
    "given",
    [
        "languages: en",
        "languages: [en]",
        "constraints: {license: MIT, released_after: 2019, ban_families: bert}",
        "constraints: {license: [MIT], released_after: 2019-05, ban_families: [bert]}",
    ],
)
def test_the_schema_takes_one_value_in_place_of_a_list_and_a_year_for_a_date(given: str) -> None:
    text = f"task: text-classification\n{given}"
    assert read(text)
    jsonschema.validate(parse_yaml(text, "t.yaml").value, json_schema("task"))
