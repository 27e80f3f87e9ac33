"""EfficientNet-Lite with its weights from ImageNet, larger ones, and one of shuffled filters.

    nice -n 10 python tests/benchmarks/image_zoo.py --budget 5m

probes each on hand signs (sign_digits), then fine-tunes it in full, three passes over all rows:
whether the probe's verdict and order are those of the full fine-tune. Photos there have 100
pixels, so networks read 128 of a side and not the 224 to 260 of their training: a third of the
time. The table goes to stdout and, dated, to results/.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from results_file import report
from zoo import DATA, fine_tuned

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.encoders.image_models import efficientnet_lite

PIXELS = 128
MEMBERS = {"lite0": (0, False), "lite1": (1, False), "lite2": (2, False), "shuffled": (0, True)}


def probed(folder: Path, train: Any, heldout: Any, budget: str, precision: Any) -> dict[str, Any]:
    """What the probe says in so much time."""
    from pick_model.measure.probe.run import probe
    from pick_model.measure.probe.settings import Settings, parse_budget

    with tempfile.TemporaryDirectory() as cache:
        settings = Settings(
            budget_seconds=parse_budget(budget), precision=precision, cache=Path(cache)
        )
        [result] = probe([str(folder)], train, heldout, settings).results
    return {
        "verdict": result.verdict,
        "score": result.score,
        "interval": result.interval,
        "expected": result.extrapolated.score,
        "expected_interval": result.extrapolated.interval,
        "rows": result.rows,
        "seconds": round(result.seconds, 1),
        "hog": result.baselines["hog"].score,
        "frozen": result.baselines["frozen"].score,
    }


def main() -> None:
    from pick_model.data.media import held_out_part
    from pick_model.data.read import read_dataset

    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--data", type=Path, default=DATA / "sign_digits")
    asked.add_argument("--budget", default="5m")
    asked.add_argument("--members", nargs="+", choices=MEMBERS, default=list(MEMBERS))
    asked.add_argument("--precision", default="fp32")
    asked.add_argument("--no-full", action="store_true", help="probes alone")
    options = asked.parse_args()
    train = read_dataset(options.data)
    part = held_out_part(options.data)
    assert part is not None, "a folder with train/ and test/"
    heldout = read_dataset(part, like=train)
    found: list[dict[str, Any]] = []
    for name in options.members:
        number, random = MEMBERS[name]
        with tempfile.TemporaryDirectory() as top:
            folder = efficientnet_lite(Path(top) / name, number, pixels=PIXELS, random=random)
            row = probed(folder, train, heldout, options.budget, options.precision)
            row = {"data": options.data.name, "model": name, "budget": options.budget, **row}
            if not options.no_full:
                told = options.data.name, name, folder, train, heldout, 0, options.precision
                full = fine_tuned(*told)
                row |= {"full": full.score, "full_seconds": full.seconds}
        found.append(row)
        print(row, flush=True)
    report("image-zoo", found, "pick-model", "torch", "transformers", "pillow")


if __name__ == "__main__":
    main()
