"""Level and scale of every group of the evidence, worked out when the catalog is compiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from pick_model.belief.level import Place, link_of
from pick_model.belief.rows import Group
from pick_model.documents.catalog import Score

LEAST = 5  # models for a scale: below, the spread of a group is mostly what the fit supposed


def places(
    groups: Sequence[Group], rows: Sequence[Score], standards: Mapping[int, float]
) -> list[Place]:
    """Level and log of the scale of each group whose metric has a link.

    `standards` maps the position of a row to its standard score. On the link's scale scores
    are regressed on standard scores (least squares): scale = cov(u, z) / var(z), level = the
    value at z = 0.
    """
    found = []
    for group in groups:
        row = rows[group.members[0].position]
        link = link_of(row.metric)
        if link is None:
            continue
        u = [link.of(rows[member.position].score) for member in group.members]
        z = [standards[member.position] for member in group.members]
        mean_u, mean_z = sum(u) / len(u), sum(z) / len(z)
        apart = sum((a - mean_u) * (b - mean_z) for a, b in zip(u, z, strict=True))
        around = sum((b - mean_z) ** 2 for b in z)
        if not around or apart <= 0:  # all beyond the end of the metric's range
            continue
        scale = apart / around
        several = len({member.entry for member in group.members}) >= LEAST
        found.append(
            Place(
                row.benchmark,
                row.protocol,
                row.metric,
                mean_u - scale * mean_z,
                log(scale) if several else None,
                group.source,
            )
        )
    return found
