"""Hints that are commands: typed as they stand, they make a file that reads."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pick_model.data.read import read_dataset
from pick_model.errors import InputError
from tests.data.build import Write
from tests.told import words

ROWS = [(f"the kettle number {i} leaks again", ("repair", "praise")[i % 2]) for i in range(12)]
OBJECTS = [{"text": text, "label": label} for text, label in ROWS]
TABLE = "".join(f"{text},{label}\n" for text, label in ROWS)


def lines(rows: list[object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def chat(text: str, label: str, at: int, parts: bool = False) -> dict[str, object]:
    """The answer is the label; every other chat begins with what the system is told."""
    content: object = [{"type": "text", "text": text}] if parts else text
    said = [{"role": "user", "content": content}, {"role": "assistant", "content": label}]
    return {"messages": [{"role": "system", "content": "Sort."}, *said][at % 2 :]}


CHATS = [chat(text, label, i) for i, (text, label) in enumerate(ROWS)]
PARTS = [chat(text, label, i, parts=True) for i, (text, label) in enumerate(ROWS)]
COLUMNS = {
    name: {str(i): row[place] for i, row in enumerate(ROWS)}
    for place, name in enumerate(("text", "label"))
}
# name of the file -> content, program that the command needs
FILES: dict[str, tuple[str, str | bytes, str]] = {
    "array": ("d.json", json.dumps(OBJECTS), "jq"),
    "array over lines": ("d.json", json.dumps(OBJECTS, indent=1), "jq"),
    "array under the name of lines": ("d.jsonl", json.dumps(OBJECTS), "jq"),
    "packed array": ("d.json.gz", json.dumps(OBJECTS), "jq"),
    "lists": ("d.jsonl", lines([list(row) for row in ROWS]), "jq"),
    "lists, label first": ("d.jsonl", lines([list(row[::-1]) for row in ROWS]), "jq"),
    "objects over lines": (
        "lines.jsonl",
        "\n".join(json.dumps(o, indent=1) for o in OBJECTS),
        "jq",
    ),
    "rows under a key": ("d.json", json.dumps({"my rows": OBJECTS, "n": 12}), "jq"),
    "rows under a key of a key": ("d.json", json.dumps({"data": {"rows": OBJECTS}}), "jq"),
    "a key for each row": (
        "d.json",
        json.dumps({f"call-{i}": row for i, row in enumerate(OBJECTS)}),
        "jq",
    ),
    "objects one after another": ("d.jsonl", "".join(map(json.dumps, OBJECTS)), "jq"),
    "columns of objects": ("d.json", json.dumps(COLUMNS), "jq"),
    "columns of lists": (
        "d.json",
        json.dumps({name: list(cells.values()) for name, cells in COLUMNS.items()}),
        "jq",
    ),
    "chats of several lengths": ("d.jsonl", lines(list(CHATS)), "jq"),
    "chats in parts": ("d.jsonl", lines(list(PARTS)), "jq"),
    "a line before the header": ("d.csv", "# by export 2.1\ntext,label\n" + TABLE, "tail"),
    "a title and a blank line": ("d.csv", "Calls of May\n\ntext,label\n" + TABLE, "tail"),
    "another encoding": ("d.csv", ("text,label\n" + TABLE).encode("utf-16"), "iconv"),
    "another encoding, packed": ("d.csv.gz", ("text,label\n" + TABLE).encode("utf-16"), "iconv"),
    "a table in Markdown": (
        "d.csv",
        "| text | label |\n|:--|---|\n" + "".join(f"| {t} | {lab} |\n" for t, lab in ROWS),
        "sed",
    ),
}


def command(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_dataset(path)
    found = re.search(r"(zcat|jq|tail|iconv|sed|cat) .*", words(caught.value.hint))
    assert found is not None, caught.value.hint
    return found[0]


def run(line: str, where: Path) -> None:
    subprocess.run(["sh", "-c", line], cwd=where, check=True)


@pytest.mark.parametrize("case", FILES)
@pytest.mark.skipif(shutil.which("sh") is None, reason="the hint is for a shell")
def test_a_command_makes_a_file_that_reads_and_leaves_all_others_as_they_are(
    write: Write, tmp_path: Path, case: str
) -> None:
    name, content, program = FILES[case]
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")
    path = write(f"it's {name}", content)
    stem = path.name.partition(".")[0]
    for suffix in (".jsonl", "-table.csv", "-utf8.csv", "-pairs.jsonl"):
        if stem + suffix != path.name:
            write(stem + suffix, "somebody's own\n")
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    run(command(path), tmp_path)
    assert {file: file.read_bytes() for file in before} == before
    (made,) = set(tmp_path.iterdir()) - set(before)
    found = read_dataset(made)
    assert found.texts == tuple(text for text, _ in ROWS)
    assert [found.label_names[label] for label in found.labels] == [  # type: ignore[call-overload]
        label for _, label in ROWS
    ]


def test_a_file_whose_name_is_an_option_is_no_option(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("-n.json", json.dumps(OBJECTS))
    monkeypatch.chdir(tmp_path)
    assert "./-n.json > ./-n.jsonl" in command(Path("-n.json"))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("d.csv", b"PK\x03\x04" + bytes(60), "ZIP archive"),
        ("d.csv", b"PAR1" + bytes(60), "is Parquet"),
        ("d.jsonl", b"%PDF-1.7\n" + bytes(60), "PDF"),
        ("d.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "Git LFS"),
        ("d.tsv", "\n<!DOCTYPE HTML><html><body>Not found</body></html>\n", "web page"),
        ("d.conll", b"SQLite format 3\0" + bytes(60), "SQLite"),
    ],
)
def test_a_file_of_another_kind_is_told_by_its_first_bytes(
    write: Write, name: str, content: str | bytes, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        read_dataset(write(name, content))
