"""A record: frozen, closed to unknown keys, without NaN."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import NODEFAULT, Struct, StructMeta
from msgspec import field as field
from msgspec import to_builtins as to_builtins
from msgspec.structs import asdict as asdict
from msgspec.structs import fields as fields
from msgspec.structs import replace as replace
from typing_extensions import NotRequired, TypedDict, dataclass_transform

if TYPE_CHECKING:
    from pydantic import ConfigDict, GetCoreSchemaHandler
    from pydantic_core import CoreSchema

# A record that was built in the program is checked when a `Document` takes it in.
CONFIG: ConfigDict = {
    "frozen": True,
    "extra": "forbid",
    "allow_inf_nan": False,
    "defer_build": True,
    "revalidate_instances": "always",
}


class _ByKeyword(StructMeta):
    """Fields are given by name in every record; msgspec takes that for one class alone."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *, frozen: bool = True
    ) -> _ByKeyword:
        return super().__new__(
            cls, name, bases, namespace, frozen=frozen, kw_only=True, forbid_unknown_fields=True
        )


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class FrozenRecord(Struct, metaclass=_ByKeyword, frozen=True):
    """What documents are made of: checked by pydantic when one is read, unchecked when it is
    built in the program.

    A class of msgspec's takes a fortieth of the time of a dataclass to make, which every start
    does dozens of times, and reads trusted JSON by itself (`base.from_json`). To pydantic it is
    the mapping of its fields: `documents.base.adapter` gives checks, schema and JSON.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[FrozenRecord], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from pydantic_core import core_schema

        def keys_of(value: Any) -> Any:
            if not isinstance(value, cls):
                return value
            return {spelled(one.name, one.type): getattr(value, one.name) for one in fields(cls)}

        def made(values: dict[str, Any]) -> FrozenRecord:
            return cls(**values)

        inner = handler.generate_schema(_mapping(cls))
        checked = core_schema.no_info_before_validator_function(keys_of, inner)
        written = core_schema.wrap_serializer_function_ser_schema(
            lambda one, write: write(asdict(one)), schema=inner
        )
        return core_schema.no_info_after_validator_function(made, checked, serialization=written)


def spelled(name: str, annotation: Any) -> str:
    """How a document spells a field: some keys are no names in Python."""
    aliases = (getattr(one, "alias", None) for one in getattr(annotation, "__metadata__", ()))
    return next((alias for alias in aliases if alias), name)


@cache
def _mapping(of: type[FrozenRecord]) -> Any:
    """The mapping that a document has for a record, as pydantic reads types."""
    from pydantic import Field

    keys: dict[str, Any] = {}
    for one in fields(of):
        keys[one.name] = one.type
        if one.default is not NODEFAULT:
            keys[one.name] = NotRequired[Annotated[one.type, Field(default=one.default)]]
        elif one.default_factory is not NODEFAULT:
            told = Field(default_factory=one.default_factory)
            keys[one.name] = NotRequired[Annotated[one.type, told]]
    make: Any = TypedDict
    found = make(of.__name__, keys)
    found.__module__, found.__doc__, found.__pydantic_config__ = of.__module__, of.__doc__, CONFIG
    return found
