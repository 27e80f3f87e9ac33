"""What a reader does with a page, in a headless Chromium: every answer is the program's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pick_model.advise.contenders import set_fields
from pick_model.advise.profile import read_profile
from pick_model.catalog.catalog import Catalog
from pick_model.cli.main import main
from pick_model.documents.profile import Profile
from tests.render.chromium import FOLLOW, ROWS, needs_chromium
from tests.render.pages import PAGES, TICKETS, choices, evil_task, ranked_by_the_program

pytestmark = needs_chromium
N = 60  # weightings
IN_ORDER = """names => names.every(
    (n, i) => !i || names[i - 1].localeCompare(n, 'en', {numeric: true}) <= 0)"""


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "ranking.html"
    assert main(["recommend", str(TICKETS), "-f", "html", "-o", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def profile(catalog: Catalog) -> Profile:
    return read_profile(TICKETS, catalog)


def assert_as_the_program(
    page: Any, profile: Profile, catalog: Catalog, weights: list[float], lifted: list[str]
) -> None:
    want = ranked_by_the_program(profile, catalog, weights, lifted)
    got = page.evaluate(ROWS)
    assert [tuple(row[:2]) for row in got] == [row[:2] for row in want]
    for row, (_, _, *score) in zip(got, want, strict=True):
        assert row[2:] == pytest.approx(score, abs=1e-9)


def weights_of(page: Any) -> list[float]:
    """The weights that the address keeps."""
    found: list[float] = page.evaluate(
        "new URLSearchParams(location.hash.slice(1)).get('w').split(',').map(Number)"
    )
    return found


def test_links_with_weights_and_limits_show_the_order_and_scores_of_the_program(
    page: Any, ranking: Path, profile: Profile, catalog: Catalog
) -> None:
    page.goto(ranking.as_uri() + "#all=1")
    for weights, lifted in choices(profile, set_fields(profile.constraints), N):
        link = f"#w={','.join(map(repr, weights))}&off={','.join(lifted)}&all=1"
        page.evaluate(FOLLOW, link)
        assert_as_the_program(page, profile, catalog, weights, lifted)


def test_a_dragged_edge_and_a_switched_limit_rank_again(
    page: Any, ranking: Path, profile: Profile, catalog: Catalog
) -> None:
    page.goto(ranking.as_uri() + "#all=1")
    before = page.evaluate(ROWS)
    edge = page.get_by_role("slider", name="Between transfer and data")
    box = edge.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 150, box["y"] + 5, steps=4)
    page.mouse.up()
    weights = weights_of(page)
    assert weights[0] < profile.weights[0] - 0.05
    assert weights[1] > profile.weights[1] + 0.05
    assert weights[2:] == pytest.approx(profile.weights[2:])
    assert_as_the_program(page, profile, catalog, weights, [])
    assert page.evaluate(ROWS) != before
    page.get_by_role("checkbox", name="licence: permissive").uncheck()
    assert_as_the_program(page, profile, catalog, weights, ["license"])
    assert "First by these:" in page.inner_text(".changed")
    page.get_by_role("button", name="as the profile has it").click()
    assert page.evaluate(ROWS) == before
    assert page.locator(".changed").is_hidden()


def test_the_keyboard_alone_moves_weights_sorts_filters_and_opens_an_account(
    page: Any, ranking: Path, profile: Profile, catalog: Catalog
) -> None:
    page.goto(ranking.as_uri() + "#all=1")
    edge = page.get_by_role("slider", name="Between fit and time")
    edge.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    weights = weights_of(page)
    assert weights[2] == pytest.approx(profile.weights[2] - 0.03)
    assert_as_the_program(page, profile, catalog, weights, [])
    page.locator("#ranking").get_by_role("button", name="size").press("Enter")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.rank tr[data-id]')].map(r => r.cells[9].textContent)"
    )
    assert sizes[0] == min(sizes, key=_parameters)
    page.locator("#ranking input[type=search]").fill("ROBERTA-large")
    ids = [row[0] for row in page.evaluate(ROWS)]
    assert ids
    assert all("roberta-large" in one for one in ids)
    page.get_by_role("button", name="roberta-large", exact=True).press("Enter")
    assert "training memory" in page.inner_text(".detail")
    page.reload()  # the address keeps all of it
    assert [row[0] for row in page.evaluate(ROWS)] == ids
    assert page.locator(".detail").is_visible()


def _parameters(text: str) -> float:
    units = {"k": 1e3, "M": 1e6, "B": 1e9}
    return float(text[:-1]) * units[text[-1]] if text[-1] in units else float("inf")


def test_the_plot_takes_other_axes_and_arrow_keys(page: Any, ranking: Path) -> None:
    page.goto(ranking.as_uri())
    page.get_by_label("Across:").select_option("latency_ms")
    page.get_by_label("Up:").select_option("p")
    assert "x=latency_ms&y=p" in page.evaluate("location.hash")
    plot = page.locator("svg.plot")
    plot.focus()
    page.keyboard.press("ArrowRight")
    assert "P(best)" in page.inner_text(".readout")
    assert " ms" in page.inner_text(".readout")


@pytest.mark.parametrize(
    "link", ["#w=1,2", "#w=0,0,0,0,0", "#w=a,b,c,d,e", "#off=nothing&x=?&y=?&sort=?", "#=%"]
)
def test_a_link_that_makes_no_sense_shows_the_program_s_ranking(
    link: str, page: Any, ranking: Path
) -> None:
    page.goto(ranking.as_uri())
    want = page.evaluate(ROWS)
    page.goto(ranking.as_uri() + link)
    page.reload()
    assert page.evaluate(ROWS) == want


@pytest.mark.parametrize("name", [*PAGES, "recommend"])
def test_a_planted_script_stays_text(name: str, page: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    if name == "recommend":
        task, overlay = evil_task(tmp_path)
        words = ["recommend", str(task), "--catalog", str(overlay), "-f", "html", "-o", str(path)]
        assert main(words) == 0
        page.goto(path.as_uri() + "#all=1&model=distilroberta-base")
    else:
        path.write_text(PAGES[name](), encoding="utf-8")
        page.goto(path.as_uri())
    assert page.evaluate("typeof window.hit") == "undefined"
    assert page.evaluate("document.images.length") == 0
    assert "<script>window.hit = 1</script>" in page.inner_text("body")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_its_window(
    width: int, scheme: str, browser: Any, ranking: Path, tmp_path: Path
) -> None:
    pages = [ranking]
    for name, make in PAGES.items():
        pages.append(tmp_path / f"{name}.html")
        pages[-1].write_text(make(), encoding="utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in pages:
        tab.goto(path.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path.name
    tab.close()


def test_tables_of_every_page_sort_and_filter(page: Any, ranking: Path) -> None:
    page.goto(ranking.as_uri())
    table = page.locator("#rejected table")
    table.get_by_role("button", name="model").click()
    names = table.locator("tbody th").all_inner_texts()
    assert len(names) > 100
    assert page.evaluate(IN_ORDER, names)
    table.get_by_role("button", name="model").click()
    assert table.locator("tbody th").all_inner_texts() == names[::-1]
    page.locator("#rejected input[type=search]").fill("licence is unknown")
    shown = table.locator("tbody tr:visible").all_inner_texts()
    assert 0 < len(shown) < len(names)
    assert all("licence is unknown" in one for one in shown)
