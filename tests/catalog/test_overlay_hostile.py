"""An overlay that would mislead is refused with its file and line, before it ranks anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model import load_catalog
from pick_model.catalog.catalog import names_of
from pick_model.catalog.validate.validate import validate
from pick_model.errors import PickModelError

ENTRY = "family: bert, kind: encoder, modality: text, tasks: [fill-mask]"


def models(*entries: str) -> str:
    return "models:\n" + "".join(f"- {{{entry}, {ENTRY}}}\n" for entry in entries)


def fixes(*corrections: str) -> str:
    return "corrections:\n" + "".join(f"- {{{fix}, source: ours}}\n" for fix in corrections)


# what is written, the line that is wrong, and words of the message
REFUSED: dict[str, tuple[str, int, str]] = {
    "ring of two": (models("id: one, base_model: two", "id: two, base_model: one"), 2,
                    "runs round: one -> two -> one"),
    "ring of itself": (models("id: one, base_model: one"), 2, "runs round"),
    "ring behind": (models("id: a1, base_model: b1", "id: b1, base_model: c1",
                           "id: c1, base_model: b1"), 2, "runs round: b1 -> c1 -> b1"),
    "ring by a correction": (fixes("id: distilroberta-base, set: {base_model: all-distilroberta-v1}"),
                             2, "runs round: distilroberta-base -> all-distilroberta-v1"),
    "ring of successors": (models("id: one, superseded_by: two", "id: two, superseded_by: one"), 2,
                           "superseded_by runs round"),
    "base that is none": (models("id: one, base_model: bert-base-uncasd"), 2,
                          "did you mean 'bert-base-uncased'"),
    "id in capitals": (models("id: BERT-base-uncased"), 2, "means bert-base-uncased already"),
    "twice in capitals": (models("id: ours", "id: Ours"), 3, "means ours already"),
    "twice": (models("id: ours", "id: ours"), 3, "stands twice (first on line 2)"),
    "an alias that is taken": (models("id: ours, aliases: [GPT2]"), 2, "means gpt2 already"),
    "a repository that is taken": (models("id: ours, hub_repo: google-bert/bert-base-uncased"), 2,
                                   "means bert-base-uncased already"),
    "an alias by a correction": (fixes("id: gpt2, set: {aliases: [bert-base-uncased]}"), 2,
                                 "means bert-base-uncased already"),
    "zero width": (models('id: "gp\u200bt2"'), 2, "U+200B (ZERO WIDTH SPACE)"),
    "homoglyph": (models("id: g\u0440t2"), 2, "U+0440 (CYRILLIC SMALL LETTER ER)"),
    "homoglyph in an organisation": (models("id: ours, hub_repo: g\u043e\u043egle-bert/x"), 2,
                                     "hub_repo: holds U+043E"),
    "homoglyph in an alias": (models("id: ours, aliases: [\u0430lbert]"), 2, "U+0430"),
    "soft hyphen in an alias": (models('id: ours, aliases: ["al\u00adbert"]'), 2, "U+00AD"),
    "escape in a family": ('models:\n- {id: ours, family: "a\\e[31m", kind: encoder, '
                           "modality: text, tasks: [fill-mask]}\n", 2, "U+001B"),
    "300 characters": (models(f"id: {'x' * 300}"), 2, "and this has 300"),
    "an id that is a list": (models("id: [a, b]"), 2, "models.0: id"),
    "number as text": (models('id: ours, n_parameters: "110000000"'), 2, "not '110000000'"),
    "no number": (models("id: ours, n_parameters: .nan"), 2, "not nan"),
    "endless": (models("id: ours, max_seconds: .inf"), 2, "finite"),
    "below nothing": (models("id: ours, n_parameters: -1"), 2, "greater than"),
    "absurd": (models("id: ours, n_parameters: 1e14"), 2, "n_parameters 1e+14 cannot be"),
    "absurd inside": (models("id: ours, shape: {hidden_size: 90000000}"), 2,
                      "shape.hidden_size 9e+07 cannot be"),
    "absurd by a correction": (fixes("id: gpt2, set: {max_tokens: 99999999999}"), 2,
                               "gpt2: max_tokens 1e+11 cannot be"),
    "no number by a correction": (fixes("id: gpt2, set: {n_parameters: .nan}"), 2,
                                  "not numbers here"),
    "endless deep in a correction": (
        fixes("id: gpt2, set: {pretraining: {corpora: [{name: x, size: .inf, unit: bytes}]}}"), 2,
        "not numbers here"),
    "corrected twice": (fixes("id: gpt2, set: {max_tokens: 512}", "id: gpt2, set: {max_tokens: 256}"),
                        3, "max_tokens is corrected twice (first on line 2)"),
    "sources by a correction": (fixes("id: gpt2, set: {sources: {x: [license]}}"), 2,
                                "sets no sources"),
    "a day that is none": (models('id: ours, release_date: "2023-06-31"'), 2, "no day"),
    "a domain misspelt": (models("id: ours, domains: [finnance]"), 2, "did you mean 'finance'"),
    "a language misspelt": (models("id: ours, languages: [germn]"), 2, "did you mean 'German'"),
    "models as a map": ("models: {a: b}\n", 1, "should be a list"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_misleading_overlay_is_refused_with_file_and_line(name: str, tmp_path: Path) -> None:
    text, line, words = REFUSED[name]
    overlay = tmp_path / "own.yaml"
    overlay.write_text(text, encoding="utf-8")
    for _ in range(2):  # the second time from the cache, which may not forget what was wrong
        with pytest.raises(PickModelError) as caught:
            load_catalog([overlay])
        assert words in str(caught.value)
        assert caught.value.exit_code == 2
        assert caught.value.location == (str(overlay), line)
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", REFUSED)
def test_validate_finds_what_loading_refuses(name: str, tmp_path: Path) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(REFUSED[name][0], encoding="utf-8")
    assert not validate(overlay, today="2026-01-31").valid


ALLOWED = {
    "a chain": models("id: one, base_model: two", "id: two, base_model: bert-base-uncased"),
    "a domain of their own": models("id: ours, domains: [aviation]"),
    "two of one repository": models("id: one, hub_repo: a/b", "id: two, hub_repo: a/b"),
    "a family in another script": 'models:\n- {id: ours, family: "文心", kind: encoder, '
    "modality: text, tasks: [fill-mask]}\n",
    "their own alias again": fixes("id: gpt2, set: {aliases: [our-gpt2]}"),
    "the base is banned": models("id: ours, base_model: gpt2") + "ban:\n- {id: gpt2, reason: no}\n",
    "the name of what is banned": models("id: ours, aliases: [gpt2]")
    + "ban:\n- {id: gpt2, reason: no}\n",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_misleads_nobody_is_laid_over(name: str, tmp_path: Path) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(ALLOWED[name], encoding="utf-8")
    assert load_catalog([overlay]).digest != load_catalog().digest


def test_a_base_model_may_come_in_a_later_file(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(models("id: child, base_model: parent"), encoding="utf-8")
    second.write_text(models("id: parent"), encoding="utf-8")
    assert load_catalog([first, second]).find("child").base_model == "parent"
    assert load_catalog([tmp_path]).find("child").base_model == "parent"
    with pytest.raises(PickModelError, match="base_model 'parent' is no entry"):
        load_catalog([first])


def test_names_searched_in_json_are_those_of_the_decoded_entries() -> None:
    searched, decoded = load_catalog().entries, load_catalog().entries
    named = {(name, i) for i in decoded for name in names_of(decoded[i])}
    assert set(searched.names()) == named
    assert set(decoded.names()) == named  # built by now
