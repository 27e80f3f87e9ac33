"""A probe's report that proves nothing does not let a model pass."""

from __future__ import annotations

from typing import Any

import pytest

from .bench import DATA, Bench

OTHER = "f0" * 20

PROBES: tuple[tuple[str, dict[str, Any], str, int, str], ...] = (
    ("made tomorrow", {"made_on": "2027-03-02"}, "", 1, "PM708"),
    ("does not transfer", {"verdict": "does-not-transfer"}, "", 1, "PM709"),
    ("inconclusive", {"verdict": "inconclusive"}, "", 3, "PM709"),
    ("an unknown verdict", {"verdict": "excellent"}, "", 3, "PM709"),
    ("a look-alike verdict", {"verdict": "tr\u0430nsfers"}, "", 3, "PM709"),
    ("a score over 1", {"score": 1.7}, "", 1, "PM708"),
    ("a score under 0", {"score": -0.2}, "", 1, "PM708"),
    ("a correlation under -1", {"score": -1.2, "metric": "mcc"}, "", 1, "PM708"),
    ("low above high", {"interval": [0.95, 0.85]}, "", 1, "PM708"),
    ("an interval elsewhere", {"interval": [0.5, 0.6]}, "", 3, "PM708"),
    ("an interval over 1", {"interval": [0.85, 1.4]}, "", 1, "PM708"),
    ("a difference from high to low", {"gain": (0.05, 0.07, 0.03)}, "", 1, "PM708"),
    ("a difference elsewhere", {"gain": (0.01, 0.3, 0.7)}, "", 1, "PM708"),
    ("one row", {"rows": 1}, "", 1, "PM710"),
    ("fewer rows than classes", {"rows": 11}, "", 1, "PM710"),
    ("fewer rows than asked", {}, "probe: {min_rows: 801}\n", 1, "PM710"),
    ("no steps", {"steps": 0}, "", 1, "PM708"),
    ("no seeds", {"seeds": []}, "", 1, "PM708"),
    ("rows untold", {"rows": None}, "", 3, "PM710"),
    ("steps untold", {"steps": None}, "", 3, "PM710"),
    ("a linear probe", {"method": "linear", "steps": 0}, "", 3, "PM710"),
    ("a way of training nobody knows", {"method": "magic"}, "", 3, "PM710"),
    ("another model", {"model": "acme/large"}, "", 1, "PM707"),
    ("another commit", {"revision": OTHER}, "", 1, "PM707"),
    ("other data", {"digest": "c" * 64}, "", 1, "PM706"),
    ("data untold", {"digest": None}, "", 3, "PM706"),
    ("another metric", {"metric": "macro_f1"}, "", 3, "PM704"),
    ("another method", {"method": "lora"}, "", 3, "PM704"),
    ("made before the model", {"made_on": "2023-04-30"}, "", 1, "PM708"),
    ("two commits", {"model": f"acme/base@{OTHER}"}, "", 1, "PM708"),
    ("a difference no scores have", {"gain": (0.05, 1.9, 2.1)}, "", 1, "PM708"),
    ("a difference of other scores", {"baselines": {"tfidf": {"score": 0.85, "difference": {
        "value": 0.4, "low": 0.38, "high": 0.42}}}}, "", 3, "PM708"),
    ("nothing left open", {"interval": [0.9, 0.9]}, "", 3, "PM708"),
    ("a baseline of its own making", {"baselines": {"guess": {"score": 0.3, "difference": {
        "value": 0.6, "low": 0.5, "high": 0.7}}}}, "", 3, "PM703"),
    ("a better baseline out of the verdict", {"baselines": {"tfidf": {
        "score": 0.95, "in_verdict": False, "difference": {
            "value": -0.05, "low": -0.06, "high": -0.04}}}}, "", 1, "PM703"),
    ("a metric of numbers", {"metric": "spearman"}, "", 3, "PM710"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "policy", "code", "told"), [p[1:] for p in PROBES], ids=[p[0] for p in PROBES]
)
def test_a_probe_report_that_proves_nothing_does_not_pass(
    changes: dict[str, Any], policy: str, code: int, told: str, bench: Bench
) -> None:
    bench.lock("acme-base", "--probe", bench.probe("old.json"))
    assert bench.gate("--probe", bench.probe("new.json")).code == 0
    if policy:
        bench.policy(policy)
    done = bench.gate("--probe", bench.probe("new.json", **changes))
    assert done.code == code, done.out
    state = {1: "fail", 3: "inconclusive"}[code]
    assert told in [c["code"] for c in done.report["checks"] if c["state"] == state]


def test_a_report_in_a_metric_nobody_knows_is_refused(bench: Bench) -> None:
    bench.lock()
    done = bench.gate("--probe", bench.probe(metric="goodness"))
    assert (done.code, "unknown metric 'goodness'" in done.err) == (2, True)


def test_a_report_of_more_rows_than_its_data_is_refused(bench: Bench) -> None:
    bench.lock("acme-base")
    done = bench.gate("--probe", bench.probe(rows=801))
    assert done.code == 2
    assert "801 rows, of data with 800" in done.err


def test_a_report_that_says_two_things_is_refused(bench: Bench) -> None:
    bench.lock()
    name = bench.probe()
    text = (bench.folder / name).read_text(encoding="utf-8")
    bench.write(name, text.replace('"score": 0.9,', '"score": 0.2, "score": 0.9,', 1))
    done = bench.gate("--probe", name)
    assert (done.code, "a key stands twice" in done.err) == (2, True)


def test_the_locks_own_probe_is_of_the_locked_model(bench: Bench) -> None:
    bench.lock("acme-base", "--probe", bench.probe())
    bench.edit_lock(lambda plain: plain["probe"].update(model="borg/base"))
    assert bench.gate().checks("PM707")[0]["state"] == "fail"


@pytest.mark.parametrize(
    ("lines", "changes", "code"),
    [
        ("training: {method: full}\n", {"method": "linear", "steps": 0}, 1),
        ("training: {method: lora}\n", {"method": "linear", "steps": 0}, 1),
        ("training: {method: frozen}\n", {"method": "full"}, 1),
        ("training: {method: frozen}\n", {"method": "linear", "steps": 0}, 0),
        ("training: {method: full}\n", {"method": "lora"}, 0),
        ("metric: macro_f1\n", {"metric": "accuracy"}, 3),
        ("metric: macro_f1\n", {"metric": "macro_f1"}, 0),
    ],
)
def test_a_probe_measures_what_the_task_asks(
    lines: str, changes: dict[str, Any], code: int, bench: Bench
) -> None:
    bench.write("task.yaml", (bench.folder / "task.yaml").read_text() + lines)
    bench.lock("acme-base", "--probe", bench.probe(**changes))
    assert bench.gate().code == code


@pytest.mark.parametrize(
    "asked", ["min_score: 0.5", "baselines: [tf-idf]", "max_age_days: 30", "data: train.csv",
              "min_rows: 100"],
)  # fmt: skip
def test_what_is_asked_of_a_probe_that_is_not_there_is_undecided(asked: str, bench: Bench) -> None:
    bench.write("train.csv", DATA)
    bench.lock()
    bench.policy(f"probe: {{{asked}}}\n")
    assert bench.gate().code == 3
    bench.policy(f"probe: {{optional: true, {asked}}}\n")
    assert bench.gate().code == 0
    bench.policy(f"probe: {{required: true, {asked}}}\n")
    assert bench.gate().code == 1
    bench.policy(f"probe:\n  required: true\n  optional: true\n  {asked}\n")
    done = bench.gate()
    assert (done.code, "policy.yaml:1" in done.err) == (2, True)
