"""The gate cannot be talked round: what is made to pass fails, is undecided, or is refused.

Every lock here is sealed again after it was changed: whoever can edit a lock can do that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pick_model.catalog.load import load_catalog
from pick_model.documents.lock import Lock
from pick_model.documents.reader import read_yaml
from pick_model.gate.chain import chain_of
from pick_model.gate.claims import BEYOND
from tests.hub import Repo, serving

from .bench import DATA, TODAY, Bench, ledger
from .world import COMMITS

OTHER = "f0" * 20
ZERO_WIDTH, CYRILLIC_A, KELVIN = "\u200b", "\u0430", "\u212a"
Path_ = tuple[str | int, ...]


def put(plain: Any, path: Path_, value: Any) -> None:
    for key in path[:-1]:
        plain = plain[key]
    plain[path[-1]] = value


def resealed(bench: Bench, changes: Mapping[Path_, Any]) -> None:
    def change(plain: dict[str, Any]) -> None:
        for path, value in changes.items():
            put(plain, path, value)

    bench.edit_lock(change)


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every value of a document that is no container, and empty containers."""
    if value and isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in inside:
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def another(path: Path_, value: Any) -> Any:
    """A value that a lock may hold there and that says something else."""
    if path in UNSET:
        return UNSET[path]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + (1 if isinstance(value, int) else 0.01)
    if isinstance(value, list):
        return ["another.yaml"]
    for pattern, other in SHAPES.items():
        if re.fullmatch(pattern, value):
            return other
    return WORDS.get(value, f"{value}-x")


# What stands where the lock of `full_lock` says nothing.
UNSET: dict[Path_, Any] = {
    ("results", "data_digest"): "d" * 64,
    ("ranking", "rejected"): {"constraint": "license", "reason": "is no", "near_miss": None},
    ("probe", "revision"): OTHER,
    ("model", "hub_repo"): "evil/small",
}
SHAPES = {
    r"\d{4}-\d\d-\d\d": "2027-01-02",
    r"[0-9a-f]{64}": "0" * 64,
    r"[0-9a-f]{40}": "1" * 40,
    r"\d+\.\d+\.\d+": "0.0.1",
}
WORDS = {"MIT": "GPL-3.0", "Apache-2.0": "MIT", "hub": "catalog", "safetensors": "onnx"}


def full_lock(bench: Bench) -> dict[str, Any]:
    """A lock with everything a lock can hold, which passes."""
    bench.write("train.csv", DATA)
    bench.write("results.jsonl", ledger({"acme/base": 0.9, "acme/tiny": 0.2}))
    bench.lock("acme-small", "--probe", bench.probe(model="acme/small", revision=None), "--results",
               "results.jsonl")  # fmt: skip
    bench.policy("ranking: {margin: 1}\nrules: {PM707: off}\n")
    done = bench.gate()
    assert done.code == 0, done.out
    plain: dict[str, Any] = read_yaml(bench.folder / "pick-model.lock").value
    return plain


def test_whatever_one_field_of_a_lock_is_changed_to_it_is_told(bench: Bench) -> None:
    """Not a pass, or the report names the field as one the lock is believed in."""
    plain = full_lock(bench)
    text = (bench.folder / "pick-model.lock").read_text(encoding="utf-8")
    looked = set()
    for path, value in leaves(plain):
        if path == ("content_digest",):
            continue
        looked.add(path[0])
        (bench.folder / "pick-model.lock").write_text(text, encoding="utf-8")
        resealed(bench, {path: another(path, value)})
        done = bench.gate()
        if done.code == 0:
            believed = done.report["locks"][0]["on_its_word"]
            name = ".".join(str(part) for part in path)
            assert any(name == f or name.startswith(f"{f}.") for f in believed), name
            assert any(f in note for note in done.report["notes"] for f in believed)
        else:
            assert done.code in (1, 2, 3)
    assert looked == {field.name for field in fields(Lock)} - {"content_digest"}


def test_believed_fields_are_few_and_are_fields_of_a_lock(bench: Bench) -> None:
    plain = full_lock(bench)
    known = {".".join(str(p) for p in path[:n]) for path, _ in leaves(plain) for n in (1, 2)}
    assert set(BEYOND) <= known
    believed = bench.gate().report["locks"][0]["on_its_word"]
    never = {"model.id", "model.hub_repo", "model.family", "model.license", "ranking", "estimates"}
    assert not never & set(believed)
    assert "catalog.digest" not in believed  # it is today's


