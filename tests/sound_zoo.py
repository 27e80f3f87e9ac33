"""A small model of sounds, pretrained here, and copies of it that are worse.

    nice -n 10 python -m tests.sound_zoo

An encoder shaped like Whisper's (Radford et al. 2022, arXiv:2212.04356) that reads one second
instead of thirty, of 0.3 million parameters. `syllables` has learnt to name onset, vowel and
coda of syllables that `synthesis.py` makes, and has heard no recording; `digits` after that the
digits of fsdd, by four of its six speakers; `noise-100` is that under noise, `random` untrained.
The folders lie in the temporary folder and are made once, in three minutes of one core.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.conftest import ROOT
from tests.synthesis import CONSONANTS, RATE, VOWELS, syllable

ZOO = Path(tempfile.gettempdir()) / "pick-model-sound-zoo-1"
# Chosen by hand: in 700 steps it names nine of ten sounds of its own syllables.
SYLLABLES, BATCH, BANDS, WIDTH = 4_000, 64, 40, 96
FIRST, SECOND = (700, 2e-3), (300, 1e-3)  # steps, and the highest rate
RATE_READ = 16_000  # Hz
LEFT_OUT = ("lucas", "theo")  # speakers of fsdd whom no member has heard
MEMBERS = ("digits", "syllables", "noise-100", "random")
DATA = Path(os.environ.get("PICK_MODEL_TEST_DATA", ROOT.parent / "shared" / "data")) / "fsdd"
Tell = Callable[[str], None]


def config() -> Any:
    """One second of 16 kHz: 100 frames, of which the convolutions make 50 places."""
    from transformers import WhisperConfig

    return WhisperConfig(
        d_model=WIDTH,
        encoder_layers=3,
        encoder_attention_heads=4,
        encoder_ffn_dim=2 * WIDTH,
        num_mel_bins=BANDS,
        max_source_positions=50,
        decoder_layers=1,  # a decoder belongs to the shape; nobody reads it
        decoder_attention_heads=4,
        decoder_ffn_dim=16,
        max_target_positions=4,
        vocab_size=8,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
        dropout=0.0,
    )


def extractor() -> Any:
    from transformers import WhisperFeatureExtractor

    return WhisperFeatureExtractor(feature_size=BANDS, chunk_length=1)


def syllables(n: int, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """So many syllables at 16 kHz, and the places of onset, vowel and coda: int (N, 3)."""
    from pick_model.data.sounds import resampled

    rng = np.random.default_rng(seed)
    onsets, vowels = list(CONSONANTS), list(VOWELS)
    labels = np.stack([rng.integers(len(k), size=n) for k in (onsets, vowels, onsets)], axis=1)
    made = [syllable(onsets[o], vowels[v], onsets[c], rng) for o, v, c in labels]
    return [resampled(sound, RATE, RATE_READ) for sound in made], labels


class Heard(NamedTuple):
    """Sounds as the model reads them, and what they are."""

    x: Any  # (N, BANDS, 100)
    places: Any  # (N,) that are of the sound
    labels: Any  # (N, heads)
    sizes: tuple[int, ...]  # classes of each head


def heard(sounds: Sequence[np.ndarray], labels: np.ndarray, sizes: tuple[int, ...]) -> Heard:
    import torch

    reads = extractor()
    made = [reads(sound, sampling_rate=RATE_READ)["input_features"][0] for sound in sounds]
    places = torch.tensor([min(50, -(-len(sound) // 320)) for sound in sounds])
    return Heard(torch.from_numpy(np.stack(made)), places, torch.from_numpy(labels), sizes)


def spoken(n: int) -> Heard:
    made, labels = syllables(n, 0)
    return heard(made, labels, (len(CONSONANTS), len(VOWELS), len(CONSONANTS)))


def recorded() -> Heard:
    """The digits of all speakers but those that are left out."""
    from pick_model.data.sounds import read_sound

    paths = [path for path in recordings() if speaker(path) not in LEFT_OUT]
    labels = np.array([[int(path.parent.name)] for path in paths])
    return heard([read_sound(path, RATE_READ, 1.0) for path in paths], labels, (10,))


def recordings() -> list[Path]:
    return sorted(DATA.glob("t*/*/*.wav"))  # train and test


def speaker(path: Path) -> str:
    return path.name.split("_")[1]  # digit, speaker, number


def taught(model: Any, lessons: Sequence[Heard], steps: int, peak: float, tell: Tell) -> Any:
    """The encoder after learning all lessons, each by linear heads on the mean of its states."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    heads = nn.ModuleList([nn.Linear(WIDTH, sum(lesson.sizes)) for lesson in lessons])
    trained = [*model.encoder.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(trained, lr=peak, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, peak, total_steps=steps, pct_start=0.1
    )
    rng, began = np.random.default_rng(1), time.monotonic()
    right: list[list[float]] = []
    model.train()
    for step in range(1, steps + 1):
        loss, hits = 0.0, []
        for lesson, head in zip(lessons, heads, strict=True):
            chosen = torch.from_numpy(rng.integers(len(lesson.x), size=BATCH // len(lessons)))
            late, higher = int(rng.integers(0, 12)), int(rng.integers(-1, 2))  # places, bands
            batch = lesson.x[chosen].roll((2 * late, higher), dims=(2, 1))
            states = model.encoder(batch).last_hidden_state  # (B, 50, H)
            ends = (lesson.places[chosen] + late).clamp(max=50)[:, None]
            mask = (torch.arange(50) < ends).float()[..., None]
            logits = head((states * mask).sum(1) / mask.sum(1)).split(lesson.sizes, dim=1)
            for slot, part in enumerate(logits):
                truth = lesson.labels[chosen, slot]
                loss = loss + nn.functional.cross_entropy(part, truth, label_smoothing=0.05)
                hits.append(float((part.argmax(1) == truth).float().mean()))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[attr-defined]
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        right.append(hits)
        if step % 100 == 0:
            shares = np.mean(right[-100:], axis=0).round(2)
            tell(f"step {step}/{steps}: right {shares}, {time.monotonic() - began:.0f} s")
    return model.eval()


def noisy(model: Any) -> Any:
    """The same with normal noise of its own deviation on every matrix."""
    import torch

    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim > 1:
                weight += weight.std() * torch.randn_like(weight)
    return model


def folders(tell: Tell = lambda _: None) -> dict[str, Path]:
    """Each member's folder, made where it is missing: the best first."""
    import torch
    from transformers import WhisperModel

    def there(name: str) -> Any:
        return WhisperModel.from_pretrained(ZOO / name)

    def fresh() -> Any:
        torch.manual_seed(0)
        return WhisperModel(config())

    making: dict[str, Callable[[], Any]] = {
        "syllables": lambda: taught(fresh(), [spoken(SYLLABLES)], *FIRST, tell),
        "digits": lambda: taught(
            there("syllables"), [spoken(SYLLABLES // 4), recorded()], *SECOND, tell
        ),
        "noise-100": lambda: noisy(there("digits")),
        "random": fresh,
    }
    for name, make in making.items():
        if not (ZOO / name / "config.json").exists():
            tell(name)
            keep(name, make())
    return {name: ZOO / name for name in MEMBERS}


def keep(name: str, model: Any) -> None:
    """A member's folder, whole or not at all."""
    scratch = ZOO / f"{name}.{os.getpid()}"
    shutil.rmtree(scratch, ignore_errors=True)
    model.save_pretrained(scratch)
    extractor().save_pretrained(scratch)
    shutil.rmtree(ZOO / name, ignore_errors=True)
    scratch.rename(ZOO / name)


if __name__ == "__main__":
    for name, folder in folders(lambda line: print(line, file=sys.stderr, flush=True)).items():
        print(name, folder)
