"""`pick-model gate`."""

from __future__ import annotations

from datetime import date
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pick_model.cli.inputs import named_by, outputs_in, refuse_overwriting
from pick_model.cli.lock import LOCK_NAME, Offline, Today, day
from pick_model.cli.options import AS, Output, Overlays, emit, in_output
from pick_model.errors import PickModelError, UsageError, WrongValue, did_you_mean
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.words.message import Message


class GateFormat(str, Enum):
    """How a verdict is printed."""

    text = "text"
    json = "json"
    markdown = "markdown"
    junit = "junit"
    sarif = "sarif"
    github = "github"
    gitlab = "gitlab"
    html = "html"


class FailOn(str, Enum):
    """The least severity that fails."""

    error = "error"
    warning = "warning"
    note = "note"


_checked = partial(typer.Option, rich_help_panel="What is checked")
_strictness = partial(typer.Option, rich_help_panel="How strictly")


def gate(
    lock: Annotated[
        list[Path] | None,
        _checked(
            metavar="FILE",
            help=f"Lock to check; may be repeated. Default {LOCK_NAME}; with --discover all under "
            "the folder.",
        ),
    ] = None,
    policy: Annotated[
        Path | None,
        _checked(
            metavar="FILE",
            help="Policy for all. Default the policy.yaml beside each lock, or the nearest above.",
        ),
    ] = None,
    task: Annotated[
        Path | None, _checked(metavar="FILE", help="Task file instead of the lock's.")
    ] = None,
    probe: Annotated[
        Path | None, _checked(metavar="FILE", help="JSON report of a new pick-model probe.")
    ] = None,
    catalog: Overlays = None,
    discover: Annotated[
        Path | None,
        _checked(metavar="PATH", help="Also find the Hub models that code and settings name."),
    ] = None,
    strict: Annotated[
        bool,
        _strictness("--strict", help="Inconclusive where --discover could not read or decide all."),
    ] = False,
    offline: Offline = False,
    locked: Annotated[
        bool,
        _strictness("--locked", help="Fail when task, catalog or tool changed since the lock."),
    ] = False,
    ignore: Annotated[
        list[str] | None, _strictness(metavar="RULE", help="Leave a rule out; may be repeated.")
    ] = None,
    fail_on: Annotated[FailOn, _strictness(help="Least severity that fails.")] = FailOn.error,
    exit_zero: Annotated[
        bool, _strictness("--exit-zero", help="Exit with 0 whatever the verdict.")
    ] = False,
    format: Annotated[GateFormat, AS] = GateFormat.text,
    output: Output = None,
    report: Annotated[
        list[str] | None,
        in_output(metavar="FORMAT=FILE", help="Also write this report; may be repeated."),
    ] = None,
    verbose: Annotated[
        bool, in_output("--verbose", "-v", help="List the checks that passed, too.")
    ] = False,
    today: Today = None,
) -> int:
    """Check locks against a policy: 0 pass, 1 fail, 3 cannot tell.

    Examples:
      pick-model gate --lock examples/support-tickets/pick-model.lock --offline
      pick-model gate --lock examples/support-tickets/pick-model.lock --offline --verbose
      pick-model gate --discover examples --offline -f github --report junit=gate.xml
    """
    files = _report_files(report)
    when = day(today)
    outputs = outputs_in({"output": output, "report": report})
    for one in (lock or [Path(LOCK_NAME)]) if outputs else ():
        from pick_model.gate.policy import POLICY_NAME

        refuse_overwriting(outputs, named_by(one, POLICY_NAME))
    try:
        from pick_model.gate.case import Circumstances
        from pick_model.gate.run import Request
        from pick_model.gate.run import gate as judge

        locks, notes = _locks(lock, discover)
        request = Request(
            locks=locks,
            given=Circumstances(
                today=when,
                offline=offline,
                locked=locked,
                overlays=catalog,
                task=task,
                ignore=_codes(ignore),
            ),
            policy=policy,
            probe=probe,
            discover=discover,
            strict=strict,
            fail_on=fail_on.value,
            notes=tuple(notes),
        )
        if strict and discover is None:
            raise UsageError(message("strict-without-discover"), hint=message("give-discover-path"))
        if task is not None and len(locks) != 1:
            raise UsageError(message("task-with-several-locks"), hint=message("name-that-lock"))
        result = judge(request)
    except PickModelError as error:
        _write_broken(error, [*files, (format.value, output)], when)
        raise
    from pick_model.gate.verdict import EXIT_CODES
    from pick_model.render.gate_formats import rendered

    for kind, path in files:
        emit(rendered(result, kind), path)
    emit(rendered(result, format.value, verbose=verbose, to_file=output is not None), output)
    return 0 if exit_zero else EXIT_CODES[result.verdict]


def _report_files(given: list[str] | None) -> list[tuple[str, Path]]:
    files = []
    names = [kind.value for kind in GateFormat]
    for item in given or ():
        kind, equals, path = item.partition("=")
        if not equals or not path:
            raise UsageError(
                message("report-unreadable", item=item), hint=message("write-format-and-file")
            )
        if kind not in names:
            raise UsageError(
                message("report-format-unknown", kind=kind), hint=did_you_mean(kind, names)
            )
        files.append((kind, Path(path)))
    return files


def _locks(given: list[Path] | None, discover: Path | None) -> tuple[list[Path], list[Message]]:
    """The locks to check: those named, else the usual one, else those under `discover`."""
    if given:
        return given, []
    if discover is None:
        if not Path(LOCK_NAME).exists():
            raise UsageError(
                message("no-lock-here", lock=LOCK_NAME), hint=message("make-or-name-lock")
            )
        return [Path(LOCK_NAME)], []
    from pick_model.gate.discover.discover import files_under

    found = [path for path in files_under(discover) if path.name == LOCK_NAME]
    return found, [] if found else [message("no-lock-under", lock=LOCK_NAME)]


def _codes(ignore: list[str] | None) -> frozenset[str]:
    from pick_model.gate.rules.rules import code_of

    try:
        return frozenset(code_of(name) for name in ignore or ())
    except WrongValue as wrong:
        told = message("ignore-unknown-rule", reason=wrong.told)
        raise UsageError(told, hint=wrong.hint) from None


def _write_broken(error: PickModelError, files: list[tuple[str, Path | None]], when: date) -> None:
    """A job that shows reports must show that there was no verdict, too.

    The error itself goes to stderr, and as JSON to stdout, at the boundary.
    """
    from pick_model.render.gate_formats import broken

    for kind, path in files:
        if path is not None:
            emit(broken(error, kind, when), path)
        elif kind not in ("text", "json"):
            emit(broken(error, kind, when), None)