class Attack(NamedTuple):
    """Fields of a lock of `model`, what they are changed to, and what comes of it."""

    name: str
    changes: Mapping[Path_, Any]
    codes: tuple[int, ...]
    told: str  # by the report, or by the error
    model: str = "acme-base"
    policy: str = ""


M = "model"
RANKED_FIRST = {
    ("ranking", "rank"): 1,
    ("ranking", "score"): 0.99,
    ("ranking", "interval"): [0.98, 1.0],
    ("ranking", "top_low"): 0.9,
}
LOCKS = (
    Attack("the last presented as the first", RANKED_FIRST, (1,), "PM502", "acme-tiny"),
    Attack("a place of its own", {("ranking", "n_top"): 1}, (1,), "ranking.n_top"),
    Attack("rivals left out", {("ranking", "top"): []}, (1,), "ranking.top"),
    Attack("somebody else's repository", {(M, "hub_repo"): "evil/base"}, (1,), "model.hub_repo"),
    Attack("another letter case", {(M, "hub_repo"): "Acme/base"}, (1,), "model.hub_repo"),
    Attack("no repository at all", {(M, "hub_repo"): None}, (1,), "model.hub_repo"),
    Attack("another entry's repository", {(M, "hub_repo"): "borg/base"}, (1,), "model.hub_repo"),
    Attack(
        "a Cyrillic letter in the repository",
        {(M, "hub_repo"): f"{CYRILLIC_A}cme/base"},
        (2,),
        "model.hub_repo",
    ),
    Attack(
        "a zero-width letter in the id", {(M, "id"): f"acme{ZERO_WIDTH}-base"}, (2,), "model.id"
    ),
    Attack("a Cyrillic letter in the id", {(M, "id"): f"{CYRILLIC_A}cme-base"}, (2,), "model.id"),
    Attack("the id in capitals", {(M, "id"): "ACME-base"}, (1,), "no longer in the catalog"),
    Attack("the better model's id", {(M, "id"): "acme-base"}, (1,), "model.hub_repo", "acme-tiny"),
    Attack("another commit", {(M, "revision"): OTHER}, (3,), "nothing at hand shows"),
    Attack("another family", {(M, "family"): "fine"}, (1,), "model.family"),
    Attack(
        "a family that is not banned",
        {(M, "family"): "fine"},
        (1,),
        "the policy bans the family acme",
        policy="families: {ban: [acme]}\nrules: {PM606: off}\n",
    ),
    Attack(
        "a family that is required",
        {(M, "family"): "borg"},
        (1,),
        "its family acme is none of the required",
        policy="families: {require: [borg]}\nrules: {PM606: off}\n",
    ),
    Attack("a look-alike family", {(M, "family"): f"{CYRILLIC_A}cme"}, (1,), "\\\\u0430cme"),
    Attack(
        "a repository that is required",
        {(M, "hub_repo"): "borg/base"},
        (1,),
        "is none of the required models",
        policy="models: {require: [borg-base]}\nrules: {PM606: off}\n",
    ),
    Attack("a licence nobody gave", {(M, "license"): "CC0-1.0"}, (1,), "PM204"),
    Attack("no licence", {(M, "license"): None}, (1,), "model.license"),
    Attack("fewer parameters", {(M, "n_parameters"): 1000}, (1,), "model.n_parameters"),
    Attack("a longer input", {(M, "max_tokens"): 8192}, (1,), "model.max_tokens"),
    Attack("no base model", {(M, "base_models"): []}, (1,), "model.base_models", "acme-small"),
    Attack(
        "a base model's licence",
        {(M, "base_models"): [{"id": "acme-tutor", "license": None}]},
        (1,),
        "model.base_models",
        "acme-small",
    ),
    Attack(
        "the catalog told of remote code",
        {(M, "facts_from"): "catalog"},
        (1,),
        "model.remote_code",
    ),
    Attack("the Hub told nothing", {(M, "weights"): None}, (1,), "model.facts_from"),
    Attack(
        "a day to come", {("locked_on",): "2027-03-02"}, (1,), "was locked on 2027-03-02, and today"
    ),
    Attack("a day before the model", {("locked_on",): "2023-04-30"}, (1,), "before its model"),
    Attack("a version to come", {("tool_version",): "99.1"}, (3,), "later than this"),
    Attack("no version", {("tool_version",): "best"}, (2,), "tool_version"),
    Attack("another task", {("task", "digest"): "0" * 64}, (1,), "PM601"),
    Attack("a cheaper model", {("estimates", "latency_ms", "value"): 1e-6}, (1,), "latency_ms"),
    Attack("costs left out", {("estimates",): {}}, (1,), "estimates."),
    Attack(
        "a lower latency, under a bound",
        {("estimates", "latency_ms", "value"): 1e-9},
        (1,),
        "PM305",
        policy="limits: {max_latency_ms: 0.0001}\nrules: {PM606: off}\n",
    ),
    Attack(
        "a lower latency, as of another catalog",
        {("estimates", "latency_ms", "value"): 1e-9, ("catalog", "digest"): "0" * 64},
        (1,),
        "PM305",
        policy="limits: {max_latency_ms: 0.0001}\n",
    ),
)


