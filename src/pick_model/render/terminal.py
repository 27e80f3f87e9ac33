"""A recommendation for a terminal. Nothing here needs colour to be understood."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.documents.report import (
    Candidate,
    DefaultTaken,
    Recommendation,
    Rejected,
    TaskSummary,
)
from pick_model.documents.task import CRITERIA
from pick_model.render import decision, pictures
from pick_model.render.layout import STYLES, Column, Page
from pick_model.render.words import (
    CRITERION_LABELS,
    chance,
    count,
    criteria_shares,
    duration,
    gib,
    loss,
    scored,
    share,
)
from pick_model.words.figures import figure, signed
from pick_model.words.reader import listing, phrase, retold, tell, word

WIDE = 120  # columns from which each criterion's share of the score stands beside it
_COST_TITLES = (("train", "memory"), ("an input", "serving"))  # trained, used as it comes
_NEAR_SHOWN = 5  # set by hand: who wants more wants the JSON


def amount(candidate: Candidate, name: str) -> float | None:
    """The value of one estimate; None when unknown."""
    estimate = candidate.estimates.get(name)
    return estimate.value if estimate else None


def task_lines(page: Page, task: TaskSummary) -> None:
    words = [task.task, *([task.domain] if task.domain else []), languages_of(task)]
    words += [phrase("n-labels", n=task.n_labels)] if task.n_labels else []
    words += [phrase("n-rows", n=task.n_rows)] if task.n_rows or task.method != "as-is" else []
    words += map(tell, task.input_messages)
    page.heading(task.name, " · ".join(w for w in words if w))
    where = task.train_on
    if task.serve_on != task.train_on:
        where = phrase("served-elsewhere", trained=task.train_on, served=task.serve_on)
    how = phrase(
        "how-trained",
        method=f"method {task.method}",
        dtype=task.dtype,
        batch=task.batch_size,
        epochs=task.epochs,
    )
    if task.method == "as-is":
        how = phrase("nothing-trained")
    weights, origin = criteria_shares(task.weights), task.weights_origin
    page.paragraph(
        phrase(
            "preset-of", preset=task.preset, where=where, how=how, origin=origin, weights=weights
        ),
        dim=True,
    )
    taken = tuple(_default(d) for d in task.defaults)
    defaults = phrase("defaults-taken", taken=taken) if taken else phrase("no-default-taken")
    page.paragraph(defaults, dim=True)
    page.blank()


def _default(taken: DefaultTaken) -> str:
    """A default, with its reason where it was read out of what the user wrote."""
    value, why = f"{taken.field} = {taken.value}", taken.why_message
    return f"{value} ({tell(why)})" if why is not None and taken.field == "domain" else value


def languages_of(task: TaskSummary) -> str:
    """en+de; en to de where one is translated into the other."""
    if task.translate is None:
        return "+".join(task.languages)
    source, target = task.translate
    return phrase("translated", source=source, target=target)


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
        page.paragraph(phrase("more-candidates", n=hidden), dim=True)
    if few := decision.shortlist(report.decision):
        page.paragraph(few, dim=True)
    if rests_upon := decision.basis(report):
        page.paragraph(rests_upon, dim=True)
    if report.notes:
        page.blank()
    for note in retold(report.notes, report.note_messages):
        page.paragraph(note, label=word("note"))
    page.blank()
    _rejections(report, page)
    _unknown(report.candidates, page)
    for c in report.candidates:
        if c.measured:
            m = c.measured
            low, high = scored(m.low, m.metric), scored(m.high, m.metric)
            page.paragraph(
                phrase(
                    "model-measured",
                    model=c.id,
                    score=scored(m.score, m.metric),
                    between=phrase("from-to", low=low, high=high),
                    metric=m.metric,
                    verdict=m.verdict,
                ),
                label=word("measured"),
                style=STYLES.get(m.verdict, "bold"),
            )
    if explain:
        _sensitivity(report, page)


def _shortlist(report: Recommendation, page: Page) -> None:
    wide = page.width >= WIDE
    parts = any(_in_parts(c, report.task) for c in report.candidates)
    columns = [
        Column("#", right=True),
        Column(word("model"), fold=True),
        Column(word("P(best)" if wide else "best"), right=True, style="bold"),
        *_quality_columns(report, wide),
        Column(word("score"), right=True),
        *(Column(word(CRITERION_LABELS[n]), right=True, style="dim") for n in CRITERIA if wide),
        *([Column(word("size"), right=True)] if wide else []),
        *(Column(word(title), right=True) for title in _COST_TITLES[report.task.method == "as-is"]),
        *([Column("")] if parts else []),
        Column(word("licence"), fold=True),
    ]
    rows = []
    for place, c in enumerate(report.candidates):
        tied = place > 0 and report.candidates[place - 1].rank == c.rank
        rows.append(
            [
                "=" if tied else str(c.rank),
                c.id + marks(c),
                chance(c.p_best),
                *_quality(c, report, wide),
                share(c.score),
                *(share(c.contributions[n]) for n in CRITERIA if wide),
                *([count(c.n_parameters)] if wide else []),
                *_costs(c, report.task),
                *([_in_parts(c, report.task)] if parts else []),
                c.license or word("unknown"),
            ]
        )
    first_group = sum(1 for c in report.candidates if c.rank == 1)
    page.grid(columns, rows, bold_rows=first_group if first_group < len(rows) else 1)
    page.paragraph(listing(_legend(report, wide), "clauses"), dim=True)


def _legend(report: Recommendation, wide: bool) -> list[str]:
    """What the table's signs and short titles mean, from left to right."""
    candidates, decision = report.candidates, report.decision
    ties = len({c.rank for c in candidates}) < len(candidates)
    legend = [phrase("legend-ties")] if ties else []
    legend += legend_of_marks(candidates, report.task)
    if not wide:
        legend.append(phrase("legend-best"))
    if wide or not decision.anchored:
        points = decision.unit == "points"
        legend.append(phrase("legend-loses" if points else "legend-loses-unscaled"))
    if not wide and decision.anchored:
        legend.append(phrase("legend-expect", metric=candidates[0].expected.metric))
    if wide:
        legend.append(phrase("legend-score"))
    if any(_in_parts(c, report.task) for c in candidates):
        legend.append(phrase("legend-in-parts"))
    if any(c.checkpointing for c in candidates):
        legend.append(phrase("legend-checkpointing"))
    unknown = ["?" in _costs(c, report.task) for c in candidates]
    if all(unknown):
        legend.append(phrase("legend-no-speed"))
    elif any(unknown):
        legend.append(phrase("legend-no-estimate"))
    return legend


