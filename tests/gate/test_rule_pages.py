"""Every rule has a page that says what, why, with an example, and how to except it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from pick_model.documents.policy import Exemption, Policy
from pick_model.documents.reader import check, parse_yaml
from pick_model.gate.policy import NO_EXCEPTIONS
from pick_model.gate.rules.rules import RULES, code_of, page_of

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "rules"


def text_of(code: str) -> str:
    return (ROOT / page_of(code)).read_text(encoding="utf-8")


def policies_in(text: str) -> list[str]:
    """The YAML blocks that show a policy."""
    blocks = re.findall(r"```yaml\n(.*?)```", text, flags=re.S)
    return [block for block in blocks if block.startswith("# policy.yaml")]


@pytest.mark.parametrize("code", RULES)
def test_a_rule_has_its_page(code: str) -> None:
    rule, text = RULES[code], text_of(code)
    assert text.startswith(f"# {code} {rule.name}\n")
    assert f"Severity: {rule.severity}. What must hold: {rule.title}." in text.replace("\n", " ")
    headings = re.findall(r"^## (.*)$", text, flags=re.M)
    assert headings == ["What", "Why", "Example", "Fix", "Except"]
    assert max(len(line) for line in text.splitlines()) <= 100


@pytest.mark.parametrize("code", RULES)
def test_the_policies_a_page_shows_are_policies(code: str) -> None:
    shown = policies_in(text_of(code))
    assert shown
    for text in shown:
        policy = check(parse_yaml(text, "page"), Policy)
        for name in policy.rules:
            code_of(name)
        for exemption in policy.exceptions:
            code_of(exemption.rule)
            date.fromisoformat(exemption.expires)


@pytest.mark.parametrize("code", RULES)
def test_a_page_tells_how_to_except_its_own_rule(code: str) -> None:
    after = text_of(code).partition("## Except")[2]
    policies = [check(parse_yaml(text, "page"), Policy) for text in policies_in(after)]
    excepted = {code_of(e.rule) for policy in policies for e in policy.exceptions}
    tuned = {code_of(name) for policy in policies for name in policy.rules}
    assert excepted == (set() if code in NO_EXCEPTIONS else {code})
    assert tuned == {code}


def test_there_is_no_page_without_a_rule_and_the_index_holds_them_all() -> None:
    pages = {path.stem for path in FOLDER.glob("PM*.md")}
    assert pages == set(RULES)
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    for code, rule in RULES.items():
        row = f"| [{code}]({code}.md) | {rule.name} | {rule.severity} | {rule.title} |"
        assert row in index
    for text in [index, *(text_of(code) for code in RULES)]:
        for link in re.findall(r"\]\((PM\d+\.md)\)", text):
            assert (FOLDER / link).exists()


def test_the_index_shows_a_policy_with_every_key() -> None:
    (text,) = policies_in((FOLDER / "README.md").read_text(encoding="utf-8"))
    lines = parse_yaml(text, "page")
    check(lines, Policy)
    assert set(lines.value) == set(Policy.__slots__)
    for key, value in lines.value.items():
        if isinstance(value, dict) and key != "rules":
            assert set(value) == set(getattr(Policy(), key).__slots__), key
    assert set(lines.value["exceptions"][0]) == set(Exemption.__slots__)


def test_codes_and_names_are_one_to_one() -> None:
    assert len({rule.name for rule in RULES.values()}) == len(RULES)
    assert list(RULES) == sorted(RULES)
    assert all(re.fullmatch(r"PM\d{3}", code) for code in RULES)
