"""What a lock holds, that it reads back as it was written, and that it is the same everywhere."""

from __future__ import annotations

import hashlib
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pick_model.documents.base import adapter
from pick_model.documents.lock import Lock
from pick_model.documents.policy import Policy
from pick_model.documents.reader import parse_yaml, read_document, read_yaml
from pick_model.gate.digest import lock_digest
from pick_model.gate.hub import weight_formats
from pick_model.record import asdict
from pick_model.render.yaml_text import as_yaml, lock_yaml
from tests.hub import Repo, serving

from .bench import DATA, TODAY, Bench, ledger
from .world import COMMITS, TOP_GROUP

OTHER = "f0" * 20


def read(bench: Bench) -> Lock:
    return read_document(bench.folder / "pick-model.lock", Lock)[0]


def test_a_lock_holds_the_choice_and_what_it_rests_on(bench: Bench) -> None:
    bench.write("results.jsonl", ledger({"acme/base": 0.9}))
    probe = bench.probe()
    bench.lock("ACME/Base", "--probe", probe, "--results", "results.jsonl")
    lock = read(bench)
    assert lock.locked_on == TODAY
    assert (lock.model.id, lock.model.hub_repo) == ("acme-base", "acme/base")
    assert lock.model.revision == COMMITS["acme-base"]
    assert (lock.model.license, lock.model.family) == ("MIT", "acme")
    assert lock.task.file == "task.yaml"
    assert lock.results
    assert lock.results.digest == hashlib.sha256(ledger({"acme/base": 0.9}).encode()).hexdigest()
    assert lock.ranking.rank == 1
    assert tuple(standing.id for standing in lock.ranking.top) == TOP_GROUP
    assert lock.ranking.n_top == len(TOP_GROUP)
    assert lock.ranking.top_low == min(standing.score for standing in lock.ranking.top)
    assert lock.ranking.score in {standing.score for standing in lock.ranking.top}
    assert {"training_memory_gib", "serving_memory_gib", "latency_ms"} <= set(lock.estimates)
    assert lock.probe
    assert lock.probe.baselines["tfidf"].difference
    assert lock.probe.baselines["tfidf"].difference.low == 0.03
    assert (lock.probe.seeds, lock.probe.rows, lock.probe.method) == (3, 800, "full")
    assert (
        lock.probe.report_digest == hashlib.sha256((bench.folder / probe).read_bytes()).hexdigest()
    )


def test_ones_own_results_are_ranked_with_at_the_lock_and_at_the_gate(bench: Bench) -> None:
    task = (bench.folder / "task.yaml").read_text()
    bench.write("task.yaml", task.replace("transferability: 0", "transferability: 9"))
    scores = {"acme/base": 0.80, "acme/large": 0.81, "acme/tiny": 0.95}
    bench.lock("acme-tiny")
    without = read(bench).ranking
    bench.write("results.jsonl", ledger(scores))
    bench.lock("acme-tiny", "--results", "results.jsonl")
    ranked = read(bench).ranking
    assert without.score
    assert ranked.score
    assert ranked.score > without.score
    assert ranked.rank == 1
    assert bench.gate().checks("PM502")[0]["state"] == "pass"
    bench.write("results.jsonl", ledger({**scores, "acme/tiny": 0.60}))
    done = bench.gate()
    assert done.checks("PM603")[0]["state"] == "fail"
    assert done.checks("PM502")[0]["state"] == "fail"


def test_the_data_says_which_results_of_a_ledger_count(bench: Bench) -> None:
    bench.write("train.csv", DATA)
    other = ledger({"acme/base": 0.9}).replace("d" * 64, "c" * 64)
    bench.write("results.jsonl", ledger({"acme/base": 0.9}) + other)
    words = ("lock", "task.yaml", "acme-base", "--offline", "--results", "results.jsonl")
    done = bench.run(*words)
    assert done.code == 2
    assert "--data FILE" in done.err
    done = bench.run(*words, "--data", "train.csv")
    assert done.code == 2  # neither is about this file
    mine = hashlib.sha256(DATA.encode()).hexdigest()
    bench.write("results.jsonl", other + ledger({"acme/base": 0.9}).replace("d" * 64, mine))
    assert bench.run(*words, "--data", "train.csv").code == 0
    results = read(bench).results
    assert results
    assert results.data_digest == mine
    assert bench.gate().checks("PM603")[0]["state"] == "pass"


def test_the_chain_of_base_models_is_written_out(bench: Bench) -> None:
    bench.lock("borg-base")
    assert [(b.id, b.license) for b in read(bench).model.base_models] == [
        ("borg-web", "CC-BY-NC-4.0")
    ]


