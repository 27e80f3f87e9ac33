"""What recommenders cost that learn a vector for each user and item, from their interactions."""

from __future__ import annotations

from typing import Any

import pytest

from pick_model.advise.constraints import check_costs, check_facts
from pick_model.advise.costs import account
from pick_model.catalog.catalog import Catalog
from pick_model.cost.estimate import Costs, estimate
from pick_model.cost.fitting import ways_to_fit
from pick_model.cost.memory import Setup
from pick_model.cost.recommenders import RECIPES, recipe_of
from pick_model.documents.profile import Profile, settle
from pick_model.documents.task import Task, Training
from pick_model.interval import Interval
from pick_model.record import replace

from ..advise.helpers import MACHINE, entry
from .helpers import hours

# Nobody timed these: SLIM's many regressions, TIGER's codes of items.
UNTIMED = {"slim", "tiger"}


def asked(n_rows: int = 1_000_000, **training: Any) -> Profile:
    task = Task(task="item-recommendation", n_rows=n_rows, training=Training(**training))
    return settle(task, lambda _: MACHINE)


def memory(catalog: Catalog, model: str, profile: Profile) -> Interval:
    found = estimate(catalog.find(model), profile).training_memory_gib
    assert found is not None
    return found


def test_every_recommender_that_learns_from_nothing_has_its_costs(catalog: Catalog) -> None:
    scratch = [e for e in catalog.entries.values() if e.modality == "items" and not e.pretrained]
    assert {e.id for e in scratch if recipe_of(e) is None} == UNTIMED
    assert {*RECIPES} <= {e.id for e in scratch}
    for one in scratch:
        costs = estimate(one, asked())
        told = (costs.training_hours, costs.training_memory_gib, costs.disk_gib, costs.latency_ms)
        if one.id not in UNTIMED:
            for figure in told:
                assert figure is not None
                assert 0 < figure.low <= figure.value <= figure.high


def test_the_more_a_step_propagates_the_longer_it_takes(catalog: Catalog) -> None:
    models = ("bpr-mf", "lightgcn", "xsimgcl", "ngcf", "ncl", "simgcl", "mhcn", "sgl")
    taken = [hours(catalog, model, asked()).value for model in models]
    assert taken == sorted(taken)
    ratio = hours(catalog, "simgcl", asked()).value / hours(catalog, "xsimgcl", asked()).value
    assert ratio == pytest.approx(2.3, rel=0.1)  # SIURec's epochs on Gowalla: 2.84 s and 1.25


@pytest.mark.parametrize(("model", "power"), [("bpr-mf", 1), ("sasrec", 1), ("lightgcn", 2)])
def test_a_graph_is_walked_in_every_step_and_there_are_more_steps(
    catalog: Catalog, model: str, power: int
) -> None:
    few, many = (hours(catalog, model, asked(n)) for n in (10_000_000, 100_000_000))
    assert many.value / few.value == pytest.approx(10**power, rel=0.05)


def test_a_larger_batch_walks_the_graph_less_often(catalog: Catalog) -> None:
    small, large = (hours(catalog, "lightgcn", asked(batch_size=n)).value for n in (2048, 8192))
    assert 3 < small / large < 4  # the rows take as long as before


def test_what_is_solved_at_once_takes_no_epochs_and_memory_of_all_pairs(catalog: Catalog) -> None:
    assert hours(catalog, "ease", asked(epochs=1)) == hours(catalog, "ease", asked(epochs=500))
    few, many = (memory(catalog, "ease", asked(n)).value for n in (10_000_000, 100_000_000))
    assert many / few == pytest.approx(100, rel=0.05)


def test_all_pairs_of_many_items_fit_no_card_and_are_rejected(catalog: Catalog) -> None:
    profile, ease = asked(100_000_000), catalog.find("ease")
    broken = check_costs(ease, profile, estimate(ease, profile))
    assert broken is not None
    assert broken.constraint == "training_memory"


