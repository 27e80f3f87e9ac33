"""A policy means what it says, and judges what lies beside and below it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.hub import Repo, serving

from .bench import TODAY, Bench
from .world import COMMITS

ZERO_WIDTH, CYRILLIC_A, KELVIN = "\u200b", "\u0430", "\u212a"


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
