"""The page of `gate`: the verdict, and every check behind it."""

from __future__ import annotations

from datetime import date

from pick_model.documents.failure import ErrorReport
from pick_model.documents.gate_report import Check, GateReport, State
from pick_model.render.gate_text import judge_of, tally
from pick_model.render.html.blocks import (
    Bullets,
    Cell,
    Opening,
    Section,
    Sheet,
    Table,
    TermList,
    Tile,
)
from pick_model.render.html.made import made
from pick_model.render.html.page import written

TONES = {"pass": "good", "fail": "bad", "inconclusive": "doubt", "skipped": "dim"}
VERDICTS = {"pass": "passed", "fail": "failed", "inconclusive": "cannot be told"}
STATES: tuple[State, ...] = ("fail", "inconclusive", "pass", "skipped")


def as_text(report: GateReport, command: str = "pick-model gate") -> str:
    """The verdict as a page."""
    found = [c for c in report.checks if c.state in ("fail", "inconclusive")]
    others = [c for c in report.checks if c.state not in ("fail", "inconclusive")]
    excused = [c for c in report.checks if c.exception]
    sections = [
        *([_checks("findings", "What to look at", found)] if found else []),
        *([_excused(excused)] if excused else []),
        _locks(report),
        *([_checks("others", "What was checked besides", others)] if others else []),
        *([Section("notes", "Notes", (Bullets(report.notes),))] if report.notes else []),
        made(
            command,
            {},
            TermList((("reckoned on", Cell(report.today)), ("fails on", Cell(report.fail_on)))),
        ),
    ]
    return written(
        Sheet(
            title=f"Model gate: {report.verdict}",
            opening=Opening(
                "gate · " + ", ".join(lock.lock for lock in report.locks),
                "the choice",
                VERDICTS[report.verdict],
                lines=tuple(f"{c.code} {c.subject}: {c.message}" for c in found[:3]),
                tiles=tuple(Tile(state, str(report.counts[state])) for state in STATES),
                small=(tally(report),),
                tone=TONES[report.verdict],
            ),
            sections=tuple(sections),
        )
    )


def _checks(name: str, title: str, checks: list[Check]) -> Section:
    rows = [
        (
            Cell(c.code, href=c.page),
            Cell(c.state, tone=TONES[c.state]),
            c.severity,
            c.name,
            c.subject,
            c.message,
            f"{c.location.file}:{c.location.line}",
            c.fix or "",
        )
        for c in checks
    ]
    columns = ("rule", "outcome", "severity", "name", "about", "finding", "where", "what to do")
    return Section(name, title, (Table(columns, rows, title, find=True),))


def _excused(checks: list[Check]) -> Section:
    rows = [
        (c.code, c.subject, e.owner, e.reason, e.expires, c.message)
        for c in checks
        if (e := c.exception) is not None
    ]
    columns = ("rule", "about", "owner", "reason", "until", "finding")
    return Section("exceptions", "Exceptions", (Table(columns, rows, "Exceptions in force"),))


def _locks(report: GateReport) -> Section:
    rows = [
        (
            one.lock,
            one.task,
            one.model,
            one.hub_repo or "",
            (one.revision or "not pinned")[:12],
            "–" if one.rank is None else str(one.rank),
            judge_of(one.policy),
            ", ".join(one.on_its_word) or "nothing",
        )
        for one in report.locks
    ]
    columns = ("lock", "task", "model", "repository", "commit", "rank", "judged by", "believed")
    return Section("locks", "What was checked", (Table(columns, rows, "Locks"),))


def broken(report: ErrorReport, today: date) -> str:  # noqa: ARG001 - one shape for all formats
    """The page for when there is no verdict."""
    error = report.error
    where = f"{error.location.file}:{error.location.line or 1}" if error.location else ""
    opening = Opening(
        "gate" + (f" · {where}" if where else ""),
        "",
        "no verdict",
        lines=(error.message, *([error.hint] if error.hint else [])),
        tone="doubt",
    )
    return written(Sheet("Model gate: no verdict", opening, (made("pick-model gate", {}),)))
