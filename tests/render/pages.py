"""What tests of pages share: contests to rank anew, and what is in a page."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pick_model.advise.profile import settled
from pick_model.advise.scoring import Scoring
from pick_model.catalog.model import Catalog
from pick_model.documents.profile import Profile, normalised_weights
from pick_model.documents.task import CRITERIA, Constraints, Task

ROOT = Path(__file__).parents[2]
TICKETS = ROOT / "examples" / "support-tickets" / "task.yaml"

# Limits by facts and by estimates, some that a model only may keep, and a ranking by money.
TASKS = {
    "facts": Task(
        task="text-classification",
        n_rows=8000,
        constraints=Constraints(
            license=("permissive",),
            max_parameters=300_000_000,
            released_after="2020-06",
            safetensors=True,
        ),
    ),
    "costs": Task(
        task="text-classification",
        languages=("de",),
        n_rows=8000,
        constraints=Constraints(
            max_latency_ms=20.0, max_training_hours=0.05, max_disk_gib=1.0, ban_families=("bert",)
        ),
    ),
    "money": Task(
        task="image-classification",
        n_rows=2000,
        metric="accuracy",
        point_worth=200.0,
        price_per_hour=1.5,
        constraints=Constraints(max_serving_memory_gib=1.0, license=("permissive",)),
    ),
}


def profile_of(name: str, catalog: Catalog) -> Profile:
    return settled(TASKS[name], catalog)


def choices(profile: Profile, limits: tuple[str, ...], n: int) -> Iterator[tuple[list[float], list[str]]]:
    """Weights as a reader may leave them, some of them nothing, and limits lifted."""
    chance = random.Random(7)
    for _ in range(n):
        weights = [chance.choice([0.0, chance.random(), chance.random()]) for _ in CRITERIA]
        if not sum(weights):
            weights[0] = 1.0
        yield weights, [name for name in limits if chance.random() < 0.4]


def ranked_by_the_program(
    profile: Profile, catalog: Catalog, weights: list[float], lifted: list[str]
) -> list[tuple[str, int, float, float, float]]:
    """Id, rank, score and its ends, as the program ranks with these weights and limits."""
    usual = Constraints()
    kept = replace(profile.constraints, **{name: getattr(usual, name) for name in lifted})
    asked = normalised_weights(profile.preset, dict(zip(CRITERIA, weights, strict=True)))
    scoring = Scoring(profile._replace(constraints=kept, weights=asked), catalog)
    return [(r.scored.entry.id, r.rank, *r.scored.score) for r in scoring.ranked]


class Elements(HTMLParser):
    """The elements of a page: their names and attributes, and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data
        else:
            self.text += data

    @property
    def data(self) -> dict[str, Any]:
        """What the script of a ranking reads."""
        found: dict[str, Any] = json.loads(self.scripts[0])
        return found
