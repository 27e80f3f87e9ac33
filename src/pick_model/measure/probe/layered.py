"""What all layers of the untouched encoder tell side by side: ridge regression on them at once.

A fine-tune can bring up what any layer knows; the last one alone tells little of it where
pretraining ended far from the task, or where the upper layers are new. Over variants of MiniLM
on seven sets of 600 rows this orders full fine-tunes with weighted tau .76, the last layer
alone with .55 and the best one with .71.

Shapes: V views, N rows taught, M rows held out, H width, D = V·H, C columns of the targets.
"""

from __future__ import annotations

import numpy as np

from pick_model.encoders.features import Views, all_views
from pick_model.encoders.loaded import Loaded
from pick_model.encoders.pooling import OWN
from pick_model.measure.screen.ridge import PENALTIES, Blocks, left_out, level
from pick_model.measure.screen.spectrum import Array, spectrum

# Layers that are read, evenly spaced and the last among them: those between tell little more,
# and of a deep and wide model all of them would fill the memory. By hand.
MOST_LAYERS = 8
MOST_SECONDS = 8.0  # that the fit on MOST_TAUGHT rows may take. By hand, on one busy core


def views_of(loaded: Loaded) -> Views:
    """The layers that are read of each row; the last view is what a first head is fitted on."""
    every, how = all_views(loaded, by_word=False), loaded.modality.pooling
    own = how == OWN
    places = np.linspace(0, len(every.layers) - 1, min(len(every.layers), MOST_LAYERS))
    layers = tuple(every.layers[at] for at in np.rint(places).astype(int).tolist())
    return Views(layers, every.poolings[:1] if own else (how,), every.depth, own)


def side_by_side(taught: np.ndarray, others: np.ndarray) -> tuple[Array, Array] | None:
    """Views of taught (V, N, H) and other rows (V, M, H) as one line a row: (N, D), (M, D).

    Each view is centred and scaled by the taught rows to mean squared length 1, so that a layer
    counts no more for having large activations. None where no view is finite and varies.
    """
    found: list[tuple[Array, Array]] = []
    for one, other in zip(taught, others, strict=True):
        if not (np.isfinite(one).all() and np.isfinite(other).all()):
            continue
        x, z = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
        centre = x.mean(axis=0)
        length = float(np.sqrt(((x - centre) ** 2).sum(axis=1).mean()))
        if length > 1e-6 * max(float(np.abs(x).max()), 1e-30):
            found.append(((x - centre) / length, (z - centre) / length))
    if not found:
        return None
    return tuple(np.concatenate(parts, axis=1) for parts in zip(*found, strict=True))  # type: ignore[return-value]


def predictions(x: Array, z: Array, targets: np.ndarray, blocks: Blocks) -> tuple[Array, Array]:
    """Of each taught row without its block (N, C), by one intercept, and of each other row (M, C).

    x (N, D) and z (M, D) centred by x. The penalty with the least squared error on rows left out.
    """
    y: Array = np.asarray(targets, dtype=np.float64)
    parts, centre = spectrum(x), y.mean(axis=0)
    least, best, said = np.inf, PENALTIES[0], y
    for penalty in PENALTIES:
        [made] = left_out(parts, y, blocks, [penalty])
        error = float(((y - made) ** 2).sum())
        if error < least:
            least, best, said = error, penalty, made
    u = parts.vectors
    dual = u @ ((u.T @ (y - centre)) / (parts.values + best * parts.mean)[:, None])  # (N, C)
    return level(said, y, blocks), z @ (x.T @ dual) + centre
