"""Split a data set in two, and take nested subsets of it, with every class in proportion.

A split balances several labels at once by iterative stratification (Sechidis, Tsoumakas and
Vlahavas 2011, "On the Stratification of Multi-Label Data", algorithm 1): the rarest label
is dealt out first, each row to the side that still wants most of it. It deviates in two ways:
what is dealt is a unit, all rows that must stay together, and the wanted numbers are whole, with
at least one row of each label on each side.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from pick_model.data.apportion import apportion
from pick_model.data.dataset import Dataset
from pick_model.data.strata import row_traits, strata
from pick_model.data.texts import text_keys
from pick_model.errors import InputError, UsageError
from pick_model.words.say import message

TRAIN, HELD_OUT = 0, 1
# The first rows of a subset: this many of each stratum, so that a small one misses no class.
_FIRST_OF_EACH = 2


def split(dataset: Dataset, *, heldout: float = 0.2, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Training and held-out rows, each in file order.

    `heldout`: the share of rows to hold out, between 0 and 1 exclusive. Stratified by
    class, label set, entity type or quantile bin. Rows with the same normalised text (of
    pairs: both texts) stay on one side, and so do rows of one group. What is in two such
    units or more is on both sides; where labels come together that holds for all but some
    (measured: 0.2 % of small sets where it is possible). A class of one unit is trained on.
    Deterministic for a seed.

    Raises UsageError for a wrong share, InputError where no such split exists.
    """
    if not 0 < heldout < 1:
        raise UsageError(message("held-out-share-outside", heldout=heldout))
    units = units_of(dataset)
    if len(units) < 2:
        raise InputError(
            message("split-of-one-group", source=dataset.source)
            if len(dataset) > 1
            else message("split-of-one-row", source=dataset.source),
            hint=message("give-held-out-file"),
        )
    traits = row_traits(dataset)
    unit_traits = [Counter(trait for row in unit for trait in traits[row]) for unit in units]
    rng = random.Random(seed)  # noqa: S311 - draws rows, guards no secret
    side = _deal(units, unit_traits, heldout, rng)
    _mend(unit_traits, side)
    rows: tuple[list[int], list[int]] = [], []
    for unit, chosen in zip(units, side, strict=True):
        rows[chosen].extend(unit)
    parts = [dataset.take(sorted(part)) for part in rows]
    _check(dataset, parts)
    return parts[0], parts[1]


def subsample(dataset: Dataset, n: int, seed: int = 0) -> Dataset:
    """`n` rows in file order, stratified; a smaller subset lies within a larger one.

    The first rows drawn are two of each stratum (of a multi-label row or a sentence, its
    rarest label), so that a small subset misses no class; from then on strata are served
    evenly, each to within about two rows of its share. All rows where `n` reaches their number.

    Raises UsageError for n < 1.
    """
    if n < 1:
        raise UsageError(message("subset-empty", n=n))
    if n >= len(dataset):
        return dataset
    return dataset.take(sorted(_order(dataset, seed)[:n]))


