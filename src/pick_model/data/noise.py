"""Rows whose label looks wrong: confident learning with a cross-validated linear model.

Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset
Labels", JAIR 70, arXiv:1911.00068. A class's threshold is the mean probability that its own
rows give it (equation 2); a row is a suspect when, among the classes whose threshold it
passes, the likeliest is another than its label, ranked by normalised margin (section 3.2).
Deviation: the margin must also be 0.7 or more, since the model, TF-IDF with one-vs-rest
logistic regression, is weaker than the paper's. What it calls wrong may still be what it is
too simple for, so its accuracy is reported beside the suspects.
"""

from __future__ import annotations

import warnings
from typing import Any

from pick_model.data.dataset import Dataset
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.scripts import is_unspaced, script_shares
from pick_model.data.split import subsample
from pick_model.documents.base import Count, Fraction
from pick_model.documents.checked import Document
from pick_model.errors import MissingExtra
from pick_model.words.message import Message
from pick_model.words.say import message

FOLDS = 3  # each model sees two thirds of the rows; five take twice the time
MAX_ROWS = 10_000  # see MAX_CLASSES: what a user waits for without asking
MAX_CLASSES = 150  # one-vs-rest time grows with classes; 77 and 10,000 rows take 4 CPU-seconds
MIN_ROWS_A_CLASS = 2 * FOLDS  # a class with fewer is left out: its threshold means nothing
MAX_SUSPECTS = 20  # as many as somebody looks at in one go; set by hand
# How much likelier than the label the other class must be. Measured with a random 5 % of labels
# changed: of the rows beyond this margin, changed ones were .92 in banking77, .44 in mr_polarity,
# .76 in subj, .58 in cold_zh, .94 in sms_spam, 1.0 in sib200_zh, .34 in comparative_sentences
# and .33 in germeval18; sib200_en had one such row, a false alarm.
MIN_MARGIN = 0.7
_C = 10.0  # inverse regularisation; at 1.0 small sets collapse to the majority (sib200_en)
# Accuracy must beat the majority class by this many standard errors, or the model knows
# nothing that could contradict a label.
_CLEARLY = 3.0


class Suspect(Document):
    """A row whose label the model contradicts."""

    row: Count  # row number in the file
    label: str
    predicted: str
    probability: Fraction  # the model's, of the predicted class
    label_probability: Fraction  # the model's, of the row's own label


class LabelNoise(Document):
    """What the search for wrong labels found, or why there was none."""

    skipped: Message | None = None  # why nothing was searched; None when it was
    n_checked: Count = 0  # rows looked at
    n_suspects: Count = 0  # the weaker the model, the more of them are right after all
    accuracy: Fraction | None = None  # the model's, cross-validated, on these labels
    suspects: tuple[Suspect, ...] = ()  # at most 20, the most suspicious first


def label_noise(dataset: Dataset, seed: int = 0) -> LabelNoise:
    """Search single-label rows for labels that contradict the rest of the data.

    At most 10,000 rows (a stratified subset). Skipped, with the reason, for other kinds of
    labels, for files, for pairs (their label lies between the texts, which TF-IDF does not see),
    for too few rows or too many classes, and where the model is no better than the majority.

    Raises MissingExtra without scikit-learn.
    """
    if not LABEL_KINDS[dataset.kind].exclusive:
        return LabelNoise(skipped=message("kind-not-searched", kind=dataset.kind))
    if dataset.media is not None:
        return LabelNoise(skipped=message("files-not-searched"))
    if dataset.pairs is not None:
        return LabelNoise(skipped=message("pairs-not-searched"))
    dataset = _large_classes(subsample(dataset, MAX_ROWS, seed))
    n_classes = len(set(dataset.labels))
    if n_classes < 2:
        return LabelNoise(skipped=message("classes-too-small", n=MIN_ROWS_A_CLASS))
    if n_classes > MAX_CLASSES:
        return LabelNoise(skipped=message("too-many-classes", most=MAX_CLASSES))
    probabilities, labels, classes = _cross_validated(dataset, seed)
    if probabilities is None:
        return LabelNoise(skipped=message("no-words-repeat"))
    return _contradicted(dataset, probabilities, labels, classes)


