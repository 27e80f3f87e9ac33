"""The machine this runs on and the machines known by name, for a terminal."""

from __future__ import annotations

from pick_model.documents.hardware import Machine
from pick_model.documents.hardware_report import FoundProcessor, HardwareReport, Here
from pick_model.render.layout import Column, Page
from pick_model.words.say import say_all


def terminal(report: HardwareReport, page: Page) -> None:
    """What was found and how, what was timed, then the table."""
    if report.forgotten is not None:
        page.paragraph(f"{report.forgotten} timings removed")
        page.blank()
    _here(report.here, page)
    for note in say_all(report.notes):
        page.paragraph(note, label="note")
    page.blank()
    _table(report.machines, page)


def _here(here: Here, page: Page) -> None:
    machine = here.machine
    many = f"{machine.count} x " if machine.count > 1 else ""
    if not here.devices:  # the processor is the machine
        page.heading("this machine", f"{_processor(here.processor)} [local]")
        page.paragraph(_peaks(here), indent=2)
        page.paragraph(_timed(here), indent=2)
        return
    page.heading("this machine", f"{many}{machine.name}, {machine.memory_gib:g} GiB [local]")
    for device in here.devices:
        free = "" if device.free_gib is None else f", {device.free_gib:.1f} free"
        page.paragraph(
            f"{device.name}, {device.memory_gib:.1f} GiB{free} [{device.found_by}]", indent=2
        )
    page.paragraph(_processor(here.processor), indent=2)
    page.paragraph(_peaks(here), indent=2)
    page.paragraph(_timed(here), indent=2)


def _processor(own: FoundProcessor) -> str:
    sets = ", ".join(own.instruction_sets) or "no vector unit known"
    words = f"{own.name}, {own.cores:g} cores at {own.ghz:.2f} GHz, {sets}"
    if own.memory_gib is not None:
        words += f", {own.memory_gib:.1f} GiB"
    if own.available_gib is not None:
        words += f", {own.available_gib:.1f} available"
    limits = []
    if own.quota_cpus is not None:
        limits.append(f"{own.quota_cpus:g} processors")
    if own.limit_gib is not None:
        limits.append(f"{own.limit_gib:.1f} GiB")
    if limits:
        words += f"; the control group (version {own.cgroup_version}) allows " + ", ".join(limits)
    return words


def _peaks(here: Here) -> str:
    machine = here.machine
    if machine.fp32_tflops is None and machine.fp16_tflops is None:
        return "peaks unknown: no known machine is named so"
    source = f"those of {here.peaks_of}" if here.peaks_of else "cores x clock x FLOP a cycle"
    half = machine.fp16_tflops or machine.bf16_tflops
    also = "" if half is None else f", {half:g} in 16 bits"
    return f"peak {_number(machine.fp32_tflops)} TFLOP/s in fp32{also} [{source}]"


def _timed(here: Here) -> str:
    timings = here.machine.measured
    reached = ""
    if here.matrix_tflops is not None:
        reached = f"products of matrices reach {here.matrix_tflops:.3g} TFLOP/s; "
    if not timings:
        return f"{reached}not timed yet: pick-model hardware --calibrate"
    probes = sum(timing.origin == "probe" for timing in timings)
    last = max(timing.made_on for timing in timings)
    return (
        f"{reached}{len(timings)} timings, {probes} of them by probes, the last of {last}; "
        "estimates for `local` use them"
    )


def _table(machines: tuple[Machine, ...], page: Page) -> None:
    columns = [
        Column("id"),
        Column("GiB", right=True),
        Column("GB/s", right=True),
        Column("fp32", right=True),
        Column("fp16", right=True),
        Column("bf16", right=True),
        Column("W", right=True),
        Column("since"),
    ]
    page.grid(
        columns,
        [
            (
                machine.id,
                _number(machine.memory_gib),
                _number(machine.bandwidth_gb_s),
                _number(machine.fp32_tflops),
                _number(machine.fp16_tflops),
                _number(machine.bf16_tflops),
                _number(machine.tdp_w),
                str(machine.release_date or ""),
            )
            for machine in machines
        ],
    )
    page.paragraph("fp32, fp16, bf16: dense peaks in TFLOP/s", dim=True)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
