"""A recommendation for a terminal. Nothing here needs colour to be understood."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.documents.report import Candidate, Recommendation, TaskSummary
from pick_model.documents.task import CRITERIA
from pick_model.render import decision, pictures
from pick_model.render.layout import STYLES, Column, Page
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
from pick_model.words.figures import figure, signed

WIDE = 120  # columns from which each criterion gets a bar of its own
_COST_TITLES = (("train", "memory"), ("an input", "serving"))  # trained, used as it comes
_NEAR_SHOWN = 5  # set by hand: who wants more wants the JSON


def amount(candidate: Candidate, name: str) -> float | None:
    """The value of one estimate; None when unknown."""
    estimate = candidate.estimates.get(name)
    return estimate.value if estimate else None


def task_lines(page: Page, task: TaskSummary) -> None:
    languages = " to ".join(task.translate) if task.translate else "+".join(task.languages)
    words = [task.task, *([task.domain] if task.domain else []), languages]
    words += [f"{task.n_labels} labels"] if task.n_labels else []
    words += [f"{task.n_rows:,} rows"] if task.n_rows or task.method != "as-is" else []
    words.append(task.input)
    page.heading(task.name, " · ".join(w for w in words if w))
    where = task.train_on
    if task.serve_on != task.train_on:
        where = f"{task.train_on}, served on {task.serve_on}"
    how = (
        f"{task.method} fine-tuning, {task.dtype}, batch {task.batch_size}, {task.epochs:g} epochs"
    )
    if task.method == "as-is":
        how = "used as it comes: nothing is trained"
    weights = ", ".join(f"{CRITERION_LABELS[n]} {share(w)}" for n, w in task.weights.items())
    page.paragraph(
        f"{where}, {how}; preset {task.preset} ({task.weights_origin}): {weights}", dim=True
    )
    taken = ", ".join(f"{d.field} = {d.value}" for d in task.defaults)
    page.paragraph(f"defaults taken: {taken}" if taken else "no default was taken", dim=True)
    page.blank()


def recommendation(report: Recommendation, page: Page, *, explain: bool = False) -> None:
    """The shortlist; under it what was rejected, what nearly made it, what is unknown."""
    for first, text in decision.headline(report):
        page.opening(first, text)
    if report.decision.next is not None:
        page.command(report.decision.next.command, 2, "dim")
    page.blank()
    task_lines(page, report.task)
    _shortlist(report, page)
    hidden = report.n_candidates - len(report.candidates)
    if hidden:
        page.paragraph(f"{hidden} more candidates (--top 0 lists all)", dim=True)
    page.paragraph(decision.shortlist(report.decision), dim=True)
    if rests_upon := decision.basis(report):
        page.paragraph(rests_upon, dim=True)
    if report.notes:
        page.blank()
    for note in report.notes:
        page.paragraph(note, label="note")
    page.blank()
    _rejections(report, page)
    _unknown(report.candidates, page)
    for c in report.candidates:
        if c.measured:
            m = c.measured
            between = f"{scored(m.low, m.metric)} to {scored(m.high, m.metric)}"
            page.paragraph(
                f"{c.id} {scored(m.score, m.metric)} [{between}] {m.metric}, {m.verdict}",
                label="measured",
                style=STYLES.get(m.verdict, "bold"),
            )
    if explain:
        _sensitivity(report, page)


def _shortlist(report: Recommendation, page: Page) -> None:
    wide = page.width >= WIDE
    columns = [
        Column("#", right=True),
        Column("model", fold=True),
        Column("P(best)" if wide else "best", right=True, style="bold"),
        *_quality_columns(report, wide),
        Column("score", right=True),
        *(Column(CRITERION_LABELS[n], style="cyan") for n in CRITERIA if wide),
        *([Column("size", right=True)] if wide else []),
        *(Column(title, right=True) for title in _COST_TITLES[report.task.method == "as-is"]),
        Column("licence", fold=True),
    ]
    full = max(report.task.weights.values())
    rows = []
    for place, c in enumerate(report.candidates):
        tied = place > 0 and report.candidates[place - 1].rank == c.rank
        rows.append(
            [
                "=" if tied else str(c.rank),
                c.id + _marks(c),
                chance(c.p_best),
                *_quality(c, report, wide),
                share(c.score),
                *(
                    f"{_long_bar(c.contributions[n], full)} {share(c.contributions[n])}"
                    for n in CRITERIA
                    if wide
                ),
                *([count(c.n_parameters)] if wide else []),
                *_costs(c, report.task),
                c.license or "unknown",
            ]
        )
    first_group = sum(1 for c in report.candidates if c.rank == 1)
    page.grid(columns, rows, bold_rows=first_group if first_group < len(rows) else 1)
    legend = ["'=' ties with the one above at 90 %"]
    if not wide:
        legend.append("best: P(best)")
        if report.decision.anchored:
            legend.append(f"expect: {report.candidates[0].expected.metric} to expect")
    if not all(c.resembling_scores or c.measured for c in report.candidates):
        legend.append("*: no published score resembles this task")
    if wide or not report.decision.anchored:
        legend.append(
            "loses: points below the best to expect"
            if report.decision.unit == "points"
            else "loses: standard scores below the best to expect"
        )
    if any(c.doubtful for c in report.candidates):
        legend.append("?: expected over a limit that it may keep, so after all others")
    if any(_in_parts(c, report.task) for c in report.candidates):
        legend.append("/n: the batch fits in micro-batches of n")
    if any(c.checkpointing for c in report.candidates):
        legend.append("c: with checkpointing")
    page.paragraph("; ".join(legend), dim=True)


def _quality_columns(report: Recommendation, wide: bool) -> list[Column]:
    """What a row says of its quality: where the score to expect is known only as of any such
    task, a narrow page has room for what tells the rows apart, the loss.
    """
    loses = Column("loses", right=True)
    if not wide and not report.decision.anchored:
        return [loses]
    metric = report.candidates[0].expected.metric.replace("_", " ")
    title = metric if wide else "expect"
    expected = [Column(title, right=True), Column("90 %", style="dim")]
    return [loses, *expected] if wide else expected


def _quality(c: Candidate, report: Recommendation, wide: bool) -> list[str]:
    loses = loss(c.expected_loss, report.decision.unit, bare=True)
    if not wide and not report.decision.anchored:
        return [loses]
    e = c.expected
    expected = [
        scored(e.value, e.metric),
        f"{scored(e.low, e.metric)}–{scored(e.high, e.metric)}",
    ]
    return [loses, *expected] if wide else expected


def _marks(c: Candidate) -> str:
    """What the legend tells of a name: no resembling score, and over a limit."""
    found = ["*"] if not (c.resembling_scores or c.measured) else []
    found += ["?"] if c.doubtful else []
    return " " + "".join(found) if found else ""


def _costs(c: Candidate, task: TaskSummary) -> tuple[str, str]:
    """Time and memory: of training, or of serving what is used as it comes."""
    if task.method == "as-is":
        ms = amount(c, "latency_ms")
        return "?" if ms is None else f"{figure(ms, 2)} ms", gib(amount(c, "serving_memory_gib"))
    memory = gib(amount(c, "training_memory_gib")) + _in_parts(c, task)
    return duration(amount(c, "training_hours")), memory


def _in_parts(candidate: Candidate, task: TaskSummary) -> str:
    """`/8` where the batch only fits in micro-batches of 8, `/8c` with checkpointing."""
    kept = "c" if candidate.checkpointing else ""
    smaller = candidate.micro_batch < task.batch_size
    return f" /{candidate.micro_batch}{kept}" if smaller or kept else ""


def _long_bar(value: float, full: float, width: int = 5) -> str:
    filled = round(width * min(value / full, 1.0))
    return "█" * filled + "·" * (width - filled)


def _rejections(report: Recommendation, page: Page) -> None:
    steps = [f"{report.n_models} models"]
    steps += [f"−{n} {name}" for name, n in report.rejected_by.items()]
    page.paragraph(" ".join(steps) + f" = {report.n_candidates} candidates", label="rejected")
    near = [r for r in report.rejected if r.near_miss]
    if near:
        width = max(len(r.id) for r in near[:_NEAR_SHOWN])
        page.heading("near misses:")
        for r in near[:_NEAR_SHOWN]:
            page.definition(r.id, r.near_miss or "", width)
        more = len(near) - _NEAR_SHOWN
        if more > 0:
            page.paragraph(f"and {more} more (--format json has all)", indent=2)


def _unknown(candidates: Sequence[Candidate], page: Page) -> None:
    """What the catalog lacks, fact by fact, with the models that lack it."""
    lacking: dict[str, list[str]] = {}
    for c in candidates:
        for fact in c.unknown:
            lacking.setdefault(fact, []).append(c.id)
    if not lacking:
        return
    words = []
    for fact, ids in lacking.items():
        named = ids[0] if len(ids) == 1 else f"{len(ids)} of these {len(candidates)}"
        words.append(f"{fact} of {named}")
    page.paragraph("; ".join(words), label="unknown")


def _sensitivity(report: Recommendation, page: Page) -> None:
    """What --explain adds: values, acceptability, Pareto set and flip weights."""
    page.blank()
    pictures.expectations(report.candidates, page)
    columns = [Column("model", fold=True)]
    columns += [Column(CRITERION_LABELS[n], right=True) for n in CRITERIA]
    columns += [Column("standard"), Column("wins", right=True), Column("Pareto")]
    rows = []
    for c in report.candidates:
        e = c.standing
        rows.append(
            [
                c.id,
                *(share(c.values[name][0]) for name in CRITERIA),
                f"{signed(e.value, 2)} [{signed(e.low, 1)}, {signed(e.high, 1)}]",
                f"{c.acceptability:.0%}",
                "yes" if c.pareto else "",
            ]
        )
    page.grid(columns, rows)
    page.paragraph(
        "values 0–1 on fixed anchors; standard: expected standard score and its 90 %; wins: "
        "share of all weightings in which it comes first; Pareto: nothing better trains faster",
        dim=True,
    )
    for flip in report.flips:
        more = "more" if flip.direction == "above" else "less"
        criterion = flip.criterion.replace("_", " ")
        page.paragraph(
            f"{flip.winner} wins once {criterion} weighs {more} than {share(flip.weight)}",
            label="flip",
        )
