"""Every page: whole in one file, and what came from elsewhere is text in it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from pick_model.documents.probe import Confusion
from pick_model.measure.probe.confusion import MOST, confusion
from pick_model.render.html.drawing import (
    LETTER,
    Bar,
    DrawnCurve,
    DrawnPoint,
    curves,
    intervals,
    shortened,
    steps,
)
from pick_model.render.html.page import asset, embedded, linked, written
from pick_model.render.html.probe import probe
from tests.cli.conftest import Run
from tests.data.build import dataset
from tests.measure.reports import report
from tests.render.pages import EVIL, PAGES, TICKETS, Elements, evil_task

LIMIT = 1_500_000  # bytes of a page


@pytest.fixture(params=PAGES)
def evil(request: pytest.FixtureRequest) -> str:
    return PAGES[request.param]()


def policy_of(page: Elements) -> str:
    return next(
        a["content"] or ""
        for tag, a in page.found
        if a.get("http-equiv") == "Content-Security-Policy"
    )


def check_whole(text: str) -> Elements:
    """A page that asks for nothing, runs its own scripts alone, and has one title."""
    page = Elements(text)
    assert len(text.encode()) < LIMIT
    for tag, attributes in page.found:
        assert tag not in ("link", "iframe", "object", "embed", "img", "base", "form"), tag
        assert "src" not in attributes
        assert not any(name.startswith("on") for name in attributes), attributes
        assert "style" not in attributes  # the policy would drop it
        if tag == "a":
            assert re.match(r"(#|https?://)", attributes["href"] or ""), attributes
    assert "url(" not in asset("page.css")
    assert "@import" not in asset("page.css")
    policy = policy_of(page)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for script in page.scripts:
        if not script.startswith("{"):
            named = b64encode(sha256(script.encode()).digest()).decode()
            assert f"'sha256-{named}'" in policy
    ids = [a["id"] for _, a in page.found if a.get("id")]
    assert len(ids) == len(set(ids))
    links = {a["href"] for tag, a in page.found if tag == "a" and (a["href"] or "").startswith("#")}
    assert links <= {f"#{one}" for one in ids}
    return page


def test_what_came_from_elsewhere_is_text(evil: str) -> None:
    page = check_whole(evil)
    assert EVIL in page.text
    assert len(page.scripts) == 1  # that of every page


def test_the_page_of_a_hostile_task_and_overlay_is_whole_and_keeps_the_text(
    run: Run, tmp_path: Path
) -> None:
    task, overlay = evil_task(tmp_path)
    done = run("recommend", str(task), "--catalog", str(overlay), "--top", "0", "-f", "html")
    assert done.code == 0, done.err
    page = check_whole(done.out)
    assert len(page.scripts) == 4
    assert page.data["task"] == EVIL
    facts = [f for each in page.data["facts"].values() for f in each]
    assert any(f["source"] == EVIL for f in facts)
    assert all(f["url"] is None or f["url"].startswith("http") for f in facts)
    assert EVIL in page.text


@pytest.mark.parametrize(
    "command",
    [
        ["recommend", str(TICKETS)],
        ["recommend", str(TICKETS), "--point-worth", "100", "--price-per-hour", "2"],
        ["compare", str(TICKETS), "roberta-base", "neobert", "bart-large"],
        ["explain", str(TICKETS), "roberta-base"],
        ["explain", str(TICKETS), "bart-large"],
        ["gate", "--lock", str(TICKETS.parent / "pick-model.lock"), "--offline"],
    ],
    ids=lambda c: " ".join([c[0], *c[2:]]),
)
def test_a_command_writes_its_page_and_the_same_bytes_again(command: list[str], run: Run) -> None:
    first = run(*command, "--format", "html")
    assert first.code in (0, 3), first.err
    page = check_whole(first.out)
    assert "pick-model " + command[0] in page.text  # how it was made
    assert run(*command, "--format", "html").out == first.out


def test_what_to_measure_next_reads_as_in_the_terminal(run: Run) -> None:
    page = Elements(run("recommend", str(TICKETS), "--format", "html").out)
    step = json.loads(run("recommend", str(TICKETS), "--format", "json").out)["decision"]["next"]
    assert f"next: probe {', '.join(step['models'])} (" in page.text


def test_the_rejected_are_said_to_be_out(run: Run) -> None:
    page = Elements(run("explain", str(TICKETS), "bart-large", "-f", "html").out)
    assert "406,291,456 parameters, over 400,000,000" in page.text


def test_every_fact_of_an_account_links_to_where_it_is_from(run: Run) -> None:
    page = Elements(run("explain", str(TICKETS), "roberta-base", "-f", "html").out)
    links = {a["href"] for tag, a in page.found if tag == "a"}
    assert any(link and link.startswith("https://arxiv.org") for link in links)


def test_every_published_score_of_an_account_links_to_its_table(run: Run) -> None:
    out = run("explain", str(TICKETS), "roberta-base", "-f", "html").out
    section = out.partition('id="evidence"')[2].partition("</section>")[0]
    rows = section.count("<tr>") - 1
    assert rows > 5
    assert section.count('<a href="http') == rows


def test_a_gate_without_a_verdict_has_a_page_that_says_so(run: Run, tmp_path: Path) -> None:
    done = run("gate", "--lock", str(tmp_path / "none.lock"), "--offline", "-f", "html")
    assert done.code == 2
    assert "no verdict" in check_whole(done.out).text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://a.org/x", "https://a.org/x"),
        ("HTTP://a.org", "HTTP://a.org"),
        ("javascript:alert(1)", None),
        (" https://a.org", None),
        ("data:text/html,x", None),
        ("//a.org", None),
        ("", None),
        (None, None),
    ],
)
def test_only_addresses_of_the_web_are_links(given: str | None, kept: str | None) -> None:
    assert linked(given) == kept


def test_data_cannot_end_its_element_and_reads_back_the_same() -> None:
    told = {"a": "</script><!-- \u2028 \u202e & \ud800 😀", "b": [0.1, None]}
    text = embedded(told)
    assert not set(text) & {"<", ">", "&", "\u2028", "\u202e"}
    page = Elements(f"<script>{text}</script>")
    told["a"] = str(told["a"])
    assert page.data == told


def test_not_a_number_is_no_data() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        embedded({"a": float("nan")})


def test_a_matrix_of_confusions_counts_rows_by_label_and_by_what_was_said() -> None:
    rows = dataset([0, 0, 0, 1, 1, 2], names=("a", "b", "c"))
    found = confusion(rows, [[0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 0, 0]])
    assert found == Confusion(
        labels=("a", "b", "c"),
        counts=((5 / 2, 1 / 2, 0.0), (1 / 2, 3 / 2, 0.0), (2 / 2, 0.0, 0.0)),
    )


def test_of_many_labels_the_most_frequent_are_in_the_matrix() -> None:
    labels = [i for i in range(MOST + 5) for _ in range(1 + i)]
    found = confusion(dataset([*labels]), [labels])
    assert found is not None
    assert len(found.labels) == len(found.counts) == MOST
    assert found.labels[0] == f"c{MOST + 4:03d}"


def test_other_labels_than_single_ones_have_no_matrix() -> None:
    assert confusion(dataset([0.5, 1.5], kind="regression"), [[0, 0]]) is None
    assert confusion(dataset([0, 1]), []) is None


def test_a_probe_of_a_model_that_lies_deep_goes_by_its_folder_s_name() -> None:
    page = written(probe(report(model="/some/where/mine"), None, "x"))
    assert ">mine</" in page
    assert "/some/where" not in page


@pytest.mark.parametrize("value", [0.0, 1.0, -0.5, 1e-9, 12345.0])
def test_drawings_stand_values_that_are_all_alike(value: float) -> None:
    flat = intervals([Bar("a", value, value, value, "x")], "flat")
    assert "nan" not in flat
    points = [DrawnPoint(10.0, value, value, value)]
    drawn = curves([DrawnCurve("", points)], "flat", across="x", up="y", log=True)
    assert "nan" not in drawn


def test_the_steps_of_an_axis_hold_all_values_and_are_round() -> None:
    for low, high in ((0.12, 0.97), (-3.05, 1.72), (0.0, 0.0), (41.0, 41.5)):
        found = steps(low, high)
        assert found[0] <= low
        assert found[-1] >= high
        assert 2 <= len(found) <= 9


def test_a_label_keeps_its_ends() -> None:
    assert shortened("a" * 50 + "z", 66).startswith("aaaa")
    assert shortened("a" * 50 + "z", 66).endswith("z")
    assert len(shortened("a" * 51, 66)) == int(66 / LETTER)
