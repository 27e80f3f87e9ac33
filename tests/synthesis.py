"""Syllables of nobody's language, synthesised: what the small model of sounds is pretrained on.

A syllable is an onset, a vowel and a coda. Voiced sounds are the harmonics of a falling pitch
under a spectral envelope of formants, voiceless ones noise under such an envelope, and the
envelope glides from sound to sound (source and filter, Fant 1960). A voice has its own pitch,
length of throat, speed, breath and tilt. No recording is used.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

RATE = 8_000  # Hz, as telephones
STEP = 40  # samples between points of the envelope: 5 ms


class Sound(NamedTuple):
    """Formants with their levels in dB, how loud voice and noise are, and for how long."""

    formants: tuple[tuple[float, float], ...]
    voice: float
    noise: float
    seconds: float


def _vowel(*formants: float) -> Sound:
    return Sound(tuple(zip(formants, (0.0, -6.0, -14.0), strict=True)), 1.0, 0.02, 0.16)


# Men's means of Peterson and Barney 1952 (doi:10.1121/1.1906875), table II, in Hz.
VOWELS = {
    "i": _vowel(270, 2290, 3010),
    "e": _vowel(530, 1840, 2480),
    "æ": _vowel(660, 1720, 2410),
    "a": _vowel(730, 1090, 2440),
    "o": _vowel(570, 840, 2410),
    "u": _vowel(300, 870, 2240),
    "ʌ": _vowel(640, 1190, 2390),
    "ɝ": _vowel(490, 1350, 1690),
}
# Chosen by ear and by hand: only that they differ, as those of speech do, matters here.
CONSONANTS = {
    "": Sound(((500, -60.0),), 0.0, 0.0, 0.02),
    "s": Sound(((3800, 0.0), (3300, -4.0)), 0.0, 0.3, 0.11),
    "f": Sound(((1500, -8.0), (2800, -6.0), (3600, -5.0)), 0.0, 0.12, 0.1),
    "x": Sound(((1800, 0.0), (2600, -3.0)), 0.0, 0.3, 0.1),
    "z": Sound(((250, 0.0), (3700, -6.0)), 0.4, 0.2, 0.09),
    "m": Sound(((250, 0.0), (1000, -22.0), (2200, -26.0)), 0.6, 0.0, 0.08),
    "n": Sound(((250, 0.0), (1600, -20.0), (2600, -24.0)), 0.6, 0.0, 0.08),
    "l": Sound(((350, 0.0), (1050, -12.0), (2800, -14.0)), 0.7, 0.0, 0.07),
    "r": Sound(((400, 0.0), (1150, -8.0), (1550, -10.0)), 0.7, 0.0, 0.08),
    "w": Sound(((300, 0.0), (650, -10.0), (2200, -26.0)), 0.7, 0.0, 0.08),
    "j": Sound(((280, 0.0), (2200, -10.0), (2900, -12.0)), 0.7, 0.0, 0.08),
    "t": Sound(((3500, 0.0), (2800, -4.0)), 0.0, 0.5, 0.02),
    "k": Sound(((1800, 0.0),), 0.0, 0.5, 0.03),
    "p": Sound(((600, 0.0),), 0.0, 0.3, 0.02),
}
STOPS = ("t", "k", "p")  # after a silence
LOUDNESS = 0.2  # root mean square


def syllable(onset: str, vowel: str, coda: str, rng: np.random.Generator) -> np.ndarray:
    """One syllable by a voice of its own, with some silence around it: float32 (samples,)."""
    throat, speed = rng.uniform(0.85, 1.2), rng.uniform(0.7, 1.4)
    sounds = [CONSONANTS[onset], VOWELS[vowel], CONSONANTS[coda]]
    silence = Sound(((500, -60.0),), 0.0, 0.0, 0.03)
    before = [silence] if onset in STOPS else []
    between = [silence] if coda in STOPS else []
    line = [silence, *before, sounds[0], sounds[1], *between, sounds[2], silence]
    lengths = [max(1, int(s.seconds * speed * rng.uniform(0.8, 1.25) * RATE / STEP)) for s in line]
    n_points = sum(lengths)
    grid = np.linspace(0.0, RATE / 2, 129)  # Hz
    bandwidth = rng.uniform(70, 130)
    shapes = [envelope(s, grid, throat, bandwidth) for s in line]
    blur = np.hanning(rng.integers(5, 9) + 2)[1:-1]
    blur /= blur.sum()

    def track(values: list[np.ndarray]) -> np.ndarray:
        steps = np.repeat(np.stack(values), lengths, axis=0)  # (points, …)
        padded = np.pad(steps, ((len(blur), len(blur)), (0, 0)), mode="edge")
        smooth = [np.convolve(column, blur, "same") for column in padded.T]
        return np.stack(smooth, axis=1)[len(blur) : len(blur) + n_points]

    voice = track([s.voice * shape for s, shape in zip(line, shapes, strict=True)])
    noise = track([s.noise * shape for s, shape in zip(line, shapes, strict=True)])
    tilt = (1 + grid / 500) ** -rng.uniform(0.3, 1.1)
    samples = voiced(voice * tilt, grid, rng) + rng.uniform(0.5, 1.5) * hissed(noise, rng)
    samples *= LOUDNESS / (np.sqrt(np.mean(samples**2)) + 1e-9) * rng.uniform(0.3, 1.5)
    samples += rng.normal(0, 10 ** rng.uniform(-4, -2), len(samples))  # a room, a microphone
    return np.clip(samples, -1, 1).astype(np.float32)


def envelope(sound: Sound, grid: np.ndarray, throat: float, bandwidth: float) -> np.ndarray:
    """Amplitude at each frequency of the grid: one resonance a formant."""
    found = np.full(len(grid), 1e-3)
    for hertz, level in sound.formants:
        width = bandwidth * (1 + hertz / 1500)
        found += 10 ** (level / 20) / np.sqrt(1 + ((grid - hertz * throat) / width) ** 2)
    return found


def voiced(track: np.ndarray, grid: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Harmonics of a gliding pitch under the envelope: track (points, frequencies)."""
    n = len(track) * STEP
    time = np.arange(n) / n
    pitch = np.exp(rng.uniform(np.log(85), np.log(260)))  # Hz
    pitch = (
        pitch
        * (1 + rng.uniform(-0.25, 0.15) * time)
        * (1 + 0.02 * np.sin(2 * np.pi * (rng.uniform(0, 1) + 2 * time)))
    )
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    at = np.arange(len(track)) * STEP
    found = np.zeros(n)
    for k in range(1, int(RATE / 2 / pitch.min()) + 1):
        here = np.clip(k * pitch[::STEP], 0, RATE / 2) / (RATE / 2) * (len(grid) - 1)
        low = np.minimum(here.astype(int), len(grid) - 2)
        rows, part = np.arange(len(track)), here - low
        level = (1 - part) * track[rows, low] + part * track[rows, low + 1]
        level = np.where(k * pitch[::STEP] < RATE / 2, level, 0.0)
        found += np.interp(np.arange(n), at, level) * np.sin(k * phase)
    return found


def hissed(track: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Noise under the envelope, by overlapping frames of two steps."""
    size = 2 * (track.shape[1] - 1)
    found = np.zeros(len(track) * STEP + size)
    window = np.hanning(size)
    spectra = np.fft.rfft(rng.normal(size=(len(track), size)) * window) * track
    for at, frame in enumerate(np.fft.irfft(spectra, size)):
        found[at * STEP : at * STEP + size] += frame
    return found[: len(track) * STEP]
