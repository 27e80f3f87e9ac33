"""Writes this example's sounds, invented: a fan as it should be, and three that want mending.

    python make_sounds.py [FOLDER [EACH]]

writes EACH (12) sounds of every kind, four tenths of a second of 8 kHz, 8 bits, into class
folders of FOLDER (the one this file lies in): sounds/KIND/00.wav and so on. The same numbers
give the same bytes. Needs numpy alone.
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import numpy as np

RATE, SECONDS = 8_000, 0.4
KINDS = ("air-leak", "fan", "knocking", "worn-bearing")


def sound(kind: str, rng: np.random.Generator) -> np.ndarray:
    """Samples between -1 and 1: the hum of a fan, and what ails it."""
    time = np.arange(int(RATE * SECONDS)) / RATE
    turns = rng.uniform(18, 30)  # a second
    blades = rng.integers(5, 9)
    samples = sum(
        np.sin(2 * np.pi * (turns * blades * k * time + rng.uniform())) / k**1.5
        for k in range(1, 6)
    )
    samples = 0.15 * samples + 0.03 * coloured(rng, len(time), 0, 1500)
    if kind == "air-leak":
        samples += rng.uniform(0.03, 0.1) * coloured(rng, len(time), 1800, 4000)
    if kind == "knocking":
        samples += struck(time, turns / 2, rng.uniform(250, 600), 60, 0.3, rng)
    if kind == "worn-bearing":  # rollers pass the worn place several times a turn
        samples += struck(
            time, turns * rng.uniform(2.5, 4.5), rng.uniform(2200, 3400), 250, 0.2, rng
        )
    return np.clip(samples * rng.uniform(0.6, 1.2), -1, 1)


def coloured(rng: np.random.Generator, n: int, low: float, high: float) -> np.ndarray:
    """Noise of deviation 1 between two frequencies."""
    spectrum = np.fft.rfft(rng.normal(size=n))
    hertz = np.fft.rfftfreq(n, 1 / RATE)
    spectrum[(hertz < low) | (hertz > high)] = 0
    samples = np.fft.irfft(spectrum, n)
    return samples / samples.std()


def struck(
    time: np.ndarray,
    rate: float,
    hertz: float,
    fading: float,
    level: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Blows, about `rate` a second, that each ring at a frequency and fade."""
    samples = np.zeros(len(time))
    at = rng.uniform(0, 1 / rate)
    while at < SECONDS:
        since = time - at
        ring = np.sin(2 * np.pi * hertz * since) * np.exp(-fading * np.clip(since, 0, None))
        samples += level * rng.uniform(0.6, 1.2) * ring * (since >= 0)
        at += rng.normal(1, 0.04) / rate
    return samples


def main(folder: Path, each: int) -> None:
    rng = np.random.default_rng(0)
    for kind in KINDS:
        (folder / "sounds" / kind).mkdir(parents=True, exist_ok=True)
        for number in range(each):
            with wave.open(str(folder / "sounds" / kind / f"{number:02d}.wav"), "wb") as file:
                file.setparams((1, 1, RATE, 0, "NONE", ""))
                samples = np.round(127 * sound(kind, rng)) + 128
                file.writeframes(samples.astype(np.uint8).tobytes())


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]) if given else Path(__file__).parent, int(given[1]) if given[1:] else 12)
