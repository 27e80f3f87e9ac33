"""A selection for a terminal, as Markdown and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from pick_model.documents.report import Measured
from pick_model.documents.select import Expectation, Selected, SelectReport, SelectStep
from pick_model.render import pictures
from pick_model.render.layout import Column, Page
from pick_model.render.probe import between, number
from pick_model.render.screen import fault, short_names, why
from pick_model.render.tables import table
from pick_model.render.words import (
    cell,
    chance,
    count,
    criteria_shares,
    duration,
    loss,
    markdown,
    span,
)
from pick_model.words.reader import listing, phrase, retold, word
from pick_model.words.say import message

STEPS = ("", "stage", "model", "measured", "90 %", "before", "after", "take", "to lose", "time")
RESULTS = ("", "model", "size", "before", "now", "90 %", "P(best)", "to lose", "screen", "probe")
RIGHT = {"", "size", "measured", "before", "after", "now", "P(best)", "to lose", "screen", "probe"}


def report(found: SelectReport, page: Page) -> None:
    """What to take, what more time would buy, what was done, and where every candidate stands."""
    page.opening(advice(found, _names(found)[found.decision.pick]), taken(found))
    if told := next_words(found):
        page.opening(phrase("next-step"), [told])
    page.blank()
    rows = phrase("rows-and-held-out", n=found.rows, heldout=found.rows_heldout)
    page.heading(found.source, rows)
    page.paragraph(spent(found), dim=True)
    weights = criteria_shares(found.weights)
    page.paragraph(phrase("taken-by", preset=found.preset, weights=weights), dim=True)
    page.blank()
    if found.steps:
        page.grid(_columns(STEPS), [list(row) for row in step_rows(found)])
        page.paragraph(phrase("legend-steps"), dim=True)
        page.blank()
    page.grid(_columns(RESULTS), [list(row) for row in result_rows(found)])
    if told := beside(found):
        page.paragraph(told)
    page.blank()
    pictures.selection(found, _names(found), page)
    for one in found.results:
        if one.error is not None:
            fault(one.error, phrase("not-measured", model=one.model), page)
    for note in retold(found.notes, found.note_messages):
        page.paragraph(note, label=word("note"))


def _columns(titles: Sequence[str]) -> list[Column]:
    """Of numbers to the right, and the models' names fold."""
    return [
        Column(shown, right=title in RIGHT, fold=title == "model")
        for title, shown in zip(titles, _titles(titles), strict=True)
    ]


def advice(found: SelectReport, model: str) -> str:
    """What to do: take the model, where anything was measured or needed not be."""
    return phrase("nothing-measured") if untold(found) else phrase("take", model=model)


def untold(found: SelectReport) -> bool:
    """Whether nothing could be measured, in this time or at all, so that only the prior speaks."""
    if any(one.screened or one.probed for one in found.results):
        return False
    return found.ended in ("budget", "nothing-left") or any(s.error for s in found.steps)


def taken(found: SelectReport) -> list[str]:
    """What is to be expected of the choice, part by part."""
    decision = found.decision
    if untold(found):
        return [
            phrase("first-by-prior", model=_names(found)[decision.pick]),
            phrase("p-best", p=chance(decision.p_best)),
            phrase("loss-expected", loss=loss(decision.expected_loss, decision.unit)),
        ]
    before = loss(found.expected_loss_before, decision.unit, bare=True)
    after = loss(decision.expected_loss, decision.unit)
    first = _names(found)[found.pick_before]
    fell = phrase("expected-loss-fell", now=before, after=after)
    if found.pick_before != decision.pick:
        fell = phrase("before-was", what=fell, model=first)
    p = chance(decision.p_best)
    some = any(one.error for one in found.results)
    words = [phrase("p-best-of-those", p=p) if some else phrase("p-best", p=p), fell]
    if decision.p_better_than_current is not None:
        words.insert(1, phrase("p-better", p=chance(decision.p_better_than_current)))
    return words


def spent(found: SelectReport) -> str:
    """Seconds, of what was given and of what fine-tuning everything would take."""
    words = phrase("time-spent", spent=found.spent_seconds, budget=found.budget_seconds)
    if not found.full_seconds:
        return words
    return phrase("to-fine-tune-all", spent=words, seconds=found.full_seconds)


def next_words(found: SelectReport) -> str:
    """What more time would buy."""
    more = found.further
    if more is None:
        return ""
    names = _names(found)
    steps = tuple(
        message("stage-of", stage=f"{stage} models", models=names[model])
        for stage, model in more.steps
    )
    unit = found.decision.unit
    return phrase(
        "loss-would-fall",
        what=message("for-so-long", what=steps, seconds=more.minutes * 60),
        now=loss(found.decision.expected_loss, unit, bare=True),
        after=loss(more.expected_loss_after, unit),
    )


def beside(found: SelectReport) -> str:
    """What the trivial baselines score on the same rows, and what each probe's verdict is."""
    if not found.baselines:
        some = any(one.screened for one in found.results)
        return phrase("no-baseline-beside") if some else ""
    names = _names(found)
    scores = listing(
        (
            phrase("baseline-scores", baseline=name, score=number(score))
            for name, score in found.baselines.items()
        ),
        "list",
    )
    verdicts = (
        phrase("probe-said", model=names[one.model], verdict=word(one.probed.verdict))
        for one in found.results
        if one.probed
    )
    told = [phrase("baselines-beside", scores=scores), listing(verdicts, "list")]
    return listing((part for part in told if part), "clauses")


