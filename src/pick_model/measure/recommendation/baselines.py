"""What recommends without any text: popularity, item-kNN and matrix factorisation.

Each is learnt from what was seen, without what is asked for.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
from scipy import sparse

from pick_model.measure.recommendation.ranking import Scorer, ranks, values
from pick_model.measure.recommendation.split import Question, Split, counts

NEIGHBOURS = 100  # of an item, the nearest; by hand
_BLOCK = 1024  # items whose neighbours are looked for at a time
# Of implicit's alternating least squares (Hu, Koren and Volinsky 2008): as many factors as its
# own default has up to 100, fewer where items are few; the regularisation is tuned.
FACTORS, REGULARISATIONS = 64, (0.01, 0.1, 1.0, 10.0)
# Interactions up to which it is tuned, else the least strong is taken, for each fit reads
# them fifteen times over; by hand.
TUNED_UP_TO = 300_000


def popularity(sequences: Sequence[Sequence[int]], n_items: int) -> Scorer:
    """How often each item was taken, for everybody."""
    found = counts(sequences, n_items).astype(np.float64)
    return lambda questions: np.broadcast_to(found, (len(questions), n_items))


def item_knn(sequences: Sequence[Sequence[int]], n_items: int) -> Scorer:
    """The sum of each item's cosines with what the user took (Sarwar et al. 2001)."""
    taken = matrix(sequences, n_items)  # (U, I)
    lengths = np.sqrt(np.maximum(np.asarray(taken.sum(axis=0)).ravel(), 1.0))
    taken = sparse.csr_matrix(taken @ sparse.diags(1 / lengths))
    near = []
    for start in range(0, n_items, _BLOCK):
        block = (taken[:, start : start + _BLOCK].T @ taken).tocsr()  # (b, I)
        for at in range(block.shape[0]):
            row = block.getrow(at)
            own = row.indices != start + at
            places, cosines = row.indices[own], row.data[own]
            order = np.argsort(-cosines, kind="stable")[:NEIGHBOURS]
            near.append((places[order], cosines[order]))
    rows = np.repeat(np.arange(n_items), [len(places) for places, _ in near])
    whole = sparse.csr_matrix(
        (np.concatenate([c for _, c in near]), (rows, np.concatenate([p for p, _ in near]))),
        shape=(n_items, n_items),
    )

    def score(questions: Sequence[Question]) -> np.ndarray:
        asked = matrix([question.history for question in questions], n_items)
        found: np.ndarray = (asked @ whole.T).toarray()
        return found

    return score


def collaborative_is_there() -> bool:
    return find_spec("implicit") is not None


def collaborative(split: Split, metric: int) -> Scorer:
    """implicit's alternating least squares, with the regularisation that is best on the users
    to tune on, by the metric of this place.
    """
    best = REGULARISATIONS[0]
    if split.tuning and sum(map(len, split.seen)) <= TUNED_UP_TO:
        scored = {
            strength: values(
                ranks(factorised(split.learn, split.n_items, strength), split.tuning, split.n_items)
            )[:, metric].mean()
            for strength in REGULARISATIONS
        }
        best = max(scored, key=lambda strength: scored[strength])
    return factorised(split.seen, split.n_items, best)


def factorised(sequences: Sequence[Sequence[int]], n_items: int, strength: float) -> Scorer:
    """Factors of all users and items; a user is looked up by the question's place."""
    from implicit.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    with warnings.catch_warnings(), threadpool_limits(1, "blas"):
        warnings.simplefilter("ignore")  # of BLAS threads, which are one here
        model = AlternatingLeastSquares(
            factors=min(FACTORS, max(2, n_items // 4)),
            regularization=strength,
            random_state=0,
            num_threads=1,
            use_gpu=False,
        )
        model.fit(matrix(sequences, n_items), show_progress=False)
    users, items = np.asarray(model.user_factors), np.asarray(model.item_factors)
    return lambda questions: users[[question.user for question in questions]] @ items.T


def matrix(sequences: Sequence[Sequence[int]], n_items: int) -> sparse.csr_matrix:
    """1 where a user took an item, float32 (U, I)."""
    rows = np.repeat(np.arange(len(sequences)), [len(one) for one in sequences])
    flat = np.array([item for one in sequences for item in one], dtype=np.int64)
    return sparse.csr_matrix(
        (np.ones(len(flat), dtype=np.float32), (rows, flat)), shape=(len(sequences), n_items)
    )
