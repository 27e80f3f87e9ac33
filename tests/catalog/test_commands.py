"""The commands: what they take, what they print, and their exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pick_model.cli.boundary import guarded
from pick_model.cli.catalog import app
from pick_model.documents import catalog_reports as reports
from pick_model.documents.base import adapter
from pick_model.vocabulary.licenses import LICENSES
from tests.catalog.small import edit, write_small
from tests.hub import Repo, serving


def run(*words: str) -> int:
    """Run `catalog …` as the program would."""
    return guarded(
        lambda given: app(args=list(given), prog_name="pick-model catalog", standalone_mode=False),
        words,
    )


def as_json(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert run(*words, "--format", "json") == code
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["list", "--license", "mti"], 2, "did you mean 'MIT'"),
        (["list", "--task", "sumarization"], 2, "did you mean 'summarization'"),
        (["list", "--kind", "decodr"], 2, "did you mean 'decoder'"),
        (["list", "--modality", "txt"], 2, "did you mean 'text'"),
        (["list", "--language", "xx"], 2, "unknown language 'xx'"),
        (["list", "--kind", "vit", "--task", "translation"], 3, "passes all filters"),
        (["list", "--format", "xml"], 2, "xml"),
        (["search", "robertta-base"], 3, "did you mean 'roberta-base'"),
        (["show", "rooberta"], 2, "no model 'rooberta'"),
        (["show"], 2, "missing argument"),
        (["validate", "absent"], 2, "no such file or folder"),
        (["diff", "absent", "absent"], 2, "no such file or folder"),
        (["list", "--catalog", "absent.yaml"], 2, "absent.yaml: no such file"),
        (["add", "org/x", "--append", "a", "--output", "b"], 2, "one of the two"),
    ],
)
def test_what_is_wrong_is_one_line_and_an_exit_code(
    words: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == code
    out, err = capsys.readouterr()
    assert message in err
    assert len(err.splitlines()) == 1
    assert out == ""


@pytest.mark.parametrize(
    ("words", "passes"),
    [
        (["--task", "translation"], lambda m: "translation" in m["tasks"]),
        (["--task", "translation", "--task", "summarization"],
         lambda m: {"translation", "summarization"} <= set(m["tasks"])),
        (["--language", "zh", "--language", "en"], lambda m: {"zh", "en"} <= set(m["languages"])),
        (["--license", "MIT"], lambda m: m["license"] == "MIT"),
        (["--license", "noncommercial-free"], None),
        (["--kind", "vit", "--kind", "cnn"], lambda m: m["kind"] in ("vit", "cnn")),
        (["--modality", "audio"], lambda m: m["modality"] == "audio"),
        (["--license", "permissive", "--kind", "decoder"],
         lambda m: LICENSES.get(m["license"]) == "permissive" and m["kind"] == "decoder"),
    ],
)  # fmt: skip
def test_filters_keep_what_passes_and_nothing_else(
    words: list[str], passes: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    if passes is None:  # no such class of licences
        assert run("list", *words) == 2
        return
    kept = as_json(capsys, "list", *words)["models"]
    everything = as_json(capsys, "list")["models"]
    assert kept
    assert [m["id"] for m in kept] == [
        m["id"] for m in everything if passes(m | {"languages": m["languages"] or []})
    ]


def test_search_puts_the_name_itself_first(capsys: pytest.CaptureFixture[str]) -> None:
    found = [m["id"] for m in as_json(capsys, "search", "GPT2")["models"]]
    assert found[0] == "gpt2"
    assert "distilgpt2" in found
    both = [m["id"] for m in as_json(capsys, "search", "bert", "legal")["models"]]
    assert both
    assert set(both) <= {m["id"] for m in as_json(capsys, "search", "bert")["models"]}


def test_a_list_as_csv_reads_back_and_starts_no_formula(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(
        "models:\n- id: ours\n  hub_repo: -x/1\n  family: bert\n  kind: encoder\n"
        "  modality: text\n  tasks: [fill-mask]\n"
    )
    assert run("list", "--kind", "encoder", "--catalog", str(overlay), "-f", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    ours = next(row for row in rows if row["id"] == "ours")
    assert ours["hub_repo"] == "'-x/1"
    assert ours["n_parameters"] == ours["license"] == ""
    assert ours["overlay"] == str(overlay)
    roberta = next(row for row in rows if row["id"] == "roberta-base")
    assert int(roberta["n_parameters"]) == 124645632


def test_show_tells_the_source_of_every_fact_and_which_overlay_gave_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "1.yaml", tmp_path / "2.yaml"
    first.write_text(
        "corrections:\n- {id: roberta-base, source: us,\n"
        "   set: {max_tokens: 500, license: Apache-2.0}}\n"
    )
    second.write_text("corrections:\n- {id: roberta-base, set: {max_tokens: 400}, source: them}\n")
    shown = as_json(
        capsys, "show", "roberta-base", "--catalog", str(first), "--catalog", str(second)
    )
    facts = {fact["field"]: fact for fact in shown["facts"]}
    assert (facts["max_tokens"]["value"], facts["max_tokens"]["source"]) == (400, "them")
    assert facts["max_tokens"]["set_by"] == str(second)
    assert facts["license"]["set_by"] == str(first)
    # what no overlay touched keeps its shipped source
    assert facts["n_parameters"]["set_by"] == "shipped"
    assert facts["n_parameters"]["source_title"]
    assert facts["shape.n_layers"]["basis"] in ("published", "measured", "derived")


def test_every_sourced_fact_of_the_shipped_entry_shows_its_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    free = {"id", "aliases", "family", "kind", "modality", "tasks", "notes", "base_model"}
    for model in ("bert-base-uncased", "resnet50.a1_in1k", "whisper-tiny"):
        for fact in as_json(capsys, "show", model)["facts"]:
            assert fact["field"] in free or fact["source_title"], (model, fact)


def test_a_banned_entry_is_shown_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text("ban:\n- {id: alexnet, reason: too old for us}\n")
    shown = as_json(capsys, "show", "alexnet", "--catalog", str(overlay))
    assert shown["banned"] == "too old for us"
    assert run("show", "alexnet", "--catalog", str(overlay)) == 0
    assert "too old for us" in capsys.readouterr().out


def test_validate_exits_0_or_2_and_prints_lines_an_editor_can_jump_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = write_small(tmp_path / "small")
    assert run("validate", str(small)) == 0
    assert "passes all" in capsys.readouterr().out
    line = edit(small, "models/models.yaml", "embed_dim: 768", "embed_dim: 7680000")
    assert run("validate", str(small)) == 2
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"{small}/models/models.yaml:{line}: ranges: small-bert: ")
    report = as_json(capsys, "validate", str(small), code=2)
    assert report["valid"] is False
    assert report["problems"][0]["line"] == line


@pytest.mark.parametrize(
    ("words", "document"),
    [
        (["list", "--kind", "vit"], reports.Listing),
        (["search", "bert"], reports.Listing),
        (["show", "gpt2"], reports.EntryAccount),
        (["stats"], reports.CatalogStats),
        (["validate", "SMALL"], reports.Validation),
        (["diff", "SMALL", "SMALL"], reports.CatalogDiff),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_json_fits_its_published_schema_and_a_table_is_drawn_too(
    words: list[str], document: type[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    small = str(write_small(tmp_path / "small"))
    words = [small if word == "SMALL" else word for word in words]
    report = as_json(capsys, *words)
    jsonschema.validate(report, adapter(document).json_schema(mode="serialization"))
    assert (report["schema_version"], report["command"]) == (1, f"catalog {words[0]}")
    assert run(*words) == 0
    table = capsys.readouterr().out
    assert table.strip()
    assert all(len(line) <= 80 for line in table.splitlines() if small not in line)


def test_diff_prints_both_groups(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = write_small(tmp_path / "a"), write_small(tmp_path / "b")
    edit(b, "models/models.yaml", "n_parameters: 110000000", "n_parameters: 120000000")
    edit(b, "models/models.yaml", "aliases: [sb]", "aliases: [sb, tiny]")
    assert run("diff", str(a), str(b)) == 0
    out = capsys.readouterr().out
    assert "needs judgement: 1" in out
    assert "110,000,000 → 120,000,000" in out
    assert "safe: 1" in out


SHA = "c" * 40
REPO = Repo({"config.json": b'{"model_type": "bert"}'}, {"license": "mit"}, SHA)


@pytest.fixture
def _hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)
    with serving({"org/ours": REPO}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


@pytest.mark.usefixtures("_hub")
def test_add_prints_writes_or_appends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add", "org/ours") == 0
    printed = capsys.readouterr().out
    assert "- id: ours\n" in printed
    file = tmp_path / "new.yaml"
    assert run("add", "org/ours", "--output", str(file)) == 0
    assert file.read_text(encoding="utf-8") == printed
    other = tmp_path / "other.yaml"
    other.write_text(printed.replace("ours", "theirs"), encoding="utf-8")
    assert run("add", "org/ours", "--append", str(other)) == 0
    assert run("list", "--catalog", str(other), "--kind", "encoder", "-f", "csv") == 0
    assert "\nours,org/ours," in capsys.readouterr().out
    assert run("add", "org/ours", "--append", str(other)) == 2


@pytest.mark.usefixtures("_hub")
def test_refresh_writes_unless_it_is_a_dry_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.yaml"
    text = (
        "models:\n- id: ours\n  hub_repo: org/ours\n  family: bert\n  kind: encoder\n"
        "  modality: text\n  tasks: [fill-mask]\n  license: MIT\n"
    )
    file.write_text(text, encoding="utf-8")
    assert run("refresh", str(file), "--dry-run") == 0
    assert f"+  revision: {SHA}" in capsys.readouterr().out
    assert file.read_text(encoding="utf-8") == text
    report = as_json(capsys, "refresh", str(file))
    assert report["written"] == [str(file)]
    assert f"\n  revision: {SHA}\n" in file.read_text(encoding="utf-8")
    assert run("refresh", str(file)) == 0
    assert "nothing to write" in capsys.readouterr().out


@pytest.mark.usefixtures("_hub")
def test_a_refresh_in_batches_needs_a_file_for_the_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, kept = tmp_path / "own.yaml", tmp_path / "hub.jsonl"
    text = (
        "models:\n- id: ours\n  hub_repo: org/ours\n  family: bert\n  kind: encoder\n"
        "  modality: text\n  tasks: [fill-mask]\n  license: MIT\n"
    )
    file.write_text(text, encoding="utf-8")
    assert run("refresh", str(file), "--batch", "1") == 2
    assert "--answers FILE" in capsys.readouterr().err
    asked = ("refresh", str(file), "--batch", "1", "--answers", str(kept))
    assert run(*asked, "-o", str(kept)) == 2
    assert run("refresh", str(file), "--answers", str(file)) == 2
    assert run("refresh", str(file), "--answers", str(tmp_path / "none" / "x")) == 2
    assert file.read_text(encoding="utf-8") == text
    capsys.readouterr()
    assert run(*asked, "-f", "markdown") == 0
    assert "### pinned: 1" in capsys.readouterr().out
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 1


def test_a_hub_that_is_down_is_exit_4_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving({}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
    assert run("add", "org/ours") == 4
    assert "HF_ENDPOINT" in capsys.readouterr().err
