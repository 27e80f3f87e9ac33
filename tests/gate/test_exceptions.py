"""Exceptions excuse until they end, and only what they name."""

from __future__ import annotations

import pytest

from .bench import Bench

EXCEPTION = (
    "exceptions:\n- rule: {rule}\n  owner: ana\n  reason: a trial\n  expires: {expires}\n{more}"
)


def pickled(bench: Bench, rule: str = "PM401", expires: str = "2027-03-01", more: str = "") -> None:
    """A lock that breaks PM401, and an exception."""
    bench.lock()
    bench.edit_lock(lambda plain: plain["model"].update(weights=["pickle"]))
    bench.policy(EXCEPTION.format(rule=rule, expires=expires, more=more))


@pytest.mark.parametrize(
    ("rule", "expires", "more", "code"),
    [
        ("PM401", "2027-03-01", "", 0),  # its last day
        ("pm401", "2027-03-01", "", 0),
        ("not-safetensors", "2027-03-02", "", 0),
        ("PM401", "2027-02-28", "", 1),
        ("PM402", "2027-03-02", "", 1),  # another rule
        ("PM401", "2027-03-02", "  model: acme/base\n", 0),
        ("PM401", "2027-03-02", "  model: ACME-base\n", 0),
        ("PM401", "2027-03-02", "  model: borg-base\n", 1),
    ],
)
def test_an_exception_holds_for_its_rule_model_and_days(
    rule: str, expires: str, more: str, code: int, bench: Bench
) -> None:
    pickled(bench, rule, expires, more)
    done = bench.gate()
    assert done.code == code
    check = done.checks("PM401")[0]
    assert (check["exception"] is not None) == (code == 0)
    if code == 0:
        assert check["state"] == "skipped"
        assert check["exception"] == {"owner": "ana", "reason": "a trial", "expires": expires}


def test_an_expired_exception_fails_by_itself_and_what_it_excused_fails_again(
    bench: Bench,
) -> None:
    pickled(bench, expires="2027-02-28")
    done = bench.gate()
    assert done.checks("PM901")[0]["state"] == "fail"
    assert "the exception of ana ended on 2027-02-28" in done.checks("PM401")[0]["message"]
    bench.edit_lock(lambda plain: plain["model"].update(weights=["safetensors"]))
    done = bench.gate()
    assert done.code == 1
    assert done.checks("PM401")[0]["state"] == "pass"


def test_a_renewed_exception_beside_the_expired_one_counts(bench: Bench) -> None:
    renewed = "- {rule: PM401, owner: bob, reason: again, expires: 2027-09-01}\n"
    pickled(bench, expires="2027-02-28", more=renewed)
    done = bench.gate()
    assert done.checks("PM401")[0]["exception"]["owner"] == "bob"
    assert [c["state"] for c in done.checks("PM901")] == ["fail"]  # until the old one is removed


def test_an_exception_excuses_what_cannot_be_told(bench: Bench) -> None:
    bench.lock(remote_code=None)
    assert bench.gate().code == 3
    bench.policy(EXCEPTION.format(rule="remote-code", expires="2027-03-01", more=""))
    assert bench.gate().code == 0


def test_an_exception_that_excuses_nothing_is_told(bench: Bench) -> None:
    bench.lock()
    bench.policy(EXCEPTION.format(rule="PM401", expires="2027-03-01", more=""))
    done = bench.gate()
    assert done.code == 0
    assert done.checks("PM902")[0]["state"] == "fail"
    assert bench.gate("--fail-on", "note").code == 1


@pytest.mark.parametrize(
    ("text", "told", "line"),
    [
        (EXCEPTION.format(rule="PM999", expires="2027-01-01", more=""), "no rule 'PM999'", 2),
        (EXCEPTION.format(rule="PM901", expires="2027-01-01", more=""), "no exception", 2),
        (EXCEPTION.format(rule="PM101", expires="2027-02-30", more=""), "is no day", 5),
        (EXCEPTION.format(rule="PM101", expires="soon", more=""), "expires", 5),
        ("exceptions:\n- {rule: PM101, reason: b, expires: 2027-01-01}\n", "owner' is missing", 2),
        ("exceptions:\n- {rule: PM101, owner: a, expires: 2027-01-01}\n", "reason' is missing", 2),
        ("exceptions:\n- {rule: PM101, owner: a, reason: b}\n", "expires' is missing", 2),
        ("rules:\n  PM101: fatal\n", "rules.PM101", 2),
        ("rules:\n  PM1O1: error\n", "no rule 'PM1O1'", 2),
        ("rules:\n  PM101: error\n  unpinned: note\n", "a rule stands twice", 1),
        ("license: permisive\n", "did you mean 'permissive'?", 1),
        ("limits:\n  max_parameter: 5\n", "did you mean 'max_parameters'?", 2),
        ("models:\n  ban: [acme-bass]\n", "did you mean 'acme-base'?", 2),
        ("families:\n  require: [acmee]\n", "did you mean 'acme'?", 2),
        ("ranking:\n  margin: 2\n", "ranking.margin", 2),
        ("probe:\n  baselines: [tfidff]\n", "did you mean 'tfidf'?", 2),
        ("probe:\n  baselines:\n  - TF-IDF\n  - boosted trees\n", "majority, tfidf, colours, hog, mfcc, frozen, zero-shot", 4),
        ("probe:\n  data: /etc/passwd\n", "path relative to this file", 2),
        ("- a\n", "should be a mapping", 1),
        ("", "is empty", None),
    ],
)  # fmt: skip
def test_a_broken_policy_exits_with_2_and_its_line(
    text: str, told: str, line: int | None, bench: Bench
) -> None:
    bench.lock()
    bench.policy(text)
    done = bench.gate()
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert told in done.err
    assert f"policy.yaml:{line}:" in done.err if line else "policy.yaml:" in done.err
    assert done.report["error"]["exit"] == 2


def test_the_policy_beside_the_lock_is_taken_and_its_absence_told(bench: Bench) -> None:
    bench.lock()
    report = bench.gate().report
    assert report["policy"] is None
    assert any("no policy.yaml" in note for note in report["notes"])
    bench.policy("license: any\n")
    report = bench.gate().report
    assert report["policy"] == report["locks"][0]["policy"] == "policy.yaml"
    assert not any("no policy.yaml" in note for note in report["notes"])


def test_rules_are_tuned_by_name_or_code(bench: Bench) -> None:
    bench.lock("borg-base")
    assert bench.gate().code == 1
    bench.policy("rules: {license-chain: warning}\n")
    assert bench.gate().code == 0
    bench.policy("rules: {pm203: off}\n")
    done = bench.gate()
    assert done.code == 0
    assert done.checks("PM203")[0]["state"] == "skipped"
