"""What tests of pages share: contests to rank anew, and what is in a page."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pick_model import record
from pick_model.advise.profile import settled
from pick_model.advise.scoring import Scoring
from pick_model.catalog.catalog import Catalog
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


def choices(
    profile: Profile, limits: tuple[str, ...], n: int
) -> Iterator[tuple[list[float], list[str]]]:
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
    kept = record.replace(profile.constraints, **{name: getattr(usual, name) for name in lifted})
    asked = normalised_weights(profile.preset, dict(zip(CRITERIA, weights, strict=True)))
    scoring = Scoring(record.replace(profile, constraints=kept, weights=asked), catalog)
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


EVIL = "</script><script>window.hit = 1</script><img src=x onerror='window.hit = 1'>"
# A report of each kind, with that in every name a page shows that is not ours.


def evil_probe() -> str:
    """The page of a probe whose model, file, labels and reasons are all hostile."""
    from pick_model.documents.probe import Confusion
    from pick_model.render.html.page import written
    from pick_model.render.html.probe import probe
    from tests.measure.reports import report, result

    confusion = Confusion(labels=(EVIL, "b"), counts=((3.0, 1.0), (0.5, 2.0)))
    made = report()
    made = made.model_copy(
        update={
            "data": made.data.model_copy(update={"source": EVIL}),
            "results": tuple(
                result(model=name, reason=EVIL, needs=(EVIL,), confusion=confusion)
                for name in (EVIL, "other")
            ),
            "notes": (EVIL,),
        }
    )
    return written(probe(made, _profile(), EVIL))


def _profile() -> Any:
    from pick_model.data.profile import profile
    from tests.data.build import dataset

    rows = dataset([0, 1] * 20, names=(EVIL, "b"))
    return profile(replace(rows, source=EVIL))


def evil_screen() -> str:
    """The page of a screen of hostile names, one of which could not be read."""
    from pick_model.documents.screen import (
        Layer,
        LayerScore,
        Measures,
        ScreenData,
        ScreenFault,
        ScreenReport,
        ScreenResult,
    )
    from pick_model.render.html.page import written
    from pick_model.render.html.screen import screen

    read = ScreenResult(
        rank=1, model=EVIL, revision=None, weights_digest="0" * 64, score=0.8, interval=(0.7, 0.9),
        standard_error=0.05, prior_rank=2, data_rank=1, may_lead=True,
        measures=Measures(logme=0.1, h_score=0.2, ridge=0.3, knn=0.4),
        best_layer=Layer(layer=1, of=2, pooling="mean"),
        layers=tuple(LayerScore(layer=n, pooling="mean", ridge=n / 4) for n in range(3)),
        rows=100, truncated=0.0, n_parameters=10, seconds=1.0, cached=False,
    )  # fmt: skip
    fault = ScreenFault(
        code="x", message=EVIL, message_code="x", values={}, hint=EVIL, hint_message=None
    )
    lost = ScreenResult(
        rank=None, model="gone", revision=None, weights_digest=None, score=None, interval=None,
        standard_error=None, prior_rank=None, data_rank=None, may_lead=False, measures=None,
        best_layer=None, layers=(), rows=0, truncated=None, n_parameters=None, seconds=0.0,
        cached=False, error=fault,
    )  # fmt: skip
    report = ScreenReport(
        made_on="2026-01-01",
        metric="accuracy",
        data=ScreenData(
            source=EVIL,
            digest="0" * 64,
            kind="single-label",
            pairs=False,
            n_labels=2,
            rows_in_file=100,
            rows=100,
            stages=(100,),
        ),
        settings={},
        environment=None,
        results=(read, lost),
        baselines={},
        notes=(EVIL,),
    )
    return written(screen(report, _profile(), EVIL))


def evil_searches() -> str:
    """The page of a screen on queries whose files, languages, prompts and models are hostile."""
    from pick_model.documents.base import Figure
    from pick_model.documents.retrieval import (
        LanguageScores,
        Prompt,
        RetrievalData,
        RetrievalReport,
        RetrievalResult,
        WordSearch,
    )
    from pick_model.documents.screen import ScreenFault
    from pick_model.render.html.page import written
    from pick_model.render.html.searches import searches

    half = Figure(value=0.5, low=0.4, high=0.6)
    scores = {"ndcg_at_10": half, "recall_at_10": half}
    of_language = LanguageScores(language=EVIL, queries=50, scores=scores, over_bm25=None)
    both = {
        "score": 0.5, "interval": (0.4, 0.6), "standard_error": 0.05, "scores": scores,
        "languages": (of_language, of_language), "index_gib": 0.1, "query_ms": 1.0,
        "passages_per_second": 10.0,
    }  # fmt: skip
    prompt = Prompt(text=EVIL, source="given", own=None)
    of_model = {
        "revision": None, "prior_rank": None, "may_lead": True, "dimension": 8, "max_tokens": 9,
        "n_parameters": 10, "memory_gib": 0.1, "seconds": 1.0, "cached": False,
    }  # fmt: skip
    read = RetrievalResult(
        rank=1, model=EVIL, weights_digest="0" * 64, over_bm25=half, query_prompt=prompt,
        passage_prompt=prompt, poolings=("mean",), compared_by="cosine", truncated=0.0,
        **both, **of_model,
    )  # fmt: skip
    fault = ScreenFault(
        code="x", message=EVIL, message_code="x", values={}, hint=EVIL, hint_message=None
    )
    lost = RetrievalResult.model_validate(
        {
            **dict.fromkeys(RetrievalResult.model_fields),
            **{"model": "gone", "scores": {}, "languages": (), "poolings": (), "seconds": 0.0},
            **{"may_lead": False, "cached": False, "error": fault},
        }
    )
    words = WordSearch(name="BM25", stemmed=(EVIL,), plain=(), paired=False, versions={}, **both)
    report = RetrievalReport(
        made_on="2026-01-01",
        metric="ndcg_at_10",
        data=RetrievalData(
            source=EVIL, digest="0" * 64, file_digests=("0" * 64,), queries=50,
            queries_in_file=50, passages=9, judgements=50, graded=False,
        ),
        settings={},
        environment=None,
        bm25=words,
        results=(read, lost),
        notes=(EVIL,),
    )  # fmt: skip
    return written(searches(report, EVIL))


def evil_gate() -> str:
    """The page of a gate whose files, models and sentences are hostile."""
    from pick_model.documents.gate_report import Check, Exempted, FileLine, Gated, GateReport
    from pick_model.render.html.gate import as_text

    place = FileLine(file=EVIL, line=1)
    checks = tuple(
        Check(
            code="PM101", name=EVIL, title=EVIL, state=state, severity="error", message=EVIL,
            message_code="x", values={}, location=place, related=None, fix=EVIL,
            page="javascript:window.hit=1", about=EVIL, subject=EVIL, fingerprint="f",
            exception=Exempted(owner=EVIL, reason=EVIL, expires="2027-01-01"),
        )
        for state in ("pass", "fail", "inconclusive", "skipped")
    )  # fmt: skip
    lock = Gated(lock=EVIL, task=EVIL, model=EVIL, hub_repo=EVIL, revision=EVIL, rank=1)
    report = GateReport(
        tool_version="1", today="2026-01-01", verdict="fail", fail_on="error", policy=None,
        locks=(lock,), counts={"pass": 1, "fail": 1, "inconclusive": 1, "skipped": 1},
        checks=checks, notes=(EVIL,),
    )  # fmt: skip
    return as_text(report, EVIL)


PAGES = {"probe": evil_probe, "screen": evil_screen, "searches": evil_searches, "gate": evil_gate}


def evil_task(folder: Path) -> tuple[Path, Path]:
    """A task file and an overlay with hostile names wherever a name is free."""
    task, overlay = folder / "task.yaml", folder / "own.yaml"
    task.write_text(
        f"name: {json.dumps(EVIL)}\ntask: text-classification\nn_rows: 500\n"
        "constraints: {require_models: [distilroberta-base, bert-base-uncased]}\n",
        encoding="utf-8",
    )
    overlay.write_text(
        "corrections:\n  - {id: distilroberta-base, set: {license: MIT}, "
        f"source: {json.dumps(EVIL)}}}\n"
        f"ban:\n  - {{id: xlnet-base-cased, reason: {json.dumps(EVIL)}}}\n",
        encoding="utf-8",
    )
    return task, overlay
