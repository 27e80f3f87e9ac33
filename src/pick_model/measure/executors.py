"""Where pieces of work run: in other processes of this machine, or as tasks of a Ray cluster.

A piece is a function of its module and one argument, both of which can be pickled. Results come
in the order of the arguments whatever finishes first, and a piece whose worker was lost is
given to another, so that where it ran leaves no mark on what comes of it.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from importlib.util import find_spec
from multiprocessing.connection import wait
from typing import Any, NamedTuple, Protocol, TypeVar

from pick_model.errors import EnvironmentProblem, MissingExtra, PickModelError, UsageError
from pick_model.words.say import message

A = TypeVar("A")
R = TypeVar("R")
RETRIES = 2  # times a piece is given to another worker. By hand: one that is lost thrice kills it
MOST_JOBS = 256  # beyond what one machine has
STARTS = 2  # of a cluster here: Ray gives up on a busy machine after 30 s. By hand


class Needs(NamedTuple):
    """What a piece takes, for whoever shares a machine out."""

    cpus: int = 1
    gpus: int = 0
    memory_bytes: int | None = None


class Executor(Protocol):
    """Somewhere pieces run."""

    @property
    def at_once(self) -> int:
        """Pieces of one processor that run side by side."""
        ...

    def map(
        self,
        function: Callable[[A], R],
        pieces: Sequence[A],
        done: Callable[[int], None] = lambda _n: None,
        needs: Sequence[Needs] = (),
    ) -> list[R]:
        """The results in the order of the pieces. Raises what a piece raises, and
        EnvironmentProblem where workers are lost again and again."""
        ...


def executor(jobs: int | None, name: str | None, address: str | None = None) -> Executor | None:
    """What the options ask for; None: the process itself. Raises UsageError, MissingExtra."""
    if jobs is not None and not 1 <= jobs <= MOST_JOBS:
        raise UsageError(
            message("option-outside", option="--jobs", least=1, most=MOST_JOBS, shown=str(jobs))
        )
    if name == "ray":
        if find_spec("ray") is None:
            raise MissingExtra("--executor ray", "ray")
        return RayTasks(address, jobs)
    if address is not None:
        raise UsageError(message("address-without-ray"), hint=message("add-executor-ray"))
    return Processes(jobs) if jobs is not None and jobs > 1 else None


class Processes:
    """Fresh processes of this machine: spawned, for torch's threads do not survive a fork."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    @property
    def at_once(self) -> int:
        return self.jobs

    def map(
        self,
        function: Callable[[A], R],
        pieces: Sequence[A],
        done: Callable[[int], None] = lambda _n: None,
        needs: Sequence[Needs] = (),  # noqa: ARG002 - the machine is not shared out by needs
    ) -> list[R]:
        """See Executor. Where a worker was killed, by lack of memory most often, those that are
        left share the machine with half as many."""
        found: dict[int, R] = {}
        jobs = self.jobs
        for _ in range(RETRIES + 1):
            left = [n for n in range(len(pieces)) if n not in found]
            if not left:
                break
            self._some(function, pieces, left, jobs, found, done)
            jobs = max(1, jobs // 2)
        if len(found) < len(pieces):
            raise EnvironmentProblem(
                message("workers-lost", n=len(pieces) - len(found), times=RETRIES + 1),
                hint=message("fewer-jobs"),
                code="memory",
            )
        return [found[n] for n in range(len(pieces))]

    def _some(
        self,
        function: Callable[[A], R],
        pieces: Sequence[A],
        left: Sequence[int],
        jobs: int,
        found: dict[int, R],
        done: Callable[[int], None],
    ) -> None:
        """As many of the pieces as get done before a worker is lost."""
        others = set(multiprocessing.active_children())
        pool = ProcessPoolExecutor(
            min(jobs, len(left)), multiprocessing.get_context("spawn"), _end_with_parent
        )
        try:
            waiting = {pool.submit(function, pieces[n]): n for n in left}
            for future in as_completed(waiting):
                found[waiting[future]] = future.result()
                done(len(found))
        except BrokenProcessPool:
            pass
        except BaseException:  # an error or Ctrl-C: nobody waits for the others
            pool.shutdown(wait=False, cancel_futures=True)
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()
            raise
        pool.shutdown()


def _end_with_parent() -> None:
    """Let a worker end when the process that it works for does: a killed one cannot see to it."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class RayTasks:
    """Tasks of a Ray cluster: the one at `address`, else one that is started here."""

    def __init__(self, address: str | None, jobs: int | None) -> None:
        self.address, self.jobs = address, jobs

    @property
    def at_once(self) -> int:
        return self.jobs or max(1, int(self._connected().cluster_resources().get("CPU", 1)))

    def map(
        self,
        function: Callable[[A], R],
        pieces: Sequence[A],
        done: Callable[[int], None] = lambda _n: None,
        needs: Sequence[Needs] = (),
    ) -> list[R]:
        """See Executor; Ray itself gives a piece to another worker when one is lost."""
        ray = self._connected()
        given = needs or [Needs()] * len(pieces)
        task = ray.remote(function)
        waiting = {
            task.options(
                num_cpus=need.cpus,
                num_gpus=need.gpus,
                memory=need.memory_bytes,
                max_retries=RETRIES,
            ).remote(piece): n
            for n, (piece, need) in enumerate(zip(pieces, given, strict=True))
        }
        found = {}
        try:
            while waiting:
                [ready], _ = ray.wait(list(waiting), num_returns=1)
                found[waiting.pop(ready)] = ray.get(ready)
                done(len(found))
        except ray.exceptions.RayTaskError as fault:  # what the piece raised, wrapped
            if isinstance(fault.cause, PickModelError):
                raise fault.cause from None
            raise
        except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError) as fault:
            raise EnvironmentProblem(
                message("workers-lost", n=1, times=RETRIES + 1),
                hint=message("fewer-jobs"),
                code="memory",
            ) from fault
        finally:  # after an error or Ctrl-C: nobody waits for the others
            for ref in waiting:
                ray.cancel(ref, force=True)
        return [found[n] for n in range(len(pieces))]

    def _connected(self) -> Any:
        """Ray, connected. Raises EnvironmentProblem where no cluster answers."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves the machine
        import ray

        starts = 0
        while not ray.is_initialized():
            starts += 1
            try:
                ray.init(
                    address=self.address,
                    num_cpus=self.jobs if self.address is None else None,
                    include_dashboard=False if self.address is None else None,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                )
            except Exception as fault:  # Ray raises bare ones, too
                ray.shutdown()
                if self.address is None and starts < STARTS:
                    continue
                raise EnvironmentProblem(
                    message("ray-not-reached", address=self.address or "local", why=str(fault)),
                    hint=message("start-ray"),
                    code="ray",
                ) from fault
        return ray
