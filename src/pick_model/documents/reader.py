"""Read a YAML file safely, keep the line of every value, and check it against a document.

Which YAML is understood, `yaml_values` says.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import yaml
from pydantic_core import ErrorDetails, ValidationError

from pick_model.core_schema import spelled
from pick_model.documents.base import FrozenRecord, adapter
from pick_model.documents.yaml_values import Builder, Path_
from pick_model.errors import InputError, Location, SchemaError, WrongValue, did_you_mean
from pick_model.files import TooLarge, read_bounded
from pick_model.words.english import SENTENCES
from pick_model.words.message import Message
from pick_model.words.say import message

# A catalog of 20,000 entries is about 20 MB; a profile that bans every one of them, 0.6 MB.
MAX_BYTES = 64 * 2**20
MAX_DOCUMENT = 4 * 2**20  # a profile, a policy, a lock
MAX_CELL = 16 * 2**20  # characters; Python's own 131,072 is less than a long text has

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
D = TypeVar("D")


class Parsed:
    """A YAML document as plain values, and the line each stands on."""

    def __init__(self, value: Any, lines: dict[Path_, int], file: str) -> None:
        self.value = value
        self.file = file
        self._lines = lines

    def at(self, path: Path_) -> Any:
        """The value at a path; None where there is none."""
        value = self.value
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def location(self, path: Iterable[str | int] = ()) -> Location:
        """The line of the value at `path`, or of the nearest value around it."""
        where = tuple(path)
        while where and where not in self._lines:
            where = where[:-1]
        return Location(self.file, self._lines.get(where, 1))


def read_document(path: Path, document: type[D], *, name: str | None = None) -> tuple[D, Parsed]:
    """Read and validate one file.

    Raises InputError when it cannot be read or is not YAML, SchemaError (with the line)
    when it does not fit `document`.
    """
    parsed = read_yaml(path, name=name)
    return check(parsed, document), parsed


def read_yaml(path: Path, *, name: str | None = None) -> Parsed:
    """The values of one YAML file. `name` is what messages call it (default: the path)."""
    shown = name or str(path)
    return parse_yaml(read_text(path, name=shown, most=MAX_DOCUMENT), shown)


def read_text(path: Path, *, name: str | None = None, most: int = MAX_BYTES) -> str:
    """The text of a UTF-8 file of at most `most` bytes, without its byte order mark.

    Pipes and /dev/stdin are read to their end. Raises InputError.
    """
    where = Location(name or str(path))
    data = read_input(path, where, most)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(message("is-utf-16"), location=where, hint=message("save-as-utf-8"))
    if b"\0" in data:
        raise InputError(message("is-binary"), location=where)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            message("not-utf-8-byte", byte=data[error.start]),
            location=Location(where.file, line),
            hint=message("save-as-utf-8"),
        ) from None


def read_input(path: Path, where: Location, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file of at most `most`. Raises InputError."""
    try:
        if path.is_dir():
            raise InputError(message("folder-not-file"), location=where)
        return read_bounded(path, most)
    except TooLarge:
        raise InputError(message("larger-than", mib=most >> 20), location=where) from None
    except FileNotFoundError:
        raise InputError(message("no-such-file"), location=where) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(
            message("cannot-be-read", reason=_os_reason(error)), location=where
        ) from None


def _os_reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def csv_rows(text: str, file: str) -> Iterator[tuple[Location, list[str]]]:
    """The rows of a table with the line each ends on; empty lines are none.

    Raises InputError for what is no CSV, such as a cell longer than MAX_CELL.
    """
    reader = csv.reader(io.StringIO(text, newline=None))
    limit = csv.field_size_limit(MAX_CELL)
    try:
        for row in reader:
            if row:
                yield Location(file, reader.line_num), row
    except csv.Error as error:
        raise InputError(
            message("is-not-csv", reason=str(error)),
            location=Location(file, reader.line_num),
            hint=message("quotation-mark-open"),
        ) from None
    finally:
        csv.field_size_limit(limit)


def parse_yaml(text: str, file: str) -> Parsed:
    """The values of YAML text. An empty document is None."""
    builder = Builder(file)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InputError(
            message("is-not-yaml", reason=error.problem or error.context or "unreadable"),
            location=Location(file, mark.line + 1 if mark else None),
        ) from None
    except yaml.YAMLError as error:  # a character YAML does not allow
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise InputError(
            message("is-not-yaml", reason=getattr(error, "reason", None) or "unreadable"),
            location=Location(file, line),
        ) from None
    return Parsed(builder.root, builder.lines, file)


UNKNOWN_KEY, MISSING = "extra_forbidden", "missing"  # as pydantic calls them


