"""What models lose that were scored with an instruction and read the text alone.

    python tests/benchmarks/instructions.py

MTEB's results (github.com/embeddings-benchmark/results) of few-shot classification in English: what
makers tell of their models (commit 29546d77c) beside runs of MTEB itself (bbfb30591). Those of
NV-Embed, SPEED and KaLM v1 gave them no instruction: the first has a wrapper that instructs
queries alone (mteb e8e1a5026, `mteb/models/nvidia_models.py`), the others had none. BGE, GTE and
GIST take no instruction for classification: what they lose is the run's doing, and taken off.
Each set's losses are put in standard scores by its slope in the shipped fit. Printed: the mean loss
of each model on sets that it is known to have been trained on, and on the others.
"""

from __future__ import annotations

from statistics import mean, stdev
from typing import Any

from results_file import report

from pick_model import load_catalog
from pick_model.belief.load import standard_scores
from pick_model.catalog.leaks import saw

SETS = (
    "mteb-amazon-counterfactual-en",
    "mteb-amazon-reviews-en",
    "mteb-mtop-domain-en",
    "mteb-mtop-intent-en",
    "mteb-massive-intent-en",
    "mteb-massive-scenario-en",
)
# Accuracy by set, in thousandths: told by the makers / in the run.
INSTRUCTED: dict[str, str] = {
    "nv-embed-v1": "951/710 555/474 965/940 898/740 801/723 817/750",
    "nv-embed-v2": "943/793 640/530 992/957 944/798 861/783 922/811",
    "speed-embedding-7b-instruct": "767/729 563/387 958/879 871/762 802/654 823/685",
    "kalm-embedding-multilingual-mini-instruct-v1": "917/815 612/440 976/922 861/650 749/698 821/742",
}
PLAIN: dict[str, str] = {
    "bge-small-en-v1.5": "738/718 470/492 934/923 747/639 748/708 787/752",
    "bge-base-en-v1.5": "761/750 488/507 942/932 769/671 761/726 802/765",
    "bge-large-en-v1.5": "759/739 482/502 946/940 795/700 776/743 805/774",
    "gte-small": "732/720 480/499 930/920 697/534 703/645 756/707",
    "gte-base": "742/730 490/509 930/913 720/574 715/647 764/716",
    "gte-large": "726/712 491/511 935/926 732/574 726/663 768/720",
    "gist-small-embedding-v0": "753/742 497/515 955/951 791/686 755/715 792/745",
    "gist-embedding-v0": "760/747 504/524 953/948 781/668 760/716 796/754",
    "gist-large-embedding-v0": "756/747 491/508 953/951 782/700 762/739 794/773",
}
# Another instruction than the published one, the mean over 39 to 43 of three writers: published
# score, mean (github.com/centre-for-humanities-computing/instruction-sensitivity-evaluation,
# 07b02db), by the first three of `OTHER_SETS`.
OTHER_SETS = ("mteb-amazon-counterfactual-en", "imdb", "mteb-tweet-sentiment-extraction")
OTHER_WORDS: dict[str, str] = {
    "qwen3-embedding-0.6b": "924/797 954/936 527/599",
    "kalm-embedding-multilingual-mini-instruct-v2.5": "948/919 959/954 585/618",
    "multilingual-e5-large-instruct": "666/679 946/920 586/599",
}
# KaLM v1 is not in the catalog; MTEB declares the training sets of v1.5 for it, too.
TRAINED_LIKE = {
    "nv-embed-v1": "nv-embed-v2",
    "kalm-embedding-multilingual-mini-instruct-v1": (
        "kalm-embedding-multilingual-mini-instruct-v1.5"
    ),
}


def slopes() -> dict[str, float]:
    """Standard scores in a unit of accuracy, by set: over the ends of its few-shot scores."""
    points: dict[str, list[tuple[float, float]]] = {}
    catalog = load_catalog()
    for name, rows in catalog.details["scores"].items():
        for row, z in zip(rows, standard_scores().get(name, ()), strict=True):
            if z is not None and row[0] in {*SETS, *OTHER_SETS} and row[4] == "few-shot":
                points.setdefault(row[0], []).append((row[2], z))
    ends = {name: (min(some), max(some)) for name, some in points.items()}
    return {name: (high[1] - low[1]) / (high[0] - low[0]) for name, (low, high) in ends.items()}


def pairs(told: str) -> list[tuple[float, float]]:
    """Two accuracies a set."""
    return [(int(a) / 1000, int(b) / 1000) for a, b in (p.split("/") for p in told.split())]


def lost_with_other_words(told: str, slope: dict[str, float]) -> float:
    """The mean loss of a model by other instructions than the published ones."""
    by_set = zip(OTHER_SETS, pairs(told), strict=True)
    return mean((one - other) * slope[name] for name, (one, other) in by_set)


def main() -> None:
    entries, slope = load_catalog().entries, slopes()
    usual = [
        mean(run - told for told, run in some)
        for some in zip(*map(pairs, PLAIN.values()), strict=True)
    ]
    rows: list[dict[str, Any]] = []
    unseen: list[float] = []
    for name, told in INSTRUCTED.items():
        patterns = entries[TRAINED_LIKE.get(name, name)].training_sets or ()
        lost: dict[bool, list[float]] = {True: [], False: []}
        for benchmark, (makers, run), by_run in zip(SETS, pairs(told), usual, strict=True):
            trained_on = saw(patterns, benchmark) is not None
            lost[trained_on].append((makers + by_run - run) * slope[benchmark])
        seen, others = (round(mean(lost[key]), 2) if lost[key] else None for key in (True, False))
        unseen += [others] if others is not None else []
        rows.append({"model": name, "on sets trained on": seen, "on others": others})
    for name, told in OTHER_WORDS.items():
        other_words = round(lost_with_other_words(told, slope), 2)
        rows.append({"model": f"{name}, other words", "on all": other_words})
    rows.append({"model": "mean without", "on others": round(mean(unseen), 2)})
    rows.append({"model": "sd without", "on others": round(stdev(unseen), 2)})
    columns = ("model", "on sets trained on", "on others", "on all")
    report("instructions", [{name: row.get(name) for name in columns} for row in rows])


if __name__ == "__main__":
    main()
