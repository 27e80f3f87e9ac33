"""Thousands of broken locks and policies: a code of 0 to 3 and one line, never a traceback.

The mutations are of three kinds: of the text (bytes cut, doubled, swapped), of its lines, and of
its values (the wrong type, an extreme, a missing or doubled key), the last sealed again, so that
they get past the digest. Seeds are fixed: a failure names the case that shows it again.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from pick_model.documents.reader import read_yaml
from pick_model.gate.digest import CONTENT, lock_digest
from pick_model.render.yaml_text import as_yaml

from .bench import TODAY, Bench

POLICY = """\
schema_version: 1
license: [permissive, MIT]
limits: {max_parameters: 400000000, max_serving_memory_gib: 4, bound: high}
models: {ban: [borg-base]}
families: {require: [acme]}
ranking: {margin: 0.1}
probe: {required: true, min_score: 0.8, max_age_days: 90, baselines: [tf-idf], data: train.csv}
discover: {exclude: ["*.txt"], models: [a/b]}
rules: {PM601: error, superseded: note}
exceptions:
- rule: PM405
  model: acme/base
  owner: ana
  reason: a trial
  expires: 2027-06-30
"""
WRONG: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 0.5, 1e308, 10**17, "", "x", "no", "0" * 40, "a" * 64, "/abs",
    "../../../../etc/passwd", "task.yaml", "2027-02-30", "9999-12-31", "0001-01-01", "é\u202e\t\n",
    "x" * 600, [], {}, [[]], [None], {"a": 1}, ["a", 1], [0.1, 0.2], [0.9, 0.1], "PM101", "PM999",
    "permissive", "high", "error",
)  # fmt: skip
PIECES = (
    ":", "\n", "  ", "- ", "{", "}", "[", "]", "'", '"', "#", "&a ", "*a", "!!", "|", ">", "%", "\t",
    "\x00", "\x07", "\ufeff", "é", "<<: ", "---\n", "...\n", "? ", "@", "`", ",",
)  # fmt: skip
# Of each kind; the lock and the policy are what people edit and merge.
CASES = {"pick-model.lock": 350, "policy.yaml": 350, "report.json": 60, "task.yaml": 60}


def cut_bytes(text: str, chance: random.Random) -> bytes:
    data = bytearray(text.encode())
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            del data[at : at + chance.randint(1, 30)]
        elif kind == 1:
            data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 3)))
        elif kind == 2:
            data[at:at] = chance.choice(PIECES).encode()
        else:
            del data[at:]
    return bytes(data)


def shuffle_lines(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    for _ in range(chance.randint(1, 3)):
        if not lines:
            break
        at = chance.randrange(len(lines))
        kind = chance.randrange(5)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, chance.choice(lines))
        elif kind == 2:
            lines[at] = " " * chance.randint(0, 4) + lines[at].lstrip()
        elif kind == 3:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] = lines[at].replace(":", chance.choice(PIECES), 1)
    return "".join(lines)


def change_values(plain: Any, chance: random.Random) -> None:
    """Change one to three values, or keys, anywhere in the document."""
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(places(plain)))
        kind = chance.randrange(5)
        if kind == 0 and isinstance(holder, dict):
            del holder[key]
        elif kind == 1 and isinstance(holder, dict):
            holder[chance.choice(["extra", str(key) + "s", str(key).upper()])] = holder[key]
        else:
            holder[key] = chance.choice(WRONG)


def places(value: Any) -> Any:
    """Every (container, key) of a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(inside):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


def settled(bench: Bench) -> tuple[str, str]:
    """A lock with a probe and a policy that asks for everything; their texts."""
    bench.write("train.csv", "text,label\n")
    bench.lock("acme-base", "--probe", bench.probe())
    bench.policy(POLICY)
    assert bench.gate().code in (0, 1, 3)
    return (bench.folder / "pick-model.lock").read_text(encoding="utf-8"), POLICY


def mutated(name: str, text: str, path: Path, kind: str, chance: random.Random) -> bytes:
    if kind == "bytes":
        return cut_bytes(text, chance)
    if kind == "lines":
        return shuffle_lines(text, chance).encode()
    plain = read_yaml(path).value
    change_values(plain, chance)
    if name == "pick-model.lock" and chance.random() < 0.7 and CONTENT in plain:
        plain[CONTENT] = lock_digest(plain)
    return (json.dumps(plain) if name == "report.json" else as_yaml(plain)).encode()


@pytest.mark.parametrize("name", ["pick-model.lock", "policy.yaml", "report.json", "task.yaml"])
@pytest.mark.parametrize("kind", ["bytes", "lines", "values"])
def test_a_mutated_file_ends_in_a_code_and_one_line(name: str, kind: str, bench: Bench) -> None:
    settled(bench)
    path = bench.folder / name
    text = path.read_text(encoding="utf-8")
    if name == "report.json" and kind == "lines":
        text = json.dumps(json.loads(text), indent=1)
    more = ["--probe", "report.json"] if name == "report.json" else []
    codes = set()
    for seed in range(CASES[name]):
        path.write_text(text, encoding="utf-8")
        path.write_bytes(mutated(name, text, path, kind, random.Random(f"{name} {kind} {seed}")))
        done = bench.run("gate", "--today", TODAY, "--offline", *more)
        assert done.code in (0, 1, 2, 3), (seed, done.err, path.read_bytes())
        assert len(done.err.splitlines()) == (1 if done.code == 2 else 0), (seed, done.err)
        assert "Traceback" not in done.out + done.err
        codes.add(done.code)
    assert 2 in codes
    assert codes & {0, 1, 3}
