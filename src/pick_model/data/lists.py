"""Cells that spell a list: in JSON, as Python or NumPy prints it, or in bare brackets."""

from __future__ import annotations

import ast
import json
import re
import warnings

from pick_model.data.entities import looks_like_tags
from pick_model.errors import WrongValue
from pick_model.words.say import message

# array([0, 1]), tensor([0., 1.]), frozenset({'a'}) … as printing a column of them writes it.
_CALL = re.compile(
    r"(?:np\.|numpy\.|torch\.|pd\.)?(?:array|tensor|Index|list|tuple|set|frozenset)\((.*)\)", re.S
)
_AFTER = re.compile(r",\s*(dtype|device|requires_grad|grad_fn|name)=.*$", re.S)
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_QUOTED = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)"|([^\s,'"]+))(?:\s*(?:,|$)|(?=\s|['"]))""")
_SCALAR = re.compile(r"np\.\w+\(([^()]*)\)")  # np.int64(1), np.str_('a')
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|True|False|nan|None", re.I)
_BINARY = {"0": 0, "1": 1, "0.": 0, "1.": 1, "0.0": 0, "1.0": 1, "false": 0, "true": 1}


def unbracketed(text: str) -> tuple[str, ...] | None:
    """The one word in brackets, or none of an empty pair: in a column of lists, "[late]" and
    "set()" are lists too. None of a cell without brackets."""
    text = "[]" if text == "set()" else text
    if len(text) < 2 or _CLOSING.get(text[0]) != text[-1]:
        return None
    inner = text[1:-1].strip()
    return (inner,) if inner else ()


class Abbreviated(WrongValue):
    """NumPy prints long arrays with three dots in the middle: what was there is lost."""


def parse_list(text: str, *, bare: bool = True) -> list[object] | None:
    """The list a cell spells out; None if it is just text.

    Items that are neither quoted nor numbers make it a list only where a comma stands
    between them ("[PAD]" is a word, "[late, refund]" two), and not at all without `bare`.
    Raises Abbreviated.
    """
    text = text.strip()
    if (call := _CALL.fullmatch(text)) is not None:
        text = _AFTER.sub("", call[1].strip()).strip()
    if len(text) < 2 or _CLOSING.get(text[0]) != text[-1]:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return _escaped(text) if "\\" in text else _printed(text[0], text[1:-1].strip(), bare)
    return found if isinstance(found, list) else None


def parse_nested(text: str) -> object | None:
    """The object, or list of lists or objects, that a cell spells out; None of all else."""
    if len(text) < 2 or _CLOSING.get(text[0]) != text[-1] or not re.search(r"[\[({:]", text[1:]):
        return None
    found: object
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = ast.literal_eval(text)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return None
    nested = isinstance(found, (list, tuple)) and any(
        isinstance(item, (list, tuple, dict)) for item in found
    )
    return found if nested or isinstance(found, dict) else None


def unquoted(text: str) -> str:
    """A list without the quotes that a second writing put around it: "['late']"."""
    inner = text[1:-1].strip()
    quoted = len(text) > 3 and text[0] == text[-1] and text[0] in "'\""
    return inner if quoted and inner[:1] in _CLOSING and inner[-1:] == _CLOSING[inner[:1]] else text


def _escaped(text: str) -> list[object] | None:
    """A list as Python prints it, with escapes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of an escape that Python does not know
            found = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError, Warning):
        return None
    return list(found) if isinstance(found, (list, tuple, set)) else None


def _printed(bracket: str, inner: str, bare: bool) -> list[object] | None:
    """Items between brackets, with commas or, as NumPy prints them, with spaces between."""
    one_of_set = bracket == "{" and inner[:1] in ("'", '"')
    if bracket != "[" and "," not in inner and not one_of_set:
        return None  # (1) is a number, {a} a word
    inner = _SCALAR.sub(r"\1", inner)
    if "..." in inner.replace(",", " ").split():
        raise Abbreviated(message("label-abbreviated"))
    if "'" in inner or '"' in inner:
        return _quoted(inner)
    words = [word.strip() for word in inner.split(",")] if "," in inner else inner.split()
    if words and not words[-1]:
        words.pop()  # (a,) has one item
    items = [_value(word) for word in words]
    plain = [item for item in items if isinstance(item, str)]
    listed = bare and bracket != "(" and "," in inner and all(words)
    return items if listed or not plain else None


def _quoted(inner: str) -> list[object] | None:
    items: list[object] = []
    at = 0
    while at < len(inner):
        match = _QUOTED.match(inner, at)
        if match is None:
            return None
        bare = match[3]
        item = _value(bare) if bare is not None else match[1] if match[1] is not None else match[2]
        if bare is not None and isinstance(item, str):
            return None  # text with a quotation in it
        items.append(item)
        at = match.end()
    return items


def _value(bare: str) -> object:
    """A bare item: a number, a truth value or nothing, as Python means it; else the word."""
    if _NUMBER.fullmatch(bare) is None:
        return bare
    word = bare.lower()
    if word in ("true", "false"):
        return word == "true"
    if word in ("nan", "none"):
        return None
    return int(bare) if bare.lstrip("+-").isdigit() else float(bare)


def zeros_and_ones(items: object) -> tuple[int, ...] | None:
    """The items as 0 and 1, where a cell is a list of nothing else; else None."""
    if not isinstance(items, (list, tuple)) or not items:
        return None
    found = [_BINARY.get(str(item).lower()) for item in items]
    return None if None in found else tuple(int(bit) for bit in found if bit is not None)


def one_word(cell: object) -> bool:
    """Whether a cell holds one word and no list of them."""
    text = str(cell).strip()
    return not isinstance(cell, (list, tuple)) and len(text.split()) == 1 and text[:1] != "["


def tag_cells(cells: list[object]) -> bool:
    """Whether each cell is one span tag, such as O or B-time."""
    return (
        bool(cells)
        and all(one_word(cell) for cell in cells)
        and looks_like_tags(str(c).strip() for c in cells)
    )
