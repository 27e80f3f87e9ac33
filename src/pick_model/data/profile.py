"""What a labelled data set is like, and what in it may spoil a training run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import cast

from pick_model.data.advice import data_warnings
from pick_model.data.dataset import Dataset
from pick_model.data.entities import has_entities, opens_inside
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.lengths import character_lengths, word_lengths
from pick_model.data.noise import LabelNoise, label_noise
from pick_model.data.report import ClassCount, DataProfile, NumberRange, RowList
from pick_model.data.scripts import guessed_languages, main_script, script_shares
from pick_model.data.texts import text_keys
from pick_model.words.say import message, say_all

MAX_ROWS_LISTED = 20  # as many as somebody looks at in one go; set by hand
# Times as far from the middle as most numbers are: beyond, not even prices lie. By hand; of numbers
# whose logarithm is normal, with a deviation of 1, two in a hundred thousand do.
FAR_OFF = 100.0


def profile(
    dataset: Dataset,
    heldout: Dataset | None = None,
    *,
    seed: int = 0,
    search_labels: bool = True,
) -> DataProfile:
    """Describe the training rows, and their overlap with the held-out ones.

    Takes seconds for 50,000 rows, most of them for the search for wrong labels. Raises
    MissingExtra without scikit-learn.
    """
    keys = text_keys(dataset)
    exact = list(zip(dataset.contents, dataset.pairs or dataset.contents, strict=True))
    overlap = exact_overlap = RowList()
    if heldout is not None:
        overlap = _also_in(heldout, text_keys(heldout), keys)
        pairs = list(zip(heldout.contents, heldout.pairs or heldout.contents, strict=True))
        exact_overlap = _also_in(heldout, pairs, exact)
    files, heldout_files = _files(dataset), None if heldout is None else _files(heldout)
    if dataset.media is not None:  # names of files are no texts
        dataset = replace(dataset, texts=("",) * len(dataset))
    texts = (*dataset.texts, *(dataset.pairs or ()))
    scripts = script_shares(texts)
    classes = _classes(dataset, heldout)
    counts = [c.count for c in classes if c.count]
    facts = DataProfile(
        source=dataset.source,
        digest=dataset.digest,
        kind=dataset.kind,
        n_rows=len(dataset),
        n_total=dataset.n_total,
        n_heldout=None if heldout is None else len(heldout),
        classes=classes,
        imbalance=max(counts) / min(counts) if counts else None,
        target=_target(dataset),
        sorted_by_class=_sorted_by_class(dataset),
        characters=character_lengths(dataset),
        words=word_lengths(dataset),
        scripts=scripts,
        languages=guessed_languages(scripts),
        empty=_listed(dataset, (place for place, key in enumerate(keys) if not all(key))),
        duplicates=_repeats(dataset, exact),
        near_duplicates=_repeats(dataset, keys),
        conflicts=_conflicts(dataset, keys),
        overlap=overlap,
        exact_overlap=exact_overlap,
        bad_tags=_bad_tags(dataset),
        noise=label_noise(dataset, seed)
        if search_labels
        else LabelNoise(skipped=message("no-time-to-search")),
        warnings=(),
    )
    found = data_warnings(facts, _script_rows(dataset), files, heldout_files)
    return facts.model_copy(update={"warnings": say_all(found), "warning_messages": found})


def _files(dataset: Dataset) -> dict[int, str] | None:
    """The names of files by row, where rows are files."""
    if dataset.media is None:
        return None
    return dict(zip(dataset.rows, dataset.texts, strict=True))


def _listed(dataset: Dataset, places: Iterable[int]) -> RowList:
    rows = [dataset.rows[place] for place in places]
    return RowList(count=len(rows), rows=tuple(rows[:MAX_ROWS_LISTED]))


def _also_in(heldout: Dataset, keys: Sequence[Hashable], train: Sequence[Hashable]) -> RowList:
    known = set(train)
    return _listed(heldout, (place for place, key in enumerate(keys) if key in known))


def _repeats(dataset: Dataset, keys: Sequence[Hashable]) -> RowList:
    seen: set[Hashable] = set()
    repeats = []
    for place, key in enumerate(keys):
        if key in seen:
            repeats.append(place)
        seen.add(key)
    return _listed(dataset, repeats)


def _conflicts(dataset: Dataset, keys: Sequence[Hashable]) -> RowList:
    """Rows of one text whose labels differ; numbers differ when further apart than one
    standard deviation of the whole column."""
    members: dict[Hashable, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        members[key].append(place)
    several = [places for places in members.values() if len(places) > 1]
    contradict = LABEL_KINDS[dataset.kind].contradiction(dataset.labels)
    found = [p for p in several if contradict([dataset.labels[i] for i in p])]
    return _listed(dataset, sorted(place for places in found for place in places))


def _classes(dataset: Dataset, heldout: Dataset | None) -> tuple[ClassCount, ...]:
    def count(rows: Dataset) -> Counter[str]:
        return LABEL_KINDS[rows.kind].counts(rows.labels, rows.label_names)

    counts = count(dataset)
    other = None if heldout is None else count(heldout)
    names = sorted(counts | (other or Counter()), key=lambda name: (-counts[name], name))
    return tuple(
        ClassCount(name=name, count=counts[name], heldout=None if other is None else other[name])
        for name in names
    )


def _bad_tags(dataset: Dataset) -> RowList:
    """Sentences with a tag that goes on with an entity (I-, E-, L-, M-) that never began."""
    begun = any(name[0] in "BSU" for name in dataset.label_names)  # else I- alone is the way
    if not LABEL_KINDS[dataset.kind].by_word or not has_entities(dataset.label_names) or not begun:
        return RowList()
    bad = []
    for place, row in enumerate(dataset.labels):
        tags = [dataset.label_names[i] for i in cast("tuple[int, ...]", row)]
        if opens_inside(tags):
            bad.append(place)
    return _listed(dataset, bad)


def _target(dataset: Dataset) -> NumberRange | None:
    if LABEL_KINDS[dataset.kind].named:
        return None
    values = [cast(float, label) for label in dataset.labels]
    middle = median(values)
    usual = median(abs(value - middle) for value in values)
    far = [n for n, value in enumerate(values) if usual and abs(value - middle) > FAR_OFF * usual]
    return NumberRange(
        mean=fmean(values),
        sd=pstdev(values),
        minimum=min(values),
        maximum=max(values),
        middle=middle,
        far_off=_listed(dataset, far),
    )


def _sorted_by_class(dataset: Dataset) -> bool:
    """Whether equal labels stand together: far fewer runs than a random order would have.

    A random order of n rows has 1 + n - Σ n_c² / n runs in the mean (Wald and Wolfowitz
    1940, for any number of classes); a tenth of that is no accident.
    """
    if not LABEL_KINDS[dataset.kind].exclusive or len(dataset) < 20:
        return False
    if dataset.reading is not None and dataset.reading.format == "folders":
        return False  # its order is ours
    labels = dataset.labels
    runs = 1 + sum(a != b for a, b in pairwise(labels))
    n = len(labels)
    expected = 1 + n - sum(count**2 for count in Counter(labels).values()) / n
    return runs < expected / 10


def _script_rows(dataset: Dataset) -> dict[str, int]:
    """Rows of each script, rows without letters left out; Japanese is one script here."""
    pairs = dataset.pairs or ("",) * len(dataset)
    found = Counter(
        script
        for one, two in zip(dataset.texts, pairs, strict=True)
        if (script := main_script(one + two)) is not None
    )
    if found["Kana"]:
        found["Kana"] += found.pop("Han", 0)
    return dict(found.most_common())
