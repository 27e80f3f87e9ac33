"""The expected standing on a task: what it rests on, and the laws it keeps."""

from __future__ import annotations

from math import log10, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.belief.expected import Expected
from pick_model.belief.facts import facts_of, matches_of
from pick_model.belief.fit import fit
from pick_model.belief.outlook import OF_A_TASK, Numbering, Outlook, Standing
from pick_model.belief.parts import (
    BEYOND,
    FactsRegression,
    Residual,
    Shipped,
    Variances,
    prior_offset,
    suggested,
)
from pick_model.belief.ship import shipped
from pick_model.belief.similarity import (
    DOMAIN_FOR_GENERAL,
    GENERAL_FOR_DOMAIN,
    OTHER_LANGUAGE,
    RELATED,
    UNRELATED,
    resembles,
    similarity,
    target_of_benchmark,
    task_similarity,
)
from pick_model.belief.source_tables import OF_SOURCE, SourceTable, precisions
from pick_model.documents.catalog import Entry, Shape
from pick_model.record import replace

from .small import World, benchmark, entry

LINE = FactsRegression(
    means=(8.0, 2020.0, 11.0, 0.0, 0.0, 0.0),
    spreads=(0.5, 2.0, 1.0, 0.5, 0.0, 0.0),
    lows=(-2.0,) * 6,
    highs=(2.0,) * 6,
    slopes=(0.6, 0.2, 0.1, -0.1, 0.0, 0.0),
    kinds={"encoder": 0.1, "decoder": -0.1},
    matches=(0.5, -0.2, -1.0, 0.3, -0.4, 0.6),
    intercept=0.05,
)
VARIANCES = Variances(family=0.1, model=0.2, table=0.3, rest=0.4)
SCALES = {
    ("text", "tuned"): Shipped(LINE, VARIANCES, {}, {}, {"frozen": 0.8}),
    ("text", "frozen"): Shipped(LINE, VARIANCES, {}, {}, {"tuned": 0.8}),
}
NUMBERING = Numbering(
    (
        benchmark("same"),
        benchmark("other-language", languages=("de",)),
        benchmark("tags", task="token-classification"),
        benchmark("picture", modality="image", task="image-classification", languages=()),
    ),
    ("fine-tune", "few-shot"),
    ("one", "two"),
)
TARGET = target_of_benchmark(benchmark("target"), "fine-tune")
MODEL = entry("m")


def outlook(**changes: object) -> Outlook:
    return Outlook(replace(TARGET, **changes), NUMBERING, SCALES)


def test_without_scores_the_facts_stand_alone() -> None:
    known = outlook().expected((MODEL,), ())
    # 10^8 parameters and 10^11 tokens are at their means, mid-2020 is 5/12 year above its.
    line = 0.05 + 0.1 + 0.2 * (5 / 12) / 2.0 - 0.1 * 0.0
    assert known.z.value == pytest.approx(line)
    assert known.basis == "prior"
    assert known.prior_share == 1
    task = OF_A_TASK * (VARIANCES.table + VARIANCES.rest)
    half = 1.645 * sqrt(VARIANCES.family + VARIANCES.model + task)
    assert known.z.high - known.z.value == pytest.approx(half)


def test_one_score_is_averaged_with_the_prior_by_precision() -> None:
    prior = outlook().expected((MODEL,), ())
    one = outlook().expected((MODEL,), [(0, 0, 0, 2.0, 1.0, 1)])
    before = 1 / (VARIANCES.family + VARIANCES.model)
    told = 1 / (VARIANCES.table + VARIANCES.rest)
    value = (before * prior.z.value + told * 2.0) / (before + told)
    assert one.z.value == pytest.approx(value)
    assert one.standing.high - value == pytest.approx(1.645 / sqrt(before + told))
    assert one.prior_share == pytest.approx(before / (before + told))
    assert (one.basis, one.n_items) == ("published", 1)


scores = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 1),
        st.integers(0, 1),
        st.floats(-3, 3),
        st.floats(0.1, 1),
        st.just(1),
    ),
    max_size=8,
)


@given(scores)
def test_shares_and_the_prior_add_up_to_one(found: list[Standing]) -> None:
    view = outlook()
    total = sum(share for _, share in view.shares((MODEL,), found))
    assert total + view.expected((MODEL,), found).prior_share == pytest.approx(1)


