"""From the belief to a decision: P(best), expected loss, and a shortlist.

The loss of a model is what it scores below the best candidate, in points of the metric (its
hundredths) where the metric is bounded and in standard scores elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from math import sqrt

from msgspec import Struct

from pick_model.belief.failures import DEPTH, DEPTHS, RATE, failing, fall
from pick_model.belief.joint import Normals, PriorDraws, draws
from pick_model.belief.linear_algebra import dot, solved_twice
from pick_model.belief.posterior import Belief, Node
from pick_model.record import replace

# Draws behind P(best) and the best score to expect: a probability is off by 2 % at most (one
# standard error). The seed is fixed, so that a report can be repeated, and all decisions share its
# luck: against 20,000 draws of their own, what the best is above the first is .91 to 1.01 times as
# large with the seeds 0 to 9, and 1.00 with this one (mean of 48 decisions: the tasks of the
# examples, 200 to 100,000 rows, with and without a limit to the size).
DRAWS, SEED = 600, 6
# Models that beat the first of the means less often than this are not drawn: in 44 such decisions
# among 14 to 202 candidates all of them together are the best in 1 % of the draws or fewer.
HOPELESS = 0.02
MOST_DRAWN = 300  # of thousands of private variants those are drawn that reach highest
# Models whose draws are compared and forgotten together: few enough for a processor's cache, enough
# to be quick; with 8 or 128 of 150 at once it takes a tenth longer.
AT_ONCE = 32
SURE = 0.9  # what the shortlist promises
# Where many models are as good, the shortlist is long and to miss the best costs little: the
# finalists lose a quarter of what the first alone does. Set by hand.
LOST_BY_FINALISTS = 0.25


class DrawnStandings(Mapping[int, list[float]]):
    """Draws of standings by model, which are made when they are asked for."""

    def __init__(
        self, wanted: Sequence[int], make: Callable[[int], list[float]], *, dear: bool
    ) -> None:
        """`dear`: what was made is always kept."""
        self._wanted = dict.fromkeys(wanted)
        self._make, self._dear = make, dear
        self._kept: dict[int, list[float]] = {}

    def __getitem__(self, member: int) -> list[float]:
        if member not in self._wanted:
            raise KeyError(member)
        found = self._kept.get(member)
        if found is None:
            found = self._kept[member] = self._make(member)
        return found

    def passing(self, member: int) -> list[float]:
        """The same for one who reads it once."""
        return self[member] if self._dear or member in self._kept else self._make(member)

    def __contains__(self, member: object) -> bool:
        return member in self._wanted  # without making it

    def __iter__(self) -> Iterator[int]:
        return iter(self._wanted)

    def __len__(self) -> int:
        return len(self._wanted)


class Drawn(Struct, frozen=True):
    """Draws of the posterior: standings by model, and each draw's level and scale."""

    standings: DrawnStandings
    levels: list[float]
    scales: list[float]


