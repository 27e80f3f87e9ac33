"""CoNLL files: one token a line, tag in the last column, a blank line after each sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pick_model.data.files import Source, lines

# A sentence this long is a file without blank lines; no pretrained encoder reads that far.
MAX_SENTENCE = 100_000

_COMMENT = re.compile(r"#\s*(id\b|[\w.:-]+\s*=)")  # "# id 17 …", "# text = …"; "#" is a token
_COLUMNS = ("tokens", "tags")


def conll_columns(_source: Source) -> tuple[str, ...]:
    """Always tokens and tags."""
    return _COLUMNS


def conll_rows(source: Source, wanted: Sequence[str]) -> Iterator[tuple[int, list[object]]]:
    """Each sentence's first line number and its tokens and tags, in the order of `wanted`.

    The token is the first column and the tag the last; in CoNLL-U they are FORM and UPOS,
    and ranges (1-2) and empty nodes (1.1) are passed over. Columns are separated by tabs
    where a line has one, else by spaces.

    Raises InputError for a token without a tag or a line with a column too many or few.
    """
    columns = (1, 3) if source.suffix == ".conllu" else (0, -1)
    width = 10 if source.suffix == ".conllu" else None
    start, tokens, tags = 0, list[str](), list[str]()
    for number, line in enumerate(lines(source), start=1):
        line = line.strip("\r\n")
        if not line.strip():
            if tokens:
                yield start, _in_order(wanted, tokens, tags)
                tokens, tags = [], []
            continue
        if _is_comment(source, line):
            continue
        fields = line.split("\t") if "\t" in line else line.split()
        width = width or len(fields)
        if width < 2:
            raise source.error(
                f"the token {fields[0]!r} has no tag", number, "write: token, tab, tag"
            )
        if len(fields) != width:
            raise source.error(
                f"has {len(fields)} columns where the lines before have {width}, "
                "so tags do not align with tokens",
                number,
                "token first, tag last, the same columns on every line",
            )
        if source.suffix == ".conllu" and not fields[0].isdigit():
            continue
        start = start if tokens else number
        tokens.append(fields[columns[0]])
        tags.append(fields[columns[1]])
        if len(tokens) > MAX_SENTENCE:
            raise source.error(
                f"the sentence that begins here has over {MAX_SENTENCE:,} tokens",
                start,
                "put a blank line after each sentence",
            )
    if tokens:
        yield start, _in_order(wanted, tokens, tags)


def _is_comment(source: Source, line: str) -> bool:
    if source.suffix == ".conllu":
        return line.startswith("#")
    return line.startswith("-DOCSTART-") or _COMMENT.match(line) is not None


def _in_order(wanted: Sequence[str], tokens: list[str], tags: list[str]) -> list[object]:
    cells: dict[str, object] = {"tokens": tokens, "tags": tags}
    return [cells[name] for name in wanted]
