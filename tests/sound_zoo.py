"""A small model of sounds, pretrained here on synthesised syllables, and copies that are worse.

    nice -n 10 python -m tests.sound_zoo

An Audio Spectrogram Transformer (Gong et al. 2021, arXiv:2104.01778) of 0.6 million parameters
learns to name onset, vowel and coda of syllables that `synthesis.py` makes: three linear heads
on the mean of its last states, thrown away afterwards. It has heard no recording. The folders
lie in the temporary folder, and are made once: minutes of one core.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.synthesis import CONSONANTS, RATE, VOWELS, syllable

ZOO = Path(tempfile.gettempdir()) / "pick-model-sound-zoo-1"
SYLLABLES, PASSES, BATCH, PEAK = 8_000, 10, 64, 1e-3
FRAMES, BANDS = 96, 64  # 10 ms each: a second, as long as a word


def config() -> Any:
    from transformers import ASTConfig

    return ASTConfig(
        hidden_size=128,
        num_hidden_layers=4,
        num_attention_heads=4,
        intermediate_size=384,
        num_mel_bins=BANDS,
        max_length=FRAMES,
        patch_size=16,
        frequency_stride=16,
        time_stride=8,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )


def extractor(mean: float = 0.0, deviation: float = 0.5) -> Any:
    """As AST's own: the log mel spectrogram less its mean, over two deviations."""
    from transformers import ASTFeatureExtractor

    return ASTFeatureExtractor(
        sampling_rate=RATE, num_mel_bins=BANDS, max_length=FRAMES, mean=mean, std=deviation
    )


def syllables(n: int, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """So many syllables, and the places of onset, vowel and coda: int (N, 3)."""
    rng = np.random.default_rng(seed)
    onsets, vowels = list(CONSONANTS), list(VOWELS)
    labels = np.stack([rng.integers(len(k), size=n) for k in (onsets, vowels, onsets)], axis=1)
    made = [syllable(onsets[o], vowels[v], onsets[c], rng) for o, v, c in labels]
    return made, labels


def pretrained(tell: Any = print) -> tuple[Any, Any]:
    """The model and its feature extractor."""
    import torch
    from torch import nn
    from transformers import ASTModel

    torch.manual_seed(0)
    sounds, labels = syllables(SYLLABLES, 0)
    plain = extractor()
    spectra = np.stack(
        [plain(sound, sampling_rate=RATE)["input_values"][0] for sound in sounds]
    )  # (N, FRAMES, BANDS)
    mean, deviation = float(spectra.mean()), float(spectra.std())
    x = torch.from_numpy((spectra - mean) / (2 * deviation))
    silence = (0.0 - mean) / (2 * deviation)  # what the extractor fills a row up with
    y = torch.from_numpy(labels)
    model = ASTModel(config())
    sizes = (len(CONSONANTS), len(VOWELS), len(CONSONANTS))
    head = nn.Linear(model.config.hidden_size, sum(sizes))
    steps = PASSES * len(x) // BATCH
    both = [*model.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(both, lr=PEAK, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=steps)
    began, rng, model_right = time.monotonic(), np.random.default_rng(1), []
    for step in range(steps):
        chosen = torch.from_numpy(rng.integers(len(x), size=BATCH))
        shift = int(rng.integers(0, 25))  # later within the second
        batch = torch.full_like(x[chosen], silence)
        batch[:, shift:] = x[chosen][:, : FRAMES - shift]
        logits = head(model(batch).last_hidden_state.mean(dim=1)).split(sizes, dim=1)
        loss = sum(
            nn.functional.cross_entropy(part, y[chosen, slot], label_smoothing=0.05)
            for slot, part in enumerate(logits)
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(both, 1.0)
        optimizer.step()
        schedule.step()
        right = [(p.argmax(1) == y[chosen, slot]).float().mean() for slot, p in enumerate(logits)]
        model_right.append([float(r) for r in right])
        if (step + 1) % 100 == 0:
            last = np.mean(model_right[-100:], axis=0).round(2)
            tell(f"step {step + 1}/{steps}: right {last}, {time.monotonic() - began:.0f} s")
    return model.eval(), extractor(mean, deviation)


def folders() -> dict[str, Path]:
    """Each member's folder, made where it is missing: the pretrained model and its copies."""
    import torch
    from transformers import ASTModel

    if not (ZOO / "random" / "config.json").exists():
        model, reads = pretrained(lambda line: print(line, file=sys.stderr))
        members = {"pretrained": model}
        torch.manual_seed(0)
        members["random"] = ASTModel(config())
        for name, member in members.items():
            scratch = ZOO / f"{name}.{os.getpid()}"
            shutil.rmtree(scratch, ignore_errors=True)
            member.save_pretrained(scratch)
            reads.save_pretrained(scratch)
            shutil.rmtree(ZOO / name, ignore_errors=True)
            scratch.rename(ZOO / name)
    return {name: ZOO / name for name in ("pretrained", "random")}


if __name__ == "__main__":
    for name, folder in folders().items():
        print(name, folder)