class Decision:
    """What a belief says of a set of candidates (numbers of its members)."""

    def __init__(self, belief: Belief, candidates: Sequence[int]) -> None:
        self.belief, self.candidates = belief, list(candidates)
        level = belief.level
        # A scale that nothing was ever scored on makes no points.
        told = level is not None and bool(level.n or belief.observed)
        self.in_points = told and level is not None and level.link.high is not None

    @cached_property
    def means(self) -> dict[int, float]:
        """Expected standing of each candidate."""
        return {i: self.belief.standing(i).mean for i in self.candidates}

    @cached_property
    def contenders(self) -> list[int]:
        """The candidates that may be the best, best mean first."""
        members = self.belief.members

        def reach(i: int) -> float:
            return self.means[i] + 2 * members[i].sd

        first, *_ = order = sorted(self.candidates, key=lambda i: (-self.means[i], members[i].name))
        if len(order) > MOST_DRAWN:
            highest = sorted(order, key=lambda i: (-reach(i), members[i].name))[:MOST_DRAWN]
            some = {first, *highest}
            order = [i for i in order if i in some]
        return [i for i in order if i == first or self.belief.better(i, first) >= HOPELESS]

    @cached_property
    def drawn(self) -> Drawn:
        """Draws of the contenders."""
        return drawn(self.belief, self.contenders)

    @cached_property
    def _leaders(self) -> tuple[list[float], list[int]]:
        """The best standing of each draw, and whose it is."""
        first, *others = self.contenders
        drawn = self.drawn.standings
        best, whose = list(drawn[first]), [first] * DRAWS
        for start in range(0, len(others), AT_ONCE):
            some = others[start : start + AT_ONCE]
            by_draw = zip(best, *map(drawn.passing, some), strict=True)
            for t, standings in enumerate(by_draw):
                highest = max(standings)
                if highest > standings[0]:
                    best[t], whose[t] = highest, some[standings.index(highest) - 1]
        return best, whose

    @property
    def best(self) -> list[float]:
        """The best standing of each draw."""
        return self._leaders[0]

    @cached_property
    def p_best(self) -> dict[int, float]:
        """Probability of each candidate to have the best score of all."""
        _, whose = self._leaders
        wins = Counter(whose)
        return {i: wins[i] / DRAWS for i in self.candidates}

    def worths(self, standings: Sequence[float], at: Iterable[int]) -> list[float]:
        """What standings of these draws are worth, one each, in the unit of losses."""
        if not self.in_points:
            return list(standings)
        assert self.belief.level is not None
        link, levels, scales = self.belief.level.link, self.drawn.levels, self.drawn.scales
        points = 100 * link.sign
        found = link.scores([levels[t] + scales[t] * z for t, z in zip(at, standings, strict=True)])
        return [points * one for one in found]

    def worth(self, standings: Sequence[float]) -> float:
        """What standings, one of each draw, are worth in the mean, in the unit of losses."""
        return sum(self.worths(standings, range(DRAWS))) / DRAWS

    @cached_property
    def worth_of_best(self) -> float:
        """The same of the best standing of each draw."""
        return self.worth(self.best)

    @cached_property
    def points_per_standing(self) -> float:
        """What a standard score is worth at the first of the means, in the unit of losses."""
        first, step = self.drawn.standings[self.contenders[0]], 0.1
        return (self.worth([z + step for z in first]) - self.worth(first)) / step

    def loss(self, candidate: int) -> float:
        """What taking a candidate loses against the best, in expectation; 0 or more.

        What the best is above the first of the means is told by the draws, in which the level
        cancels; what the others are below it follows from their means.
        """
        return max(self._above + self._mean(self.contenders[0]) - self._mean(candidate), 0.0)

    @cached_property
    def _above(self) -> float:
        first = self.drawn.standings[self.contenders[0]]
        return self.worth_of_best - self.worth(first)

    def _mean(self, candidate: int) -> float:
        """What a candidate is worth in expectation, failed runs among it, in the unit of losses."""
        if not self.in_points:
            return self.means[candidate] - RATE * self.fall(candidate)
        belief, falls = self.belief, self.falls(candidate)
        return 100 * sum(share * belief.mean_score(candidate, fallen) for share, fallen in falls)

    def better(self, candidate: int, other: int) -> float:
        """Probability that a candidate has the better score of two, failed runs among them."""
        found = 0.0
        for share, fallen in self.falls(candidate):
            for of_other, as_deep in self.falls(other):
                found += share * of_other * self.belief.better(candidate, other, fallen - as_deep)
        return found

    def falls(self, candidate: int) -> Iterator[tuple[float, float]]:
        """By how much a candidate falls, with the share of its runs that do."""
        fall = self.fall(candidate)
        yield 1 - RATE if fall else 1.0, 0.0
        if fall:
            yield from ((RATE * weight, depth * fall) for depth, weight in DEPTHS)

    def fall(self, candidate: int) -> float:
        """How deep a candidate falls in the mean where its run fails; 0 of one observed."""
        belief = self.belief
        return 0.0 if candidate in belief.observed else DEPTH * belief.members[candidate].sd

    @cached_property
    def shortlist(self) -> tuple[list[int], float]:
        """The fewest candidates that hold the best with probability `SURE`, and theirs."""
        chosen, total = [], 0.0
        for i in sorted(self.candidates, key=lambda i: (-self.p_best[i], -self.means[i])):
            chosen.append(i)
            total += self.p_best[i]
            if total >= SURE - 1e-9:
                break
        return chosen, total

    @cached_property
    def finalists(self) -> tuple[list[int], float]:
        """The first by P(best) whose best loses little, and how much that is in expectation.

        What is lost by whoever measures all of them and takes the best; see `LOST_BY_FINALISTS`.
        """
        first, best = self.contenders[0], self.worth_of_best
        allowed = LOST_BY_FINALISTS * self.loss(first)
        chosen, reached = [first], self.drawn.standings[first]
        lost = best - self.worth(reached)
        for i in sorted(self.contenders[1:], key=lambda i: (-self.p_best[i], -self.means[i])):
            if lost <= allowed:
                break
            chosen.append(i)
            reached = list(map(max, reached, self.drawn.standings[i]))
            lost = best - self.worth(reached)
        return chosen, max(lost, 0.0)


