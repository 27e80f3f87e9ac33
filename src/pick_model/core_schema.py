"""What pydantic-core needs to check, write and describe a record: a schema of its annotations.

pydantic makes the same of a TypedDict, but loading what reads types there takes a fifth of a
start, and a record is made of few types.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, cast, get_args, get_origin

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, asdict, fields
from pydantic_core import core_schema as core

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

CONFIG = core.CoreConfig(
    extra_fields_behavior="forbid", allow_inf_nan=False, revalidate_instances="always"
)
_PLAIN: dict[Any, Callable[[], CoreSchema]] = {
    str: core.str_schema,
    int: core.int_schema,
    float: core.float_schema,
    bool: core.bool_schema,
    Any: core.any_schema,
    object: core.any_schema,
}


class _Check(Struct, frozen=True):
    """Something that stands in `Annotated` and is done to a value; pydantic reads it, too."""

    def around(self, schema: CoreSchema) -> CoreSchema:
        """The schema of the value with this about it."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return self.around(handler(source))


class Bounds(_Check, frozen=True, kw_only=True):
    """What a plain value keeps to; stands before other checks."""

    strict: bool | None = None  # no other type is converted: "12" and True are no numbers
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    min_length: int | None = None  # characters, or items
    max_length: int | None = None
    pattern: str | None = None  # searched for

    def around(self, schema: CoreSchema) -> CoreSchema:
        given = {name: value for name, value in asdict(self).items() if value is not None}
        bounded: Any = {**schema, **given}
        return cast("CoreSchema", bounded)


class Before(_Check, frozen=True):
    """A function that what is given goes through before it is checked.

    `also` is a type that it takes besides the one checked, for who reads the JSON Schema.
    """

    function: Callable[[Any], Any]
    also: type | None = None

    def around(self, schema: CoreSchema) -> CoreSchema:
        taken = core.union_schema([_PLAIN[self.also](), schema]) if self.also else None
        return core.no_info_before_validator_function(
            self.function, schema, json_schema_input_schema=taken
        )


class After(_Check, frozen=True):
    """A function that a checked value goes through: it gives the value to keep, or raises."""

    function: Callable[[Any], Any]

    def around(self, schema: CoreSchema) -> CoreSchema:
        return core.no_info_after_validator_function(self.function, schema)


class Alias(Struct, frozen=True):
    """How a document spells a field whose key is no name in Python."""

    name: str


class Meaning(Struct, frozen=True):
    """What a field is, for who reads the JSON Schema: editors, and docs/task-profile.md."""

    text: str


def meant(annotation: Any) -> str | None:
    """What a field is, where its annotation says so."""
    told = getattr(annotation, "__metadata__", ())
    return next((one.text for one in told if isinstance(one, Meaning)), None)


def spelled(name: str, annotation: Any) -> str:
    """How a document spells a field."""
    told = getattr(annotation, "__metadata__", ())
    return next((one.name for one in told if isinstance(one, Alias)), name)


def record_schema(record: type[Struct]) -> CoreSchema:
    """The schema of a record and of all that it holds.

    What it reads is a mapping or such a record, whose fields are checked as a mapping's are.
    """
    definitions: dict[str, CoreSchema] = {}
    return core.definitions_schema(_of_record(record, definitions), [*definitions.values()])


def _of_record(record: type[Struct], definitions: dict[str, CoreSchema]) -> CoreSchema:
    def keys_of(value: Any) -> Any:
        if not isinstance(value, record):
            return value
        return {spelled(one.name, one.type): getattr(value, one.name) for one in fields(record)}

    def made(values: dict[str, Any]) -> Struct:
        return record(**values)

    # Under pydantic's own name, for it takes what stands under that wherever it meets the record
    # again.
    ref = f"{record.__module__}.{record.__qualname__}:{id(record)}"
    if ref not in definitions:
        definitions[ref] = core.any_schema()  # holds the place, for a record may hold its like
        keys = {one.name: _field(one, definitions) for one in fields(record)}
        config: core.CoreConfig = {**CONFIG, "title": record.__name__}
        mapping = core.typed_dict_schema(keys, cls=record, extra_behavior="forbid", config=config)
        written = core.wrap_serializer_function_ser_schema(
            lambda one, write: write(asdict(one)), schema=mapping
        )
        checked = core.no_info_before_validator_function(keys_of, mapping)
        definitions[ref] = core.no_info_after_validator_function(
            made, checked, serialization=written, ref=ref
        )
    return core.definition_reference_schema(ref)


def _field(one: FieldInfo, definitions: dict[str, CoreSchema]) -> core.TypedDictField:
    schema = _of_type(one.type, definitions)
    if one.default is not NODEFAULT:
        schema = core.with_default_schema(schema, default=one.default)
    elif one.default_factory is not NODEFAULT:
        schema = core.with_default_schema(schema, default_factory=one.default_factory)
    key = spelled(one.name, one.type)
    alias = key if key != one.name else None
    text = meant(one.type)
    updates = None if text is None else {"pydantic_js_updates": {"description": text}}
    return core.typed_dict_field(
        schema,
        required=one.required,
        validation_alias=alias,
        serialization_alias=alias,
        metadata=updates,
    )


def _of_type(kind: Any, definitions: dict[str, CoreSchema]) -> CoreSchema:
    """The schema of one annotation. What no record of a fast command holds, pydantic reads."""
    origin, inside = get_origin(kind), get_args(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]()
    if origin is Annotated:
        schema = _of_type(inside[0], definitions)
        for told in inside[1:]:
            schema = schema if isinstance(told, Alias | Meaning) else told.around(schema)
        return schema
    if origin is Literal:
        return core.literal_schema([*inside])
    if origin in (Union, types.UnionType):
        choices = [_of_type(one, definitions) for one in inside if one is not types.NoneType]
        schema = choices[0] if len(choices) == 1 else core.union_schema([*choices])
        return core.nullable_schema(schema) if types.NoneType in inside else schema
    if origin is tuple:
        items = [_of_type(one, definitions) for one in inside if one is not ...]
        return core.tuple_schema(items, variadic_item_index=0 if ... in inside else None)
    if origin is dict:
        keys, values = (_of_type(one, definitions) for one in inside)
        return core.dict_schema(keys, values)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _of_record(kind, definitions)
    return _read_by_pydantic(kind, definitions)


def _read_by_pydantic(kind: Any, definitions: dict[str, CoreSchema]) -> CoreSchema:
    from pydantic import TypeAdapter

    schema: Any = TypeAdapter(kind).core_schema
    ref = schema.get("ref")
    if ref is None:
        return cast("CoreSchema", schema)
    definitions[ref] = schema
    return core.definition_reference_schema(ref)
