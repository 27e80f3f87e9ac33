"""CoNLL files: one token a line, tag in the last column, a blank line after each sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from pick_model.data.entities import looks_like_tags, parted
from pick_model.data.labels import as_number
from pick_model.data.source import DataFile, lines
from pick_model.errors import typed
from pick_model.words.message import Message
from pick_model.words.say import message

# A sentence this long is a file without blank lines; no pretrained encoder reads that far.
MAX_SENTENCE = 100_000
_LINES_LOOKED_AT = 5_000

# "# id 17 …", "# text = …", "#begin document …"; "#" alone is a token.
_COMMENT = re.compile(r"#\s*(id\b|[\w.:-]+\s*=|(begin|end) document\b)")
_NUMBER = re.compile(r"(\d+)([-.]\d+)?")  # 3, or CoNLL-U's 3-4 and 3.1
_COLUMNS = ("tokens", "tags")
_UNIVERSAL = 10  # columns of CoNLL-U


@dataclass(frozen=True)
class ConllLayout:
    """Which columns hold what, counted from 0; and what to say of the choice."""

    width: int
    token: int = 0
    tag: int = -1
    numbered: bool = False  # the first column counts the tokens
    notes: tuple[Message, ...] = ()


def conll_columns(source: DataFile) -> tuple[str, ...]:
    """Tokens and tags, and each column by its number from 1."""
    width = _width(islice(_fields(source, False), _LINES_LOOKED_AT)) or 2
    return (*_COLUMNS, *(str(place) for place in range(1, width + 1)))


def conll_rows(source: DataFile, wanted: Sequence[str]) -> Iterator[tuple[int, list[object]]]:
    """Each sentence's first line number and the wanted columns of its tokens.

    Columns are separated by tabs where a line has one, else by spaces. Raises InputError for
    a token without a tag or a line with a column too many or few.
    """
    layout = conll_layout(source, wanted)
    named = {"tokens": layout.token, "tags": layout.tag}
    places = [named[name] if name in named else int(name) - 1 for name in wanted]
    start, sentence = 0, list[list[str]]()
    for number, fields in _fields(source, layout.numbered):
        if not fields:
            if sentence:
                yield start, [[token[place] for token in sentence] for place in places]
            sentence = []
            continue
        if layout.width < 2:
            raise source.error(
                message("token-without-tag", field=fields[0]),
                number,
                message("write-token-tab-tag"),
            )
        if len(fields) != layout.width:
            raise source.error(
                message("columns-change", n_fields=len(fields), width=layout.width),
                number,
                message("same-columns-on-every-line"),
            )
        match = _NUMBER.fullmatch(fields[0]) if layout.numbered else None
        if layout.numbered and (match is None or match[2]):
            continue  # CoNLL-U's ranges (1-2) and empty nodes (1.1)
        start = start if sentence else number
        sentence.append(fields)
        if len(sentence) > MAX_SENTENCE:
            raise source.error(
                message("sentence-too-long", most=MAX_SENTENCE),
                start,
                message("blank-line-after-sentence"),
            )
    if sentence:
        yield start, [[token[place] for token in sentence] for place in places]


def _fields(source: DataFile, numbered: bool) -> Iterator[tuple[int, list[str]]]:
    """The line number and columns of each line that is no comment; none of a blank line.

    Where tokens are numbered, no token begins with #, so that such lines are comments.
    """
    for number, line in enumerate(lines(source), start=1):
        line = line.strip("\r\n")
        if not line.strip():
            yield number, []
        elif not (line[0] == "#" and (numbered or _COMMENT.match(line))) and not line.startswith(
            "-DOCSTART-"
        ):
            yield number, _split(line)


def _split(line: str) -> list[str]:
    if "\t" in line:
        return line.split("\t")
    # A no-break space can be a token; it separates only where nothing else does.
    fields = re.split(" +", line.strip(" "))
    return fields if len(fields) > 1 else line.split()


def conll_layout(source: DataFile, wanted: Sequence[str] = _COLUMNS) -> ConllLayout:
    """Where tokens and tags are, told from the first lines: the first column and the last,
    unless the first counts tokens, or the tags come first. `wanted`: which are left to find."""
    if source.suffix == ".conllu":
        return ConllLayout(_UNIVERSAL, 1, 3, numbered=True)
    table = list(islice(_fields(source, False), _LINES_LOOKED_AT))
    width = _width(table)
    numbered = _counts(source, table, width)
    rows = [f for _, f in table if len(f) == width and not (numbered and f[0].startswith("#"))]
    layout = ConllLayout(width, token=int(numbered), tag=width - 1, numbered=numbered)
    if numbered and width == _UNIVERSAL and any(fields[3] != "_" for fields in rows):
        return replace(layout, tag=3, notes=(message("read-as-conllu"),))
    if numbered:
        layout = replace(layout, notes=(message("first-column-counts"),))
    if "tokens" in wanted:
        layout = _past_ids(layout, table, rows)
    return layout if width < 2 or "tags" not in wanted else _with_tags(source, layout, rows)


def _width(table: Iterable[tuple[int, list[str]]]) -> int:
    """Columns of the first token; a line that begins with # may be a comment."""
    widths = [(fields[0].startswith("#"), len(fields)) for _, fields in table if fields]
    return min(widths, key=lambda found: found[0])[1] if widths else 0


