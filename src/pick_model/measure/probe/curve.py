"""The learning curve: what more rows and more passes would bring, and how sure that is.

Scores are utilities here: the metric, negated where smaller is better. Each point has its
bootstrap over the held-out rows, (R,) per seed, drawn with the same rows at every point and
for every baseline, so the curve, the extrapolation and the baselines stay paired.

The form is the power law s(n) = c - a * n^-b that learning curves of neural networks follow
over wide ranges (Hestness et al. 2017, arXiv:1712.00409; Viering and Loog 2021,
arXiv:2103.10948, section 4). Three points do not identify c, a and b, so b runs over a few
values, c and a are least squares, and the fits are averaged with a flat curve, each weighted
by how well it explains the points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pick_model.belief.ways import ROWS_EXPONENT
from pick_model.measure.probe.settings import CONFIDENCE

Array = np.ndarray[Any, np.dtype[Any]]

EXPONENTS = (0.25, 0.5, 1.0)  # b; Hestness et al. report .07 to .5, small sets fall faster
FLAT_PRIOR = 0.4  # weight of "no change" before the points speak
# Spread of one seed's score around the mean of seeds at a score of .75, and how many seeds
# that assumption is worth beside those measured. It shrinks towards 0 and 1 as the spread of
# a share does. (Three seeds of MiniLM on sib200_en: .838, .868 and .877 on 204 rows.)
SEED_SD, SEED_SD_WORTH = 0.010, 3.0
# What is left after the curve: the wrong form, a tuned stop, luck. Chosen with the constants
# below so that intervals cover, in tests/benchmarks/probe_agreement.py.
MODEL_SD, MODEL_SD_OF_GAIN = 0.008, 0.5
# A gain where nothing tells it: deviation of a doubling of rows.
GUESSED_GAIN = 0.02
# What two further passes win, before the data speaks: nothing, or with this chance a part of
# what is missing to the best score, smaller the longer the run so far. Measured here on ten
# sets with MiniLM, its first two layers and random weights. After one pass of 22 steps 9 of 30
# won nothing, 20 an eighth of what was missing in the mean and two fifths at most, and one
# went from the majority class to .97; after 94 steps 20 runs still won a tenth in the mean and
# three tenths in three of them (tests/benchmarks/probe_agreement.py). The root, and not the
# steps themselves, because long runs still won so much.
GAIN_CHANCE, GAIN_MEAN, GAIN_STEPS = 0.7, 0.14, 22
# A run below the linear model on its own frozen features is on its way through the worse:
# the whole run makes up this much of the distance at most.
MADE_UP = 1.3
# The chance that a run which has not left the majority class after a pass or less wins something
# by the end of the full fine-tune, however much. Of four all did: .47 and .63 of what was missing
# (MiniLM with random weights and with noise on subj), .08 (the latter on banking77), nearly all
# (the one above). That is 4 + 1 of 4 + 2.
LEARNS = 5 / 6
# Where frozen features of all rows were read beside a short run on some of them, those of all
# layers side by side tell where the full fine-tune gets, by the share missing to the best score:
# what training wins over them, and a part of what the run and the head that it began with win over
# such features of its own rows; the nearer the run is to the whole, the more. A run of this many
# steps counts as much as its head: eleven end where the rate has upset what it has not yet mended.
# Nine variants of MiniLM on six sets (600 rows, banking77 2,000), in the mean: weighted tau with
# full fine-tunes .81 by the features alone, .57 by the run, .71 by its head and .83 by all; they
# err by .12, .21, .16 and .11 on the logarithm around the mean of a set. Chosen there; chosen on
# the other five sets each time, .81 to .82 (tests/benchmarks/probe_truth.py).
SETTLED, DISTRUST = 100, 1.36
# What training wins over the features, by the logarithm of how many times more than two classes
# there are: of two it wins nothing in the mean of five of those sets, of seven .2, of 77 .35, for
# least squares on classes does poorly where they are many. More rows make the missing share fall by
# a power of them (`ROWS_EXPONENT`, from an earlier fit of such runs).
WON_BY_CLASSES = 0.10
# It wins more the longer it is: in the median of the nine variants .20, .23 and .10 more on 2,000
# rows of subj, banking77 and pros_cons (339 steps of 16 rows) than on 600 (102). That is .18 by
# the logarithm of the rows that teach, each time that they do; chosen on two of the sets it holds
# on the third, of whose intervals together 26 of 27 then cover and 23 without. On mr_polarity,
# looked at afterwards, it was .10 more. Of longer ones no more is said than was seen.
WON_BY_LENGTH, SEEN_TAUGHT = 0.18, (102 * 16, 339 * 16)
# Where the rows were read with the encoder that the run has trained, a linear model on its layers
# tells better than one on the untouched ones where the full fine-tune gets, and what the run wins
# over the head that it began with tells how well the encoder takes to training: by the logarithms
# of what is missing, with this share of the latter. Nine variants of MiniLM on 2,000 rows (19 steps
# of 32), in the mean of five sets with two full fine-tunes of each: weighted tau .92 by this, .82
# by features after the run and half again of what they won, .77 by the untouched, .71 by the run;
# on two draws of the runs, one of them with two of the rows read, shares of .2 to .4 gave .88 to
# .97, and chosen each time without the set that is ordered .84 to .92. On 600 rows (11 steps of 16)
# the run tells nothing of the kind. What training wins by classes, from the median errors of the
# five sets; by length, between 600 and 2,000 rows of six.
RUN_TOLD = 0.3
TRAINED_WINS, TRAINED_WINS_BY_CLASSES, TRAINED_WINS_BY_LENGTH = -0.06, 0.07, 0.09
# Deviation of the logarithm, by the root of the logarithm of how many times more rows training
# sees; twice that of a run that tells nothing yet. Of 63 fine-tunes on 600 rows .18 are left, by
# probes of a tenth of the steps (tests/benchmarks/probe_truth.py).
JOINED_SD, STUCK_TIMES = 0.13, 2.0
IDENTIFIED = 3  # points of a curve that tell by themselves where it goes, if its runs have settled
LEAST_MISSING = 0.002  # of the best score, that is missing at least: the logarithm's floor
FLAT_GAIN = 0.02  # "two points": a gain that is worth going on for
FLAT_SURE = 0.80


@dataclass(frozen=True)
class Point:
    """One size of training set, `passes` times over, by one or several seeds."""

    rows: int
    steps: int
    passes: float
    utilities: Array  # (S,) on all held-out rows
    resampled: Array  # (S, R) under the bootstrap

    @property
    def seeds(self) -> int:
        return len(self.utilities)


@dataclass(frozen=True)
class Wider:
    """A linear model on frozen features of more rows than any run saw."""

    rows: int
    drawn: Array  # (R,) its utility under the bootstrap
    alike: Array  # (R,) of one that was fitted on the rows of the largest run
    classes: int = 2  # that exclude each other; 2 of anything else


@dataclass(frozen=True)
class Trained:
    """A linear model on all layers of the encoder as the largest run has left it."""

    rows: int
    drawn: Array  # (R,) its utility under the bootstrap
    classes: int = 2  # as of Wider


@dataclass(frozen=True)
class Curve:
    """What the points say."""

    measured: Array  # (R,) draws of the last point's mean utility on new held-out rows
    extrapolated: Array  # (R,) draws of one full fine-tune's utility
    weights: dict[str, float]  # of each family in the average
    flattened: bool
    gain: float  # expected utility still to be won by the full fine-tune


def read_curve(
    points: Sequence[Point],
    full_rows: int,
    full_passes: float,
    *,
    repeated: Point | None = None,
    frozen: Array | None = None,
    wider: Wider | None = None,
    trained: Trained | None = None,
    majority: Array | None = None,
    unit: float = 1.0,
    best: float = 1.0,
    worst: float = 0.0,
    seed: int = 0,
) -> Curve:
    """Distributions of the score measured and of the full fine-tune's score.

    `points`: ascending, the last one is the largest run. `repeated`: the rows of the first
    point once more, with as many passes as the full fine-tune takes. `frozen`: resampled
    utility (R,) of the linear model on frozen features; `wider`: that on more rows, where they
    were read; `trained`: that on features after the run, which counts in its place. `majority`:
    that of saying one class; of a last point that is not surely above it nothing is known but that
    it may yet learn anything. `unit`: what counts as 1 in this metric
    (1 for bounded metrics, the target's deviation for an error in its own unit); `best` and
    `worst`: the highest utility there is, and the lowest.
    """
    random = np.random.default_rng(seed)
    last = points[-1]
    flat_gain, least = FLAT_GAIN * unit, LEAST_MISSING * unit
    if best == 1.0:
        unit = unit * _scale(float(last.utilities.mean()))
    replicates = last.resampled.shape[1]
    sd = seed_sd([point.utilities for point in points], unit)
    noisy = np.stack(
        [
            point.resampled.mean(axis=0)
            + random.normal(0, sd / np.sqrt(point.seeds), size=replicates)
            for point in points
        ]
    )  # (P, R)
    measured = np.clip(noisy[-1], worst, best)
    stuck = majority is not None and interval(noisy[-1] - majority)[0] <= 0
    gains, weights = np.zeros(replicates), {"measured": 1.0}
    alone = full_rows <= last.rows or tells_alone(len(points), last.steps)
    read = trained or wider
    if read is not None and not alone:
        own = best - noisy[-1], best - (noisy[-1] if frozen is None else frozen)
        times = full_rows / last.rows * full_passes / last.passes, full_rows / read.rows
        taught = float(np.clip(full_rows * full_passes, *SEEN_TAUGHT))
        classes = float(np.log(max(read.classes, 2) / 2))
        longer = float(np.log(taught / SEEN_TAUGHT[0]))
        if trained is not None:
            won = TRAINED_WINS + TRAINED_WINS_BY_CLASSES * classes + TRAINED_WINS_BY_LENGTH * longer
            found = _after(own, best - trained.drawn, won, least)
            weights = {"trained features": 1.0}
        elif wider is not None:
            won = WON_BY_CLASSES * classes + WON_BY_LENGTH * longer
            settled = 0.0 if stuck else last.steps / (last.steps + SETTLED)
            others = best - wider.drawn, best - wider.alike
            found, told = _joined(own, others, times, settled, won, least)
            weights = {"run": round(told, 6), "features": round(1 - told, 6)}
        left = _left(found, times, stuck, random)
        gains = best - left - noisy[-1]
        luck = random.normal(0, sd, size=replicates)  # of the one seed of the full fine-tune
    else:
        if full_rows > last.rows:
            gains, weights = _gains_of_rows(points, noisy, full_rows, sd, unit, random)
        if full_passes > last.passes:
            won_by_passes = _gains_of_passes(points, repeated, frozen, sd, best, random)
            if stuck:
                learns = random.uniform(0, 1, replicates) < LEARNS
                anything = random.uniform(0, 1, replicates) * np.maximum(best - noisy[-1], 0)
                won_by_passes = np.maximum(won_by_passes, learns * anything)
            # Both are of a run that ended after a pass or less; of one that was cut short later,
            # by the passes that are left: the rate falls to 0 with them.
            share = (full_passes - last.passes) / max(full_passes - 1, 1e-9)
            gains = gains + min(share, 1.0) * won_by_passes
            weights = weights if full_rows > last.rows else {"more passes": 1.0}
        spread = np.sqrt(
            sd**2 + (MODEL_SD * unit * (weights.get("measured", 0) < 1)) ** 2
        )  # the full fine-tune is one run, with a seed of its own
        luck = random.normal(0, spread, size=replicates)
        luck += random.normal(0, 1, size=replicates) * MODEL_SD_OF_GAIN * np.abs(gains)
    extrapolated = np.clip(noisy[-1] + gains + luck, worst, best)
    quantile = float(np.quantile(gains, FLAT_SURE))
    return Curve(
        measured=measured,
        extrapolated=extrapolated,
        weights=weights,
        flattened=quantile < flat_gain,
        gain=float(gains.mean()),
    )


def tells_alone(points: int, steps: int) -> bool:
    """Whether a curve of so many points tells where it goes, the last run taking so many steps.

    Points of runs that tell less than the heads they began with rise with what training has not
    yet mended, and not with what rows teach.
    """
    return points >= IDENTIFIED and steps >= SETTLED


def _after(own: tuple[Array, Array], trained: Array, won: float, least: float) -> Array:
    """The logarithm (R,) of what is missing to the best score, by features after the run.

    own: missing after the largest run, and by the head that it began with. trained: by a linear
    model on layers of the encoder as the run has left it. won: by the full fine-tune over that.
    """
    run, head, features = (np.log(np.maximum(m, least)) for m in (*own, trained))
    return np.asarray(features + RUN_TOLD * (run - head) - won)


def _joined(
    own: tuple[Array, Array],
    others: tuple[Array, Array],
    times: tuple[float, float],
    settled: float,
    won: float,
    least: float,
) -> tuple[Array, float]:
    """The logarithm (R,) of what is missing to the best score, and how much of it the run tells.

    own: as of `_after`. others: by linear models on frozen features, of more rows and of that
    run's. times: how many times more rows the full fine-tune sees than the run, repeats counted,
    and than the former of those. settled: how much the run counts beside its head; 0 where it
    tells nothing yet. won: by training over frozen features.
    """
    run, head, features, alike = (np.log(np.maximum(m, least)) for m in (*own, *others))
    trust = 1 / (1 + DISTRUST * float(np.log(times[0])))
    told = settled * run + (1 - settled) * head - alike
    return features - (1 - trust) * won + trust * told, trust * settled


def _left(
    found: Array, times: tuple[float, float], stuck: bool, random: np.random.Generator
) -> Array:
    """Draws (R,) of what is missing, from its logarithm (R,) on the rows that were read: less by
    those further, and as unsure as the run is far from the whole. times: as of `_joined`.
    """
    further, more_rows = np.log(times[0]), np.log(max(times[1], 1.0))
    deviation = JOINED_SD * np.sqrt(further) * (STUCK_TIMES if stuck else 1.0)
    luck = random.normal(0, deviation, len(found))
    return np.asarray(np.exp(found - ROWS_EXPONENT * more_rows + luck))


def _scale(score: float) -> float:
    """How wide the spread of a share is at this score, against .75."""
    share = min(max(score, 0.01), 0.99)
    return float(np.sqrt(share * (1 - share) / (0.75 * 0.25)))


def seed_sd(by_point: Sequence[Array], unit: float) -> float:
    """Deviation of single seeds around their mean, shrunk to a prior worth three seeds."""
    squares = sum(float(((u - u.mean()) ** 2).sum()) for u in by_point)
    degrees = sum(len(u) - 1 for u in by_point)
    prior = SEED_SD_WORTH * (SEED_SD * unit) ** 2
    return float(np.sqrt((prior + squares) / (SEED_SD_WORTH + degrees)))


def _gains_of_passes(
    points: Sequence[Point],
    repeated: Point | None,
    frozen: Array | None,
    sd: float,
    best: float,
    random: np.random.Generator,
) -> Array:
    """Draws (R,) of what further passes over the same rows would win: the largest of

    what a run of so few steps usually has before it; some of what they won on the smallest
    set; and what is missing to the model's own frozen features.
    """
    last = points[-1].resampled.mean(axis=0)
    replicates = len(last)
    mean = GAIN_MEAN * np.sqrt(GAIN_STEPS / max(points[-1].steps, 1))
    usual = np.minimum(random.exponential(mean, replicates), 1.0) * np.maximum(best - last, 0)
    won: Array = usual * (random.uniform(0, 1, replicates) < GAIN_CHANCE)
    if repeated is not None:
        seen = repeated.resampled.mean(axis=0) - points[0].resampled.mean(axis=0)
        seen = seen + random.normal(0, np.sqrt(2) * sd, replicates)
        won = np.maximum(won, random.uniform(0, 1, replicates) * seen)
    if frozen is not None:
        won = np.maximum(won, random.uniform(0, MADE_UP, replicates) * (frozen - last))
    return won


def _gains_of_rows(
    points: Sequence[Point],
    noisy: Array,
    full_rows: int,
    sd: float,
    unit: float,
    random: np.random.Generator,
) -> tuple[Array, dict[str, float]]:
    """Draws (R,) of what further rows would win, and the families' weights."""
    sizes = np.array([point.rows for point in points], dtype=float)
    seeds = np.array([point.seeds for point in points], dtype=float)
    means = noisy.mean(axis=1)
    replicates = noisy.shape[1]
    families: list[tuple[str, float, Array]] = [("flat", 0.0, np.zeros(replicates))]
    # Deviation of a point around the curve: its seeds, and held-out rows that were decided
    # by luck (what differs between points under one bootstrap).
    paired = (noisy - noisy[-1]).std(axis=1)
    error = np.sqrt(np.maximum(paired**2, sd**2 / seeds) + (0.25 * sd) ** 2)
    residuals = [_misfit(means, np.full(len(means), np.average(means, weights=seeds)), error)]
    for exponent in EXPONENTS if len(points) >= 2 else ():
        basis = sizes**-exponent
        slope, _ = _fit(basis, noisy, 1 / error**2)  # (R,)
        slope = np.minimum(slope, 0.0)  # more data never hurts in this family
        gain = slope * (float(full_rows) ** -exponent - basis[-1])
        families.append((f"power-{exponent:g}", 1.0, gain))
        mean_slope, mean_level = _fit(basis, means[:, None], 1 / error**2)
        residuals.append(_misfit(means, mean_level + np.minimum(mean_slope, 0.0) * basis, error))
    if len(points) < 2:  # one point says nothing of the slope
        guess = np.abs(random.normal(0, GUESSED_GAIN * unit, size=replicates))
        families.append(("guess", 0.0, guess * np.log2(full_rows / sizes[-1])))
        residuals.append(residuals[0])
    prior = np.array([FLAT_PRIOR] + [(1 - FLAT_PRIOR) / (len(families) - 1)] * (len(families) - 1))
    # Half a unit of log-likelihood for each parameter more: AIC's would rule on three points.
    penalty = np.array([0.5 * extra for _, extra, _ in families])
    score = np.log(prior) - 0.5 * np.array(residuals) - penalty
    weights = np.exp(score - score.max())
    weights /= weights.sum()
    pick = random.choice(len(families), size=replicates, p=weights)
    gains = np.stack([gain for _, _, gain in families])[pick, np.arange(replicates)]
    return gains, {
        name: round(float(w), 6) for (name, _, _), w in zip(families, weights, strict=True)
    }


def _fit(basis: Array, values: Array, weight: Array) -> tuple[Array, Array]:
    """Weighted least squares of values (P, R) on basis (P,): slope (R,) and level (R,)."""
    w = weight / weight.sum()
    centre = float(w @ basis)
    middle = w @ values
    spread = float(w @ (basis - centre) ** 2)
    slope = (w * (basis - centre)) @ values / max(spread, 1e-30)
    return slope, middle - slope * centre


def _misfit(means: Array, fitted: Array, error: Array) -> float:
    return float((((means - fitted) / error) ** 2).sum())


def interval(draws: Array) -> tuple[float, float]:
    """The middle 90 % of draws."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)
