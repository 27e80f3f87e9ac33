"""A configuration runs no code: neither named in it, nor fetched for what it names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from pick_model.encoders.load import load
from pick_model.encoders.resolve import resolve
from pick_model.errors import EnvironmentProblem
from tests.encoders.models import bert, change

# A package `kernels` that writes down what is asked of it and gives nothing.
STUB = """
import os

def get_kernel(*asked, **more):
    with open(os.environ["ASKED"], "a") as file:
        file.write(f"{asked}\\n")
    raise RuntimeError("fetched")

class Names(type):
    def __getattr__(cls, name):
        if name.startswith("__"): raise AttributeError(name)
        return Anything()

class Anything(metaclass=Names):
    def __init__(self, *_, **__): pass
    def __or__(self, other): return self
    def __call__(self, it=None, *_, **__): return it
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return Anything()

def __getattr__(name):
    if name.startswith("__"): raise AttributeError(name)
    return (lambda *_, **__: lambda it: it) if name.startswith("use_kernel") else Anything
"""
OURS = """
import sys
from pathlib import Path
from pick_model.errors import EnvironmentProblem
from pick_model.encoders.load import load
for folder in sys.argv[1:]:
    try:
        load(Path(folder), device="cpu")
        print("loaded")
    except EnvironmentProblem as problem:
        print("refused", problem.code)
"""
THEIRS = """
import sys
from transformers import AutoModel
for folder in sys.argv[1:]:
    try:
        AutoModel.from_pretrained(folder)
    except Exception:
        pass
"""


def run(script: str, folders: list[Path], tmp_path: Path) -> tuple[list[str], str]:
    """What a script prints with the stub installed, and what was asked of the stub."""
    from transformers.utils import import_utils

    version = getattr(import_utils, "KERNELS_MIN_VERSION", "0.11.7")
    site = tmp_path / "site"
    (site / "kernels" / "layer").mkdir(parents=True, exist_ok=True)
    (site / "kernels" / "__init__.py").write_text(STUB)
    (site / "kernels" / "layer" / "__init__.py").write_text("")
    (site / "kernels" / "layer" / "mode.py").write_text("class Mode: pass")
    told = site / f"kernels-{version}.dist-info"
    told.mkdir(exist_ok=True)
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: kernels\nVersion: {version}\n")
    asked = tmp_path / "asked"
    asked.write_text("")
    path = os.pathsep.join([str(site), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, folders)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "ASKED": str(asked), "HF_HUB_OFFLINE": "0"},
        check=True,
    )
    return done.stdout.split("\n")[:-1], asked.read_text()


@pytest.mark.slow
def test_an_attention_of_a_repository_is_refused_and_never_fetched(tmp_path: Path) -> None:
    named = bert(tmp_path / "named")
    change(named, attn_implementation="someone/attention")
    quick = bert(tmp_path / "quick")
    change(quick, attn_implementation="flash_attention_2")  # transformers fetches a kernel for it
    folders = [named, quick]
    assert "someone/attention" in run(THEIRS, folders, tmp_path)[1]  # the stub is in force
    said, asked = run(OURS, folders, tmp_path)
    assert said == ["refused config", "loaded"]
    assert asked == ""


FOREIGN: list[dict[str, Any]] = [
    {"attn_implementation": "someone/attention"},
    {"attn_implementation": "someone/attention@main:fn"},
    {"attn_implementation": "paged|someone/attention"},
    {"_attn_implementation": "someone/attention"},
    {"_attn_implementation_internal": "someone/attention"},
    {"attn_implementation": {"": "sdpa", "text_config": "someone/attention"}},
    {"attn_implementation": ["someone/attention"]},
    {"attn_implementation": "something-new"},
    {"experts_implementation": "someone/experts"},
    {"text_config": {"attn_implementation": "someone/attention"}},
    {"sub": [{"deep": {"_attn_implementation": "someone/attention"}}]},
    {"kernel_config": {"kernel_mapping": {"RMSNorm": "someone/norm:Norm"}}},
    {"use_kernels": True, "kernels": {"attention": "someone/attention"}},
]


@pytest.mark.parametrize("keys", FOREIGN, ids=str)
def test_code_of_elsewhere_is_refused_before_anything_is_read(
    tmp_path: Path, keys: dict[str, Any]
) -> None:
    folder = change(bert(tmp_path / "it"), **keys)
    for asked in (lambda: resolve(str(folder)), lambda: load(folder, device="cpu")):
        with pytest.raises(EnvironmentProblem, match="code from elsewhere") as caught:
            asked()
        assert caught.value.exit_code == 4


@pytest.mark.parametrize("other", ["generation_config.json", "tokenizer_config.json"])
def test_code_of_elsewhere_in_another_configuration_is_refused(tmp_path: Path, other: str) -> None:
    folder = bert(tmp_path / "it")
    (folder / other).write_text('{"attn_implementation": "someone/attention"}')
    with pytest.raises(EnvironmentProblem, match=f"{other}.*code from elsewhere"):
        resolve(str(folder))


@pytest.mark.parametrize("known", ["eager", "sdpa", "flash_attention_2", "flex_attention"])
def test_an_attention_of_transformers_own_is_left_to_transformers(
    tmp_path: Path, known: str
) -> None:
    """It says how to compute, not what: a machine without it computes otherwise."""
    folder = change(bert(tmp_path / "it"), attn_implementation=known, conv_kernel=[3, 3])
    assert load(folder, device="cpu").hidden == 16


def test_code_in_the_folder_runs_only_when_it_is_trusted(tmp_path: Path) -> None:
    folder = bert(tmp_path / "it")
    mark = tmp_path / "ran"
    (folder / "mine.py").write_text(f"open({str(mark)!r}, 'w')\nclass Mine: pass\n")
    change(
        folder, model_type="mine", auto_map={"AutoConfig": "mine.Mine", "AutoModel": "mine.Mine"}
    )
    with pytest.raises(EnvironmentProblem, match="--trust-remote-code"):
        load(folder, device="cpu")
    assert not mark.exists()


OWN_CODE = """
from transformers import BertConfig, BertModel, PreTrainedModel

