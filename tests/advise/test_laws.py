"""Laws a ranking must keep, whatever the models."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pick_model import load_catalog, recommend, record
from pick_model.advise.rank import contributions, rank, tied, weighted_score
from pick_model.advise.robustness import HAIR, acceptability, flips, undominated
from pick_model.advise.scoring import Scoring
from pick_model.catalog.catalog import Catalog, Entries
from pick_model.documents.base import to_json
from pick_model.documents.profile import normalised_weights
from pick_model.documents.task import CRITERIA, PRESETS, Task
from pick_model.interval import Interval

from .helpers import entry, profile, scored, with_values

unit = st.floats(0, 1, allow_nan=False)
weights = st.tuples(*[st.floats(0.01, 10)] * 5).map(lambda w: tuple(x / sum(w) for x in w))


@st.composite
def ranges(draw: st.DrawFn) -> tuple[Interval, ...]:
    found = []
    for _ in CRITERIA:
        low, value, high = sorted(draw(st.tuples(unit, unit, unit)))
        found.append(Interval(value, low, high))
    return tuple(found)


many = st.lists(ranges(), min_size=1, max_size=12)


@given(ranges(), weights)
def test_contributions_add_up_to_the_score(
    values: tuple[Interval, ...], w: tuple[float, ...]
) -> None:
    candidate = with_values("m", values, w)
    assert sum(contributions(candidate, w)) == pytest.approx(candidate.score.value, abs=1e-12)


@given(ranges(), weights)
def test_a_score_lies_in_its_interval_and_the_interval_in_the_scale(
    values: tuple[Interval, ...], w: tuple[float, ...]
) -> None:
    low, high = weighted_score(values, w).low, weighted_score(values, w).high
    assert 0 <= low <= weighted_score(values, w).value + 1e-12
    assert weighted_score(values, w).value <= high + 1e-12 <= 1 + 1e-9


@given(ranges(), st.tuples(unit, unit, unit, unit, unit), weights)
def test_a_model_no_worse_on_any_criterion_scores_no_lower(
    values: tuple[Interval, ...], lift: tuple[float, ...], w: tuple[float, ...]
) -> None:
    better = tuple(
        Interval(*(x + (1 - x) * up for x in v)) for v, up in zip(values, lift, strict=True)
    )
    assert weighted_score(better, w).value >= weighted_score(values, w).value - 1e-12


@given(ranges(), st.integers(0, 4), unit, weights)
def test_the_score_rises_with_each_criterion(
    values: tuple[Interval, ...], which: int, up: float, w: tuple[float, ...]
) -> None:
    lifted = list(values)
    v = values[which]
    lifted[which] = Interval(*(x + (1 - x) * up for x in v))
    gain = weighted_score(tuple(lifted), w).value - weighted_score(values, w).value
    assert gain == pytest.approx(w[which] * (1 - v.value) * up, abs=1e-12)


@given(many, ranges(), weights)
def test_adding_a_model_never_swaps_two_others(
    some: list[tuple[Interval, ...]], extra: tuple[Interval, ...], w: tuple[float, ...]
) -> None:
    before = [with_values(f"m{i:02}", v, w) for i, v in enumerate(some)]
    after = [*before, with_values("extra", extra, w)]
    order = [r.scored.entry.id for r in rank(before)]
    assert [r.scored.entry.id for r in rank(after) if r.scored.entry.id != "extra"] == order


@given(many, weights)
def test_clones_tie_and_stand_side_by_side(
    some: list[tuple[Interval, ...]], w: tuple[float, ...]
) -> None:
    candidates = [with_values(f"m{i:02}", v, w) for i, v in enumerate(some)]
    clone = with_values("m00-clone", some[0], w)
    ranked = rank([*candidates, clone])
    of = {r.scored.entry.id: r for r in ranked}
    assert tied(of["m00"].scored, of["m00-clone"].scored)
    assert of["m00"].scored.score == of["m00-clone"].scored.score


@given(many, weights)
def test_ranks_never_fall_along_the_list_and_start_at_one(
    some: list[tuple[Interval, ...]], w: tuple[float, ...]
) -> None:
    ranked = rank([with_values(f"m{i:02}", v, w) for i, v in enumerate(some)])
    assert ranked[0].rank == 1
    for one, other in pairwise(ranked):
        assert one.rank <= other.rank
        assert one.scored.score.value >= other.scored.score.value - 1e-12


@given(st.sampled_from(sorted(PRESETS)), st.floats(1e-3, 1e3))
def test_scaling_all_weights_changes_nothing(preset: str, scale: float) -> None:
    raw = dict(zip(CRITERIA, PRESETS[preset], strict=True))
    scaled = normalised_weights(preset, {name: w * scale for name, w in raw.items()})
    assert scaled == pytest.approx(PRESETS[preset], rel=1e-9)


@given(many, weights)
def test_only_undominated_models_win_some_weighting_and_shares_add_up(
    some: list[tuple[Interval, ...]], w: tuple[float, ...]
) -> None:
    candidates = [with_values(f"m{i:02}", v, w) for i, v in enumerate(some)]
    shares = acceptability(undominated(candidates))
    assert sum(shares.values()) == pytest.approx(1)
    assert set(shares) <= {c.entry.id for c in undominated(candidates)}


@settings(max_examples=60)
@given(many, weights)
def test_beyond_a_flip_weight_the_named_model_leads(
    some: list[tuple[Interval, ...]], w: tuple[float, ...]
) -> None:
    candidates = [with_values(f"m{i:02}", v, w) for i, v in enumerate(some)]
    first = rank(candidates)[0].scored
    for flip in flips(first, undominated(candidates), w):
        index = CRITERIA.index(flip.criterion)
        step = 1e-7 if flip.direction == "above" else -1e-7
        moved = min(max(flip.weight + step, 0.0), 1.0)
        rest = (1 - moved) / (1 - w[index])
        new = tuple(moved if i == index else x * rest for i, x in enumerate(w))
        totals = {c.entry.id: weighted_score(c.values, new).value for c in candidates}
        assert totals[flip.winner] == pytest.approx(max(totals.values()), abs=HAIR + 1e-6)


def test_more_parameters_never_train_faster_or_take_less_memory() -> None:
    settled = profile()
    small = scored(entry(), settled)
    shape = record.replace(entry().shape, n_layers=24)
    large = scored(entry(shape=shape, n_parameters=195_000_000), settled)
    assert large.values[3].value <= small.values[3].value
    assert large.values[4].value <= small.values[4].value


def test_better_evidence_raises_a_score_and_less_of_it_only_widens() -> None:
    settled = profile()
    assert scored(entry(), settled, z=1.0).score > scored(entry(), settled, z=0.0).score
    sure, unsure = scored(entry(), settled, half=0.2), scored(entry(), settled, half=1.5)
    assert sure.score.value == unsure.score.value
    assert unsure.score.low < sure.score.low
    assert unsure.score.high > sure.score.high


def test_an_unknown_fact_widens_and_is_neither_best_nor_worst() -> None:
    settled = profile()
    known = scored(entry(), settled)
    unknown = scored(entry(pretraining=type(entry().pretraining)()), settled)
    assert unknown.values[1].low == 0.0
    assert unknown.values[1].high == 1.0
    assert 0 < unknown.values[1].value < 1
    assert unknown.score.high - unknown.score.low > known.score.high - known.score.low


TASK = Task(task="text-classification", n_rows=5000, n_labels=4)


def test_the_same_inputs_give_the_same_bytes(catalog: Catalog) -> None:
    fresh = load_catalog()
    assert to_json(recommend(TASK, catalog, top=None)) == to_json(recommend(TASK, fresh, top=None))


def test_removing_an_entry_of_the_catalog_swaps_no_two_others(catalog: Catalog) -> None:
    """Save the older versions of it that were behind it alone."""
    ranked = recommend(TASK, catalog, top=None).candidates
    everyone = [c.id for c in ranked]
    outdone = {c.outdone_by: c.id for c in ranked}
    bases = {catalog.entries[name].base_model for name in catalog.entries}
    alone = [name for name in everyone if name not in bases]  # of a base the others learn
    assert outdone.keys() & {*alone}
    for gone in (alone[0], alone[3], alone[-1], next(name for name in alone if name in outdone)):
        known = catalog.entries.changed()
        del known[gone]
        without = record.replace(catalog, entries=Entries(known))
        left = [c.id for c in recommend(TASK, without, top=None).candidates]
        freed = outdone.get(gone)
        assert [name for name in left if name != freed] == [
            name for name in everyone if name not in (gone, freed)
        ]
        assert freed is None or left.index(freed) < everyone.index(freed)


def test_an_added_clone_changes_nobodys_score(catalog: Catalog) -> None:
    before = {c.id: c.score for c in recommend(TASK, catalog, top=None).candidates}
    known = catalog.entries.changed()
    known["a-clone"] = record.replace(catalog.entries["roberta-base"], id="a-clone", aliases=())
    after = recommend(TASK, record.replace(catalog, entries=Entries(known)), top=None)
    assert {c.id: c.score for c in after.candidates if c.id != "a-clone"} == before


def test_the_report_lists_every_model_exactly_once(catalog: Catalog) -> None:
    from pick_model.advise.profile import settled

    run = Scoring(settled(TASK, catalog), catalog)
    names = [r.scored.entry.id for r in run.ranked] + [r.id for r in run.rejected]
    assert sorted(names) == sorted(catalog.entries)