@given(scores, st.integers(0, 2), st.integers(0, 1), st.floats(0.1, 2))
def test_a_better_score_never_lowers_the_standing(
    found: list[Standing], place: int, protocol: int, more: float
) -> None:
    score = (place, protocol, 0, 0.5, 1.0, 1)
    better = (place, protocol, 0, 0.5 + more, 1.0, 1)
    view = outlook()
    assert (
        view.expected((MODEL,), [*found, better]).z.value
        >= view.expected((MODEL,), [*found, score]).z.value - 1e-12
    )


@given(scores)
def test_more_of_the_same_evidence_narrows_and_does_not_lower(found: list[Standing]) -> None:
    view = outlook()
    before = view.expected((MODEL,), found)
    high = (0, 0, 1, before.z.value + 5, 1.0, 1)
    after = view.expected((MODEL,), [*found, high])
    assert after.z.value >= before.z.value - 1e-9
    if not any(s[2] == 1 for s in found):
        width = before.standing.high - before.standing.low
        assert after.standing.high - after.standing.low <= width + 1e-9


def test_missing_facts_widen_and_do_not_lower_alone() -> None:
    average = entry("m", release_date="2020-01")
    unknown = replace(average, n_parameters=None, release_date=None, languages=None)
    for less in (replace(unknown, languages=("en",)), unknown):
        one, other = (
            suggested(LINE, average, facts_of((average,))),
            suggested(LINE, less, facts_of((less,))),
        )
        assert other[0] == pytest.approx(one[0])
        assert other[1] > one[1]


def test_scores_of_another_world_say_nothing() -> None:
    assert outlook().expected((MODEL,), [(3, 0, 0, 3.0, 1.0, 1)]) == outlook().expected(
        (MODEL,), ()
    )


def test_what_resembles_the_task_less_weighs_less() -> None:
    view = outlook()
    same, language, tags = (
        view.shares((MODEL,), [(place, 0, 0, 1.0, 1.0, 1)])[0][1] for place in range(3)
    )
    assert same > language > 0
    assert same > tags > 0


def test_a_special_domain_tells_less_of_general_text_than_general_text_does() -> None:
    general = target_of_benchmark(benchmark("general"), "fine-tune")
    code = replace(benchmark("code"), domain="code")
    assert similarity(code, general) == DOMAIN_FOR_GENERAL * similarity(benchmark("x"), general)
    assert similarity(code, target_of_benchmark(code, "fine-tune")) == 1.0


def test_who_names_no_domain_takes_a_score_in_any_and_who_names_one_does_not() -> None:
    speech = replace(benchmark("speech"), domain="speech")
    general = target_of_benchmark(benchmark("general"), "fine-tune")
    legal = target_of_benchmark(replace(benchmark("law"), domain="legal"), "fine-tune")
    assert resembles(speech, "fine-tune", general)
    assert not resembles(speech, "fine-tune", legal)


def test_what_learns_from_a_table_alone_is_used_as_the_pretrained_are_there() -> None:
    table = benchmark("table", modality="tabular", task="tabular-classification")
    asked = target_of_benchmark(table, "zero-shot")
    assert resembles(table, "zero-shot", asked)
    assert resembles(table, "from-scratch", asked)
    assert not resembles(table, "fine-tune", asked)
    images = benchmark("images", modality="image", task="image-classification")
    assert not resembles(images, "from-scratch", target_of_benchmark(images, "linear-probe"))


def test_classes_told_by_their_names_are_a_task_of_their_own() -> None:
    photographs = benchmark("photographs", modality="image", task="image-classification")
    by_name = target_of_benchmark(
        replace(photographs, task="zero-shot-image-classification"), "zero-shot"
    )
    trained = target_of_benchmark(photographs, "fine-tune")
    assert resembles(photographs, "zero-shot", by_name)
    assert not resembles(photographs, "fine-tune", by_name)
    assert not resembles(photographs, "zero-shot", trained)
    assert resembles(photographs, "fine-tune", trained)


def test_many_scores_of_one_table_leave_the_doubt_about_the_table() -> None:
    many: list[Standing] = [(0, 0, 0, 1.0, 1.0, 1)] * 1000
    known = outlook().expected((MODEL,), many)
    least = 1 / (1 / (VARIANCES.family + VARIANCES.model) + 1 / VARIANCES.table)
    assert known.standing.high - known.standing.value == pytest.approx(
        1.645 * sqrt(least), rel=0.01
    )


def test_a_score_through_another_scale_tells_less() -> None:
    view = outlook()
    tuned = view.expected((MODEL,), [(0, 0, 0, 2.0, 1.0, 1)])
    frozen = view.expected((MODEL,), [(0, 1, 0, 2.0, 1.0, 1)])
    prior = view.expected((MODEL,), ())
    assert tuned.z.value > frozen.z.value > prior.z.value


