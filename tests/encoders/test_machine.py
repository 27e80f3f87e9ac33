"""What is said of the machine that models run on."""

from __future__ import annotations

import sys

import pytest

pytest.importorskip("torch")

import torch

from pick_model.encoders.machine import peak_gib, reset_peak

HELD = 400 * 2**20  # bytes


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process forgets its peak")
def test_a_peak_is_of_what_came_after_it_was_reset() -> None:
    cpu = torch.device("cpu")
    held = bytearray(HELD)
    before = peak_gib(cpu)
    del held
    reset_peak(cpu)
    assert peak_gib(cpu) < before - 0.5 * HELD / 2**30
