"""Whoever reads a document of an earlier version reads today's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pick_model.cli import schema
from pick_model.documents.base import FrozenRecord
from tests.fields import SCHEMAS, fields, recorded


@pytest.mark.parametrize("document", SCHEMAS)
def test_fields_are_added_and_never_renamed_nor_of_fewer_types(document: str) -> None:
    before = {field for field in recorded() if field.startswith(f"{document} ")}
    assert before, "python -m tests.fields --write"
    assert not before - fields(document)


class Inner(FrozenRecord):
    low: float


class Outer(FrozenRecord):
    names: tuple[str, ...]
    inner: dict[str, Inner]
    again: Outer | None


@pytest.fixture
def made() -> Iterator[str]:
    schema.SCHEMAS["made"] = f"{__name__}:Outer"
    yield "made"
    del schema.SCHEMAS["made"]


def test_fields_in_lists_maps_and_records_of_records_are_seen(made: str) -> None:
    assert fields(made) == {
        "made names: array",
        "made names[]: string",
        "made inner: object",
        "made inner{}: object",
        "made inner{}.low: number",
        "made again: null",
        "made again: object",
    }
