"""The shipped catalog: fresh, whole, and right where everybody will look first."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model.belief.compile import FILES, compile_all, main
from pick_model.catalog.catalog import Catalog, Entries
from pick_model.catalog.shipped import ShippedRows, packed, unpacked
from pick_model.errors import UnknownName

ROOT = Path(__file__).parents[2]


def test_the_shipped_files_are_what_the_yaml_compiles_to() -> None:
    texts = [packed(content) for content in compile_all(ROOT / "catalogs")]
    for path, text in zip(FILES, texts, strict=True):
        assert path.read_text(encoding="utf-8") == text, "run: make catalog"


def test_a_changed_byte_is_noticed() -> None:
    content = {"version": 1, "entries": {"a": [1, 2, 3], "b\n": {"c": "d\n"}}, "none": {}}
    text = packed(content)
    assert unpacked(text.encode())[1] == content
    with pytest.raises(ValueError, match="digest"):
        unpacked(text.replace("2", "4").encode())


def test_a_row_is_decoded_when_it_is_asked_for() -> None:
    rows = ShippedRows(b"[1,2]\n[1\n", {"right": 0, "wrong": 6})
    assert list(rows) == ["right", "wrong"]
    assert "wrong" in rows
    assert rows["right"] == [1, 2]
    with pytest.raises(ValueError, match="truncated"):
        rows["wrong"]
    with pytest.raises(KeyError):
        rows["none"]


def test_to_look_for_an_entry_builds_none() -> None:
    known = Entries({"a": "no JSON at all"})
    assert "a" in known
    assert "b" not in known
    assert known.for_task("text-classification") == ([], ["a"])


def test_compiling_a_folder_that_is_none_is_wrong_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert "is no folder" in capsys.readouterr().err


# Parameters to the digit, as the published weights hold them (pooler included, heads not).
PARAMETERS = {
    "bert-base-uncased": 109_482_240,
    "bert-base-cased": 108_310_272,
    "bert-large-uncased": 335_141_888,
    "bert-base-chinese": 102_267_648,
    "bert-base-multilingual-cased": 177_853_440,
    "distilbert-base-uncased": 66_362_880,
    "roberta-base": 124_645_632,
    "roberta-large": 355_359_744,
    "xlm-roberta-base": 278_043_648,
    "albert-base-v2": 11_683_584,
    "gpt2": 124_439_808,
    "t5-small": 60_506_624,
}


@pytest.mark.parametrize(("name", "count"), PARAMETERS.items())
def test_bert_and_its_kin_are_right_to_the_digit(name: str, count: int, catalog: Catalog) -> None:
    assert catalog.find(name).n_parameters == count


def test_the_catalog_covers_every_modality_with_well_known_models(catalog: Catalog) -> None:
    for name in (
        "bert-base-uncased",
        "xlm-roberta-base",
        "deberta-v3-base",
        "chinese-macbert-base",
        "all-MiniLM-L6-v2",
        "gpt2",
        "openai/clip-vit-base-patch32",
        "microsoft/swin-base-patch4-window7-224",
        "facebook/dinov2-base",
        "facebook/convnext-base-224",
        "facebook/wav2vec2-base",
        "facebook/hubert-base-ls960",
        "microsoft/wavlm-base",
        "openai/whisper-small",
        "MIT/ast-finetuned-audioset-10-10-0.4593",
    ):
        assert catalog.find(name).license is not None, name
    assert len(catalog.entries) >= 300


def test_names_are_found_by_id_repository_alias_and_case(catalog: Catalog) -> None:
    for name in ("bert-base-uncased", "google-bert/bert-base-uncased", "BERT-base-uncased"):
        assert catalog.find(name).id == "bert-base-uncased"
    with pytest.raises(UnknownName, match="did you mean 'roberta-base'"):
        catalog.find("robeta-base")


def test_every_fact_has_a_declared_source_with_a_basis(catalog: Catalog) -> None:
    unsourced = {"id", "aliases", "family", "kind", "modality", "tasks", "notes", "pretrained",
                 "superseded_by", "sources"}  # fmt: skip
    from pick_model.documents.base import to_plain

    sources = catalog.details["sources"]
    for name in catalog.entries:
        told = catalog.details["entries"].get(name, {}).get("sources", {})
        assert set(told) <= set(sources), name
        fields = {field for some in told.values() for field in some}
        for key, value in to_plain(catalog.entries[name]).items():
            if key in unsourced:
                continue
            nested = [f"{key}.{k}" for k in value] if isinstance(value, dict) else [key]
            for field in nested:
                assert field in fields or key in fields, f"{name}: {field} has no source"
