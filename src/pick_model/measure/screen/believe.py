"""A screen beside what was known before: every model's place by the catalog, the data and both."""

from __future__ import annotations

from pick_model.advise.report import CHANCE_DIGITS, figure, rounded
from pick_model.advise.scoring import Scoring
from pick_model.documents.base import Figure
from pick_model.documents.profile import Profile
from pick_model.documents.screen import ScreenReport, ScreenResult
from pick_model.measure.candidates import Candidates
from pick_model.measure.ledger import screen_lines
from pick_model.measure.screen.observe import result_of
from pick_model.record import replace


def believed(report: ScreenReport, asked: Candidates, profile: Profile) -> ScreenReport:
    """The report in the order of the belief that the screen has moved.

    asked: the models screened, under the names of the report. Models that the belief knows
    nothing of come after those it does.
    """
    by_ref = {ref.name: name for name, ref in asked.refs.items()}
    lines = [line for line in screen_lines(report) if line.model in by_ref]
    told = [result_of(line, by_ref[line.model]) for line in lines]
    if not told:
        return report
    profile = replace(profile, metric=report.metric)
    names = list(asked.refs)
    scoring = Scoring(profile, asked.catalog, told, names, names)
    belief, decision = scoring.belief, scoring.decision
    number = {line.model: scoring.number(by_ref[line.model]) for line in lines}
    before = sorted(number, key=lambda model: (-belief.members[number[model]].mean, model))
    prior = {model: rank for rank, model in enumerate(before, start=1)}

    def key(one: ScreenResult) -> tuple[bool, bool, float, int]:
        at = number.get(one.model)
        mean = belief.standing(at).mean if at is not None else 0.0
        return one.rank is None, at is None, -mean, one.rank or 0

    found = []
    for rank, one in enumerate(sorted(report.results, key=key), start=1):
        at = number.get(one.model)
        if at is None:
            changed = one.model_copy(update={"rank": rank if one.rank else None})
        else:
            interval = Figure(**figure(belief.interval(at))) if scoring.in_metric else None
            changed = one.model_copy(
                update={
                    "rank": rank,
                    "prior_rank": prior[one.model],
                    "expected": interval,
                    "p_best": rounded(decision.p_best.get(at, 0.0), CHANCE_DIGITS),
                }
            )
        found.append(changed)
    return report.model_copy(update={"results": tuple(found)})
