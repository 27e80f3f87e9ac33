"""A light sequential head on vectors of items: what a user takes next, from what they say.

    p(item) ~ popularity^b * (sum over the user's last items of decay^age * nearness to it)^s

Nearness is exp(t (cosine - 1)) of the vectors after one linear map that begins as the identity.
Learnt are the map, t, the decay, s (not below 0: what is near is not taken less) and b. With s
at 0 it is popularity itself.

The head must not learn the items by heart, for then any vectors would do, random ones too. So
vectors are cut to their first principal directions, of which there are an eighth of the items at
most, all items share the one map, and no item has a number of its own but how often it was
taken. On vectors of an untrained network for the shop of the examples such a head stays at
popularity; on noise that is as wide in all directions it does not (NDCG@10 .16, as much as with
a real encoder). By luck some directions part items as they are taken, the more so the fewer
items and the more users there are; what that brings is what shuffled texts and untrained copies
show (`judge.py`).

Shapes: B users, N last items, C items that compete, k directions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from pick_model.encoders.objective import deterministic
from pick_model.measure.recommendation.ranking import Scorer
from pick_model.measure.recommendation.split import Question, Split, counts

# Directions at most, and items a direction; both by hand. With four items a direction a real
# encoder finds more on the shop of the examples (.21 for .16), but an untrained one too
# (.15 for .04), so that less of it is told to be due to pretraining.
DIRECTIONS, ITEMS_A_DIRECTION = 64, 8
LAST = 20  # items of a user that are looked at; by hand, at a usual decay the twentieth counts .02
USERS = 4000  # that a head learns from; by hand: its few numbers are settled long before
COMPETING = 2000  # items of the softmax, drawn anew each step where there are more; by hand
PASSES, PATIENCE, BATCH = 40, 5, 128  # by hand; tuning stops most after 6 to 30
RATE, MAP_RATE = 0.05, 0.01  # of a few scales, and of the map's many numbers; by hand
TOWARDS_IDENTITY = 0.03  # L2 on the map's distance from the identity; by hand
LEAST = 1e-6  # nearness of what is not near at all
SURE = 1.645  # standard errors that tuning must gain over popularity, else it is kept: 95 %
# Users tuned on times items: each pass scores all items for them. By hand.
_TUNED, LEAST_TUNED = 4_000_000, 200
_BEGINNING = -1.0  # s and the decay before softplus: .31
_NUMBERS = 6_000_000  # of (B, N, C) at a time: 24 MB in float32


@dataclass(frozen=True)
class FittedHead:
    """A head, and whether it learnt anything from the vectors."""

    head: SequenceHead
    learnt: bool
    passes: int
    cut_short: bool  # by the time there was


class SequenceHead(nn.Module):
    """Scores of items for users. The popularity is given with each call."""

    def __init__(self, vectors: np.ndarray) -> None:
        super().__init__()
        k = vectors.shape[1]
        self.vectors: Tensor
        self.register_buffer("vectors", torch.from_numpy(vectors.astype(np.float32)))  # (I, k)
        self.map = nn.Parameter(torch.zeros(k, k))
        self.sharpness = nn.Parameter(torch.tensor(1.0))  # log of t
        self.decay = nn.Parameter(torch.tensor(_BEGINNING))  # softplus: -log of decay
        self.content = nn.Parameter(torch.tensor(_BEGINNING))  # softplus: s
        self.popular = nn.Parameter(torch.tensor(1.0))  # b

    def directions(self) -> Tensor:
        """Of each item, of length 1, (I, k)."""
        return nn.functional.normalize(self.vectors + self.vectors @ self.map, dim=1)

    def near(self, last: Tensor, ids: Tensor) -> Tensor:
        """Nearness of items `ids` (C,) to each last item (B, N); 0 to what fills up, (B, N, C)."""
        all_items = self.directions()
        cosines = all_items[last.clamp(min=0)] @ all_items[ids].T
        found: Tensor = torch.exp(torch.exp(self.sharpness) * (cosines - 1))
        return found * (last >= 0)[..., None]

    def weights(self, ages: Tensor) -> Tensor:
        """What items count at these ages; a negative age is of a later item, and counts 0."""
        found = torch.exp(-nn.functional.softplus(self.decay) * ages.clamp(min=0))
        return torch.where(ages >= 0, found, torch.zeros(()))

    def score(self, nearness: Tensor, known: Tensor) -> Tensor:
        """From the weighted nearness to a user's items (P, C) and the log popularity (C,)."""
        content = nn.functional.softplus(self.content) * torch.log(nearness + LEAST)
        found: Tensor = content + self.popular * known
        return found


