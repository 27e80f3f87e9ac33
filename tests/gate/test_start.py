"""What the gate loads, and when it opens a connection."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.hub import Repo, serving

from .bench import TODAY, Bench
from .world import COMMITS

# Libraries whose import alone takes longer than the whole gate may, or opens the way out.
HEAVY = {"torch", "transformers", "numpy", "sklearn", "huggingface_hub", "httpx", "requests"}
HEAVY |= {"ssl", "jsonschema", "pick_model.belief.fit"}
SCRIPT = """\
import contextlib, io, json, sys
from pathlib import Path
import pick_model.catalog.load as load
load.SHIPPED = Path(sys.argv[1])
from pick_model.cli.main import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(["gate", "--today", sys.argv[2], *sys.argv[3:]])
print(json.dumps([code, sorted(sys.modules)]))
"""


@pytest.mark.parametrize("words", [(), ("--format", "json"), ("--report", "sarif=out")])
def test_an_unchanged_choice_is_gated_without_heavy_imports(
    words: tuple[str, ...], bench: Bench
) -> None:
    from pick_model.catalog import load

    bench.lock()
    bench.policy("license: permissive\nlimits: {max_serving_memory_gib: 8}\n")
    shipped = str(load.SHIPPED)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, shipped, TODAY, *words],
        capture_output=True,
        text=True,
        check=True,
    )
    code, loaded = json.loads(done.stdout)
    assert code == 0
    assert not HEAVY & set(loaded)


def test_the_hub_is_asked_only_where_a_rule_needs_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.lock()
    repo = Repo(files={"model.safetensors": b""}, sha=COMMITS["acme-base"])
    with serving({"acme/base": repo}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert bench.gate().code == 0
        assert hub.requests == []
        bench.policy("rules: {PM102: error}\n")
        assert bench.gate("--ignore", "PM102").code == 0
        assert bench.gate("--offline").code == 3
        assert hub.requests == []
        assert bench.gate().code == 0
        asked = [request for request in hub.requests if "/api/models/" in request]
        assert asked == ["GET /api/models/acme/base"]  # the library may ask for more of its own
