"""The work store: whole records or none, also when two write and when the disk is full."""

from __future__ import annotations

import errno
import multiprocessing
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from pick_model.errors import EnvironmentProblem
from pick_model.measure.shelf import BEING_WRITTEN
from pick_model.measure.store import Store, store_shelf
from pick_model.words.message import Message
from pick_model.words.say import message

KEY = {"piece": "run", "seed": 0}


@dataclass(frozen=True)
class Piece:
    score: float
    text: str = ""
    rows: tuple[int, ...] = ()


def key(seed: int) -> dict[str, object]:
    return {**KEY, "seed": seed}


def test_a_record_comes_back_as_it_was_put(tmp_path: Path) -> None:
    store = Store(tmp_path)
    piece = Piece(0.1 + 0.2, "naïve", (1, 2))
    assert store.put(KEY, piece) == piece
    assert Store(tmp_path).get(Piece, KEY) == piece


def test_another_key_finds_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KEY, Piece(1))
    assert store.get(Piece, key(1)) is None
    assert not store.hits


@pytest.mark.parametrize("damage", ["cut", "changed", "binary", "empty", "other json"])
def test_a_damaged_record_counts_as_absent_and_is_named(tmp_path: Path, damage: str) -> None:
    notes: list[Message] = []
    store = Store(tmp_path, notes.append)
    store.put(KEY, Piece(0.5))
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
    assert store.get(Piece, KEY) is None
    assert notes == [message("piece-damaged", path=str(path))]
    assert store.put(KEY, Piece(0.5)) == store.get(Piece, KEY)
    assert len(notes) == 1


def test_a_record_of_another_kind_of_piece_is_damaged_and_an_absent_one_is_not(
    tmp_path: Path,
) -> None:
    @dataclass(frozen=True)
    class Other:
        seconds: float

    notes: list[Message] = []
    store = Store(tmp_path, notes.append)
    assert store.get(Piece, KEY) is None
    assert notes == []
    store.put(KEY, Other(1.0))
    assert store.get(Piece, KEY) is None
    assert len(notes) == 1


def test_above_the_bound_those_go_that_were_not_used_for_longest(tmp_path: Path) -> None:
    Store(tmp_path).put(key(0), Piece(0, "x" * 1000))
    [file] = [p for p in tmp_path.rglob("*") if p.is_file()]
    store = Store(tmp_path, most=4 * file.stat().st_size + 100)  # room for four
    for seed in (1, 2, 3):
        store.put(key(seed), Piece(seed, "x" * 1000))
    for age, seed in enumerate((3, 0, 2, 1)):
        os.utime(store.path(key(seed)), (1e9 - age, 1e9 - age))
    assert store.get(Piece, key(1)) is not None  # the oldest is used once more
    store.put(key(4), Piece(4, "x" * 1000))
    assert [s for s in range(5) if store.path(key(s)).exists()] == [1, 3, 4]


def test_a_record_larger_than_the_bound_is_kept_until_the_next(tmp_path: Path) -> None:
    store = Store(tmp_path, most=10)
    store.put(key(0), Piece(0))
    assert store.get(Piece, key(0)) == Piece(0)
    store.put(key(1), Piece(1))
    assert store.get(Piece, key(0)) is None


def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match="the disk is full") as caught:
        Store(tmp_path).put(KEY, Piece(1))
    assert caught.value.exit_code == 4
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def hammer(folder: str, most: int) -> None:
    store = Store(Path(folder), most=most)
    for round_ in range(40):
        piece = Piece(round_ % 4, "x" * 20_000)
        assert store.get(Piece, key(round_ % 4)) in (None, piece)
        assert store.put(key(round_ % 4), piece) == piece


@pytest.mark.parametrize(("most", "left"), [(10**9, {4}), (50_000, {1, 2, 3, 4})])
def test_several_probes_at_once_never_see_half_a_record_also_where_room_is_made(
    tmp_path: Path, most: int, left: set[int]
) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=hammer, args=(str(tmp_path), most)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) in left


def test_a_record_that_was_made_from_something_else_counts_as_absent(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KEY, Piece(0.5))
    other = key(1)
    store.path(other).parent.mkdir(parents=True, exist_ok=True)
    store.path(KEY).rename(store.path(other))  # a copied cache, a name that collides
    assert store.get(Piece, other) is None
    assert not store.hits


def test_files_that_are_not_the_stores_own_outlive_it(tmp_path: Path) -> None:
    store = Store(tmp_path, most=10)
    store.put(key(0), Piece(0))
    [kept] = tmp_path.rglob("*.json")
    hour_ago = time.time() - 2 * BEING_WRITTEN
    half = kept.with_name(".pick-model-0123456789ab.tmp")
    mine = [
        kept.parent.parent / "notes" / "thesis.tex",
        kept.parent.parent / "notes" / "results.json",
        kept.parent / "results.json",
        kept.parent.parent / "no" / kept.name,
    ]
    for path in (half, *mine):
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
        os.utime(path, (hour_ago, hour_ago))
    store.put(key(1), Piece(1))  # above the bound: room is made
    store_shelf(tmp_path).clear()
    assert [path for path in mine if not path.exists()] == []
    assert not half.exists()
    assert not kept.exists()
