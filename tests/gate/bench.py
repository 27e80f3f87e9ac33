"""A folder with a task, a catalog and a lock, to change one thing at a time and gate again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pick_model.cli.main import main
from pick_model.documents.probe import LedgerLine
from pick_model.documents.reader import read_yaml
from pick_model.gate.digest import CONTENT, lock_digest
from pick_model.render.yaml_text import as_yaml

from .world import COMMITS, write_catalog

TODAY = "2027-03-01"
TASK = """\
task: text-classification
languages: [en]
n_labels: 12
n_rows: 8000
input_tokens: 64
hardware: nvidia-t4
weights:
  transferability: 0
  pretraining_data: 1
  architecture: 0
  training_time: 0
  compute: 0
"""
DATA = "text,label\nhello,greeting\n"


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    def checks(self, code: str) -> list[dict[str, Any]]:
        return [check for check in self.report["checks"] if check["code"] == code]


class Bench:
    """A working folder; `gate` and the rest run in this process."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        compiled: Callable[..., Path],
    ) -> None:
        self.folder = folder
        self._patch = monkeypatch
        self._capsys = capsys
        self._compiled = compiled
        monkeypatch.chdir(folder)
        monkeypatch.delenv("HF_ENDPOINT", raising=False)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        self.catalog()
        self.write("task.yaml", TASK)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def catalog(
        self,
        changes: Mapping[str, Mapping[str, Any]] | None = None,
        arrivals: Mapping[str, float] | None = None,
    ) -> None:
        """The catalog the program ships from now on."""
        self._patch.setattr("pick_model.catalog.load.SHIPPED", self._compiled(changes, arrivals))

    def run(self, *words: str) -> Done:
        self._capsys.readouterr()
        code = main(list(words))
        out, err = self._capsys.readouterr()
        return Done(code, out, err)

    def lock(self, model: str = "acme-base", *words: str, remote_code: bool | None = False) -> Done:
        """Lock offline; `remote_code` is what the Hub would have told."""
        done = self.run("lock", "task.yaml", model, "--offline", "--today", TODAY, *words)
        assert done.code == 0, done.err
        if remote_code is not None:
            told = {"remote_code": remote_code, "facts_from": "hub"}
            self.edit_lock(lambda plain: plain["model"].update(told))
        return done

    def edit_lock(self, change: Callable[[dict[str, Any]], object], *, seal: bool = True) -> None:
        """Change the lock's values, as an older or another run of `lock` would have left them."""
        path = self.folder / "pick-model.lock"
        plain = read_yaml(path).value
        change(plain)
        if seal:
            plain[CONTENT] = lock_digest(plain)
        path.write_text(as_yaml(plain), encoding="utf-8")

    def policy(self, text: str) -> None:
        self.write("policy.yaml", text)

    def probe(self, name: str = "report.json", **changes: Any) -> str:
        """Write a probe's report and return its name."""
        self.write(name, json.dumps(probe_report(**changes)))
        return name

    def gate(self, *words: str) -> Done:
        shape = () if "--format" in words else ("--format", "json")
        return self.run("gate", "--today", TODAY, *shape, *words)

    def line(self, file: str, number: int) -> str:
        return (self.folder / file).read_text(encoding="utf-8").splitlines()[number - 1]


def ledger(scores: Mapping[str, float]) -> str:
    """A ledger of one's own probes: model -> expected score of the full fine-tune."""
    lines = [
        LedgerLine(
            model=model,
            revision=None,
            weights_digest="e" * 64,
            data_digest="d" * 64,
            data_source="train.csv",
            kind="single-label",
            method="full",
            metric="accuracy",
            score=score,
            interval=(score - 0.01, score + 0.01),
            extrapolated=score,
            extrapolated_interval=(score - 0.01, score + 0.01),
            verdict="transfers",
            rows=800,
            steps=120,
            seeds=3,
            baselines={"tfidf": 0.7},
            step_seconds=None,
            peak_memory_gib=None,
            device="cpu",
            versions={},
        )
        for model, score in scores.items()
    ]
    return "".join(line.model_dump_json() + "\n" for line in lines)


def probe_report(
    model: str = "acme/base",
    revision: str | None = COMMITS["acme-base"],
    score: float = 0.90,
    half: float = 0.01,
    gain: tuple[float, float, float] = (0.05, 0.03, 0.07),
    metric: str = "accuracy",
    made_on: str | None = "2027-02-01",
    digest: str | None = "d" * 64,
    **more: Any,
) -> dict[str, Any]:
    """A report in the shape of `pick-model probe --format json`, with a field to come."""
    value, low, high = gain
    return {
        "schema_version": 1,
        "command": "probe",
        "made_on": made_on,
        "data": {"source": "train.csv", "digest": digest, "rows_train": 800},
        "environment": {"device": "cpu", "threads": 2},
        "results": [
            {
                "model": model,
                "revision": revision,
                "verdict": "transfers",
                "metric": metric,
                "score": score,
                "interval": [score - half, score + half],
                "baselines": {
                    "majority": {
                        "score": 0.3,
                        "difference": {"value": 0.6, "low": 0.5, "high": 0.7},
                        "in_verdict": True,
                    },
                    "tfidf": {
                        "score": score - value,
                        "difference": {"value": value, "low": low, "high": high},
                        "in_verdict": True,
                    },
                    "frozen": {
                        "score": 0.99,
                        "difference": {"value": -0.1, "low": -0.2, "high": 0.0},
                        "in_verdict": False,
                    },
                },
                "seeds": [0, 1, 2],
                "steps": 120,
                "rows": 800,
                "method": "full",
                "seconds": 12.5,
                "peak_memory_gib": 1.2,
                "weights_digest": "e" * 64,
                **more,
            }
        ],
        "a_field_of_a_later_version": {"x": 1},
    }


def compiled_in(folder: Path) -> Callable[..., Path]:
    """A compiler of the world's catalog that works each variant out once."""
    made: dict[str, Path] = {}

    def compiled(
        changes: Mapping[str, Mapping[str, Any]] | None = None,
        arrivals: Mapping[str, float] | None = None,
    ) -> Path:
        key = json.dumps([changes, arrivals])
        if key not in made:
            made[key] = write_catalog(folder / str(len(made)), changes, arrivals)
        return made[key]

    return compiled
