"""What every document shares: frozen, closed to unknown keys, no NaN, exact numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec
from pydantic import Field, TypeAdapter
from pydantic_core import PydanticSerializationError

from pick_model.escape import in_json
from pick_model.record import FrozenRecord as FrozenRecord

SCHEMA_VERSION = 1
T = TypeVar("T")


_HALF = re.compile("[\ud800-\udfff]")
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def adapter(document: type[T]) -> TypeAdapter[T]:
    """pydantic's reader and writer of a document, built on first use."""
    if document not in _ADAPTERS:
        _ADAPTERS[document] = TypeAdapter(document)
    return _ADAPTERS[document]


def to_json(document: Any) -> str:
    """A document as indented JSON; halves of characters, as in names of files, told as text."""
    try:
        if isinstance(document, FrozenRecord):
            text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
        else:
            text = adapter(type(document)).dump_json(document, indent=2).decode()
    except (UnicodeEncodeError, PydanticSerializationError):
        plain = adapter(type(document)).dump_python(document, mode="json")
        text = json.dumps(plain, indent=2, ensure_ascii=False)
        text = _HALF.sub(lambda found: rf"\\u{ord(found[0]):04x}", text)
    return in_json(text)


def to_plain(document: Any) -> dict[str, Any]:
    """A document as JSON-ready values, without what is left at its default."""
    plain: dict[str, Any] = adapter(type(document)).dump_python(
        document, mode="json", exclude_defaults=True
    )
    return plain


def from_plain(document: type[T], plain: Mapping[str, Any]) -> T:
    """The record of trusted plain values: types are held to, bounds and patterns are not.

    For what `to_plain` wrote and a digest vouches for.
    """
    return msgspec.convert(plain, document)


# Strict: True and "12" are no numbers. 3.3e9 is a count, for the reader makes it a whole one.
Count = Annotated[int, Field(strict=True, ge=0, le=10**15)]
PositiveCount = Annotated[int, Field(strict=True, ge=1, le=10**15)]
Amount = Annotated[float, Field(strict=True, ge=0, le=1e40)]
PositiveAmount = Annotated[float, Field(strict=True, gt=0, le=1e40)]
Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Ends = tuple[float, float]  # low and high of the 90 % interval of a score that stands beside it


class Figure(FrozenRecord):
    """A figure that is not certain: a value and the ends of its 90 % interval."""

    value: float
    low: float
    high: float


class Quantity(Figure):
    """A figure with its unit."""

    unit: Text
