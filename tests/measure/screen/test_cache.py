"""The feature cache: whole files or none, within a bound, also when two processes write."""

from __future__ import annotations

import multiprocessing
import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pick_model.errors import EnvironmentProblem
from pick_model.measure.cache_report import cleared, shown
from pick_model.measure.screen.cache import CachedFeatures, FeatureCache, Keep
from pick_model.measure.store import Store
from pick_model.words.message import Message
from pick_model.words.say import message

pytest.importorskip("safetensors")
KEY = {"weights": "a", "rows": "b", "layers": (0, 1)}
FACTS = {"views": [[0, "mean"]], "depth": 2}


def some(seed: int = 0, rows: int = 20) -> np.ndarray:
    values = np.random.default_rng(seed).normal(size=(2, rows, 4))
    return values.astype(np.float16)


def put(
    cache: FeatureCache, key: dict[str, Any], values: np.ndarray | None = None
) -> CachedFeatures:
    return cache.put(key, some() if values is None else values, FACTS)


def views(kept: CachedFeatures) -> np.ndarray:
    """All of them at once, (V, N, H)."""
    return np.stack([kept.file[view] for view in range(kept.file.shape[0])])


def test_features_come_back_as_put_gave_them(tmp_path: Path) -> None:
    given = put(FeatureCache(tmp_path), KEY)
    found = FeatureCache(tmp_path).get(KEY)
    assert found is not None
    np.testing.assert_array_equal(views(found), some())
    np.testing.assert_array_equal(views(given), some())
    assert views(found).dtype == np.float16
    assert found.facts == given.facts == FACTS
    whole = np.array([[[1e6], [np.nan]]], dtype=np.float32)
    put(FeatureCache(tmp_path), {"exact": 1}, whole)
    found = FeatureCache(tmp_path).get({"exact": 1})
    assert found is not None
    np.testing.assert_array_equal(views(found), whole)
    assert views(found).dtype == np.float32


def test_rows_are_put_where_they_belong_and_in_full_once_one_does_not_fit(tmp_path: Path) -> None:
    wanted = np.random.default_rng(0).normal(size=(3, 5, 4)).astype(np.float32)
    wanted[:, 1] = np.nan  # a word that was cut off

    def read(large: float, keep: Keep) -> None:
        keep(np.array([4, 0]), wanted[:, [4, 0]])
        keep(np.array([2, 3]), wanted[:, [2, 3]] * large)

    for large, dtype in ((1.0, np.float16), (1e6, np.float32)):
        key = {**KEY, "large": large}
        given = FeatureCache(tmp_path).fill(key, FACTS, wanted.shape, partial(read, large))
        found = FeatureCache(tmp_path).get(key)
        assert found is not None
        assert views(found).dtype == dtype
        of_all = wanted.copy()
        of_all[:, [2, 3]] *= large
        np.testing.assert_allclose(views(found), of_all, rtol=1e-3, atol=1e-3)
        np.testing.assert_array_equal(views(found), views(given))


def test_features_stay_readable_after_their_file_has_gone(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path)
    given = put(cache, KEY)
    found = cache.get(KEY)
    cleared("features", tmp_path)
    assert found is not None
    np.testing.assert_array_equal(found.file[1], some()[1])
    np.testing.assert_array_equal(given.file[1], some()[1])


def test_a_fault_of_reading_is_none_of_the_disk_and_leaves_nothing(tmp_path: Path) -> None:
    def read(_: Keep) -> None:
        raise OSError("a picture that cannot be read")

    with pytest.raises(OSError, match="a picture"):
        FeatureCache(tmp_path).fill(KEY, FACTS, (1, 2, 3), read)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_is_safetensors_that_the_library_reads(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    cache = FeatureCache(tmp_path)
    put(cache, KEY)
    np.testing.assert_array_equal(load_file(cache.path(KEY))["values"], some())
    assert FeatureCache(tmp_path).get({**KEY, "rows": "c"}) is None


@pytest.mark.parametrize("damage", ["cut", "changed", "other", "empty"])
def test_a_damaged_file_counts_as_absent_and_is_named(tmp_path: Path, damage: str) -> None:
    notes: list[Message] = []
    cache = FeatureCache(tmp_path, notes.append)
    put(cache, KEY)
    path = cache.path(KEY)
    whole = bytearray(path.read_bytes())
    whole[-3] ^= 0xFF
    damaged = {"cut": whole[:-9], "changed": whole, "other": b"\1" * 40, "empty": b""}[damage]
    path.write_bytes(bytes(damaged))
    assert cache.get(KEY) is None
    assert notes == [message("features-damaged", path=str(path))]
    put(cache, KEY)
    assert cache.get(KEY) is not None


def test_a_file_of_other_rows_under_this_name_is_not_used(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path)
    put(cache, KEY)
    other = {**KEY, "rows": "other"}
    cache.path(other).parent.mkdir(parents=True, exist_ok=True)
    cache.path(KEY).rename(cache.path(other))
    assert cache.get(other) is None


def test_above_the_bound_those_go_that_were_not_used_for_longest(tmp_path: Path) -> None:
    one = FeatureCache(tmp_path / "one")
    put(one, KEY)
    size = one.path(KEY).stat().st_size
    cache = FeatureCache(tmp_path, most=3 * size + 100)
    keys = [{**KEY, "rows": name} for name in "wxyz"]
    for age, key in enumerate(keys[:3]):
        put(cache, key)
        os.utime(cache.path(key), (1e9 + age, 1e9 + age))
    assert cache.get(keys[0]) is not None  # used once more
    put(cache, keys[3])
    assert [cache.path(key).exists() for key in keys] == [True, False, False, True]


def test_a_full_disk_is_exit_4_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match="the disk is full") as caught:
        put(FeatureCache(tmp_path), KEY)
    assert caught.value.exit_code == 4
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def hammer(folder: str, most: int) -> None:
    cache = FeatureCache(Path(folder), most=most)
    for turn in range(30):
        key = {**KEY, "rows": str(turn % 4)}
        found = cache.get(key)
        wanted = some(turn % 4, 400)
        assert found is None or np.array_equal(views(found), wanted)
        assert np.array_equal(views(put(cache, key, wanted)), wanted)


