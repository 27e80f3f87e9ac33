"""A screen or a probe on interactions for a terminal, as Markdown and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain

from pick_model.documents.recommendation import (
    RankingBaseline,
    RankingFigures,
    RecommendationReport,
    RecommenderResult,
)
from pick_model.render.layout import STYLES, Column, Page
from pick_model.render.probe import between, lead, number
from pick_model.render.screen import fault, short_names, why
from pick_model.render.tables import table
from pick_model.render.words import cell, duration, markdown
from pick_model.words.figures import signed_alike
from pick_model.words.reader import listing, phrase, retold, tell, word

# Of the metrics beside the report's own, those that a table has room for, with short names; with
# one item to find `map` is the reciprocal rank without a cut.
BESIDE = {"ndcg_at_10": "NDCG@10", "recall_at_10": "R@10", "map": "MRR"}
# Names of the ways, which `reader.word` puts into words.
WAYS = {
    "popularity": "popularity",
    "item-knn": "item-kNN",
    "als": "ALS",
    "words": "TF-IDF",
    "shuffled-texts": "shuffled texts",
    "untrained": "untrained copies",
}


def report(found: RecommendationReport, page: Page) -> None:
    """Who found what, the verdicts and what they rest on, and who could not be read."""
    names = short_names([one.model for one in found.results])
    for one in found.results:
        if one.verdict is not None:
            label = phrase("model-verdict", model=names[one.model], verdict=one.verdict)
            page.paragraph(reason(one), label=label, style=STYLES[one.verdict])
            page.paragraph(compared(one), indent=2)
    if any(one.verdict is not None for one in found.results):
        page.blank()
    page.heading(found.data.source, about(found))
    if found.environment is not None:
        where = found.environment
        machine = (f"{where.device_name} ({where.device})", where.dtype)
        page.paragraph(listing(machine, "phrases"), dim=True)
    page.blank()
    _ranking(found, page)
    page.blank()
    for one in found.results:
        if one.error is not None:
            fault(one.error, phrase("not-read", model=one.model), page)
        elif one.dropped:
            dropped = listing(retold(one.dropped, one.dropped_messages), "phrases")
            page.paragraph(phrase("no-time-for", model=names[one.model], what=dropped))
    for note in retold(found.notes, found.note_messages):
        page.paragraph(note, label=word("note"))


def about(found: RecommendationReport) -> str:
    """How much there is, and what was asked for."""
    data = found.data
    asked = phrase("users-asked", split=found.split, n=data.tests, of=data.tests_in_file)
    if data.cold_tests:
        asked = phrase("users-asked-cold", asked=asked, n=data.cold_tests)
    parts = (
        phrase("users", n=data.users),
        phrase("items-and-cold", n=data.items, cold=data.cold_items),
        phrase("interactions", n=data.interactions),
        asked,
    )
    return " · ".join(parts)


def reason(one: RecommenderResult) -> str:
    """Why the verdict is what it is."""
    return tell(one.reason_message) if one.reason_message else one.reason or ""


def compared(one: RecommenderResult) -> str:
    """How far it is above each way, the controls with what they found."""
    scores = {control.name: number(control.score) for control in one.controls}
    ways = []
    for name, over in one.over.items():
        way = word(WAYS[name])
        if name in scores:
            way = phrase("with-aside", text=way, aside=scores[name])
        value, low, high = signed_alike(over.value, over.low, over.high)
        around = phrase("from-to", low=low, high=high)
        ways.append(phrase("less-way", way=way, lead=value, between=around))
    return phrase("less-ways", ways=listing(ways, "clauses"))


def in_order(found: RecommendationReport) -> list[RecommenderResult | RankingBaseline]:
    """The models that were read and the baselines, best first."""
    both: Iterator[RecommenderResult | RankingBaseline] = chain(
        (one for one in found.results if one.error is None), found.baselines
    )
    return sorted(both, key=lambda one: -(one.score or 0.0))


def _ranking(found: RecommendationReport, page: Page) -> None:
    names = short_names([one.model for one in found.results])
    beside = {name: short for name, short in BESIDE.items() if name != found.metric}
    columns = [
        Column("", right=True),
        Column(word("model"), fold=True),
        Column(found.metric, right=True, style="bold"),
        Column("90 %", style="dim"),
        Column(word("to popularity"), right=True),
        *(Column(short, right=True) for short in beside.values()),
        *([Column(word("cold"), right=True)] if found.data.cold_tests else []),
        Column(word("time"), right=True),
    ]
    page.grid(columns, [_row(found, one, names, list(beside)) for one in in_order(found)])


def _row(
    found: RecommendationReport,
    one: RecommenderResult | RankingBaseline,
    names: dict[str, str],
    beside: Sequence[str],
) -> list[str]:
    model = one if isinstance(one, RecommenderResult) else None
    return [
        place(model) if model else "",
        name_of(one, names),
        number(one.score or 0.0),
        between(one.interval or (0.0, 0.0)),
        lead(model.over["popularity"].value) if model else "",
        *(number(one.scores[name].value) for name in beside),
        *([cold(one, found.metric)] if found.data.cold_tests else []),
        (_time(model) if model else ""),
    ]


def name_of(one: RankingFigures, names: dict[str, str]) -> str:
    if isinstance(one, RecommenderResult):
        return names[one.model]
    assert isinstance(one, RankingBaseline)
    return word(WAYS[one.name])


def place(one: RecommenderResult) -> str:
    """The rank; = of models that these users do not tell apart from the first."""
    return f"{'=' if one.may_lead and one.rank != 1 else ''}{one.rank}"


def cold(one: RankingFigures, metric: str) -> str:
    """The report's metric on items that nobody was seen to take."""
    return number(one.cold[metric].value) if one.cold else ""