def _counts(source: DataFile, table: Sequence[tuple[int, list[str]]], width: int) -> bool:
    """Whether the first column numbers the tokens of each sentence. Refused where nothing
    else can be the token."""
    before: int | None = None
    n_steps = 0
    for _, fields in table:
        if not fields:
            before = None
        elif not fields[0].startswith("#"):
            match = _NUMBER.fullmatch(fields[0])
            if match is None or (
                before is not None and not match[2] and int(match[1]) != before + 1
            ):
                return False
            if not match[2]:
                n_steps += before is not None
                before = int(match[1])
    if n_steps and width == 2:
        raise source.error(message("tokens-count-lines"), 1, message("write-token-between"))
    return n_steps > 0 and width > 2


def _past_ids(
    layout: ConllLayout, table: Sequence[tuple[int, list[str]]], rows: Sequence[list[str]]
) -> ConllLayout:
    """The token's column, where the first holds the sentence's or document's name instead."""
    repeats = [_repeats(table, column, layout.width) for column in range(layout.width)]
    if not repeats[layout.token]:
        return layout
    for column in range(layout.token + 1, layout.width - 1):
        cells = [fields[column] for fields in rows]
        if not (
            repeats[column] or all(_NUMBER.fullmatch(c) for c in cells) or looks_like_tags(cells)
        ):
            note = message("tokens-from-column", column=column + 1)
            return replace(layout, token=column, notes=(*layout.notes, note))
    return layout


def _repeats(table: Iterable[tuple[int, list[str]]], column: int, width: int) -> bool:
    """Whether a column is the same on every line of a sentence, in two sentences or more."""
    sentences: list[list[str]] = [[]]
    for _, fields in table:
        if len(fields) == width:
            sentences[-1].append(fields[column])
        elif not fields:
            sentences.append([])
    longer = [cells for cells in sentences if len(cells) > 1]
    return len(longer) > 1 and all(len(set(cells)) == 1 for cells in longer)


def _with_tags(source: DataFile, layout: ConllLayout, rows: Sequence[list[str]]) -> ConllLayout:
    """The tag's column: the last, unless only others mark spans."""
    last = layout.width - 1
    marks = [c for c in range(layout.width) if looks_like_tags(fields[c] for fields in rows)]
    types = {c: {part for f in rows if (part := parted(f[c]))} for c in marks}
    if last in marks:
        rivals = [c for c in marks[:-1] if c != layout.token and _share(types[c], types[last])]
        if rivals:
            choices = " or ".join(typed("label", str(c + 1)) for c in (*rivals, last))
            raise source.error(
                message("several-columns-of-tags"), 1, message("name-one-column", options=choices)
            )
        others = [c for c in marks if c not in (last, layout.token)]
    elif marks == [0] and layout.width == 2:
        return replace(layout, token=1, tag=0, notes=(message("tags-before-tokens"),))
    else:
        others = [c for c in marks if c != layout.token]
        ends = {fields[last] for fields in rows}
        numbers = all(as_number(cell) is not None for cell in ends)
        if len(others) == 1 and (len(ends) == 1 or numbers):
            why = message("last-holds-numbers") if numbers else message("last-never-changes")
            note = message("tags-from-column", column=others[0] + 1, why=why)
            return replace(layout, tag=others[0], notes=(*layout.notes, note))
    if not others:
        return layout
    options = tuple(typed("label", str(c + 1)) for c in others)
    return replace(layout, notes=(*layout.notes, message("tags-from-last", options=options)))


def _share(some: set[tuple[str, str]], others: set[tuple[str, str]]) -> bool:
    return bool({kind for _, kind in some} & {kind for _, kind in others})


def conll_notes(source: DataFile, wanted: Sequence[str]) -> tuple[Message, ...]:
    """What was assumed of the file's columns."""
    return conll_layout(source, wanted).notes
