"""Languages by every code and name people give them, and who is served by which model."""

from __future__ import annotations

import pytest

from pick_model.advise.constraints import check_facts
from pick_model.advise.profile import settled
from pick_model.advise.scoring import Scoring
from pick_model.catalog.catalog import Catalog
from pick_model.documents.reader import check, parse_yaml
from pick_model.documents.task import Task
from pick_model.record import replace
from pick_model.vocabulary.languages import canonical_language, languages, served_by

OTHER_CODES = {code for known in languages().values() for code in known.other_codes}


def test_every_code_that_another_stands_for_is_in_the_table() -> None:
    named = {code for code, known in languages().items() if known.other_codes or known.other_names}
    wholes = {w for known in languages().values() for w in (known.part_of, known.written_as) if w}
    assert wholes <= languages().keys()
    assert not (named | wholes) & OTHER_CODES


def test_no_code_or_name_means_two_languages() -> None:
    table = languages().items()
    codes = [code for _, known in table for code in known.other_codes]
    names = [n.lower() for _, known in table for n in (known.name, *known.other_names)]
    names += [known.own_name for _, known in table if known.own_name]
    assert len(codes) == len(set(codes))
    assert len(names) == len(set(names))


@pytest.mark.parametrize("code", sorted(languages().keys() - OTHER_CODES))
def test_a_code_and_its_name_are_one_language(code: str) -> None:
    assert canonical_language(code) == code
    known = languages()[code]
    assert canonical_language(known.name.upper()) == code
    assert not known.own_name or canonical_language(known.own_name.capitalize()) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [("nb", "no"), ("nn", "no"), ("nob", "no"), ("nor", "no"), ("nb-NO", "no"), ("nn_NO", "no"),
     ("Norwegian Bokmål", "no"), ("Nynorsk", "no"), ("Standard Arabic", "ar"), ("arb_Arab", "ar"),
     ("cmn", "zh"), ("zh-Hant-HK", "zh"), ("zho", "zh"), ("zh-yue", "yue"), ("iw", "he"), ("in", "id"),
     ("fil", "tl"), ("sh", "sh"), ("hbs", "sh"), ("sr-Latn-RS", "sr"), ("es-419", "es"), ("deu", "de"),
     ("ger", "de"), ("Greek", "el"), ("Farsi", "fa"), ("Deutsch", "de"),
     ("FRANÇAIS", "fr"), ("espan\u0303ol", "es"), ("中文", "zh"), ("ελληνικά", "el"), ("klingon", None), ("en-a-place", None), ("", None)],
)  # fmt: skip
def test_tags_older_codes_and_names_are_read(written: str, code: str | None) -> None:
    assert canonical_language(written) == code


def accepted(catalog: Catalog, asked: str, known: tuple[str, ...]) -> bool:
    entry = replace(catalog.find("roberta-base"), languages=known)
    text = f"task: text-classification\nlanguages: [{asked}]\nhardware: nvidia-t4"
    return check_facts(entry, settled(check(parse_yaml(text, "t.yaml"), Task), catalog)) is None


@pytest.mark.parametrize(
    ("asked", "known", "yes"),
    [("sr", "sh", True), ("sh", "hr", True), ("sr", "hr", False), ("arz", "ar", True), ("ar", "arz", False),
     ("mn", "khk", True), ("khk", "mn", True), ("yue", "zh", False), ("zh", "yue", False),
     ("ms", "id", False), ("ckb", "ku", False), ("no", "da", False)],
)  # fmt: skip
def test_a_model_serves_the_language_its_list_stands_for(
    asked: str, known: str, yes: bool, catalog: Catalog
) -> None:
    assert accepted(catalog, asked, ("en", known)) is yes
    assert (known in served_by((asked,))) is yes


@pytest.mark.parametrize("asked", ["nb", "no", "nn", "Norwegian Bokmål", "nob", "[nb, no]"])
def test_norwegian_is_norwegian_however_it_is_asked_for(asked: str, catalog: Catalog) -> None:
    def found(written: str) -> list[tuple[str, float]]:
        text = f"task: text-classification\nlanguages: {written}\nhardware: nvidia-t4"
        run = Scoring(settled(check(parse_yaml(text, "t.yaml"), Task), catalog), catalog)
        return [(r.scored.entry.id, r.scored.score.value) for r in run.ranked]

    assert found(asked) == found("'no'") != []