def _large_classes(dataset: Dataset) -> Dataset:
    members: dict[object, list[int]] = {}
    for place, label in enumerate(dataset.labels):
        if dataset.texts[place].strip():
            members.setdefault(label, []).append(place)
    large = [rows for rows in members.values() if len(rows) >= MIN_ROWS_A_CLASS]
    return dataset.take(sorted(row for rows in large for row in rows))


def _cross_validated(dataset: Dataset, seed: int) -> tuple[Any, Any, Any]:
    """Out-of-fold probabilities (rows, classes), labels as places 0 … classes - 1 (rows,),
    and the label index each place stands for (classes,)."""
    try:
        import numpy as np
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold
        from sklearn.multiclass import OneVsRestClassifier
    except ImportError as error:
        raise MissingExtra("label-search", "probe") from error

    classes, labels = np.unique(np.asarray(dataset.labels), return_inverse=True)
    unspaced = is_unspaced(script_shares(dataset.texts))
    vectorizer = TfidfVectorizer(
        analyzer="char" if unspaced else "word",
        ngram_range=(1, 3) if unspaced else (1, 2),
        token_pattern=None if unspaced else r"\b\w+\b",  # one-letter words count: "u", "2"
        min_df=2,
        sublinear_tf=True,
        max_features=50_000,
    )
    try:
        features = vectorizer.fit_transform(dataset.texts)  # (rows, n-grams), sparse
    except ValueError:  # no n-gram occurs in two rows
        return None, labels, classes
    probabilities = np.zeros((len(labels), len(classes)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a rough fit ranks as well
        for fit, judge in folds.split(features, labels):
            # liblinear's dual solver: on sparse text several times as fast as multinomial lbfgs
            # (77 classes, 10,000 rows: 4 against 31 seconds).
            model = OneVsRestClassifier(
                LogisticRegression(C=_C, solver="liblinear", dual=True, tol=1e-2, random_state=seed)
            )
            model.fit(features[fit], labels[fit])
            probabilities[judge] = model.predict_proba(features[judge])
    return probabilities, labels, classes


def _contradicted(dataset: Dataset, probabilities: Any, labels: Any, classes: Any) -> LabelNoise:
    """Thresholds, suspects and their ranking."""
    import numpy as np

    n = len(labels)
    every = np.arange(n)
    accuracy = float((probabilities.argmax(1) == labels).mean())
    counts = np.bincount(labels)
    majority = float(counts.max() / n)
    if accuracy - majority < _CLEARLY * (majority * (1 - majority) / n) ** 0.5:
        return LabelNoise(
            skipped=message("tfidf-no-better"),
            n_checked=n,
            accuracy=accuracy,
        )
    own = probabilities[every, labels]  # (rows,)
    thresholds = np.bincount(labels, weights=own) / counts  # (classes,)
    passed = np.where(probabilities >= thresholds, probabilities, -1.0)  # (rows, classes)
    best = passed.argmax(1)
    margin = probabilities[every, best] - own
    suspect = (passed.max(1) > 0) & (best != labels) & (margin >= MIN_MARGIN)
    margin = np.where(suspect, margin, -np.inf)
    ranked = np.lexsort((every, -margin))[: min(int(suspect.sum()), MAX_SUSPECTS)]
    names = dataset.label_names
    return LabelNoise(
        n_checked=n,
        n_suspects=int(suspect.sum()),
        accuracy=accuracy,
        suspects=tuple(
            Suspect(
                row=dataset.rows[place],
                label=names[int(classes[labels[place]])],
                predicted=names[int(classes[best[place]])],
                probability=round(float(probabilities[place, best[place]]), 6),
                label_probability=round(float(own[place]), 6),
            )
            for place in ranked
        ),
    )
