"""The map of allowed imports, and what a fast command must not load."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from pick_model.cli.app import COMMANDS

SOURCE = Path(__file__).parents[1] / "src" / "pick_model"

# In this order: a package may import those above it, and nobody imports cli. Seen are all
# imports, those in functions and for the type checker as well.
ORDER = (
    "escape",
    "terminal",
    "core_schema",
    "record",
    "words",
    "errors",
    "interval",
    "files",
    "hub",
    "vocabulary",
    "documents",
    "cost",
    "catalog",
    "belief",
    "backtest",
    "advise",
    "data",
    "encoders",
    "measure",
    "gate",
    "render",
    "cli",
)
HEAVY = {"torch", "transformers", "numpy", "sklearn", "scipy", "huggingface_hub", "pandas"}


def modules() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if "__pycache__" not in p.parts)


def imports(path: Path) -> set[str]:
    """Everything a module imports, also inside functions and for the type checker alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def dotted(path: Path) -> str:
    """The name a module is imported by."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(("pick_model", *(part for part in parts if part != "__init__")))


def package_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "pick_model" and len(parts) > 1 else None


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_imports_only_what_stands_above_its_package(path: Path) -> None:
    own = package_of(dotted(path))
    if own in (None, "__main__"):
        return
    above = {*ORDER[: ORDER.index(own) + 1], "__version__"}
    wrong = {name for name in imports(path) if package_of(name) and package_of(name) not in above}
    assert not wrong, f"{own} may not import {sorted(wrong)}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {dotted(path): path for path in modules()} | {"pick_model": None}
    known = {
        name: (imports(path) & names.keys()) - {name, "pick_model"} if path else set()
        for name, path in names.items()
    }
    try:
        tuple(TopologicalSorter(known).static_order())
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


CONTRIBUTING = (SOURCE.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_picture_of_the_house_shows_its_packages_in_their_order() -> None:
    picture = re.findall(r"```\n(escape .*?)```", CONTRIBUTING, re.S)[0]
    heads = (re.sub(r"[|\\]", " ", line[:29]).split() for line in picture.splitlines())
    shown = [name for words in heads for name in words if name in ORDER]
    assert shown == list(ORDER)


def test_every_door_and_every_station_of_the_walks_is_there() -> None:
    """Names in back ticks and doors: a file, or a module's function or class."""
    doors = re.findall(r"  ([a-z]+(?:\.[a-z_]+)+)$", CONTRIBUTING, re.M)
    walks = CONTRIBUTING.partition("### One figure")[2].partition("## Facts")[0]
    paths = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.(?:py|json))`", walks)
    names = re.findall(
        r"`([a-z_]+(?:\.[A-Za-z_]+)+)`", walks.replace(".py`", "` ").replace(".json`", "` ")
    )
    assert len(doors) >= 12
    assert len(paths) >= 12
    assert len(names) >= 12
    assert not [path for path in paths if not list(SOURCE.rglob(path))]
    assert not [name for name in (*doors, *names) if not stands(name)]


def stands(name: str) -> bool:
    """Whether a module of that name is there, or one that defines the name's last parts."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = SOURCE.joinpath(*parts[:length])
        if length == len(parts) and (path.is_dir() or path.with_suffix(".py").is_file()):
            return True
        if path.with_suffix(".py").is_file():
            tree = ast.parse(path.with_suffix(".py").read_text(encoding="utf-8"))
            return any(getattr(node, "name", None) == parts[length] for node in tree.body)
    return False


def test_typer_is_imported_by_the_command_line_only_and_click_by_nobody() -> None:
    for path in modules():
        names = {name.split(".")[0] for name in imports(path)}
        assert "click" not in names, path
        assert "typer" not in names or path.relative_to(SOURCE).parts[0] == "cli", path


@pytest.mark.parametrize(("module", "only"), [("huggingface_hub", "hub"), ("hashlib", "files.py")])
def test_one_place_asks_the_hub_and_one_makes_digests(module: str, only: str) -> None:
    importers = {
        path.relative_to(SOURCE).parts[0]
        for path in modules()
        if module in {name.split(".")[0] for name in imports(path)}
    }
    assert importers == {only}


def test_advice_touches_no_file_clock_environment_or_randomness() -> None:
    forbidden = {"os", "pathlib", "time", "datetime", "random", "io", "tempfile", "subprocess"}
    for path in sorted((SOURCE / "advise").glob("*.py")):
        if path.name == "profile.py":  # reads the task file
            continue
        names = {name.split(".")[0] for name in imports(path)}
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


def test_to_say_its_version_it_loads_no_command() -> None:
    script = (
        "import sys, json\n"
        "from pick_model.cli.main import main\n"
        "code = main(['--version'])\n"
        "print(json.dumps([code, sorted(sys.modules)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    said, rest = done.stdout.splitlines()
    code, loaded = json.loads(rest)
    assert (said.partition(" ")[0], code) == ("pick-model", 0)
    assert not {place.partition(":")[0] for _, place in COMMANDS.values()} & set(loaded)
