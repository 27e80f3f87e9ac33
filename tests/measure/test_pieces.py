"""A piece follows from its inputs alone, and a record that is damaged is made again."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from pick_model.documents.probe import deterministic_part
from pick_model.encoders.resolve import resolve
from pick_model.measure.probe import make
from pick_model.measure.probe.baselines import Effort
from pick_model.measure.probe.bench import Bench, EncodedSets
from pick_model.measure.probe.desk import Desk
from pick_model.measure.probe.pieces import Inputs, inputs_of
from pick_model.measure.probe.prepare import prepare
from pick_model.measure.probe.rows import make_sets
from pick_model.measure.probe.run import probe
from pick_model.measure.probe.settings import Progress, Settings
from pick_model.measure.probe.work import Work
from tests.measure.conftest import make_rows

KINDS = ["single-label", "multi-label", "regression", "tokens"]


def quick(cache: Path) -> Settings:
    return Settings(
        max_steps=6, seeds=1, batch=16, precision="fp32", learning_rate=1e-3, cache=cache
    )


def timeless(record: Any) -> dict[str, Any]:
    clocked = ("timing", "seconds", "reading_seconds")
    return {k: v for k, v in dataclasses.asdict(record).items() if k not in clocked}


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_is_given_the_same_inputs_makes_the_same_pieces(
    tiny: Path, tmp_path: Path, kind: str
) -> None:
    sets = make_sets(make_rows(kind, 90), make_rows(kind, 40, seed=9), 0)
    inputs = inputs_of(resolve(str(tiny)), sets, quick(tmp_path))
    work = Work(Desk(inputs, tmp_path), prepare(Desk(inputs, tmp_path)))
    kept = work.frozen_on(72), work.run(72, 1.0, 0, 1e-3), work.trivial_on(72)

    sent: Inputs = pickle.loads(pickle.dumps(inputs))
    bench = Bench(sent)
    lengths = make.lengths(bench)
    assert lengths == work.setup.lengths
    rows = EncodedSets(bench, sent, lengths.max_length, 72)
    head = make.frozen_fit(rows, rows.features(72), 72, 72, 0.0)
    steps = work.setup.steps(72, 1.0)
    wanted = make.RunInputs(72, 1.0, 0, 1e-3, steps, work.costs.evaluations(steps))
    run = make.run(rows, head.head, wanted)
    trivial = make.trivial(sent, Effort(72))
    other = Desk(inputs, tmp_path / "other").store
    for mine, theirs in zip((head, run, trivial), kept, strict=True):
        assert timeless(other.put({"piece": "any"}, mine)) == timeless(theirs)


def test_damaged_records_are_named_and_made_again_and_the_report_is_the_same(
    tiny: Path, tmp_path: Path
) -> None:
    ticks: list[Progress] = []
    data = make_rows("single-label", 90), make_rows("single-label", 40, seed=9)
    first = probe([str(tiny)], *data, quick(tmp_path), ticks.append)
    assert not [tick for tick in ticks if tick.note and tick.note.code == "piece-damaged"]
    files = list((tmp_path / "probe").rglob("*.json"))
    for file in files:
        file.write_text(file.read_text()[:-5])
    second = probe([str(tiny)], *data, quick(tmp_path), ticks.append)
    named = [tick.note for tick in ticks if tick.note and tick.note.code == "piece-damaged"]
    assert sorted(str(note.values["path"]) for note in named) == sorted(map(str, files))
    assert second.results[0].timing.resumed == 0
    assert deterministic_part(first) == deterministic_part(second)
