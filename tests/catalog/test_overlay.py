"""Overlays: they add, correct and ban, and a broken one is never dropped in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model import load_catalog
from pick_model.errors import PickModelError

OWN = """\
models:
  - id: our-bert
    family: bert
    kind: encoder
    modality: text
    tasks: [text-classification]
    languages: [en, "no"]
    license: apache-2.0
    n_parameters: 1.1e8
    base_model: bert-base-uncased
"""


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    return tmp_path / "own.yaml"


def test_an_overlay_adds_an_entry(overlay: Path) -> None:
    overlay.write_text(OWN, encoding="utf-8")
    added = load_catalog([overlay]).find("our-bert")
    assert added.n_parameters == 110_000_000
    assert added.license == "Apache-2.0"
    assert added.languages == ("en", "no")


def test_a_folder_of_overlays_is_read_in_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(
        "corrections:\n  - {id: our-bert, set: {license: mit}, source: us}\n", encoding="utf-8"
    )
    (tmp_path / "a.yaml").write_text(OWN, encoding="utf-8")
    assert load_catalog([tmp_path]).find("our-bert").license == "MIT"


def test_a_correction_changes_one_field_and_carries_its_source(overlay: Path) -> None:
    before = load_catalog().find("roberta-base")
    overlay.write_text(
        "corrections:\n  - id: roberta-base\n    set: {max_tokens: 500, shape: {n_heads: 6}}\n"
        "    source: our own reading\n",
        encoding="utf-8",
    )
    after = load_catalog([overlay]).find("roberta-base")
    assert after.max_tokens == 500
    assert after.shape.n_heads == 6
    assert after.shape.n_layers == before.shape.n_layers
    assert after.n_parameters == before.n_parameters
    assert "max_tokens" in after.sources["our own reading"]


def test_a_ban_removes_an_entry_and_keeps_the_reason(overlay: Path) -> None:
    overlay.write_text("ban:\n  - {id: roberta-base, reason: policy 7}\n", encoding="utf-8")
    catalog = load_catalog([overlay])
    assert "roberta-base" not in catalog.entries
    assert catalog.banned == {"roberta-base": "policy 7"}


def test_the_digest_tells_overlays_apart(overlay: Path) -> None:
    overlay.write_text(OWN, encoding="utf-8")
    assert load_catalog([overlay]).digest != load_catalog().digest
    assert load_catalog([overlay]).digest == load_catalog([overlay]).digest


def test_the_second_reading_comes_from_the_cache_and_is_the_same(
    overlay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overlay.write_text(
        f"{OWN}corrections:\n- id: roberta-base\n  source: us\n"
        "  set: {max_tokens: 500, shape: {n_heads: 6}, pretraining: {corpora: [{name: ours}]}}\n"
        "ban:\n- {id: gpt2, reason: policy 7}\n",
        encoding="utf-8",
    )
    first = load_catalog([overlay])

    def fail(*_: object) -> None:
        raise AssertionError("the YAML was parsed again")

    monkeypatch.setattr("pick_model.catalog.reader.parse_yaml", fail)
    again = load_catalog([overlay])
    assert list(again.entries) == list(first.entries)
    assert dict(again.entries) == dict(first.entries)
    assert (again.origins, again.banned, again.digest) == (
        first.origins,
        first.banned,
        first.digest,
    )


@pytest.mark.parametrize("damage", [b"", b"{", b'{"digest":"00', b"\x00" * 200])
def test_a_damaged_cache_is_read_over(overlay: Path, tmp_path: Path, damage: bytes,
                                      monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("PICK_MODEL_CACHE", str(tmp_path / "cache"))
    overlay.write_text(OWN, encoding="utf-8")
    load_catalog([overlay])
    (kept,) = (tmp_path / "cache" / "overlays").iterdir()
    kept.write_bytes(damage)
    assert load_catalog([overlay]).find("our-bert").family == "bert"


def test_a_cache_that_cannot_be_written_is_no_error(
    overlay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("PICK_MODEL_CACHE", str(tmp_path / "file"))
    overlay.write_text(OWN, encoding="utf-8")
    assert load_catalog([overlay]).find("our-bert").family == "bert"


BROKEN = [
    (OWN.replace("license: apache-2.0", "license: apache"), "own.yaml:8: our-bert: license: unknown licence"),
    (OWN.replace("family: bert", "famly: bert"), "own.yaml:3: our-bert: unknown key 'famly' (did you mean 'family'?)"),
    (OWN.replace("    kind: encoder\n", ""), "own.yaml:2: our-bert: the key 'kind' is missing"),
    (OWN.replace("encoder", "encodr"), "did you mean 'encoder'?"),
    (OWN.replace("n_parameters: 1.1e8", "n_parameters: 1.5"), "own.yaml:9: our-bert: n_parameters"),
    (OWN.replace("n_parameters: 1.1e8", "n_parameters: -1"), "own.yaml:9: our-bert: n_parameters"),
    (OWN + OWN.replace("models:\n", ""), "own.yaml:11: the model 'our-bert' stands twice (first on line 2)"),
    (OWN.replace("our-bert", "roberta-base"), "own.yaml:2: the model 'roberta-base' stands in the shipped catalog already (change its fields under corrections:)"),
    ("models: 5\n", "own.yaml:1: models: should be"),
    ("modells: []\n", "own.yaml:1: unknown key 'modells' (did you mean 'models'?)"),
    ("ban:\n  - {id: roberta-bas, reason: x}\n", "own.yaml:2: no model 'roberta-bas' to ban (did you mean 'roberta-base'?)"),
    ("corrections:\n  - {id: roberta-bas, set: {}, source: x}\n", "own.yaml:2: no model 'roberta-bas' to correct"),
    ("corrections:\n  - {id: roberta-base, set: {licence: MIT}, source: x}\n", "own.yaml:2: roberta-base: unknown key 'licence' (did you mean 'license'?)"),
    ("corrections:\n  - {id: roberta-base, set: {id: other}, source: x}\n", "own.yaml:2: a correction cannot change an id"),
    ("ban:\n", "own.yaml:1: ban: should be a list"),
    ("ban: [5]\n", "own.yaml:1: ban.0: should be a mapping (key: value)"),
    ("", "own.yaml: is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_a_broken_overlay_is_refused_and_named(overlay: Path, text: str, message: str) -> None:
    overlay.write_text(text, encoding="utf-8")
    with pytest.raises(PickModelError) as caught:
        load_catalog([overlay])
    assert message in str(caught.value)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PickModelError, match=r"holds no \.yaml file"):
        load_catalog([tmp_path])
