"""A selection between three small models on rows that can be learnt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pick_model.advise.profile import settled
from pick_model.catalog.catalog import Catalog
from pick_model.catalog.load import load_catalog
from pick_model.documents.profile import Profile
from pick_model.documents.select import SelectReport
from pick_model.documents.task import Task
from pick_model.encoders.resolve import ModelRef
from pick_model.measure.candidates import Candidates, named
from pick_model.record import replace
from tests.measure.conftest import make_rows

Go = Callable[..., SelectReport]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def profile(catalog: Catalog) -> Profile:
    task = Task(
        task="text-classification", languages=("en",), n_labels=2, n_rows=120, metric="accuracy"
    )
    return settled(task, catalog)


def asked_for(folders: list[Path], catalog: Catalog, profile: Profile) -> Candidates:
    return named([ModelRef(str(folder), folder) for folder in folders], catalog, profile)


@pytest.fixture
def go(catalog: Catalog, profile: Profile, tmp_path: Path) -> Go:
    """Runs a selection between folders; `prices` and options change it."""
    pytest.importorskip("torch")
    from pick_model.measure.select.run import select
    from pick_model.measure.select.settings import Settings

    def run(
        folders: list[Path],
        *,
        seconds: float = 600.0,
        prices: Any = None,
        noise: float = 0.0,
        **options: Any,
    ) -> SelectReport:
        sets = (
            make_rows("single-label", 120, noise=noise),
            make_rows("single-label", 60, seed=9, noise=noise),
        )
        asked = asked_for(folders, catalog, profile)
        parts = {
            name: options.pop(name)
            for name in ("executor", "now", "progress", "told")
            if name in options
        }
        settings = Settings(
            budget_seconds=seconds,
            metric="accuracy",
            device="cpu",
            precision="fp32",
            threads=1,
            **{"cache": tmp_path / "cache", **options},
        )
        priced = replace(profile, **(prices or {}))
        names = list(asked.refs)
        return select(asked, priced, profile, *sets, settings, among=names, **parts)[1]

    return run
