"""Models in folders, from interactions to the report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pick_model.data.interactions import Interactions
from pick_model.documents.recommendation import RecommendationReport
from pick_model.errors import InputError
from pick_model.measure.recommendation import work
from pick_model.measure.recommendation.run import recommend_items
from pick_model.measure.recommendation.settings import Settings
from tests.measure.recommendation.shop import read

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Interactions:
    return read(tmp_path_factory.mktemp("shop"), users=120)


def stable(report: RecommendationReport) -> dict[str, object]:
    """Without what the clock and the cache have a say in."""
    plain = report.model_dump(mode="json")
    for one in plain["results"]:
        for name in ("seconds", "cached", "items_per_second"):
            one.pop(name)
    return {**plain, "made_on": None}


def test_the_same_arguments_give_the_same_report(
    data: Interactions, tiny: Path, tmp_path: Path
) -> None:
    one, two = (
        recommend_items([str(tiny)], data, Settings(trained=True, cache=tmp_path / name))
        for name in ("one", "two")
    )
    assert stable(one) == stable(two)
    assert not one.results[0].cached


def test_without_time_for_the_controls_no_verdict_is_given_for_them(
    data: Interactions, one_layer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "ROOM", 1e12)
    monkeypatch.setattr(work.Recommending, "above", lambda *_: True)
    settings = Settings(trained=True, budget_seconds=1e6, cache=tmp_path)
    [one] = recommend_items([str(one_layer)], data, settings).results
    assert one.controls == ()
    assert one.verdict != "transfers"
    assert [told.code for told in one.dropped_messages] == [
        "no-time-to-shuffle",
        "untrained-dropped",
    ]


def test_a_network_that_breaks_when_shuffled_is_said_to(
    data: Interactions, one_layer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(modules: object, seed: int) -> None:
        for parameter in modules.parameters():  # type: ignore[attr-defined]
            with torch.no_grad():
                parameter.fill_(float("nan"))

    monkeypatch.setattr("pick_model.encoders.untrained.shuffle_weights", spoilt)
    monkeypatch.setattr(work.Recommending, "above", lambda *_: True)
    [one] = recommend_items([str(one_layer)], data, Settings(trained=True, cache=tmp_path)).results
    assert "untrained-fails" in {told.code for told in one.dropped_messages}
    assert one.verdict != "transfers"


def test_who_is_not_above_popularity_is_held_against_nothing_else(
    data: Interactions, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its verdict is settled; and who is above gets shuffled texts and every copy."""
    held: list[bool] = []
    for above in (False, True):
        monkeypatch.setattr(work.Recommending, "above", lambda *_, above=above: above)
        [one] = recommend_items([str(tiny)], data, Settings(trained=True, cache=tmp_path)).results
        held.append({"shuffled-texts", "untrained"} <= set(one.over))
        assert [control.copies for control in one.controls] == ([1, work.COPIES] if above else [])
    assert held == [False, True]


def test_a_few_users_get_no_verdict(data: Interactions, tiny: Path, tmp_path: Path) -> None:
    few = {name: getattr(data, name)[:8] for name in ("users", "histories", "times")}
    few_users = Interactions(**{**data.__dict__, **few})
    [one] = recommend_items([str(tiny)], few_users, Settings(trained=True, cache=tmp_path)).results
    assert one.reason_message is not None
    assert (one.verdict, one.reason_message.code) == ("inconclusive", "too-few-users")
    assert one.reason_message.values == {"n": 8, "least": 30}


def test_shuffled_weights_are_the_same_numbers_in_other_places() -> None:
    from pick_model.encoders.untrained import shuffle_weights

    layer = torch.nn.Linear(30, 20)
    before = [parameter.detach().clone() for parameter in layer.parameters()]
    shuffle_weights(layer, 1)
    for old, new in zip(before, layer.parameters(), strict=True):
        assert not torch.equal(old, new)
        assert torch.equal(old.flatten().sort().values, new.detach().flatten().sort().values)
    again = torch.nn.Linear(30, 20)
    again.load_state_dict(dict(zip(("weight", "bias"), before, strict=True)))
    shuffle_weights(again, 1)
    assert torch.equal(again.weight, layer.weight)


def test_without_implicit_the_baseline_is_missing_and_said_to_be(
    data: Interactions, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("baselines", "result"):
        monkeypatch.setattr(
            f"pick_model.measure.recommendation.{module}.collaborative_is_there", lambda: False
        )
    report = recommend_items([str(tiny)], data, Settings(cache=tmp_path))
    assert [one.name for one in report.baselines] == ["popularity", "item-knn", "words"]
    assert "no-collaborative-baseline" in {note.code for note in report.note_messages}


def test_cold_items_are_scored_apart(data: Interactions, tiny: Path, tmp_path: Path) -> None:
    """The last item of each of the last users is one that nobody else took."""
    n = len(data.ids)
    more = Interactions(
        **{
            **data.__dict__,
            "ids": (*data.ids, *(f"new{at}" for at in range(40))),
            "texts": (*data.texts, *(f"New thing {at}" for at in range(40))),
            "histories": tuple(
                (*items, n + user) if user < 40 else items
                for user, items in enumerate(data.histories)
            ),
            "times": tuple((*times, times[-1] + 1) for times in data.times),
        }
    )
    report = recommend_items([str(tiny)], more, Settings(cache=tmp_path))
    assert (report.data.cold_items, report.data.cold_tests) == (40, 40)
    popular = next(one for one in report.baselines if one.name == "popularity")
    [one] = report.results
    assert popular.cold is not None
    assert one.cold is not None
    assert popular.cold["ndcg_at_10"].value == 0
    assert np.isfinite(one.cold["map"].value)


def test_no_model_is_no_question(data: Interactions) -> None:
    with pytest.raises(InputError):
        recommend_items([], data)
