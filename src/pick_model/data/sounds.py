"""A sound file as numbers: opened, bounded, mixed to one channel, brought to a rate.

libsndfile decodes (WAV, FLAC, Ogg, MP3 and what else it knows), whatever the file is called;
soxr resamples. What a header announces is never trusted: samples are read piece by piece, no
more than were asked for, so a header of 2 ** 36 samples costs nothing.
"""

from __future__ import annotations

import os
import shlex
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pick_model.errors import MissingExtra, WrongValue
from pick_model.words.say import message

if TYPE_CHECKING:
    import numpy as np

# What is recorded for ears lies between telephony's 8 kHz and 192 kHz of studios, and
# libsndfile writes up to 655,350 Hz; below a kilohertz nothing of speech is left.
LEAST_RATE, MOST_RATE = 1_000, 655_350
MOST_CHANNELS = 64  # microphone arrays have as many; mixing more is mixing a wrong header
OTHER_FORMATS = (".m4a", ".aac", ".wma", ".mp4")  # that libsndfile does not read
PIECE = 1 << 16  # frames read at a time
# Of what is announced; a last frame that lacks, or an MP3's padding, is no cut. Chosen by hand.
WHOLE = 0.9
CHECKED_SECONDS = 30.0  # of a file, before it is taken for a row: what models read of one
_UNTOLD = 0x7FFFFFFF  # programs that write to a pipe announce this, or more, for "to the end"


class SoundFacts(NamedTuple):
    """What a sound file's header says."""

    seconds: float
    rate: int  # Hz
    channels: int


def sound_facts(path: Path) -> SoundFacts:
    """Length, rate and channels of a sound file, without decoding it where the header tells.

    Raises WrongValue with the reason for what is no sound, MissingExtra without soundfile.
    """
    with _opened(path) as file:
        return SoundFacts(file.frames / file.samplerate, file.samplerate, file.channels)


def checked(path: Path) -> float:
    """The seconds of a file whose beginning can be decoded; else WrongValue with the reason."""
    _decoded(path, CHECKED_SECONDS)
    return sound_facts(path).seconds


def read_sound(path: Path, rate: int, seconds: float) -> np.ndarray:
    """The first `seconds` of a file at `rate` Hz, the mean of its channels: float32 (samples,).

    Full scale is 1; at least one sample. Raises WrongValue with the reason for what is no
    sound, holds no samples, ends before what it announces or has samples that are no numbers;
    MissingExtra without soundfile and soxr.
    """
    samples, native = _decoded(path, seconds)
    return resampled(samples, native, rate)


def _decoded(path: Path, seconds: float) -> tuple[np.ndarray, int]:
    """The first `seconds`, float32 (samples,), and how many there are a second."""
    import numpy as np

    with _opened(path) as file:
        there, rate = file.frames, file.samplerate
        wanted = min(there, max(1, int(seconds * rate)))
        pieces: list[np.ndarray] = []
        read = 0
        try:
            while read < wanted:
                piece = file.read(min(PIECE, wanted - read), dtype="float32", always_2d=True)
                if not len(piece):
                    break
                pieces.append(piece.mean(axis=1))  # of (frames, channels)
                read += len(piece)
        except _soundfile().SoundFileError as fault:
            raise _cut_short(read, there, rate) from fault
    if read < WHOLE * wanted:
        raise _cut_short(read, there, rate)
    samples = np.concatenate(pieces)
    if not np.isfinite(samples).all():
        raise WrongValue(message("sound-not-finite"))
    return samples, rate


def resampled(samples: np.ndarray, native: int, rate: int) -> np.ndarray:
    """Samples (samples,) taken at `native` Hz, at `rate` Hz; float32, at least one."""
    import numpy as np

    if native != rate:
        try:
            import soxr
        except ImportError as fault:
            raise MissingExtra("sounds", "audio") from fault
        samples = soxr.resample(samples, native, rate)
    if not len(samples):  # a few samples between two of the new ones
        raise WrongValue(message("sound-without-samples"))
    return np.ascontiguousarray(samples, dtype=np.float32)


def _opened(path: Path) -> Any:
    """A soundfile.SoundFile of a regular file whose header can be true."""
    soundfile = _soundfile()
    try:
        if not path.is_file():
            raise WrongValue(message("not-regular-file" if path.exists() else "no-such-file"))
        with path.open("rb") as stream:
            start = stream.read(12)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise WrongValue(message("cannot-be-read", reason=reason)) from fault
    if not start:
        raise WrongValue(message("file-empty"))
    try:
        file = soundfile.SoundFile(path)
    except soundfile.SoundFileError as fault:
        if path.suffix.lower() in OTHER_FORMATS:
            new = shlex.quote(path.with_suffix(".flac").name)
            command = f"ffmpeg -i {shlex.quote(path.name)} {new}"
            raise WrongValue(message("sound-of-other-format", command=command)) from fault
        reason = str(getattr(fault, "error_string", fault)).strip().rstrip(".")
        raise WrongValue(message("sound-unreadable", reason=reason)) from fault
    try:
        _check(file, path)
    except BaseException:
        file.close()
        raise
    return file


def _check(file: Any, path: Path) -> None:
    """Refuse a header that no sound has, and a WAV file that ends long before it says."""
    rate, channels, there = file.samplerate, file.channels, file.frames
    if not LEAST_RATE <= rate <= MOST_RATE:
        told = message("sound-odd-rate", rate=rate, least=LEAST_RATE, most=MOST_RATE)
        raise WrongValue(told)
    if channels > MOST_CHANNELS:
        raise WrongValue(message("sound-many-channels", n=channels, most=MOST_CHANNELS))
    if there <= 0:
        raise WrongValue(message("sound-without-samples"))
    held, announced = _wav_bytes(path) if file.format in ("WAV", "WAVEX") else (1, 1)
    if held < WHOLE * announced:
        raise _cut_short(there, int(there * announced / held), rate)


def _wav_bytes(path: Path) -> tuple[int, int]:
    """Bytes of samples that a WAV file holds and announces; libsndfile reads on in silence.

    Chunks: four letters, a length, so many bytes and one more where the length is odd
    (Multimedia Programming Interface and Data Specifications 1.0, chapter 2).
    """
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        at = 12
        while at + 8 <= size:
            stream.seek(at)
            name, length = struct.unpack("<4sI", stream.read(8))
            if name == b"data":
                held = size - at - 8
                return (held, length) if held > 0 and length < _UNTOLD else (1, 1)
            at += 8 + length + length % 2
    return 1, 1


def _cut_short(read: int, there: int, rate: int) -> WrongValue:
    return WrongValue(message("sound-cut-short", read=read / rate, seconds=there / rate))


def _soundfile() -> Any:
    """The module, or the error that names what to install."""
    try:
        import soundfile
    except (ImportError, OSError) as fault:  # OSError: without libsndfile
        raise MissingExtra("sounds", "audio") from fault
    return soundfile