def directions_of(vectors: np.ndarray) -> np.ndarray:
    """Vectors (I, D) in their first principal directions (I, k), of mean square length 1."""
    apart = vectors.astype(np.float64) - vectors.mean(axis=0)
    k = max(1, min(DIRECTIONS, len(vectors) // ITEMS_A_DIRECTION, vectors.shape[1]))
    spread, axes = np.linalg.eigh(apart.T @ apart)
    axes = axes[:, np.argsort(spread)[::-1][:k]]
    # An axis has no sign of its own; ours has its largest entry above 0.
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])] < 0, -1, 1)
    found: np.ndarray = apart @ axes
    return found / max(float(np.sqrt((found**2).sum(axis=1).mean())), 1e-12)


def fit(
    vectors: np.ndarray,
    split: Split,
    seed: int = 0,
    in_time: Callable[[], bool] = lambda: True,
    tick: Callable[[int], None] = lambda _: None,
) -> FittedHead:
    """Learn from what each user took, and keep the pass that is best on those to tune on.

    in_time: asked after each pass; what is best so far is kept where it says no. The same
    arguments give the same head.
    """
    known = log_popularity(split.learn, split.n_items)
    random = np.random.default_rng(seed)
    taken = [one for one in split.learn if len(one) > 1]
    if len(taken) > USERS:
        taken = [taken[at] for at in sorted(random.choice(len(taken), USERS, replace=False))]
    head = SequenceHead(directions_of(vectors))
    few = max(LEAST_TUNED, _TUNED // split.n_items)
    asked = split.tuning[:: max(1, -(-len(split.tuning) // few))]
    before = by_popularity(known, asked)
    best, state, kept = before.mean(), None, before
    passes, waited, cut_short = 0, 0, False
    with deterministic(seed):
        optimizer = torch.optim.Adam(
            [
                {"params": [head.map], "lr": MAP_RATE, "weight_decay": TOWARDS_IDENTITY},
                {"params": [p for name, p in head.named_parameters() if name != "map"], "lr": RATE},
            ]
        )
        while passes < PASSES and waited < PATIENCE and taken:
            one_pass(head, optimizer, taken, known, random)
            passes, waited = passes + 1, waited + 1
            tick(passes)
            now = likelihoods(head, asked, known)
            if len(now) == 0 or now.mean() > best:
                best, kept, waited = now.mean() if len(now) else best, now, 0
                state = {name: value.clone() for name, value in head.state_dict().items()}
            if not in_time():
                cut_short = True
                break
    gain = kept - before
    # Without anybody to tune on the last pass is taken as it is.
    sure = len(gain) < 2 or gain.mean() > SURE * gain.std(ddof=1) / len(gain) ** 0.5
    if state is not None:
        head.load_state_dict(state)
    return FittedHead(head.eval(), state is not None and bool(sure), passes, cut_short)


def one_pass(
    head: SequenceHead,
    optimizer: torch.optim.Optimizer,
    taken: Sequence[Sequence[int]],
    known: Tensor,
    random: np.random.Generator,
) -> None:
    """Every user once, from a place of the sequence that is drawn."""
    n_items = len(known)
    size = max(1, min(BATCH, _NUMBERS // (LAST * min(n_items, COMPETING))))
    order = random.permutation(len(taken))
    for start in range(0, len(order), size):
        rows = [window(taken[at], random) for at in order[start : start + size]]
        whole = filled(rows, max(map(len, rows)))  # (B, N+1)
        last, following = whole[:, :-1], whole[:, 1:]
        ids = torch.arange(n_items)
        if n_items > COMPETING:
            drawn = torch.from_numpy(random.choice(n_items, COMPETING, replace=False))
            ids = torch.unique(torch.cat([drawn, following[following >= 0]]))
        places = torch.arange(last.shape[1])
        weights = head.weights((places[:, None] - places[None]).float())[None]  # (1, N, N)
        weights = weights * (last >= 0)[:, None, :]
        weights = weights / weights.sum(dim=-1, keepdim=True).clamp(min=LEAST)
        asked = following >= 0  # (B, N), of which there are P
        nearness = (weights @ head.near(last, ids))[asked]  # (P, C)
        scores = head.score(nearness, known[ids]).masked_fill(had_of(rows, ids), -torch.inf)
        loss = nn.functional.cross_entropy(scores, torch.searchsorted(ids, following[asked]))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def window(items: Sequence[int], random: np.random.Generator) -> Sequence[int]:
    if len(items) <= LAST + 1:
        return items
    start = int(random.integers(0, len(items) - LAST))
    return items[start : start + LAST + 1]


def had_of(rows: Sequence[Sequence[int]], ids: Tensor) -> Tensor:
    """Whether an item was had when the next one was asked for, bool (P, C); P as rows go by."""
    lines: list[int] = []
    had: list[int] = []
    at = 0
    for row in rows:
        for place in range(len(row) - 1):
            lines += [at] * (place + 1)
            had += row[: place + 1]
            at += 1
    found = torch.zeros(at, len(ids), dtype=torch.bool)
    items = torch.tensor(had)
    places = torch.searchsorted(ids, items).clamp(max=len(ids) - 1)
    there = ids[places] == items
    found[torch.tensor(lines)[there], places[there]] = True
    return found


def filled(rows: Sequence[Sequence[int]], wide: int) -> Tensor:
    """Rows of one width; -1 fills up behind."""
    found = torch.full((len(rows), wide), -1)
    for at, row in enumerate(rows):
        found[at, : len(row)] = torch.tensor(row)
    return found


def log_popularity(sequences: Sequence[Sequence[int]], n_items: int) -> Tensor:
    """(I,)"""
    return torch.log1p(torch.from_numpy(counts(sequences, n_items)).float())


def scorer(head: SequenceHead, known: Tensor | None) -> Scorer:
    """A fitted head on all items; without popularity, by what texts say alone."""
    n_items = len(head.vectors)
    shown = torch.zeros(n_items) if known is None else known

    def score(questions: Sequence[Question]) -> np.ndarray:
        size = max(1, _NUMBERS // (LAST * n_items))
        found = []
        with torch.inference_mode():
            for start in range(0, len(questions), size):
                rows = [q.history[-LAST:] for q in questions[start : start + size]]
                found.append(scores_of(head, rows, shown).numpy())
        return np.concatenate(found)

    return score


def scores_of(head: SequenceHead, rows: Sequence[Sequence[int]], known: Tensor) -> Tensor:
    """Of all items after the last of each row, (B, I)."""
    lengths = torch.tensor([len(row) for row in rows])
    last = filled(rows, int(lengths.max()))
    ages = lengths[:, None] - 1 - torch.arange(last.shape[1])[None]  # (B, N)
    weights = head.weights(ages.float())
    weights = weights / weights.sum(dim=-1, keepdim=True).clamp(min=LEAST)
    near = head.near(last, torch.arange(len(known)))  # (B, N, I)
    return head.score((weights[:, None, :] @ near)[:, 0], known)


def likelihoods(head: SequenceHead, questions: Sequence[Question], known: Tensor) -> np.ndarray:
    """Log probability of each target among what the user did not have, (Q,)."""
    whole, found = scorer(head, known), []
    size = max(1, _NUMBERS // len(known))
    for start in range(0, len(questions), size):
        block = questions[start : start + size]
        found.append(log_shares(whole(block), block))
    return np.concatenate(found) if found else np.zeros(0)


def by_popularity(known: Tensor, questions: Sequence[Question]) -> np.ndarray:
    """The same of how often items were taken, and of nothing else, (Q,)."""
    told, found = known.numpy(), []
    size = max(1, _NUMBERS // len(told))
    for start in range(0, len(questions), size):
        block = questions[start : start + size]
        found.append(log_shares(np.broadcast_to(told, (len(block), len(told))), block))
    return np.concatenate(found) if found else np.zeros(0)


def log_shares(scores: np.ndarray, questions: Sequence[Question]) -> np.ndarray:
    left = np.array(scores, dtype=np.float64)
    for line, question in zip(left, questions, strict=True):
        line[list(question.history)] = -np.inf
    most = left.max(axis=1, keepdims=True)
    whole = np.log(np.exp(left - most).sum(axis=1)) + most[:, 0]
    mine = left[np.arange(len(left)), [question.target for question in questions]]
    found: np.ndarray = mine - whole
    return found
