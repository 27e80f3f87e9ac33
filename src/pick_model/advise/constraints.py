"""Hard constraints: each rejects with a reason, and a near miss says what would help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import NamedTuple

from msgspec import Struct

from pick_model.advise.needs import reads_who_knows_whom, refused
from pick_model.advise.suitability import SUITABILITY
from pick_model.cost.estimate import Costs
from pick_model.cost.fitting import ways_to_fit
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import Profile
from pick_model.documents.task import Constraints
from pick_model.interval import Interval
from pick_model.vocabulary.languages import served_by
from pick_model.vocabulary.licenses import LICENSE_CLASSES, LICENSES
from pick_model.words.message import Message
from pick_model.words.say import message

# A figure within this factor of its limit is a near miss worth telling. Set by hand:
# half the batch or a smaller sibling makes up for so much.
NEAR = 2.0


class Broken(NamedTuple):
    """One constraint that an entry breaks."""

    constraint: str
    reason: Message
    near_miss: Message | None = None  # what would let it in, if little would
    excess: float = inf  # how far over a limit, as a factor; inf where that has no meaning
    lifted: Message | None = None  # what would let it in, however far over the limit it is
    untold: bool = False  # nobody has told whether it is broken


def _beyond(constraint: str, reason: Message, lifted: Message, excess: float) -> Broken:
    """A limit that is broken by a factor of `excess`: a near miss where that is little."""
    return Broken(constraint, reason, lifted if excess <= NEAR else None, excess, lifted)


class Rejection(Struct, frozen=True):
    """Why an entry is out: the first constraint it breaks."""

    id: str
    broken: Broken


Check = Callable[[Entry, Profile], "Broken | None"]


def check_facts(entry: Entry, profile: Profile) -> Broken | None:
    """The first constraint broken by what the catalog says, before any cost is estimated."""
    return next(broken_by_facts(entry, profile), None)


def broken_by_facts(entry: Entry, profile: Profile) -> Iterator[Broken]:
    """All such constraints."""
    for check in FACT_CHECKS:
        broken = check(entry, profile)
        if broken is not None:
            yield broken


def _task(entry: Entry, profile: Profile) -> Broken | None:
    if profile.task not in entry.tasks or entry.kind not in SUITABILITY[profile.task]:
        return Broken("task", message("not-for-task", task=profile.task))
    return None


def _languages(entry: Entry, profile: Profile) -> Broken | None:
    # What nobody told is no ground to reject: `cautions` tells it, and the belief takes the
    # language for one that it does not know.
    if not profile.languages or not entry.languages:
        return None
    missing = tuple(c for c in profile.languages if served_by((c,)).isdisjoint(entry.languages))
    if missing:
        return Broken("languages", message("languages-missing", missing=missing))
    return None


def _direction(entry: Entry, profile: Profile) -> Broken | None:
    if profile.direction is None or not entry.directions:
        return None
    source, target = (served_by((end,)) for end in profile.direction)
    for direction in entry.directions:
        ends = direction.split("-")
        if ends[0] in source and ends[1] in target:
            return None
    asked = "-".join(profile.direction)
    return Broken("translate", message("other-direction", asked=asked, serves=entry.directions))


def _use(entry: Entry, profile: Profile) -> Broken | None:
    """Nothing can be used as it comes that was not trained for it, nor without its input."""
    reason = refused(entry, profile)
    if reason is not None:
        return Broken("method", reason, message("train-it"))
    if entry.kind == "text-recommender" and profile.item_texts is False:
        return Broken("item_texts", message("no-item-texts"))
    if profile.user_graph is False and reads_who_knows_whom(entry.kind, entry.domains):
        return Broken("user_graph", message("no-user-graph"))
    return None


def _license(entry: Entry, profile: Profile) -> Broken | None:
    policy = profile.constraints.license
    if policy is None:
        return None
    for license in entry.licenses:
        if license is None:
            return Broken("license", message("license-unknown"), untold=True)
        kind = LICENSES[license]
        classes = [LICENSE_CLASSES.get(allowed, ()) for allowed in policy]
        if license not in policy and not any(kind in allowed for allowed in classes):
            told = message("license-not-allowed", license=license, kind=kind)
            return Broken("license", told)
    return None


def _names(entry: Entry, profile: Profile) -> Broken | None:
    limits = profile.constraints
    if not (
        limits.ban_models or limits.ban_families or limits.require_models or limits.require_families
    ):
        return None
    ids = {name.lower() for name in (entry.id, entry.hub_repo, *entry.aliases) if name}
    family = entry.family.lower()
    if ids & _lower(limits.ban_models):
        return Broken("ban_models", message("model-banned"))
    if family in _lower(limits.ban_families):
        return Broken("ban_families", message("family-banned", family=entry.family))
    if limits.require_models and not ids & _lower(limits.require_models):
        return Broken("require_models", message("model-not-required"))
    if limits.require_families and family not in _lower(limits.require_families):
        return Broken("require_families", message("family-not-required", family=entry.family))
    return None


def _lower(names: Iterable[str]) -> set[str]:
    return {name.lower() for name in names}


def _release(entry: Entry, profile: Profile) -> Broken | None:
    after, before = profile.constraints.released_after, profile.constraints.released_before
    if after is None and before is None:
        return None
    date = entry.release_date
    if date is None:
        return Broken("released", message("release-unknown"), untold=True)
    # A date given to the month or year stands for all of it, on both sides.
    if after is not None and date[: len(after)] < after[: len(date)]:
        return Broken("released_after", message("released-before", date=date, limit=after))
    if before is not None and date[: len(before)] > before[: len(date)]:
        return Broken("released_before", message("released-after", date=date, limit=before))
    return None


def _weights(entry: Entry, profile: Profile) -> Broken | None:
    if profile.constraints.pretrained and not entry.pretrained:
        return Broken("pretrained", message("not-pretrained"))
    if not profile.constraints.safetensors:
        return None
    if entry.weights is None:
        return Broken("safetensors", message("weights-format-unknown"), untold=True)
    if "safetensors" not in entry.weights:
        return Broken("safetensors", message("weights-not-safetensors", formats=entry.weights))
    return None


def _size(entry: Entry, profile: Profile) -> Broken | None:
    limit = profile.constraints.max_parameters
    if limit is None:
        return None
    n = entry.n_parameters
    if n is None:
        return Broken("max_parameters", message("parameters-unknown"), untold=True)
    if n > limit:
        reason = message("parameters-over", n=n, limit=limit)
        lifted = message("allow-parameters", n=n)
        return _beyond("max_parameters", reason, lifted, n / limit)
    return None


def _input(entry: Entry, profile: Profile) -> Broken | None:
    wanted = profile.constraints.min_input_tokens
    if wanted is None:
        return None
    if entry.max_tokens is None:
        return Broken("min_input_tokens", message("input-limit-unknown"), untold=True)
    if entry.max_tokens < wanted:
        reason = message("input-limit-under", tokens=entry.max_tokens, limit=wanted)
        lifted = message("cut-inputs", tokens=entry.max_tokens)
        return _beyond("min_input_tokens", reason, lifted, wanted / entry.max_tokens)
    return None


def _sample_rate(entry: Entry, profile: Profile) -> Broken | None:
    wanted, rate = profile.constraints.min_sample_rate_hz, entry.sample_rate_hz
    if wanted is None:
        return None
    if rate is None:
        return Broken("min_sample_rate_hz", message("sample-rate-unknown"), untold=True)
    if rate < wanted:
        reason = message("sample-rate-under", rate=rate, limit=wanted)
        lifted = message("do-without-high-tones", hertz=rate // 2)
        return _beyond("min_sample_rate_hz", reason, lifted, wanted / rate)
    return None


FACT_CHECKS: tuple[Check, ...] = (
    _task,
    _languages,
    _direction,
    _use,
    _license,
    _names,
    _release,
    _weights,
    _size,
    _input,
    _sample_rate,
)


def check_costs(entry: Entry, profile: Profile, costs: Costs) -> Broken | None:
    """The first limit that an estimate cannot keep."""
    return next(over_limits(entry, profile, costs), None)


def over_limits(entry: Entry, profile: Profile, costs: Costs) -> Iterator[Broken]:
    """The limits that an estimate cannot keep: even its low end is over them.

    What may keep one stays, and `cautions` tells; so does what nobody can estimate (`doubtful`).
    """
    limits = profile.constraints
    yield from _over_machines(entry, costs, profile)
    for what, estimate, limit in limited(costs, limits):
        constraint = f"max_{what}"
        if estimate is None:
            states = costs.states_gib if what == "training_memory_gib" else None
            if states is not None and states > limit:
                told = message("states-over-limit", value=states, limit=limit)
                yield Broken(constraint, told)
        elif estimate.low > limit:
            reason = message("estimate-over", value=estimate.low, what=what, limit=limit)
            lifted = message("allow-estimate", at_least=estimate.value, what=what)
            yield _beyond(constraint, reason, lifted, estimate.low / limit)


def doubtful(costs: Costs, profile: Profile) -> bool:
    """Whether a limit, or the memory of a machine, is expected to be broken, though it may hold;
    or no estimate tells whether a stated limit holds."""
    train, serve = costs.training_memory_gib, costs.serving_memory_gib
    stated = [(found, limit) for _, found, limit in limited(costs, profile.constraints)]
    if any(found is None for found, _ in stated):
        return True
    machines = [(train, profile.train_on.memory_gib), (serve, profile.serve_on.memory_gib)]
    return any(found is not None and found.value > limit for found, limit in stated + machines)


def limited(costs: Costs, limits: Constraints) -> list[tuple[str, Interval | None, float]]:
    """The estimates that the profile sets a limit to: name, estimate, limit."""
    pairs = (
        ("disk_gib", costs.disk_gib, limits.max_disk_gib),
        ("training_memory_gib", costs.training_memory_gib, limits.max_training_memory_gib),
        ("serving_memory_gib", costs.serving_memory_gib, limits.max_serving_memory_gib),
        ("latency_ms", costs.latency_ms, limits.max_latency_ms),
        ("training_hours", costs.training_hours, limits.max_training_hours),
    )
    return [(name, found, limit) for name, found, limit in pairs if limit is not None]


def _over_machines(entry: Entry, costs: Costs, profile: Profile) -> Iterator[Broken]:
    """Training must fit the machine to train on, serving the machine to serve on."""
    machine, need = profile.train_on, costs.training_memory_gib
    if need is None and costs.states_gib is not None and costs.states_gib > machine.memory_gib:
        yield Broken(
            "training_memory",
            _over("states-over-memory", costs.states_gib, machine),
        )
    if need is not None and need.low > machine.memory_gib:
        yield Broken(
            "training_memory",
            _over("training-over-memory", need.low, machine),
            how_to_fit(entry, profile),
            need.low / machine.memory_gib,
        )
    machine, need = profile.serve_on, costs.serving_memory_gib
    if need is not None and need.low > machine.memory_gib:
        yield Broken(
            "serving_memory",
            _over("serving-over-memory", need.low, machine),
            None,
            need.low / machine.memory_gib,
        )


def how_to_fit(entry: Entry, profile: Profile) -> Message | None:
    """The settings under which training is expected to fit; None where none are known."""
    way = next(ways_to_fit(entry, profile), None)
    settings = way.settings(profile) if way else ()
    return message("fits-with", settings=settings) if settings else None


def _over(code: str, gib: float, machine: Machine) -> Message:
    return message(code, value=gib, limit=machine.memory_gib, machine=machine.id)
