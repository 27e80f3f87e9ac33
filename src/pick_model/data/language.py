"""Which languages the texts of a data set are written in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pick_model.data.scripts import guessed_languages, main_script, script_shares
from pick_model.vocabulary.languages import canonical_language

# Of a long file so many rows, evenly spread, tell its languages.
MOST_ROWS = 2000
# A classifier of single sentences errs on short ones: on the English, German and French sets of
# the tests it gives another language to 1 to 14 % of their rows one by one, and to none of their
# rows joined to pieces of this many characters.
PIECE = 400
# A language with a smaller share of the pieces is a quotation or an error.
LEAST_SHARE = 0.1
# Fewer pieces than this say little, and the first language needs this share to be the only one.
FEW, CLEAR = 5, 0.9


class Languages(NamedTuple):
    """Codes of the languages, most frequent first, and how surely."""

    codes: tuple[str, ...]  # () where nothing tells
    share: float  # of the pieces of text that are in them
    n_pieces: int

    @property
    def sure(self) -> bool:
        return bool(self.codes) and self.n_pieces >= FEW and self.share >= CLEAR


def languages_of(texts: Sequence[str]) -> Languages:
    """The languages of rows of text: by their script where that gives them away, else by
    langid's naive Bayes over byte n-grams (Lui and Baldwin 2012, ACL demos), as py3langid has it.
    """
    rows = [text for text in texts[:: max(1, len(texts) // MOST_ROWS)] if main_script(text)]
    by_script: defaultdict[str, list[str]] = defaultdict(list)
    for text in rows:
        by_script[main_script(text) or ""].append(text)
    if by_script["Kana"]:  # Japanese is written in both; a row may have Han alone
        by_script["Kana"] += by_script.pop("Han", [])
    found: Counter[str] = Counter()
    for script_rows in by_script.values():
        alone = guessed_languages(script_shares(script_rows))
        pieces = list(_pieces(script_rows))
        if len(alone) == 1:
            found[alone[0]] += len(pieces)
        else:
            found.update(map(_classified, pieces))
    total = sum(found.values())
    shown = [(c, n) for c, n in found.most_common() if n >= LEAST_SHARE * total]
    codes = [code for name, _ in shown if (code := canonical_language(name)) is not None]
    share = sum(n for _, n in shown) / total if total else 0.0
    return Languages(tuple(dict.fromkeys(codes)), share, total)


def _pieces(rows: Iterable[str]) -> Iterator[str]:
    """Rows joined until they are long enough to tell; a long row is a piece of its own."""
    held = ""
    for row in rows:
        if len(row) >= PIECE:
            yield row
            continue
        held = f"{held} {row}"
        if len(held) >= PIECE:
            yield held
            held = ""
    if held:
        yield held


def _classified(text: str) -> str:
    import py3langid

    return str(py3langid.classify(text)[0])
