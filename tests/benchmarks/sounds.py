"""Does the verdict on sounds tell pretrained from random, and do full fine-tunes agree?

    nice -n 10 python tests/benchmarks/sounds.py

Three sets: onsets of syllables by voices that no member of the zoo of sounds has heard, of which
statistics of cepstra cannot say what came first; spoken digits (fsdd) by two speakers none of
them has heard, one to learn from and one held out, both ways; and all of fsdd, for the members
that have heard no recording. Each member is screened, probed in at most two minutes and, but for
all of fsdd, fully fine-tuned. Then the bare model's part of a training step. Prints tables and
writes them to results/. With `--step` only the last.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
sys.path.insert(0, str(HERE))

import numpy as np  # noqa: E402
from results_file import report  # noqa: E402
from zoo import fine_tuned  # noqa: E402

from tests.sound_zoo import DATA, LEFT_OUT, folders, recordings, speaker  # noqa: E402
from tests.synthesis import CONSONANTS, RATE, VOWELS, syllable  # noqa: E402

BUDGET = 120.0  # seconds
# Of the full fine-tunes, chosen by hand: longer than the probe's three passes, and faster.
PASSES, PEAK, SEEDS = 6, 5e-4, 1
STEP_ROWS, STEP_BATCH = 128, 16
SMALL = {  # with the convolutions of wav2vec 2.0, a network of ViT-tiny's width
    "hidden_size": 192,
    "num_hidden_layers": 6,
    "num_attention_heads": 3,
    "intermediate_size": 768,
}
EACH = 20  # new syllables of every onset


def by_speaker(taught: str, judged: str, folder: Path) -> tuple[Any, Any]:
    """The digits of one speaker to learn from, those of another held out."""
    from pick_model.data.read import read_dataset

    for who in (taught, judged):
        with (folder / f"{who}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "label"])
            paths = [path for path in recordings() if speaker(path) == who]
            writer.writerows((path, path.parent.name) for path in paths)
    task = "audio-classification"
    train = read_dataset(folder / f"{taught}.csv", task=task, kind="single-label")
    return train, read_dataset(folder / f"{judged}.csv", task=task, like=train)


def onsets(folder: Path) -> tuple[Any, Any]:
    """New syllables, named by how they begin: EACH of every kind to learn from, and as many."""
    import soundfile

    from pick_model.data.read import read_dataset

    for part, seed in (("train", 10), ("test", 11)):
        rng = np.random.default_rng(seed)
        for onset in CONSONANTS:
            (folder / part / (onset or "none")).mkdir(parents=True)
            for number in range(EACH):
                vowel, coda = rng.choice(list(VOWELS)), rng.choice(list(CONSONANTS))
                path = folder / part / (onset or "none") / f"{number}.wav"
                soundfile.write(path, syllable(onset, vowel, coda, rng), RATE)
    train = read_dataset(folder / "train")
    return train, read_dataset(folder / "test", like=train)


def whole() -> tuple[Any, Any]:
    from pick_model.data.read import read_dataset

    train = read_dataset(DATA / "train")
    return train, read_dataset(DATA / "test", like=train)


def measured(name: str, members: dict[str, Path], train: Any, test: Any) -> list[dict[str, Any]]:
    """A line a member: what screen, probe and, of few rows, full fine-tunes say."""
    from pick_model.measure.probe.run import probe
    from pick_model.measure.probe.settings import Settings
    from pick_model.measure.screen.run import screen
    from pick_model.measure.screen.settings import Settings as Screened

    screened = screen([str(path) for path in members.values()], train, Screened())
    scores = {Path(r.model).name: r.score for r in screened.results}
    lines = []
    for member, folder in members.items():
        began = time.monotonic()
        told = probe([str(folder)], train, test, Settings(budget_seconds=BUDGET)).results[0]
        seconds, full = time.monotonic() - began, []
        if len(train) < 500:
            runs = (
                fine_tuned(name, member, folder, train, test, seed, "fp32", PASSES, rate=PEAK)
                for seed in range(SEEDS)
            )
            full = [run.score for run in runs]
        lines.append(
            {
                "set": name,
                "rows": len(train),
                "heldout": len(test),
                "model": member,
                "screen": round(scores[member] or 0.0, 3),
                "probe": round(told.score, 3),
                "low": round(told.interval[0], 3),
                "high": round(told.interval[1], 3),
                "mfcc": round(told.baselines["mfcc"].score, 3),
                "frozen": round(told.baselines["frozen"].score, 3),
                "verdict": told.verdict,
                "full": " ".join(f"{score:.3f}" for score in full),
                "probe_seconds": round(seconds, 1),
            }
        )
        print(lines[-1], flush=True)
    return lines


def steps() -> list[dict[str, Any]]:
    """The bare model's part of a training step on fsdd: its 8 kHz become 16 kHz on the way."""
    import torch
    from step_share import step_seconds
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

    from pick_model.data.read import read_dataset
    from pick_model.encoders.decoded import Decoded
    from pick_model.encoders.load import encode, load
    from pick_model.measure.probe.train import epochs

    rows = read_dataset(DATA / "train")
    some = rows.take(range(0, len(rows), max(1, len(rows) // STEP_ROWS)))
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        torch.manual_seed(0)
        config = Wav2Vec2Config(**SMALL)
        Wav2Vec2Model(config).save_pretrained(folder)
        Wav2Vec2FeatureExtractor().save_pretrained(folder)
        loaded = load(Path(folder), modality="audio", device="cpu")
        read = encode(some, loaded, loaded.modality.longest(loaded, None))
        order = epochs(read, STEP_BATCH, 0)  # batches of sounds of about one length
        chosen = [next(order) for _ in range(-(-len(read) // STEP_BATCH))]
        chosen = [one for one in chosen if len(one) == STEP_BATCH]
        inputs = [
            loaded.modality.prepared(loaded.modality.batch(read, one, loaded)) for one in chosen
        ]
        sounds: Any = loaded.modality
        sounds.decoded = Decoded(sounds.decoded.read)  # nothing is decoded any more
        found = step_seconds(loaded, read, inputs, STEP_BATCH)
        lines.append(
            {
                "model": "wav2vec 2.0, 192 wide, 6 layers",
                "rows": len(read),
                "batch": STEP_BATCH,
                "bare_s": found.bare,
                "cold_s": found.cold,
                "warm_s": found.warm,
                "cold_share": found.bare / found.cold,
                "warm_share": found.bare / found.warm,
            }
        )
    return lines


def main() -> int:
    if "--step" in sys.argv[1:]:
        report("sounds-step", steps(), "torch", "transformers", "soundfile", "soxr")
        return 0
    members = folders(lambda line: print(line, flush=True))
    with tempfile.TemporaryDirectory() as scratch:
        lines = measured("onsets", members, *onsets(Path(scratch)))
    with tempfile.TemporaryDirectory() as scratch:
        for one, other in (LEFT_OUT[::-1], LEFT_OUT):
            lines += measured(f"{one} -> {other}", members, *by_speaker(one, other, Path(scratch)))
    unheard = {name: members[name] for name in ("syllables", "random")}
    lines += measured("fsdd", unheard, *whole())
    report("sounds", lines, "torch", "transformers", "soundfile", "soxr")
    report("sounds-step", steps(), "torch", "transformers", "soundfile", "soxr")
    return 0


if __name__ == "__main__":
    sys.exit(main())
