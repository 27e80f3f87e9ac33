"""Pieces in other processes and on a cluster: the same results, also when a worker is killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pick_model.errors import EnvironmentProblem, MissingExtra, PickModelError, UsageError
from pick_model.measure import executors
from pick_model.measure.executors import Executor, Needs, Processes, RayTasks, executor
from pick_model.words.say import message

pytest.importorskip("torch")

from pick_model.measure.screen.run import screen
from tests.measure.conftest import make_rows
from tests.measure.screen.test_screen import certain, settings

with_ray = pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed")


def doubled(n: int) -> int:
    time.sleep(0.2 if n == 0 else 0.0)  # the first ends last
    return 2 * n


def refused(n: int) -> int:
    if n == 1:
        raise EnvironmentProblem(message("out-of-memory"), code="memory")
    return n


def missing(_: int) -> int:
    raise MissingExtra("this", "probe")


def killed_once(path: str) -> str:
    """Kills its own process the first time it is run."""
    here = Path(path)
    if not here.exists():
        here.touch()  # at once: the other workers are killed when this one is lost
        os.kill(os.getpid(), signal.SIGKILL)
    return here.name


def waits(folder: str) -> None:
    """Tells its process and does not end."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(600)


def killed_always(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Executor]:
    """A local cluster of two workers."""
    ray = pytest.importorskip("ray")
    yield RayTasks(None, 2)
    ray.shutdown()


@pytest.fixture(params=["processes", pytest.param("ray", marks=with_ray)])
def anywhere(request: pytest.FixtureRequest) -> Executor:
    if request.param == "processes":
        return Processes(2)
    found: Executor = request.getfixturevalue("cluster")
    return found


@with_ray
@pytest.mark.parametrize(("address", "tried"), [(None, 2), ("127.0.0.1:1", 1)])
def test_a_cluster_that_does_not_start_is_a_fault_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, address: str | None, tried: int
) -> None:
    import ray

    starts = []

    def slow(**_: Any) -> None:
        starts.append(1)
        raise Exception("timed out during startup")  # as Ray does

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "shutdown", lambda: None)
    monkeypatch.setattr(ray, "init", slow)
    with pytest.raises(EnvironmentProblem, match="timed out during startup"):
        RayTasks(address, 2).map(doubled, [1])
    assert len(starts) == tried


def test_results_come_in_the_order_of_the_pieces(anywhere: Executor) -> None:
    done: list[int] = []
    assert anywhere.map(doubled, [0, 1, 2, 3], done.append) == [0, 2, 4, 6]
    assert done == [1, 2, 3, 4]


def test_an_error_of_a_piece_is_raised_as_it_was(anywhere: Executor) -> None:
    with pytest.raises(PickModelError) as caught:
        anywhere.map(refused, [0, 1, 2])
    assert (caught.value.code, caught.value.exit_code) == ("memory", 4)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_workers_end_with_the_process_that_they_work_for(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    script = (
        "from pick_model.measure.executors import Processes\n"
        "from tests.measure.test_executors import waits\n"
        f"if __name__ == '__main__': Processes(2).map(waits, [{str(tmp_path)!r}] * 2)\n"
    )
    path = tmp_path / "main.py"
    path.write_text(script)
    main = subprocess.Popen(
        [sys.executable, str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])},
    )
    until = time.monotonic() + 120

    def running() -> list[str]:
        found = []
        for at in tmp_path.iterdir():
            if at.name.isdigit():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(at.name), 0)
                    found.append(at.name)
        return found

    while len(running()) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    assert len(running()) == 2
    main.kill()
    main.wait()
    while running() and time.monotonic() < until:
        time.sleep(0.1)
    assert not running()


def test_what_lacks_an_extra_says_so_from_another_process() -> None:
    with pytest.raises(MissingExtra, match="probe"):
        Processes(2).map(missing, [0])


def test_a_killed_worker_is_replaced_and_nothing_is_lost(
    anywhere: Executor, tmp_path: Path
) -> None:
    paths = [str(tmp_path / f"{n}") for n in range(3)]
    Path(paths[0]).touch()
    assert anywhere.map(killed_once, paths) == ["0", "1", "2"]


def test_workers_that_are_killed_again_and_again_are_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(executors, "RETRIES", 1)
    with pytest.raises(EnvironmentProblem, match="1 worker was lost, 2 times over") as caught:
        Processes(2).map(killed_always, [0])
    assert caught.value.exit_code == 4


def test_options_choose_where_and_wrong_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert executor(None, None) is None
    assert executor(1, None) is None
    assert isinstance(executor(2, None), Processes)
    for jobs in (0, 10_000):
        with pytest.raises(UsageError, match="--jobs"):
            executor(jobs, None)
    with pytest.raises(UsageError, match="--ray-address"):
        executor(None, None, "127.0.0.1:6379")
    monkeypatch.setattr(executors, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match="ray"):
        executor(None, "ray")


@with_ray
def test_a_cluster_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    def init(**_: Any) -> None:
        raise ConnectionError("nobody there")

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", init)
    with pytest.raises(EnvironmentProblem, match="nobody there") as caught:
        RayTasks("127.0.0.1:1", None).map(doubled, [1], needs=[Needs()])
    assert caught.value.exit_code == 4


def test_what_the_time_does_not_hold_is_not_begun_wherever_it_would_be_read(
    anywhere: Executor, one_layer: Path, tiny: Path, tmp_path: Path
) -> None:
    clock = iter(range(0, 10_000, 20))
    found = screen(
        [str(tiny), str(one_layer)],
        make_rows("single-label", 120),
        settings(tmp_path, threads=1, budget_seconds=10.0),
        executor=anywhere,
        now=lambda: float(next(clock)),
    )
    assert [one.error and one.error.code for one in found.results] == ["budget", "budget"]


def test_a_screen_gives_the_same_report_wherever_it_is_read(
    anywhere: Executor, one_layer: Path, tiny: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    models, rows = [str(tiny), str(one_layer), str(empty)], make_rows("single-label", 120)
    here = screen(models, rows, settings(tmp_path / "here", threads=1))
    there = screen(models, rows, settings(tmp_path / "there", threads=1), executor=anywhere)
    assert certain(there) == certain(here)
    assert there.results[-1].error is not None
