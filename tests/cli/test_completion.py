"""What a shell is answered at a Tab: names that are there, quickly, and nothing on stderr."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pick_model.catalog.catalog import Catalog
from pick_model.documents.task import PRESETS
from pick_model.vocabulary.tasks import TASKS
from tests.cli.conftest import Run


@pytest.fixture
def tab(run: Run, monkeypatch: pytest.MonkeyPatch) -> object:
    """The words for a line of bash whose last word is being typed."""

    def press(line: str) -> list[str]:
        words = line.split(" ")
        monkeypatch.setenv("_PICK_MODEL_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        done = run()
        assert done.code == 0
        assert done.err == ""
        return done.out.split()

    return press


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pick-model rec", ["recommend"]),
        ("pick-model recommend t.yaml --pre", ["--preset"]),
        ("pick-model recommend t.yaml --preset ", list(PRESETS)),
        ("pick-model init --task text-class", ["text-classification"]),
        ("pick-model estimate roberta-base --task translat", ["translation"]),
        ("pick-model recommend t.yaml --weight comp", ["compute="]),
        ("pick-model init --license permis", ["permissive"]),
        ("pick-model recommend t.yaml --hardware loc", ["local"]),
        ("pick-model explain t.yaml no-such-mod", []),
        ("pick-model screen --task ", []),  # a file
        ("pick-model screen --models ", []),
    ],
)
def test_names_are_completed(line: str, expected: list[str], tab: object) -> None:
    assert callable(tab)
    assert tab(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "pick-model explain t.yaml roberta-",
        "pick-model compare t.yaml bert-base-uncased roberta-",
        "pick-model estimate roberta-",
        "pick-model probe roberta-",
        "pick-model screen --model roberta-",
        "pick-model select t.yaml --model roberta-",
        "pick-model lock t.yaml roberta-",
        "pick-model catalog show roberta-",
    ],
)
def test_ids_are_those_of_the_catalog(line: str, tab: object, catalog: Catalog) -> None:
    assert callable(tab)
    found = tab(line)
    assert set(found) == {name for name in catalog.entries if name.startswith("roberta-")}
    assert "roberta-base" in found


def test_machines_and_tasks_are_all_there(tab: object, catalog: Catalog) -> None:
    assert callable(tab)
    assert set(tab("pick-model recommend t.yaml --hardware ")) == {
        "local",
        *catalog.plain_hardware,
    }
    assert set(tab("pick-model init --task ")) == set(TASKS)


def test_what_goes_wrong_stays_quiet(tab: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("the catalog is gone")

    monkeypatch.setattr("pick_model.catalog.load.load_catalog", broken)
    assert callable(tab)
    assert tab("pick-model explain t.yaml roberta-") == []


HEAVY = """
import os, sys
os.environ.update(_PICK_MODEL_COMPLETE="complete_bash", COMP_CWORD="3",
                  COMP_WORDS="pick-model explain t.yaml roberta-")
from pick_model.cli.main import main
code = main([])
heavy = {"torch", "transformers", "numpy", "scipy", "huggingface_hub", "rich"} & sys.modules.keys()
print("HEAVY", code, sorted(heavy), "pick_model.cli.probe" in sys.modules)
"""


def test_a_tab_imports_one_command_and_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "HEAVY 0 [] False", done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed(shell: str, run: Run) -> None:
    before = dict(os.environ)
    done = run("--show-completion", shell)
    assert done.code == 0
    assert "_PICK_MODEL_COMPLETE" in done.out
    assert dict(os.environ) == before


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_with_the_script(tmp_path: Path) -> None:
    program = tmp_path / "pick-model"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pick_model "$@"\n')
    program.chmod(0o755)
    script = (
        'eval "$(pick-model --show-completion bash)"; '
        "COMP_WORDS=(pick-model explain t.yaml roberta-base-s); COMP_CWORD=3; "
        '_pick_model_completion pick-model; echo "${COMPREPLY[@]}"'
    )
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, "HOME": str(tmp_path)},
    )
    assert done.stdout.split() == ["roberta-base-squad2"]
    assert done.stderr == ""


@pytest.mark.parametrize(("shell", "begins"), [("zsh", "#compdef"), ("fish", "complete --command")])
def test_a_shell_that_is_named_is_the_one_whose_script_is_shown(shell: str, begins: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pick_model", "--show-completion", shell],
        env={**os.environ, "SHELL": "/bin/bash"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(begins)
