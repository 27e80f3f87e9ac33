"""The examples for CI work as copied: their YAML is valid and their commands run.

What cannot be had here is left out by name: installing the package from a registry, and actions
that talk to a service. Every other command is taken from the file and executed.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pick_model.cli.main import main
from tests.hub import Repo, serving

from .test_formats import check_gitlab, check_junit, check_sarif

ROOT = Path(__file__).parents[2]
CI = ROOT / "examples" / "ci"
TICKETS = ROOT / "examples" / "support-tickets"
SHA = "ab" * 20
ELSEWHERE = ("python -m pip install pick-model",)


def read(name: str) -> Any:
    return yaml.safe_load((CI / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A repository that took the examples: task, policy, lock, code; and its environment.

    The first model of the ranking that can be locked and passes is the one it chose.
    """
    folder = tmp_path_factory.mktemp("repository")
    (folder / "task.yaml").write_text((TICKETS / "task.yaml").read_text(encoding="utf-8"))
    (folder / "policy.yaml").write_text((CI / "policy.yaml").read_text(encoding="utf-8"))
    tools = tmp_path_factory.mktemp("bin")
    tool = tools / "pick-model"
    tool.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m pick_model "$@"\n')
    tool.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
        "GITHUB_STEP_SUMMARY": str(tmp_path_factory.mktemp("runner") / "summary.md"),
        "PICK_MODEL_CACHE": str(tmp_path_factory.mktemp("cache")),
    }
    environment.pop("HF_HUB_OFFLINE", None)
    ranking = run("pick-model recommend task.yaml --format json --top 30", folder, environment)
    repos = {
        c["hub_repo"]: Repo(files={"model.safetensors": b""}, sha=c["revision"] or SHA)
        for c in json.loads(ranking.stdout)["candidates"]
        if c["hub_repo"]
    }
    with serving(repos) as hub:
        environment["HF_ENDPOINT"] = hub.url
        for repo, served in repos.items():
            run(f"pick-model lock task.yaml {repo}", folder, environment)
            if run("pick-model gate", folder, environment).returncode == 0:
                call = f'AutoModel.from_pretrained("{repo}", revision="{served.sha}")\n'
                (folder / "train.py").write_text(call, encoding="utf-8")
                break
        yield folder, environment


def run(
    command: str, folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


Repository = tuple[Path, dict[str, str]]


def test_the_workflow_runs_as_copied(repository: Repository) -> None:
    folder, environment = repository
    steps = read("github-actions.yml")["jobs"]["gate"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert set(ELSEWHERE) < set(commands)
    for command in commands:
        if command not in ELSEWHERE:
            done = run(command, folder, environment)
            assert done.returncode == 0, (command, done.stdout, done.stderr)
    uploaded = next(s["with"]["sarif_file"] for s in steps if "upload-sarif" in s.get("uses", ""))
    check_sarif((folder / uploaded).read_text(encoding="utf-8"))
    summary = Path(environment["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
    assert "Model gate: pass" in summary


def test_the_workflow_fails_and_still_reports(repository: Repository) -> None:
    folder, environment = repository
    steps = read("github-actions.yml")["jobs"]["gate"]["steps"]
    command = next(step["run"] for step in steps if "pick-model gate" in step.get("run", ""))
    (folder / "worse.py").write_text('AutoModel.from_pretrained("some/other")\n')
    try:
        done = run(command, folder, environment)
    finally:
        (folder / "worse.py").unlink()
    assert done.returncode == 1
    assert "::error file=worse.py,line=1,title=PM801 not-locked::" in done.stdout
    check_sarif((folder / "gate.sarif").read_text(encoding="utf-8"))


def test_the_gitlab_job_runs_as_copied(repository: Repository) -> None:
    folder, environment = repository
    job = read("gitlab-ci.yml")["model-gate"]
    commands = [*job["before_script"], *job["script"]]
    assert set(ELSEWHERE) < set(commands)
    for command in commands:
        if command not in ELSEWHERE:
            done = run(command, folder, environment)
            assert done.returncode == 0, (command, done.stdout, done.stderr)
    reports = job["artifacts"]["reports"]
    check_junit((folder / reports["junit"]).read_text(encoding="utf-8"))
    check_gitlab((folder / reports["codequality"]).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [".pre-commit-config.yaml", ".pre-commit-hooks.yaml"])
def test_the_hook_runs_as_copied_and_without_the_network(name: str, repository: Repository) -> None:
    folder, environment = repository
    document = read(name)
    hook = document[0] if isinstance(document, list) else document["repos"][0]["hooks"][0]
    assert hook["pass_filenames"] is False
    for file in ("pick-model.lock", "policy.yaml", "task.yaml", "models/task.yaml"):
        assert re.search(hook["files"], file)
    assert not re.search(hook["files"], "train.py")
    unreachable = {**environment, "HF_ENDPOINT": "http://127.0.0.1:9"}
    done = run(hook["entry"], folder, unreachable)
    assert done.returncode == 0, (done.stdout, done.stderr)


def vendored(name: str) -> Any:
    """A schema that check-jsonschema ships."""
    package = pytest.importorskip("check_jsonschema", reason="check-jsonschema holds the schema")
    folder = Path(package.__file__).parent / "builtin_schemas" / "vendor"
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def test_the_workflow_fits_githubs_schema() -> None:
    workflow = read("github-actions.yml")
    workflow["on"] = workflow.pop(True)  # YAML 1.1 reads the key `on` as true
    jsonschema.validate(workflow, vendored("github-workflows"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the library that reads the schema
def test_the_job_fits_gitlabs_schema() -> None:
    jsonschema.validate(read("gitlab-ci.yml"), vendored("gitlab-ci"))


def test_the_hooks_are_hooks_to_pre_commit() -> None:
    clientlib = pytest.importorskip("pre_commit.clientlib", reason="pre-commit checks its files")
    clientlib.load_config(str(CI / ".pre-commit-config.yaml"))
    clientlib.load_manifest(str(CI / ".pre-commit-hooks.yaml"))


def test_the_example_lock_passes_its_policy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(TICKETS)
    code = main(["gate", "--today", "2026-12-01"])
    told = capsys.readouterr().out
    assert code == 0, told + "\nin that folder: pick-model lock task.yaml MODEL --offline"
