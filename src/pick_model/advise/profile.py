"""From a profile file to the profile that everything is worked out for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pick_model.catalog.catalog import Catalog
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import Profile, settle
from pick_model.documents.reader import Parsed, check, read_yaml
from pick_model.documents.task import CRITERIA, PRESETS, Task, Weights
from pick_model.errors import (
    Location,
    SchemaError,
    UnknownName,
    UsageError,
    WrongValue,
    did_you_mean,
)
from pick_model.record import replace
from pick_model.words.say import message


def load_task(path: str | Path) -> Task:
    """Read and check a task profile. Raises InputError or SchemaError, with file and line."""
    return check(read_yaml(Path(path)), Task)


def read_profile(
    path: str | Path,
    catalog: Catalog,
    *,
    preset: str | None = None,
    weights: dict[str, float] | None = None,
    hardware: str | None = None,
    point_worth: float | None = None,
    price_per_hour: float | None = None,
) -> Profile:
    """A task file, settled against the catalog's machines, with the command line's changes.

    Errors carry the line of the profile they come from.
    """
    parsed = read_yaml(Path(path))
    task = check(parsed, Task)
    return settled(
        task,
        catalog,
        preset=preset,
        weights=weights,
        hardware=hardware,
        point_worth=point_worth,
        price_per_hour=price_per_hour,
        parsed=parsed,
    )


def settled(
    task: Task,
    catalog: Catalog,
    *,
    preset: str | None = None,
    weights: dict[str, float] | None = None,
    hardware: str | None = None,
    point_worth: float | None = None,
    price_per_hour: float | None = None,
    parsed: Parsed | None = None,
) -> Profile:
    """The profile of a task. Raises UnknownName for a model or machine nobody knows."""
    if preset is not None:
        if preset not in PRESETS:
            hint = did_you_mean(preset, PRESETS)
            raise UsageError(message("unknown-preset", preset=preset), hint=hint)
        task = replace(task, preset=preset, weights=Weights())
    if weights:
        for name, value in weights.items():
            if name not in CRITERIA:
                hint = did_you_mean(name, CRITERIA)
                raise UsageError(message("unknown-criterion", name=name), hint=hint)
            if not 0 <= value < float("inf"):
                raise UsageError(message("weight-not-finite", name=name))
        task = replace(task, weights=replace(task.weights, **weights))
    if point_worth is not None:
        task = replace(task, point_worth=_price("--point-worth", point_worth))
    if price_per_hour is not None:
        task = replace(task, price_per_hour=_price("--price-per-hour", price_per_hour))

    def where(*path: str | int) -> Location | None:
        return parsed.location(path) if parsed else None

    def machine(name: str) -> Machine:
        if name.strip().lower() == "local":
            from pick_model.cost.detect import local_machine

            return local_machine({n: catalog.machine(n) for n in catalog.plain_hardware})
        try:
            return catalog.machine(name)
        except UnknownName as error:
            if hardware is None:
                error.location = where("hardware")
            raise

    for kind in ("require", "ban"):
        _known_names(task, catalog, kind, where)

    def entry(name: str) -> str | None:
        known = catalog.get(name)
        return known.id if known else None

    try:
        return settle(task, machine, entry=entry, hardware=hardware)
    except WrongValue as wrong:
        raise SchemaError(wrong.told, location=where(*wrong.path), hint=wrong.hint) from None


def _price(option: str, price: float) -> float:
    if not 0 < price < float("inf"):
        raise UsageError(message("price-not-positive", option=option, price=price))
    return price


def _known_names(task: Task, catalog: Catalog, kind: str, where: Any) -> None:
    """A misspelt family or model in a constraint would silently reject or allow too much."""
    field = f"{kind}_families"
    for name in getattr(task.constraints, field):
        families = {family.lower() for _, family in catalog.entries.column("family")}
        if name.lower() not in families:
            raise UnknownName(
                message("unknown-family-in", field=field, name=name),
                location=where("constraints", field),
                hint=did_you_mean(name, sorted(families)),
            )
    field = f"{kind}_models"
    for name in getattr(task.constraints, field):
        try:
            catalog.find(name)
        except UnknownName as error:
            if name in catalog.banned:
                continue
            error.location = where("constraints", field)
            raise
