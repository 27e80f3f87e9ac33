"""How the tests write small files and read the real data sets."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from pick_model.data.dataset import Dataset
from pick_model.data.read import read_dataset
from tests.data.build import Load, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and gives its path; text as UTF-8, a name that ends in .gz gzipped."""

    def write_file(name: str, content: str | bytes) -> Path:
        data = content.encode() if isinstance(content, str) else content
        path = tmp_path / name
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write_file


@pytest.fixture(scope="session")
def load(test_data: Path) -> Load:
    """Reads the training and the test rows of one of the real data sets, once a session."""
    loaded: dict[str, tuple[Dataset, Dataset]] = {}

    def load_set(name: str) -> tuple[Dataset, Dataset]:
        if name not in loaded:
            suffix = "csv" if (test_data / name / "train.csv").exists() else "jsonl"
            train = read_dataset(test_data / name / f"train.{suffix}")
            test = read_dataset(
                test_data / name / f"test.{suffix}", kind=train.kind, label_names=train.label_names
            )
            loaded[name] = train, test
        return loaded[name]

    return load_set
