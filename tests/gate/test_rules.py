"""Every rule passes, fails, and where that can be cannot tell; and points at the right line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from pick_model.gate.hub import HubFacts, HubProblem, ask_hub
from pick_model.gate.rules.rules import RULES
from pick_model.hub.faults import HubFault
from pick_model.words.say import message
from tests.hub import Repo, serving
from tests.told import words

from .bench import DATA, Bench, ledger
from .world import COMMITS

OTHER = "f0" * 20


class Scene(NamedTuple):
    """One arrangement of the bench and what a rule should make of it."""

    code: str
    state: str
    line: str  # what stands on the line it points at
    arrange: Callable[[Bench], list[str] | None]  # returns more words for the command
    file: str = "pick-model.lock"


def locked(model: str = "acme-base", policy: str = "", **lock: Any) -> Callable[[Bench], None]:
    """A lock of a model under a policy."""

    def arrange(bench: Bench) -> None:
        bench.lock(model, **lock)
        if policy:
            bench.policy(policy)

    return arrange


def edited(change: Callable[[dict[str, Any]], object], policy: str = "") -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        bench.lock()
        bench.edit_lock(change)
        if policy:
            bench.policy(policy)

    return arrange


def moved_on(
    changes: dict[str, dict[str, Any]] | None = None,
    model: str = "acme-base",
    policy: str = "",
    arrivals: dict[str, float] | None = None,
) -> Callable[[Bench], None]:
    """A lock, after which the catalog changes."""

    def arrange(bench: Bench) -> None:
        bench.lock(model)
        bench.catalog(changes, arrivals)
        if policy:
            bench.policy(policy)

    return arrange


def overlaid(text: str, model: str = "acme-base", policy: str = "") -> Callable[[Bench], list[str]]:
    def arrange(bench: Bench) -> list[str]:
        bench.lock(model)
        bench.write("overlay.yaml", text)
        if policy:
            bench.policy(policy)
        return ["--catalog", "overlay.yaml"]

    return arrange


def probed(
    policy: str = "", new: dict[str, Any] | None = None, **old: Any
) -> Callable[[Bench], list[str]]:
    """A lock that keeps a probe (`old`), and perhaps a new report."""

    def arrange(bench: Bench) -> list[str]:
        bench.write("train.csv", DATA)
        bench.lock("acme-base", "--probe", bench.probe("old.json", **old))
        if policy:
            bench.policy(policy)
        return [] if new is None else ["--probe", bench.probe("new.json", **new)]

    return arrange


def task_changed(bench: Bench) -> None:
    bench.lock()
    bench.write("task.yaml", (bench.folder / "task.yaml").read_text().replace("8000", "9000"))


def task_tightened(bench: Bench) -> None:
    bench.lock()
    text = (bench.folder / "task.yaml").read_text()
    bench.write("task.yaml", f"{text}constraints:\n  max_parameters: 100000000\n")


def task_allows_permissive(bench: Bench) -> None:
    text = (bench.folder / "task.yaml").read_text()
    bench.write("task.yaml", f"{text}constraints: {{license: permissive}}\n")
    bench.lock("borg-web")


def results_changed(bench: Bench) -> None:
    bench.write("results.jsonl", ledger({"acme/base": 0.9}))
    bench.lock("acme-base", "--results", "results.jsonl")
    bench.write("results.jsonl", ledger({"acme/base": 0.8}))


def results_same(bench: Bench) -> None:
    bench.write("results.jsonl", ledger({"acme/base": 0.9}))
    bench.lock("acme-base", "--results", "results.jsonl")


def by_hand(bench: Bench) -> None:
    bench.lock()
    bench.edit_lock(lambda plain: plain["model"].update(license="CC0-1.0"), seal=False)


def code_with(text: str) -> Callable[[Bench], list[str]]:
    def arrange(bench: Bench) -> list[str]:
        bench.lock()
        bench.write("src/train.py", text)
        return ["--discover", "src", "--lock", "pick-model.lock"]

    return arrange


def excepted(expires: str, rule: str = "PM401") -> Callable[[Bench], None]:
    text = "exceptions:\n- rule: {}\n  owner: ana\n  reason: a trial\n  expires: {}\n"

    def arrange(bench: Bench) -> None:
        bench.lock()
        bench.edit_lock(lambda plain: plain["model"].update(weights=["pickle"]))
        bench.policy(text.format(rule, expires))

    return arrange


def set_model(**facts: Any) -> Callable[[dict[str, Any]], object]:
    return lambda plain: plain["model"].update(facts)


def unsized(bench: Bench) -> None:
    """An entry whose size the catalog no longer knows."""
    gone = {"n_parameters": None, "n_embedding_parameters": None}
    moved_on({"acme-base": gone}, policy=f"limits: {LIMITS}\n")(bench)


def unknown_weights(bench: Bench) -> None:
    bench.catalog({"acme-base": {"weights": None}})
    bench.lock()


OPTIONAL = "{optional: true, min_score: 0.5, baselines: [tf-idf]}"
LIMITS = (
    "{max_parameters: 200000000, max_disk_gib: 10, max_training_memory_gib: 12, "
    "max_serving_memory_gib: 8, max_latency_ms: 500, max_training_hours: 2, "
    "min_input_tokens: 256}"
)
TIGHT = (
    "{max_parameters: 50000000, max_disk_gib: 0.1, max_training_memory_gib: 0.5, "
    "max_serving_memory_gib: 0.1, max_latency_ms: 0.01, max_training_hours: 0.0001, "
    "min_input_tokens: 1024}"
)
WITHIN, OVER = locked(policy=f"limits: {LIMITS}\n"), locked(policy=f"limits: {TIGHT}\n")
CALL = f'AutoModel.from_pretrained("acme/base", revision="{COMMITS["acme-base"]}")\n'


def adapter(changes: dict[str, dict[str, Any]], policy: str = "") -> Callable[[Bench], list[str]]:
    """A locked adapter, acme-small over acme-tutor, and what the catalog says of them later."""

    def arrange(bench: Bench) -> list[str]:
        bench.catalog({"acme-small": {"adapter": True}})
        bench.lock("acme-small")
        later = {"acme-small": {"adapter": True}}
        for name, fields in changes.items():
            later[name] = {**later.get(name, {}), **fields}
        bench.catalog(later)
        if policy:
            bench.policy(policy)
        return ["--offline"]

    return arrange


SCENES = (
    Scene("PM101", "pass", "revision:", locked()),
    Scene("PM101", "fail", "revision: null", edited(set_model(revision=None))),
    Scene("PM101", "fail", "revision: null", edited(set_model(revision=None, hub_repo=None))),
    Scene("PM104", "skipped", "base_models:", locked("acme-small")),
    Scene("PM104", "pass", "revision:", adapter({})),
    Scene("PM104", "fail", "revision:", adapter({"acme-tutor": {"revision": "ab" * 20}})),
    Scene("PM104", "fail", "revision:", adapter({"acme-small": {"base_model": "acme-base"}})),
    Scene("PM104", "fail", "base_models:", edited(set_model(adapter=True, base_models=[]))),
    Scene("PM104", "inconclusive", "revision:", adapter({}, policy="rules: {PM102: note}\n")),
    Scene("PM201", "pass", "license:", locked(policy="license: permissive\n")),
    Scene("PM201", "skipped", "license:", locked()),
    Scene("PM201", "fail", "license: CC-BY-NC", locked("borg-web", "license: permissive\n")),
    Scene("PM201", "fail", "license: CC-BY-NC", task_allows_permissive),
    Scene("PM202", "pass", "license:", locked()),
    Scene("PM202", "fail", "license: null", locked("cyan-base")),
    Scene("PM203", "pass", "base_models: []", locked()),
    Scene("PM203", "pass", "base_models:", locked("acme-small")),
    Scene("PM203", "fail", "base_models:", locked("borg-base")),
    Scene("PM203", "fail", "base_models:", locked("borg-base", "license: open-source\n")),
    Scene("PM203", "pass", "base_models:", locked("borg-base", "license: any\n")),
    Scene(
        "PM203",
        "inconclusive",
        "base_models:",
        moved_on({"acme-tutor": {"license": None}}, "acme-small"),
    ),
    Scene("PM204", "pass", "license:", locked()),
    Scene("PM204", "skipped", "license:", locked("cyan-base")),
    Scene("PM204", "fail", "license: MIT", moved_on({"acme-base": {"license": "CC-BY-NC-4.0"}})),
    Scene(
        "PM204",
        "fail",
        "base_models:",
        moved_on({"acme-tutor": {"license": "GPL-3.0"}}, "acme-small"),
    ),
    Scene("PM301", "pass", "n_parameters:", WITHIN),
    Scene("PM301", "fail", "n_parameters:", OVER),
    Scene("PM301", "inconclusive", "n_parameters:", unsized),
    Scene("PM302", "pass", "disk_gib:", WITHIN),
    Scene("PM302", "fail", "disk_gib:", OVER),
    Scene("PM302", "inconclusive", "disk_gib:", unsized),
    Scene("PM303", "pass", "training_memory_gib:", WITHIN),
    Scene("PM303", "fail", "training_memory_gib:", OVER),
    Scene("PM303", "inconclusive", "training_memory_gib:", unsized),
    Scene("PM304", "pass", "serving_memory_gib:", WITHIN),
    Scene("PM304", "fail", "serving_memory_gib:", OVER),
    Scene("PM304", "inconclusive", "serving_memory_gib:", unsized),
    Scene("PM305", "pass", "latency_ms:", WITHIN),
    Scene("PM305", "fail", "latency_ms:", OVER),
    Scene("PM305", "inconclusive", "latency_ms:", unsized),
    Scene("PM306", "pass", "max_tokens:", WITHIN),
    Scene("PM306", "fail", "max_tokens:", OVER),
    Scene(
        "PM306",
        "inconclusive",
        "max_tokens:",
        moved_on({"acme-base": {"max_tokens": None}}, policy=f"limits: {LIMITS}\n"),
    ),
    Scene("PM307", "pass", "training_hours:", WITHIN),
    Scene("PM307", "fail", "training_hours:", OVER),
    Scene(
        "PM307",
        "inconclusive",
        "training_hours:",
        moved_on(
            {"acme-base": {"shape": {}, "n_parameters": None, "n_embedding_parameters": None}},
            policy=f"limits: {LIMITS}\n",
        ),
    ),
    Scene("PM401", "pass", "weights:", locked()),
    Scene("PM401", "fail", "weights:", edited(set_model(weights=["pickle"]))),
    Scene("PM401", "fail", "weights:", edited(set_model(weights=["onnx"]))),
    Scene("PM401", "skipped", "weights:", edited(set_model(weights=[]), "safetensors: false\n")),
    Scene(
        "PM401",
        "inconclusive",
        "weights: null",
        unknown_weights,
    ),
    Scene("PM402", "pass", "remote_code: false", locked()),
    Scene("PM402", "fail", "remote_code: true", locked(remote_code=True)),
    Scene("PM402", "inconclusive", "remote_code: null", locked(remote_code=None)),
    Scene(
        "PM402", "skipped", "remote_code:", locked(policy="remote_code: true\n", remote_code=True)
    ),
    Scene("PM403", "pass", "id: acme-base", locked(policy="models: {ban: [borg-base]}\n")),
    Scene("PM403", "skipped", "id: acme-base", locked()),
    Scene("PM403", "fail", "id: acme-base", locked(policy="models: {ban: [ACME/base]}\n")),
    Scene("PM403", "fail", "id: acme-base", locked(policy="families: {ban: acme}\n")),
    Scene("PM403", "fail", "id: borg-base", locked("borg-base", "models: {ban: [borg/web]}\n")),
    Scene("PM404", "pass", "id: acme-base", locked(policy="models: {require: [acme/base]}\n")),
    Scene("PM404", "fail", "id: acme-base", locked(policy="models: {require: [borg-base]}\n")),
    Scene("PM404", "fail", "id: acme-base", locked(policy="families: {require: [borg]}\n")),
    Scene("PM405", "pass", "id: acme-base", locked()),
    Scene(
        "PM405",
        "fail",
        "id: acme-base",
        moved_on({"acme-base": {"superseded_by": "acme-large"}}),
    ),
    Scene("PM406", "pass", "id: acme-base", locked()),
    Scene(
        "PM406",
        "fail",
        "id: acme-base",
        overlaid("ban:\n- id: acme-base\n  reason: recalled by its maker\n"),
    ),
    Scene("PM407", "skipped", "id: acme-base", locked()),
    Scene("PM407", "inconclusive", "id: acme-base", locked(policy="unseen: [banking77]\n")),
    Scene(
        "PM407",
        "pass",
        "id: acme-base",
        moved_on({"acme-base": {"training_sets": ["glue-mnli"]}}, policy="unseen: banking77\n"),
    ),
    Scene(
        "PM407",
        "fail",
        "id: acme-base",
        moved_on({"acme-base": {"training_sets": ["banking*"]}}, policy="unseen: [banking77]\n"),
    ),
    Scene(
        "PM407",
        "fail",
        "id: borg-base",
        moved_on(
            {"borg-base": {"training_sets": []}, "borg-web": {"training_sets": ["banking77"]}},
            "borg-base",
            policy="unseen: [banking77]\n",
        ),
    ),
    Scene("PM501", "pass", "id: acme-base", locked()),
    Scene("PM501", "fail", "id: acme-base", task_tightened),
    Scene(
        "PM501",
        "inconclusive",
        "id: acme-base",
        overlaid("ban:\n- id: acme-base\n  reason: recalled by its maker\n"),
    ),
    Scene("PM502", "pass", "rank: ", locked()),
    Scene("PM502", "fail", "rank: ", locked("acme-tiny")),
    Scene("PM502", "fail", "rank: ", moved_on(arrivals={"acme-next": 1e13})),
    Scene("PM502", "pass", "rank: ", locked("acme-tiny", "ranking: {margin: 0.9}\n")),
    Scene("PM502", "skipped", "rank: ", task_tightened),
    Scene("PM601", "pass", "digest:", locked()),
    Scene("PM601", "fail", "digest:", task_changed),
    Scene("PM602", "pass", "digest:", locked()),
    Scene("PM602", "fail", "digest:", moved_on({"acme-tiny": {"max_tokens": 256}})),
    Scene("PM603", "skipped", "results: null", locked()),
    Scene("PM603", "pass", "results:", results_same),
    Scene("PM603", "fail", "results:", results_changed),
    Scene("PM604", "pass", "tool_version:", locked()),
    Scene(
        "PM604", "fail", 'tool_version: "0.0.9"', edited(lambda p: p.update(tool_version="0.0.9"))
    ),
    Scene("PM605", "pass", "content_digest:", locked()),
    Scene("PM605", "fail", "content_digest:", by_hand),
    Scene("PM606", "pass", "model:", locked()),
    Scene("PM606", "fail", "hub_repo:", edited(set_model(hub_repo="acmee/base"))),
    Scene("PM606", "inconclusive", "revision:", edited(set_model(revision=OTHER))),
    Scene("PM701", "pass", "probe:", probed("probe: {required: true}\n")),
    Scene("PM701", "fail", "probe: null", locked(policy="probe: {required: true}\n")),
    Scene("PM701", "skipped", "probe: null", locked()),
    Scene("PM702", "pass", "score: 0.9", probed("probe: {min_score: 0.85}\n")),
    Scene("PM702", "fail", "score: 0.9", probed("probe: {min_score: 0.95}\n")),
    Scene("PM702", "fail", "{", probed("probe: {min_score: 0.85}\n", {"score": 0.8}), "new.json"),
    Scene("PM702", "fail", "score: ", probed("probe: {min_score: 0.5}\n", metric="rmse")),
    Scene("PM703", "pass", "majority:", probed()),
    Scene("PM703", "fail", "tfidf:", probed(gain=(0.01, -0.01, 0.03))),
    Scene("PM703", "pass", "tfidf:", probed("probe: {baselines: [TF-IDF]}\n")),
    Scene(
        "PM703", "inconclusive", "baselines:", probed("probe: {baselines: [tfidf]}\n", baselines={})
    ),
    Scene("PM704", "skipped", "score:", probed()),
    Scene("PM704", "pass", "{", probed(new={"score": 0.89}), "new.json"),
    Scene("PM704", "fail", "{", probed(new={"score": 0.85}), "new.json"),
    Scene("PM704", "inconclusive", "{", probed(new={"metric": "macro_f1"}), "new.json"),
    Scene("PM705", "pass", "made_on:", probed("probe: {max_age_days: 30}\n")),
    Scene("PM705", "fail", "made_on:", probed("probe: {max_age_days: 27}\n")),
    Scene(
        "PM705", "inconclusive", "made_on: null", probed("probe: {max_age_days: 3}\n", made_on=None)
    ),
    Scene("PM706", "pass", "{", probed(new={}), "new.json"),
    Scene("PM706", "fail", "{", probed(new={"digest": "c" * 64}), "new.json"),
    Scene("PM706", "inconclusive", "{", probed(new={"digest": None}), "new.json"),
    Scene("PM706", "fail", "data_digest:", probed("probe: {data: train.csv}\n")),
    Scene("PM707", "pass", "model:", probed()),
    Scene("PM707", "fail", "{", probed(new={"model": "borg/base"}), "new.json"),
    Scene("PM707", "fail", "{", probed(new={"revision": OTHER}), "new.json"),
    Scene("PM707", "inconclusive", "model:", probed(revision=None)),
    Scene("PM707", "pass", "{", probed(new={"revision": None}), "new.json"),
    Scene("PM702", "inconclusive", "probe: null", locked(policy="probe: {min_score: 0.5}\n")),
    Scene("PM702", "skipped", "probe: null", locked(policy=f"probe: {OPTIONAL}\n")),
    Scene("PM703", "inconclusive", "probe: null", locked(policy="probe: {baselines: tf-idf}\n")),
    Scene("PM703", "skipped", "probe: null", locked(policy=f"probe: {OPTIONAL}\n")),
    Scene("PM705", "inconclusive", "probe: null", locked(policy="probe: {max_age_days: 9}\n")),
    Scene("PM706", "inconclusive", "probe: null", locked(policy="probe: {data: train.csv}\n")),
    Scene("PM708", "pass", "probe:", probed()),
    Scene("PM708", "skipped", "probe: null", locked()),
    Scene("PM708", "fail", "score: 1.7", probed(score=1.7)),
    Scene("PM708", "inconclusive", "interval:", probed(interval=[0.5, 0.6])),
    Scene("PM709", "pass", "verdict:", probed()),
    Scene("PM709", "skipped", "probe: null", locked()),
    Scene("PM709", "fail", "verdict:", probed(verdict="does-not-transfer")),
    Scene("PM709", "inconclusive", "verdict:", probed(verdict="inconclusive")),
    Scene("PM710", "pass", "probe:", probed()),
    Scene("PM710", "skipped", "probe: null", locked()),
    Scene("PM710", "fail", "rows: 1", probed(rows=1)),
    Scene("PM710", "fail", "rows: 800", probed("probe: {min_rows: 1000}\n")),
    Scene("PM710", "inconclusive", "method:", probed(method="linear")),
    Scene("PM710", "inconclusive", "probe: null", locked(policy="probe: {min_rows: 9}\n")),
    Scene("PM801", "pass", "from_pretrained", code_with(CALL), "src/train.py"),
    Scene(
        "PM801",
        "fail",
        "from_pretrained",
        code_with('\nAutoModel.from_pretrained("borg/base")\n'),
        "src/train.py",
    ),
    Scene("PM802", "pass", "from_pretrained", code_with(CALL), "src/train.py"),
    Scene(
        "PM802",
        "fail",
        "from_pretrained",
        code_with('AutoModel.from_pretrained("acme/base")\n'),
        "src/train.py",
    ),
    Scene(
        "PM802",
        "inconclusive",
        "from_pretrained",
        code_with('AutoModel.from_pretrained("acme/base", revision=find())\n'),
        "src/train.py",
    ),
    Scene(
        "PM803",
        "inconclusive",
        "from_pretrained",
        code_with("AutoModel.from_pretrained(find())\n"),
        "src/train.py",
    ),
    Scene("PM901", "pass", "exceptions:", excepted("2027-03-01"), "policy.yaml"),
    Scene("PM901", "fail", "expires:", excepted("2027-02-28"), "policy.yaml"),
    Scene("PM902", "pass", "exceptions:", excepted("2027-03-01"), "policy.yaml"),
    Scene("PM902", "fail", "rule:", excepted("2027-03-01", "PM101"), "policy.yaml"),
)
# Rules for which there is nothing that could not be told.
ALWAYS_DECIDED = {
    "PM101", "PM201", "PM202", "PM204", "PM403", "PM404", "PM405", "PM406", "PM502", "PM601",
    "PM602", "PM603", "PM604", "PM605", "PM701", "PM801", "PM901", "PM902",
}  # fmt: skip
HUB_RULES = {"PM102", "PM103"}  # see test_hub


@pytest.mark.parametrize(
    "scene", SCENES, ids=[f"{s.code}-{s.state}-{n}" for n, s in enumerate(SCENES)]
)
def test_a_rule_judges_and_points(scene: Scene, bench: Bench) -> None:
    more = scene.arrange(bench) or []
    done = bench.gate(*more, "--report", "sarif=out.sarif")
    assert done.code in (0, 1, 3), done.err
    found = [c for c in done.checks(scene.code) if c["state"] == scene.state]
    assert found, done.checks(scene.code)
    where = found[0]["location"]
    assert where["file"] == scene.file
    assert scene.line in bench.line(where["file"], where["line"])
    if scene.state in ("fail", "inconclusive"):
        assert found[0]["fix"]
        results = json.loads((bench.folder / "out.sarif").read_text())["runs"][0]["results"]
        place = next(
            r["locations"][0]["physicalLocation"]
            for r in results
            if r["partialFingerprints"]["pickModelFinding/v1"] == found[0]["fingerprint"]
        )
        assert place["artifactLocation"]["uri"] == scene.file
        assert place["region"]["startLine"] == where["line"]


@pytest.mark.parametrize(
    ("code", "arrange", "file", "line"),
    [
        ("PM304", OVER, "policy.yaml", "limits:"),
        ("PM201", locked("borg-web", "license: permissive\n"), "policy.yaml", "license:"),
        ("PM201", task_allows_permissive, "task.yaml", "constraints:"),
        ("PM403", locked(policy="models: {ban: [acme-base]}\n"), "policy.yaml", "ban:"),
        ("PM501", task_tightened, "task.yaml", "max_parameters:"),
        ("PM704", probed(new={"score": 0.8}), "pick-model.lock", "score: 0.9"),
        ("PM802", code_with('from_pretrained("acme/base")\n'), "pick-model.lock", "revision:"),
    ],
)
def test_a_finding_names_the_other_line_that_matters(
    code: str, arrange: Callable[[Bench], list[str] | None], file: str, line: str, bench: Bench
) -> None:
    more = arrange(bench) or []
    done = bench.gate(*more)
    related = next(c["related"] for c in done.checks(code) if c["state"] == "fail")
    assert related["file"] == file
    assert line in bench.line(file, related["line"])


def test_every_rule_has_its_scenes() -> None:
    told = {(scene.code, scene.state) for scene in SCENES}
    for code in RULES.keys() - HUB_RULES:
        if code != "PM803":  # a name is undecidable or it is none of this rule's business
            assert (code, "pass") in told, code
            assert (code, "fail") in told, code
        assert (code, "inconclusive") in told or code in ALWAYS_DECIDED, code


@pytest.mark.parametrize(
    ("fault", "sha", "moved", "gone", "code"),
    [
        ("", COMMITS["acme-base"], "pass", "pass", 0),
        ("", OTHER, "fail", "fail", 1),
        ("404", OTHER, "skipped", "fail", 1),
        ("401", OTHER, "inconclusive", "inconclusive", 3),
        ("500", OTHER, "inconclusive", "inconclusive", 3),
        ("429", OTHER, "inconclusive", "inconclusive", 3),
        ("not-json", COMMITS["acme-base"], "inconclusive", "inconclusive", 3),
        ("slow", OTHER, "inconclusive", "inconclusive", 3),
        ("down", OTHER, "inconclusive", "inconclusive", 3),
        ("offline", OTHER, "inconclusive", "inconclusive", 3),
    ],
)
def test_hub_rules(
    fault: str,
    sha: str,
    moved: str,
    gone: str,
    code: int,
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench.lock()
    bench.policy("rules: {revision-moved: error, PM103: error}\n")
    monkeypatch.setattr("pick_model.gate.hub.TIMEOUT_SECONDS", 0.3)
    repo = Repo(files={"model.safetensors": b""}, card={"license": "mit"}, sha=sha)
    served = fault if fault not in ("down", "offline") else ""
    with serving({"acme/base": repo}, fault=served) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        if fault != "down":
            done = bench.gate(*(["--offline"] if fault == "offline" else []))
            assert bool(hub.requests) == (fault != "offline")
    if fault == "down":
        done = bench.gate()  # the server has gone
    assert [c["state"] for c in done.checks("PM102")] == [moved]
    assert [c["state"] for c in done.checks("PM103")] == [gone]
    assert done.code == code
    assert "127.0.0.1" not in done.out


@pytest.mark.parametrize(
    ("kind", "status", "read"),
    [
        ("gone", 404, "gone"),
        ("disabled", 403, "gone"),
        ("no-revision", 404, "no-revision"),
        ("not-found", 404, "unreachable"),  # a mirror, or a wrong address: no word of the Hub's
        ("gated", 403, "unreachable"),
        ("unreachable", None, "unreachable"),
        ("offline", None, "offline"),
    ],
)
def test_only_the_hubs_own_word_that_a_model_is_gone_is_a_verdict(
    kind: str, status: int | None, read: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        fault = HubFault(message("in-words", words="at http://user:secret@mirror"))
        fault.kind, fault.status = kind, status
        raise fault

    monkeypatch.setattr("pick_model.gate.hub.model_info", fail)
    found = ask_hub("org/name", None, offline=False)
    assert isinstance(found, HubProblem)
    assert found.kind == read
    assert "secret" not in words(found.reason)


@pytest.mark.parametrize(
    ("card", "stated"),
    [
        ({"license": "mit"}, ("MIT",)),
        ({"license": "other", "license_name": "mit"}, ("MIT",)),
        ({"license": "other", "license_name": "our-terms"}, ("our-terms",)),
        ({"license": ["mit", "Apache-2.0"]}, ("MIT", "Apache-2.0")),
        ({"license": {"name": "mit"}}, ("{'name': 'mit'}",)),  # names no licence known here
        ({}, ()),
    ],
)
def test_the_licences_of_a_card_are_stated_in_one_spelling(
    card: dict[str, object], stated: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving({"org/name": Repo(files={}, card=card)}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        found = ask_hub("org/name", None, offline=False)
    assert isinstance(found, HubFacts)
    assert found.stated == stated


def test_the_licence_the_hub_shows_counts_where_the_hub_is_asked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.lock()
    repo = Repo(files={}, card={"license": "cc-by-nc-4.0"}, sha=COMMITS["acme-base"])
    with serving({"acme/base": repo}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert bench.gate().checks("PM204")[0]["state"] == "pass"
        assert not hub.requests
        bench.policy("rules: {PM102: warning}\n")
        found = bench.gate().checks("PM204")[0]
    assert found["state"] == "fail"
    assert "the Hub says CC-BY-NC-4.0" in found["message"]