def test_a_lock_reads_back_as_it_was_written(bench: Bench) -> None:
    bench.lock("acme-base", "--probe", bench.probe())
    text = (bench.folder / "pick-model.lock").read_text(encoding="utf-8")
    lock = read(bench)
    assert lock_yaml(lock).split("\n", 2)[2] == text
    assert parse_yaml(text, "x").value == yaml.safe_load(text)  # with any reader of YAML
    assert lock_digest(read_yaml(bench.folder / "pick-model.lock").value) == lock.content_digest


def test_locking_twice_gives_the_same_bytes_wherever_it_is_done(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.lock()
    first = (bench.folder / "pick-model.lock").read_bytes()
    monkeypatch.chdir("/")
    task, lock = bench.folder / "task.yaml", bench.folder / "pick-model.lock"
    words = ("acme-base", "--offline", "--today", TODAY, "-o", str(lock))
    assert bench.run("lock", str(task), *words).code == 0
    told = {"remote_code": False, "facts_from": "hub"}
    bench.edit_lock(lambda plain: plain["model"].update(told))
    assert lock.read_bytes() == first


def test_a_lock_in_another_folder_finds_its_task_and_overlays(bench: Bench) -> None:
    bench.write("overlays/own.yaml", "ban:\n- {id: acme-tiny, reason: no}\n")
    (bench.folder / "locks").mkdir()
    words = ("--offline", "--catalog", "overlays/own.yaml", "-o", "locks/a.lock")
    assert bench.run("lock", "task.yaml", "acme-base", *words).code == 0
    lock = read_document(bench.folder / "locks" / "a.lock", Lock)[0]
    assert lock.task.file == "../task.yaml"
    assert lock.catalog.overlays == ("../overlays/own.yaml",)
    done = bench.gate("--lock", "locks/a.lock")
    assert done.checks("PM602")[0]["state"] == "pass"
    assert done.checks("PM601")[0]["state"] == "pass"
    (bench.folder / "task.yaml").unlink()
    done = bench.gate("--lock", "locks/a.lock")
    assert done.code == 2
    assert "locks/a.lock:" in done.err
    assert "name it with --task" in done.err


def test_the_hub_tells_commit_weights_and_remote_code(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.catalog({"acme-base": {"revision": None, "weights": None}})
    files = {"model.safetensors": b"", "pytorch_model.bin": b"", "training_args.bin": b""}
    with serving({"acme/base": Repo(files=files, sha=OTHER)}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        done = bench.run("lock", "task.yaml", "acme-base", "--today", TODAY)
    assert done.code == 0
    model = read(bench).model
    assert model.revision == OTHER
    assert model.weights == ("safetensors", "pickle")
    assert (model.remote_code, model.facts_from) == (False, "hub")


def test_code_in_the_repository_is_noticed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(files={}, sha=COMMITS["acme-base"], tags=("custom_code",))
    with serving({"acme/base": repo}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert bench.run("lock", "task.yaml", "acme-base", "--today", TODAY).code == 0
    assert read(bench).model.remote_code is True


@pytest.mark.parametrize(
    ("revision", "fault", "code", "pinned", "told"),
    [
        (None, "500", 0, COMMITS["acme-base"], "the Hub answered 500"),
        (OTHER, "500", 0, OTHER, "the Hub answered 500"),
        ("main", "500", 4, None, "give a 40-digit commit"),
        ("v9", "", 4, None, "has no revision 'v9'"),
        ("main", "", 0, OTHER, "wrote pick-model.lock"),
    ],
)
def test_a_branch_needs_the_hub_and_a_commit_does_not(
    revision: str | None,
    fault: str,
    code: int,
    pinned: str | None,
    told: str,
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = ["--revision", revision] if revision else []
    with serving({"acme/base": Repo(files={}, sha=OTHER)}, fault=fault) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        done = bench.run("lock", "task.yaml", "acme-base", "--today", TODAY, *words)
    assert done.code == code
    assert told in done.err
    if pinned:
        assert read(bench).model.revision == pinned
    else:
        assert not (bench.folder / "pick-model.lock").exists()


def test_an_unpinned_lock_is_written_and_then_fails(bench: Bench) -> None:
    bench.catalog({"acme-base": {"revision": None}})
    assert "gate will report PM101" in bench.lock().err
    done = bench.gate()
    assert done.code == 1
    assert done.checks("PM101")[0]["state"] == "fail"


def test_a_lock_that_stands_where_another_model_was_locked_says_so(bench: Bench) -> None:
    assert "it stands where" not in bench.lock("acme-base").err
    assert "it stands where" not in bench.lock("acme-base").err
    assert "it stands where acme-base was locked" in bench.lock("acme-large").err
    bench.write("pick-model.lock", "no lock at all")
    assert "it stands where" not in bench.lock("acme-large").err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("acme-bass",), 2, "did you mean 'acme-base'?"),
        (("acme-base@" + OTHER,), 2, f"--revision {OTHER}"),
        (("acme-base", "--probe", "other.json"), 2, "holds no probe of acme-base"),
        (("acme-base", "--probe", "task.yaml"), 2, "is not JSON"),
        (("acme-base", "--results", "none.jsonl"), 2, "none.jsonl: cannot be read"),
        (("acme-base", "-o", "missing/a.lock"), 2, "cannot be written"),
        (("acme-base", "--today", "2027-02-30"), 2, "write YYYY-MM-DD"),
        (("acme-base", "--catalog", "ban.yaml"), 2, "banned by an overlay: recalled"),
    ],
)
def test_wrong_words(words: tuple[str, ...], code: int, told: str, bench: Bench) -> None:
    bench.probe("other.json", model="borg/base")
    bench.write("ban.yaml", "ban:\n- {id: acme-base, reason: recalled}\n")
    done = bench.run("lock", "task.yaml", "--offline", *words)
    assert done.code == code
    assert told in done.err
    assert len(done.err.splitlines()) == 1
    assert not (bench.folder / "pick-model.lock").exists()


@pytest.mark.parametrize(
    ("report", "told"),
    [
        ("[]", "is no report of pick-model probe"),
        ('{"command": "screen", "results": []}', "command"),
        ('{"command": "probe", "results": [{"model": "acme/base"}]}', "results.0"),
        ('{"command": "probe", "results": []}', "it holds none at all"),
        ("[" * 100_000, "nests too deep"),
        ("\x00", "binary"),
        ('{"command": "probe", "results": 1e999}', "results"),
    ],
)
def test_a_file_that_is_no_probe_report_is_refused(report: str, told: str, bench: Bench) -> None:
    bench.write("report.json", report)
    done = bench.run("lock", "task.yaml", "acme-base", "--offline", "--probe", "report.json")
    assert done.code == 2
    assert told in done.err


@pytest.mark.parametrize("model", ["acme-base", "acme-tiny", "borg-base", "cyan-base"])
def test_nothing_contradicts_a_lock_that_was_just_made(model: str, bench: Bench) -> None:
    bench.write("results.jsonl", ledger({"acme/base": 0.9}))
    bench.lock(model, "--results", "results.jsonl")
    assert [c["state"] for c in bench.gate().checks("PM606")] == ["pass"]


def test_a_lock_that_was_sealed_again_is_ranked_from_its_catalog(bench: Bench) -> None:
    """A changed digest of the catalog leads to a new ranking, whatever the lock claims."""
    bench.lock("acme-tiny")

    def claim(plain: dict[str, Any]) -> None:
        plain["ranking"]["rank"] = 1
        plain["catalog"]["digest"] = "0" * 64

    bench.edit_lock(claim)
    assert bench.gate().checks("PM502")[0]["state"] == "fail"


def test_hub_files_are_told_by_their_endings() -> None:
    assert weight_formats(["a.safetensors", "onnx/m.onnx", "x.BIN", "tf.h5"]) == (
        "safetensors",
        "onnx",
        "pickle",
        "other",
    )
    assert weight_formats(["training_args.bin", "optimizer.pt", "config.json"]) == ()


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
    | st.sampled_from(["no", "1e5", "null", "~", "0x1", "2027-01-01", "- a", "a: b", "#", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab-: #", max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc_- :#", min_size=1, max_size=4), values, max_size=4))
def test_any_plain_values_survive_our_yaml(plain: dict[str, Any]) -> None:
    text = as_yaml(plain, "a header\nof two lines")
    assert (parse_yaml(text, "x").value or {}) == plain


def test_example_documents_fit_the_published_schemas(bench: Bench) -> None:
    bench.write("train.csv", DATA)
    bench.lock("acme-base", "--probe", bench.probe())
    jsonschema.validate(
        read_yaml(bench.folder / "pick-model.lock").value, adapter(Lock).json_schema()
    )
    policy = (
        "license: [MIT]\nexceptions:\n- {rule: PM101, owner: a, reason: b, expires: 2027-01-01}\n"
    )
    bench.policy(policy)
    jsonschema.validate(
        read_yaml(bench.folder / "policy.yaml").value, adapter(Policy).json_schema()
    )
    assert asdict(read(bench))["schema_version"] == 1


def test_lock_and_gate_say_why_a_model_comes_after_all_others(bench: Bench) -> None:
    """Its score is one of the top group's, and a later version has the same."""
    bench.lock()
    assert "behind-later" not in str(bench.gate().checks("PM502"))
    bench.catalog({"acme-base": {"superseded_by": "acme-next"}}, {"acme-next": 1e12})
    [check] = bench.gate().checks("PM502")
    assert check["state"] == "pass"  # PM405 warns of the later version
    assert "a later version, acme-next, is no worse" in check["message"]
    assert "a later version, acme-next, is no worse" in " ".join(bench.lock().err.split())
