"""The map of allowed imports, and what a fast command must not load."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "pick_model"

# package -> packages of ours it may import at the top of a module. What is not listed here
# may not be imported; cli may import everything, and nobody imports cli.
ALLOWED = {
    "errors": set(),
    "escape": set(),
    "files": set(),
    "hub_faults": {"errors"},
    "documents": {"errors", "escape", "files"},
    "catalog": {"errors", "files", "hub_faults", "documents", "evidence", "cost"},
    "evidence": {"errors", "documents", "cost", "catalog", "scoring"},
    "cost": {"errors", "documents"},
    "scoring": {"documents", "cost", "evidence"},
    "data": {"errors", "documents"},
    "probe": {
        "errors",
        "escape",
        "files",
        "hub_faults",
        "documents",
        "data",
        "catalog",
        "evidence",
    },
    "gate": {"errors", "files", "documents", "catalog", "cost", "advise", "profile", "report"},
    "render": {"documents", "errors", "escape"},
    "profile": {"errors", "documents", "catalog"},
    "report": {"documents", "cost", "scoring"},
    "advise": {
        "errors",
        "documents",
        "catalog",
        "cost",
        "evidence",
        "scoring",
        "profile",
        "report",
    },
    "account": {
        "documents",
        "catalog",
        "cost",
        "evidence",
        "scoring",
        "advise",
        "profile",
        "report",
    },
}
HEAVY = {"torch", "transformers", "numpy", "sklearn", "scipy", "huggingface_hub", "pandas"}


def modules() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if "__pycache__" not in p.parts)


def top_level_imports(path: Path) -> set[str]:
    """Names imported when a module is imported: not inside functions or TYPE_CHECKING."""
    found: set[str] = set()

    def visit(body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.dump(node.test):
                visit(node.body + node.orelse)
            elif isinstance(node, ast.Try):
                visit(node.body + node.orelse + node.finalbody)

    visit(ast.parse(path.read_text(encoding="utf-8")).body)
    return found


def package_of(name: str) -> str | None:
    parts = name.split(".")
    if parts[0] != "pick_model" or len(parts) < 2:
        return None
    return parts[1]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_imports_only_what_its_package_may(path: Path) -> None:
    own = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    if own in ("cli", "__main__", "__init__"):
        return
    allowed = ALLOWED[own] | {own, "__version__"}
    wrong = {n for n in top_level_imports(path) if package_of(n) and package_of(n) not in allowed}
    assert not wrong, f"{own} may not import {sorted(wrong)}"


def test_typer_is_imported_by_the_command_line_only_and_click_by_nobody() -> None:
    for path in modules():
        names = {name.split(".")[0] for name in top_level_imports(path)}
        assert "click" not in names, path
        assert "typer" not in names or path.relative_to(SOURCE).parts[0] == "cli", path


def test_scoring_touches_no_file_clock_environment_or_randomness() -> None:
    forbidden = {"os", "pathlib", "time", "datetime", "random", "io", "tempfile", "subprocess"}
    for path in sorted((SOURCE / "scoring").glob("*.py")):
        names = {name.split(".")[0] for name in top_level_imports(path)}
        assert not names & forbidden, path
        assert "open(" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(
    "command",
    [
        ["recommend", "examples/support-tickets/task.yaml"],
        ["recommend", "examples/support-tickets/task.yaml", "--format", "json"],
        ["explain", "examples/support-tickets/task.yaml", "roberta-base"],
        ["schema", "task"],
    ],
    ids=lambda c: " ".join(c[:1] + c[2:]),
)
def test_a_fast_command_loads_nothing_heavy(command: list[str]) -> None:
    script = (
        "import sys, json, io, contextlib\n"
        "from pick_model.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    code = main({command!r})\n"
        "print(json.dumps([code, sorted({m.split('.')[0] for m in sys.modules})]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=SOURCE.parents[1],
    )
    code, loaded = json.loads(done.stdout)
    assert code == 0, done.stderr
    assert not set(loaded) & HEAVY