def legend_of_marks(candidates: Sequence[Candidate], task: TaskSummary) -> list[str]:
    """What the signs behind the names of candidates mean."""
    legend = []
    if not all(c.resembling_scores or c.measured for c in candidates):
        legend.append(phrase("legend-unscored"))
    if any(c.doubtful for c in candidates):
        legend.append(phrase("legend-doubtful"))
    if any(c.outdone_by for c in candidates):
        legend.append(phrase("legend-outdone"))
    if any(c.input_limit is not None for c in candidates):
        legend.append(phrase("legend-cut", wanted=task.input_messages))
    return legend


def _quality_columns(report: Recommendation, wide: bool) -> list[Column]:
    """What a row says of its quality: where the score to expect is known only as of any such
    task, a narrow page has room for what tells the rows apart, the loss.
    """
    loses = Column(word("loses"), right=True)
    if not wide and not report.decision.anchored:
        return [loses]
    metric = report.candidates[0].expected.metric.replace("_", " ")
    title = metric if wide else word("expect")
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


def marks(c: Candidate) -> str:
    """What the legend tells of a name: no resembling score, over a limit, outdone, an input cut."""
    found = ["*"] if not (c.resembling_scores or c.measured) else []
    found += ["?"] if c.doubtful else []
    found += ["<"] if c.outdone_by else []
    found += [f"…{c.input_limit:g}"] if c.input_limit is not None else []
    return " " + "".join(found) if found else ""


def _costs(c: Candidate, task: TaskSummary) -> tuple[str, str]:
    """Time and memory: of training, or of serving what is used as it comes."""
    if task.method == "as-is":
        ms = amount(c, "latency_ms")
        return "?" if ms is None else f"{figure(ms, 2)} ms", gib(amount(c, "serving_memory_gib"))
    return duration(amount(c, "training_hours")), gib(amount(c, "training_memory_gib"))


def _in_parts(candidate: Candidate, task: TaskSummary) -> str:
    """`/8` where the batch only fits in micro-batches of 8, `/8c` with checkpointing."""
    if task.method == "as-is":
        return ""
    kept = "c" if candidate.checkpointing else ""
    smaller = candidate.micro_batch < task.batch_size
    return f"/{candidate.micro_batch}{kept}" if smaller or kept else ""


def _rejections(report: Recommendation, page: Page) -> None:
    steps = (f"−{n} {name}" for name, n in report.rejected_by.items())
    funnel = phrase("so-many-models", n=report.n_models), *steps
    left = phrase("so-many-left", n=report.n_candidates)
    page.paragraph(" ".join((*funnel, left)), label=word("rejected"))
    near = [r for r in report.rejected if r.near_miss]
    if near:
        width = max(len(r.id) for r in near[:_NEAR_SHOWN])
        page.heading(phrase("near-misses"))
        for r in near[:_NEAR_SHOWN]:
            page.definition(r.id, near_miss(r), width)
        more = len(near) - _NEAR_SHOWN
        if more > 0:
            page.paragraph(phrase("more-in-json", n=more), indent=2)


def near_miss(one: Rejected) -> str:
    """What would let a model in."""
    told = one.near_miss_message
    return tell(told) if told else one.near_miss or ""


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
        named = ids[0]
        if len(ids) > 1:
            named = phrase("so-many-of-these", n=len(ids), of=len(candidates))
        words.append(phrase("fact-of", fact=fact, models=named))
    page.paragraph(listing(words, "clauses"), label=word("unknown"))


def _sensitivity(report: Recommendation, page: Page) -> None:
    """What --explain adds: values, acceptability, Pareto set and flip weights."""
    page.blank()
    pictures.expectations(report.candidates, page)
    columns = [Column(word("model"), fold=True)]
    columns += [Column(word(CRITERION_LABELS[n]), right=True) for n in CRITERIA]
    columns += [Column(word("standard")), Column(word("wins"), right=True), Column(word("Pareto"))]
    rows = []
    for c in report.candidates:
        e = c.standing
        rows.append(
            [
                c.id,
                *(share(c.values[name][0]) for name in CRITERIA),
                f"{signed(e.value, 2)} [{signed(e.low, 1)}, {signed(e.high, 1)}]",
                f"{c.acceptability:.0%}",
                word("yes") if c.pareto else "",
            ]
        )
    page.grid(columns, rows)
    page.paragraph(phrase("legend-sensitivity"), dim=True)
    for flip in report.flips:
        page.paragraph(
            phrase(
                "wins-above" if flip.direction == "above" else "wins-below",
                winner=flip.winner,
                criterion=flip.criterion.replace("_", " "),
                weight=share(flip.weight),
            ),
            label=word("flip"),
        )
