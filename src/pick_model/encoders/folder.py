"""What a model's folder holds, decided from its files before transformers reads any.

`read_folder` names every file that a load reads and checks each one; `seen_alone` then
shows transformers a folder with exactly those files. What is not listed is not there: no
pickle, no adapter, no file outside the folder, and a configuration without the keys that
make transformers fetch code.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

from pick_model.encoders.config import read_config, read_object, without_paths
from pick_model.encoders.header import read_header
from pick_model.errors import EnvironmentProblem

# The files that the tokenizer classes of transformers name; a test compares.
TOKENIZER = (
    "*.json",
    "*.txt",
    "*.model",
    "*.spm",
    "*.codes",
    "*.tiktoken",
    "*.tokenizer",
)
# Read by nobody here, and some of them make transformers do more than load.
NOT_READ = re.compile(
    r"adapter_|generation_config\.json|.*\.index\.json|(pre)?processor_config\.json|"
    r"video_preprocessor_config\.json|README|LICEN[CS]E|requirements",
    re.IGNORECASE,
)
_TOKENIZER_FILE = re.compile(
    r"(?!special_tokens|added_tokens)"  # beside others only
    r".*(token|vocab|merges|spiece|spm|sentencepiece|codes|dict\.|normalizer|byte_maps|emoji).*"
    r"|.*\.(model|spm)",
    re.IGNORECASE,
)
SAFE, SAFE_INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLE, PICKLE_INDEX = "pytorch_model.bin", "pytorch_model.bin.index.json"
INDEX_BYTES = 64 << 20  # the largest on the Hub, for thousands of experts, has about 15 MB
OTHERS = {
    ".gguf": ("GGUF, for llama.cpp", "the repository that it was converted from"),
    ".h5": ("TensorFlow's", "a copy saved as safetensors"),
    ".msgpack": ("Flax's", "a copy saved as safetensors"),
    ".onnx": ("ONNX, which is not trained", "the repository that it was exported from"),
}


@dataclass(frozen=True)
class ModelFiles:
    """The files of one model that a load reads, by their path inside the folder."""

    folder: Path
    config: dict[str, Any]
    weights: tuple[str, ...]  # files of tensors
    index: str | None  # that names them, when there are several
    others: tuple[str, ...]  # tokenizer, and code if it is trusted
    parameters: int | None  # numbers in the weights; None for pickles
    adapter: bool  # an adapter lies beside the weights; it is not among the files

    @property
    def all(self) -> tuple[str, ...]:
        named = {"config.json", *self.weights, *self.others}
        return tuple(sorted(named | ({self.index} if self.index else set())))


def read_folder(
    folder: Path,
    name: str,
    *,
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
) -> ModelFiles:
    """The files that loading `name` reads, each one checked.

    Raises EnvironmentProblem for a folder that is no model for text, whose weights are not
    whole, lie outside of it or are pickles, or whose configuration asks for foreign code.
    """
    config = read_config(folder, name, trust_remote_code)
    weights, index = find_weights(folder, name, config, allow_pickle)
    sizes = [
        read_header(folder / file, name) if file.endswith(".safetensors") else None
        for file in weights
    ]
    top = sorted(file.name for file in folder.iterdir() if is_regular(file))
    wanted = TOKENIZER + (("*.py",) if trust_remote_code else ())
    others = tuple(
        file
        for file in top
        if any(PurePosixPath(file).match(pattern) for pattern in wanted)
        and file not in ("config.json", *weights)
        and not NOT_READ.match(file)
    )
    return ModelFiles(
        folder,
        config,
        weights,
        index,
        others,
        None if None in sizes else sum(size for size in sizes if size is not None),
        adapter=any(file.startswith("adapter_") for file in top),
    )


def refuse_no_tokenizer(files: ModelFiles, name: str) -> None:
    """transformers makes a tokenizer without words when it finds no files of one."""
    if not any(_TOKENIZER_FILE.fullmatch(file) for file in files.others):
        raise EnvironmentProblem(
            f"{name} has no tokenizer files, so its words would be guessed",
            hint="put tokenizer.json, or vocab.txt and what belongs to it, beside its weights",
            code="tokenizer",
        )


def require_readers(files: ModelFiles, name: str) -> None:
    """What transformers needs for other vocabularies than tokenizer.json, and calls by turns.

    Tried with transformers 5.24: SentencePiece models need both packages, and without the
    second the message is about tiktoken.
    """
    if "tokenizer.json" in files.others:
        return
    kinds = {PurePosixPath(file).suffix for file in files.others}
    needed = ["sentencepiece", "google.protobuf"] if kinds & {".model", ".spm"} else []
    needed += ["tiktoken"] if ".tiktoken" in kinds else []
    absent = [package for package in needed if not installed(package)]
    if absent:
        packages = " and ".join(package.removeprefix("google.") for package in absent)
        extra = '"pick-model[probe]"' if "tiktoken" not in absent else "tiktoken"
        raise EnvironmentProblem(
            f"{name} has no tokenizer.json, and reading its vocabulary needs {packages}",
            hint=f"pip install {extra}",
            code="missing-extra",
        )


def installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # the package around it is not there
        return False


def find_weights(
    folder: Path, name: str, config: dict[str, Any], allow_pickle: bool
) -> tuple[tuple[str, ...], str | None]:
    """The files of tensors that transformers would read, and the index that names them."""
    told = config.get("transformers_weights")
    candidates = (SAFE, SAFE_INDEX) + ((PICKLE, PICKLE_INDEX) if allow_pickle else ())
    if told is not None:
        candidates = (inside(folder, name, told, "transformers_weights in config.json"),)
    found = next((file for file in candidates if is_regular(folder / file)), None)
    if found is None:
        raise no_weights(names_in(folder), name, told, allow_pickle)
    if not found.endswith(".json"):
        checked = (pickle_or_safe(found, name, allow_pickle),)
        return checked, None
    index = read_object(folder / found, INDEX_BYTES, f"{found} of {name}", "weights")
    shards = index.get("weight_map")
    if not isinstance(shards, dict) or not shards:
        raise EnvironmentProblem(
            f"{found} of {name} names no files of weights",
            hint="save the model again with save_pretrained",
            code="weights",
        )
    files = sorted({inside(folder, name, shard, found) for shard in shards.values()})
    for file in files:
        pickle_or_safe(file, name, allow_pickle)
        if not is_regular(folder / file):
            raise EnvironmentProblem(
                f"{found} of {name} names {file!r}, which is not there",
                hint="download or copy all of its files",
                code="weights",
            )
    return tuple(files), found


def inside(folder: Path, name: str, file: object, where: str) -> str:
    """A path that stays in the folder, as it is written there."""
    path = PurePosixPath(file) if isinstance(file, str) else PurePosixPath()
    stays = path.parts and not path.is_absolute() and ".." not in path.parts
    stays = stays and not any(sign in str(path) for sign in "\\:\0\n")
    if not stays or any((folder / part).is_symlink() for part in list(path.parents)[:-1]):
        raise EnvironmentProblem(
            f"{where} of {name} names {str(file)[:80]!r}, which is no file inside its folder",
            hint="a model whose weights lie in its own folder",
            code="weights",
        )
    return str(path)


def pickle_or_safe(file: str, name: str, allow_pickle: bool) -> str:
    """The file, unless it is neither safetensors nor an allowed pickle."""
    if not file.endswith(".safetensors") and not (allow_pickle and file.endswith(".bin")):
        raise EnvironmentProblem(
            f"the weights of {name} are in {file!r}, which is not safetensors",
            hint="--allow-pickle runs code from a *.bin file; only if you trust its author",
            code="pickle",
        )
    return file


def no_weights(
    names: Sequence[str], name: str, told: object, allow_pickle: bool
) -> EnvironmentProblem:
    """Why no weights were found, by the names of what lies there instead."""
    if told is not None:
        return EnvironmentProblem(
            f"config.json of {name} says its weights are in {str(told)[:80]!r}, which is not there",
            hint="download or copy all of its files",
            code="weights",
        )
    if any(file.endswith(".bin") for file in names) and not allow_pickle:
        return EnvironmentProblem(
            f"{name} has no safetensors weights, only pickles",
            hint="--allow-pickle runs code from the file; only if you trust its author",
            code="pickle",
        )
    words, hint = "", f"a model with {SAFE}"
    for suffix, (whose, what) in OTHERS.items():
        if any(file.endswith(suffix) for file in names):
            words, hint = f"; what it has is {whose}", what
    safe = [file for file in names if file.endswith(".safetensors")]
    if safe:
        words, hint = f" under the name of {SAFE}", f"rename {safe[0]} if it is the model"
    return EnvironmentProblem(f"{name} has no safetensors weights{words}", hint=hint, code="model")


def names_in(folder: Path) -> list[str]:
    """The names in a folder; none of one that is not there."""
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def no_config(names: Sequence[str], name: str, base: object = None) -> tuple[str, str]:
    """What a folder without config.json is, judged by its files' names; and what to do."""
    if "adapter_config.json" in names:
        told = str(base)[:120] if isinstance(base, str) and base else "named in its card"
        return f"{name} is a PEFT adapter, not a model", f"probe its base, {told}"
    if "model_index.json" in names:
        return f"{name} is a diffusers pipeline, which makes images", "a text encoder"
    if "modules.json" in names:
        return (
            f"{name} is a sentence-transformers folder whose encoder lies in a sub-folder",
            "give that sub-folder, such as 0_Transformer",
        )
    for suffix, (whose, what) in OTHERS.items():
        if any(file.endswith(suffix) for file in names):
            return f"{name} has no config.json; its weights are {whose}", what
    return (
        f"no config.json in {name}, so it is not a model",
        "the folder that save_pretrained wrote",
    )


