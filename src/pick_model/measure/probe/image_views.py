"""What trivial baselines see of an image: which colours there are, and which way edges run.

Both look at each image by itself, so nothing is learnt from other rows. Shapes: N rows, F
features.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from pick_model.data.dataset import Dataset
from pick_model.data.images import opened

SIDE = 64  # pixels that images are drawn to: 8 x 8 cells; chosen by hand, Dalal's were 64 x 128
LEVELS = 4  # of each of three colours: 64 joint colours, and of each channel by itself 16
FINE = 16
# Dalal and Triggs 2005, "Histograms of Oriented Gradients for Human Detection", section 6: cells
# of 8 pixels, 9 directions without sign, blocks of 2 x 2 cells normalised together (L2).
CELL, DIRECTIONS, BLOCK = 8, 9, 2


def colours(rows: Dataset) -> np.ndarray:
    """Shares of joint and of single colours in each image, rooted: float64 (N, F)."""
    return _each(rows, _colours, LEVELS**3 + 3 * FINE)


def gradients(rows: Dataset) -> np.ndarray:
    """The histograms of oriented gradients of each image: float64 (N, F)."""
    blocks = SIDE // CELL - BLOCK + 1
    return _each(rows, _gradients, blocks * blocks * BLOCK * BLOCK * DIRECTIONS)


def _each(rows: Dataset, of: Callable[[np.ndarray], np.ndarray], width: int) -> np.ndarray:
    found = np.zeros((len(rows), width))
    for row, file in enumerate(rows.media or ()):
        found[row] = of(_small(file.path))
    return found


def _small(path: Path) -> np.ndarray:
    """RGB values 0 to 1, (SIDE, SIDE, 3); the sides may be drawn together or apart."""
    from PIL import Image

    image = opened(path, at_least=SIDE).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.float64) / 255


def _colours(image: np.ndarray) -> np.ndarray:
    pixels = image.reshape(-1, 3)
    coarse = np.minimum((pixels * LEVELS).astype(int), LEVELS - 1)
    joint = np.bincount(coarse @ (LEVELS**2, LEVELS, 1), minlength=LEVELS**3)
    fine = np.minimum((pixels * FINE).astype(int), FINE - 1)
    single = [np.bincount(fine[:, channel], minlength=FINE) for channel in range(3)]
    return np.sqrt(np.concatenate([joint, *single]) / len(pixels))


def _gradients(image: np.ndarray) -> np.ndarray:
    """Of each pixel the colour channel with the largest gradient votes, as in the paper."""
    across, down = np.zeros_like(image), np.zeros_like(image)
    across[:, 1:-1] = image[:, 2:] - image[:, :-2]
    down[1:-1] = image[2:] - image[:-2]
    sizes = np.hypot(across, down)  # (SIDE, SIDE, 3)
    most = sizes.argmax(axis=2)[..., None]
    size = np.take_along_axis(sizes, most, axis=2)[..., 0]
    angle = np.arctan2(
        np.take_along_axis(down, most, axis=2), np.take_along_axis(across, most, axis=2)
    )[..., 0]
    place = (angle % np.pi) / np.pi * DIRECTIONS - 0.5  # between the middles of two bins
    low = np.floor(place).astype(int)
    share = place - low
    n = SIDE // CELL
    rows, columns = np.indices(size.shape) // CELL
    cells = np.zeros((n, n, DIRECTIONS))
    np.add.at(cells, (rows, columns, low % DIRECTIONS), size * (1 - share))
    np.add.at(cells, (rows, columns, (low + 1) % DIRECTIONS), size * share)
    blocks = [
        cells[y : y + BLOCK, x : x + BLOCK].ravel()
        for y in range(n - BLOCK + 1)
        for x in range(n - BLOCK + 1)
    ]
    stacked = np.stack(blocks)
    return np.asarray(stacked / (np.linalg.norm(stacked, axis=1, keepdims=True) + 1e-3)).ravel()
