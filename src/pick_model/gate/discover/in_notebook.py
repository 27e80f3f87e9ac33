"""Hub models in a notebook: its code cells as one module, its magics as commands."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

from pick_model.gate.discover import in_commands, in_python
from pick_model.gate.discover.references import Found, Perhaps, Unread, Use
from pick_model.words.say import message

SHELLS = frozenset({"bash", "sh", "script", "system", "sx", "!"})
# Cell magics under which the cell is Python still.
PYTHON = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "px"})
MAX_MISSES = 20  # lines not found as they would be written; a search reads the whole file
MAX_CODE = 1 << 20  # bytes, as of a module
COMMAND = re.compile(r"^(\s*)(?:\w+\s*=\s*)?(?:!|%(?:sx|system)\s)(.*)$")
MAGIC = re.compile(r"^(\s*)(?:%|\?)|^(\s*)[\w.]+\?{1,2}\s*$")


def uses(text: str, file: str) -> Iterator[Found]:
    """Every model that the code cells of a notebook load."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        yield Unread(file, 1, message("not-json"))
        return
    cells = list(_cells(plain))
    if sum(len(line) + 1 for cell in cells for line in cell) > MAX_CODE:
        yield Unread(file, 1, message("too-much-code", mib=MAX_CODE >> 20))
        return
    places = _Places(text)
    module: list[tuple[int, str]] = []  # lines of Python with their lines in the file
    for cell in cells:
        lines = places.of(cell)
        kind = _magic(lines[0][1]) if lines else ""
        if kind in SHELLS:
            yield from _commands(lines[1:], file)
            continue
        if kind and kind not in PYTHON:
            continue  # HTML, JavaScript, a file that is written
        code = []
        for at, line in lines[1:] if kind else lines:
            command = COMMAND.match(line)
            if command is not None:
                yield from in_commands.uses_in_text(command[2], file, at, in_python.uses)
                line = f"{command[1]}pass"
            elif (magic := MAGIC.match(line)) is not None:
                line = f"{magic[1] or magic[2] or ''}pass"
            code.append((at, line))
        if _parses("\n".join(line for _, line in code)):
            module += code
        else:
            yield Unread(file, code[0][0], message("cell-not-python"))
    for one in in_python.uses("\n".join(line for _, line in module), file):
        if isinstance(one, Use):
            yield one._replace(line=module[one.line - 1][0])
        elif isinstance(one, Perhaps):
            yield one._replace(use=one.use._replace(line=module[one.line - 1][0]))
        else:
            yield one


def _cells(plain: Any) -> Iterator[list[str]]:
    """The lines of each code cell, of format 4 or the older 3."""
    held = plain if isinstance(plain, dict) else {}
    sheets = held.get("worksheets")
    every = held.get("cells") or [
        cell
        for sheet in (sheets if isinstance(sheets, list) else [])
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
        for cell in sheet["cells"]
    ]
    for cell in every if isinstance(every, list) else []:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            if isinstance(source, list):
                source = "".join(part for part in source if isinstance(part, str))
            if isinstance(source, str):
                yield source.splitlines()


def _magic(line: str) -> str:
    found = re.match(r"%%(\w+|!)", line)
    return found[1] if found else ""


def _commands(lines: list[tuple[int, str]], file: str) -> Iterator[Found]:
    if lines:
        text = "\n".join(line for _, line in lines)
        yield from in_commands.uses_in_text(text, file, lines[0][0], in_python.uses)


def _parses(code: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


class _Places:
    """Finds the lines of the file on which the lines of cells stand, in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        # Whether letters beyond ASCII are written as escapes -> how often that found nothing.
        self._misses = {True: 0, False: 0}

    def of(self, cell: list[str]) -> list[tuple[int, str]]:
        return [(self._find(line), line) for line in cell]

    def _find(self, line: str) -> int:
        for escaped in (True,) if line.isascii() else (True, False):
            if not line.strip() or self._misses[escaped] > MAX_MISSES:
                continue
            written = json.dumps(line, ensure_ascii=escaped)[:-1]
            at = self._text.find(written if len(line) > 3 else written + '"', self._at)
            if at >= 0:
                self._line += self._text.count("\n", self._at, at)
                self._at = at
                break
            self._misses[escaped] += 1
        return self._line