def test_a_scale_without_scores_borrows_what_sizes_are_worth_and_not_what_kinds_are() -> None:
    frozen_only = {("text", "frozen"): SCALES["text", "frozen"]}
    view = Outlook(TARGET, NUMBERING, frozen_only)
    small, large = entry("small", n_parameters=3 * 10**7), entry("large", n_parameters=3 * 10**8)
    assert view.expected((large,), ()).z.value > view.expected((small,), ()).z.value
    decoder = replace(MODEL, kind="decoder")
    assert view.expected((decoder,), ()) == view.expected((MODEL,), ())
    told = view.expected((MODEL,), [(0, 1, 0, 2.0, 1.0, 1)])
    direct = Outlook(replace(TARGET, scale="frozen"), NUMBERING, frozen_only).expected(
        (MODEL,), [(0, 1, 0, 2.0, 1.0, 1)]
    )
    prior = view.expected((MODEL,), ())
    assert 0 < told.z.value - prior.z.value < direct.z.value - direct.prior
    assert told.prior_share > direct.prior_share


def test_home_and_foreign_are_told_from_the_model_and_the_task() -> None:
    legal = entry("m", domains=("legal",))
    assert outlook().expected((legal,), ()).z.value == pytest.approx(
        outlook().expected((MODEL,), ()).z.value - 0.2
    )
    assert outlook(domain="legal").expected((legal,), ()).z.value == pytest.approx(
        outlook(domain="legal").expected((MODEL,), ()).z.value + 0.5
    )
    assert outlook(languages=("de",)).expected((MODEL,), ()).z.value == pytest.approx(
        outlook().expected((MODEL,), ()).z.value - 1.0
    )


def test_a_model_made_for_the_language_is_at_home_there_and_english_is_no_home() -> None:
    german = ("de",)
    alone = entry("alone", languages=german)
    of_many = entry("of-many", languages=("de", "en", "fr", "ja", "zh"))

    def home(model: Entry, languages: tuple[str, ...], *bases: Entry) -> float:
        return matches_of((model, *bases), languages, None, "text-classification")[3]

    assert home(alone, german) == 1
    assert home(entry("two", languages=("de", "en")), german) == 1
    assert home(of_many, german) == 1 / 4
    assert home(of_many, ("de", "fr")) == 2 / 4
    assert home(MODEL, ("en",)) == 0
    assert home(alone, ("de", "en")) == 0
    assert home(entry("nobody-told", languages=None), german) == 0
    tuned = entry("tuned", languages=("de", "en"))
    assert home(tuned, german, of_many) == 1 / 4
    assert home(tuned, german, alone) == 1
    assert facts_of((tuned, of_many))[3] == log10(5)
    two = entry("two", languages=("de", "fr"))
    first, second = (outlook(languages=german).expected((one,), ()).z.value for one in (alone, two))
    fewer = LINE.slopes[3] * (log10(1) - log10(2)) / LINE.spreads[3]
    assert first - second == pytest.approx(fewer + 0.3 * (1 - 1 / 2))


def test_gated_encoders_are_told_lower_where_tokens_are_tagged_alone() -> None:
    gated = entry("gated", shape=Shape(gated_ffn=True))
    decoder = replace(gated, kind="decoder")

    def standing(model: Entry, task: str) -> float:
        return outlook(task=task).expected((model,), ()).z.value

    apart = standing(gated, "token-classification") - standing(MODEL, "token-classification")
    assert apart == pytest.approx(-0.4)
    for task, model in (
        ("text-classification", gated),
        ("question-answering", gated),
        ("token-classification", decoder),
    ):
        plain = replace(model, shape=Shape())
        assert standing(model, task) == pytest.approx(standing(plain, task))


def test_a_base_lends_what_it_showed_on_tasks_like_this_one() -> None:
    base, child = entry("base"), entry("child", base_model="base")
    scored = {"base": Residual(0.0, 1.0)}
    scales = {key: one._replace(residuals=scored) for key, one in SCALES.items()}
    scores: dict[str, list[Standing]] = {"base": [(0, 0, 0, 2.0, 1.0, 1)]}
    foreign: dict[str, list[Standing]] = {"base": [(1, 0, 0, 2.0, 1.0, 1)]}

    def standing(line: tuple[Entry, ...], known: dict[str, list[Standing]]) -> Expected:
        view = Outlook(TARGET, NUMBERING, scales, lambda name: known.get(name, []))
        return view.expected(line, ())

    alone = standing((child, base), {})
    with_base, elsewhere = (standing((child, base), some) for some in (scores, foreign))
    # One score of a benchmark like the target, and how far children lie from their base.
    apart = VARIANCES.model + VARIANCES.table + VARIANCES.rest
    prior = VARIANCES.family + VARIANCES.model
    told = (2.0 - standing((base,), {}).z.value) * prior / (prior + apart)
    assert with_base.z.value == pytest.approx(alone.z.value + told)
    assert with_base.basis == "prior"
    assert with_base.n_items == 0
    assert with_base.standing.high - with_base.standing.low < (
        alone.standing.high - alone.standing.low
    )
    assert 0 < elsewhere.z.value - alone.z.value < told / 3  # in a language that is not the task's
    untrained = entry("child", base_model="base", pretrained=False)
    assert standing((untrained, base), scores) == standing((untrained, base), {})