@pytest.mark.parametrize("most", [10**9, 20_000])
def test_two_processes_never_see_half_a_file_also_where_room_is_made(
    tmp_path: Path, most: int
) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=hammer, args=(str(tmp_path), most)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]


def test_what_is_kept_is_counted_and_cleared_by_kind(tmp_path: Path) -> None:
    from tests.measure.test_store import Piece

    put(FeatureCache(tmp_path), KEY)
    Store(tmp_path).put({"piece": "x"}, Piece(1.0))
    assert [(one.what, one.files) for one in shown(tmp_path).kept] == [("features", 1), ("work", 1)]
    gone = cleared("features", tmp_path)
    assert [(one.what, one.files) for one in gone.kept] == [("features", 1)]
    assert gone.kept[0].bytes > 0
    assert [one.files for one in shown(tmp_path).kept] == [0, 1]
    assert sum(one.files for one in cleared("all", tmp_path).kept) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits a process of its own")
@pytest.mark.parametrize("width", [4, 384, 5000])
def test_a_disk_that_ends_while_rows_are_read_is_told_in_words(tmp_path: Path, width: int) -> None:
    def limited() -> None:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # EFBIG from the second row on
        values = np.zeros((2, 200, width), dtype=np.float32)
        with pytest.raises(EnvironmentProblem, match="cannot write the feature cache"):
            FeatureCache(tmp_path).put(KEY, values, FACTS)

    child = multiprocessing.get_context("fork").Process(target=limited)
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b'"shape": [2, 20, 4]', b'"shape": [2, 99, 4]'),
        (b'"shape": [2, 20, 4]', b'"shape": [4, 20, 2]'),
        (b'"dtype": "F16"', b'"dtype": "F32"'),
        (b'\\"depth\\": 2', b'\\"depth\\": 9'),
        (b'"values": {', b'"values": [ '),
        (b'"__metadata__"', b'"__metaaata__"'),
    ],
)
def test_a_changed_header_counts_as_absent(tmp_path: Path, was: bytes, now: bytes) -> None:
    cache = FeatureCache(tmp_path)
    put(cache, KEY)
    path = cache.path(KEY)
    whole = path.read_bytes()
    assert whole.count(was) == 1
    path.write_bytes(whole.replace(was, now))
    assert cache.get(KEY) is None


def test_memory_that_ends_while_a_file_is_widened_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = np.random.default_rng(0).normal(size=(4, 6, 3)).astype(np.float32)
    wanted[:, 3] = 1e6
    calls, plainly = iter(range(100)), np.frombuffer

    def ends(*given: Any) -> np.ndarray:
        if next(calls) == 2:
            raise MemoryError
        return plainly(*given)

    def read(keep: Keep) -> None:
        keep(np.arange(3), wanted[:, :3])
        with monkeypatch.context() as patch:
            patch.setattr(np, "frombuffer", ends)
            with pytest.raises(MemoryError):
                keep(np.arange(3, 6), wanted[:, 3:])
        keep(np.array([4, 5]), wanted[:, 4:])  # smaller, and all fit in half precision
        keep(np.array([3]), wanted[:, 3:4])

    found = FeatureCache(tmp_path).fill(KEY, FACTS, wanted.shape, read)
    np.testing.assert_allclose(views(found), wanted, rtol=1e-3, atol=1e-3)
