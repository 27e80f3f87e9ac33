"""What a feature extractor of transformers makes of sounds, found by giving it some noise.

Shapes: S samples or frames, and bands beside them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from pick_model.data.sounds import LEAST_RATE, MOST_RATE
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message

# Of a sound at least, silence behind it: the convolutions of wav2vec 2.0 see 25 ms at a time
# (arXiv:2006.11477, section 4.2), Kaldi's frames as much.
LEAST_SECONDS = 0.1
FRAME_SECONDS = 0.01  # between frames, where an extractor does not say: Kaldi's, as AST takes them


@dataclass(frozen=True)
class Reader:
    """A feature extractor, looked at: what it makes of a second."""

    extract: Any  # transformers' SequenceFeatureExtractor
    rate: int  # Hz
    reads: str  # the encoder's argument, one of READ
    fixed: bool  # all sounds give as many frames
    time: int  # the axis of a row's features that is time
    frames: float  # a second
    seconds: float  # that fit; inf where there is no end
    masked: bool  # the model was trained with a mask over what fills a row up
    padding: float  # what fills a row up

    def counted(self, made: np.ndarray, seconds: float) -> int:
        """Samples or frames of a row's features that are of its sound."""
        n = int(made.shape[self.time])
        return min(n, math.ceil(round(seconds * self.frames, 3))) if self.fixed else n

    def __call__(self, samples: np.ndarray) -> np.ndarray:
        """Features of one sound, float32: (S,), (S, bands) or (bands, S)."""
        least = math.ceil(LEAST_SECONDS * self.rate)
        samples = np.pad(samples, (0, max(0, least - len(samples))))
        made = self.extract(samples, sampling_rate=self.rate, return_tensors="np")
        return np.asarray(made[self.reads][0], dtype=np.float32)


def looked_at(extract: Any, reads: str, name: str) -> Reader:
    """What a feature extractor makes of half a second and of one.

    Raises EnvironmentProblem for one that makes nothing the encoder takes.
    """
    rate = getattr(extract, "sampling_rate", None)
    if not isinstance(rate, int) or not LEAST_RATE <= rate <= MOST_RATE:
        raise EnvironmentProblem(
            message("extractor-without-rate", name=name, rate=str(rate)),
            hint=message("give-extractor-of-weights"),
            code="config",
        )
    made = []
    for samples in (rate // 2, rate):
        found = extract(noise(samples), sampling_rate=rate, return_tensors="np")
        if reads not in found or np.ndim(found[reads]) not in (2, 3):
            raise EnvironmentProblem(
                message("extractor-not-of-model", name=name, reads=reads),
                hint=message("give-extractor-of-weights"),
                code="config",
            )
        made.append(np.asarray(found[reads][0]).shape)
    half, one = made
    fixed = half == one
    time = next((axis for axis in range(len(one)) if half[axis] != one[axis]), 0)
    bands = getattr(extract, "num_mel_bins", None) or getattr(extract, "feature_size", None)
    if fixed and len(one) == 2 and one[0] == bands:
        time = 1
    hop = getattr(extract, "hop_length", None) or FRAME_SECONDS * rate
    frames = rate / hop if fixed else 2.0 * (one[time] - half[time])
    return Reader(
        extract=extract,
        rate=rate,
        reads=reads,
        fixed=fixed,
        time=time,
        frames=frames,
        seconds=one[time] / frames if fixed else math.inf,
        masked=bool(getattr(extract, "return_attention_mask", False)) and not fixed,
        padding=float(getattr(extract, "padding_value", 0.0)),
    )


def noise(samples: int) -> np.ndarray:
    """So many samples of quiet noise, always the same."""
    return np.random.default_rng(0).normal(0, 0.05, samples).astype(np.float32)
