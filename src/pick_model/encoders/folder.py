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
from pick_model.words.message import Message
from pick_model.words.say import message

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
PREPROCESSOR = "preprocessor_config.json"
SAFE, SAFE_INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLE, PICKLE_INDEX = "pytorch_model.bin", "pytorch_model.bin.index.json"
INDEX_BYTES = 64 << 20  # the largest on the Hub, for thousands of experts, has about 15 MB
OTHERS = {
    ".gguf": (message("is-gguf"), message("give-what-was-converted")),
    ".h5": (message("is-tensorflow"), message("give-safetensors")),
    ".msgpack": (message("is-flax"), message("give-safetensors")),
    ".onnx": (message("is-onnx"), message("give-what-was-exported")),
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
    preprocessor: tuple[str, ...] = ()  # how files become inputs; of models of images and sounds

    @property
    def all(self) -> tuple[str, ...]:
        named = {"config.json", *self.weights, *self.others, *self.preprocessor}
        return tuple(sorted(named | ({self.index} if self.index else set())))


def read_folder(
    folder: Path,
    name: str,
    *,
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
) -> ModelFiles:
    """The files that loading `name` reads, each one checked.

    Raises EnvironmentProblem for a folder that holds no model, whose weights are not
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
        preprocessor=tuple(file for file in top if file == PREPROCESSOR),
    )


def refuse_no_tokenizer(files: ModelFiles, name: str) -> None:
    """transformers makes a tokenizer without words when it finds no files of one."""
    if not any(_TOKENIZER_FILE.fullmatch(file) for file in files.others):
        raise EnvironmentProblem(
            message("no-tokenizer-files", name=name),
            hint=message("put-tokenizer"),
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
            message("no-tokenizer-json", name=name, packages=packages),
            hint=message("pip-install", extra=extra),
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
            message("index-names-no-weights", found=found, name=name),
            hint=message("save-again"),
            code="weights",
        )
    files = sorted({inside(folder, name, shard, found) for shard in shards.values()})
    for file in files:
        pickle_or_safe(file, name, allow_pickle)
        if not is_regular(folder / file):
            raise EnvironmentProblem(
                message("index-names-absent", found=found, name=name, file=str(file)),
                hint=message("download-all-files"),
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
            message("index-names-elsewhere", where=where, name=name, file=str(file)[:80]),
            hint=message("give-model-in-folder"),
            code="weights",
        )
    return str(path)


def pickle_or_safe(file: str, name: str, allow_pickle: bool) -> str:
    """The file, unless it is neither safetensors nor an allowed pickle."""
    if not file.endswith(".safetensors") and not (allow_pickle and file.endswith(".bin")):
        raise EnvironmentProblem(
            message("weights-no-safetensors", name=name, file=str(file)),
            hint=message("allow-pickle-of-bin"),
            code="pickle",
        )
    return file


def no_weights(
    names: Sequence[str], name: str, said: object, allow_pickle: bool
) -> EnvironmentProblem:
    """Why no weights were found, by the names of what lies there instead."""
    if said is not None:
        return EnvironmentProblem(
            message("config-names-missing", name=name, file=str(said)[:80]),
            hint=message("download-all-files"),
            code="weights",
        )
    if any(file.endswith(".bin") for file in names) and not allow_pickle:
        return EnvironmentProblem(
            message("only-pickles", name=name),
            hint=message("allow-pickle"),
            code="pickle",
        )
    told, hint = message("no-safetensors", name=name), message("give-model-with", file=SAFE)
    for suffix, (whose, what) in OTHERS.items():
        if any(file.endswith(suffix) for file in names):
            told, hint = message("no-safetensors-but", name=name, whose=whose), what
    safe = [file for file in names if file.endswith(".safetensors")]
    if safe:
        told = message("no-safetensors-named", name=name, file=SAFE)
        hint = message("rename-if-model", file=safe[0])
    return EnvironmentProblem(told, hint=hint, code="model")


def names_in(folder: Path) -> list[str]:
    """The names in a folder; none of one that is not there."""
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def no_config(names: Sequence[str], name: str, base: object = None) -> tuple[Message, Message]:
    """What a folder without config.json is, judged by its files' names; and what to do."""
    if "adapter_config.json" in names:
        named = isinstance(base, str) and base
        hint = (
            message("probe-base", base=str(base)[:120]) if named else message("probe-base-of-card")
        )
        return message("is-peft-adapter", name=name), hint
    if "model_index.json" in names:
        return message("is-diffusers-pipeline", name=name), message("give-text-encoder")
    if "modules.json" in names and SAFE not in names:  # else what is missing is its own
        return message("encoder-in-sub-folder", name=name), message("give-sub-folder")
    for suffix, (whose, what) in OTHERS.items():
        if any(file.endswith(suffix) for file in names):
            return message("no-config-but", name=name, whose=whose), what
    return message("no-config", name=name), message("give-saved-folder")


def is_regular(file: Path) -> bool:
    """A file with bytes, not a folder, a pipe or a device; links are followed."""
    try:
        return stat.S_ISREG(file.stat().st_mode)
    except (OSError, ValueError):
        return False


@contextmanager
def seen_alone(files: ModelFiles, *, with_media: bool = False) -> Iterator[Path]:
    """A folder with exactly these files, for the time of the block.

    with_media: also with what says how images and sounds become inputs.
    """
    with tempfile.TemporaryDirectory(prefix="pick-model-", ignore_cleanup_errors=True) as top:
        # The name becomes part of a module's name when a model brings code.
        seen = Path(top) / (re.sub(r"\W+", "_", files.folder.resolve().name)[-80:] or "model")
        seen.mkdir()
        shown = [*files.weights, *files.others, *([files.index] if files.index else [])]
        for file in (*shown, *(files.preprocessor if with_media else ())):
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
