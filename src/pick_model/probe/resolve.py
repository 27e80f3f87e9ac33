"""From what the user typed to a folder of weights: a local folder, or a download.

Only what a fine-tune reads is downloaded: configuration, tokenizer and safetensors. The
commit is resolved and returned; the weights are checked against the digest that the Hub
announced and against their own header before anything loads them.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from pick_model.errors import EnvironmentProblem, InputError, Location, PickModelError, UsageError
from pick_model.hub_faults import hub_problem

PATTERNS = ["*.json", "*.txt", "*.model", "*.safetensors", "*.tiktoken"]
CODE = ["*.py"]  # only asked for with trust_remote_code
PICKLES = ["pytorch_model*.bin", "pytorch_model*.bin.index.json"]
IGNORED = ["onnx/*", "openvino/*", "coreml/*", "flax_model*", "tf_model*", "checkpoint-*/*"]
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+|[\w.-]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class ModelRef:
    """A model to probe: what to call it, and where it is."""

    name: str
    folder: Path | None = None
    hub_repo: str | None = None
    revision: str | None = None  # branch, tag or commit; None: the default branch


@dataclass(frozen=True)
class Resolved:
    """A model on this machine."""

    name: str
    folder: Path
    revision: str | None  # 40-hex commit; None for a local folder
    weights_digest: str  # sha256 over the digests of all files that were used
    notes: tuple[str, ...] = ()


def parse_model(text: str) -> ModelRef:
    """A folder on disk, else a Hub id `org/name[@revision]`.

    Raises UsageError for anything else, and for a path that does not exist.
    """
    folder = Path(text).expanduser()
    if text.strip() and folder.is_dir():
        return ModelRef(name=text.rstrip("/") or text, folder=folder)
    name, _, revision = text.partition("@")  # a revision may hold slashes: refs/pr/1
    if text.startswith((".", "/", "~")) or name.count("/") > 1:
        raise UsageError(
            f"no folder {text!r}", hint="a folder with a model, or a Hub id such as org/name"
        )
    if not _HUB_ID.fullmatch(name) or (revision and not re.fullmatch(r"[\w./-]+", revision)):
        raise UsageError(f"not a model: {text!r}", hint="org/name, org/name@revision or a folder")
    return ModelRef(name=name, hub_repo=name, revision=revision or None)


def resolve(
    model: str | ModelRef,
    *,
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
    offline: bool = False,
) -> Resolved:
    """The model's files on this machine, downloaded if need be, and checked.

    Raises EnvironmentProblem when the Hub or the disk is at fault, or the weights are.
    """
    ref = parse_model(model) if isinstance(model, str) else model
    revision: str | None = None
    notes: tuple[str, ...] = ()
    if ref.folder is not None:
        folder = ref.folder
        if not (folder / "config.json").is_file():
            raise InputError(
                "no config.json in this folder, so it is not a model",
                location=Location(str(folder)),
                hint="the folder that save_pretrained wrote",
            )
    else:
        folder, notes = download(ref, allow_pickle, trust_remote_code, offline)
        revision = folder.name if _COMMIT.fullmatch(folder.name) else None
    check_weights(folder, ref.name, allow_pickle)
    return Resolved(ref.name, folder, revision, folder_digest(folder), notes)


def download(
    ref: ModelRef, allow_pickle: bool, trust_remote_code: bool, offline: bool
) -> tuple[Path, tuple[str, ...]]:
    """The snapshot folder, named by its commit; and a note when the cache stood in."""
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    repo = ref.hub_repo or ref.name
    wanted = PATTERNS + (CODE if trust_remote_code else [])

    def fetch(patterns: list[str], local: bool) -> Path:
        return Path(
            snapshot_download(
                repo,
                revision=ref.revision,
                allow_patterns=patterns,
                ignore_patterns=IGNORED,
                local_files_only=local,
            )
        )

    def snapshot(local: bool) -> Path:
        folder = fetch(wanted, local)
        if allow_pickle and not any(folder.glob("*.safetensors")):
            folder = fetch(wanted + PICKLES, local)
        return folder

    def problem(fault: Exception) -> PickModelError | None:
        return hub_problem(
            fault, repo, ref.revision, offline=local, otherwise="give a local folder"
        )

    local = offline or constants.HF_HUB_OFFLINE
    notes: tuple[str, ...] = ()
    folder = None
    if local or (ref.revision and _COMMIT.fullmatch(ref.revision)):
        # A commit never changes: when all of it is here, the Hub has nothing to add.
        try:
            folder = snapshot(local=True)
        except Exception as fault:
            if local:
                raise problem(fault) or fault from fault
    if folder is None:
        try:
            # The client gives up on file downloads after a while but never on the listing,
            # so the Hub is asked for the commit first, with a time limit.
            HfApi().model_info(repo, revision=ref.revision, timeout=constants.HF_HUB_ETAG_TIMEOUT)
            folder = snapshot(local=False)
        except Exception as fault:
            told = problem(fault)
            if told is None:
                raise
            if told.code != "hub-down":
                raise told from fault
            try:
                folder = snapshot(local=True)
            except Exception:
                raise told from fault
            notes = (f"{told.message}; the copy of {repo} in the cache was used",)
    if not (folder / "config.json").is_file():
        raise EnvironmentProblem(
            f"{repo} has no config.json, so transformers cannot load it",
            hint="another model, or its variant for transformers",
            code="model",
        )
    return folder, notes


def check_weights(folder: Path, name: str, allow_pickle: bool) -> None:
    """Refuse a folder without safetensors, and safetensors that are not."""
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        pickles = any(folder.glob("*.bin"))
        if pickles and allow_pickle:
            return
        raise EnvironmentProblem(
            f"{name} has no safetensors weights" + (", only pickles" if pickles else ""),
            hint="--allow-pickle runs code from the file; only if you trust its author"
            if pickles
            else "a model with *.safetensors",
            code="pickle" if pickles else "model",
        )
    for file in files:
        try:
            size = file.stat().st_size
            with file.open("rb") as opened:
                length = int.from_bytes(opened.read(8), "little")
                if not 2 <= length <= size - 8:
                    raise ValueError("no header")
                header = json.loads(opened.read(length))
            ends = [v["data_offsets"][1] for k, v in header.items() if k != "__metadata__"]
            if 8 + length + max(ends, default=0) != size:
                raise ValueError("its size is not the one its header tells")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            raise EnvironmentProblem(
                f"{file.name} of {name} is not a whole safetensors file",
                hint=f"delete {file} and what it points to, then run again",
                code="weights",
            ) from fault


def folder_digest(folder: Path) -> str:
    """sha256 over the names and sha256 of the files a run reads; sub-folders do not count.

    A file of the Hub's cache is stored under the digest the Hub announced; other bytes than
    those raise EnvironmentProblem.
    """
    total = hashlib.sha256()
    suffixes = (".json", ".txt", ".model", ".safetensors", ".bin", ".tiktoken", ".py")
    for file in sorted(folder.iterdir()):
        if file.suffix not in suffixes or not file.is_file():
            continue
        found = _sha256(file)
        announced = file.resolve().name
        if file.is_symlink() and _SHA256.fullmatch(announced) and announced != found:
            raise EnvironmentProblem(
                f"{file.name} does not have the bytes that the Hub announced",
                hint=f"delete {file.resolve()} and run again",
                code="weights",
            )
        total.update(f"{file.name}\0{found}\n".encode())
    return total.hexdigest()


def _sha256(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(1 << 20):
            found.update(piece)
    return found.hexdigest()
