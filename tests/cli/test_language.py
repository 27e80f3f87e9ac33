"""`--lang` and the locale: what people read is in their language, what machines read never is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from rich.cells import cell_len

from pick_model.cli.app import COMMANDS
from pick_model.cli.language import SPEAKING, asked_for, of_locale
from pick_model.cli.main import main
from pick_model.words import chinese, english
from pick_model.words.reader import in_english, phrase, speak, word
from tests.cli.conftest import ROOT, TICKETS, Run

HAN = re.compile("[\u4e00-\u9fff]")
FOLDER = ROOT / "examples" / "support-tickets"
LOCK = ["gate", "--lock", str(FOLDER / "pick-model.lock"), "--offline"]
LATER = [*LOCK, "--today", "2031-01-01", "--policy", str(ROOT / "examples" / "ci" / "policy.yaml")]
EXPLAIN = ["explain", TICKETS, "all-minilm-l6-v2"]

# What is typed or named, and so is no word of a language: commands, options, quotes, keys with their
# values, whatever has a digit, a hyphen, a dot, … in it, and the head of a GitHub annotation.
TYPED = re.compile(
    r"pick-model .*|::\w+ .*?::|`[^`]*`|'[^']*'|\{[^}]*\}|[\w.]+ = [\w.-]+"
    r"|[^\s|：，、（）]*[-\d_./@+=][^\s|：，、（）]*"
)
# Keys of documents and names of the field that stand alone.
NAMES = {
    *(
        "accuracy",
        "balanced",
        "batch",
        "compute",
        "cpu",
        "current",
        "dropout",
        "en",
        "file",
        "full",
    ),
    *(
        "als",
        "gib",
        "hog",
        "hub",
        "id",
        "json",
        "knn",
        "kwh",
        "languages",
        "license",
        "logme",
        "lora",
        "method",
        "mfcc",
        "ms",
        "px",
    ),
    *("ridge", "rules", "safetensors", "task", "token", "tokens", "torch", "transferability"),
}


def vocabulary() -> set[str]:
    """Every word that English sentences are made of."""
    text = " ".join(re.sub(r"\{[^}]*\}", " ", one) for one in english.SENTENCES.values())
    return set(re.findall(r"[a-z]{2,}", text.lower()))


def left_in_english(text: str) -> set[str]:
    """English words in a text that is told in Chinese."""
    whole = re.sub(r"(?m)^(\S+[-_/])( .*)?\n\s*\S+", r"\1\2", text)  # names fold at their joints
    return set(re.findall(r"[a-z]{2,}", TYPED.sub(" ", whole).lower())) & vocabulary() - NAMES


FOR_PEOPLE = [
    ["recommend", TICKETS, "--explain"],
    ["recommend", TICKETS, "-f", "markdown", "--top", "3"],
    ["recommend", str(ROOT / "examples" / "leaf-photos" / "task.yaml")],
    ["recommend", TICKETS, "--results", str(FOLDER / "results.jsonl")],
    EXPLAIN,
    ["compare", TICKETS, "roberta-base", "bart-large"],
    [*LOCK, "--verbose"],
    LATER,
    [*LATER, "-f", "markdown"],
    [*LATER, "-f", "github"],
]


@pytest.mark.parametrize("words", FOR_PEOPLE, ids=" ".join)
def test_what_people_read_has_no_english_left(run: Run, words: list[str]) -> None:
    done = run(*words, "--lang", "zh")
    shown = done.out.split(phrase("set-by-catalog"))[0]  # below are facts: keys, names and titles
    assert len(HAN.findall(shown)) > 20
    assert not left_in_english(shown)
    assert not left_in_english(done.err)
    assert run(*words).code == done.code


def test_a_word_that_is_left_would_be_found() -> None:
    for text in ("警告: 3 rows 行", "note：模型", "排名 | score |", "use `--top`，or 更多"):
        assert left_in_english(text), text


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("words", FOR_PEOPLE[:1] + FOR_PEOPLE[2:8], ids=" ".join)
def test_lines_fit_the_width_in_chinese(
    run: Run, words: list[str], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = run(*words, "--lang", "zh").out.splitlines()
    assert max(map(cell_len, lines)) <= width
    assert not [line for line in lines if line.lstrip()[:1] in tuple("，。、；：？！）”")]


@pytest.mark.parametrize(
    "words",
    [
        ["recommend", TICKETS, "--top", "2", "-f", "json"],
        ["recommend", TICKETS, "--top", "2", "-f", "csv"],
        ["recommend", str(FOLDER / "nothing.yaml"), "-f", "json"],
        [*EXPLAIN, "-f", "json"],
        *([*LATER, "-f", form] for form in ("json", "sarif", "junit", "gitlab")),
    ],
    ids=lambda words: f"{words[0]} {words[-1]}",
)
def test_what_machines_read_is_the_same_in_any_language(
    run: Run, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    english_one = run(*words)
    assert english_one.out
    for asked in (["--lang", "zh"], ["--lang=en"]):
        assert run(*words, *asked).out == english_one.out
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    chinese_one = run(*words)
    assert chinese_one.out == english_one.out
    assert bool(HAN.search(chinese_one.err)) is bool(english_one.err)


def test_a_page_is_in_english_until_it_has_other_words(run: Run) -> None:
    for words in (["recommend", TICKETS, "--top", "2"], EXPLAIN, LATER):
        page = run(*words, "--lang", "zh", "-f", "html").out
        assert "<html" in page
        assert not HAN.search(page)


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "zh_TW.UTF-8@radical"}, "zh"),
        ({"LANG": "zh-Hans"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zhx_XX"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN", "LC_MESSAGES": "en_US"}, "en"),
        ({"LANG": "en_US", "LC_MESSAGES": "zh_CN"}, "zh"),
        ({"LANG": "zh_CN", "LC_MESSAGES": "zh_CN", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US", "LC_ALL": "zh_CN.GB18030"}, "zh"),
        ({"LANG": "zh_CN", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_locale_says_the_language(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LANG")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert of_locale() == language


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["recommend", "x"], None),
        (["recommend", "--lang", "zh"], "zh"),
        (["recommend", "--lang=zh", "x"], "zh"),
        (["recommend", "--lang", "zh", "--lang", "en"], "en"),
        (["recommend", "--", "--lang", "zh"], None),
        (["recommend", "--lang"], None),
    ],
)
def test_the_option_is_read_as_typer_reads_it(words: list[str], language: str | None) -> None:
    assert asked_for(words) == language


def test_the_option_beats_the_locale(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert HAN.search(run(*LOCK).out)
    assert not HAN.search(run(*LOCK, "--lang", "en").out)
    assert HAN.search(run(*LOCK).out)


@pytest.mark.parametrize("given", ["fr", "", "zhx", "_CN"])
def test_an_unknown_language_is_wrong_usage_and_names_the_known(run: Run, given: str) -> None:
    done = run(*LOCK, "--lang", given)
    assert (done.code, done.out) == (2, "")
    assert "en" in done.err
    assert "zh" in done.err
    error = json.loads(run(*LOCK, f"--lang={given}", "-f", "json").out)["error"]
    assert (error["code"], error["values"]) == ("usage", {"language": given})


@pytest.mark.parametrize("given", ["ZH", "zh-TW", "zh_CN.UTF-8", "zh-Hans"])
def test_a_language_may_be_given_as_a_locale_or_a_tag_has_it(run: Run, given: str) -> None:
    assert HAN.search(run(*LOCK, "--lang", given).out)


def test_an_unknown_language_is_told_of_in_the_locale_s(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert HAN.search(run(*LOCK, "--lang", "fr").err)


@pytest.mark.parametrize(
    "words",
    [
        ["recommend", "--nothing"],
        ["recommend"],
        ["recommend", TICKETS, "x-y"],
        ["recommend", TICKETS, "--top"],
        ["recommend", TICKETS, "--top", "x"],
        ["recommend", TICKETS, "--point-worth", "x"],
        ["recommend", TICKETS, "--format", "xml"],
        ["recommend", TICKETS, "--explain=1"],
        ["recommend", TICKETS, "--preset", "ege"],
        ["recommend", "nothing.yaml"],
        ["explain", TICKETS, "nobody/nothing"],
        ["gate", "--lock", "nothing.lock"],
        ["gate", "--ignore", "PM000"],
        ["select", TICKETS],
        ["probe", "x", "--data", "nothing.csv"],
    ],
    ids=" ".join,
)
def test_errors_are_told_in_chinese_too(run: Run, words: list[str]) -> None:
    here, there = run(*words, "--lang", "zh"), run(*words)
    assert here.code == there.code == 2
    assert here.err.startswith("错误：")
    assert there.err.startswith("error: ")
    assert HAN.search(here.err.removeprefix("错误："))
    assert not left_in_english(here.err)


def test_help_and_commands_without_chinese_are_english(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [["recommend", "--help"], ["estimate", "roberta-base"], ["catalog", "show", "nothing"]]
    before = [run(*words) for words in others]
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert [run(*words) for words in others] == before
    assert {name for name in COMMANDS if name not in SPEAKING} >= {"estimate", "catalog", "mcp"}


def process(words: list[str], **variables: str) -> subprocess.CompletedProcess[bytes]:
    """A run of its own, in a pipe, in an environment with no other say about the locale."""
    kept = {k: v for k, v in os.environ.items() if k not in ("LANG", "PYTHONIOENCODING")}
    return subprocess.run(
        [sys.executable, "-m", "pick_model", *words],
        env={**kept, **variables},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "big5"},  # which has no simplified characters
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
    ids=lambda one: "-".join(one.values()),
)
def test_where_chinese_cannot_be_shown_it_is_english_with_one_note(
    variables: dict[str, str],
) -> None:
    done = process([*LOCK, "--lang", "zh"], **variables)
    assert done.returncode == 0
    assert done.stdout.startswith(b"PASS")
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.startswith(b"note: ")
    assert b"\\u" not in done.stdout + done.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
def test_pipes_carry_chinese_in_their_encoding(encoding: str) -> None:
    done = process([*LOCK, "--verbose"], LANG="zh_CN.UTF-8", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode(encoding)
    assert text.startswith("通过")
    assert "\\u" not in text
    assert not left_in_english(text)


def test_english_imports_no_chinese() -> None:
    code = (
        "import sys; from pick_model.cli.main import main; main(sys.argv[1:]);"
        "assert 'pick_model.words.chinese' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code, *LOCK], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_threads_tell_in_the_language_of_the_run_and_machines_meanwhile_in_english() -> None:
    speak("zh")
    heard: list[str] = []
    thread = Thread(target=lambda: heard.append(phrase("interrupted")))
    thread.start()
    thread.join()
    assert heard == [chinese.SENTENCES["interrupted"]]
    with suppress(KeyboardInterrupt), in_english():
        assert word("model") == "model"
        raise KeyboardInterrupt
    assert word("model") == "模型"
    assert word("never-heard-of") == "never-heard-of"


def test_an_interruption_is_told_in_chinese(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pick_model.catalog.load.load_catalog", stop)
    assert main(["recommend", TICKETS, "--lang", "zh"]) == 130
    assert capsys.readouterr().err == "已中断\n"


@pytest.mark.parametrize("name", ["folder/x", "loop", "x" * 300, "file/x"])
def test_what_the_system_says_of_a_file_is_told_in_chinese(
    run: Run, name: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    done = run("recommend", TICKETS, "-o", str(tmp_path / name), "--lang", "zh")
    assert done.code == 2
    reason = done.err.rpartition("：")[2]
    assert HAN.search(reason)
    assert not left_in_english(reason)


@pytest.mark.parametrize(
    "text", ["a: [b", "a: {b: 1", "a: b: c", "\ta: 1", '"a', "a: *x", 'a: "\\q"', "a: 1\n]", "- a\nb: 1", "a: 1\nb"]
)  # fmt: skip
def test_what_is_wrong_with_yaml_is_told_in_chinese(run: Run, tmp_path: Path, text: str) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(text)
    done = run("recommend", str(path), "--lang", "zh")
    assert done.code == 2
    assert not re.search("[A-Za-z]{3}", done.err.partition("YAML")[2])


def test_choices_are_joined_in_chinese(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text("task: text-classification\nlabel_kind: class\n")
    assert "'multi-label' 或 'regression'" in run("recommend", str(path), "--lang", "zh").err
