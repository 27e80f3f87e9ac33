"""The gate cannot be talked round: what is made to pass fails, is undecided, or is refused.

Every lock here is sealed again after it was changed: whoever can edit a lock can do that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from pick_model.catalog.load import load_catalog
from pick_model.documents.lock import Lock
from pick_model.documents.reader import read_yaml
from pick_model.gate.rules.chain import chain_of
from pick_model.gate.rules.claims import BEYOND
from pick_model.record import fields
from tests.hub import Repo, serving

from .bench import DATA, Bench, ledger
from .world import COMMITS

OTHER = "f0" * 20
ZERO_WIDTH, CYRILLIC_A = "\u200b", "\u0430"
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
    ("a circle of itself", long_chain(1, "acme-base"), "", 2, "runs round"),
    ("a circle of two others", long_chain(2, "link-0"), "", 2, "runs round"),
    ("twelve links, then a licence", long_chain(12, "borg-web"), "license: permissive\n", 1, "PM203"),
    ("twelve links, then a ban", long_chain(12, "borg-web"), "models: {ban: [borg/web]}\n", 1,
     "PM403"),
    ("a family up the chain", long_chain(3, "borg-web"), "families: {ban: [borg]}\n", 1, "PM403"),
    ("a ban by alias in capitals", long_chain(3, "borg-web"), "models: {ban: [' BORG/web ']}\n", 1,
     "PM403"),
    ("a link that is missing", long_chain(2, "nowhere"), "", 2, "nowhere"),
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
    if code == 2:  # nobody can lock from such an overlay
        done = bench.run("lock", "task.yaml", "acme-base", "--catalog", "overlay.yaml", "--offline")
        assert (done.code, told in done.err) == (2, True), done.err
        return
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
