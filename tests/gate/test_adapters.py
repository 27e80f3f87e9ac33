"""A base model and the adapter over it are one choice: the lock pins both, and the gate both."""

from __future__ import annotations

import pytest

from pick_model.documents.reader import read_yaml
from tests.hub import Repo, serving

from .bench import Bench
from .world import COMMITS

FILES = {"adapter_config.json": b"{}", "adapter_model.safetensors": b"x"}
OTHER = "cd" * 20


def locked_over_hub(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, base: Repo, *, known: bool
) -> None:
    """acme-small locked with a Hub that holds an adapter of it. known: the catalog has the base's
    commit."""
    if not known:
        bench.catalog({"acme-tutor": {"revision": None}})
    adapter = Repo(files=FILES, sha=COMMITS["acme-small"])
    with serving({"acme/small": adapter, "acme/tutor": base}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        done = bench.run("lock", "task.yaml", "acme-small", "--today", "2027-03-01")
        assert done.code == 0, done.err


def test_the_lock_says_that_it_is_an_adapter_and_pins_its_base(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked_over_hub(bench, monkeypatch, Repo(files={}), known=True)
    model = read_yaml(bench.folder / "pick-model.lock").value["model"]
    assert model["adapter"] is True
    base = model["base_models"][0]
    assert (base["id"], base["hub_repo"]) == ("acme-tutor", "acme/tutor")
    assert base["revision"] == COMMITS["acme-tutor"]


@pytest.mark.parametrize(("sha", "code", "state"), [(OTHER, 0, "pass"), ("ef" * 20, 1, "fail")])
def test_a_base_that_the_catalog_has_no_commit_of_is_pinned_and_checked_at_the_hub(
    sha: str, code: int, state: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked_over_hub(bench, monkeypatch, Repo(files={}, sha=OTHER), known=False)
    pinned = read_yaml(bench.folder / "pick-model.lock").value["model"]["base_models"][0]
    assert pinned["revision"] == OTHER
    with serving({"acme/tutor": Repo(files={}, sha=sha)}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        done = bench.gate("--ignore", "PM502", "--ignore", "PM606")
    assert [check["state"] for check in done.checks("PM104")] == [state]
    assert done.code == code, done.out


def test_a_base_that_no_hub_tells_of_leaves_it_open(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked_over_hub(bench, monkeypatch, Repo(files={}, sha=OTHER), known=False)
    done = bench.gate("--offline", "--ignore", "PM502", "--ignore", "PM606")
    assert [check["state"] for check in done.checks("PM104")] == ["inconclusive"]
    assert done.code == 3


def test_a_lock_cannot_deny_that_its_model_is_an_adapter(bench: Bench) -> None:
    bench.catalog({"acme-small": {"adapter": True}})
    bench.lock("acme-small")
    bench.edit_lock(lambda plain: plain["model"].update(adapter=False))
    bench.catalog({"acme-small": {"adapter": True}, "acme-tutor": {"revision": OTHER}})
    assert [check["state"] for check in bench.gate("--offline").checks("PM104")] == ["fail"]


def test_a_lock_of_before_there_were_adapters_is_read_and_gated(bench: Bench) -> None:
    bench.lock("acme-small")

    def older(plain: dict[str, dict[str, object]]) -> None:
        del plain["model"]["adapter"]
        for base in plain["model"]["base_models"]:  # type: ignore[attr-defined]
            del base["hub_repo"], base["revision"]

    bench.edit_lock(older)
    assert [check["state"] for check in bench.gate("--offline").checks("PM104")] == ["skipped"]


def test_an_adapter_of_no_base_is_refused_in_a_catalog(bench: Bench) -> None:
    bench.write("own.yaml", "corrections:\n  - {id: acme-base, set: {adapter: true}, source: us}\n")
    done = bench.run("recommend", "task.yaml", "--catalog", "own.yaml")
    assert done.code == 2
    assert "base_model" in done.err
