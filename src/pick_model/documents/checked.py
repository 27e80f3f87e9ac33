"""The base of documents that only slow commands build: pydantic models, checked always.

What a fast command builds is a `FrozenRecord` instead (see `base`): making a model class takes
about a millisecond of every start.
"""

from __future__ import annotations

from pydantic import BaseModel

from pick_model.record import CONFIG


class Document(BaseModel):
    """A frozen record that refuses unknown keys and non-finite numbers."""

    model_config = CONFIG
