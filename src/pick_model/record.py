"""A record: frozen, closed to unknown keys, without NaN."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ConfigDict
from typing_extensions import dataclass_transform

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
    of catalog entries of every start need; `documents.base.adapter` gives the checks, schema
    and JSON.
    """
    cls.__pydantic_config__ = CONFIG  # type: ignore[attr-defined]
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)