@pytest.mark.parametrize("attack", LOCKS, ids=[attack.name for attack in LOCKS])
def test_a_lock_sealed_again_does_not_pass(attack: Attack, bench: Bench) -> None:
    bench.lock(attack.model)
    if attack.policy:
        bench.policy(attack.policy)
    resealed(bench, attack.changes)
    done = bench.gate()
    assert done.code in attack.codes, done.out
    assert attack.told in done.out + done.err


def test_results_that_were_swapped_are_told_from_results_that_were_added(bench: Bench) -> None:
    bench.write("results.jsonl", ledger({"acme/base": 0.9}))
    bench.lock("acme-base", "--results", "results.jsonl")
    bench.write("results.jsonl", ledger({"acme/base": 0.9, "acme/tiny": 0.3}))
    assert bench.gate().code == 0
    bench.write("results.jsonl", ledger({"acme/base": 0.91}))
    done = bench.gate()
    assert done.code == 1
    assert "results.digest" in done.checks("PM606")[0]["message"]


def test_a_probe_in_the_lock_is_held_against_its_report_and_the_ledger(bench: Bench) -> None:
    line = ledger({"acme/base": 0.8}).replace('"made_on":null', '"made_on":"2027-02-01"')
    line = line.replace('"revision":null', f'"revision":"{COMMITS["acme-base"]}"')
    bench.write("results.jsonl", line)
    report = bench.probe(score=0.8, method="full")
    bench.lock("acme-base", "--probe", report, "--results", "results.jsonl")
    believed = bench.gate("--probe", report).report["locks"][0]["on_its_word"]
    assert "probe" not in believed
    assert bench.gate().code == 0
    resealed(bench, {("probe", "score"): 0.95, ("probe", "interval"): [0.94, 0.96]})
    assert "the ledger says" in bench.gate().checks("PM606")[0]["message"]
    found = bench.gate("--probe", report).checks("PM606")
    assert {c["state"] for c in found} == {"fail"}
    assert "its report says 0.8" in found[0]["message"]


