"""One table turns what the Hub's client raises into errors; sizes are known before a download."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import constants, errors

from pick_model.errors import EnvironmentProblem, UsageError
from pick_model.hub.client import json_file, model_info
from pick_model.hub.faults import FAULTS, BadContent, Gone, HubFault, Refused, hub_error
from pick_model.words.say import message
from tests.hub import Repo, serving
from tests.told import words

DO_WITHOUT = message("in-words", words="do without")


def http(status: int, kind: type[errors.HfHubHTTPError] = errors.HfHubHTTPError) -> Exception:
    fault = kind.__new__(kind, "said by the server")
    fault.response = SimpleNamespace(status_code=status)  # type: ignore[assignment]
    return fault


class ProtocolError(OSError):
    """As urllib3 calls it."""


# the fault, whether only the cache was to be read, its row, code and exit
TOLD: list[tuple[BaseException, bool, str, str, int]] = [
    (OSError(errno.ENOSPC, "full"), False, "disk", "disk", 4),
    (errors.HFValidationError("x"), False, "no-name", "usage", 2),
    (http(403, errors.GatedRepoError), False, "gated", "gated", 4),
    (http(404, errors.RevisionNotFoundError), False, "no-revision", "hub", 4),
    (http(404, errors.RepositoryNotFoundError), False, "gone", "hub", 4),
    (http(403, errors.DisabledRepoError), False, "disabled", "hub", 4),
    (http(404), False, "not-found", "hub", 4),
    (http(401), False, "refused", "gated", 4),
    (http(403), False, "refused", "gated", 4),
    (http(429), False, "too-many", "hub", 4),
    (http(503), False, "failing", "hub-down", 4),
    (http(418), False, "answered", "hub", 4),
    (errors.LocalEntryNotFoundError("x"), True, "not-cached", "offline", 4),
    (errors.OfflineModeIsEnabled("x"), False, "offline", "offline", 4),
    (TimeoutError("the read timed out"), False, "slow", "hub-down", 4),
    (ProtocolError("cut"), False, "broken-off", "hub", 4),
    (ConnectionRefusedError("no"), False, "unreachable", "hub-down", 4),
    (errors.LocalEntryNotFoundError("x"), False, "unreachable", "hub-down", 4),
    (json.JSONDecodeError("x", "", 0), False, "nonsense", "hub", 4),
    (ValueError("x"), False, "nonsense", "hub", 4),
]


@pytest.mark.parametrize(("fault", "local", "kind", "code", "exit_code"), TOLD)
def test_a_fault_has_one_row_with_its_code_exit_and_hint(
    fault: BaseException, local: bool, kind: str, code: str, exit_code: int
) -> None:
    try:
        raise RuntimeError("the client wraps faults") from fault
    except RuntimeError as wrapped:
        error = hub_error(wrapped, "org/{name}", "main", local=local, otherwise=DO_WITHOUT)
    row = FAULTS[kind]
    assert (type(error), error.code, error.exit_code) == (row.error, code, exit_code)
    assert error.message.code == row.message[0]
    assert ("or do without" in words(error.hint)) == ("other" in row.hint)
    assert "said by the server" not in str(error)
    assert isinstance(error, UsageError) or getattr(error, "kind", None) == kind


def test_every_row_is_tried() -> None:
    assert {kind for _, _, kind, _, _ in TOLD} == set(FAULTS)
    assert {row.error for row in FAULTS.values()} == {HubFault, Gone, Refused, UsageError}


def test_a_file_that_is_said_to_be_too_large_is_not_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("pick_model.hub.client.MAX_JSON", 10)
    files = {"config.json": b'{"a": 1}', "large.json": b'{"a": 1000000}'}
    with serving({"org/name": Repo(files)}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        head = model_info("org/name", sizes=True)
        assert head.sizes == {name: len(content) for name, content in files.items()}
        assert json_file(head, "config.json") == {"a": 1}
        with pytest.raises(BadContent, match=r"large\.json of org/name is larger"):
            json_file(head, "large.json")
        assert not any("large.json" in request for request in hub.requests)
        unsized = model_info("org/name")
        assert unsized.sizes == {}
        with pytest.raises(EnvironmentProblem, match="is larger"):
            json_file(unsized, "large.json")
