"""From what the user typed to a folder of weights: a local folder, or a download.

Only what a fine-tune reads is downloaded: configuration, tokenizer and safetensors. The
commit is resolved and returned; each file is checked (folder.py) and digested before
anything loads it, and compared with the digest that the Hub announced.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pick_model.encoders.config import CONFIG_BYTES, read_object
from pick_model.encoders.folder import (
    PICKLE_INDEX,
    SAFE,
    SAFE_INDEX,
    TOKENIZER,
    ModelFiles,
    is_regular,
    names_in,
    no_config,
    no_weights,
    read_folder,
)
from pick_model.errors import EnvironmentProblem, InputError, Location, PickModelError, UsageError
from pick_model.files import digest, file_digest
from pick_model.hub import client as hub
from pick_model.words.message import Message
from pick_model.words.say import message

PATTERNS = [*TOKENIZER, "*.safetensors"]
CODE = ["*.py"]  # only asked for with trust_remote_code
PICKLES = ["pytorch_model*.bin", PICKLE_INDEX]
IGNORED = [
    *("onnx/*", "openvino/*", "coreml/*", "flax_model*", "tf_model*", "checkpoint-*/*"),
    "adapter_model*",  # never applied
]
OTHERWISE = message("give-a-local-folder")  # where the Hub fails
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
    catalogued: bool = False  # the folder holds what the catalog knows under this name


@dataclass(frozen=True)
class Resolved:
    """A model on this machine."""

    name: str
    folder: Path
    revision: str | None  # 40-hex commit; None for a local folder
    weights_digest: str  # sha256 over the digests of all files that a load reads
    notes: tuple[Message, ...] = ()


def parse_model(text: str) -> ModelRef:
    """A folder on disk, else a Hub id `org/name[@revision]`.

    Raises UsageError for anything else, and for a path that does not exist.
    """
    folder = Path(text).expanduser()
    if text.strip() and folder.is_dir():
        return ModelRef(name=text.rstrip("/") or text, folder=folder)
    if "/" in text and folder.is_file():
        raise UsageError(message("file-no-model", text=text), hint=message("give-its-folder"))
    name, _, revision = text.partition("@")  # a revision may hold slashes: refs/pr/1
    if text.startswith((".", "/", "~")) or name.count("/") > 1:
        raise UsageError(message("no-such-folder", text=text), hint=message("give-folder-or-id"))
    if not _HUB_ID.fullmatch(name) or (revision and not re.fullmatch(r"[\w./-]+", revision)):
        raise UsageError(message("not-a-model", text=text), hint=message("give-name-or-folder"))
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
    notes: tuple[Message, ...] = ()
    if ref.folder is not None:
        folder = ref.folder
        if not is_regular(folder / "config.json"):
            told, hint = no_config(names_in(folder), "this folder", base_of(folder))
            raise InputError(told, location=Location(str(folder)), hint=hint)
    else:
        folder, notes = download(ref, allow_pickle, trust_remote_code, offline)
        revision = folder.name if _COMMIT.fullmatch(folder.name) else None
    files = read_folder(
        folder, ref.name, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    if files.adapter:
        notes += (message("adapter-not-applied", name=ref.name),)
    return Resolved(ref.name, folder, revision, files_digest(files), notes)


def base_of(folder: Path) -> object:
    """The model that an adapter was trained on, if its configuration can be read."""
    try:
        told = read_object(folder / "adapter_config.json", CONFIG_BYTES, "it", "config")
    except EnvironmentProblem:
        return None
    return told.get("base_model_name_or_path")


def download(
    ref: ModelRef, allow_pickle: bool, trust_remote_code: bool, offline: bool
) -> tuple[Path, tuple[Message, ...]]:
    """The snapshot folder, named by its commit; and a note when the cache stood in."""
    repo = ref.hub_repo or ref.name
    wanted = PATTERNS + (CODE if trust_remote_code else [])

    def snapshot(local: bool) -> Path:
        def fetch(patterns: list[str]) -> Path:
            return hub.download(
                repo,
                ref.revision,
                patterns=patterns,
                ignored=IGNORED,
                local=local,
                otherwise=OTHERWISE,
            )

        folder = fetch(wanted)
        safe = is_regular(folder / SAFE) or is_regular(folder / SAFE_INDEX)
        return fetch(wanted + PICKLES) if allow_pickle and not safe else folder

    notes: tuple[Message, ...] = ()
    listed: tuple[str, ...] = ()
    folder = None
    if offline or hub.is_offline():
        folder = snapshot(local=True)
    elif ref.revision and _COMMIT.fullmatch(ref.revision):
        # A commit never changes: when all of it is here, the Hub has nothing to add.
        with suppress(PickModelError):
            folder = snapshot(local=True)
    if folder is None:
        try:
            # The client gives up on file downloads after a while but never on the listing,
            # so the Hub is asked for the commit first, with a time limit.
            listed = hub.model_info(repo, ref.revision, otherwise=OTHERWISE).files
            folder = snapshot(local=False)
        except EnvironmentProblem as fault:
            if fault.code != "hub-down":
                raise
            try:
                folder = snapshot(local=True)
            except PickModelError:
                raise fault from fault.__cause__
            notes = (message("cached-copy-used", reason=fault.message, repo=repo),)
    if not is_regular(folder / "config.json"):
        told, hint = no_config([*listed, *names_in(folder)], repo, base_of(folder))
        raise EnvironmentProblem(told, hint=hint, code="model")
    usable = (".safetensors", ".bin") if allow_pickle else (".safetensors",)
    found = any(file.endswith(usable) for file in names_in(folder))
    if listed and not found and not is_regular(folder / SAFE_INDEX):  # may name a sub-folder's
        raise no_weights(listed, repo, None, allow_pickle)
    return folder, notes


def files_digest(files: ModelFiles) -> str:
    """sha256 over the paths and sha256 of every file that a load reads, and of no other.

    A file of the Hub's cache is stored under the digest the Hub announced; other bytes than
    those raise EnvironmentProblem.
    """
    lines = []
    for name in files.all:
        file = files.folder / name
        found = file_digest(file)
        announced = file.resolve().name
        if file.is_symlink() and _SHA256.fullmatch(announced) and announced != found:
            raise EnvironmentProblem(
                message("bytes-not-announced", name=name),
                hint=message("delete-and-run-again", file=str(file.resolve())),
                code="weights",
            )
        lines.append(f"{name}\0{found}\n")
    return digest("".join(lines))
