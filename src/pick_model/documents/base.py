"""What every document shares: frozen, closed to unknown keys, no NaN, exact numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar, cast

import msgspec
from pydantic_core import PydanticSerializationError, SchemaSerializer, SchemaValidator

from pick_model.core_schema import Bounds, record_schema
from pick_model.escape import in_json
from pick_model.record import FrozenRecord as FrozenRecord

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA_VERSION = 1
T = TypeVar("T")


class RecordAdapter(Generic[T]):
    """What a `TypeAdapter` of pydantic's does for a record, without what reads types there."""

    def __init__(self, record: type[T]) -> None:
        self.core_schema = record_schema(cast("type[FrozenRecord]", record))
        self._validator = SchemaValidator(self.core_schema)
        self._serializer = SchemaSerializer(self.core_schema)

    def validate_python(self, value: Any) -> T:
        """The record of a mapping. Raises pydantic_core.ValidationError."""
        return cast("T", self._validator.validate_python(value))

    def validate_json(self, text: str) -> T:
        """The record of JSON text. Raises pydantic_core.ValidationError."""
        return cast("T", self._validator.validate_json(text))

    def dump_python(
        self,
        record: T,
        *,
        mode: Literal["json", "python"] = "python",
        exclude_defaults: bool = False,
    ) -> Any:
        """A record as a mapping; of values that JSON has, in that mode."""
        return self._serializer.to_python(record, mode=mode, exclude_defaults=exclude_defaults)

    def dump_json(self, record: T, *, indent: int | None = None) -> bytes:
        """A record as JSON."""
        return self._serializer.to_json(record, indent=indent)

    def json_schema(
        self, *, mode: Literal["validation", "serialization"] = "validation"
    ) -> dict[str, Any]:
        """The JSON Schema of what is read, or of what is written."""
        from pydantic.json_schema import GenerateJsonSchema

        return GenerateJsonSchema().generate(self.core_schema, mode=mode)


_ADAPTERS: dict[Any, Any] = {}


def adapter(document: type[T]) -> TypeAdapter[T] | RecordAdapter[T]:
    """The reader and writer of a document, built on first use."""
    if document not in _ADAPTERS:
        _ADAPTERS[document] = _adapter(document)
    return cast("TypeAdapter[T] | RecordAdapter[T]", _ADAPTERS[document])


def _adapter(document: type[T]) -> TypeAdapter[T] | RecordAdapter[T]:
    if isinstance(document, type) and issubclass(document, FrozenRecord):
        return RecordAdapter(document)
    from pydantic import TypeAdapter  # for documents of slow commands (see `checked`)

    return TypeAdapter(document)


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
        text = re.sub("[\\ud800-\\udfff]", lambda half: rf"\\u{ord(half[0]):04x}", text)
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
Count = Annotated[int, Bounds(strict=True, ge=0, le=10**15)]
PositiveCount = Annotated[int, Bounds(strict=True, ge=1, le=10**15)]
Amount = Annotated[float, Bounds(strict=True, ge=0, le=1e40)]
PositiveAmount = Annotated[float, Bounds(strict=True, gt=0, le=1e40)]
Fraction = Annotated[float, Bounds(strict=True, ge=0, le=1)]
Text = Annotated[str, Bounds(min_length=1, max_length=500)]
Ends = tuple[float, float]  # low and high of the 90 % interval of a score that stands beside it


def significant(value: float) -> float:
    """Six significant digits: an error may be of any unit, and more says nothing."""
    return float(f"{value:.6g}")


class Figure(FrozenRecord):
    """A figure that is not certain: a value and the ends of its 90 % interval."""

    value: float
    low: float
    high: float


class Quantity(Figure):
    """A figure with its unit."""

    unit: Text
