"""What may be learnt from, what is tuned on, and what is asked for at the end.

leave-last-out  the last item of each user is asked for, the one before it is tuned on. Others'
                later items are seen, as on most published tables; by time nothing later is.
time            what comes in the last tenth of all interactions is asked for: of each user who
                was there before, the first new item. The tenth before it is tuned on.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pick_model.data.interactions import Interactions
from pick_model.errors import InputError, UsageError
from pick_model.measure.recommendation.settings import USERS, Settings
from pick_model.words.say import message

LATE = 0.1  # share of all interactions that is asked for by time, and that is tuned on; by hand


class Question(NamedTuple):
    """What a user took, and what the user took next, which is to be found. Places of items."""

    user: int
    history: tuple[int, ...]
    target: int


@dataclass(frozen=True)
class Split:
    """The interactions, parted. A user may lack from any part; then the sequence is empty."""

    n_items: int
    learn: tuple[tuple[int, ...], ...]  # by user, without what is tuned on
    seen: tuple[tuple[int, ...], ...]  # by user, all but what is asked for
    tuning: tuple[Question, ...]
    tests: tuple[Question, ...]
    n_tests: int  # before users were drawn

    @property
    def targets(self) -> np.ndarray:
        return np.array([question.target for question in self.tests])

    @property
    def cold(self) -> np.ndarray:
        """Items that nobody was seen to take, bool (I,)."""
        found: np.ndarray = counts(self.seen, self.n_items) == 0
        return found


def counts(sequences: Sequence[Sequence[int]], n_items: int) -> np.ndarray:
    """How often each item was taken, (I,)."""
    flat = [item for one in sequences for item in one]
    return np.bincount(np.array(flat, dtype=np.int64), minlength=n_items)


def parted(data: Interactions, settings: Settings) -> Split:
    """The split asked for. Raises UsageError without times, InputError where it asks nothing."""
    if settings.split == "time":
        if not data.timed:
            raise UsageError(message("split-without-times"), hint=message("leave-last-out-instead"))
        learn, seen, tuning, tests = _by_time(data)
    else:
        learn, seen, tuning, tests = _last_out(data)
    if not tests:
        raise InputError(message("nothing-asked-for"), hint=message("leave-last-out-instead"))
    if not any(learn):
        raise InputError(message("nothing-to-learn"), hint=message("give-more-interactions"))
    most = settings.rows or USERS
    return Split(
        n_items=len(data.ids),
        learn=learn,
        seen=seen,
        tuning=drawn(tuning, most, settings.seed),
        tests=drawn(tests, most, settings.seed),
        n_tests=len(tests),
    )


Parts = tuple[
    tuple[tuple[int, ...], ...],
    tuple[tuple[int, ...], ...],
    list[Question],
    list[Question],
]


def _last_out(data: Interactions) -> Parts:
    learn, seen, tuning, tests = [], [], [], []
    for user, items in enumerate(data.histories):
        last = len(items) - 1 if len(items) > 1 else len(items)
        before = last - 1 if last > 1 and len(items) > 2 else last
        if last < len(items):
            tests.append(Question(user, items[:last], items[last]))
        if before < last:
            tuning.append(Question(user, items[:before], items[before]))
        learn.append(items[:before])
        seen.append(items[:last])
    return tuple(learn), tuple(seen), tuning, tests


def _by_time(data: Interactions) -> Parts:
    every = sorted(time for times in data.times for time in times)
    tested, tuned = (every[int((1 - part * LATE) * len(every))] for part in (1, 2))
    learn, seen, tuning, tests = [], [], [], []
    for user, (items, times) in enumerate(zip(data.histories, data.times, strict=True)):
        last, before = bisect_left(times, tested), bisect_left(times, tuned)
        if 0 < last < len(items):
            tests.append(Question(user, items[:last], items[last]))
        if 0 < before < last:
            tuning.append(Question(user, items[:before], items[before]))
        learn.append(items[:before])
        seen.append(items[:last])
    return tuple(learn), tuple(seen), tuning, tests


def drawn(questions: Sequence[Question], most: int, seed: int) -> tuple[Question, ...]:
    """At most so many, in their order."""
    if len(questions) <= most:
        return tuple(questions)
    chosen = random.Random(seed).sample(range(len(questions)), most)  # noqa: S311 -- no secret
    return tuple(questions[at] for at in sorted(chosen))
