"""What a task needs: who has it, what its lack takes off, what it refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.advise.constraints import check_facts
from pick_model.advise.criteria import architecture_value, readings, values
from pick_model.advise.explain import READS
from pick_model.advise.needs import DOMAIN_NEEDS, NEEDS, Need, handicap, lacks, refused, share_left
from pick_model.advise.suitability import SUITABILITY
from pick_model.belief.offsets import UNTRAINED
from pick_model.catalog.catalog import Catalog
from pick_model.cost.estimate import estimate
from pick_model.documents.catalog import Entry, Pretraining
from pick_model.record import replace
from pick_model.vocabulary.kinds import KINDS
from pick_model.vocabulary.tasks import TASKS
from pick_model.words.english import SENTENCES
from pick_model.words.say import say

from .helpers import entry, expected, profile

ALL = [need for needs in NEEDS.values() for need in needs] + [*DOMAIN_NEEDS.values()]


def made(kind: str, objective: str | None, task: str, **changes: Any) -> Entry:
    learnt = Pretraining(objective=objective)
    base = entry(kind=kind, tasks=(task,), pretraining=learnt, max_tokens=None)
    return replace(base, **{"modality": TASKS[task].modality, **changes})


def missing(kind: str, objective: str | None, task: str, **asked: Any) -> set[str]:
    return {n.what for n in lacks(made(kind, objective, task), profile(task=task, **asked))}


@pytest.mark.parametrize(
    ("task", "kind", "objective", "lacking"),
    [
        ("object-detection", "detector", "supervised detection", set()),
        ("object-detection", "detector", None, set()),
        ("object-detection", "detector", "supervised open-vocabulary detection", {"own-labels"}),
        ("object-detection", "vit", "self-distillation", {"detection-head"}),
        ("image-segmentation", "segmenter", "promptable segmentation", {"own-labels"}),
        ("image-segmentation", "hierarchical-vit", "supervised-classification", {"segmentation-head"}),
        ("translation", "encoder-decoder", "supervised translation", set()),
        ("translation", "encoder-decoder", "span-corruption with supervised tasks", {"parallel-texts"}),
        ("translation", "encoder-decoder", "span-corruption", {"translation-training", "parallel-texts"}),
        ("translation", "encoder-decoder", "translation-language-modelling", {"translation-training", "parallel-texts"}),
        ("automatic-speech-recognition", "speech-encoder", "ctc fine-tuning", set()),
        ("automatic-speech-recognition", "speech-encoder", "masked contrastive prediction", {"transcription-head"}),
        ("automatic-speech-recognition", "speech-encoder-decoder", None, set()),
        ("feature-extraction", "encoder", "masked-language-modelling, next-sentence-prediction", {"similarity-training"}),
        ("feature-extraction", "sentence-encoder", None, set()),
        ("visual-question-answering", "vision-language", "masked-language-modelling and matching", {"text-decoder"}),
        ("visual-question-answering", "vision-language", "instruction tuning", set()),
    ],
)  # fmt: skip
def test_kind_and_objective_show_what_a_model_has(
    task: str, kind: str, objective: str | None, lacking: set[str]
) -> None:
    assert missing(kind, objective, task) == lacking


def test_weights_that_were_never_trained_learnt_nothing() -> None:
    untrained = made("detector", "supervised detection", "object-detection", pretrained=False)
    found = lacks(untrained, profile(task="object-detection"))
    assert [need.what for need in found] == ["detection-head"]


@pytest.mark.parametrize(
    ("kind", "domains", "domain", "lacking"),
    [
        ("speech-encoder", ("speech",), "speech", set()),
        ("audio-encoder", (), "speech", {"speech-training"}),
        ("audio-encoder", ("music",), "speech", {"speech-training"}),
        ("audio-encoder", (), "music", set()),
        ("speech-encoder", ("speech",), "music", {"music-training"}),
        ("audio-encoder", (), None, set()),
        ("audio-encoder", (), "sounds", set()),
        ("audio-text-dual-encoder", (), "sounds", set()),
        ("speech-encoder", ("speech",), "sounds", {"sound-training"}),
        ("audio-encoder", ("music",), "sounds", {"sound-training"}),
    ],
)
def test_a_domain_with_an_input_of_its_own_needs_models_that_read_it(
    kind: str, domains: tuple[str, ...], domain: str | None, lacking: set[str]
) -> None:
    one = made(kind, None, "audio-classification", domains=domains)
    found = lacks(one, profile(task="audio-classification", domain=domain))
    assert {need.what for need in found if need.share < 1} == lacking


@pytest.mark.parametrize(
    ("domains", "domain", "lacking"),
    [
        (("legal",), "finance", ["its-domain"]),
        (("legal",), "legal", []),
        (("legal",), None, []),  # what it lacks of general text is the belief's to say
        ((), "finance", []),
        (("legal",), "documents", ["page-layout"]),
    ],
)
def test_a_model_of_another_domain_lacks_this_one(
    domains: tuple[str, ...], domain: str | None, lacking: list[str]
) -> None:
    found = lacks(entry(domains=domains), profile(domain=domain))
    assert [need.what for need in found if need.share < 1] == lacking


@pytest.mark.parametrize(
    ("has", "wanted", "lacking"),
    [("dna", "protein", ["its-alphabet"]), ("protein", "protein", []), ("chemistry", None, [])],
)
def test_a_model_of_dna_does_not_read_proteins(
    has: str, wanted: str | None, lacking: list[str]
) -> None:
    one = made("biosequence-encoder", None, "biosequence-classification", domains=(has,))
    found = lacks(one, profile(task="biosequence-classification", domain=wanted))
    assert [need.what for need in found] == lacking


def test_a_domain_says_nothing_of_another_modality() -> None:
    assert missing("sequential-recommender", None, "item-recommendation", domain="music") == set()


def test_a_model_of_item_texts_is_worth_nothing_without_them() -> None:
    reader = made("text-recommender", "contrastive", "item-recommendation")
    for told, share in ((True, 1.0), (None, 0.0)):
        asked = profile(task="item-recommendation", item_texts=told)
        assert share_left(reader, asked) == share
    none = check_facts(reader, profile(task="item-recommendation", languages=(), item_texts=False))
    assert none is not None
    assert none.constraint == "item_texts"


def test_a_graph_of_users_is_read_where_it_is_known_and_needed_by_what_reads_it() -> None:
    social = made("graph-recommender", None, "item-recommendation", domains=("social",))
    graph = made("graph-recommender", None, "item-recommendation")
    serial = made("sequential-recommender", None, "item-recommendation")
    for told, shares in ((True, (1.0, 1.0, 0.5)), (None, (0.0, 1.0, 1.0))):
        asked = profile(task="item-recommendation", user_graph=told)
        assert tuple(share_left(one, asked) for one in (social, graph, serial)) == shares
    none = profile(task="item-recommendation", languages=(), user_graph=False)
    found = check_facts(social, none)
    assert found is not None
    assert found.constraint == "user_graph"
    assert check_facts(graph, none) is None


def test_two_texts_at_once_are_no_work_for_what_read_one_at_a_time() -> None:
    pairs = profile(pairs=True)
    assert share_left(entry(kind="sentence-encoder"), pairs) < share_left(entry(), pairs) == 1.0


def test_the_cheapness_of_what_lacks_a_part_is_worth_what_is_left() -> None:
    whole, half = entry(max_tokens=4096), entry(max_tokens=2048)
    asked = profile(input_tokens=4096)
    costs = estimate(whole, asked)  # the same for both, so that only the lack differs
    of_whole, of_half = (values(one, asked, costs, expected(), (one,)) for one in (whole, half))
    for place in (3, 4):
        assert of_half[place].value == pytest.approx(0.8 * of_whole[place].value)
    assert "times 0.80" in say(readings(READS, half, asked)["compute"])


def test_what_is_lacking_is_taken_off_told_and_moves_the_expectation() -> None:
    asked = profile(task="object-detection", languages=())
    backbone = made("vit", "self-distillation", "object-detection", modality="image")
    detector = made("detector", "supervised detection", "object-detection", modality="image")
    worth = [architecture_value(one, asked, share_left(one, asked)) for one in (backbone, detector)]
    assert worth[0].value == SUITABILITY["object-detection"]["vit"] * 0.2
    assert worth[1].value == 1.0
    assert "detection head" in say(readings(READS, backbone, asked)["architecture"])
    assert handicap(backbone, asked) == pytest.approx(UNTRAINED * 0.8)
    assert handicap(detector, asked) == 0.0


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_a_model_that_reads_more_of_an_input_is_never_worth_less(one: int, other: int) -> None:
    asked = profile(input_tokens=4096)
    less, more = sorted((one, other))
    assert share_left(entry(max_tokens=less), asked) <= share_left(entry(max_tokens=more), asked)


def test_half_the_input_is_one_step_less() -> None:
    asked = profile(input_tokens=4096)
    assert share_left(entry(max_tokens=1024), asked) == pytest.approx(0.8 * 0.8)
    assert share_left(entry(max_tokens=None), asked) == 1.0


def test_what_was_not_trained_for_a_task_cannot_be_used_as_it_comes() -> None:
    asked = profile(task="automatic-speech-recognition", languages=("en",), method="as-is")
    plain = made("speech-encoder", "masked contrastive prediction", asked.task)
    broken = check_facts(plain, asked)
    assert broken is not None
    assert broken.constraint == "method"
    assert "writes what is said" in say(broken.reason)
    assert broken.near_miss is not None
    assert refused(plain, replace(asked, method="full")) is None
    assert refused(made("speech-encoder", "ctc fine-tuning", asked.task), asked) is None


def test_a_new_head_is_no_lack_of_a_model_that_is_trained() -> None:
    classify = profile()
    assert share_left(entry(), classify) == 1.0
    assert say(readings(READS, entry(), classify)["architecture"]).endswith("it lacks nothing")
    assert refused(entry(), replace(classify, method="as-is")) is not None


def test_the_table_names_tasks_and_kinds_that_can_do_them() -> None:
    for task, needs in NEEDS.items():
        for need in needs:
            assert need.kinds <= KINDS.keys()
            assert 0 <= need.share <= 1
            assert need.kinds <= SUITABILITY[task].keys(), task


@pytest.mark.parametrize("need", ALL, ids=lambda need: need.what)
def test_every_need_has_words_and_some_model_of_the_catalog_has_it(
    need: Need, catalog: Catalog
) -> None:
    assert f"term:{need.what}" in SENTENCES
    objectives = {one.pretraining.objective or "" for one in catalog.entries.values()}
    for pattern in filter(None, (need.learnt, need.lost)):
        for part in pattern.split("|"):
            assert any(re.search(part, objective) for objective in objectives), part