def test_a_family_lends_what_its_others_showed_and_not_its_own_scores_twice() -> None:
    told = {"a": Residual(1.0, 4.0), "b": Residual(1.0, 4.0)}
    member = 1 / (VARIANCES.model + 1 / 4.0)
    sums = (2 * member * 1.0, 2 * member)
    mean, variance = prior_offset(sums, told["a"], VARIANCES)
    assert mean == pytest.approx(member / (member + 1 / VARIANCES.family))
    assert variance == pytest.approx(1 / (member + 1 / VARIANCES.family) + VARIANCES.model)
    mean, variance = prior_offset((0.0, 0.0), Residual(0.0, 0.0), VARIANCES)
    assert mean == 0
    assert variance == pytest.approx(VARIANCES.family + VARIANCES.model)


def test_an_overlay_entry_moves_no_other() -> None:
    """Standings read the shipped numbers and the model's own facts, and nothing else."""
    world = World()
    scales = shipped(fit(world.rows, world.entries, world.benchmarks), world.entries)
    names = list(world.benchmarks)
    numbering = Numbering(list(world.benchmarks.values()), ("fine-tune",), ("lab",))
    found: list[Standing] = [(names.index("alpha"), 0, 0, 0.4, 1.0, 1)]
    before = Outlook(TARGET, numbering, scales).expected((world.entries["m3"],), found)
    view = Outlook(TARGET, numbering, scales)
    view.expected((entry("giant", n_parameters=10**12, family="m3"),), ())
    assert view.expected((world.entries["m3"],), found) == before


def test_similarity_is_a_product_of_what_is_shared() -> None:
    same = benchmark("x")
    assert similarity(same, TARGET) == 1
    tags = replace(same, task="token-classification")
    assert similarity(tags, TARGET) == pytest.approx(RELATED)
    german = replace(tags, languages=("de",))
    assert similarity(german, TARGET) == pytest.approx(RELATED * OTHER_LANGUAGE)
    assert similarity(german, replace(TARGET, domain="legal")) == pytest.approx(
        RELATED * OTHER_LANGUAGE * GENERAL_FOR_DOMAIN
    )
    assert task_similarity("summarization", "text-classification") == UNRELATED


def test_rows_decide_by_the_scale_and_not_by_similarity() -> None:
    assert similarity(benchmark("x", n_rows=100), TARGET) == similarity(
        benchmark("x", n_rows=1_000_000), TARGET
    )


def test_beyond_what_was_seen_a_slope_goes_on_by_a_quarter_give_or_take_as_much() -> None:
    """A parameter's ten spreads below the least seen say a model is weak, not that it may be best."""
    least = LINE.means[0] + LINE.lows[0] * LINE.spreads[0]
    seen, unseen = (
        suggested(LINE, MODEL, (size, 2020.0, 11.0, 0.0, None, 0.0))
        for size in (least, least - 10 * LINE.spreads[0])
    )
    fallen = 10 * LINE.slopes[0] * BEYOND
    assert unseen[0] == pytest.approx(seen[0] - fallen)
    assert unseen[1] == pytest.approx(seen[1] + fallen**2)


def test_two_tables_of_one_source_tell_less_than_of_two() -> None:
    def told(*sources: int) -> float:
        tables = {}
        for kind, source in enumerate(sources):
            tables[kind, source] = table = SourceTable("tuned")
            table.n, table.total, table.squares, table.nearest = 1, 1.0, 1.0, 1.0
        return sum(precisions(tables, VARIANCES).values())

    one = told(0)
    assert one == pytest.approx(1 / (VARIANCES.table + VARIANCES.rest))
    own = (1 - OF_SOURCE) * VARIANCES.table + VARIANCES.rest
    assert told(0, 0) == pytest.approx(1 / (OF_SOURCE * VARIANCES.table + own / 2))
    assert one < told(0, 0) < told(0, 1) == pytest.approx(2 * one)
