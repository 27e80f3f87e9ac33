"""recommend, explain, compare and schema, from the outside."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pick_model.advise.suitability import SUITABILITY
from pick_model.catalog.catalog import Catalog
from pick_model.cli.schema import SCHEMAS, json_schema
from pick_model.vocabulary.languages import languages
from pick_model.vocabulary.licenses import LICENSE_CLASSES, LICENSES

from .conftest import ROOT, TICKETS, Run

LOCK = str(Path(TICKETS).parent / "pick-model.lock")

EXAMPLES = sorted((ROOT / "examples").glob("*/task.yaml"))

# Ten profiles over text, image and audio; what the first five must be able to do.
PROFILES = {
    "english-intents": "task: text-classification\nlanguages: [en]\nn_labels: 77\nn_rows: 10000\nmetric: macro_f1\n",
    "chinese-offence": "task: text-classification\nlanguages: [zh]\nn_labels: 2\nn_rows: 10000\nconstraints: {license: permissive}\n",
    "european-reviews": "task: text-classification\nlanguages: [de, fr, es, pl]\nn_labels: 5\nn_rows: 40000\nhardware: nvidia-a10\n",
    "japanese-pairs": "task: text-classification\nlanguages: [ja]\nn_labels: 3\nn_rows: 2400\npreset: low-data\n",
    "english-entities": "task: token-classification\nlanguages: [en]\nn_rows: 3400\nconstraints: {max_parameters: 2e8}\n",
    "multilingual-search": "task: sentence-similarity\nlanguages: [en, zh, ar]\nconstraints: {license: commercial, max_serving_memory_gib: 8}\n",
    "chinese-answers": "task: question-answering\nlanguages: [zh]\ninput_tokens: 384\n",
    "part-photos": "task: image-classification\nn_labels: 10\nn_rows: 750\nconstraints: {license: [apache-2.0, mit], max_latency_ms: 100}\nhardware: {train: nvidia-t4, serve: cpu-4-core}\npreset: edge\n",
    "spoken-digits": "task: audio-classification\nlanguages: [en]\nn_labels: 10\nn_rows: 1200\ninput_seconds: 1\n",
    "german-dictation": "task: automatic-speech-recognition\nlanguages: [de]\nn_rows: 5000\ninput_seconds: 15\nhardware: nvidia-a100-40gb\n",
}  # fmt: skip


@pytest.fixture
def profile(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    path = tmp_path / "task.yaml"
    path.write_text(PROFILES[request.param], encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("profile", PROFILES, indirect=True)
def test_the_first_five_can_do_the_task_and_break_no_constraint(
    profile: str, run: Run, catalog: Catalog
) -> None:
    done = run("recommend", profile, "--format", "json", "--top", "5")
    assert done.code == 0, done.err
    report = json.loads(done.out)
    jsonschema.validate(report, json_schema("recommend"))
    task = report["task"]
    written = Path(profile).read_text(encoding="utf-8")
    assert report["candidates"]
    for candidate in report["candidates"]:
        entry = catalog.find(candidate["id"])
        assert task["task"] in entry.tasks
        assert entry.kind in SUITABILITY[task["task"]]
        assert not entry.languages or set(task["languages"]) <= set(entry.languages)
        if "license: permissive" in written:
            assert LICENSES[entry.license or ""] == "permissive"
        if "license: commercial" in written:
            assert LICENSES[entry.license or ""] in LICENSE_CLASSES["commercial"]
        if "license: [apache-2.0, mit]" in written:
            assert entry.license in ("Apache-2.0", "MIT")
        if "max_parameters: 2e8" in written:
            assert (entry.n_parameters or 1e99) <= 2e8
        if "max_latency_ms: 100" in written:
            assert candidate["estimates"]["latency_ms"]["low"] <= 100
        if "max_serving_memory_gib: 8" in written:
            assert candidate["estimates"]["serving_memory_gib"]["low"] <= 8


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda p: p.parent.name)
def test_every_example_gives_a_shortlist(example: Path, run: Run) -> None:
    done = run("recommend", str(example))
    assert done.code == 0, done.err
    assert "rejected: " in done.out
    assert example.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=")


def report_of(run: Run, *words: str) -> dict[str, Any]:
    done = run("recommend", TICKETS, "--format", "json", *words)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_contributions_add_up_in_the_report(run: Run) -> None:
    for candidate in report_of(run, "--top", "0")["candidates"]:
        total = sum(candidate["contributions"].values())
        assert candidate["score"] == pytest.approx(total, abs=5e-6)
        assert candidate["interval"][0] <= candidate["score"] <= candidate["interval"][1]


def test_the_waterfall_accounts_for_every_model(run: Run) -> None:
    report = report_of(run)
    assert report["n_models"] == report["n_candidates"] + len(report["rejected"])
    assert sum(report["rejected_by"].values()) == len(report["rejected"])


def test_top_lists_fewer_and_changes_nothing_else(run: Run) -> None:
    three, everything = report_of(run, "--top", "3"), report_of(run, "--top", "0")
    of_the_listed = {"later-versions", "outdone-versions"}
    assert three["candidates"] == everything["candidates"][:3]
    assert len(everything["candidates"]) == everything["n_candidates"]
    # Apart from what is noted of the models that are listed, or would be.
    for report in (three, everything):
        told = zip(report["notes"], report["note_messages"], strict=True)
        report["notes"] = [note for note, m in told if m["code"] not in of_the_listed]
        del report["candidates"], report["note_messages"]
    assert three == everything


def test_a_preset_and_a_weight_change_the_weights_and_are_told(run: Run) -> None:
    assert report_of(run, "--preset", "edge")["task"]["weights"]["compute"] == 0.5
    task = report_of(run, "--weight", "compute=0.85")["task"]
    assert task["weights"]["compute"] == pytest.approx(0.5)
    assert task["weights_origin"] == "user"


def test_a_named_machine_changes_costs_and_nothing_of_the_quality(run: Run) -> None:
    t4, a100 = (
        report_of(run, "--top", "0"),
        report_of(run, "--top", "0", "--hardware", "nvidia-a100-80gb"),
    )
    slow = {c["id"]: c for c in t4["candidates"]}
    for candidate in a100["candidates"]:
        before = slow.get(candidate["id"])
        if before and "training_hours" in candidate["estimates"]:
            hours = "training_hours"
            assert candidate["estimates"][hours]["value"] <= before["estimates"][hours]["value"]
            assert candidate["expected"] == before["expected"]


def test_near_misses_are_told_with_what_would_help(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(
        "task: text-classification\nhardware: nvidia-t4\ntraining: {batch_size: 256}\n"
        "input_tokens: 512\n",
        encoding="utf-8",
    )
    done = run("recommend", str(path), "--format", "json")
    misses = [r["near_miss"] for r in json.loads(done.out)["rejected"] if r["near_miss"]]
    assert any(miss.startswith("fits with ") for miss in misses)


def test_csv_holds_a_line_a_candidate_with_numbers(run: Run) -> None:
    done = run("recommend", TICKETS, "--format", "csv", "--top", "4")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert len(rows) == 4
    assert 0 < float(rows[0]["score"]) <= 1
    told = json.loads(run("recommend", TICKETS, "--format", "json", "--top", "4").out)
    for row, one in zip(rows, told["candidates"], strict=True):
        assert float(row["p_best"]) == one["p_best"]
        assert float(row["expected_loss"]) == one["expected_loss"]
        assert [float(row[f"expected{end}"]) for end in ("_low", "", "_high")] == sorted(
            one["expected"][end] for end in ("low", "value", "high")
        )
        assert row["metric"] == one["expected"]["metric"]
    assert not any(v.startswith(("=", "+", "@")) for row in rows for v in row.values())


def test_markdown_is_a_table_with_the_rejections_under_it(run: Run) -> None:
    done = run("recommend", TICKETS, "--format", "markdown", "--top", "2")
    lines = done.out.splitlines()
    grid = [line for line in lines if line.startswith("|")]
    assert len(grid) == 4  # head, rule, two candidates
    assert len({line.count("|") for line in grid}) == 1
    assert grid[0].startswith("| rank | model | best | loses | macro_f1 | 90 % |")
    assert any(line.startswith("- task: ") for line in lines)
    text = run("recommend", TICKETS).out
    pick = text.partition("take ")[2].split()[0]
    assert lines[2].startswith(f"**take {pick}** P(best) ")
    assert any(line.startswith("**next:** ") for line in lines)
    assert any("criteria: what each adds to the score" in line for line in lines)


def test_output_writes_the_same_bytes_as_stdout(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    done = run("recommend", TICKETS, "--format", "json", "--output", str(target))
    assert (done.code, done.out) == (0, "")
    again = run("recommend", TICKETS, "--format", "json")
    assert target.read_text(encoding="utf-8") == again.out


@pytest.mark.parametrize("columns", [80, 120, 160])
def test_no_line_is_wider_than_the_terminal(
    columns: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for words in (["recommend", TICKETS, "--explain"], ["explain", TICKETS, "roberta-base"]):
        done = run(*words)
        lines = done.out.splitlines()
        # what is to be typed stays whole
        assert max(len(x) for x in lines if not x.startswith("  pick-model ")) <= columns
        assert "\x1b" not in done.out  # not a terminal: no colour


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["recommend", TICKETS], "take "),
        (["explain", TICKETS, "roberta-base"], "roberta-base: rank "),
        (["estimate", "qwen2.5-7b-instruct", "--hardware", "nvidia-t4"], "does not fit: nvidia-t4"),
        (["gate", "--offline", "--today", "2026-11-29", "--lock", LOCK], "PASS: "),
    ],
)
def test_what_was_asked_for_is_the_first_line(run: Run, words: list[str], first: str) -> None:
    assert run(*words).out.startswith(first)


def test_explain_accounts_for_a_model(run: Run) -> None:
    done = run("explain", TICKETS, "roberta-base", "--format", "json")
    account = json.loads(done.out)
    jsonschema.validate(account, json_schema("explain"))
    assert [v["criterion"] for v in account["values"]] == list(report_of(run)["task"]["weights"])
    assert account["candidate"]["id"] == "roberta-base"
    facts = {f["field"]: f for f in account["facts"]}
    assert facts["n_parameters"]["value"] == 124645632
    assert facts["n_parameters"]["basis"] in ("measured", "published", "derived")
    assert facts["n_parameters"]["source"]
    shares = {(e["benchmark"], e["protocol"]): e["share"] for e in account["evidence"]}
    assert sum(shares.values()) + account["prior_share"] == pytest.approx(1, abs=0.02)
    assert account["to_win"]


def test_explain_tells_why_a_model_is_out(run: Run) -> None:
    done = run("explain", TICKETS, "resnet50.a1_in1k")
    assert done.code == 0
    assert "rejected: is not a model for text-classification" in done.out


def test_compare_puts_models_side_by_side(run: Run) -> None:
    done = run("compare", TICKETS, "roberta-base", "distilbert-base-uncased", "resnet50.a1_in1k")
    assert done.code == 0, done.err
    for word in ("roberta-base", "distilbert-base-uncased", "training memory", "rejected: is"):
        assert word in done.out
    report = json.loads(run("compare", TICKETS, "roberta-base", "gpt2", "--format", "json").out)
    jsonschema.validate(report, json_schema("compare"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_valid_and_prints(name: str, run: Run) -> None:
    done = run("schema", name)
    assert done.code == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(done.out))


def test_the_schemas_beside_the_examples_are_fresh() -> None:
    for path in sorted((ROOT / "examples" / "schemas").glob("*.schema.json")):
        name = path.name.removesuffix(".schema.json")
        shipped, now = json.loads(path.read_text(encoding="utf-8")), json_schema(name)
        # Versions of pydantic word a schema differently; what it allows must agree.
        assert set(shipped["properties"]) == set(now["properties"]), "run: make schemas"
        for inner, definition in shipped.get("$defs", {}).items():
            fresh = now["$defs"][inner]["properties"]  # type: ignore[index]
            assert set(definition["properties"]) == set(fresh), "run: make schemas"


def test_the_error_document_fits_its_schema(run: Run) -> None:
    done = run("recommend", "none.yaml", "--format", "json")
    jsonschema.validate(json.loads(done.out), json_schema("error"))


def test_the_python_api_is_five_lines(catalog: Catalog) -> None:
    from pick_model import load_catalog, load_task, recommend

    report = recommend(load_task(TICKETS), load_catalog(), top=3)
    assert report.candidates[0].rank == 1
    assert report.candidates[0].id in catalog.entries


def test_languages_of_the_catalog_are_known_codes(catalog: Catalog) -> None:
    for entry in catalog.entries.values():
        assert set(entry.languages or ()) <= set(languages()), entry.id


def test_who_is_expected_over_a_limit_comes_last_and_is_marked(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(
        "task: text-generation\ndomain: code\nlanguages: [en]\nn_rows: 5000\n"
        "hardware: nvidia-rtx-4090\ntraining: {method: lora}\nconstraints: {max_latency_ms: 40}\n"
    )
    report = json.loads(run("recommend", str(path), "--top", "0", "-f", "json").out)
    over = [c["estimates"]["latency_ms"]["value"] > 40 for c in report["candidates"]
            if "latency_ms" in c["estimates"]]  # fmt: skip
    assert any(over)
    assert any(c["doubtful"] for c in report["candidates"])
    late = [c["doubtful"] or c["outdone_by"] is not None for c in report["candidates"]]
    assert late == sorted(late)  # all of them after all others
    table = run("recommend", str(path), "--top", "0").out
    assert "expected over a limit" in " ".join(table.split())
    assert "expected over a limit" not in run("recommend", TICKETS).out


@pytest.mark.parametrize(
    ("models", "said", "unsaid"),
    [
        (
            "bert-base-uncased",
            ["the only candidate", "= 1 candidate\n"],
            ["best of 1", "among 1", "'=' ties", "P(best) >"],
        ),
        (
            "bert-base-uncased, roberta-base",
            ["next: probe roberta-base", "against the best of 2", "= 2 candidates"],
            ["best of these 2", "among 2", "'=' ties"],
        ),
    ],
)
def test_of_one_or_two_candidates_nothing_is_said_that_goes_without_saying(
    models: str, said: list[str], unsaid: list[str], run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(
        f"task: text-classification\nlanguages: [en]\nconstraints: {{require_models: [{models}]}}\n"
    )
    table = run("recommend", str(path)).out
    words = " ".join(table.split()) + "\n"
    assert not [part for part in said if part not in words]
    assert not [part for part in unsaid if part in words]
    page = run("recommend", str(path), "-f", "html").out
    assert "<p></p>" not in page


def test_one_candidate_more_is_one(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(
        "task: text-classification\nlanguages: [en]\nn_rows: 1\n"
        "constraints: {require_models: [bert-base-uncased, roberta-base]}\n"
    )
    table = run("recommend", str(path), "--top", "1").out
    assert "\n1 more candidate (" in table
    assert " · 1 row · " in table
