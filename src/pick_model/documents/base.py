"""What every document shares: frozen, closed to unknown keys, no NaN, exact numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter
from typing_extensions import dataclass_transform

from pick_model.escape import in_json

SCHEMA_VERSION = 1
# A record that was built in the program is checked when a `Document` takes it in.
CONFIG = ConfigDict(
    frozen=True,
    extra="forbid",
    allow_inf_nan=False,
    defer_build=True,
    revalidate_instances="always",
)
T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A frozen dataclass that refuses unknown keys and NaN when it is read or written.

    Building it in the program checks nothing and costs nothing, which is what the hundreds
    of catalog entries of every start need; `adapter` gives the checks, schema and JSON.
    """
    cls.__pydantic_config__ = CONFIG  # type: ignore[attr-defined]
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def adapter(document: type[T]) -> TypeAdapter[T]:
    """pydantic's reader and writer of a document, built on first use."""
    if document not in _ADAPTERS:
        _ADAPTERS[document] = TypeAdapter(document)
    return _ADAPTERS[document]


def to_json(document: Any) -> str:
    """A document as indented JSON."""
    return in_json(adapter(type(document)).dump_json(document, indent=2).decode())


def to_plain(document: Any) -> dict[str, Any]:
    """A document as JSON-ready values, without what is left at its default."""
    plain: dict[str, Any] = adapter(type(document)).dump_python(
        document, mode="json", exclude_defaults=True
    )
    return plain


def from_plain(document: type[T], plain: Mapping[str, Any]) -> T:
    """The document of trusted plain values, unchecked; lists become tuples.

    For what `to_plain` wrote and a digest vouches for. Nested records are for the caller.
    """
    return document(**{k: tuple(v) if type(v) is list else v for k, v in plain.items()})


# Strict: True and "12" are no numbers. 3.3e9 is a count, for the reader makes it a whole one.
Count = Annotated[int, Field(strict=True, ge=0, le=10**15)]
PositiveCount = Annotated[int, Field(strict=True, ge=1, le=10**15)]
Amount = Annotated[float, Field(strict=True, ge=0, le=1e40)]
PositiveAmount = Annotated[float, Field(strict=True, gt=0, le=1e40)]
Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Ends = tuple[float, float]  # low and high of the 90 % interval of a score that stands beside it


@record
class Figure:
    """A figure that is not certain: a value and the ends of its 90 % interval."""

    value: float
    low: float
    high: float


@record
class Quantity(Figure):
    """A figure with its unit."""

    unit: Text