def units_of(dataset: Dataset) -> list[list[int]]:
    """Rows that must stay together: linked by a common text or group, also through others."""
    keys: list[list[object]] = [[("text", key)] for key in text_keys(dataset)]
    if dataset.groups is not None:
        for row, group in enumerate(dataset.groups):
            keys[row].append(("group", group))
    parent = list(range(len(dataset)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]  # halve the path, so that chains stay short
            row = parent[row]
        return row

    first_with: dict[object, int] = {}
    for row, row_keys in enumerate(keys):
        for key in row_keys:
            one, other = root(first_with.setdefault(key, row)), root(row)
            parent[max(one, other)] = min(one, other)
    members = defaultdict(list)
    for row in range(len(dataset)):
        members[root(row)].append(row)
    return list(members.values())


def _deal(
    units: Sequence[Sequence[int]],
    unit_traits: Sequence[Counter[str]],
    heldout: float,
    rng: random.Random,
) -> list[int]:
    """The side of each unit."""
    counts: Counter[str] = Counter()
    for traits in unit_traits:
        counts.update(traits)
    ordered = dict(sorted(counts.items()))
    held = apportion(ordered, round(heldout * sum(counts.values())), least=1, spare=1)
    wanted = [{t: counts[t] - held[t] for t in counts}, dict(held)]
    n_rows = sum(len(unit) for unit in units)
    room = [n_rows * (1 - heldout), n_rows * heldout]  # rows each side still wants, of any kind

    shuffled = list(range(len(units)))
    rng.shuffle(shuffled)
    shuffled.sort(key=lambda unit: -len(units[unit]))  # the big ones while there is room
    waiting: dict[str, list[int]] = {trait: [] for trait in ordered}
    for unit in shuffled:
        for trait in unit_traits[unit]:
            waiting[trait].append(unit)
    left = {trait: len(found) for trait, found in waiting.items()}
    on_side = [Counter[str](), Counter[str]()]  # units of each trait dealt to the side
    side = [-1] * len(units)

    while left:
        trait = min(left, key=lambda t: (left[t], t))
        for unit in waiting[trait]:
            if side[unit] >= 0:
                continue
            lacking = [s for s in (TRAIN, HELD_OUT) if not on_side[s][trait]]
            if lacking and left[trait] <= len(lacking):
                chosen = lacking[0]
            else:
                chosen = max(
                    (TRAIN, HELD_OUT), key=lambda s: (wanted[s][trait], room[s], s == TRAIN)
                )
            side[unit] = chosen
            room[chosen] -= len(units[unit])
            for other, count in unit_traits[unit].items():
                wanted[chosen][other] -= count
                on_side[chosen][other] += 1
                left[other] -= 1
        left = {t: count for t, count in left.items() if count > 0}
    return side


def _mend(unit_traits: Sequence[Counter[str]], side: list[int]) -> None:
    """Move a unit to a side that lacks one of its traits, where that takes the last of
    nothing from the other side. Small units first, as they disturb the balance least."""
    on_side = [Counter[str](), Counter[str]()]
    for traits, s in zip(unit_traits, side, strict=True):
        on_side[s].update(dict.fromkeys(traits, 1))
    by_size = sorted(range(len(side)), key=lambda unit: sum(unit_traits[unit].values()))
    for trait in sorted(set(on_side[TRAIN]) ^ set(on_side[HELD_OUT])):
        for unit in by_size:
            here = side[unit]
            traits = unit_traits[unit]
            lacks = trait in traits and not on_side[1 - here][trait]
            if lacks and all(on_side[here][other] >= 2 for other in traits):
                side[unit] = 1 - here
                on_side[here].subtract(dict.fromkeys(traits, 1))
                on_side[1 - here].update(dict.fromkeys(traits, 1))
                break


def _check(dataset: Dataset, parts: Sequence[Dataset]) -> None:
    for part, name in zip(parts, ("training", "held-out"), strict=True):
        if not len(part):
            raise InputError(
                message("split-leaves-side-empty", source=dataset.source, name=name),
                hint=message("give-held-out-file-or-split-groups"),
            )


def _order(dataset: Dataset, seed: int) -> list[int]:
    """All rows, so that every beginning is stratified.

    Row k of a stratum of m rows, in random order, comes at (k + u) / m with u uniform on
    [0, 1): one row in each m-th of the way, strata out of step with one another.
    """
    rng = random.Random(seed)  # noqa: S311 - draws rows, guards no secret
    members: dict[str, list[int]] = defaultdict(list)
    for row, stratum in enumerate(strata(dataset)):
        members[stratum].append(row)
    places: list[tuple[float, float, int]] = []
    for stratum in sorted(members):
        rows = members[stratum]
        rng.shuffle(rows)
        for k, row in enumerate(rows):
            turn = (k + rng.random()) / len(rows)
            first = k - _FIRST_OF_EACH if k < _FIRST_OF_EACH else 0
            places.append((float(first), turn, row))
    return [row for _, _, row in sorted(places)]
