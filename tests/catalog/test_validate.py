"""`validate` performs every check it names, and names where each mistake stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pick_model.catalog.draft.parameters import possible_counts
from pick_model.catalog.reader import read_records, shipped_folder
from pick_model.catalog.validate.table import check_table
from pick_model.catalog.validate.table import main as main_of_table
from pick_model.catalog.validate.validate import CATALOG_ONLY, CHECKS, OVERLAY_ONLY, validate
from pick_model.documents.catalog_reports import Problem, Validation
from pick_model.errors import InputError
from tests.catalog.small import FILES, edit, write_small
from tests.catalog.test_planted import MISTAKES as PLANTED

TODAY = "2026-01-31"
M, S, B, H, E, X = (
    "models/models.yaml",
    "sources/sources.yaml",
    "benchmarks.yaml",
    "hardware.yaml",
    "evidence/scores.csv",
    "exceptions.yaml",
)
# check, file, what is replaced, by what, words of the message; and the text whose line is
# reported, where that is not the line of the replacement.
MISTAKES: list[tuple[str, str, str, str, str, str]] = [
    ("schema", M, "  family: ViT\n", "  famly: ViT\n", "unknown key", ""),
    ("schema", M, "kind: vit", "kind: vitt", "did you mean 'vit'", ""),
    ("schema", M, 'release_date: "2021"', "release_date: 2021-13", "release_date", ""),
    ("schema", M, "- id: tuned-bert", "- [1, 2", "not YAML",
     "  family: bert\n  kind: encoder\n  modality: text\n  tasks: [text-classification]\n  lang"),
    ("schema", S, "schema_version: 1", "schema_version: 2", "should be 1", ""),
    ("schema", H, "hardware:\n", "hardwear:\n", "did you mean 'hardware'", ""),
    ("schema", E, "n_runs,source\n", "source,n_runs\n", "columns should be", ""),
    ("schema", E, "0.93,test", "0.93", "8 cells", ""),
    ("sources", M, "[embed_dim, max_tokens, ", "[max_tokens, ", "no source for embed_dim",
     "embed_dim: 768"),
    ("sources", M, "    config: [emb", "    confg: [emb", "is not declared", ""),
    ("sources", M, "[languages, n_parameters, im", "[license, n_parameters, im", "license", ""),
    ("sources", H, "[memory_gib, fp32", "[fp32", "no source for memory_gib", "memory_gib: 16"),
    ("ranges", M, "embed_dim: 768", "embed_dim: 768000", "not within 8 to 20000", ""),
    ("ranges", M, "data_seen: 1.0e+11", "data_seen: 1.0e+3", "1000 tokens is not within", ""),
    ("ranges", M, "    n_heads: 12\n", "    n_heads: 7\n", "does not divide", ""),
    ("ranges", M, "    vocab_size: 30522", "    vocab_size: 20522", "vocab_size × width",
     "n_embedding_parameters: 23"),
    ("ranges", M, "max_tokens: 512", "max_tokens: 8192", "exceeds n_positions, 512", ""),
    ("ranges", M, "embed_dim: 768", "embed_dim: 384", "is not hidden_size, 768", ""),
    ("ranges", M, "n_parameters: 110000000", "n_parameters: 11000", "thousands?", ""),
    ("families", M, "kind: encoder\n  modality: text\n  tasks: [text-classification]\n",
     "kind: decoder\n  modality: text\n  tasks: [text-classification]\n",
     "bert is of kind encoder, not decoder", ""),
    ("bases", M, "base_model: small-bert", "shape: {hidden_size: 1024}\n  base_model: small-bert",
     "hidden_size 1024, while its base model small-bert has 768", "  base_model: small-bert"),
    ("names", M, "hub_repo: org/small-bert", "hub_repo: org/smal-bert", "is spelt otherwise", ""),
    ("names", M, "- id: tuned-bert", "- id: tuned-japanese-bert", "is called japanese",
     "languages: [en]\n  license: CC-BY-NC-4.0\n  release_date: \"2021"),
    ("names", B, "id: sentiment\n  name: Sentiment", "id: sentiment-ja\n  name: Sentiment",
     "ends in ja (Japanese)", "  languages: [en]"),
    ("machines", H, "memory_gib: 16\n", "memory_gib: 16\n  bandwidth_gb_s: 2560\n",
     "160.0 for each GiB", "  bandwidth_gb_s"),
    ("machines", H, "- id: a-gpu\n", "- id: nvidia-a\n  tf32_tflops: 80\n  bf16_tflops: 320\n",
     "4.00 × tf32_tflops", "  bf16_tflops"),
    ("machines", H, "  fp32_tflops: 8.1", "  fp16_tflops: 260\n  bf16_tflops: 130\n  fp32_tflops: 8.1",
     "should be one", "  fp16_tflops"),
    ("scores", E, "accuracy,0.93", "rouge_l,0.93", "is not measured by rouge_l", ""),
    ("ranges", H, "fp32_tflops: 8.1", "fp32_tflops: 8100", "not within", ""),
    ("units", M, "data_seen_unit: images", "data_seen_unit: hours", "does not fit image", ""),
    ("units", M, "flops: 3.52e+10", "flops: 1.76e+10", "multiply-adds", ""),
    ("units", M, "    image_size: 224", "    tokens: 197", "image_size is missing", "forward:"),
    ("duplicates", M, "- id: tuned-bert", "- id: Small-BERT", "is taken", ""),
    ("duplicates", M, "aliases: [sb]", "aliases: [tuned-bert]", "also means small-bert",
     "- id: tuned-bert"),
    ("references", M, "base_model: small-bert", "base_model: smal-bert", "did you mean", ""),
    ("references", M, "base_model: small-bert", "base_model: tuned-bert", "leads back", ""),
    ("references", B, "source: paper", "source: papers", "is not declared", ""),
    ("tasks", M, "tasks: [image-classification]", "tasks: [fill-mask]", "does not fit image", ""),
    ("tasks", M, "kind: vit", "kind: recurrent", "does not read image", ""),
    ("tasks", M, "tasks: [text-classification]\n", "tasks: [text-classification]\n  directions: [en-en]\n",
     "does not translate", "  directions"),
    ("tasks", M, "tasks: [text-classification]\n", "tasks: [translation]\n  directions: [en-de]\n",
     "de is not of its languages", "  directions"),
    ("dates", M, 'release_date: "2021"', 'release_date: "2019"', "base_model small-bert", ""),
    ("dates", M, 'release_date: "2021"', 'release_date: "2021-02-30"', "no day", ""),
    ("dates", M, 'release_date: "2021"', 'release_date: "2027"', "1990 to today", ""),
    ("dates", M, 'release_date: "2021"\n', 'release_date: "2021-06"\n', "history tells of 2021-05-03",
     ""),
    ("dates", H, '"2018-09-13"', '"2026-02-01"', "to today", ""),
    ("licences", M, 'license: CC-BY-NC-4.0\n  release_date: "2020',
     'license: cc-by-nc-4.0\n  release_date: "2020', "write 'CC-BY-NC-4.0'", ""),
    ("licences", M, 'license: CC-BY-NC-4.0\n  release_date: "2021',
     'license: MIT\n  release_date: "2021', "is freer than", ""),
    ("licences", S, "    license: CC-BY-4.0\n", "", "states no licence", "  paper:"),
    ("licences", S, "license: CC-BY-4.0", "license: CC-BY-SA-4.0", "under CC-BY-SA-4.0", ""),
    ("licences", S, '    version: "2020"\n', "", "no url, version or note", "  config:"),
    ("parameters", M, "n_parameters: 109482240", "n_parameters: 119482240",
     "shape gives 109482240", ""),
    ("parameters", M, "n_parameters: 86567656", "n_parameters: 76567656", "shape gives 85798656",
     ""),
    ("compute", M, "compute_flop: 5.16e+19", "compute_flop: 5.16e+20", "not within", ""),
    ("compute", M, "compute_flop: 1.06e+20", "compute_flop: 3.5e+19", "not within", ""),
    ("benchmarks", B, "modality: text", "modality: image", "reads text", ""),
    ("benchmarks", B, "chance: 0.5", "chance: 0.3", "one in 2 classes", ""),
    ("benchmarks", B, "languages: [en]", "languages: []", "no language", ""),
    ("evidence", E, "tuned-bert", "tunde-bert", "unknown entry 'tunde-bert'", ""),
    ("evidence", E, "0.93,test,fine-tune", "0.93,test,finetune", "unknown protocol", ""),
    ("evidence", E, "tuned-bert,sentiment", "tuned-bert,sentimnt", "unknown benchmark", ""),
    ("evidence", E, "tuned-bert,", "small-bert,", "already", ""),
    ("scores", E, "0.93", "93.0", "fractions, not percent", ""),
    ("scores", E, "0.93", "nan", "not within", ""),
    ("scores", E, "accuracy,0.93", "acuracy,0.93", "unknown metric", ""),
    ("scores", E, "fine-tune,,3", "fine-tune,,x", "is no count", ""),
    ("exceptions", X, "check: parameters", "check: paramters", "unknown check", ""),
    ("exceptions", X, "id: odd-bert", "id: small-bert", "nothing to excuse",
     "- check: parameters"),
    ("exceptions", X, "It counts a second tower.", "Fine.", "says nothing", ""),
]  # fmt: skip


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_small(tmp_path / "small")


def problems(report: Validation, check: str) -> list[Problem]:
    return [problem for problem in report.problems if problem.check == check]


def test_a_right_catalog_passes_and_every_check_looks_at_something(small: Path) -> None:
    report = validate(small, today=TODAY)
    assert report.valid, report.problems
    assert [c.check for c in report.checks] == [c for c in CHECKS if c not in OVERLAY_ONLY]
    assert all(c.looked_at > 0 and c.says for c in report.checks)


@pytest.mark.parametrize(("check", "name", "old", "new", "words", "at"), MISTAKES)
def test_a_planted_mistake_is_found_by_its_check_on_its_line(
    small: Path, check: str, name: str, old: str, new: str, words: str, at: str
) -> None:
    line = edit(small, name, old, new)
    if at:
        text = (small / name).read_text(encoding="utf-8")
        line = text[: text.index(at)].count("\n") + 1
    report = validate(small, today=TODAY)
    assert not report.valid
    found = [p for p in problems(report, check) if words in p.message]
    assert [(p.file, p.line) for p in found] == [(str(small / name), line)], report.problems


ROWS = "".join(
    f"small-bert,sentiment,accuracy,0.{n},test,fine-tune,r{n},,paper\n" for n in range(85, 90)
)


@pytest.mark.parametrize(
    ("check", "row", "words"),
    [
        ("scores", "tuned-bert,sentiment,accuracy,0.0092,test,fine-tune,x,,paper", "100 twice"),
        ("scores", "tuned-bert,sentiment,mcc,0.81,test,fine-tune,x,,paper", "the only row of"),
        ("evidence", "tuned-bert,sentiment,accuracy,0.81,test,few-shot,x,,paper",
         "the only row of paper, sentiment with the protocol few-shot"),
    ],
)  # fmt: skip
def test_a_row_unlike_all_others_of_its_benchmark_is_doubted(
    small: Path, check: str, row: str, words: str
) -> None:
    table = small / E
    text = table.read_text(encoding="utf-8") + ROWS
    table.write_text(text, encoding="utf-8")
    assert validate(small, today=TODAY).valid
    table.write_text(text + row + "\n", encoding="utf-8")
    found = problems(validate(small, today=TODAY), check)
    assert [(p.line, words in p.message) for p in found] == [(len(text.splitlines()) + 1, True)]


def test_a_licence_freer_than_that_of_all_its_kin_is_doubted(tmp_path: Path) -> None:
    """Every SegFormer of its owner is for research only, so a free one is a slip."""
    overlay = tmp_path / "own.yaml"
    of_them = "family: SegFormer, kind: segmenter, modality: image, tasks: [image-segmentation]"
    overlay.write_text(
        f"models:\n- {{id: one, hub_repo: nvidia/segformer-x, license: MIT, {of_them}}}\n"
        f"- {{id: two, hub_repo: nvidia/seg, license: nvidia-noncommercial, {of_them}}}\n"
        f"- {{id: three, hub_repo: us/seg, license: MIT, {of_them}}}\n",
        encoding="utf-8",
    )
    found = problems(validate(overlay, today=TODAY), "licences")
    assert [(p.subject, p.line) for p in found] == [("one", 2)]


@pytest.mark.parametrize(("said", "right"), [("CC-BY-NC-4.0", True), ("MIT", False), ("", False)])
def test_an_adapter_says_its_base_models_licence_beside_its_own(
    small: Path, said: str, right: bool
) -> None:
    models = small / "models" / "models.yaml"
    own = "  license: MIT\n  adapter: true\n" + (f"  base_license: {said}\n" if said else "")
    text = models.read_text(encoding="utf-8")
    before, tuned = text.split("- id: tuned-bert", 1)
    tuned = tuned.replace("  license: CC-BY-NC-4.0\n", own, 1)
    tuned = tuned.replace(
        "n_parameters, base_model]", "n_parameters, base_model, adapter, base_license]", 1
    )
    models.write_text(f"{before}- id: tuned-bert{tuned}", encoding="utf-8")
    found = [p.message for p in problems(validate(small, today=TODAY), "licences")]
    assert found == ([] if right else ["write CC-BY-NC-4.0, as its base model small-bert has"])


def test_every_check_has_a_planted_mistake() -> None:
    """Here in the small catalog, or in the shipped one, which has kin to compare with."""
    found = {mistake[0] for mistake in MISTAKES} | {mistake[2] for mistake in PLANTED}
    assert found == set(CHECKS) - OVERLAY_ONLY


def test_all_problems_are_told_not_only_the_first(small: Path) -> None:
    edit(small, M, "  family: ViT\n", "  famly: ViT\n  kin: 3\n")
    edit(small, E, "0.93", "93.0")
    found = validate(small, today=TODAY).problems
    assert sum("unknown key" in p.message for p in found) == 2
    assert any(p.check == "scores" for p in found)


def test_a_broken_entry_is_not_reported_again_as_a_dangling_reference(small: Path) -> None:
    edit(small, M, "  embed_dim: 768", "  embed_dim: wide")
    checks = {problem.check for problem in validate(small, today=TODAY).problems}
    assert checks == {"schema"}


def test_an_argued_exception_is_counted_and_is_no_problem(small: Path) -> None:
    parameters = next(c for c in validate(small, today=TODAY).checks if c.check == "parameters")
    assert (parameters.problems, parameters.excused) == (0, 1)


def test_an_overlay_is_checked_against_the_shipped_catalog(tmp_path: Path) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(
        "models:\n- id: our-bert\n  family: bert\n  kind: encoder\n  modality: text\n"
        "  tasks: [fill-mask]\n  n_parameters: 1000\n  base_model: bert-base-uncasd\n"
        "  sources: {our own count: [n_parameters, base_model]}\n"
        "corrections:\n- {id: no-such-model, set: {max_tokens: 9}, source: us}\n",
        encoding="utf-8",
    )
    report = validate(overlay, today=TODAY)
    assert {c.check for c in report.checks} == set(CHECKS) - CATALOG_ONLY
    assert {(p.check, p.line) for p in report.problems} == {
        ("references", 8),
        ("references", 11),
        ("overlay", 11),
    }


def test_what_a_correction_makes_of_a_shipped_entry_is_checked_too(tmp_path: Path) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(
        "corrections:\n- {id: gpt2, set: {license: MIT}, source: us}\n"
        "- id: roberta-base\n  set: {n_parameters: 125e9}\n  source: us\n"
        "- {id: gemma-3-4b-pt, set: {license: gemma}, source: us}\n",  # argued as shipped
        encoding="utf-8",
    )
    report = validate(overlay, today=TODAY)
    assert {(p.check, p.subject, p.line) for p in report.problems} == {
        ("parameters", "roberta-base", 3),
        ("compute", "roberta-base", 3),
        ("sizes", "roberta-base", 3),  # roberta-large has fewer
    }


def test_an_overlay_argues_its_own_exceptions(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "corrections:\n- {id: gpt2, set: {n_parameters: 5e8}, source: us}\n", encoding="utf-8"
    )
    (tmp_path / "exceptions.yaml").write_text(
        "exceptions:\n- {check: parameters, id: gpt2, reason: we count the twins too}\n",
        encoding="utf-8",
    )
    report = validate(tmp_path, today=TODAY)
    assert "parameters" not in {p.check for p in report.problems}


def test_an_overlay_may_not_take_a_shipped_id_or_alias(tmp_path: Path) -> None:
    overlay = tmp_path / "own.yaml"
    entry = "  family: bert\n  kind: encoder\n  modality: text\n  tasks: [fill-mask]\n"
    overlay.write_text(
        f"models:\n- id: bert-base-uncased\n{entry}- id: ours\n{entry}  aliases: [gpt2]\n",
        encoding="utf-8",
    )
    found = problems(validate(overlay, today=TODAY), "duplicates")
    assert [p.line for p in found] == [2, 7]


def test_nothing_to_read_is_an_error_not_a_pass(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        validate(tmp_path / "absent", today=TODAY)
    with pytest.raises(InputError, match=r"no \.yaml file"):
        validate(tmp_path, today=TODAY)


def test_a_source_without_open_terms_may_give_figures_if_it_says_so(small: Path) -> None:
    edit(
        small, S, "    license: CC-BY-4.0\n", "    license: CC-BY-SA-4.0\n    note: Figures only.\n"
    )
    assert validate(small, today=TODAY).valid


def test_the_shipped_catalog_passes() -> None:
    report = validate(shipped_folder(), today=date.today().isoformat())
    assert report.valid, report.problems
    assert sum(check.looked_at for check in report.checks) > 50_000


def test_the_parameter_formula_agrees_with_the_shipped_catalog() -> None:
    """Within one percent or the rounding of the published figure, or an argued exception."""
    report = validate(shipped_folder(), today="2100-01-01")
    parameters = next(c for c in report.checks if c.check == "parameters")
    assert parameters.problems == 0, problems(report, "parameters")
    assert parameters.excused <= 10
    exact = 0
    counted = 0
    for placed in read_records(shipped_folder()).entries:
        counts = possible_counts(placed.value)
        if counts and placed.value.n_parameters:
            counted += 1
            exact += placed.value.n_parameters in counts
    assert counted >= 350
    assert exact >= counted // 2  # to the last parameter


def test_the_files_of_the_small_catalog_are_all_read(small: Path) -> None:
    assert {str(f.relative_to(small)) for f in read_records(small).files} == set(FILES)


def test_a_table_that_is_no_csv_is_a_problem_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_small(tmp_path)
    table = folder / E
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([*lines, '"' + "x" * 2000]), encoding="utf-8")
    monkeypatch.setattr("pick_model.documents.reader.MAX_CELL", 1000)
    [fault] = read_records(folder).faults
    assert fault.location is not None
    assert fault.location.file.endswith(E)
    assert fault.location.line == len(lines) + 1


def test_one_table_is_checked_by_itself_and_says_what_it_adds(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = small / E
    added = check_table(table, today=TODAY)
    assert (added.rows, added.models, added.benchmarks, added.compared) == (2, 2, 1, 2)
    assert added.problems == ()
    edit(small, M, "max_tokens: 512", "max_tokens: 8192")  # of a model, so none of the table's
    edit(small, B, "chance: 0.5", "chance: 0.3")
    edit(small, E, "0.93", "93.0")
    assert main_of_table([str(table)]) == 2
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[2].partition(":")[0] for line in told[:-1]] == [
        "benchmarks",
        "scores",
    ]
    assert told[-1].endswith("2 problems")


def test_a_table_that_is_not_there_is_wrong_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main_of_table([str(tmp_path / "none.csv")]) == 2
    assert "no such file" in capsys.readouterr().err