class MineConfig(BertConfig):
    model_type = "mine"

class MineModel(BertModel):
    config_class = MineConfig
"""


def test_trusted_code_is_the_code_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import transformers.dynamic_module_utils as dynamic

    monkeypatch.setattr(dynamic, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    folder = bert(tmp_path / "it")
    (folder / "mine.py").write_text(OWN_CODE)
    told = {"AutoConfig": "mine.MineConfig", "AutoModel": "mine.MineModel"}
    change(folder, model_type="mine", auto_map=told)
    before = resolve(str(folder), trust_remote_code=True).weights_digest
    loaded = load(folder, device="cpu", trust_remote_code=True)
    assert type(loaded.encoder).__name__ == "MineModel"
    (folder / "mine.py").write_text(OWN_CODE + "# other")
    assert resolve(str(folder), trust_remote_code=True).weights_digest != before


def test_trust_in_a_model_is_no_trust_in_another_repository(tmp_path: Path) -> None:
    folder = change(bert(tmp_path / "it"), auto_map={"AutoModel": "someone/else--mine.Mine"})
    with pytest.raises(EnvironmentProblem, match="another repository, 'someone/else'"):
        resolve(str(folder), trust_remote_code=True)


def test_the_network_is_shut_while_a_model_is_read_and_open_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import transformers
    from huggingface_hub import constants

    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    seen = []
    real = transformers.AutoModel.from_pretrained

    def spy(*arguments: Any, **options: Any) -> Any:
        seen.append((os.environ.get("HF_HUB_OFFLINE"), constants.HF_HUB_OFFLINE))
        return real(*arguments, **options)

    monkeypatch.setattr(transformers.AutoModel, "from_pretrained", spy)
    load(bert(tmp_path / "it"), device="cpu")
    assert seen == [("1", True)]
    assert ("HF_HUB_OFFLINE" in os.environ, constants.HF_HUB_OFFLINE) == (False, False)
