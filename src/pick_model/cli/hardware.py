"""`pick-model hardware`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pick_model.cli.options import AS, AccountFormat, Output, Overlays, emit
from pick_model.cli.streams import say
from pick_model.errors import MissingExtra, UnknownName, UsageError, did_you_mean
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.cost.detect import Detected
    from pick_model.documents.hardware import Machine
    from pick_model.documents.hardware_report import Here
    from pick_model.words.message import Message

LEAST_SECONDS, MOST_SECONDS = 2.0, 600.0


def hardware(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORD", help="Known machines whose name has all of them."),
    ] = None,
    calibrate: Annotated[
        bool,
        typer.Option("--calibrate", help="Time this machine, so that estimates for it narrow."),
    ] = False,
    seconds: Annotated[
        float, typer.Option(metavar="N", help="How long --calibrate may take, about.")
    ] = 20.0,
    forget: Annotated[
        bool, typer.Option("--forget", help="Remove all timings, of probes too.")
    ] = False,
    catalog: Overlays = None,
    format: Annotated[AccountFormat, AS] = AccountFormat.table,
    output: Output = None,
) -> None:
    """Show this machine, which is `local`, and those known by name.

    Timings are kept in the user's cache folder and used for `local` alone.

    Examples:
      pick-model hardware
      pick-model hardware t4
      pick-model hardware --calibrate --format json
    """
    from pick_model.catalog.load import load_catalog
    from pick_model.cost.calibration import forget as forget_timings
    from pick_model.cost.detect import detect_here
    from pick_model.documents.hardware_report import HardwareReport

    if calibrate and forget:
        raise UsageError(message("calibrate-and-forget"), hint=message("one-of-the-two"))
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise UsageError(
            message("seconds-outside", seconds=seconds),
            hint=message("from-to-will-do", least=LEAST_SECONDS, most=MOST_SECONDS),
        )
    known = load_catalog(catalog or ())
    machines = {name: known.machine(name) for name in known.plain_hardware}
    wanted = _named(machines, words or ())
    forgotten = forget_timings() if forget else None
    found = detect_here(machines)
    matrix = _calibrate(found, seconds) if calibrate else None
    here, notes = _here(found, matrix)
    report = HardwareReport(here=here, machines=wanted, forgotten=forgotten, notes=notes)
    if format is AccountFormat.json:
        from pick_model.documents.base import to_json

        emit(to_json(report), output)
        return
    from pick_model.render import hardware as render
    from pick_model.render.layout import page_for_stdout

    page = page_for_stdout(output is not None)
    render.terminal(report, page)
    emit(page.text(), output)


def _named(machines: dict[str, Machine], words: list[str] | tuple[()]) -> tuple[Machine, ...]:
    """The machines whose id or name has every word. Raises UnknownName where none has."""
    found = tuple(
        machine
        for name, machine in machines.items()
        if all(word.lower() in f"{name} {machine.name or ''}".lower() for word in words)
    )
    if not found:
        asked = " ".join(words)
        raise UnknownName(message("no-machine", asked=asked), hint=did_you_mean(asked, machines))
    return found


def _here(found: Detected, matrix: float | None) -> tuple[Here, tuple[Message, ...]]:
    from pick_model.cost.calibration import load
    from pick_model.cost.detect import described
    from pick_model.record import replace

    kept = load(found.machine.name or found.machine.id)
    here = described(found)
    machine = replace(here.machine, measured=kept.timings)
    return replace(here, machine=machine, matrix_tflops=matrix), kept.notes


def _calibrate(found: Detected, seconds: float) -> float:
    """Time the device that `local` is, keep what was found; TFLOP/s of fp32 products."""
    from importlib.util import find_spec

    for name in ("torch", "transformers"):
        if find_spec(name) is None:
            raise MissingExtra("hardware --calibrate", "probe")
    from pick_model.measure.probe.run import share_the_machine

    share_the_machine()  # as a probe does, whose steps this is to foretell
    from pick_model.cost.calibration import keep
    from pick_model.cost.timing import calibrate, matrix_tflops, torch_device

    device = torch_device(found.machine.kind)
    say(f"timing {found.machine.name} for about {seconds:g} s")
    matrix = matrix_tflops(device, seconds / 20)
    for timing in calibrate(device, seconds, tell=lambda piece: say(f"  {piece}")):
        keep(found.machine.name or found.machine.id, timing)
    return matrix
