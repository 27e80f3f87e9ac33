"""The page of a selection, on which its candidates can be ranked anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pick_model.data.report import DataProfile
    from pick_model.documents.profile import Profile
    from pick_model.documents.select import SelectReport
    from pick_model.measure.select.acts import SelectionBench

SHOWN = 10  # rows of the ranking before "show all"


def as_page(
    bench: SelectionBench, report: SelectReport, profile: Profile, rows: DataProfile
) -> str:
    """The report as a page on which the candidates can be ranked anew."""
    from pick_model.advise.contenders import contest
    from pick_model.advise.recommend import flip_weights, nearest_first, waterfall
    from pick_model.advise.report import all_rejected, candidate, summary
    from pick_model.advise.robustness import acceptability, quality_cost_front
    from pick_model.cli.typed import command_line
    from pick_model.render.html.contest import Ground
    from pick_model.render.html.page import written
    from pick_model.render.html.selection import Field, Measurements, selection

    state, scoring = bench.state, bench.state.scoring
    accepted = acceptability(scoring.front)
    front = {one.entry.id for one in quality_cost_front(scoring.scored)}
    field = Field(
        [candidate(one, scoring, accepted, front) for one in scoring.ranked],
        flip_weights(scoring),
        all_rejected(nearest_first(scoring.rejected)),
        waterfall(scoring.rejected),
        len(scoring.scored) + len(scoring.rejected),
    )
    results = [one for one in state.results if one.metric == state.metric]
    ground = Ground(
        contest=contest(
            scoring.profile, scoring.catalog, results, state.to_be_had, state.asked.own
        ),
        profile=scoring.profile,
        catalog=scoring.catalog,
        shown=SHOWN,
        command=command_line(),
        again="pick-model recommend TASK.yaml --results LEDGER.jsonl",
    )
    measured = Measurements(bench.screen, list(bench.probes.values()), rows)
    return written(selection(report, field, summary(profile), ground, measured))
