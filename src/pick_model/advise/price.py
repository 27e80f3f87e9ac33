"""A ranking by money: what points of the metric are worth, less what training costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pick_model.advise.rank import Ranked, Scored
from pick_model.belief.posterior import Belief
from pick_model.documents.profile import Profile


def net_values(
    scored: Sequence[Scored], belief: Belief, number: Mapping[str, int], profile: Profile
) -> dict[str, float]:
    """For each candidate points × worth − training hours × price, in the user's currency.

    Empty unless the profile names what a point is worth and the metric has points. Points are
    the expected score's hundredths; hours that are unknown cost what the dearest candidate's
    known ones do. `number`: each candidate's in the belief.
    """
    level = belief.level
    if profile.point_worth is None or level is None or level.link.high is None:
        return {}
    price = profile.price_per_hour or 0.0
    hours = {
        s.entry.id: s.costs.training_hours.value
        for s in scored
        if s.costs.training_hours is not None
    }
    dearest = max(hours.values(), default=0.0)
    return {
        s.entry.id: 100 * belief.mean_score(number[s.entry.id]) * profile.point_worth
        - price * hours.get(s.entry.id, dearest)
        for s in scored
    }


def by_net_value(scored: Sequence[Scored], values: Mapping[str, float]) -> list[Ranked]:
    """The candidates in the order of their net values; ties break by id."""
    order = sorted(scored, key=lambda s: (-round(values[s.entry.id], 9), s.entry.id))
    return [Ranked(place, one) for place, one in enumerate(order, start=1)]
