"""How far frozen features tell of fine-tuned models: the numbers in `belief/ways.py`. By hand:

    python tests/benchmarks/screen_error.py

Frozen and tuned scores of the same models come of the shipped evidence (one paper's tables, at
least four models), told on the link's scale as offset + slope · (tuned − their mean) + error.
Measures come of the published tables of `../shared/gold`: correlation of normal scores with what
a fine-tune, full or LoRA, reaches.
"""

from __future__ import annotations

import csv
import math
import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from results_file import report

from pick_model import load_catalog
from pick_model.belief.level import link_of
from pick_model.belief.observations import normal_scores
from pick_model.documents.catalog import Score

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("PICK_MODEL_TEST_DATA", HERE.parents[2] / "shared" / "data")).parent
GOLD = SHARED / "gold"
LEAST = 4
Pairs = dict[str, tuple[list[float], list[float]]]  # frozen and tuned on the link's scale


def published() -> Pairs:
    """Of the shipped evidence: tables of one source with both ways of use."""
    catalog = load_catalog()
    found: dict[tuple[str, str, str], dict[str, dict[str, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for entry, rows in catalog.details["scores"].items():
        for row in rows:
            one = Score(entry, *row)
            key = one.benchmark, one.metric, one.source
            found[key][one.protocol][entry].append(one.score)
    pairs: Pairs = {}
    for (benchmark, metric, source), ways in found.items():
        link, frozen, tuned = link_of(metric), ways["linear-probe"], ways["fine-tune"]
        both = [name for name in frozen if name in tuned]
        if link is None or len(both) < LEAST:
            continue
        pairs[f"{benchmark} ({source})"] = (
            [link.of(float(np.mean(frozen[name]))) for name in both],
            [link.of(float(np.mean(tuned[name]))) for name in both],
        )
    return pairs


def of_scores(pairs: Pairs) -> list[dict[str, Any]]:
    """A line a table, and what they say together."""
    lines = []
    for name, (frozen, tuned) in pairs.items():
        u, y = np.array(frozen), np.array(tuned)
        slope = float(np.cov(u, y)[0, 1] / y.var(ddof=1))
        left = u - u.mean() - slope * (y - y.mean())
        lines.append(
            {
                "table": name,
                "models": len(u),
                "offset": float((u - y).mean()),
                "slope": slope,
                "error": float(np.sqrt((left**2).sum() / (len(u) - 2))),
                "correlation": float(np.corrcoef(u, y)[0, 1]),
            }
        )
    offsets, slopes = [np.array([line[k] for line in lines]) for k in ("offset", "slope")]
    slope = float(np.median(slopes))
    left = np.concatenate(
        [
            (np.array(u) - np.mean(u) - slope * (np.array(y) - np.mean(y)))
            * math.sqrt(len(u) / (len(u) - 1))
            for u, y in pairs.values()
        ]
    )
    lines.append(
        {
            "table": "together",
            "models": int(sum(line["models"] for line in lines)),
            "offset": f"{offsets.mean():.2f}, sd {offsets.std(ddof=1):.2f}",
            "slope": f"{slope:.2f}, the median",
            "error": f"{np.median(np.abs(left)) / 0.6745:.2f} by the median, "
            f"{np.sqrt((left**2).mean()):.2f} by squares",
            "correlation": float(np.median([line["correlation"] for line in lines])),
        }
    )
    return lines


def correlations(truth: Mapping[str, float], said: Mapping[str, float]) -> float | None:
    """Of normal scores, over the models of one data set."""
    both = [m for m in truth if m in said and math.isfinite(said[m])]
    values = [said[m] for m in both]
    if len(both) < LEAST or len(set(values)) < 2:
        return None
    one, two = normal_scores(values), normal_scores([truth[m] for m in both])
    return float(np.corrcoef(one, two)[0, 1])


def table(path: Path) -> dict[tuple[str, str], dict[str, float]]:
    """(metric, data set) -> model -> the mean of its scores."""
    found: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with path.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            found[line["metric"], line["dataset"]][line["model"]].append(float(line["score"]))
    return {key: {m: float(np.mean(s)) for m, s in some.items()} for key, some in found.items()}


def of_measures() -> list[dict[str, Any]]:
    """Correlation of LogME and H-score with full and LoRA fine-tunes: table, mean, sets."""
    scored = GOLD / "measure_scores"
    kinds = {"LOG_ME": "logme", "REG_H_SCORE": "h_score"}
    said: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    path = scored / "transfergraph_sequence_classification_te_scores.csv"
    with path.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            name = kinds[line["metric"].rpartition(".")[2]]
            said[name, line["target_dataset"]][line["model"]] = float(line["score"])
    truth = table(GOLD / "transfergraph_sequence_classification.csv")
    of: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for (name, dataset), values in said.items():
        for metric, way in (("accuracy", "full"), ("accuracy_lora", "lora")):
            r = correlations(truth.get((metric, dataset), {}), values)
            if r is not None:
                of["TransferGraph", name, way].append(r)
    bai, whole = {"LogME": "logme", "HScoreR": "h_score"}, table(GOLD / "bai2023_glue.csv")
    own: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    with (scored / "bai2023_glue_te_scores.csv").open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line["method"] in bai and (line["data"], line["dim"]) == ("100%", "768"):
                own[bai[line["method"]], line["dataset"]][line["model"]] = float(line["score"])
    for (name, dataset), values in own.items():
        for (_, where), scores in whole.items():
            r = correlations(scores, values) if where == dataset else None
            if r is not None:
                of["Bai 2023", name, "full"].append(r)
    return [
        {
            "table": source,
            "measure": name,
            "fine-tune": way,
            "sets": len(found),
            "correlation": float(np.mean(found)),
            "median": float(np.median(found)),
        }
        for (source, name, way), found in of.items()
    ]


def main() -> None:
    report("screen_error", of_scores(published()), "numpy")
    report("screen_error_measures", of_measures(), "numpy")


if __name__ == "__main__":
    main()