def drawn(belief: Belief, wanted: Sequence[int]) -> Drawn:
    """`DRAWS` draws of the posterior of the wanted members.

    Matheron's rule: draw from the prior, observe the draw as the models were observed, and
    move it by what the true observations differ from those (Wilson et al. 2020,
    arXiv:2002.09309, section 2). Each node of the scale gets its share of the draws. Models
    that were not measured fail in some (`failures`).
    """
    members, level = belief.members, belief.level
    known = list(dict.fromkeys([*wanted, *belief.observed]))
    readings = belief.readings
    # One draw for all readings that share an offset, as `LinkedObservation.in_common` has it.
    in_common = dict.fromkeys(r.way.name for r in readings if r.way.offset_sd)
    normals = Normals(DRAWS, SEED)
    of_members = PriorDraws([members[i] for i in known], normals)
    number = {i: n for n, i in enumerate(known)}
    nodes = _shared_out(belief.nodes)
    scales = [node.scale for node in nodes]
    levels = [0.0] * DRAWS
    variance = 0.0
    if level is not None:
        variance, spread = level.variance, sqrt(level.variance)
        levels = [level.mean + spread * x for x in normals.next()]
    fails = failing([i for i in wanted if i not in belief.observed], DRAWS, SEED)

    def standing(i: int) -> list[float]:
        """Before any observation, and where its run fails."""
        found = of_members.of(number[i])
        fall(found, fails.get(i, ()), members[i].sd)
        return found

    if not readings:
        return Drawn(DrawnStandings(wanted, standing, dear=False), levels, scales)
    prior = {i: of_members.of(number[i]) for i in dict.fromkeys(belief.observed)}
    errors = _errors(belief, normals)
    offsets = {name: normals.next() for name in in_common}
    pulls = []  # draw by draw
    for t, node in enumerate(nodes):
        missed = [
            r.value
            - r.expected(levels[t], node.scale, prior[r.member][t])
            - (r.way.offset_sd * offsets[r.way.name][t] if r.way.name in offsets else 0)
            - error[t]
            for r, error in zip(readings, errors, strict=True)
        ]
        pulls.append(solved_twice(node.factor, missed))
    reached = [r.on_level * variance for r in readings]
    levels = [one + dot(reached, pull) for one, pull in zip(levels, pulls, strict=True)]
    slopes = {scale: [r.slope(scale) for r in readings] for scale in set(scales)}

    def moved(i: int) -> list[float]:
        """What is drawn before any observation, moved by what was observed; falls last."""
        shared = [belief.shared(i, r.member) for r in readings]
        reach = {
            scale: [s * c for s, c in zip(of, shared, strict=True)] for scale, of in slopes.items()
        }
        found = of_members.of(number[i])
        found = [
            z + dot(reach[scale], pull) for z, scale, pull in zip(found, scales, pulls, strict=True)
        ]
        fall(found, fails.get(i, ()), members[i].sd)
        return found

    return Drawn(DrawnStandings(wanted, moved, dear=True), levels, scales)


def _errors(belief: Belief, normals: Normals) -> list[list[float]]:
    """Draws of every reading's error: its own, what it shares with others of its way, and what
    relatives share."""
    found: list[list[float]] = []
    for r in belief.readings:
        own = (1 - r.way.shared) * r.drawn + (0.0 if r.way.kin else r.way.variance)
        found.append([sqrt(max(own, 0.0)) * x for x in normals.next()])
    for name in dict.fromkeys(r.way.name for r in belief.readings if r.way.shared):
        common, reached = [0.0] * DRAWS, 0.0
        of_way = [(r.drawn, n) for n, r in enumerate(belief.readings) if r.way.name == name]
        for drawn_variance, n in sorted(of_way):  # the less sure err by what the surer do, and more
            sd = sqrt(belief.readings[n].way.shared * (drawn_variance - reached))
            common = [a + sd * x for a, x in zip(common, normals.next(), strict=True)]
            found[n] = [a + b for a, b in zip(found[n], common, strict=True)]
            reached = drawn_variance
    for name in dict.fromkeys(r.way.name for r in belief.readings if r.way.kin):
        at = [n for n, r in enumerate(belief.readings) if r.way.name == name]
        some = [belief.readings[n] for n in at]
        alike = [replace(belief.members[r.member], mean=0.0, sd=sqrt(r.way.variance)) for r in some]
        for n, shared in zip(at, draws(alike, normals), strict=True):
            found[n] = [a + b for a, b in zip(found[n], shared, strict=True)]
    return found


def _shared_out(nodes: Sequence[Node]) -> list[Node]:
    """A node for each draw, as often as it weighs."""
    found: list[Node] = []
    total = 0.0
    for node in nodes:
        total += node.weight
        found += [node] * (round(DRAWS * total) - len(found))
    return found
