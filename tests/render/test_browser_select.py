"""The page of a real selection in a headless Chromium: its ranking is the program's.

The models are small ones that are measured, and models of the catalog, of which some break a limit.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pick_model import load_catalog
from pick_model.advise.contenders import set_fields
from pick_model.advise.scoring import Scoring
from pick_model.cli import select_page as command
from pick_model.cli.main import main
from pick_model.documents.profile import normalised_weights
from pick_model.documents.task import CRITERIA, Constraints
from pick_model.record import replace
from tests.hub import COMMIT, Repo, files_of, serving
from tests.render.chromium import FOLLOW, ROWS, faults, needs_chromium
from tests.render.pages import EVIL, TICKETS, choices

pytestmark = needs_chromium
N = 60  # weightings
# bart-large has more parameters than the profile allows, nv-embed-v2 also no permissive licence.
OTHERS = (
    *("roberta-base", "roberta-large", "deberta-v3-base", "deberta-v3-large", "distilroberta-base"),
    *("bert-base-uncased", "modernbert-base", "modernbert-large", "ettin-encoder-150m"),
    *("xlnet-base-cased", "neobert", "electra-base-discriminator", "bge-base-en-v1.5"),
    *("bart-large", "xlm-roberta-large", "nv-embed-v2", "gte-large", "e5-large-v2"),
)
NOT_SERVED = ("roberta-large", "gte-large")  # as small models in the place of the others are
NAME = "<img src=x onerror='window.hit = 1'><script>window.hit = 1;"  # no /, as a file's name


class Chosen(NamedTuple):
    """The page of a selection, and the scoring it was made from."""

    path: Path
    scoring: Scoring
    among: tuple[str, ...]
    own: tuple[str, ...]

    def ranked(self, weights: list[float], lifted: list[str]) -> list[tuple[Any, ...]]:
        """Id, rank, score and its ends, as the program ranks with these weights and limits."""
        profile = self.scoring.profile
        usual = Constraints()
        kept = replace(profile.constraints, **{name: getattr(usual, name) for name in lifted})
        asked = normalised_weights(profile.preset, dict(zip(CRITERIA, weights, strict=True)))
        changed = replace(profile, constraints=kept, weights=asked)
        observed = [*self.scoring.screened.values(), *self.scoring.probed.values()]
        found = Scoring(changed, self.scoring.catalog, observed, self.among, self.own)
        return [(r.scored.entry.id, r.rank, *r.scored.score) for r in found.ranked]


def selected(folder: Path, served: Mapping[str, Repo], *words: str) -> Chosen:
    """Runs `select` and keeps what its page was made from; a Hub on loopback has what is served."""
    path, kept = folder / "select.html", []
    whole = command.as_page

    def noticed(bench: Any, *others: Any) -> str:
        state = bench.state
        among = tuple(state.to_be_had or ())
        kept.append(Chosen(path, state.scoring, among, tuple(state.asked.own)))
        return whole(bench, *others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PICK_MODEL_CACHE", str(folder / "cache"))
        patch.setattr(command, "as_page", noticed)
        patch.setenv("HF_HUB_CACHE", str(folder / "hub"))
        with serving(served) as hub:
            patch.setenv("HF_ENDPOINT", hub.url)
            assert main(["select", *words, "-f", "html", "-o", str(path)]) == 0
    return kept[0]


@pytest.fixture(scope="module")
def chosen(one_layer: Path, tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Chosen:
    folder = tmp_path_factory.mktemp("select")
    names = folder / "models.txt"
    names.write_text("\n".join([str(one_layer), str(tiny), *OTHERS]), encoding="utf-8")
    data = TICKETS.parent / "train.csv"
    words = [str(TICKETS), "--data", str(data), "--models", str(names), "--budget", "120s"]
    entries, files = load_catalog().entries, files_of(tiny)
    served = [entries[name] for name in OTHERS if name not in NOT_SERVED]
    repos = {str(one.hub_repo): Repo(files, sha=one.revision or COMMIT) for one in served}
    return selected(folder, repos, *words)


def assert_as_the_program(
    page: Any, chosen: Chosen, weights: list[float], lifted: list[str]
) -> None:
    want, got = chosen.ranked(weights, lifted), page.evaluate(ROWS)
    assert [tuple(row[:2]) for row in got] == [row[:2] for row in want]
    for row, (_, _, *score) in zip(got, want, strict=True):
        assert row[2:] == pytest.approx(score, abs=1e-9)


def test_something_was_measured_and_a_limit_keeps_some_out(chosen: Chosen) -> None:
    assert chosen.scoring.screened or chosen.scoring.probed
    asked = {*OTHERS, *chosen.own}
    assert len(chosen.own) == 2
    assert 10 < len(chosen.ranked([1, 1, 1, 1, 1], [])) < len(asked)


def test_each_model_that_is_not_there_is_told_by_its_own_name(page: Any, chosen: Chosen) -> None:
    page.goto(chosen.path.as_uri())
    rows = page.locator("#faults tbody tr").all_inner_texts()
    assert len(rows) == len(NOT_SERVED)
    (told,) = [row for row in rows if row.startswith("roberta-large")]
    assert "FacebookAI/roberta-large" in told


def test_links_with_weights_and_limits_show_the_order_and_scores_of_the_program(
    page: Any, chosen: Chosen
) -> None:
    page.goto(chosen.path.as_uri() + "#all=1")
    profile, orders = chosen.scoring.profile, set()
    for weights, lifted in choices(profile, set_fields(profile.constraints), N):
        link = f"#w={','.join(map(repr, weights))}&off={','.join(lifted)}&all=1"
        page.evaluate(FOLLOW, link)
        assert_as_the_program(page, chosen, weights, lifted)
        orders.add(tuple(row[0] for row in page.evaluate(ROWS)))
    assert len(orders) > N / 2


def test_a_dragged_weight_and_a_lifted_limit_rank_as_the_program_does(
    page: Any, chosen: Chosen
) -> None:
    page.goto(chosen.path.as_uri() + "#all=1")
    usual = list(chosen.scoring.profile.weights)
    assert_as_the_program(page, chosen, usual, [])
    before = page.evaluate(ROWS)
    edge = page.get_by_role("slider", name="Between fit and time")
    edge.scroll_into_view_if_needed()
    box = edge.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 130, box["y"] + 5, steps=4)
    page.mouse.up()
    weights = page.evaluate(
        "new URLSearchParams(location.hash.slice(1)).get('w').split(',').map(Number)"
    )
    assert weights[2] > usual[2] + 0.05
    assert weights[3] < usual[3] - 0.05
    assert_as_the_program(page, chosen, weights, [])
    assert page.evaluate(ROWS) != before
    page.get_by_role("checkbox", name="at most 400,000,000 parameters").uncheck()
    assert_as_the_program(page, chosen, weights, ["max_parameters"])
    assert "bart-large" in [row[0] for row in page.evaluate(ROWS)]


def test_a_script_planted_in_a_model_a_label_and_a_file_stays_text(
    page: Any, tiny: Path, tmp_path: Path
) -> None:
    model = tmp_path / EVIL  # its / makes folders of it
    model.parent.mkdir(parents=True)
    model.symlink_to(tiny, target_is_directory=True)
    data, task = tmp_path / f"{NAME}.csv", tmp_path / "task.yaml"
    with data.open("w", encoding="utf-8", newline="") as out:
        rows = [(f"ticket {n} says {n % 7}", EVIL if n % 2 else "fine") for n in range(60)]
        csv.writer(out).writerows([("text", "label"), *rows])
    task.write_text(
        f"name: {json.dumps(EVIL)}\ntask: text-classification\nn_rows: 60\n", encoding="utf-8"
    )
    words = [str(task), "--data", str(data), "--model", str(model), "--budget", "60s"]
    found = selected(tmp_path, {}, *words)
    page.goto(found.path.as_uri() + "#all=1")
    text = page.inner_text("body")
    assert str(model) in [row[0] for row in page.evaluate(ROWS)]
    assert EVIL in text
    assert f"{NAME}.csv" in text
    labels = page.locator("#data tbody th").all_inner_texts()
    assert EVIL in labels
    assert page.evaluate("typeof window.hit") == "undefined"
    assert page.evaluate("document.images.length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_window(
    width: int, scheme: str, browser: Any, chosen: Chosen
) -> None:
    assert faults(browser, chosen.path, width, scheme) == []
    tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    tab.goto(chosen.path.as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.close()
