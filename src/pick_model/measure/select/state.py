"""What is known so far in a selection: measurements, failures, and the belief they make."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.advise.decide import bonus_of
from pick_model.advise.report import CHANCE_DIGITS, figure, rounded
from pick_model.advise.scoring import Scoring
from pick_model.belief.equal_rows import ScreenMeasurement
from pick_model.belief.measuring import Option
from pick_model.belief.observations import Measured, ProbeResult, others
from pick_model.belief.own_data import OtherResult
from pick_model.documents.base import Figure
from pick_model.documents.profile import Profile
from pick_model.documents.screen import ScreenFault
from pick_model.documents.select import Expectation
from pick_model.errors import NoCandidate
from pick_model.measure.candidates import Candidates
from pick_model.measure.select.foreseen import LEAST_PROBE, Foreseen
from pick_model.record import replace
from pick_model.vocabulary.uses import PROBE_OF_METHOD
from pick_model.words.say import message

MORE = 1.25  # times the seconds of the first, that a second probe has at least; by hand


class State:
    """Grows by measurements; the belief is made anew after each."""

    def __init__(
        self,
        asked: Candidates,
        profile: Profile,
        among: Sequence[str] | None,
        metric: str,
        told: Sequence[Measured],
    ) -> None:
        """among: the ids that are candidates; None: all of the catalog. told: what was measured
        before; on these rows only what is in the metric says how good a model is."""
        self.asked, self.profile = asked, profile
        self.among, self.metric = among, metric
        self.screens: dict[str, ScreenMeasurement] = {}
        self.probes: dict[str, ProbeResult] = {}
        self.elsewhere: list[Measured] = list(others(told))
        for one in told:
            if isinstance(one, OtherResult) or one.metric != metric:
                continue
            if isinstance(one, ScreenMeasurement):
                self.screens[one.entry] = one
                continue
            probed = replace(one, rows=None)  # as what is going to be measured
            if one.method == PROBE_OF_METHOD.get(profile.method):
                self.probes[one.entry] = probed
            else:  # another training, which the one asked for may follow
                self.elsewhere.append(probed)
        self.told = frozenset(self.screens)  # of these no features are at hand
        self.failed: dict[str, ScreenFault] = {}
        self.times: dict[str, int] = {}  # how much longer a probe gets: it said nothing before
        self.final: set[str] = set()  # whose probe was the full fine-tune, or was made twice
        self.taken: dict[str, float] = {}  # seconds, by a probe
        self.scoring = self.scored(self.results)
        if not self.scoring.ranked:
            raise NoCandidate(message("nothing-to-select"), hint=message("see-recommend"))
        self.candidates = frozenset(one.entry.id for one in self.scoring.scored)  # at first

    @property
    def results(self) -> list[Measured]:
        return [*self.probes.values(), *self.screens.values()]

    def scored(self, results: Sequence[Measured]) -> Scoring:
        """The candidates with these results alone."""
        profile = replace(self.profile, metric=self.metric)
        told = [*results, *self.elsewhere]
        return Scoring(profile, self.asked.catalog, told, self.to_be_had, self.asked.own)

    @property
    def to_be_had(self) -> Sequence[str] | None:
        """The ids of the candidates without those that could not be loaded; all where nothing
        else can be measured: then the prior alone speaks."""
        if not self.failed or not self.measurable:
            return self.among
        among = self.asked.catalog.entries if self.among is None else self.among
        return [name for name in among if name not in self.failed]

    @property
    def measurable(self) -> bool:
        """Whether anything was or can be measured."""
        return any(n in self.candidates and n not in self.failed for n in self.asked.refs)

    def moved(self) -> None:
        """Make the belief anew."""
        self.scoring = self.scored(self.results)

    @property
    def pick(self) -> str:
        """What is to be taken."""
        return self.scoring.ranked[0].scored.entry.id

    @property
    def loss(self) -> float:
        """Expected, of taking the pick."""
        return self.scoring.decision.loss(self.scoring.number(self.pick))

    @property
    def bonus(self) -> dict[int, float] | None:
        """What all but the score counts, in standard scores."""
        return bonus_of(self.scoring)

    @property
    def priced(self) -> bool:
        """Whether time has a price: then what more of it than foreseen would win is not weighed."""
        return self.profile.price_per_hour is not None

    @property
    def unit(self) -> float:
        """What a standard score is worth, in the unit of losses."""
        decision = self.scoring.decision
        return decision.points_per_standing if decision.in_points else 1.0

    def options(self, stages: Sequence[str], foreseen: Foreseen, budget: float) -> list[Option]:
        """Every measurement that could be made, with its seconds."""
        found = []
        candidates = {one.entry.id for one in self.scoring.scored}
        for name in self.asked.refs:
            if name not in candidates or name in self.failed or name in self.probes:
                continue
            number = self.scoring.number(name)
            if "screen" in stages and name not in self.screens:
                found.append(Option(number, "screen", foreseen.screen(name)))
            if "probe" in stages:
                found.append(Option(number, "probe", self.probe_seconds(name, foreseen, budget)))
        return found

    def again(self, stages: Sequence[str], foreseen: Foreseen) -> list[Option]:
        """The full fine-tunes of what a shorter probe told of, with their seconds: so much more
        than before that it is not the same again."""
        if "probe" not in stages or self.profile.method == "frozen":
            return []  # a probe of frozen features is what will be used
        candidates = {one.entry.id for one in self.scoring.scored}
        names = self.probes.keys() & self.asked.refs.keys() & candidates
        return [
            Option(
                self.scoring.number(name),
                "compare",
                max(foreseen.whole(name), MORE * self.taken.get(name, 0.0)),
            )
            for name in sorted(names - self.final - self.failed.keys())
        ]

    def probe_seconds(self, name: str, foreseen: Foreseen, budget: float) -> float:
        """What a probe is given: longer where one said nothing before."""
        return max(foreseen.probe(name, budget) * self.times.get(name, 1), LEAST_PROBE)

    def expectation(self, name: str) -> Expectation | None:
        """What is believed of a model; None where it is no candidate."""
        scoring = self.scoring
        if not scoring.is_believed(name):
            return None
        number, decision = scoring.number(name), scoring.decision
        score = Figure(**figure(scoring.belief.interval(number))) if scoring.in_metric else None
        expected = scoring.expected(scoring.catalog.entries[name])
        return Expectation(
            score=score,
            standing=Figure(**figure(expected.z)),
            p_best=rounded(decision.p_best.get(number, 0.0), CHANCE_DIGITS),
            expected_loss=rounded(decision.loss(number), CHANCE_DIGITS),
        )
