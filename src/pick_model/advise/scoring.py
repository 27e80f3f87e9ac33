"""The whole catalog scored for one task: what recommend, explain, compare and the gate share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from pick_model.advise.constraints import Broken, Rejection
from pick_model.advise.needs import handicap
from pick_model.advise.rank import Scored, rank, score, screen_out
from pick_model.advise.robustness import undominated
from pick_model.belief.expected import Expected, Outlook, shifted
from pick_model.belief.load import load_fit
from pick_model.belief.similarity import target_of
from pick_model.catalog.model import Catalog
from pick_model.cost.estimate import Costs
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.belief.observations import ProbeResult


class Scoring:
    """Every entry scored or rejected, with what robustness and explanations read besides."""

    def __init__(
        self, profile: Profile, catalog: Catalog, results: Sequence[ProbeResult] = ()
    ) -> None:
        self.profile = profile
        self.catalog = catalog
        self.fit = load_fit()
        numbering = self.fit.numbering(catalog.benchmarks)
        self.outlook = Outlook(target_of(profile), numbering, self.fit.scales)
        suited, others = catalog.entries.for_task(profile.task)
        kept, self.rejected = screen_out(suited, profile)
        self.probed = {result.entry: result for result in results}
        self._measured: dict[str, Expected] = {}
        if results:
            from pick_model.belief.observations import updated

            published = {
                r.entry: self._expected(catalog.lineage(catalog.entries[r.entry])) for r in results
            }
            self._measured = updated(published, results)
        self.scored = [self.score(entry, costs) for entry, costs in kept]
        self.ranked = rank(self.scored)
        other = Broken("task", message("not-for-task", task=profile.task))
        self.rejected += [Rejection(name, other) for name in others]
        self.rejected += [
            Rejection(
                name, Broken("banned by overlay", message("banned-by-overlay", reason=reason))
            )
            for name, reason in catalog.banned.items()
        ]

    @cached_property
    def front(self) -> list[Scored]:
        """The candidates that lead under some weighting, and few more."""
        return undominated(self.scored)

    def score(self, entry: Entry, costs: Costs) -> Scored:
        """Score one entry, whether or not it breaks a constraint."""
        lineage = self.catalog.lineage(entry)
        return score(entry, costs, self._expected(lineage), lineage, self.profile)

    def _expected(self, lineage: Sequence[Entry]) -> Expected:
        measured = self._measured.get(lineage[0].id)
        if measured is not None:
            return measured
        expected = self.outlook.expected(lineage, self.fit.standings(lineage[0].id))
        return shifted(expected, handicap(lineage[0], self.profile))
