"""Which languages the texts of a data set are written in."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pick_model.data.scripts import guessed_languages, main_script, script_shares
from pick_model.vocabulary.languages import canonical_language

# So many rows of a long file, drawn by chance, tell its languages. Every k-th row would not: where
# languages alternate, an even k meets one of them only.
MOST_ROWS = 2000
# A classifier of single sentences errs on short ones: on the English, German and French sets of
# the tests it gives another language to 1 to 14 % of their rows one by one, and to none of their
# rows joined to pieces of this many characters.
PIECE = 400
# A language that fewer single rows are taken for is no candidate to sort rows by.
CANDIDATE = 0.04
# A language with a smaller share of the pieces is a quotation or an error.
LEAST_SHARE = 0.04
# Fewer pieces than this say little, and the languages told need this share of them. Sorting so few
# finds languages that are not there (50 rows of one to five words, drawn twenty times from each of
# eight sets of the tests: 241 of 640 draws); joined to one piece they are in none of these.
FEW, CLEAR = 5, 0.9
# Of the single rows so many must be in the languages told; where fewer are, rows are too short to
# be sorted, and their pieces are mixed.
ROWS_AGREE = 0.75

# Of Japanese rows of ten characters or more 4 to 5 % have no kana (jnli, jsts): where many more
# have none, they are Chinese.
LONG, HAN_ALONE = 10, 0.15


class Languages(NamedTuple):
    """Codes of the languages, most frequent first, and how surely."""

    codes: tuple[str, ...]  # () where nothing tells
    share: float  # of the pieces of text that are in them
    n_pieces: int
    agreement: float = 1.0  # share of the single rows that are in them

    @property
    def sure(self) -> bool:
        clear = self.share >= CLEAR and self.agreement >= ROWS_AGREE
        return bool(self.codes) and self.n_pieces >= FEW and clear


def languages_of(texts: Sequence[str], *, seed: int = 0) -> Languages:
    """The languages of rows of text: by their script where that gives them away, else by
    langid's naive Bayes over byte n-grams (Lui and Baldwin 2012, ACL demos), as py3langid has it.
    """
    drawn = texts
    if len(texts) > MOST_ROWS:
        chance = random.Random(seed)  # noqa: S311 - draws rows, guards no secret
        places = sorted(chance.sample(range(len(texts)), MOST_ROWS))
        drawn = [texts[place] for place in places]
    by_script: defaultdict[str, list[str]] = defaultdict(list)
    for text in drawn:
        if script := main_script(text):
            by_script[script].append(text)
    if _are_japanese(by_script["Han"], by_script["Kana"]):
        by_script["Kana"] += by_script.pop("Han")
    found: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for rows in by_script.values():
        known = guessed_languages(script_shares(rows))
        if len(known) == 1:
            found[known[0]] += sum(1 for _ in _pieces(rows))
            alone[known[0]] += len(rows)
        elif rows:
            singly = [_classified(row) for row in rows]
            alone.update(singly)
            little = sum(map(len, rows)) < FEW * PIECE
            pieces = [" ".join(rows)] if little else _sorted_pieces(rows, Counter(singly))
            found.update(map(_classified, pieces))
    total = sum(found.values())
    shown = [(c, n) for c, n in found.most_common() if n >= LEAST_SHARE * total]
    codes = [code for name, _ in shown if (code := canonical_language(name)) is not None]
    share = sum(n for _, n in shown) / total if total else 0.0
    agreed = sum(alone[name] for name, _ in shown) / max(1, alone.total())
    return Languages(tuple(dict.fromkeys(codes)), share, total, agreed)


def _are_japanese(han: Sequence[str], kana: Sequence[str]) -> bool:
    """Whether rows of Han alone are Japanese as those with kana are, and not Chinese."""
    long = [sum(len(row) >= LONG for row in rows) for rows in (han, kana)]
    return bool(kana) and long[0] <= HAN_ALONE * sum(long)


def _sorted_pieces(rows: Sequence[str], singly: Counter[str]) -> Iterator[str]:
    """Pieces of one language each, as far as rows tell: each half of a row is joined to the halves
    of rows whose other half is taken for the same language.

    What a half is taken for says nothing of the errors in the other, so that errors do not add up
    to a language that is not there.
    """
    likely = [name for name, n in singly.items() if n >= CANDIDATE * singly.total()]
    if len(likely) < 2:
        yield from _pieces(rows)
        return
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        words = row.split()
        one, other = " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
        if len(row) >= PIECE or not one:  # a word is taken for too many things to be sorted by
            groups[_classified(row, likely) if one else ""].append(row)
            continue
        groups[_classified(one, likely)].append(other)
        groups[_classified(other, likely)].append(one)
    rest: list[str] = []
    for name, group in groups.items():
        if name and sum(map(len, group)) >= PIECE:
            yield from _pieces(group)
        else:  # too little to be a language of its own
            rest += group
    yield from _pieces(rest)


def _pieces(rows: Iterable[str]) -> Iterator[str]:
    """Rows joined until they are long enough to tell; a long row is a piece of its own."""
    held, n = "", 0
    for row in rows:
        if len(row) >= PIECE:
            yield row
            n += 1
            continue
        held = f"{held} {row}"
        if len(held) >= PIECE:
            yield held
            held, n = "", n + 1
    if held and not n:
        yield held


def _classified(text: str, among: Sequence[str] = ()) -> str:
    """The likeliest language, of those that it may be."""
    import py3langid

    if not among:
        return str(py3langid.classify(text)[0])
    return str(next(name for name, _ in py3langid.rank(text) if name in among))