def _time(one: RecommenderResult) -> str:
    return duration(one.seconds / 3600)


def as_markdown(found: RecommendationReport) -> str:
    """A heading, the table, the verdicts, the faults and the notes, as GitHub renders them."""
    names = {one.model: markdown(one.model) for one in found.results}
    beside = [name for name in BESIDE if name != found.metric]
    head = [word("rank"), word("model"), found.metric, "90 %", word("to popularity")]
    head += [BESIDE[name] for name in beside]
    head += [word("cold")] if found.data.cold_tests else []
    rows = [_row(found, one, names, beside) for one in in_order(found)]
    lines = [f"## {markdown(found.data.source)}", "", markdown(about(found)), ""]
    lines += table((*head, word("time")), rows)
    said = []
    for one in found.results:
        if one.error is not None:
            told = markdown(why(one.error))
            said.append(f"- {phrase('was-not-read', model=names[one.model], why=told)}")
        elif one.verdict is not None:
            verdict = f"{phrase('label', name=names[one.model])}**{word(one.verdict)}**"
            said.append(f"- {listing((verdict, markdown(reason(one))), 'phrases')}")
            said.append(f"  {markdown(compared(one))}")
    said += [f"- {markdown(note)}" for note in retold(found.notes, found.note_messages)]
    return "\n".join([*lines, "", *said]) + "\n"


def as_csv(found: RecommendationReport) -> str:
    """One line a model, then the baselines; numbers in full."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    metrics = list(found.baselines[0].scores)
    ways = list(WAYS)
    writer.writerow(
        [
            *("rank", "model", "metric", "score", "low", "high", "standard_error"),
            *metrics,
            *(f"cold_{name}" for name in metrics),
            *(f"over_{name.replace('-', '_')}" for name in ways),
            *("verdict", "may_lead", "seconds", "cached", "error"),
        ]
    )
    for one in (*found.results, *found.baselines):
        model = one if isinstance(one, RecommenderResult) else None
        low, high = one.interval or (None, None)
        writer.writerow(
            [
                model.rank if model else None,
                cell(model.model) if model else getattr(one, "name", None),
                *(found.metric, one.score, low, high, one.standard_error),
                *(one.scores[name].value if name in one.scores else None for name in metrics),
                *(one.cold[name].value if one.cold else None for name in metrics),
                *(model.over[w].value if model and w in model.over else None for w in ways),
                *(
                    (model.verdict, str(model.may_lead).lower(), model.seconds)
                    if model
                    else (None, None, None)
                ),
                str(model.cached).lower() if model else None,
                cell(model.error.message) if model and model.error else "",
            ]
        )
    return out.getvalue()
