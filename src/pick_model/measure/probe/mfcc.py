"""Sounds as statistics of their cepstra: what a classifier of sounds was before networks.

Mel-frequency cepstral coefficients (Davis and Mermelstein 1980, doi:10.1109/TASSP.1980.1163420)
of overlapping frames, how they change (delta coefficients by regression over two frames on
either side, HTK Book 3.4, equation 5.16), and of each the mean and the deviation over time.
The order of things in time is lost, which is what makes it a trivial baseline.

Shapes: S samples, T frames, M bands, K coefficients.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from pick_model.data.dataset import Dataset
from pick_model.data.sounds import read_sound

RATE = 16_000  # Hz; what speech models read, and the lowest that keeps consonants apart
# As the speech front ends of Kaldi and HTK have them: 25 ms every 10 ms, pre-emphasis .97,
# bands from 20 Hz on. 40 bands and 20 coefficients as librosa and Kaldi's hires setting do.
FRAME, HOP, EMPHASIS, LOWEST, BANDS, COEFFICIENTS = 400, 160, 0.97, 20.0, 40, 20
SPECTRUM = 512  # the power of two above a frame
FLOOR = 1e-10  # of a band's energy, before the logarithm: -100 dB of full scale
SECONDS = 30.0  # of a sound, at most: the statistics of more hardly move
WIDTH = 6 * COEFFICIENTS + 1
# The penalties that are tried suit n-grams, whose rows have length 1; a row of standardised
# statistics is as long as the root of WIDTH. On spoken digits (fsdd) .960, .960 and .957 by the
# three penalties, and .957, .953 and .953 without.
UNIT = 6.0
LEAST_SCALE = 1e-6  # below it a statistic does not vary: of a band that no recording reaches


def cepstra(parts: tuple[Dataset, Dataset, Dataset]) -> list[np.ndarray]:
    """The statistics of training, tuning and held-out sounds: float64 (N, WIDTH) each.

    In deviations from the training rows' mean, over UNIT.
    """
    found = [summaries(part) for part in parts]
    mean, scale = found[0].mean(axis=0), found[0].std(axis=0)
    scale = UNIT * np.where(scale > LEAST_SCALE, scale, 1.0)
    return [(one - mean) / scale for one in found]


def summaries(rows: Dataset) -> np.ndarray:
    """One line a sound, float64 (N, WIDTH)."""
    lines = [summary_of(file.path, file.digest) for file in rows.media or ()]
    return np.stack(lines) if lines else np.zeros((0, WIDTH))


@lru_cache(maxsize=1 << 16)  # 60 MB; every size of a curve fits its baseline on the same sounds
def summary_of(path: Path, _digest: str) -> np.ndarray:
    """The statistics of a file's sound; the digest tells a file that was written anew."""
    return summary(read_sound(path, RATE, SECONDS))


def summary(samples: np.ndarray) -> np.ndarray:
    """Mean and deviation of coefficients, changes and changes of changes, and how long it is.

    samples: float32 (S,) at RATE; gives float64 (WIDTH,).
    """
    cepstra = mfcc(samples)  # (T, K)
    rising = deltas(cepstra)
    tracks = np.concatenate([cepstra, rising, deltas(rising)], axis=1)  # (T, 3 K)
    long = np.log(len(samples) / RATE)
    return np.concatenate([tracks.mean(axis=0), tracks.std(axis=0), [long]])


def mfcc(samples: np.ndarray) -> np.ndarray:
    """Mel-frequency cepstral coefficients of samples (S,) at RATE: float64 (T, K).

    Natural logarithm of the mel bands' power, orthonormal DCT-II. A sound shorter than one
    frame is filled up with silence.
    """
    from scipy.fft import dct

    signal = np.asarray(samples, dtype=np.float64)
    signal = np.append(signal[:1] * (1 - EMPHASIS), signal[1:] - EMPHASIS * signal[:-1])
    signal = np.pad(signal, (0, max(0, FRAME - len(signal))))
    frames = np.lib.stride_tricks.sliding_window_view(signal, FRAME)[::HOP]  # (T, FRAME)
    power = np.abs(np.fft.rfft(frames * np.hamming(FRAME), SPECTRUM)) ** 2
    energies = power @ bands() / SPECTRUM  # (T, M)
    cepstra = dct(np.log(np.maximum(energies, FLOOR)), type=2, norm="ortho", axis=1)
    return np.asarray(cepstra[:, :COEFFICIENTS])


@lru_cache
def bands() -> np.ndarray:
    """The triangular filters of the mel scale, each of height 1: (SPECTRUM / 2 + 1, M)."""
    from transformers.audio_utils import mel_filter_bank

    return np.asarray(mel_filter_bank(SPECTRUM // 2 + 1, BANDS, LOWEST, RATE / 2, RATE))


def deltas(track: np.ndarray, reach: int = 2) -> np.ndarray:
    """The slope of each column (T, K) by least squares over `reach` frames on either side.

    The ends are repeated beyond the ends.
    """
    padded = np.pad(track, ((reach, reach), (0, 0)), mode="edge")
    n = len(track)
    steps = range(1, reach + 1)
    rise = sum(
        step * (padded[reach + step : reach + step + n] - padded[reach - step : reach - step + n])
        for step in steps
    )
    return np.asarray(rise / (2 * sum(step**2 for step in steps)))
