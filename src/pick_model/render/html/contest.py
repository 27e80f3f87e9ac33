"""What the page of every ranking has: weights, limits, the table, the plot, who is out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pick_model.advise.contenders import Contest
from pick_model.catalog.catalog import Catalog
from pick_model.catalog.sourced import sourced
from pick_model.documents.profile import Profile
from pick_model.documents.report import (
    Candidate,
    FlipWeight,
    Recommendation,
    Rejected,
    TaskSummary,
)
from pick_model.render.html.blocks import Cell, Live, Prose, Section, Table, Tile
from pick_model.render.html.ranking import fact_data, ranking_data
from pick_model.render.words import (
    CRITERION_LABELS,
    chance,
    count,
    duration,
    gib,
    loss,
    scored,
    share,
)

# What a page has room for: models whose facts it holds, about 5 kB each, and rows of rejected ones.
FACTS, REJECTED = 25, 1000


class Ground(NamedTuple):
    """What the page of a ranking reads beside its report."""

    contest: Contest
    profile: Profile
    catalog: Catalog
    shown: int  # rows before "show all"
    command: str  # as it was typed
    again: str  # what ranks this task again, to which weights are added
    before: Recommendation | None = None  # without the user's own results; None: there are none


def kicker(command: str, task: TaskSummary) -> str:
    """The line above the decision: the command and the task."""
    parts = [command, task.name, task.task, "+".join(task.languages), f"{task.n_rows:,} rows"]
    return " · ".join(part for part in (*parts, task.train_on) if part)


def tiles_of(pick: Candidate, task: TaskSummary, report: Recommendation | None) -> tuple[Tile, ...]:
    """The figures of the pick."""
    e = pick.expected
    found = [Tile("P(best)", chance(pick.p_best))]
    if pick.p_better_than_current is not None:
        found.append(Tile("P(better than now)", chance(pick.p_better_than_current)))
    if report is not None:
        lost = loss(pick.expected_loss, report.decision.unit, bare=True)
        of = f"{report.decision.unit.replace('_', ' ')}, against the best of"
        found.append(Tile("may lose", lost, f"{of} {report.decision.n_candidates}"))
    between = f"{scored(e.low, e.metric)} to {scored(e.high, e.metric)}"
    found.append(Tile(f"expected {e.metric.replace('_', ' ')}", scored(e.value, e.metric), between))
    hours, memory = pick.estimates.get("training_hours"), pick.estimates.get("training_memory_gib")
    if hours is not None and task.method != "as-is":
        ends = f"{duration(hours.low)} to {duration(hours.high)}"
        found.append(Tile("to fine-tune", duration(hours.value), ends))
    if memory is not None:
        ends = f"{gib(memory.low)}iB to {gib(memory.high)}iB"
        found.append(Tile("memory", f"{gib(memory.value)}iB", ends))
    found.append(Tile("licence", pick.license or "unknown"))
    return tuple(found)


def page_data(
    candidates: Sequence[Candidate], task: TaskSummary, unit: str, ground: Ground
) -> dict[str, object]:
    """What the script of the page reads, with the facts of the first models."""
    facts = {
        c.id: fact_data(sourced(ground.catalog.entries[c.id], ground.catalog))
        for c in candidates[: min(ground.shown, FACTS)]
    }
    return ranking_data(
        ground.contest,
        ground.profile,
        task,
        candidates,
        unit=unit,
        shown=ground.shown,
        command=ground.again,
        facts=facts,
    )


def weights_section() -> Section:
    """Weights to drag and limits to lift."""
    lead = (
        "Drag an edge between two parts, or type a share. Everything below is ranked again at "
        "once, by the program's own arithmetic; the address keeps what you chose."
    )
    return Section("weights", "What counts", (Live("weights"),), lead)


def ranking_section(listed: Sequence[Candidate], words_on_chances: str, unit: str) -> Section:
    """The table that is ranked anew; without scripts the first rows stand."""
    columns = ("#", "model", "P(best)", "loses", "score", "train", "memory", "size", "licence")
    rows = [
        (
            Cell(str(c.rank), c.rank),
            c.id,
            chance(c.p_best),
            loss(c.expected_loss, unit, bare=True),
            f"{share(c.score)} ({share(c.interval[0])} to {share(c.interval[1])})",
            duration(_amount(c, "training_hours")),
            gib(_amount(c, "training_memory_gib")),
            count(c.n_parameters),
            c.license or "unknown",
        )
        for c in listed
    ]
    lead = (
        "'=' cannot be told apart from the one above at 90 %. loses: "
        f"{unit.replace('_', ' ')} below the best to expect. A model's name opens its account."
    )
    live = Live("ranking", (Table(columns, rows, "Ranking"),))
    below = (Prose((words_on_chances,), "dim"),) if words_on_chances else ()
    return Section("ranking", "The ranking", (live, *below), lead)


def _amount(candidate: Candidate, name: str) -> float | None:
    found = candidate.estimates.get(name)
    return found.value if found else None


def plot_section() -> Section:
    """Every candidate by what it promises and costs."""
    lead = "Each candidate by what it promises and what it costs; diamonds are the Pareto set."
    return Section("plot", "Quality against cost", (Live("plot"),), lead)


def robust_section(flips: Sequence[FlipWeight]) -> Section:
    """Who comes first under how many weightings, and which weight would change it."""
    blocks: list[Live | Table] = [Live("acceptability")]
    if flips:
        rows = [
            (
                CRITERION_LABELS[f.criterion],
                Cell(
                    f"{'above' if f.direction == 'above' else 'below'} {share(f.weight)}", f.weight
                ),
                f.winner,
            )
            for f in flips
        ]
        title = "Where another leads: one weight moved, the others in proportion"
        blocks.append(Table(("weight of", "goes", "then first"), rows, title))
    lead = "In what share of all ways to weigh the five criteria each model comes first."
    return Section("robust", "How much the weights decide", tuple(blocks), lead, len(blocks) > 1)


def rejected_section(rejected: Sequence[Rejected], by: Mapping[str, int], n_models: int) -> Section:
    """What each limit rejects, and every model for the task that is out."""
    rows = [
        (r.id, r.constraint, r.reason, r.near_miss or "")
        for r in rejected
        if r.constraint != "task"
    ]
    title = "Models for this task that are out, near misses first"
    if len(rows) > REJECTED:
        title += f": {REJECTED:,} of {len(rows):,} (--format json has all)"
    steps = [("models", Cell(f"{n_models:,}", n_models))]
    steps += [(name, Cell(f"−{n:,}", -n)) for name, n in by.items()]
    return Section(
        "rejected",
        "Who is out, and why",
        (
            Live("waterfall", (Table(("limit", "models"), steps, "What each limit rejects"),)),
            Table(
                ("model", "limit", "it", "what would let it in"),
                rows[:REJECTED],
                title,
                find=True,
            ),
        ),
        "A model counts for the first limit that it breaks.",
    )


def unknown_section(listed: Sequence[Candidate]) -> list[Section]:
    """Facts the catalog lacks of the models that stand first."""
    rows = [(c.id, ", ".join(name.replace("_", " ") for name in c.unknown)) for c in listed]
    rows = [row for row in rows if row[1]]
    if not rows:
        return []
    table = Table(("model", "the catalog does not know its"), rows, "Unknown of the first")
    lead = "What is unknown counts as little and widens the interval; it is never the middle."
    return [Section("unknown", "What nobody knows", (table,), lead)]
