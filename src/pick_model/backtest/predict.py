"""Predictions of hidden groups, made as `recommend` makes them for a task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from pick_model.backtest.evidence import Evidence, Fitted
from pick_model.backtest.folds import folds
from pick_model.backtest.rankings import BASELINES, History, predictions
from pick_model.belief.joint import Marginal, marginal
from pick_model.belief.level import Level, prior_level
from pick_model.belief.outlook import Outlook
from pick_model.belief.rows import Group, world_of
from pick_model.belief.similarity import Target
from pick_model.documents.backtest import Hide
from pick_model.documents.catalog import lineage
from pick_model.interval import Interval

LEAST = 4  # models that a benchmark needs: with three, tau takes four values


class Predicted(NamedTuple):
    """What was expected of one member of a hidden group."""

    member: Marginal  # of the belief: its standing on this benchmark
    standing: Interval  # over many of the kind
    baselines: tuple[float, ...]  # in the order of BASELINES


class HiddenGroup(NamedTuple):
    """A hidden group with what was expected of each member, in their order."""

    group: Group
    members: tuple[Predicted, ...]
    target: Target
    fitted: Fitted  # that the last of the members was predicted by

    def level(self, evidence: Evidence) -> Level | None:
        """Level and scale to expect of the group; None where its metric has none."""
        n_labels = evidence.benchmarks[self.group.benchmark].n_labels
        metric, places = self.group.metric, self.fitted.places
        return prior_level(metric, n_labels, self.target, places, evidence.benchmarks)


def hidden_groups(evidence: Evidence, hide: Hide, source: str | None) -> Iterator[HiddenGroup]:
    """Every group, of one source or all, predicted without what is hidden for it.

    A target has no source: nobody published tables that were made where the user's task is.
    Groups of a modality of which nothing is left are not predicted.
    """
    world = {name: world_of(b.modality) for name, b in evidence.benchmarks.items()}
    found: dict[int, dict[int, Predicted]] = defaultdict(dict)
    for fold in folds(evidence, hide, LEAST, source):
        fitted = evidence.without(fold.hidden, {world[g.benchmark] for g, _ in fold.groups})
        history = History(fitted.groups, world)
        outlooks: dict[Target, Outlook] = {}
        for group, members in fold.groups:
            target = evidence.target(group)
            if not any(name == target.world for name, _ in fitted.scales):
                continue
            if target not in outlooks:
                outlooks[target] = Outlook(target, evidence.numbering, fitted.scales, fitted.scores)
            entries = [evidence.entries[group.members[i].entry] for i in members]
            simple = [predictions(name, entries, group, history) for name in BASELINES]
            one_group = found[id(group)]
            for index, entry, simply in zip(
                members, entries, zip(*simple, strict=True), strict=True
            ):
                line = lineage(entry, evidence.entries)
                one = outlooks[target].expected(line, fitted.scores(entry.id))
                one_group[index] = Predicted(marginal(line, one.z), one.standing, simply)
            if len(one_group) == len(group.members):
                whole = tuple(one_group[i] for i in range(len(group.members)))
                yield HiddenGroup(group, whole, target, fitted)
