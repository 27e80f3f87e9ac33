"""A small model of sounds, pretrained here on synthesised syllables, and copies that are worse.

    nice -n 10 python -m tests.sound_zoo

An encoder shaped like Whisper's (Radford et al. 2022, arXiv:2212.04356) that reads one second
instead of thirty, of 0.3 million parameters, learns to name onset, vowel and coda of syllables
that `synthesis.py` makes: three linear heads on the mean of its last states, thrown away
afterwards. It has heard no recording. The folders lie in the temporary folder and are made
once, in two minutes of one core.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.synthesis import CONSONANTS, RATE, VOWELS, syllable

ZOO = Path(tempfile.gettempdir()) / "pick-model-sound-zoo-1"
# Chosen by hand, on syllables of another seed: 600 steps name four of five sounds right.
SYLLABLES, STEPS, BATCH, PEAK = 4_000, 700, 64, 2e-3
BANDS, WIDTH = 40, 96
MEMBERS = ("pretrained", "noise-100", "random")


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
    return [resampled(sound, RATE, 2 * RATE) for sound in made], labels


def pretrained(tell: Callable[[str], None]) -> Any:
    """The model."""
    import torch
    from torch import nn
    from transformers import WhisperModel

    torch.manual_seed(0)
    reads, began = extractor(), time.monotonic()
    sounds, labels = syllables(SYLLABLES, 0)
    made = [reads(sound, sampling_rate=2 * RATE)["input_features"][0] for sound in sounds]
    x, y = torch.from_numpy(np.stack(made)), torch.from_numpy(labels)  # (N, BANDS, 100), (N, 3)
    places = torch.tensor([min(50, -(-len(sound) // 320)) for sound in sounds])
    tell(f"{SYLLABLES} syllables: {time.monotonic() - began:.0f} s")
    model = WhisperModel(config())
    sizes = (len(CONSONANTS), len(VOWELS), len(CONSONANTS))
    head = nn.Linear(WIDTH, sum(sizes))
    trained = [*model.encoder.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(trained, lr=PEAK, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, PEAK, total_steps=STEPS, pct_start=0.1
    )
    rng, right = np.random.default_rng(1), []
    for step in range(1, STEPS + 1):
        chosen = torch.from_numpy(rng.integers(len(x), size=BATCH))
        shift = int(rng.integers(0, 12))  # places by which the syllable comes later
        states = model.encoder(x[chosen].roll(2 * shift, dims=2)).last_hidden_state  # (B, 50, H)
        ends = (places[chosen] + shift).clamp(max=50)[:, None]
        mask = (torch.arange(50) < ends).float()[..., None]
        logits = head((states * mask).sum(1) / mask.sum(1)).split(sizes, dim=1)
        loss = sum(
            nn.functional.cross_entropy(part, y[chosen, slot], label_smoothing=0.05)
            for slot, part in enumerate(logits)
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        hits = [(p.argmax(1) == y[chosen, slot]).float().mean() for slot, p in enumerate(logits)]
        right.append([float(hit) for hit in hits])
        if step % 100 == 0:
            tell(
                f"step {step}/{STEPS}: right {np.mean(right[-100:], axis=0).round(2)}, "
                f"{time.monotonic() - began:.0f} s"
            )
    return model.eval()


def noisy(model: Any) -> Any:
    """The same with normal noise of its own deviation on every matrix."""
    import torch

    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim > 1:
                weight += weight.std() * torch.randn_like(weight)
    return model


def folders(tell: Callable[[str], None] = lambda _: None) -> dict[str, Path]:
    """Each member's folder, made where it is missing: the pretrained model and its copies."""
    import torch
    from transformers import WhisperModel

    if not all((ZOO / name / "config.json").exists() for name in MEMBERS):
        keep("pretrained", pretrained(tell))
        torch.manual_seed(0)
        keep("noise-100", noisy(WhisperModel.from_pretrained(ZOO / "pretrained")))
        keep("random", WhisperModel(config()))
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