@pytest.mark.parametrize(
    ("rules", "files", "sha", "code", "told"),
    [
        ("PM102: warning", {"model.safetensors": b""}, COMMITS["acme-base"], 0, ""),
        ("PM103: warning", {"model.safetensors": b""}, COMMITS["acme-base"], 0, ""),
        ("PM103: warning", {"pytorch_model.bin": b""}, COMMITS["acme-base"], 1, "model.weights"),
        ("PM102: warning", {"pytorch_model.bin": b""}, COMMITS["acme-base"], 1, "model.weights"),
    ],
)
def test_the_hub_contradicts_where_it_is_asked(
    rules: str,
    files: dict[str, bytes],
    sha: str,
    code: int,
    told: str,
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench.lock()
    bench.policy(f"rules: {{{rules}}}\n")
    with serving({"acme/base": Repo(files=files, sha=sha)}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        done = bench.gate()
    assert done.code == code
    assert told in done.out
    assert "model.weights" not in done.report["locks"][0]["on_its_word"]


def test_a_commit_the_hub_has_is_no_contradiction(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.lock()
    resealed(bench, {(M, "revision"): OTHER})
    bench.policy("rules: {gone-from-hub: error}\n")
    repo = Repo(files={"model.safetensors": b""}, sha=OTHER)
    with serving({"acme/base": repo}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert bench.gate().code == 0


# -- base models


def long_chain(length: int, last: str) -> str:
    """An overlay in which acme-base was made from a chain of new models."""
    made = [
        f"- {{id: link-{n}, family: acme, kind: encoder, modality: text, languages: [en], "
        f"tasks: [text-classification], license: MIT, base_model: "
        f"{f'link-{n + 1}' if n + 1 < length else last}}}\n"
        for n in range(length)
    ]
    fix = "corrections:\n- {id: acme-base, set: {base_model: link-0}, source: ours}\n"
    return "models:\n" + "".join(made) + fix


CHAINS = (
    ("a circle of itself", long_chain(1, "acme-base"), "", 3, "circle"),
    ("a circle of two others", long_chain(2, "link-0"), "", 3, "circle"),
    ("twelve links, then a licence", long_chain(12, "borg-web"), "license: permissive\n", 1, "PM203"),
    ("twelve links, then a ban", long_chain(12, "borg-web"), "models: {ban: [borg/web]}\n", 1,
     "PM403"),
    ("a family up the chain", long_chain(3, "borg-web"), "families: {ban: [borg]}\n", 1, "PM403"),
    ("a ban by alias in capitals", long_chain(3, "borg-web"), "models: {ban: [' BORG/web ']}\n", 1,
     "PM403"),
    ("a link that is missing", long_chain(2, "nowhere"), "", 3, "nowhere"),
    ("a link that is missing, any licence", long_chain(2, "nowhere"), "license: any\n", 3, "nowhere"),
    ("a link that is missing, bans asked", long_chain(2, "nowhere"),
     "models: {ban: [borg-web]}\nrules: {PM203: off}\n", 3, "nowhere"),
    ("a link an overlay bans", f"{long_chain(2, 'borg-web')}ban:\n- {{id: borg-web, reason: no}}\n",
     "rules: {PM203: off}\n", 1, "banned by an overlay: no"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("overlay", "policy", "code", "told"),
    [chain[1:] for chain in CHAINS],
    ids=[chain[0] for chain in CHAINS],
)
def test_a_chain_of_base_models_hides_nothing(
    overlay: str, policy: str, code: int, told: str, bench: Bench
) -> None:
    bench.write("overlay.yaml", overlay)
    bench.lock("acme-base", "--catalog", "overlay.yaml")
    if policy:
        bench.policy(policy)
    done = bench.gate()
    assert done.code == code, done.out
    assert any(told in f"{c['code']} {c['message']}" for c in done.report["checks"]
               if c["state"] in ("fail", "inconclusive"))  # fmt: skip


def test_a_chain_is_followed_to_its_end(bench: Bench) -> None:
    path = bench.write("overlay.yaml", long_chain(40, "acme-tutor"))
    catalog = load_catalog([path])
    found = chain_of(catalog.entries["acme-base"], catalog)
    assert len(found.bases) == 41
    assert found.bases[-1].id == "acme-tutor"
    assert found.broken is None


# -- probes

PROBES: tuple[tuple[str, dict[str, Any], str, int, str], ...] = (
    ("made tomorrow", {"made_on": "2027-03-02"}, "", 1, "PM708"),
    ("does not transfer", {"verdict": "does-not-transfer"}, "", 1, "PM709"),
    ("inconclusive", {"verdict": "inconclusive"}, "", 3, "PM709"),
    ("an unknown verdict", {"verdict": "excellent"}, "", 3, "PM709"),
    ("a look-alike verdict", {"verdict": "tr\u0430nsfers"}, "", 3, "PM709"),
    ("a score over 1", {"score": 1.7}, "", 1, "PM708"),
    ("a score under 0", {"score": -0.2}, "", 1, "PM708"),
    ("a correlation under -1", {"score": -1.2, "metric": "mcc"}, "", 1, "PM708"),
    ("an unknown metric", {"metric": "goodness"}, "", 3, "PM708"),
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


def test_a_report_that_says_two_things_is_refused(bench: Bench) -> None:
    bench.lock()
    name = bench.probe()
    text = (bench.folder / name).read_text(encoding="utf-8")
    bench.write(name, text.replace('"score": 0.9,', '"score": 0.2, "score": 0.9,', 1))
    done = bench.gate("--probe", name)
    assert (done.code, "a key stands twice" in done.err) == (2, True)


def test_the_locks_own_probe_is_of_the_locked_model(bench: Bench) -> None:
    bench.lock("acme-base", "--probe", bench.probe())
    resealed(bench, {("probe", "model"): "borg/base"})
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


# -- policies


@pytest.mark.parametrize(
    ("card", "state"),
    [
        ({"license": "mit"}, "pass"),
        ({}, "pass"),
        ({"license": ["mit"]}, "pass"),
        ({"license": "other", "license_name": "MIT"}, "pass"),
        ({"license": "other"}, "inconclusive"),
        ({"license": "other", "license_name": "acme-eula"}, "inconclusive"),
        ({"license": "acme-eula"}, "inconclusive"),
        ({"license": ["mit", "cc-by-nc-4.0"]}, "inconclusive"),
        ({"license": ["cc-by-nc-4.0", "gpl-3.0"]}, "fail"),
        ({"license": "cc-by-nc-4.0"}, "fail"),
        ({"license": {"name": "mit"}}, "inconclusive"),
    ],
)
def test_only_the_locked_licence_on_the_hub_passes(
    card: dict[str, Any], state: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.lock()
    bench.policy("rules: {PM102: error}\n")
    repo = Repo(files={"model.safetensors": b""}, card=card, sha=COMMITS["acme-base"])
    with serving({"acme/base": repo}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        done = bench.gate()
    assert [c["state"] for c in done.checks("PM204")] == [state]
    assert done.code == {"pass": 0, "inconclusive": 3, "fail": 1}[state]


@pytest.mark.parametrize(
    "blank", ["' '", f'"{ZERO_WIDTH}"', '"\u3164"', '"\\t"', "'-'", "'…'", "''"]
)
@pytest.mark.parametrize("key", ["owner", "reason"])
def test_an_exception_needs_an_owner_and_a_reason_in_words(
    key: str, blank: str, bench: Bench
) -> None:
    bench.lock()
    given = {"owner": "ana", "reason": "a trial"} | {key: blank}
    lines = "".join(f"  {name}: {value}\n" for name, value in given.items())
    bench.policy(f"exceptions:\n- rule: PM401\n  expires: 2027-06-01\n{lines}")
    done = bench.gate()
    assert done.code == 2
    assert f"policy.yaml:{4 if key == 'owner' else 5}:" in done.err


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("safetensor: true\n", 1),
        (f"license: any\n{CYRILLIC_A}llow: any\n", 2),
        (f"models:\n  b{CYRILLIC_A}n: [acme-base]\n", 2),
        (f"limits:\n  max{ZERO_WIDTH}_parameters: 5\n", 2),
        ("License: permissive\n", 1),
        ("probe:\n  min-score: 0.5\n", 2),
        ("exceptions:\n- rule: PM401\n  owner: ana\n  reason: x y\n  expires: 2027-06-01\n  x: 1\n", 6),
        (f"rules:\n  unpinned: error\n  unpinned{ZERO_WIDTH}: off\n", 3),
        (f"rules:\n  license-unknown: error\n  license-un{KELVIN}nown: off\n", 2),
        (f"models:\n  ban:\n  - borg-base\n  - acme-b{CYRILLIC_A}se\n", 4),
        (f"families:\n  ban:\n  - acme{ZERO_WIDTH}\n", 3),
        ("license: any\nlicense: permissive\n", 2),
    ],
)  # fmt: skip
def test_a_key_or_name_nobody_knows_is_refused_with_its_line(
    text: str, line: int, bench: Bench
) -> None:
    bench.lock()
    bench.policy(text)
    done = bench.gate()
    assert done.code == 2, done.out
    assert f"policy.yaml:{line}:" in done.err or f"policy.yaml:{line - 1}:" in done.err


STRICT = "models: {ban: [acme-base]}\n"


def two_locks(bench: Bench) -> list[str]:
    """Locks of acme-base in a/ and b/deep/, their tasks beside them."""
    for folder in ("a", "b/deep"):
        (bench.folder / folder).mkdir(parents=True)
        text = (bench.folder / "task.yaml").read_text(encoding="utf-8")
        bench.write(f"{folder}/task.yaml", text)
        words = (f"{folder}/task.yaml", "acme-base", "-o", f"{folder}/pick-model.lock")
        assert bench.run("lock", *words, "--offline", "--today", TODAY).code == 0
    return ["--lock", "a/pick-model.lock", "--lock", "b/deep/pick-model.lock"]


LENIENT = "remote_code: true\n"


@pytest.mark.parametrize(
    ("policies", "judges", "code"),
    [
        # The lenient policy beside one lock does not serve the other.
        ({"a": LENIENT}, ["a/policy.yaml", None], 3),
        ({"a": LENIENT, "b": LENIENT + STRICT}, ["a/policy.yaml", "b/policy.yaml"], 1),
        ({"a": LENIENT, "": LENIENT + STRICT}, ["a/policy.yaml", "policy.yaml"], 1),
        ({"": LENIENT}, ["policy.yaml", "policy.yaml"], 0),
        # A policy above says for itself whom it judges.
        ({"": f"below: never\n{LENIENT}"}, [None, None], 3),
        (
            {"": f"below: always\n{STRICT}", "a": LENIENT, "b/deep": LENIENT},
            ["policy.yaml", "policy.yaml"],
            1,
        ),
        (
            {"b": f"below: never\n{LENIENT}", "": LENIENT + STRICT},
            ["policy.yaml", "policy.yaml"],
            1,
        ),
    ],
)
def test_each_lock_is_judged_by_the_policy_beside_it_or_the_nearest_above(
    policies: dict[str, str], judges: list[str | None], code: int, bench: Bench
) -> None:
    words = two_locks(bench)
    for folder, text in policies.items():
        bench.write(str(Path(folder) / "policy.yaml"), text)
    for order in (words, [*words[2:], *words[:2]]):  # which is named first does not matter
        done = bench.gate(*order)
        assert done.code == code, done.out
        judged = {lock["lock"]: lock["policy"] for lock in done.report["locks"]}
        assert [judged[name] for name in (words[1], words[3])] == judges
        by_check = {(c["about"], c["policy"]) for c in done.report["checks"]
                    if c["code"] == "PM101"}  # fmt: skip
        assert by_check == set(judged.items())
        instead = [note for note in done.report["notes"] if "in place of" in note]
        # A policy at the top, beside a nearer one that could have judged, is worth a word.
        assert bool(instead) == ("" in policies and "a" in policies)


def test_a_policy_beyond_the_repository_or_the_working_folder_judges_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_locks(bench)
    bench.policy(STRICT)
    monkeypatch.chdir(bench.folder / "a")
    assert bench.gate().report["policy"] is None
    (bench.folder / ".git").mkdir()
    assert bench.gate().report["policy"] == "../policy.yaml"
    (bench.folder / "a" / ".git").mkdir()
    assert bench.gate().report["policy"] is None


def test_exceptions_excuse_only_what_their_own_policy_judges(bench: Bench) -> None:
    words = two_locks(bench)
    leave = "exceptions:\n- {rule: PM402, owner: ana, reason: a trial, expires: 2027-06-01}\n"
    bench.write("a/policy.yaml", leave)
    done = bench.gate(*words)
    states = {c["about"]: c["state"] for c in done.checks("PM402")}
    assert states == {words[1]: "skipped", words[3]: "inconclusive"}


@pytest.mark.parametrize(
    "kind", ["text", "json", "markdown", "junit", "sarif", "github", "gitlab"]
)  # fmt: skip
def test_every_format_names_the_policy_that_judged(kind: str, bench: Bench) -> None:
    words = two_locks(bench)
    bench.write("a/policy.yaml", "license: any\n")
    bench.write("b/policy.yaml", STRICT)
    out = bench.gate(*words, "--format", kind).out
    assert "a/policy.yaml" in out.replace("\\", "")
    assert "b/policy.yaml" in out.replace("\\", "")