def test_a_machine_of_half_the_bandwidth_and_arithmetic_takes_longer(catalog: Catalog) -> None:
    profile = asked()
    half = replace(profile.train_on, bandwidth_gb_s=150.0, fp32_tflops=4.0)
    slower = replace(profile, train_on=half)
    for model, least in (("lightgcn", 1.9), ("sasrec", 1.9), ("bpr-mf", 1.0)):
        ratio = hours(catalog, model, slower).value / hours(catalog, model, profile).value
        assert least <= ratio <= 2.1  # the host, which draws BPR's pairs, is the same


def test_what_is_used_as_it_comes_trains_no_time(catalog: Catalog) -> None:
    costs: Costs = estimate(catalog.find("lightgcn"), asked(method="as-is"))
    nothing = Interval(0.0, 0.0, 0.0)
    assert costs.training_hours == costs.training_memory_gib == nothing


def test_a_users_own_variant_costs_what_its_family_costs() -> None:
    own = entry(
        "our-lightgcn",
        family="lightgcn",
        kind="graph-recommender",
        modality="items",
        pretrained=False,
    )
    assert recipe_of(own) == RECIPES["lightgcn"]
    assert recipe_of(replace(own, pretrained=True)) is None
    assert recipe_of(replace(own, modality="text")) is None


def test_recommenders_train_in_larger_batches_and_longer_unless_told_otherwise() -> None:
    usual, told = asked(), asked(batch_size=512, epochs=20)
    assert (usual.batch_size, usual.epochs) == (2048, 100)
    why = {d.field: d.why.code for d in usual.defaults}
    assert why["training.epochs"] == why["training.batch_size"] == "customary-for-recommenders"
    assert (told.batch_size, told.epochs) == (512, 20)
    assert not {"training.epochs", "training.batch_size"} & {d.field for d in told.defaults}
    other = settle(Task(task="text-classification"), lambda _: MACHINE)
    assert (other.batch_size, other.epochs) == (32, 3)


def test_what_learns_from_nothing_cannot_be_used_as_it_comes(catalog: Catalog) -> None:
    broken = check_facts(catalog.find("lightgcn"), asked(method="as-is"))
    assert broken is not None
    assert broken.constraint == "method"
    assert broken.reason.values["what"] == "learnt-preferences"
    assert check_facts(catalog.find("recformer"), asked(method="as-is")) is None
    assert check_facts(catalog.find("lightgcn"), asked()) is None


def test_only_a_smaller_batch_makes_a_recommender_fit(catalog: Catalog) -> None:
    small = replace(MACHINE, memory_gib=8.0)
    profile = replace(asked(10_000), train_on=small)
    (way,) = ways_to_fit(catalog.find("hstu-large"), profile)
    assert way.settings(profile) == ("batch 1024",)
    assert way.memory_gib.high <= 8.0
    # All pairs of items are as many, whatever the batch and the method.
    assert [*ways_to_fit(catalog.find("ease"), replace(asked(), train_on=small))] == []


def test_no_step_holds_more_rows_than_there_are(catalog: Catalog) -> None:
    assert memory(catalog, "hstu", asked(10)) == memory(catalog, "hstu", asked(10, batch_size=10))
    assert memory(catalog, "hstu", asked(10)).value < memory(catalog, "hstu", asked(2048)).value


def test_an_account_of_a_recommender_speaks_of_no_layers_and_of_settings_without_effect(
    catalog: Catalog,
) -> None:
    hstu, plain = catalog.find("hstu"), Setup()
    codes = [told.code for told in account(hstu, asked(), plain, []).advice_messages]
    assert codes == ["sized-by-interactions"]
    other = account(hstu, asked(method="lora"), Setup("sgd", checkpointing=True), [])
    told = other.advice_messages[-1]
    assert told.code == "learns-whole"
    assert told.values["settings"] == ("method: lora", "sgd", "checkpointing")
    same = account(hstu, asked(), plain, []).estimates
    assert other.estimates == same
