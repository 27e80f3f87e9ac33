"""The page of `recommend` and of `compare`: the decision first, then all it can be argued with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pick_model.advise.contenders import Contest
from pick_model.catalog.catalog import Catalog
from pick_model.catalog.sourced import sourced
from pick_model.documents.accounts import Comparison
from pick_model.documents.profile import Profile
from pick_model.documents.report import Candidate, Recommendation, Rejected, TaskSummary
from pick_model.documents.task import CRITERIA
from pick_model.render import decision as words
from pick_model.render.html.blocks import (
    Bullets,
    Cell,
    Chart,
    Live,
    Opening,
    Prose,
    Section,
    Sheet,
    Table,
    Tile,
)
from pick_model.render.html.drawing import Bar, intervals
from pick_model.render.html.made import made, task_section
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

MOVED = 12  # models of which it is drawn how results moved them
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


def recommendation(report: Recommendation, ground: Ground) -> Sheet:
    """The page of a report that lists every candidate."""
    pick = next(c for c in report.candidates if c.id == report.decision.pick)
    task, unit = report.task, report.decision.unit
    sections = [
        weights_section(),
        ranking_section(
            report.candidates[: min(ground.shown, FACTS)], words.shortlist(report.decision), unit
        ),
        plot_section(),
        _acceptability(report),
        *_measured(report),
        *_moved(report, ground.before),
        _rejections(report.rejected, report.rejected_by, report.n_models),
        *_unknown(report.candidates[: min(ground.shown, FACTS)]),
        task_section(task),
        *([Section("notes", "Notes", (Bullets(report.notes),))] if report.notes else []),
        made(ground.command, {"catalog": report.catalog_digest}),
    ]
    step = report.decision.next
    return Sheet(
        title=f"{pick.id} for {task.name}",
        opening=Opening(
            over=kicker("recommend", task),
            before="take",
            title=pick.id,
            lines=tuple(f"{first} {'; '.join(rest)}" for first, rest in words.headline(report)[1:]),
            tiles=tiles_of(pick, task, report),
            command=step.command if step else "",
            small=tuple(line for line in (words.basis(report),) if line),
        ),
        sections=tuple(sections),
        data=page_data(report.candidates, task, unit, ground),
    )


def comparison(report: Comparison, ground: Ground) -> Sheet:
    """The page of models side by side: the same, of these alone."""
    wanted = {c.id for c in report.candidates} | {r.id for r in report.rejected}
    contest = ground.contest._replace(
        contenders=tuple(c for c in ground.contest.contenders if c.scored.entry.id in wanted),
        outsiders=tuple(o for o in ground.contest.outsiders if o.id in wanted),
    )
    ground = ground._replace(contest=contest, shown=len(wanted))
    chosen, task = report.candidates, report.task
    unit = "points" if contest.scoring.decision.in_points else "standard_score"
    return Sheet(
        title=f"{', '.join(c.id for c in chosen) or 'no candidate'} for {task.name}",
        opening=Opening(
            over=kicker("compare", task),
            before="of these, take",
            title=chosen[0].id if chosen else "none",
            lines=(*(f"{r.id} is out: it {r.reason}" for r in report.rejected), *report.notes),
            tiles=tiles_of(chosen[0], task, None) if chosen else (),
            tone="" if chosen else "bad",
        ),
        sections=(
            weights_section(),
            ranking_section(chosen, "P(best) and losses are against all candidates.", unit),
            *([_side_by_side(chosen)] if chosen else []),
            plot_section(),
            task_section(task),
            made(ground.command, {"catalog": report.catalog_digest}),
        ),
        data=page_data(chosen, task, unit, ground),
    )


def kicker(command: str, task: TaskSummary) -> str:
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
    lead = (
        "Drag an edge between two parts, or type a share. Everything below is ranked again at "
        "once, by the program's own arithmetic; the address keeps what you chose."
    )
    return Section("weights", "What counts", (Live("weights"),), lead)


def ranking_section(listed: Sequence[Candidate], words_on_chances: str, unit: str) -> Section:
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
    return Section("ranking", "The ranking", (live, Prose((words_on_chances,), "dim")), lead)


def _amount(candidate: Candidate, name: str) -> float | None:
    found = candidate.estimates.get(name)
    return found.value if found else None


def plot_section() -> Section:
    lead = "Each candidate by what it promises and what it costs; diamonds are the Pareto set."
    return Section("plot", "Quality against cost", (Live("plot"),), lead)


def _acceptability(report: Recommendation) -> Section:
    blocks: list[Live | Table] = [Live("acceptability")]
    if report.flips:
        rows = [
            (
                CRITERION_LABELS[f.criterion],
                Cell(
                    f"{'above' if f.direction == 'above' else 'below'} {share(f.weight)}", f.weight
                ),
                f.winner,
            )
            for f in report.flips
        ]
        title = "Where another leads: one weight moved, the others in proportion"
        blocks.append(Table(("weight of", "goes", "then first"), rows, title))
    lead = "In what share of all ways to weigh the five criteria each model comes first."
    return Section("robust", "How much the weights decide", tuple(blocks), lead, len(blocks) > 1)


def _measured(report: Recommendation) -> list[Section]:
    """What the user's own results say."""
    rows = [
        (
            c.id,
            m.metric,
            Cell(scored(m.score, m.metric), m.score),
            f"{scored(m.low, m.metric)} to {scored(m.high, m.metric)}",
            Cell(
                m.verdict,
                tone={"transfers": "good", "does-not-transfer": "bad"}.get(m.verdict, "doubt"),
            ),
        )
        for c in report.candidates
        if (m := c.measured) is not None
    ]
    if not rows:
        return []
    columns = ("model", "metric", "full fine-tune", "90 %", "verdict")
    return [Section("measured", "Measured on your rows", (Table(columns, rows, "Own results"),))]


