"""The work store: whole records or none, also when two write and when the disk is full."""

from __future__ import annotations

import errno
import multiprocessing
import os
from pathlib import Path

import pytest

from pick_model.errors import EnvironmentProblem
from pick_model.measure.store import Store

KEY = {"piece": "run", "seed": 0}


def test_a_record_comes_back_as_it_was_put(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put = store.put(KEY, {"score": 0.1 + 0.2, "text": "naïve", "rows": (1, 2)})
    assert Store(tmp_path).get(KEY) == put == {"score": 0.1 + 0.2, "text": "naïve", "rows": [1, 2]}


def test_another_key_finds_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KEY, {"score": 1})
    assert store.get({**KEY, "seed": 1}) is None
    assert store.hits == 0


@pytest.mark.parametrize("damage", ["cut", "changed", "binary", "empty", "other json"])
def test_a_damaged_record_counts_as_absent(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    store.put(KEY, {"score": 0.5})
    path = store.path(KEY)
    text = path.read_text()
    damaged = {
        "cut": text[: len(text) // 2],
        "changed": text.replace("0.5", "0.6"),
        "binary": "\0\1\2",
        "empty": "",
        "other json": "[]",
    }[damage]
    path.write_text(damaged)
    assert store.get(KEY) is None


def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match="the disk is full") as caught:
        Store(tmp_path).put(KEY, {"score": 1})
    assert caught.value.exit_code == 4
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def hammer(folder: str, worker: int) -> None:
    store = Store(Path(folder))
    for round_ in range(40):
        key = {"piece": "run", "seed": round_ % 4}
        found = store.get(key)
        assert found is None or found == {"seed": round_ % 4, "filler": "x" * 20_000}
        store.put(key, {"seed": round_ % 4, "filler": "x" * 20_000})


def test_two_probes_at_once_never_see_half_a_record(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=hammer, args=(str(tmp_path), n)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 4


def test_a_record_that_was_made_from_something_else_counts_as_absent(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KEY, {"score": 0.5})
    other = {**KEY, "seed": 1}
    store.path(other).parent.mkdir(parents=True, exist_ok=True)
    store.path(KEY).rename(store.path(other))  # a copied cache, a name that collides
    assert store.get(other) is None
    assert store.hits == 0
