"""Statistics of cepstra, against slow and obvious ways to them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("transformers")
pytest.importorskip("scipy")
soundfile = pytest.importorskip("soundfile")

from pick_model.data.dataset import Dataset, MediaFile  # noqa: E402
from pick_model.measure.probe import mfcc as ours  # noqa: E402
from pick_model.measure.probe.mfcc import RATE, WIDTH, deltas, mfcc, summaries, summary  # noqa: E402

NOISE = np.random.default_rng(0).normal(0, 0.1, RATE // 2).astype("f4")


def test_coefficients_are_those_of_the_formula_written_out() -> None:
    cepstra = mfcc(NOISE)
    emphasised = [NOISE[0] * 0.03] + [
        float(NOISE[i]) - 0.97 * float(NOISE[i - 1]) for i in range(1, len(NOISE))
    ]
    assert len(cepstra) == 1 + (len(NOISE) - 400) // 160
    filters = ours.bands()
    for at in (0, 7, len(cepstra) - 1):
        frame = [
            emphasised[160 * at + i] * (0.54 - 0.46 * math.cos(2 * math.pi * i / 399))
            for i in range(400)
        ]
        angles = 2 * np.pi * np.arange(257)[:, None] * np.arange(400) / 512
        power = (np.cos(angles) @ frame) ** 2 + (np.sin(angles) @ frame) ** 2
        logs = [math.log(sum(power * filters[:, m]) / 512) for m in range(40)]
        for k in (0, 1, 19):
            scale = math.sqrt((1 if k == 0 else 2) / 40)
            value = scale * sum(
                logs[m] * math.cos(math.pi * k * (2 * m + 1) / 80) for m in range(40)
            )
            assert cepstra[at, k] == pytest.approx(value, abs=1e-8)


def test_filters_are_triangles_that_meet_on_the_mel_scale() -> None:
    def mel(hertz: float) -> float:
        return 2595 * math.log10(1 + hertz / 700)

    corners = np.linspace(mel(20.0), mel(RATE / 2), 42)
    centres = 700 * (10 ** (corners / 2595) - 1)
    hertz = np.arange(257) * RATE / 512
    for band in (0, 20, 39):
        rise = (hertz - centres[band]) / (centres[band + 1] - centres[band])
        fall = (centres[band + 2] - hertz) / (centres[band + 2] - centres[band + 1])
        assert np.allclose(ours.bands()[:, band], np.clip(np.minimum(rise, fall), 0, None))


def test_a_slope_is_its_own_delta() -> None:
    track = np.arange(20.0)[:, None] * np.array([1.0, -3.0])
    assert np.allclose(deltas(track)[2:-2], [1.0, -3.0])
    assert np.allclose(deltas(np.ones((3, 2))), 0.0)


@pytest.mark.parametrize("n", [1, 399, 400, 401, 16_000])
def test_a_sound_of_any_length_has_finite_statistics(n: int) -> None:
    for samples in (np.zeros(n, "f4"), np.ones(n, "f4"), np.resize(NOISE, n)):
        found = summary(samples)
        assert found.shape == (WIDTH,)
        assert np.isfinite(found).all()
        assert found[-1] == pytest.approx(math.log(n / RATE))


def test_loudness_moves_the_first_coefficient_alone() -> None:
    """Twice the amplitude is log 4 in every band, which the cosine transform puts in one."""
    change = mfcc(2 * NOISE) - mfcc(NOISE)
    assert np.allclose(change[:, 0], math.sqrt(40) * math.log(4))
    assert np.allclose(change[:, 1:], 0, atol=1e-9)


def rows_of(folder: Path, n: int, of: str) -> Dataset:
    media = tuple(MediaFile(folder / "a.wav", of, 0.5) for _ in range(n))
    there = Dataset(
        "single-label",
        ("a.wav",) * n,
        None,
        None,
        (0,) * n,
        ("x",),
        None,
        tuple(range(n)),
        n,
        "",
        "",
    )
    return replace(there, media=media, modality="audio")


def test_a_file_is_read_once_for_all_sizes_of_a_curve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soundfile.write(tmp_path / "a.wav", NOISE, RATE, subtype="FLOAT")
    rows = rows_of(tmp_path, 1, "digest of test_a_file_is_read_once")
    first = summaries(rows)
    assert np.allclose(first[0], summary(NOISE))

    def fail(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(ours, "read_sound", fail)
    assert np.array_equal(summaries(rows), first)
    with pytest.raises(AssertionError, match="read again"):
        summaries(rows_of(tmp_path, 1, "another digest"))
    assert summaries(rows_of(tmp_path, 0, "")).shape == (0, WIDTH)


def test_training_rows_say_what_a_deviation_is(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    parts = [rng.normal(3, 2, (n, 4)) for n in (50, 7, 9)]
    for part in parts:
        part[:, 1] = 5.0  # never varies
    given = iter(parts)
    monkeypatch.setattr(ours, "summaries", lambda _: next(given))
    scaled = ours.cepstra((None, None, None))  # type: ignore[arg-type]
    assert np.allclose(scaled[0].std(axis=0), [1 / 6, 0, 1 / 6, 1 / 6])
    vary = [0, 2, 3]
    train, heldout = parts[0][:, vary], parts[2][:, vary]
    assert np.allclose(scaled[2][:, vary], (heldout - train.mean(axis=0)) / (6 * train.std(axis=0)))
    assert np.array_equal(scaled[2][:, 1], np.zeros(9))