def step_rows(found: SelectReport) -> list[tuple[str, ...]]:
    """A line a measurement."""
    names, unit, in_metric = _names(found), found.decision.unit, _in_metric(found)
    return [
        (
            str(n),
            word(step.stage),
            names[step.model],
            *_observed(step),
            _score(step.before, in_metric),
            _score(step.after, in_metric),
            names[step.pick],
            loss(step.expected_loss_after, unit, bare=True),
            duration(step.seconds / 3600),
        )
        for n, step in enumerate(found.steps, start=1)
    ]


def result_rows(found: SelectReport) -> list[tuple[str, ...]]:
    """A line a candidate."""
    names, unit, in_metric = _names(found), found.decision.unit, _in_metric(found)
    return [
        (
            str(one.rank or ""),
            names[one.model],
            count(one.n_parameters),
            _score(one.prior, in_metric),
            _score(one.believed, in_metric),
            _interval(one.believed),
            chance(one.believed.p_best) if one.believed else "",
            loss(one.believed.expected_loss, unit, bare=True) if one.believed else "",
            _measured(one.screened),
            _measured(one.probed),
        )
        for one in found.results
        if one.error is None
    ]


def _observed(step: SelectStep) -> tuple[str, str]:
    if step.observation is not None:
        one = step.observation
        return number(one.score), between((one.low, one.high))
    if step.error is not None:
        return word("too short" if step.error.code == "budget" else "failed"), ""
    return word("one class"), ""


def _in_metric(found: SelectReport) -> bool:
    """Whether standings could be scaled to the metric in the end."""
    return any(one.believed and one.believed.score for one in found.results)


def _score(one: Expectation | None, in_metric: bool) -> str:
    """In the metric; in standard scores where nothing ever scaled them to it."""
    if one is None or (in_metric and one.score is None):
        return ""
    return number((one.score or one.standing).value)


def _interval(one: Expectation | None) -> str:
    if one is None:
        return ""
    figure = one.score or one.standing
    return span(figure.low, figure.high)


def _measured(one: Measured | None) -> str:
    return "" if one is None else number(one.score)


def _names(found: SelectReport) -> dict[str, str]:
    """Every model's name as it is shown."""
    steps = found.further.steps if found.further else ()
    names = [one.model for one in found.results]
    names += [found.decision.pick, found.pick_before, *(name for _, name in steps)]
    names += [name for step in found.steps for name in (step.model, step.pick)]
    return short_names(dict.fromkeys(names))


def as_markdown(found: SelectReport) -> str:
    """Headings, both tables and the notes, as GitHub renders them."""
    names = _names(found)
    lines = [f"## {markdown(found.source)}", ""]
    take = advice(found, markdown(names[found.decision.pick]))
    lines += [f"**{take}** {markdown('   '.join(taken(found)))}", ""]
    lines += [spent(found), ""]
    if found.steps:
        lines += [*table(_titles(STEPS), _safe(step_rows(found))), ""]
    lines += [*table(_titles(RESULTS), _safe(result_rows(found))), ""]
    lines += [markdown(told), ""] if (told := beside(found)) else []
    lines += [
        f"- {phrase('was-not-measured', model=markdown(one.model), why=markdown(why(one.error)))}"
        for one in found.results
        if one.error is not None
    ]
    told = next_words(found)
    lines += [f"- {phrase('label', name=word('next'))}{markdown(told)}"] if told else []
    lines += [f"- {markdown(note)}" for note in retold(found.notes, found.note_messages)]
    return "\n".join(lines) + "\n"


def _titles(names: Sequence[str]) -> list[str]:
    return [word(name) if name else "" for name in names]


def _safe(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return [tuple(markdown(text) for text in row) for row in rows]


def as_csv(found: SelectReport) -> str:
    """One line a candidate; numbers in full, what is not there as an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            *("rank", "model", "metric", "prior", "prior_p_best", "expected", "low", "high"),
            *("p_best", "expected_loss", "screen", "probe", "verdict", "seconds", "error"),
        ]
    )
    for one in found.results:
        writer.writerow(
            [one.rank, cell(one.model), found.metric, *_numbers(one), *_end(one, found)]
        )
    return out.getvalue()


def _numbers(one: Selected) -> list[float | None]:
    """What was and is believed."""
    prior, now = one.prior, one.believed
    score = now.score if now else None
    return [
        prior.score.value if prior and prior.score else None,
        prior.p_best if prior else None,
        *((score.value, score.low, score.high) if score else (None, None, None)),
        now.p_best if now else None,
        now.expected_loss if now else None,
    ]


def _end(one: Selected, found: SelectReport) -> list[float | str | None]:
    """What was measured, in how many seconds, or why not."""
    return [
        one.screened.score if one.screened else None,
        one.probed.score if one.probed else None,
        one.probed.verdict if one.probed else None,
        round(sum(step.seconds for step in found.steps if step.model == one.model), 3),
        "" if one.error is None else cell(one.error.message),
    ]
