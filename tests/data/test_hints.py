"""A hint works when typed: what a refusal proposes leads to a reading."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pick_model.data.dataset import Dataset
from pick_model.data.read import read_dataset
from pick_model.errors import InputError
from tests.data.build import Write
from tests.told import words

TEXTS = tuple(f"the {a} {b} never arrived" for a in ("red", "blue") for b in ["kettle", "lamp"])
N = 24
_OPTION = re.compile(r"--[a-z-]+ (?:'[^']*'|[^\s)]+)")


def jsonl(make: Callable[[int], object]) -> str:
    return "".join(json.dumps(make(i)) + "\n" for i in range(N))


def table(header: str, make: Callable[[int], str]) -> str:
    lines = ([header] if header else []) + [make(i) for i in range(N)]
    return "\n".join(lines) + "\n"


def text(i: int) -> str:
    return f"{TEXTS[i % 4]} on day {i}"


def label(i: int) -> str:
    return ("late", "lost", "fine")[i % 3]


WORDS = (("Mia", "B-PER"), ("left", "O"), ("Oslo", "B-LOC"), ("today", "O"))


def token(i: int, mark: str = ",") -> str:
    return mark.join(WORDS[i % 4])


# what the refusal is about: file, content, part of the message
REFUSED = {
    "misspelt label": ("d.csv", table("text,lable", lambda i: f"{text(i)},{label(i)}"), "no label"),
    "label of another name": (
        "d.csv",
        table("text,what it is", lambda i: f"{text(i)},{label(i)}"),
        "no label",
    ),
    "label among other columns": (
        "d.csv",
        table("row,text,outcome", lambda i: f"{i},{text(i)},{label(i)}"),
        "no label",
    ),
    "text of another name": (
        "d.csv",
        table("label,Voice of Customer,Agent", lambda i: f"{label(i)},{text(i)},Kim Lee {i}"),
        "no text",
    ),
    "header missing": ("d.csv", table("", lambda i: f"{text(i)},{label(i)}"), "data, where names"),
    "header missing, three columns": (
        "d.csv",
        table("", lambda i: f'"{i % 3}","{text(i)[:9]}","{text(i)}"'),
        "data, where names",
    ),
    "header missing, a name twice": (
        "d.tsv",
        table("", lambda i: f"{text(i)}\t{label(i)}\t{text(i)}"),
        "data, where names",
    ),
    "chat": (
        "d.jsonl",
        jsonl(
            lambda i: {
                "messages": [
                    {"role": "system", "content": "Sort it."},
                    {"role": "user", "content": text(i)},
                    {"role": "assistant", "content": label(i)},
                ]
            }
        ),
        "chats",
    ),
    "chat of from and value": (
        "d.jsonl",
        jsonl(
            lambda i: {
                "conversations": [
                    {"from": "human", "value": text(i)},
                    {"from": "gpt", "value": label(i)},
                ]
            }
        ),
        "chats",
    ),
    "instructions": (
        "d.jsonl",
        jsonl(lambda i: {"instruction": "Sort it.", "input": text(i), "output": label(i)}),
        "no label",
    ),
    "choices of an annotation tool": (
        "d.jsonl",
        jsonl(
            lambda i: {
                "data": {"text": text(i)},
                "annotations": [{"result": [{"value": {"choices": [label(i)]}}]}],
            }
        ),
        "no label",
    ),
    "object for a label": (
        "d.jsonl",
        jsonl(lambda i: {"text": text(i), "label": {"name": label(i), "by": "me"}}),
        "holds objects",
    ),
    "sentences under another name": (
        "d.csv",
        table("story,word,tag", lambda i: f"{i // 4},{token(i)}"),
        "one token a row",
    ),
    "words that may be texts": (
        "d.csv",
        table("token,label", lambda i: f"{'ab'[i % 2] * (i + 1)},{label(i)}"),
        "one token a row",
    ),
    "numbers that count": ("d.csv", table("text,y", lambda i: f"{text(i)},{i}"), "count the rows"),
    "chat beside a label": (
        "d.jsonl",
        jsonl(lambda i: {"messages": [{"role": "user", "content": text(i)}], "label": label(i)}),
        "holds objects",
    ),
    "tags in lists beside a sentence": (
        "d.csv",
        table("Sentence,Tag", lambda i: f"in Oslo {i},\"['O', 'B-LOC', 'O']\""),
        "are tags of tokens",
    ),
    "tags with spaces between beside a text": (
        "d.jsonl",
        jsonl(lambda i: {"text": f"in Oslo {i}", "labels": "O B-LOC O"}),
        "are tags of tokens",
    ),
    "decimal commas": (
        "d.csv",
        table("text,score", lambda i: f'{text(i)},"{i % 5 - 2},{i % 2 * 5}"'),
        "decimal comma",
    ),
    "nearly as many sets as rows": (
        "d.csv",
        table("text,tags", lambda i: f'{text(i)},"t{i % 14}, u{i % 13}, v{i % 2}"'),
        "too few",
    ),
    "labels left empty": (
        "d.csv",
        table("text,label", lambda i: f"{text(i)},{label(i) if i % 4 else ''}"),
        "empty label",
    ),
    "inner and outer entities": (
        "d.conll",
        "".join(f"{t}\tB-LOC\tB-LOC\nnow\tO\tO\n\n" for t in ("Oslo", "Rome", "Kyiv")),
        "several columns",
    ),
}
EITHER = {  # two readings compete, and each has its option
    "ids or decimals": (
        "d.csv",
        table("text,labels", lambda i: f'{text(i)},"{i % 3},{i % 3 + 4}"'),
        {"multi-label", "regression"},
    ),
    "inner and outer entities": (*REFUSED.pop("inner and outer entities")[:2], {"tokens"}),
}


@pytest.fixture
def probe_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Path, list[str]], Dataset]:
    """`pick-model probe` up to the point where rows are read."""
    pytest.importorskip("torch")
    import typer

    from pick_model.cli.probe import probe

    app = typer.Typer()
    app.command()(probe)

    class Read(Exception):
        pass

    def stop(_models: Any, train: Dataset, heldout: Dataset, *_: Any, **__: Any) -> None:
        read.append((train, heldout))
        raise Read

    read: list[tuple[Dataset, Dataset]] = []
    monkeypatch.setattr("pick_model.measure.probe.run.probe", stop)

    def go(path: Path, options: list[str]) -> Dataset:
        words = ["org/model", "--data", str(path), "--eval-data", str(path), *options]
        with pytest.raises(Read):
            app(words, standalone_mode=False)
        train, heldout = read.pop()
        assert (train.labels, train.label_names) == (heldout.labels, heldout.label_names)
        return train

    return go


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_dataset(path)
    return caught.value


def typed_options(error: InputError) -> list[list[str]]:
    return [shlex.split(found) for found in _OPTION.findall(words(error.hint))]


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_the_options_that_a_refusal_names_lead_to_a_reading(
    write: Write, case: tuple[str, str, str], probe_reads: Callable[[Path, list[str]], Dataset]
) -> None:
    name, content, message = case
    path = write(name, content)
    error = refusal(path)
    assert message in words(error.message)
    options = typed_options(error)
    assert options
    assert len(probe_reads(path, [word for option in options for word in option])) > 2


@pytest.mark.parametrize("case", EITHER.values(), ids=EITHER)
def test_where_two_readings_compete_each_has_an_option_that_decides(
    write: Write,
    case: tuple[str, str, set[str]],
    probe_reads: Callable[[Path, list[str]], Dataset],
) -> None:
    name, content, kinds = case
    path = write(name, content)
    options = typed_options(refusal(path))
    assert len(options) == 2
    assert {probe_reads(path, option).kind for option in options} == kinds


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.tsv", "token\ttag\n" + "\n".join(f"{token(i, chr(9))}\n" for i in range(8))),
        ("d.csv", "token,tag\n" + "\n".join(f"{token(i)}\n" for i in range(8))),
        ("d.tsv", "\n".join(f"{token(i, chr(9))}\n" for i in range(8))),
        ("d.csv", "\n".join(f"{token(i)}\n" for i in range(8))),
    ],
    ids=["tsv", "csv", "tsv without header", "csv without header"],
)
@pytest.mark.skipif(shutil.which("sh") is None, reason="the hint is for a shell")
def test_the_command_that_makes_conll_of_a_table_works(
    write: Write, name: str, content: str
) -> None:
    path = write(name, content)
    hint = words(refusal(path).hint)
    subprocess.run(["sh", "-c", hint.rpartition(": ")[2]], cwd=path.parent, check=True)
    found = read_dataset(path.with_suffix(".conll"))
    assert found.tokens == tuple((WORDS[i % 4][0],) for i in range(8))
