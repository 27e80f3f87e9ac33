"""How long measuring takes on this machine: by the cost model, then by what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median

from pick_model.cost.estimate import estimate
from pick_model.data.dataset import Dataset
from pick_model.data.lengths import character_lengths
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.measure.probe.plan import batch_size
from pick_model.measure.probe.settings import FULL_PASSES
from pick_model.measure.screen.rows import sizes
from pick_model.record import replace

LOAD_SECONDS = 3.0  # of one model, checks and digests included: MiniLM's on two busy cores
BACKWARD = 3.0  # forward passes that a training step costs, as in `cost.time`
CHARACTERS = 4.0  # a token, in English; more in few languages, and the pace soon says what is true
MOST_TOKENS = 256  # that a probe reads of a row, unless asked for more
# A probe is the fine-tune itself where it is given so many times what that takes, for measuring the
# speed and as a margin (`probe.prepare`, `probe.plan`), and LEAST_PROBE beside it, for loading,
# baselines and reading the untouched features. Set so that fine-tunes of 49 and 133 s are, which
# were it from 78 and 190 s on, on one core.
WHOLE = 1.35
LEAST_PROBE = 15.0  # seconds; by hand: less holds no run of a small model on a processor
PART = 1 / 3  # of the budget for one probe at most; by hand: a choice needs two or three
NEARLY_HALF = 0.45  # the same, of one that is the fine-tune itself: beside screens two of them fit
ENOUGH = 0.6  # of the time a probe would like; by hand: in less it extrapolates from too little
UNKNOWN_FULL = 1800.0  # seconds of a model nothing is known of, where nothing of any other is


def on_this_machine(profile: Profile, rows: Dataset) -> Profile:
    """The profile of fine-tuning on these rows; its machine must be this one already."""
    here = replace(profile, n_rows=len(rows), batch_size=batch_size(len(rows)), epochs=FULL_PASSES)
    if rows.media is not None:
        sizes = [file.size for file in rows.media]
        # Images are read at the size that each model takes.
        return here if rows.modality == "image" else replace(here, input_seconds=median(sizes))
    tokens = round(character_lengths(rows).p50 / CHARACTERS) + 2
    return replace(here, input_tokens=min(max(tokens, 8), MOST_TOKENS))


class Foreseen:
    """Seconds of a screen, a probe and the full fine-tune of each model."""

    def __init__(self, entries: Mapping[str, Entry], here: Profile, screened: int) -> None:
        """screened: rows of a screen's first part."""
        self.rows, self.screened = here.n_rows, screened
        known = {name: _full(entry, here) for name, entry in entries.items()}
        told = [seconds for seconds in known.values() if seconds is not None]
        middle = median(told) if told else UNKNOWN_FULL
        self.known = known
        self._full = {name: middle if s is None else s for name, s in known.items()}
        self._paces: list[float] = []  # seconds that screens took by seconds foreseen
        self._by_reading: dict[str, float] = {}  # seconds of a full fine-tune, as screens tell
        self._by_training: dict[str, float] = {}  # as probes do

    @property
    def pace(self) -> float:
        """How much slower screens are here than foreseen: loading and judging, too."""
        return _middle(self._paces)

    @property
    def timed(self) -> bool:
        """Whether any screen has told the pace."""
        return bool(self._paces)

    def learn(self, foreseen: float, took: float, pace: float) -> None:
        """What one screen took; `foreseen` at the pace of when it was planned."""
        if foreseen > 0 and took > 0:
            self._paces.append(pace * took / foreseen)

    def learn_reading(self, name: str, rows_per_second: float, step_forwards: float) -> None:
        """What a screen reads of a model; step_forwards: as of `RunCosts`."""
        self._by_reading[name] = FULL_PASSES * self.rows * step_forwards / rows_per_second

    def learn_training(self, name: str, full_seconds: float) -> None:
        """What a probe found the full fine-tune to take."""
        self._by_training[name] = full_seconds

    def full(self, name: str) -> float:
        """Seconds of the full fine-tune: as a probe of it found, as its reading tells, or as the
        cost model says; the latter two as far off as they are where more is known.
        """
        if name in self._by_training:
            return self._by_training[name]
        off = [seconds / self._before(of) for of, seconds in self._by_training.items()]
        return self._before(name) * _middle(off)

    def _before(self, name: str) -> float:
        """Without any training."""
        if name in self._by_reading:
            return self._by_reading[name]
        off = [seconds / self._full[of] for of, seconds in self._by_reading.items()]
        return self._full[name] * _middle(off)

    def screen(self, name: str) -> float:
        """Loading, and one forward pass over the first rows."""
        passes = self.screened / max(self.rows, 1) / FULL_PASSES
        return self.pace * (LOAD_SECONDS + self._full[name] * passes / BACKWARD)

    def whole(self, name: str) -> float:
        """A probe that is the full fine-tune."""
        return WHOLE * self.full(name) + LEAST_PROBE

    def probe(self, name: str, budget: float) -> float:
        """What a probe takes: the whole fine-tune's time, or a part of the budget."""
        return min(self.whole(name), self.most(name, budget))

    def most(self, name: str, budget: float) -> float:
        """What a probe may take: more where it is the fine-tune itself."""
        half = max(NEARLY_HALF * budget, LEAST_PROBE)
        return half if self.whole(name) <= half else most_of(budget)


def most_of(budget: float) -> float:
    """Of a budget what one probe, or reading on, is given at most."""
    return max(PART * budget, LEAST_PROBE)


def _middle(ratios: Sequence[float]) -> float:
    """Of ratios; 1 of none."""
    return math.exp(median(map(math.log, ratios))) if ratios else 1.0


def first_rows(rows: Dataset, most: int) -> int:
    """Rows that a screen reads of every model."""
    return sizes(min(len(rows), most), len(rows.label_names), adaptive=True)[0]


def _full(entry: Entry, here: Profile) -> float | None:
    hours = estimate(entry, here).training_hours
    return None if hours is None else hours.value * 3600