def _moved(report: Recommendation, before: Recommendation | None) -> list[Section]:
    """What is expected of the first models, without the user's results and with them."""
    if before is None:
        return []
    then = {c.id: c.expected for c in before.candidates}
    bars: list[Bar] = []
    rows = []
    for c in report.candidates[:MOVED]:
        was, now = then.get(c.id), c.expected
        if was is None or was.metric != now.metric:
            continue
        texts = [
            f"{scored(e.value, e.metric)} ({scored(e.low, e.metric)}–{scored(e.high, e.metric)})"
            for e in (was, now)
        ]
        bars.append(Bar("before", was.value, was.low, was.high, texts[0], "other"))
        bars.append(Bar(c.id, now.value, now.low, now.high, texts[1]))
        rows.append((c.id, *texts))
    if not bars:
        return []
    metric = report.candidates[0].expected.metric.replace("_", " ")
    chart = intervals(bars, f"Expected {metric} before and after your results")
    table = Table(("model", "before", "with your results"), rows, "The same in figures")
    lead = f"Expected {metric} and its 90 % interval, by the catalog alone and with your results."
    return [Section("moved", "How your results moved the belief", (Chart(chart, lead), table), "")]


def _rejections(rejected: Sequence[Rejected], by: dict[str, int], n_models: int) -> Section:
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


def _unknown(listed: Sequence[Candidate]) -> list[Section]:
    """Facts the catalog lacks of the models that stand first."""
    rows = [(c.id, ", ".join(name.replace("_", " ") for name in c.unknown)) for c in listed]
    rows = [row for row in rows if row[1]]
    if not rows:
        return []
    table = Table(("model", "the catalog does not know its"), rows, "Unknown of the first")
    lead = "What is unknown counts as little and widens the interval; it is never the middle."
    return [Section("unknown", "What nobody knows", (table,), lead)]


def _side_by_side(chosen: Sequence[Candidate]) -> Section:
    rows: list[tuple[str, ...]] = [
        ("rank among these", *(str(c.rank) for c in chosen)),
        *(
            (
                name.replace("_", " "),
                *(
                    f"{share(c.values[name][0])}, adds {share(c.contributions[name])}"
                    for c in chosen
                ),
            )
            for name in CRITERIA
        ),
        ("wins", *(f"{c.acceptability:.0%} of weightings" for c in chosen)),
        ("in the Pareto set", *("yes" if c.pareto else "no" for c in chosen)),
        ("scores that resemble the task", *(str(c.resembling_scores) for c in chosen)),
        ("unknown", *(", ".join(c.unknown) or "nothing" for c in chosen)),
        ("beware", *("; ".join(c.cautions) or "–" for c in chosen)),
    ]
    columns = ("of each", *(c.id for c in chosen))
    return Section("beside", "Side by side", (Table(columns, rows, "Side by side"),))
