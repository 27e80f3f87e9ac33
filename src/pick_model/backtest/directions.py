"""Which way each metric of a user's table is better: by its words, or as the user says."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from pick_model.errors import Location, SchemaError, UsageError, did_you_mean
from pick_model.vocabulary.metrics import LOWER_IS_BETTER, METRICS, canonical_metric, squeezed
from pick_model.words.say import message

# Words beside a metric's name that say where and how it was measured, not what a number means.
BESIDE = """
    test eval evaluation valid validation val dev train training heldout set split mean avg
    average best final max score scores value percent pct on of by at the a with from in and
    frozen logreg linear probe lora zero shot zeroshot few knn fine finetune finetuned tune
    tuned feature features embedding embeddings head model classification macro micro
    weighted samples
"""
# A difference or a quotient before the name: -loss, 1 - accuracy, 100-acc, 1/perplexity.
TURNED = re.compile(r"\s*[0-9.%\s]*[-+/]")


class Directions(NamedTuple):
    """What the user says of metrics, in the file's words: which way is better."""

    higher: tuple[str, ...] = ()
    lower: tuple[str, ...] = ()


NOT_GIVEN = Directions()


class FileMetrics:
    """The metrics of one file by name, and which way each is better."""

    def __init__(self, directions: Directions) -> None:
        both = {_spelled(n) for n in directions.higher} & {_spelled(n) for n in directions.lower}
        if both:
            raise UsageError(message("metric-both-ways", name=min(both)))
        self._asked = {_spelled(name): (name, -1.0) for name in directions.lower}
        self._asked |= {_spelled(name): (name, 1.0) for name in directions.higher}
        self._found: dict[str, tuple[str, float]] = {}
        self._unknown: dict[str, Location] = {}

    def metric(self, written: str, where: Location) -> tuple[str, float]:
        """The metric's name, and what to multiply a score by to bring it into its direction."""
        if written not in self._found:
            self._found[written] = self._look_up(written, where)
        return self._found[written]

    def _look_up(self, written: str, where: Location) -> tuple[str, float]:
        known, spelled = metric_in(written), _spelled(written)
        # Only a metric's own name becomes the table's: train and test accuracy stay two.
        name = squeezed(written) if squeezed(written) in METRICS else spelled
        better = -1.0 if known in LOWER_IS_BETTER else 1.0
        if spelled in self._asked:
            better = self._asked[spelled][1]  # the user's word outranks the table's
        elif known is None:
            self._unknown.setdefault(written, where)
        return name, better * (-1.0 if name in LOWER_IS_BETTER else 1.0)

    def check(self, file: str) -> None:
        """Raises SchemaError for metrics of unknown direction, UsageError for options in vain."""
        if self._unknown:
            first = shlex.quote(next(iter(self._unknown)))
            hint = message("say-which-is-better", metric=first)
            if len(self._unknown) > 1:
                hint = message("say-for-each-which-is-better", metric=first)
            raise SchemaError(
                message("metrics-without-direction", metrics=tuple(self._unknown)),
                location=next(iter(self._unknown.values())),
                hint=hint,
            )
        held = {_spelled(name) for name in self._found}
        for spelled, (name, _) in self._asked.items():
            if spelled not in held:
                raise UsageError(
                    message("file-without-metric", file=str(file), name=name),
                    hint=did_you_mean(name, self._found),
                )


def _spelled(name: str) -> str:
    return name.strip().lower()


def metric_in(written: str) -> str | None:
    """The known metric that a column's words name: `test_loss`, `Macro F1 (dev)`.

    None where no metric is named, where two are that disagree on which way is better, and
    where anything stands beside it that could turn it round (accuracy drop, 1 - accuracy).
    """
    arrows = {arrow == "↓" for arrow in written if arrow in "↑↓"}
    written = re.sub("[↑↓]", " ", written)
    if TURNED.match(written) or not written.isascii():
        return None
    name = _named(written)
    return name if name and arrows <= {METRICS[name].lower} else None


def _named(written: str) -> str | None:
    whole = canonical_metric(written)
    if whole is not None:
        return whole
    words = squeezed(written).split("_")
    found: list[str] = []
    at = 0
    while at < len(words):
        for end in range(len(words), at, -1):
            name = canonical_metric(" ".join(words[at:end]))
            if name is not None:
                found.append(name)
                at = end
                break
        else:
            if words[at] not in BESIDE.split() and not words[at].isdigit():
                return None
            at += 1
    directions = {METRICS[name].lower for name in found}
    return found[0] if len(directions) == 1 else None
