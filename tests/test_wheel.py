"""What is installed is what is tested: build the wheel and run it from another folder."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_catalog_and_no_test(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "pick_model/catalog/shipped.jsonl" in names
    assert "pick_model/catalog/shipped-details.jsonl" in names
    assert "pick_model/vocabulary/languages.tsv" in names
    assert "pick_model/py.typed" in names
    assert any(n.startswith("pick_model/catalogs/models/text/") for n in names)
    assert not any("test" in n.split("/")[0] for n in names)


def test_the_wheel_recommends_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(unpacked)
    task = tmp_path / "task.yaml"
    task.write_text("task: text-classification\nlanguages: [en]\n", encoding="utf-8")
    script = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
        "import pick_model; assert pick_model.__file__.startswith(sys.path[0])\n"
        "from pick_model.cli.main import main; sys.exit(main(['recommend', 'task.yaml']))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "rejected: " in done.stdout
