"""An agent's client lists the tools and calls every one, as the SDK does it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import jsonschema
import pytest

from pick_model.cli.tools import TOOLS, call, input_schema

from .conftest import ROOT, TICKETS, Run

anyio = pytest.importorskip("anyio")
sdk = pytest.importorskip("mcp", reason="the extra mcp is not installed")
LOCK = str(ROOT / "examples" / "support-tickets" / "pick-model.lock")
PROFILE = {"task": "text-classification", "languages": ["en"], "n_labels": 6, "n_rows": 8000}
# Of each tool a call that succeeds, and what must be in its answer.
CALLS: dict[str, tuple[dict[str, Any], str]] = {
    "recommend": ({"profile": PROFILE, "top": 3, "weights": {"compute": 0.4}}, "decision"),
    "explain": ({"task": TICKETS, "model": "roberta-base"}, "facts"),
    "estimate": ({"model": "bert-base-uncased", "batch": 8, "length": 512}, "estimates"),
    "gate": ({"lock": LOCK, "offline": True}, "checks"),
    "catalog_search": ({"words": ["roberta"], "language": ["en"]}, "models"),
}


def with_client(use: Callable[[Any], Awaitable[None]]) -> None:
    """A session of the SDK's client with the server as a process of its own."""
    from mcp.client.stdio import StdioServerParameters, stdio_client

    async def go() -> None:
        started = StdioServerParameters(
            command=sys.executable, args=["-m", "pick_model", "mcp"], env=dict(os.environ)
        )
        async with (
            stdio_client(started) as (reading, writing),
            sdk.ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            await use(session)

    anyio.run(go)


def test_a_client_lists_and_calls_every_tool() -> None:
    """The client itself checks each answer by the schema that the tool declares."""

    async def use(session: Any) -> None:
        listed = (await session.list_tools()).tools
        assert {tool.name for tool in listed} == set(TOOLS) == set(CALLS)
        for tool in listed:
            arguments, key = CALLS[tool.name]
            jsonschema.validate(arguments, tool.input_schema)
            assert tool.output_schema["type"] == "object"
            answer = await session.call_tool(tool.name, arguments)
            assert not answer.is_error, answer.content
            assert key in answer.structured_content
            assert json.loads(answer.content[0].text) == answer.structured_content
        wrong = await session.call_tool("explain", {"task": TICKETS, "model": "robberta-base"})
        assert wrong.is_error
        assert wrong.structured_content["error"]["code"] == "unknown-name"
        assert "roberta-base" in wrong.structured_content["error"]["hint"]
        again = await session.call_tool("catalog_search", {"words": ["bert"]})
        assert not again.is_error

    with_client(use)


def test_a_tool_says_what_the_command_says(run: Run) -> None:
    said = json.loads(
        run("recommend", TICKETS, "--top", "2", "--weight", "compute=3", "-f", "json").out
    )
    answer = call("recommend", {"task": TICKETS, "top": 2, "weights": {"compute": 3}})
    assert answer.document == said
    assert not answer.is_error


def test_a_gate_that_fails_is_an_answer_and_not_an_error(tmp_path: Any) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("license: permissive\nlimits: {max_parameters: 1000}\n")
    answer = call("gate", {"lock": LOCK, "offline": True, "policy": str(policy)})
    assert answer.document["verdict"] == "fail"
    assert not answer.is_error


@pytest.mark.parametrize(
    ("name", "arguments", "code", "told"),
    [
        ("recomend", {}, "usage", "recommend"),
        ("recommend", {}, "usage", "one of task and profile"),
        ("recommend", {"task": TICKETS, "profile": PROFILE}, "usage", "one of task and profile"),
        ("recommend", {"task": TICKETS, "tops": 1}, "usage", "top"),
        ("recommend", {"task": "none.yaml"}, "input", "no such file"),
        ("recommend", {"task": "--help"}, "input", "--help"),
        ("recommend", {"profile": {"task": "nothing"}}, "schema", "unknown task"),
        ("recommend", {"profile": {"task": "text-classification", "x": 1}}, "schema", "x"),
        ("recommend", {"task": TICKETS, "top": "many"}, "usage", "top"),
        ("recommend", {"task": {"task": "text-classification"}}, "usage", "task: should be a valid string"),
        ("recommend", {"task": 5}, "usage", "task: should be a valid string, not 5"),
        ("recommend", {"task": TICKETS, "top": True}, "usage", "top: should be a valid integer"),
        ("recommend", {"task": TICKETS, "weights": {"compute": "x"}}, "usage", "weights.compute: "),
        ("recommend", {"profile": "text-classification"}, "usage", "profile: should be a mapping"),
        ("explain", {"task": TICKETS, "model": None}, "usage", "model: should be a valid string"),
        ("catalog_search", {"words": "bert"}, "usage", "words: should be a list"),
        ("catalog_search", {"words": [1]}, "usage", "words.0: should be a valid string"),
        ("gate", {"lock": "none.lock", "offline": "yes"}, "usage", "offline: should be true or false"),
        ("explain", {"task": TICKETS}, "usage", "model is needed"),
        ("explain", {"task": TICKETS, "model": "-h"}, "unknown-name", "-h"),
        ("estimate", {"model": "bert-base-uncased", "hardware": "abacus"}, "unknown-name", "abacus"),
        ("gate", {"lock": "none.lock", "offline": True}, "input", "none.lock"),
        ("catalog_search", {"words": ["zzzzzzz"]}, "no-candidate", "zzzzzzz"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_answered_with_the_kind_of_error(
    name: str, arguments: dict[str, Any], code: str, told: str
) -> None:
    answer = call(name, arguments)
    assert answer.is_error
    assert answer.document["error"]["code"] == code
    assert told in json.dumps(answer.document)


def test_what_a_schema_allows_is_what_a_call_takes() -> None:
    for name, (arguments, _) in CALLS.items():
        jsonschema.validate(arguments, input_schema(TOOLS[name]))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"task": "a", "profile": {}}, input_schema(TOOLS["recommend"]))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"lock": "a", "report": "x"}, input_schema(TOOLS["gate"]))


def test_without_the_extra_the_message_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.stdio", None)
    done = run("mcp")
    assert done.code == 4
    assert "pick-model[mcp]" in done.err


def test_the_server_ends_when_its_stdin_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pick_model", "mcp"], input=b"", capture_output=True, timeout=60
    )
    assert done.returncode == 0
    assert done.stdout == b""
