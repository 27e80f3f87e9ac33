"""The second pass over a large file: a stratified sample of its rows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Hashable

from pick_model.data.apportion import apportion
from pick_model.data.dataset import LabelKind
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.labels import Label, parts_of
from pick_model.data.records import Record, Records, stratum_label
from pick_model.data.survey import FileSurvey
from pick_model.errors import UsageError
from pick_model.words.say import message


def draw_sample(
    records: Records, survey: FileSurvey, kind: LabelKind, max_rows: int, seed: int
) -> list[Record]:
    """Read the file again and keep the rows drawn, by stratum.

    Which of a stratum's rows are kept is drawn beforehand, from its count, so that the
    second pass holds no row it does not keep.
    """
    stratum_of, sizes = _strata(survey, kind)
    if max_rows < 2 * len(sizes):
        raise UsageError(
            message("sample-too-small", max_rows=max_rows, n_classes=len(sizes)),
            hint=message("at-least", least=2 * len(sizes)),
        )
    quotas = apportion(sizes, max_rows, least=2)
    drawn = {}
    for stratum, quota in quotas.items():
        rng = random.Random(f"{seed}/{stratum}")  # noqa: S311 - draws rows, guards no secret
        drawn[stratum] = frozenset(rng.sample(range(sizes[stratum]), quota))
    seen: Counter[Hashable] = Counter()
    kept = []
    for record in records:
        if record.tokens is not None and not record.tokens:
            continue
        stratum = stratum_of(record)
        if seen[stratum] in drawn.get(stratum, ()):
            kept.append(record)
        seen[stratum] += 1
    if len(kept) != max_rows or seen != sizes:
        raise records.source.error(message("file-changed"), hint=message("try-again"))
    return kept


def _strata(
    survey: FileSurvey, kind: LabelKind
) -> tuple[Callable[[Record], Hashable], dict[Hashable, int]]:
    """How a row's stratum is told, and the rows in each: its class, or its rarest label."""
    labels = survey.labels
    if not LABEL_KINDS[kind].named:
        return lambda _: "", {"": labels.n}
    parts = labels.part_counts()

    def rarest(label: Label | None) -> str:
        if label is None or label not in labels.counts:
            return "(other)"  # a combination past the count's bound
        return min(parts_of(label), key=lambda part: (parts[part], part), default="(none)")

    sizes: Counter[Hashable] = Counter()
    for label, count in labels.counts.items():
        sizes[rarest(label)] += count
    if others := labels.n - sum(labels.counts.values()):
        sizes["(other)"] += others
    return lambda record: rarest(stratum_label(record)), dict(sizes)
