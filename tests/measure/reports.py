"""A report written by hand, for what only reads reports."""

from __future__ import annotations

from typing import Any

from pick_model.documents.base import Figure
from pick_model.documents.probe import (
    Advice,
    Baseline,
    Data,
    Environment,
    Extrapolated,
    ProbeReport,
    ProbeTiming,
    Result,
    RowsPoint,
    StepsPoint,
)


def baseline(score: float, gap: float, decides: bool = True) -> Baseline:
    return Baseline(
        score=score,
        interval=(score - 0.03, score + 0.03),
        difference=Figure(value=gap, low=gap - 0.02, high=gap + 0.02),
        metrics={"accuracy": score},
        in_verdict=decides,
    )


def result(**changes: Any) -> Result:
    values: dict[str, Any] = {
        "model": "org/name",
        "revision": "0123456789abcdef0123456789abcdef01234567",
        "verdict": "transfers",
        "metric": "accuracy",
        "score": 0.90,
        "interval": (0.88, 0.92),
        "baselines": {
            "majority": baseline(0.5, 0.4),
            "tfidf": baseline(0.8, 0.1),
            "frozen": baseline(0.88, 0.02, decides=False),
        },
        "extrapolated": Extrapolated(
            score=0.91, interval=(0.88, 0.93), rows=4000, passes=3.0, models={"flat": 1.0}
        ),
        "seeds": (0, 1, 2),
        "steps": 32,
        "seconds": 60.5,
        "peak_memory_gib": 1.5,
        "reason": "scores +0.100 above TF-IDF",
        "needs": (),
        "flattened": True,
        "extended": False,
        "method": "full",
        "metrics": {"accuracy": 0.9, "macro_f1": 0.89},
        "seed_scores": (0.89, 0.90, 0.91),
        "rows": 1000,
        "passes": 1.0,
        "total_steps": 120,
        "full_steps": 375,
        "curve": tuple(
            RowsPoint(
                rows=n,
                steps=n // 32,
                passes=p,
                seeds=1,
                score=s,
                interval=(s - 0.02, s + 0.02),
            )
            for n, p, s in ((250, 1.0, 0.85), (250, 3.0, 0.86), (500, 1.0, 0.88), (1000, 1.0, 0.9))
        ),
        "steps_curve": (StepsPoint(step=16, score=0.8, loss=0.5),),
        "learning_rate": 2e-4,
        "learning_rate_from": "published",
        "batch": 32,
        "max_length": 64,
        "truncated": 0.01,
        "early_stopped": False,
        "threshold": None,
        "majority_only": False,
        "weights_digest": "0" * 64,
        "recipe": (Advice(what="epochs", value="3", why="because", source="arXiv:1810.04805"),),
        "timing": ProbeTiming(
            step_seconds=0.4, rows_per_second=80.0, full_seconds=150.0, micro_batch=32
        ),
    }
    return Result(**{**values, **changes})


def report(**changes: Any) -> ProbeReport:
    return ProbeReport(
        made_on="2026-11-20",
        data=Data(
            source="train.csv",
            digest="1" * 64,
            fingerprint="2" * 64,
            kind="single-label",
            pairs=False,
            n_labels=2,
            rows_in_file=1200,
            rows_train=1000,
            rows_tuning=100,
            rows_heldout=200,
        ),
        settings={"method": "full", "seed": 0},
        environment=Environment(
            device="cpu",
            device_name="Some Processor",
            dtype="float32",
            threads=2,
            versions={"torch": "2.13.0"},
        ),
        results=(result(**changes),),
    )
