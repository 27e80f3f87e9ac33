"""The whole catalog scored for one task: what recommend, explain, compare and the gate share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from pick_model.advise.constraints import Broken, Rejection, broken_by_facts, doubtful
from pick_model.advise.near import with_languages_of_base
from pick_model.advise.needs import handicap
from pick_model.advise.price import by_net_value, net_values
from pick_model.advise.rank import Ranked, Scored, rank, score, screen_out
from pick_model.advise.robustness import undominated
from pick_model.advise.versions import outdone
from pick_model.belief.decision import Decision
from pick_model.belief.expected import Z90, Expected, shifted
from pick_model.belief.joint import Marginal, marginal
from pick_model.belief.level import Level, prior_level
from pick_model.belief.load import load_fit
from pick_model.belief.observations import Measured, as_observations, others, probes, screens
from pick_model.belief.outlook import Outlook, Standing
from pick_model.belief.own_data import OtherResult, OwnData, own_data, tells_of
from pick_model.belief.posterior import Belief
from pick_model.belief.similarity import resembles, target_of
from pick_model.catalog.catalog import Catalog
from pick_model.cost.estimate import Costs
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.record import replace
from pick_model.words.message import Message
from pick_model.words.say import message


class Scoring:
    """Every entry scored or rejected, with what robustness and explanations read besides."""

    def __init__(
        self,
        profile: Profile,
        catalog: Catalog,
        results: Sequence[Measured] = (),
        among: Collection[str] | None = None,
        own: Collection[str] = (),
    ) -> None:
        """`among`: the ids that are candidates; None: all that suit the task. `own`: those of
        them that the user brings, which no limit rejects for what is not known of them."""
        self.profile = profile
        self.catalog = catalog
        self._own = own
        self.fit = load_fit()
        self.target = target_of(profile, self.fit.crossover)
        self.outlook = Outlook(
            self.target, self.fit.numbering(), self.fit.scales, self.fit.standings
        )
        self.own_data = self._own_data(others(results))
        if self.own_data is not None:
            self.outlook = Outlook(
                self.target,
                self.own_data.numbering,
                self.fit.scales,
                self.standings,
                self.own_data.own,
            )
        results = [*probes(results), *screens(results)]  # on the task's own data
        suited, unsuited = catalog.entries.for_task(profile.task)
        if among is not None:
            suited = [entry for entry in suited if entry.id in among]
        kept, rejected = screen_out(suited, profile, own)
        self.rejected = [with_languages_of_base(one, catalog, profile) for one in rejected]
        # Scores by another metric than the task's can only be read by their own.
        self.metric = results[0].metric if results else profile.metric
        self.probed = {result.entry: result for result in probes(results)}
        self.screened = {result.entry: result for result in screens(results)}
        self.current = profile.current.entry if profile.current else None
        self._published: dict[str, Expected] = {}
        self.belief = self._belief([entry for entry, _ in kept], results)
        self._number = {member.name: n for n, member in enumerate(self.belief.members)}
        self.scored = [self.score(entry, costs) for entry, costs in kept]
        self.net_values = net_values(self.scored, self.belief, self._number, profile)
        self.ranked = self.placed(self.scored)
        other = Broken("task", message("not-for-task", task=profile.task))
        self.rejected += [Rejection(name, other) for name in unsuited]
        self.rejected += [
            Rejection(
                name, Broken("banned by overlay", message("banned-by-overlay", reason=reason))
            )
            for name, reason in catalog.banned.items()
        ]

    def _own_data(self, results: Sequence[OtherResult]) -> OwnData | None:
        """What was measured on other data, placed by what published scores let expect."""
        profile, entries = self.profile, self.catalog.entries
        return own_data(
            [r for r in results if tells_of(profile, entries[r.entry], r.metric)],
            self.outlook,
            profile.method,
            lambda name: self.catalog.lineage(entries[name]),
            lambda metric: self._level(metric, None),
        )

    def _level(self, metric: str, n_labels: int | None) -> Level | None:
        """What to expect of a standing in a metric."""
        places = self.fit.places(metric)
        return prior_level(metric, n_labels, self.target, places, self.catalog.benchmarks)

    def standings(self, name: str) -> Sequence[Standing]:
        """Where an entry stands by published scores, and by the user's on other data."""
        published = self.fit.standings(name)
        return [*published, *self.own_data.standings(name)] if self.own_data else published

    def _belief(self, candidates: Sequence[Entry], results: Sequence[Measured]) -> Belief:
        """The belief about the candidates and about all that was measured."""
        profile, catalog = self.profile, self.catalog
        entries = {entry.id: entry for entry in candidates}
        entries.update((r.entry, catalog.entries[r.entry]) for r in results)
        if self.current is not None:
            entries[self.current] = catalog.entries[self.current]
        level = self._level(self.metric, profile.n_labels)
        current = None
        if self.current and profile.current and self.metric == profile.metric:
            current = self.current, profile.current.score, profile.current.rows
        members = [self._member(entry) for entry in entries.values()]
        link = level.link if level else None
        told = as_observations(results, current, link, members, profile.method, profile.rows_given)
        return Belief(members, level, told)

    def _member(self, entry: Entry) -> Marginal:
        return marginal(self.catalog.lineage(entry), self.published(entry).z)

    def placed(self, some: Sequence[Scored]) -> list[Ranked]:
        """Some candidates among themselves, those that nothing speaks against before the late ones:
        doubtful, or outdone by one of them."""
        names = {one.entry.id for one in some} - self.doubtful
        first: list[Scored] = []
        last: list[Scored] = []
        for scored in some:
            later = self.outdone.get(scored.entry.id, ())
            late = scored.entry.id in self.doubtful or not names.isdisjoint(later)
            (last if late else first).append(scored)
        if self.net_values:
            before, after = (by_net_value(some, self.net_values) for some in (first, last))
        else:
            before, after = rank(first), rank(last)
        return before + [replace(one, rank=one.rank + len(first)) for one in after]

    @cached_property
    def late(self) -> set[str]:
        """The candidates that come after all others: doubtful, or outdone by a later version."""
        return self.doubtful.union(self.outdone_by)

    @cached_property
    def outdone_by(self) -> dict[str, str]:
        """The candidates that come last for a later version, and the nearest that does not come
        last for a limit."""
        sure = {
            name: [x for x in later if x not in self.doubtful]
            for name, later in self.outdone.items()
        }
        return {name: later[0] for name, later in sure.items() if later}

    def behind(self, name: str) -> tuple[Message, ...]:
        """Why a candidate comes after all others, whatever its score; empty where it does not."""
        found = []
        if name in self.outdone_by:
            found.append(message("behind-later", model=name, by=self.outdone_by[name]))
        if name in self.doubtful:
            found.append(message("behind-doubtful", model=name))
        return tuple(found)

    @cached_property
    def outdone(self) -> dict[str, tuple[str, ...]]:
        """The candidates that later versions outdo, and which."""
        measured = {self.belief.members[number].name for number in self.belief.observed}
        points = {name: self.belief.mean_score(self._number[name]) for name in self.net_values}
        return outdone(self.scored, self.catalog, measured.union(self._own), points)

    @cached_property
    def doubtful(self) -> set[str]:
        """The candidates expected to break a limit that they may keep."""
        return {one.entry.id for one in self.scored if doubtful(one.costs, self.profile)}

    @cached_property
    def decision(self) -> Decision:
        """What the belief says of the candidates."""
        return Decision(self.belief, [self._number[one.entry.id] for one in self.scored])

    @property
    def in_metric(self) -> bool:
        """Whether anything says what a standing scores in the metric of the task."""
        level = self.belief.level
        return level is not None and (bool(self.belief.observed) or level.n > 0)

    @cached_property
    def front(self) -> list[Scored]:
        """The candidates that lead under some weighting, and few more; none that comes late."""
        first = [one for one in self.scored if one.entry.id not in self.late]
        return undominated(first or self.scored)

    def number(self, name: str) -> int:
        """The number in the belief of a candidate, or of what was measured."""
        return self._number[name]

    def is_believed(self, name: str) -> bool:
        """Whether the belief says anything of a model: not of one that a limit rejects."""
        return name in self._number

    def score(self, entry: Entry, costs: Costs) -> Scored:
        """Score one entry, whether or not it breaks a constraint."""
        return score(entry, costs, self.expected(entry), self.catalog.lineage(entry), self.profile)

    def published(self, entry: Entry) -> Expected:
        """What scores on other data let expect of an entry, less what it lacks for the task."""
        found = self._published.get(entry.id)
        if found is None:
            found = self._published[entry.id] = shifted(
                self.outlook.expected(self.catalog.lineage(entry), self.standings(entry.id)),
                handicap(entry, self.profile),
            )
        return found

    @property
    def told_unheld(self) -> list[Message]:
        """Which limits could not be held against models that the user brings."""
        models: dict[str, list[str]] = {}
        for one in self.scored:
            if one.entry.id in self._own:
                for broken in broken_by_facts(one.entry, self.profile):
                    models.setdefault(broken.constraint, []).append(one.entry.id)
        return [
            message("limit-not-held", limit=limit, models=tuple(names))
            for limit, names in models.items()
        ]

    @property
    def told_elsewhere(self) -> list[Message]:
        """That results on other data count, and which."""
        if self.own_data is None:
            return []
        results = self.own_data.results
        names = tuple(sorted({one.data for one in results}))
        return [message("results-on-other-data", n=len(results), names=names)]

    def expected(self, entry: Entry) -> Expected:
        """What is to be expected of an entry after what was measured.

        The standing over many tasks moves as the one on this task does and narrows in the same
        proportion: of two candidates neither is known better for lacking a result.
        """
        published, number = self.published(entry), self._number.get(entry.id)
        if number is None or not self.belief.observed:
            return published
        after = self.belief.standing(number)
        half = Z90 * after.variance**0.5
        before = (published.z.high - published.z.low) / 2
        sure = (published.standing.high - published.standing.low) / 2 * half / before
        return replace(
            published,
            z=published.z._replace(value=after.mean, low=after.mean - half, high=after.mean + half),
            standing=published.standing._replace(
                value=after.mean, low=after.mean - sure, high=after.mean + sure
            ),
            basis="measured" if number in self.belief.observed else published.basis,
        )

    def resembling_scores(self, entry: Entry) -> int:
        """How many published scores of an entry are of tasks like this one, used this way."""
        return sum(
            n
            for number, protocol, *_, n in self.fit.standings(entry.id)
            if self._resembles[number, protocol]
        )

    @cached_property
    def _resembles(self) -> _Resembling:
        return _Resembling(self)


class _Resembling(dict[tuple[int, int], bool]):
    """Whether a benchmark under a protocol resembles the task, by their numbers in the fit."""

    def __init__(self, scoring: Scoring) -> None:
        super().__init__()
        self._scoring = scoring

    def __missing__(self, key: tuple[int, int]) -> bool:
        numbering, target = self._scoring.outlook.numbering, self._scoring.target
        benchmark, protocol = numbering.benchmarks[key[0]], numbering.protocols[key[1]]
        found = self[key] = resembles(benchmark, protocol, target)
        return found
