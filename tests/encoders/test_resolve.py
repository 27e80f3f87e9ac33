"""From a name to a folder: local folders, and the real Hub client against a faulty Hub."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pick_model.encoders.resolve import ModelRef, parse_model, resolve
from pick_model.errors import EnvironmentProblem, InputError, UsageError
from tests.hub import COMMIT, Hub, Repo, files_of, serving
from tests.told import words

Start = Callable[..., Hub]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the three kinds of file a model has."""
    import numpy as np
    from safetensors.numpy import save_file

    folder = tmp_path_factory.mktemp("small")
    save_file({"w": np.arange(256, dtype=np.float32)}, folder / "model.safetensors")
    (folder / "config.json").write_text('{"model_type": "bert"}')
    (folder / "vocab.txt").write_text("[PAD]\n[UNK]\n")
    return folder


@pytest.fixture
def hub(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a Hub and points the client at it, with a cache of its own and short patience."""
    from contextlib import ExitStack

    from huggingface_hub import constants
    from huggingface_hub.utils import _http

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 1)
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 1)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    # The client waits 1, 2, 4 … seconds between its tries; the waits are not what is tested.
    monkeypatch.setattr(_http.time, "sleep", lambda _: None)
    stack = ExitStack()

    def start(fault: str = "", files: dict[str, bytes] | None = None) -> Hub:
        repos = {"org/name": Repo(files or files_of(small))}
        found = stack.enter_context(serving(repos, fault))
        point_at(monkeypatch, found.url)
        return found

    with stack:
        yield start


def point_at(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", url)
    template = url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


def test_a_folder_comes_before_a_hub_id(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert parse_model(str(small)).folder == small
    assert parse_model("org/name@v1") == ModelRef("org/name", None, "org/name", "v1")
    assert parse_model("org/name@refs/pr/1").revision == "refs/pr/1"
    assert parse_model("bert-base-uncased").hub_repo == "bert-base-uncased"


@pytest.mark.parametrize(
    "text", ["./nowhere", "/no/such/folder", "a/b/c", "org/na me", "@main", ""]
)
def test_what_is_neither_folder_nor_hub_id_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="org/name"):
        parse_model(text)


def test_a_file_is_no_model_and_not_asked_for_on_the_hub(small: Path) -> None:
    with pytest.raises(UsageError, match="is a file, and a model is a folder"):
        parse_model(str(small / "config.json"))


def test_a_local_folder_has_no_revision_and_a_digest_of_its_bytes(
    small: Path, tmp_path: Path
) -> None:
    import shutil

    found = resolve(str(small))
    assert found.revision is None
    copy = tmp_path / "copy"
    shutil.copytree(small, copy)
    assert resolve(str(copy)).weights_digest == found.weights_digest
    (copy / "vocab.txt").write_text("[PAD]\n")
    assert resolve(str(copy)).weights_digest != found.weights_digest


def test_a_folder_without_a_model_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"config\.json"):
        resolve(str(tmp_path))


def test_pickles_are_refused_unless_allowed(small: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x02.")
    with pytest.raises(EnvironmentProblem, match=r"only pickles.*--allow-pickle"):
        resolve(str(tmp_path))
    assert resolve(str(tmp_path), allow_pickle=True).folder == tmp_path


@pytest.mark.parametrize("damage", ["cut", "zeros", "text", "empty", "long"])
def test_damaged_safetensors_are_refused(small: Path, tmp_path: Path, damage: str) -> None:
    whole = (small / "model.safetensors").read_bytes()
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(
        {
            "cut": whole[:-100],
            "zeros": bytes(len(whole)),
            "text": b"<html>not found</html>",
            "empty": b"",
            "long": whole + b"\0",
        }[damage]
    )
    with pytest.raises(EnvironmentProblem, match="not a whole safetensors file"):
        resolve(str(tmp_path))


def test_a_download_is_pinned_to_its_commit(hub: Start, small: Path) -> None:
    started = hub()
    found = resolve("org/name")
    assert found.revision == COMMIT
    assert found.weights_digest == resolve(str(small)).weights_digest
    assert not any("README" in request for request in started.requests)


def test_only_what_a_fine_tune_reads_is_downloaded(hub: Start, small: Path) -> None:
    extra = {"pytorch_model.bin": b"pickle", "onnx/model.onnx": b"onnx", "modeling.py": b"code"}
    started = hub(files={**files_of(small), **extra})
    resolve("org/name")
    assert not any(name in " ".join(started.requests) for name in extra)


def test_a_model_of_the_hub_is_called_by_its_name_when_it_cannot_be_loaded(hub: Start) -> None:
    pytest.importorskip("torch")
    from pick_model.encoders.load import load

    hub()
    with pytest.raises(EnvironmentProblem, match=r"org/name"):
        load(resolve("org/name").folder)


def test_vocabularies_of_every_name_are_downloaded_and_adapters_are_not(
    hub: Start, small: Path
) -> None:
    more = {"bpe.codes": b"a b 1", "spm.model": b"x", "source.spm": b"x", "p.tokenizer": b"x"}
    extra = {"adapter_model.safetensors": b"x", "adapter_config.json": b"{}"}
    started = hub(files={**files_of(small), **more, **extra})
    found = resolve("org/name")
    assert {file.name for file in found.folder.iterdir()} >= set(more)
    assert "adapter_model" not in " ".join(started.requests)
    assert "adapter" in words(found.notes[0])


WITHOUT_CONFIG = [
    ({"adapter_config.json": b'{"base_model_name_or_path": "some/base"}'}, "adapter.*some/base"),
    ({"m-Q4.gguf": b"GGUF"}, r"llama\.cpp.*converted from"),
    ({"modules.json": b"[]", "0_Transformer/config.json": b"{}"}, "0_Transformer"),
    ({"modules.json": b"[]", "model.safetensors": b"{}"}, "no config.json"),
    ({"model_index.json": b"{}"}, "diffusers"),
    ({"README.md": b""}, "not a model"),
]


@pytest.mark.parametrize(("files", "says"), WITHOUT_CONFIG, ids=lambda x: str(x)[:20])
def test_a_repository_that_is_no_model_is_told_for_what_it_is(
    hub: Start, files: dict[str, bytes], says: str
) -> None:
    hub(files=files)
    with pytest.raises(EnvironmentProblem, match=says):
        resolve("org/name")


@pytest.mark.parametrize(
    ("file", "says"),
    [("pytorch_model.bin", "--allow-pickle"), ("m.gguf", "llama"), ("x.txt", "model.safetensors")],
)
def test_a_repository_without_safetensors_is_told_what_it_has(
    hub: Start, small: Path, file: str, says: str
) -> None:
    rest = {name: kept for name, kept in files_of(small).items() if "safetensors" not in name}
    hub(files={**rest, file: b"?"})
    with pytest.raises(EnvironmentProblem, match=f"no safetensors weights.*{says}"):
        resolve("org/name")


def test_weights_in_a_sub_folder_that_an_index_names_are_downloaded_and_read(
    hub: Start, small: Path
) -> None:
    files = files_of(small)
    files["parts/one.safetensors"] = files.pop("model.safetensors")
    index = {"metadata": {}, "weight_map": {"t": "parts/one.safetensors"}}
    hub(files={**files, "model.safetensors.index.json": json.dumps(index).encode()})
    assert (resolve("org/name").folder / "parts/one.safetensors").is_file()


@pytest.mark.parametrize("shard", ["gone.safetensors", "../other/model.safetensors"])
def test_a_repository_whose_index_names_what_is_not_there_is_told_so(
    hub: Start, small: Path, shard: str
) -> None:
    files = files_of(small)
    del files["model.safetensors"]
    index = {"metadata": {}, "weight_map": {"t": shard}}
    hub(files={**files, "model.safetensors.index.json": json.dumps(index).encode()})
    with pytest.raises(EnvironmentProblem, match=f"names '{shard}', which"):
        resolve("org/name")


FAULTS = [
    ("401", "no model|refuses access", "hf auth login"),
    ("403", "refuses access", "hf auth login"),
    ("404", "knows no model|no model", "check the name"),
    ("gated", "gated", "accept"),
    ("", "no revision", "branch, tag or commit"),
    ("500", "answered 500", "try again"),
    ("slow", "in time", "HF_HUB_DOWNLOAD_TIMEOUT"),
    ("slow-weights", "in time", "HF_HUB_DOWNLOAD_TIMEOUT"),
    ("truncated", "broke off|wrong size|cannot be reached", "again|connection"),
    ("wrong-weights", "safetensors|bytes that the Hub announced", "delete"),
]


@pytest.mark.parametrize(
    ("fault", "says", "hint"), FAULTS, ids=[f[0] or "no-revision" for f in FAULTS]
)
def test_a_hub_fault_is_exit_4_and_says_what_to_do(
    hub: Start, fault: str, says: str, hint: str
) -> None:
    hub(fault)
    with pytest.raises(EnvironmentProblem, match=says) as caught:
        resolve("org/name" if fault else "org/name@v9")
    assert caught.value.exit_code == 4
    import re

    assert re.search(hint, words(caught.value.hint))
    assert "\n" not in str(caught.value)


def test_a_hub_that_is_down_is_exit_4(hub: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(EnvironmentProblem, match="cannot be reached"):
        resolve("org/name")


def test_a_full_disk_is_said(hub: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    hub()

    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(huggingface_hub, "snapshot_download", full)
    with pytest.raises(EnvironmentProblem, match="disk is full"):
        resolve("org/name")


def test_a_broken_download_goes_on_at_the_next_try(hub: Start) -> None:
    started = hub("truncated")
    with pytest.raises(EnvironmentProblem):
        resolve("org/name")
    started.fault = ""
    assert resolve("org/name").revision == COMMIT


def test_offline_uses_what_was_downloaded_before(hub: Start) -> None:
    started = hub()
    online = resolve("org/name")
    asked = len(started.requests)
    assert resolve("org/name", offline=True) == online
    assert resolve(f"org/name@{COMMIT}", offline=True).folder == online.folder
    assert len(started.requests) == asked


def test_offline_without_a_download_is_exit_4(hub: Start) -> None:
    hub()
    with pytest.raises(EnvironmentProblem, match="offline") as caught:
        resolve("org/name", offline=True)
    assert "run once online" in words(caught.value.hint)


def test_a_commit_that_is_here_needs_no_hub(hub: Start) -> None:
    started = hub()
    resolve("org/name")
    started.fault = "500"
    assert resolve(f"org/name@{COMMIT}").notes == ()


def test_a_hub_that_went_down_leaves_the_cached_copy_and_a_note(hub: Start) -> None:
    started = hub()
    online = resolve("org/name")
    started.fault = "500"
    found = resolve("org/name")
    assert found.folder == online.folder
    assert "cache was used" in words(found.notes[0])
