"""A record: frozen, closed to unknown keys, without NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct, StructMeta
from msgspec import field as field
from msgspec import to_builtins as to_builtins
from msgspec.structs import asdict as asdict
from msgspec.structs import fields as fields
from msgspec.structs import replace as replace
from typing_extensions import dataclass_transform

from pick_model.core_schema import record_schema

if TYPE_CHECKING:
    from pydantic_core import CoreSchema


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
    the mapping of its fields (see `core_schema`); `documents.base.adapter` gives checks, schema
    and JSON.
    """

    # For JSON Schemas: pydantic before 2.12 asks the class whether it is closed.
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        """What pydantic reads of a record that a `Document` holds."""
        return record_schema(cls)
