"""The base of documents that only slow commands build: pydantic models, checked always.

What a fast command builds is a `FrozenRecord` instead (see `base`): making a model class takes
about a millisecond of every start.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """A frozen record that refuses unknown keys and non-finite numbers."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        defer_build=True,
        # A record that was built in the program is checked when a document takes it in.
        revalidate_instances="always",
    )
