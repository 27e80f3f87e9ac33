"""Data sets under several names, and numbers under several sources."""

from __future__ import annotations

import pytest

from pick_model.belief.copies import (
    dataset_of,
    repeated,
    same_data,
    same_number,
)

from .small import World, row


@pytest.mark.parametrize(
    ("names", "dataset"),
    [
        (("glue-mnli", "glue-mnli-mm", "MNLI", "glue/mnli"), "mnli"),
        (("xnli-zh", "mteb-xnli-en", "xnli"), "xnli"),
        (("imagenet-1k", "imagenet-v2", "ImageNet-R"), "imagenet"),
        (("mteb-arxiv-clustering-p2p", "mteb-arxiv"), "arxiv"),
        (("file:sst2", "glue-sst2"), "sst2"),
        (("tweeteval-irony", "tweet_eval/irony".replace("_", "")), "tweetevalirony"),
    ],
)
def test_editions_of_a_data_set_have_one_name(names: tuple[str, ...], dataset: str) -> None:
    assert {dataset_of(name) for name in names} == {dataset}


def test_tasks_on_one_collection_are_not_one_data_set() -> None:
    names = ("tweeteval-irony", "tweeteval-hate", "glue-rte", "superglue-cb", "cifar10", "cifar100")
    assert len({dataset_of(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (0.9123, 0.9123, True),
        (0.9123, 91.23, True),
        (0.9123, 0.912, True),  # rounded by the other
        (0.9123, 0.911, False),
        (0.9123, 0.9124, False),
    ],
)
def test_a_number_is_known_again_rounded_and_in_percent(
    one: float, other: float, same: bool
) -> None:
    assert same_number(one, other) is same
    assert same_number(other, one) is same


def test_a_planted_copy_under_another_name_is_found() -> None:
    world = World()
    planted = [
        row(r.entry, "zebra", round(100 * r.score, 1), source="other")
        for r in world.rows
        if r.benchmark == "cobra"
    ]
    assert repeated([*world.rows, *planted]) == [("cobra", "zebra")]
    assert repeated(world.rows) == []
    data = same_data([*world.rows, *planted])
    assert data["zebra"] == data["cobra"]
    assert len(set(data.values())) == len(world.benchmarks)
