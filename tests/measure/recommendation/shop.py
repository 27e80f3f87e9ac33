"""Small shops: who takes what follows themes, and vectors may know them or not."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from pick_model.data.interactions import Interactions, read_interactions

THEMES = {
    "camping": "tent, sleeping bag, gas stove, rucksack, lantern, hammock, camp shower, billycan",
    "baking": "whisk, rolling pin, loaf tin, muffin tray, flour sieve, cake stand, rye flour, yeast",
    "fishing": "fly rod, landing net, lure box, bite alarm, treble hooks, maggots, waders, keepnet",
    "knitting": "merino yarn, crochet hook, stitch markers, row counter, wool winder, spindle, "
    "darning egg, cable needle",
    "cycling": "inner tube, bottle cage, brake pads, saddle, derailleur, tyre levers, pannier, "
    "spoke key",
}
NAMED = [(theme, name.strip()) for theme, names in THEMES.items() for name in names.split(",")]


def shop(folder: Path, users: int = 160, seed: int = 1) -> tuple[Path, Path]:
    """Interactions and items of users with one theme each, and some noise."""
    random_ = random.Random(seed)
    items = NAMED.copy()
    random_.shuffle(items)
    popular = [random_.paretovariate(1.5) for _ in items]
    rows = ["userId,movieId,rating,timestamp"]
    for user in range(users):
        theme, had = random_.choice(list(THEMES)), set[int]()
        for time in range(random_.randrange(4, 8)):
            there = [
                at
                for at, (its, _) in enumerate(items)
                if at not in had and (its == theme or random_.random() < 0.02)
            ]
            at = random_.choices(there, [popular[at] for at in there])[0]
            had.add(at)
            rows.append(f"{user},{at},{random_.randrange(1, 6)},{1_000_000 + time * 97 + user}")
    taken, file = folder / "ratings.csv", folder / "movies.csv"
    taken.write_text("\n".join(rows) + "\n")
    lines = [f"{at},{name.title()} (19{60 + at})," for at, (_, name) in enumerate(items)]
    file.write_text("movieId,title,genres\n" + "\n".join(lines) + "\n")
    return taken, file


def read(folder: Path, users: int = 160, seed: int = 1) -> Interactions:
    return read_interactions(*shop(folder, users, seed))


def themes(data: Interactions) -> list[int]:
    """The theme of each item, by its place."""
    known = {name.title(): list(THEMES).index(theme) for theme, name in NAMED}
    return [known[text.partition(" (")[0]] for text in data.texts]


def knowing(data: Interactions, width: int = 24, noise: float = 0.3) -> np.ndarray:
    """Vectors (I, D) that know the themes, and much else."""
    random_ = np.random.default_rng(0)
    middles = random_.normal(size=(len(THEMES), width))
    found: np.ndarray = middles[themes(data)] + noise * random_.normal(size=(len(data.ids), width))
    return found.astype(np.float32)


def ignorant(data: Interactions, width: int = 24, seed: int = 0) -> np.ndarray:
    """Vectors (I, D) that know nothing."""
    found: np.ndarray = np.random.default_rng(seed).normal(size=(len(data.ids), width))
    return found.astype(np.float32)
