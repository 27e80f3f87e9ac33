"""Checks of one entry against those it should agree with: its family, its architecture, its kind.

An entry that differs from two or more of which none differs from another is doubted; where it
is right, `exceptions.yaml` says why.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from math import log

from pick_model.catalog.validate.context import Context, value_at
from pick_model.documents.catalog import Entry
from pick_model.words.message import Message
from pick_model.words.say import message

KIN = 2  # others that agree before one that does not is doubted
MANY = 3  # where agreeing is the rule, and not a range
LENGTH = 4.0  # times the longest or shortest input of a family
# FLOPs for each parameter and pixel, outside its family's by this factor: multiply-adds for
# FLOPs are a factor of two, image models of one family differ by less (DenseNet's 1.3).
DENSITY = 1.45
SAME = 0.005  # parameters of one architecture, with and without a head
AREA = 0.08  # FLOPs of one architecture for each pixel, in two counts
LIKE = 8  # entries of a kind before all of them are a rule
# What entries of one architecture share.
SHARED = ("embed_dim", "shape.hidden_size", "shape.n_layers", "shape.n_heads", "sample_rate_hz")

_Groups = Mapping[Hashable, list[Entry]]


def siblings(context: Context) -> int:
    """Lengths, FLOPs, widths, rates and kinds agree where those of all their kin do."""
    looked = 0
    entries = list(context.entries.values())
    families = _grouped(entries, lambda e: (e.family, e.kind, owner(e)))
    shapes = _grouped(entries, lambda e: (e.family, e.kind))
    kinds = _grouped(entries, lambda e: (e.kind, e.modality))
    lines = _grouped(entries, lambda e: (e.family, e.modality))
    tasks = Counter((entry.kind, task) for entry in entries for task in entry.tasks)
    for placed in context.facts:
        entry: Entry = placed.value
        looked += 1
        for told, field in (
            *_length(entry, _others(families[entry.family, entry.kind, owner(entry)], entry)),
            *_languages(entry, _others(families[entry.family, entry.kind, owner(entry)], entry)),
            *_density(entry, _others(shapes[entry.family, entry.kind], entry)),
            *_one_architecture(entry, _others(shapes[entry.family, entry.kind], entry)),
            *_rate(entry, _others(kinds[entry.kind, entry.modality], entry)),
            *_kind(entry, _others(lines[entry.family, entry.modality], entry)),
            *_odd_task(entry, tasks, len(kinds[entry.kind, entry.modality])),
            *_odd_owner(entry, _others(lines[entry.family, entry.modality], entry), context),
            *_two_inputs(entry),
        ):
            context.wrong(placed, told, *field.split("."))
    return looked


def owner(entry: Entry) -> str:
    """Who publishes it; empty for what is not on the Hub."""
    return (entry.hub_repo or "").partition("/")[0]


def _grouped(entries: Iterable[Entry], key: object) -> _Groups:
    found: dict[Hashable, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[key(entry)].append(entry)  # type: ignore[operator]
    return found


def _others(group: list[Entry], entry: Entry) -> list[Entry]:
    return [other for other in group if other.id != entry.id]


def _length(entry: Entry, others: list[Entry]) -> Iterator[tuple[Message, str]]:
    own, lengths = entry.max_tokens, [o.max_tokens for o in others if o.max_tokens]
    if own is None or len(lengths) < KIN:
        return
    agree = len(lengths) >= MANY and len(set(lengths)) == 1
    if agree and not 1 / 1.5 < own / lengths[0] < 1.5:
        yield message("length-unlike-family", own=own, usual=lengths[0]), "max_tokens"
    elif own > max(lengths) * LENGTH or own * LENGTH < min(lengths):
        yield message("length-unlike-family", own=own, usual=max(lengths)), "max_tokens"


def _languages(entry: Entry, others: list[Entry]) -> Iterator[tuple[Message, str]]:
    """Of none of the languages that all others of its family and owner have."""
    theirs = [set(other.languages) for other in others if other.languages]
    if not owner(entry) or not entry.languages or len(theirs) < KIN:
        return
    shared = set.intersection(*theirs)
    if shared and shared.isdisjoint(entry.languages):
        own, usual = tuple(sorted(entry.languages)), tuple(sorted(shared))
        yield message("languages-unlike-family", own=own, usual=usual), "languages"


def _density(entry: Entry, others: list[Entry]) -> Iterator[tuple[Message, str]]:
    own = density(entry)
    theirs = [found for other in others if (found := density(other)) is not None]
    if own is None or len(theirs) < KIN:
        return
    beside = _beside(entry, others)
    for some in (theirs, beside if len(beside) == KIN else theirs):
        if own > max(some) * DENSITY or own * DENSITY < min(some):
            nearest = min(some, key=lambda one: abs(log(one / own)))
            yield message("flops-unlike-family", times=own / nearest), "forward.flops"
            return


def _beside(entry: Entry, others: list[Entry]) -> list[float]:
    """The densities of the next smaller and the next larger of a family, at the same input."""
    size = entry.forward.image_size if entry.forward else None
    alike = [
        (other.n_parameters or 0, found)
        for other in others
        if other.forward
        and other.forward.image_size == size
        and (found := density(other)) is not None
    ]
    own = entry.n_parameters or 0
    smaller = sorted(one for one in alike if one[0] <= own)
    larger = sorted(one for one in alike if one[0] > own)
    return [found for _, found in (*smaller[-1:], *larger[:1])]


def density(entry: Entry) -> float | None:
    """FLOPs of a forward pass for each parameter and pixel, of one tower."""
    forward = entry.forward
    if (
        entry.kind == "dual-encoder"
        or forward is None
        or not forward.flops
        or not forward.image_size
        or not entry.n_parameters
    ):
        return None
    return forward.flops / entry.n_parameters / forward.image_size**2


def _one_architecture(entry: Entry, others: list[Entry]) -> Iterator[tuple[Message, str]]:
    """Of as many parameters, to half a percent: of one architecture, and so of one shape."""
    stated = entry.n_parameters
    if stated is None:
        return
    same = [o for o in others if o.n_parameters and abs(o.n_parameters / stated - 1) < SAME]
    for field in SHARED:
        own = value_at(entry, field)
        theirs = {value_at(other, field) for other in same} - {None}
        if own is not None and len(theirs) == 1 and own not in theirs:
            usual = theirs.pop()
            yield message("unlike-same-architecture", field=field, own=own, usual=usual), field
    own_density = density(entry)
    theirs = {found for other in same if (found := density(other)) is not None}
    if own_density and theirs and all(abs(log(own_density / one)) > AREA for one in theirs):
        times = own_density / min(theirs)
        yield message("flops-unlike-family", times=times), "forward.flops"


def _rate(entry: Entry, others: list[Entry]) -> Iterator[tuple[Message, str]]:
    rates = Counter(other.sample_rate_hz for other in others if other.sample_rate_hz)
    if entry.sample_rate_hz and rates.total() >= LIKE and len(rates) == 1:
        [usual] = rates
        if entry.sample_rate_hz != usual:
            own = entry.sample_rate_hz
            yield message("rate-unlike-kind", own=own, usual=usual), "sample_rate_hz"


def _kind(entry: Entry, others: list[Entry]) -> Iterator[tuple[Message, str]]:
    kinds = {other.kind for other in others}
    if len(others) >= KIN and len(kinds) == 1 and entry.kind not in kinds:
        told = message("kind-unlike-family", kind=entry.kind, usual=kinds.pop(), n=len(others))
        yield told, "kind"
    learnt = (entry.pretraining.objective or "").lower()
    for words, others_than in OBJECTIVES:
        if learnt.startswith(words) and entry.kind in others_than:
            yield message("kind-not-of-objective", kind=entry.kind, objective=learnt), "kind"


# What a model learnt by -> kinds that do not.
OBJECTIVES: tuple[tuple[str, frozenset[str]], ...] = (
    ("masked-language-modelling", frozenset({"decoder", "encoder-decoder", "cnn", "vit"})),
    ("replaced-token", frozenset({"decoder", "encoder-decoder"})),
    ("causal-language-modelling", frozenset({"encoder", "cross-encoder", "sparse-encoder"})),
    ("span-corruption", frozenset({"encoder", "decoder"})),
    ("gap-sentence", frozenset({"encoder", "decoder"})),
)


def _odd_task(
    entry: Entry, tasks: Counter[tuple[str, str]], n_kind: int
) -> Iterator[tuple[Message, str]]:
    """A task that no other of many of its kind has."""
    for task in entry.tasks:
        if n_kind >= LIKE and tasks[entry.kind, task] == 1:
            yield message("task-unlike-kind", task=task, kind=entry.kind), "tasks"


def _odd_owner(
    entry: Entry, others: list[Entry], context: Context
) -> Iterator[tuple[Message, str]]:
    """Of another owner than three or more others. An organisation's own model always is.

    Whoever trains a model further publishes it under a name of theirs: a model without a base is
    held against those without one too.
    """
    if context.parsed.overlay:
        return
    first = [] if entry.base_model else [other for other in others if not other.base_model]
    for some in (others, first):
        owners = {owner(other) for other in some} - {""}
        if sum(bool(owner(other)) for other in some) >= MANY and len(owners) == 1:
            usual = owners.pop()
            if owner(entry) not in ("", usual):
                yield message("owner-unlike-family", owner=owner(entry), usual=usual), "hub_repo"
                return


def _two_inputs(entry: Entry) -> Iterator[tuple[Message, str]]:
    """The size an image model is made for, and the one its cost is told for."""
    cost = entry.forward.image_size if entry.forward else None
    if cost and entry.image_size and cost != entry.image_size:
        told = message("pixels-not-of-cost", own=entry.image_size, cost=cost)
        yield told, "image_size"
