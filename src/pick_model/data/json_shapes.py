"""JSON that is not one object a line: what it is instead, and the command that makes it so."""

from __future__ import annotations

import json
import shlex

from pick_model.data.column_names import TOKENS, all_known
from pick_model.data.source import DataFile, converted
from pick_model.words.say import message


def refuse_all_in_one(source: DataFile, record: dict[str, object]) -> None:
    """Refuse one object that holds all rows, in a list or column by column."""
    path = "."
    while len(record) == 1 and isinstance(inner := next(iter(record.values())), dict):
        path, record = f"{path}[{json.dumps(next(iter(record)))}]", inner
    for key, value in record.items():
        if isinstance(value, list) and len(value) > 1 and all(isinstance(v, dict) for v in value):
            jq = f"jq -c {shlex.quote(f'{path}[{json.dumps(key)}][]')}"
            raise source.error(
                message("json-rows-under-key", key=key),
                1,
                message("object-a-line-by", command=converted(source, jq, ".jsonl")),
            )
    if all_known(list(record), TOKENS):
        return  # a sentence
    columns = [value for value in record.values() if isinstance(value, (list, dict))]
    if len(columns) == len(record) > 1 and len({len(c) for c in columns}) == 1 < len(columns[0]):
        if isinstance(columns[0], dict) and not next(iter(columns[0])).isdigit():
            jq = f"jq -c {shlex.quote(f'{path}[]')}"
            raise source.error(
                message("json-key-a-row"),
                1,
                message("object-a-line-by", command=converted(source, jq, ".jsonl")),
            )
        jq = "jq -c 'map_values([.[]]) | range(first(.[]) | length) as $i | map_values(.[$i])'"
        raise source.error(
            message("json-object-of-columns"),
            1,
            message("object-a-line-by", command=converted(source, jq, ".jsonl")),
        )


def array(source: DataFile, line: str) -> Exception:
    """One array of objects, or an array on each line."""
    try:
        cells = json.loads(line)
    except (ValueError, RecursionError):
        cells = []
    if len(cells) != 2 or not all(isinstance(cell, (str, int)) for cell in cells):
        jq = converted(source, "jq -c '.[]'", ".jsonl")
        return source.error(message("json-array"), 1, message("object-a-line-by", command=jq))
    text = int(len(str(cells[1])) > len(str(cells[0])))
    jq = f"jq -c '{{text: .[{text}], label: .[{1 - text}]}}'"
    return source.error(
        message("json-array-of-cells"),
        1,
        message("name-cells-by", command=converted(source, jq, ".jsonl")),
    )
