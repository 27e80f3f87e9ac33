"""Which file of a folder holds the rows to train on."""

from __future__ import annotations

from pathlib import Path

from pick_model.data.formats import FORMATS
from pick_model.data.media import TRAINING
from pick_model.data.media_tables import lone_class
from pick_model.errors import InputError, Location
from pick_model.words.say import message


def training_file(folder: Path) -> Path:
    """The file of a folder that holds the training rows: train.*, else the only one."""
    known = [
        path for path in sorted(folder.iterdir()) if path.is_file() and _suffix(path) in FORMATS
    ]
    train = [path for path in known if path.name.lower().split(".")[0] in TRAINING]
    some = train or known
    if not some:
        alone = lone_class(folder)
        if alone is not None:
            raise InputError(
                message("one-class-folder", name=alone[0], n=alone[1]),
                location=Location(str(folder)),
                hint=message("folder-of-classes-wanted"),
            )
        raise InputError(message("folder-without-data"), location=Location(str(folder)))
    if len({path.name.split(".")[0] for path in some}) > 1:
        names = tuple(path.name for path in some[:8])
        raise InputError(
            message("folder-of-several", names=names),
            location=Location(str(folder)),
            hint=message("name-file-in-folder"),
        )
    return min(some, key=lambda path: list(FORMATS).index(_suffix(path)))


def _suffix(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix
