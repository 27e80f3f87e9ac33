"""Checks of a machine: its rates fit one another, its memory, its power and its class."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pick_model.catalog.validate.context import Context
from pick_model.documents.hardware import Machine
from pick_model.words.message import Message
from pick_model.words.say import message

# GB/s for each GiB of an accelerator's memory: 10 (K80) to 76 (RTX 3080) in the catalog; of
# memory that an Apple chip shares 4 to 6.
BANDWIDTH_SHARE = {"gpu": (8.0, 90.0), "tpu": (8.0, 90.0), "mps": (2.0, 15.0)}
# Dense BF16 over TF32 of NVIDIA's: two since Ampere; four is a rate of sparse matrices.
BF16_OVER_TF32 = (1.8, 2.2)
SAME = 0.02  # FP16 and BF16 run at one rate, but for rounding
# 16-bit over FP32 of one chip: 1/64 (Pascal GeForce), or 2 (RTX 30) to 36 (B200) and 117
# (Gaudi 3, whose FP32 is its vector unit's) in the catalog.
HALF_OVER_FULL = ((0.014, 0.018), (1.9, 125.0))
# FP32 TFLOPS for each watt of an accelerator: .011 (TPU v2) to .42 (L4) in the catalog.
FULL_A_WATT = (0.008, 0.5)
# GB/s for each watt: 0.8 (K80) to 10 (H20) in the catalog.
BANDWIDTH_A_WATT = (0.6, 13.0)
# 16-bit FLOPs for each byte of memory traffic: 26 (P100) to 560 (TPU v6e) in the catalog,
# without chips that have a 16-bit rate for show.
FLOPS_A_BYTE = (20.0, 580.0)
SHOW = 1.5  # a 16-bit rate below this multiple of FP32's
# Chips of one series have one multiple; a sparse peak is twice a dense one.
TWICE, KIN = 0.06, 2


def machines(context: Context) -> int:
    """A machine's rates fit one another, its memory and its power: dense, and of one device."""
    series: dict[str, dict[str, float]] = {}  # of names alike to their first digit
    for placed in context.parsed.hardware:
        times = _half_over_full(placed.value)
        if times:
            series.setdefault(_stem(placed.value.id), {})[placed.value.id] = times
    for placed in context.parsed.hardware:
        for told, field in _odd_rates(placed.value):
            context.wrong(placed, told, field)
        for told, field in _unlike_series(placed.value, series):
            context.wrong(placed, told, field)
    return len(context.parsed.hardware)


def _odd_rates(machine: Machine) -> Iterator[tuple[Message, str]]:
    fp16, bf16, tf32 = machine.fp16_tflops, machine.bf16_tflops, machine.tf32_tflops
    if fp16 and bf16 and abs(fp16 / bf16 - 1) > SAME:
        yield message("rates-should-be-one", fp16=fp16, bf16=bf16), "fp16_tflops"
    half, name = (bf16, "bf16_tflops") if bf16 else (fp16, "fp16_tflops")
    if half and tf32 and machine.id.startswith("nvidia"):
        low, high = BF16_OVER_TF32
        if not low <= half / tf32 <= high:
            yield message("rate-not-dense", times=half / tf32), name
    yield from _odd_shares(machine, half, name)
    if machine.bandwidth_gb_s and machine.memory_gib and machine.kind in BANDWIDTH_SHARE:
        low, high = BANDWIDTH_SHARE[machine.kind]
        share = machine.bandwidth_gb_s / machine.memory_gib
        if not low <= share <= high:
            yield message("bandwidth-odd", share=share, least=low, most=high), "bandwidth_gb_s"


def _odd_shares(machine: Machine, half: float | None, name: str) -> Iterator[tuple[Message, str]]:
    """Rates against each other, power and bandwidth; `half` is the 16-bit one, of that name."""
    full, watts, traffic = machine.fp32_tflops, machine.tdp_w, machine.bandwidth_gb_s
    if half and full and not any(low <= half / full <= high for low, high in HALF_OVER_FULL):
        yield message("half-over-full", name=name, times=half / full), name
    accelerator = machine.kind in ("gpu", "tpu")
    for rate, unit, (low, high), field in (
        (full, "TFLOPS", FULL_A_WATT, "fp32_tflops"),
        (traffic, "GB/s", BANDWIDTH_A_WATT, "bandwidth_gb_s"),
    ):
        if rate and watts and accelerator and not low <= rate / watts <= high:
            told = message(
                "rate-a-watt", name=field, each=rate / watts, unit=unit, least=low, most=high
            )
            yield told, field if rate / watts > high else "tdp_w"
    if half and traffic and (full is None or half / full > SHOW):
        each = half * 1000 / traffic
        low, high = FLOPS_A_BYTE
        if not low <= each <= high:
            yield message("rate-a-byte", name=name, each=each, least=low, most=high), name


def _unlike_series(
    machine: Machine, series: dict[str, dict[str, float]]
) -> Iterator[tuple[Message, str]]:
    """A 16-bit rate that is twice, or half, what others of the series have for their FP32."""
    own = _half_over_full(machine)
    others = [
        times for name, times in series.get(_stem(machine.id), {}).items() if name != machine.id
    ]
    if own is None or len(others) < KIN or any(abs(own / other - 1) < TWICE for other in others):
        return
    usual = max(others, key=lambda one: sum(abs(one / other - 1) < TWICE for other in others))
    if sum(abs(usual / other - 1) < TWICE for other in others) < KIN:
        return
    if abs(own / usual - 2) < 2 * TWICE or abs(own / usual - 0.5) < TWICE / 2:
        name = "bf16_tflops" if machine.bf16_tflops else "fp16_tflops"
        yield message("half-over-full-of-series", name=name, times=own, usual=usual), name


def _half_over_full(machine: Machine) -> float | None:
    half = machine.bf16_tflops or machine.fp16_tflops
    return half / machine.fp32_tflops if half and machine.fp32_tflops else None


def _stem(machine_id: str) -> str:
    """A series: what stands before the digits of an id's model number, and their first."""
    found = re.match(r"\D*\d?", machine_id)
    return found[0] if found else machine_id
