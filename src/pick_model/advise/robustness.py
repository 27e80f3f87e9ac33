"""How much a ranking owes to its weights: acceptability, flip weights, the Pareto set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from pick_model.advise.rank import Scored
from pick_model.documents.task import CRITERIA

# Weightings are tried on a grid of all ways to split the weight into sixths: 210 of them for
# five criteria, so that one weighting is half a percent.
STEPS = 6


# A flip that takes all but a hundredth of the weight tells nothing.
MOST = 0.99


class Flip(Struct, frozen=True):
    """The weight of a criterion beyond which another model leads."""

    criterion: str
    direction: str  # above | below
    weight: float
    winner: str


# A lead of less than this on a criterion opens no front of its own: without it thousands of
# variants of one model, each a hair larger and better, would all have to be compared. Set
# by hand: a thousandth of a scale is far inside every interval.
HAIR = 1e-3


def undominated(candidates: Sequence[Scored]) -> list[Scored]:
    """Candidates that no other matches to within a hair on all five criteria.

    Of several alike the one with the best sum of values stays, of clones the first by id.
    """
    points = []
    for candidate in candidates:
        point = tuple(value.value for value in candidate.values)
        points.append((-sum(point), candidate.entry.id, point, candidate))
    points.sort(key=lambda p: p[:2])
    front: list[tuple[float, ...]] = []
    kept = []
    for _, _, point, candidate in points:
        a, b, c, d, e = (value - HAIR for value in point)
        for v, w, x, y, z in front:
            if v >= a and w >= b and x >= c and y >= d and z >= e:
                break
        else:
            front.append(point)
            kept.append(candidate)
    return kept


def quality_cost_front(candidates: Sequence[Scored]) -> list[Scored]:
    """The Pareto set of expected quality against fine-tuning time, cheapest first."""
    priced = [c for c in candidates if c.costs.training_hours is not None]
    priced.sort(key=lambda c: (_hours(c), -c.expected.z.value, c.entry.id))
    front: list[Scored] = []
    best = float("-inf")
    for candidate in priced:
        if candidate.expected.z.value > best:
            front.append(candidate)
            best = candidate.expected.z.value
    return front


def _hours(candidate: Scored) -> float:
    return candidate.costs.training_hours.value if candidate.costs.training_hours else 0.0


def acceptability(front: Sequence[Scored]) -> dict[str, float]:
    """In what share of all weightings each model comes first; `front` from `undominated`.

    Returns only models that ever do. Lahdelma et al. 1998 call it the rank acceptability
    index; here over a grid rather than by sampling, so that it is reproducible.
    """
    if not front:
        return {}
    points = [tuple(v.value for v in c.values) for c in front]
    wins = [0] * len(front)
    total = 0
    for a, b, c, d, e in _weightings(len(CRITERIA), STEPS):
        best, winner = -1.0, 0
        for index, (v, w, x, y, z) in enumerate(points):
            value = a * v + b * w + c * x + d * y + e * z
            if value > best + 1e-12:
                best, winner = value, index
        wins[winner] += 1
        total += 1
    return {s.entry.id: n / total for s, n in zip(front, wins, strict=True) if n}


def _weightings(parts: int, steps: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (steps,)
        return
    for first in range(steps + 1):
        for rest in _weightings(parts - 1, steps - first):
            yield (first, *rest)


def flips(first: Scored, front: Sequence[Scored], weights: tuple[float, ...]) -> list[Flip]:
    """For each criterion, how far its weight must move before another than `first` leads.

    The other weights keep their proportions. Scores are linear in the weight moved, so the
    nearest crossing with the leader's line is exact.
    """
    rivals = [c for c in front if c.entry.id != first.entry.id]
    points = [(c.entry.id, tuple(v.value for v in c.values)) for c in rivals]
    leader = tuple(v.value for v in first.values)

    def now(point: tuple[float, ...]) -> float:
        return sum(w * v for w, v in zip(weights, point, strict=True))

    found = []
    for index, criterion in enumerate(CRITERIA):
        current = weights[index]
        if current >= 1.0:
            continue

        def line(point: tuple[float, ...], i: int = index) -> tuple[float, float]:
            """Score as intercept + slope × weight of the criterion."""
            rest = (now(point) - weights[i] * point[i]) / (1 - weights[i])
            return rest, point[i] - rest

        a, b = line(leader)
        up: tuple[float, str] | None = None
        down: tuple[float, str] | None = None
        for other_id, point in points:
            c, d = line(point)
            if d == b:
                continue
            crossing = (a - c) / (d - b)
            if d > b and current < crossing < MOST and (up is None or crossing < up[0]):
                up = crossing, other_id
            if d < b and 1 - MOST < crossing < current and (down is None or crossing > down[0]):
                down = crossing, other_id
        if up:
            found.append(Flip(criterion, "above", up[0], up[1]))
        if down:
            found.append(Flip(criterion, "below", down[0], down[1]))
    return found
