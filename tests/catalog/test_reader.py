"""One reader: validating lists what is wrong, compiling and laying over stop at the first of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model import load_catalog
from pick_model.catalog.compile import compile_catalog
from pick_model.catalog.reader import read_records
from pick_model.catalog.validate.validate import validate
from pick_model.errors import InputError, SchemaError
from tests.catalog.small import edit, write_small
from tests.told import words as words_of

M, S, B, H, E = (
    "models/models.yaml",
    "sources/sources.yaml",
    "benchmarks.yaml",
    "hardware.yaml",
    "evidence/scores.csv",
)
# file, what is replaced, by what, words of the message
UNREADABLE = [
    (M, "  family: ViT\n", "  famly: ViT\n", "unknown key 'famly'"),
    (M, "kind: vit", "kind: vitt", "did you mean 'vit'"),
    (M, "- id: tuned-bert", "- [1, 2", "not YAML"),
    (S, "schema_version: 1", "schema_version: 2", "should be 1"),
    (S, "  paper:\n", "  Our Paper:\n", "sources.Our Paper"),
    (H, "hardware:\n", "hardwear:\n", "did you mean 'hardware'"),
    (E, "n_runs,source\n", "source,n_runs\n", "columns should be"),
    (E, "0.93,test", "0.93", "8 cells, where the head has 9"),
]
DANGLING = [
    (M, "- id: tuned-bert", "- id: small-bert", "the model 'small-bert' stands in"),
    (M, "base_model: small-bert", "base_model: smal-bert", "base_model 'smal-bert' is no entry"),
    (M, "    config: [emb", "    confg: [emb", "source 'confg' is not declared"),
    (E, "tuned-bert", "tunde-bert", "unknown entry 'tunde-bert'"),
    (E, "0.93,test,fine-tune", "0.93,test,finetune", "unknown protocol 'finetune'"),
    (E, "0.93", "much", "should be numbers"),
    (E, "tuned-bert,", "small-bert,", "the same measurement stands twice"),
]


@pytest.mark.parametrize(("name", "old", "new", "words"), UNREADABLE)
def test_compiling_stops_at_the_first_of_what_validating_lists(
    name: str, old: str, new: str, words: str, tmp_path: Path
) -> None:
    small = write_small(tmp_path / "small")
    edit(small, name, old, new)
    with pytest.raises(InputError) as caught:
        compile_catalog(small)
    assert words in str(caught.value)
    listed = [p for p in validate(small, today="2026-01-31").problems if p.check == "schema"]
    assert caught.value.location == (listed[0].file, listed[0].line)
    assert listed[0].message.startswith(words_of(caught.value.message))


@pytest.mark.parametrize(("name", "old", "new", "words"), DANGLING)
def test_what_is_compiled_refers_to_nothing_that_is_not_there(
    name: str, old: str, new: str, words: str, tmp_path: Path
) -> None:
    small = write_small(tmp_path / "small")
    line = edit(small, name, old, new)
    with pytest.raises(SchemaError) as caught:
        compile_catalog(small)
    assert words in str(caught.value)
    assert caught.value.location is not None
    assert caught.value.location.file == str(small / name)
    assert name == M or caught.value.location.line == line


def test_a_catalog_without_a_table_of_machines_is_not_compiled(tmp_path: Path) -> None:
    small = write_small(tmp_path / "small")
    (small / H).unlink()
    with pytest.raises(InputError, match="no such file"):
        compile_catalog(small)
    (small / H).write_text("schema_version: 1\n", encoding="utf-8")
    with pytest.raises(SchemaError, match="the key 'hardware' is missing"):
        compile_catalog(small)


def test_a_list_of_wrong_items_is_one_fault_and_not_one_of_its_length_besides(
    tmp_path: Path,
) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(
        "models:\n- {id: a, family: b, kind: encoder, modality: text, tasks: [texts]}\n",
        encoding="utf-8",
    )
    (fault,) = read_records(overlay).faults
    assert words_of(fault.message).startswith("a: tasks.0: unknown task 'texts'")


def test_an_overlay_is_refused_for_the_first_and_told_how_many_there_are(tmp_path: Path) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(
        "ban:\n- {id: gpt2}\n- {id: bert-base-uncased}\n- {reason: no, id: t5-base, why: x}\n",
        encoding="utf-8",
    )
    assert len(read_records(overlay).faults) == 3
    with pytest.raises(SchemaError) as caught:
        load_catalog([overlay])
    assert caught.value.location == (str(overlay), 2)
    assert words_of(caught.value.message) == "gpt2: the key 'reason' is missing"
    assert words_of(caught.value.hint) == "and 2 more problems"
