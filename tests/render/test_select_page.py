"""The page of a real selection: whole, and ranked anew as the program ranks what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model.advise.contenders import contest
from pick_model.advise.scoring import Scoring
from pick_model.belief.observations import ProbeResult
from pick_model.catalog.catalog import Catalog
from pick_model.documents.profile import normalised_weights
from pick_model.documents.task import CRITERIA, Constraints
from pick_model.interval import Interval
from pick_model.record import replace
from tests.cli.conftest import TICKETS, Run
from tests.render.pages import choices, profile_of
from tests.render.test_pages import check_whole
from tests.render.test_rank_script import Script

N = 25  # weightings


def test_what_was_measured_and_who_is_among_the_candidates_counts_on_the_page_too(
    catalog: Catalog,
) -> None:
    profile = profile_of("facts", catalog)
    ranked = Scoring(profile, catalog).ranked
    among = [one.scored.entry.id for one in ranked][:40]
    results = [
        ProbeResult(name, profile.metric, Interval(value, value - 0.02, value + 0.02), "transfers")
        for name, value in ((among[5], 0.93), (among[20], 0.6))
    ]
    own = [among[7]]
    found = contest(profile, catalog, results, among, own)
    script, usual, orders = Script(found, profile), Constraints(), set()
    for weights, lifted in choices(profile, found.limits, N):
        limits = replace(profile.constraints, **{name: getattr(usual, name) for name in lifted})
        asked = normalised_weights(profile.preset, dict(zip(CRITERIA, weights, strict=True)))
        changed = replace(profile, constraints=limits, weights=asked)
        want = Scoring(changed, catalog, results, among, own).ranked
        got = script.ranked(weights, lifted)
        assert [(r["id"], r["rank"]) for r in got] == [(w.scored.entry.id, w.rank) for w in want]
        for row, one in zip(got, want, strict=True):
            assert row["score"] == pytest.approx(list(one.scored.score), abs=1e-9)
        orders.add(tuple(r["id"] for r in got))
    assert len(orders) > 5


@pytest.mark.slow
def test_a_real_selection_has_a_page(
    run: Run,
    one_layer: Path,
    tiny: Path,
    tmp_path: Path,
) -> None:
    data = str(Path(TICKETS).parent / "train.csv")
    words = ["--data", data, "--model", str(one_layer), "--model", str(tiny), "--budget", "60s"]
    done = run("select", str(TICKETS), *words, "-f", "html")
    assert done.code == 0, done.err
    page = check_whole(done.out)
    assert page.data["contenders"]
    assert "What was measured" in page.text
    assert "How the belief moved" in page.text
