"""The Chinese README says what the English one says, with the same commands."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from pick_model.cli.main import main

ROOT = Path(__file__).parents[1]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
HAN = "\u4e00-\u9fff"
SPAN = r"`([^`\n]+)`"


def blocks(text: str) -> list[str]:
    """What is typed in each block of code: all of it, or of a session the commands."""
    found = []
    for kind, body in re.findall(r"```(\w+)\n(.*?)```", text, flags=re.S):
        typed = re.findall(r"^\$ .*(?:\\\n.*)*", body, flags=re.M) if kind == "console" else [body]
        found.append("\n".join([kind, *typed]))
    return found


def prose(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.S)


def sections(text: str) -> list[str]:
    """The text below each heading, the first as well."""
    return re.split(r"^#+ ", prose(text), flags=re.M)


def test_each_readme_names_the_other_first() -> None:
    assert "](README.zh-CN.md)" in "".join(ENGLISH.splitlines()[:3])
    assert "](README.md)" in "".join(CHINESE.splitlines()[:3])


def test_both_have_the_same_commands_in_the_same_order() -> None:
    assert blocks(CHINESE) == blocks(ENGLISH)


def test_both_have_the_same_headings_tables_and_links() -> None:
    for text, pattern in (
        ("headings", r"^#+ "),
        ("rows of tables", r"^\|(?=.*\|$)"),
        ("links", r"\]\((?!README)([^)]+)\)"),
    ):
        here, there = (re.findall(pattern, prose(t), flags=re.M) for t in (CHINESE, ENGLISH))
        assert here == there, text


def test_both_name_the_same_options_commands_and_files() -> None:
    for here, there in zip(sections(CHINESE), sections(ENGLISH), strict=True):
        assert sorted(re.findall(SPAN, here)) == sorted(re.findall(SPAN, there)), here[:40]


def test_both_tell_the_same_figures() -> None:
    """A figure that is renewed in one is renewed in the other."""
    for here, there in zip(sections(CHINESE), sections(ENGLISH), strict=True):
        assert not figures(there) - figures(here), here[:40]


def test_outputs_show_the_same_figures() -> None:
    """A run that is shown anew in one is shown anew in the other."""
    for here, there in zip(outputs(CHINESE), outputs(ENGLISH), strict=True):
        assert not figures(there) - figures(here), here[:80]


def outputs(text: str) -> list[str]:
    return re.findall(r"```console\n(.*?)```", text, flags=re.S)


def figures(text: str) -> Counter[str]:
    return Counter(
        re.findall(r"[−-]?\d*\.?\d[\d,.]*\d|(?<![\w.])\d(?![\w.])", re.sub(SPAN, "", text))
    )


def test_every_paragraph_is_chinese() -> None:
    """Words in Latin letters are names: fewer of them than of Chinese characters."""
    for line in re.sub(SPAN, "", re.sub(r"\]\([^)]*\)", "", prose(CHINESE))).splitlines():
        latin, han = (len(re.findall(p, line)) for p in (r"[A-Za-z][\w.-]{2,}", f"[{HAN}]"))
        named = line.startswith(("| ", "[English]", "# pick-model")) and not re.search(
            r"\b(?:the|of|is|and|to)\b", line
        )
        assert named or not latin or han > latin, line


def shown_runs() -> list[tuple[str, str]]:
    """The commands that the Chinese README shows with a Chinese output."""
    runs = []
    for body in re.findall(r"```console\n(.*?)```", CHINESE, flags=re.S):
        command, _, output = body.partition("\n")
        if re.search(f"[{HAN}]", output) and command.split()[2] in ("recommend", "explain"):
            runs.append((command.removeprefix("$ "), output))
    return runs


@pytest.mark.parametrize(("command", "shown"), shown_runs(), ids=lambda v: v[:60])
def test_the_chinese_readme_shows_what_the_command_prints(
    command: str, shown: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert main([*shlex.split(command)[1:], "--lang", "zh"]) == 0
    kept = shown.rstrip("\n").removesuffix("…").rstrip("\n")  # a long output may be cut
    assert capsys.readouterr().out.startswith(kept), "the Chinese README shows another output"


def test_the_table_of_what_is_expected_is_what_recommend_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    example = "examples/support-tickets"
    told = []
    for more in ([], ["--results", f"{example}/results.jsonl"]):
        assert main(["recommend", f"{example}/task.yaml", "--top", "0", "-f", "json", *more]) == 0
        candidates = json.loads(capsys.readouterr().out)["candidates"]
        told.append({one["id"]: one["expected"] for one in candidates})
    _, _, table = ENGLISH.partition("| macro F1 to expect |")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:8]]
    assert len(rows) == 6
    for model, *shown in rows:
        said = [of[model] for of in told]
        assert shown == ["{value:.2f} ({low:.2f} to {high:.2f})".format(**one) for one in said]
