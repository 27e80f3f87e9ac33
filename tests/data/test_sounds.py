"""A sound file as numbers, and every fault of one with its sentence."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from pick_model.data.sounds import SoundFacts, checked, read_sound, sound_facts
from pick_model.errors import MissingExtra, WrongValue

soundfile = pytest.importorskip("soundfile")
RATE = 16_000


def tone(hertz: float = 440.0, seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype("f4")


def written(path: Path, samples: np.ndarray, rate: int = RATE, **how: str) -> Path:
    soundfile.write(path, samples, rate, **how)
    return path


def said(path: Path) -> str:
    with pytest.raises(WrongValue) as wrong:
        read_sound(path, RATE, 10.0)
    told = str(wrong.value)
    with pytest.raises(WrongValue) as wrong:
        checked(path)
    assert str(wrong.value) == told
    return told


@pytest.mark.parametrize(
    ("name", "how", "error"),
    [
        ("a.wav", {"subtype": "PCM_16"}, 1e-4),
        ("a.wav", {"subtype": "PCM_24"}, 1e-6),
        ("a.wav", {"subtype": "PCM_U8"}, 1e-2),
        ("a.wav", {"subtype": "FLOAT"}, 0.0),
        ("a.flac", {}, 1e-4),
        ("a.ogg", {"format": "OGG", "subtype": "VORBIS"}, 0.1),
        ("a.opus", {"format": "OGG", "subtype": "OPUS"}, 0.2),
        ("a.mp3", {"format": "MP3"}, 0.1),
        ("flac-inside.wav", {"format": "FLAC"}, 1e-4),  # opened by what it is, not by its name
        ("wav-inside.mp3", {"format": "WAV"}, 1e-4),
        ("none", {"format": "WAV"}, 1e-4),
    ],
)
def test_each_format_gives_the_samples_that_were_written(
    tmp_path: Path, name: str, how: dict[str, str], error: float
) -> None:
    path = written(tmp_path / name, tone(), **how)
    read = read_sound(path, RATE, 10.0)
    assert read.dtype == np.float32
    assert read.shape == (8000,)
    inner = slice(800, -800)  # coding with loss rings at the ends
    assert np.abs(read - tone())[inner].max() <= error
    assert sound_facts(path) == SoundFacts(0.5, RATE, 1)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000])
def test_a_tone_keeps_its_pitch_and_its_level_at_another_rate(tmp_path: Path, rate: int) -> None:
    path = written(tmp_path / "a.wav", tone(1000.0, 1.0, rate), rate)
    read = read_sound(path, RATE, 10.0)
    assert abs(len(read) - RATE) <= 1
    spectrum = np.abs(np.fft.rfft(read[:RATE], RATE))
    assert spectrum.argmax() == 1000  # one hertz a bin
    assert np.abs(read[2000:-2000] - tone(1000.0, 1.0)[: len(read)][2000:-2000]).max() < 1e-3


def test_channels_are_averaged(tmp_path: Path) -> None:
    left, right = tone(440.0), tone(880.0)
    path = written(tmp_path / "a.wav", np.stack([left, right], axis=1), subtype="FLOAT")
    assert np.allclose(read_sound(path, RATE, 10.0), (left + right) / 2, atol=1e-7)
    assert sound_facts(path).channels == 2


def test_no_more_is_read_than_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", tone(seconds=3.0), subtype="FLOAT")
    assert np.array_equal(read_sound(path, RATE, 0.25), tone(seconds=0.25))
    assert checked(path) == sound_facts(path).seconds == 3.0


def test_files_that_are_no_sound_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    assert said(tmp_path / "empty.wav") == "the file is empty"
    (tmp_path / "picture.wav").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    assert said(tmp_path / "picture.wav").startswith("is no sound that can be read (libsndfile: ")
    (tmp_path / "text.mp3").write_text("no sound at all " * 9)
    assert said(tmp_path / "text.mp3").startswith("is no sound that can be read")
    (tmp_path / "talk.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(99))
    assert said(tmp_path / "talk.m4a") == (
        "is of a format that is not read here (convert it: ffmpeg -i talk.m4a talk.flac)"
    )
    assert said(tmp_path / "none.wav") == "no such file"
    assert said(tmp_path) == "is not a regular file"
    assert said(written(tmp_path / "nothing.wav", np.zeros(0))) == "holds no samples"


def test_samples_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    for value in (np.nan, np.inf):
        samples = tone()
        samples[17] = value
        path = written(tmp_path / "a.wav", samples, subtype="FLOAT")
        assert said(path) == "holds samples that are NaN or infinite"


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3"])
def test_a_file_cut_in_the_middle_is_refused(tmp_path: Path, name: str) -> None:
    whole = written(tmp_path / name, np.random.default_rng(0).normal(0, 0.1, 3 * RATE), RATE)
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    assert said(whole).startswith("is cut short: it ends after ")
    whole.write_bytes(content[: int(0.99 * len(content))] if name == "a.wav" else content)
    assert len(read_sound(whole, RATE, 10.0)) > 2.9 * RATE  # the last hundredth is no cut


def test_ogg_cut_in_the_middle_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ogg", tone(), format="OGG", subtype="VORBIS")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert said(path).startswith("is no sound that can be read")


def test_a_header_of_countless_samples_takes_no_memory(tmp_path: Path) -> None:
    """FLAC announces samples in 36 bits, WAV bytes in 32; a pipe writes the most there is."""
    path = written(tmp_path / "a.flac", tone())
    content = bytearray(path.read_bytes())
    content[21] |= 0x0F  # STREAMINFO: the last 36 of 64 bits from its 11th byte on
    content[22:26] = b"\xff" * 4
    path.write_bytes(content)
    assert said(path).startswith("is cut short: it ends after 0")
    path = written(tmp_path / "a.wav", tone())
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", 0x7FFFFFF0)
    path.write_bytes(content)
    assert said(path) == "is cut short: it ends after 0.5 of 6.71e+04 s"  # 2 ** 30 samples
    content[at : at + 4] = b"\xff" * 4
    path.write_bytes(content)
    assert len(read_sound(path, RATE, 10.0)) == 8000


def test_headers_that_no_sound_has_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", tone())
    content = bytearray(path.read_bytes())
    at = content.index(b"fmt ") + 12
    content[at : at + 4] = struct.pack("<I", 1)
    path.write_bytes(content)
    assert said(path) == "says 1 samples a second, and sounds have 1,000 to 655,350"
    path = written(tmp_path / "b.wav", np.zeros((10, 65)))
    assert said(path) == "says 65 channels, and sounds have at most 64"


def test_a_sample_or_two_are_a_sound_or_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", np.ones(1), 8_000)
    assert read_sound(path, RATE, 10.0).shape == (2,)
    path = written(tmp_path / "b.wav", np.ones(1), 48_000)
    with pytest.raises(WrongValue, match="holds no samples"):
        read_sound(path, RATE, 10.0)


def test_without_the_extra_the_command_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    path = written(tmp_path / "a.wav", tone(), 8_000)
    monkeypatch.setitem(sys.modules, "soxr", None)
    with pytest.raises(MissingExtra, match=r"pip install .*audio"):
        read_sound(path, RATE, 1.0)
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(MissingExtra, match=r"pip install .*audio"):
        sound_facts(path)