def is_regular(file: Path) -> bool:
    """A file with bytes, not a folder, a pipe or a device; links are followed."""
    try:
        return stat.S_ISREG(file.stat().st_mode)
    except (OSError, ValueError):
        return False


@contextmanager
def seen_alone(files: ModelFiles) -> Iterator[Path]:
    """A folder with exactly these files, for the time of the block."""
    with tempfile.TemporaryDirectory(prefix="pick-model-", ignore_cleanup_errors=True) as top:
        # The name becomes part of a module's name when a model brings code.
        seen = Path(top) / (re.sub(r"\W+", "_", files.folder.resolve().name)[-80:] or "model")
        seen.mkdir()
        for file in (*files.weights, *files.others, *([files.index] if files.index else [])):
            there = seen / file
            there.parent.mkdir(parents=True, exist_ok=True)
            show((files.folder / file).resolve(), there)
        (seen / "config.json").write_text(json.dumps(files.config), encoding="utf-8")
        if (told := seen / "tokenizer_config.json").exists():
            kept = without_paths(told, files.folder.name)
            told.unlink()  # the link; the user's file stays as it is
            told.write_text(json.dumps(kept), encoding="utf-8")
        yield seen


def show(source: Path, there: Path) -> None:
    """A link, or a copy where the system has no links for this user."""
    try:
        os.symlink(source, there)
    except (OSError, NotImplementedError):
        shutil.copyfile(source, there)