def check(parsed: Parsed, document: type[D]) -> D:
    """Validate parsed values; the first problem becomes one SchemaError with its line."""
    if parsed.value is None:
        raise SchemaError(message("document-empty"), location=Location(parsed.file))
    if not isinstance(parsed.value, dict):
        raise SchemaError(
            message("not-a-mapping-but", kind=_kind_of(parsed.value)),
            location=parsed.location(),
        )
    try:
        return adapter(document).validate_python(parsed.value)
    except ValidationError as error:
        raise schema_error(error, parsed, document) from None


def schema_error(
    error: ValidationError,
    parsed: Parsed,
    document: type[Any],
    prefix: Path_ = (),
) -> SchemaError:
    """One line for a failed validation: the first problem, where it is, the nearest key."""
    problems = problems_of(error, parsed.at(prefix))
    first = next((p for p in problems if p["type"] == UNKNOWN_KEY), problems[0])
    path = _written(first, parsed.at(prefix))
    where = parsed.location((*prefix, *path))
    shown = ".".join(str(part) for part in path)
    hint = None
    if first["type"] == UNKNOWN_KEY:
        told = message("unknown-key", key=shown)
        hint = did_you_mean(str(path[-1]), keys_at(document, first["loc"][:-1]))
    elif first["type"] == MISSING and isinstance(path[-1], int):
        told = message("list-ends-early", key=".".join(map(str, path[:-1])), n=path[-1])
    elif first["type"] == MISSING:
        told = message("key-missing", key=shown)
    elif first["type"] == "value_error":
        wrong: WrongValue = first["ctx"]["error"]
        where, hint = parsed.location((*prefix, *path, *wrong.path)), wrong.hint
        told = message("at-key", key=shown, what=wrong.told) if path else wrong.told
    else:
        reason, given = reason_of(first), brief(first["input"])
        told = message("value-wrong", key=shown, reason=reason, given=given)
        if not path:
            told = message("document-wrong", reason=reason, given=given)
    more = len(problems) - 1
    if more and hint is None:
        hint = message("more-problems", n=more)
    return SchemaError(told, location=where, hint=hint)


def problems_of(error: ValidationError, value: Any) -> list[ErrorDetails]:
    """What is wrong with a document's value, each place once and as far inside as it is told.

    A validator also says that a mapping with a wrong key is no text, where both may stand, and
    that a list is too short, all of whose items are wrong.
    """
    found: dict[Path_, ErrorDetails] = {}
    for one in error.errors(include_url=False):
        found.setdefault(_written(one, value), one)
    around = {path[:depth] for path in found for depth in range(len(path))}
    return [one for path, one in found.items() if path not in around]


def _written(problem: ErrorDetails, value: Any) -> Path_:
    """A validator's path without what it puts between: which of several types it tried."""
    loc = problem["loc"]
    if value is None:
        return loc
    path: list[str | int] = []
    for number, part in enumerate(loc):
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            if problem["type"] != MISSING or number < len(loc) - 1:
                continue
        path.append(part)
    return tuple(path)


def reason_of(problem: ErrorDetails) -> Message:
    """What a value should be, as the schema asks; in the validator's words where we have none."""
    context = problem.get("ctx", {})
    if isinstance(context.get("error"), WrongValue):
        told: Message = context["error"].told
        return told
    code = f"value:{problem['type']}"
    if code in SENTENCES:
        told_values = {name: _whole(value) for name, value in context.items()}
        if problem["type"] == "literal_error":
            told_values["expected"] = _alternatives(str(context["expected"]))
        return message(code, **told_values)
    return message("in-words", words=_lower_first(problem["msg"]))


def _alternatives(expected: str) -> Message | str:
    """The values that the validator lists in English, `'a', 'b' or 'c'`, for any language."""
    first, _, last = expected.rpartition(" or ")
    return message("either-or", first=tuple(first.split(", ")), last=last) if first else expected


def _whole(bound: Any) -> Any:
    """A bound as it is written: 0 for 0.0."""
    return int(bound) if isinstance(bound, float) and bound in (0.0, 1.0) else bound


def keys_at(document: type[Any], path: Path_) -> list[str]:
    """The keys a document allows at a validator's path, for the nearest valid one."""
    current: Any = document
    for part in path:
        hints = get_type_hints(current) if current is not None else {}
        if part in hints:  # else a place in a list, or which of several types it was tried as
            current = _record_in(hints[str(part)])
    if current is None:
        return []
    hints = get_type_hints(current, include_extras=True)
    return [spelled(name, hints[name]) for name in current.__struct_fields__]


def _record_in(annotation: Any) -> Any:
    """The document class in an annotation such as `tuple[Entry, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, FrozenRecord):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _record_in(argument)
        if found is not None:
            return found
    return None


def _lower_first(text: str) -> str:
    text = text.removeprefix("Input ")
    return text[:1].lower() + text[1:]


def brief(value: object) -> str:
    """A value as a message shows it: in Python's spelling, of at most 40 characters."""
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "…"


def _kind_of(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    return "a number" if isinstance(value, int | float) else "plain text"
