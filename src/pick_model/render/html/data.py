"""What a data set is like, as a section of the page of a report that read it."""

from __future__ import annotations

from pick_model.data.report import DataProfile
from pick_model.render.html.blocks import Block, Bullets, Cell, Section, Table, TermList
from pick_model.words.figures import figure


def data_section(profile: DataProfile | None) -> list[Section]:
    """Rows, lengths, classes, repeats and what looks wrong; nothing where nobody looked."""
    if profile is None:
        return []
    words, letters = profile.words, profile.characters
    terms = {
        "file": profile.source,
        "labels": profile.kind,
        "rows": f"{profile.n_rows:,} of {profile.n_total:,}",
        "held out": None if profile.n_heldout is None else f"{profile.n_heldout:,}",
        "words a row": f"{words.p50:,}, 95 % within {words.p95:,}, longest {words.longest:,}",
        "characters": f"{letters.p50:,}, 95 % within {letters.p95:,}, longest {letters.longest:,}",
        "scripts": ", ".join(f"{name} {share:.0%}" for name, share in profile.scripts.items()),
        "largest class by smallest": figure(profile.imbalance) if profile.imbalance else None,
        "repeated rows": f"{profile.duplicates.count:,}",
        "contradicting rows": f"{profile.conflicts.count:,}",
        "held out, also in training": f"{profile.overlap.count:,}",
    }
    blocks: list[Block] = [TermList(tuple((n, Cell(v)) for n, v in terms.items() if v))]
    if profile.warnings:
        blocks.append(Bullets(profile.warnings))
    if profile.classes:
        total = sum(one.count for one in profile.classes) or 1
        rows = [
            (
                one.name,
                Cell(f"{one.count:,}", one.count),
                Cell(f"{one.count / total:.1%}", one.count / total),
                Cell("–" if one.heldout is None else f"{one.heldout:,}", one.heldout or 0),
            )
            for one in profile.classes
        ]
        blocks.append(Table(("label", "rows", "share", "held out"), rows, "Labels", find=True))
    return [Section("data", "The data", tuple(blocks))]
