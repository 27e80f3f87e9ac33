"""What a reader should know of a candidate: what may not fit, takes days, or nobody told."""

from __future__ import annotations

from pick_model.advise.constraints import how_to_fit, limited
from pick_model.cost.estimate import Costs, fits
from pick_model.cost.time import devices_used
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.words.message import Message
from pick_model.words.say import message

LONG_HOURS = 24.0  # a training that nobody waits for


def cautions(entry: Entry, profile: Profile, costs: Costs) -> tuple[Message, ...]:
    """One message for each limit that the estimate may break or does not know, for days of
    training, and for languages that are not known."""
    found = []
    # An architecture without weights learns whatever it is shown.
    if profile.languages and entry.languages is None and entry.pretrained:
        found.append(message("languages-unknown", languages=profile.languages))
    if costs.checkpointing:
        found.append(message("trains-with-checkpointing", machine=profile.train_on.id))
    need, here = costs.training_memory_gib, profile.train_on
    if need is not None and fits(need, here) == "maybe":
        found.append(
            message(
                "training-may-not-fit",
                low=need.low,
                high=need.high,
                limit=here.memory_gib,
                machine=here.id,
            )
        )
        helps = None if costs.checkpointing else how_to_fit(entry, profile)
        if helps is not None:
            found.append(helps)
    elif need is None and profile.method != "as-is":
        found.append(message("training-unknown", limit=here.memory_gib, machine=here.id))
    need, there = costs.serving_memory_gib, profile.serve_on
    if need is not None and fits(need, there) == "maybe":
        found.append(
            message(
                "serving-may-not-fit",
                low=need.low,
                high=need.high,
                limit=there.memory_gib,
                machine=there.id,
            )
        )
    for what, estimate, limit in limited(costs, profile.constraints):
        if estimate is None:
            found.append(message("estimate-unknown", what=what, limit=limit))
        elif estimate.high > limit:
            found.append(message("may-be-over", high=estimate.high, what=what, limit=limit))
    used = devices_used(profile)
    if used < profile.train_on.count and profile.method != "as-is":
        found.append(
            message(
                "devices-idle", used=used, batch=profile.batch_size, machine=profile.train_on.id
            )
        )
    hours = costs.training_hours
    if hours is not None and hours.value > LONG_HOURS:
        found.append(message("trains-for-days", days=hours.value / 24, machine=profile.train_on.id))
    return tuple(found)
