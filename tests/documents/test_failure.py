"""An error as a document: the sentence, and what it says for machines."""

from __future__ import annotations

import json

from pick_model.documents.base import to_json
from pick_model.documents.failure import error_report
from pick_model.errors import Location, UnknownName, did_you_mean
from pick_model.words.message import Message
from pick_model.words.say import message, say


def body(error: UnknownName) -> dict[str, object]:
    told = json.loads(to_json(error_report(error)))["error"]
    assert isinstance(told, dict)
    return told


def test_the_sentence_can_be_said_again_from_the_code_and_values() -> None:
    error = UnknownName(
        message("no-model-in-catalog", name="robreta"),
        location=Location("task.yaml", 3),
        hint=did_you_mean("robreta", ["roberta", "bert"]),
    )
    told = body(error)
    assert told["code"] == "unknown-name"
    assert told["message_code"] == "no-model-in-catalog"
    assert told["values"] == {"name": "robreta"}
    assert told["message"] == say(Message(code="no-model-in-catalog", values={"name": "robreta"}))
    assert told["hint_message"] == {"code": "did-you-mean", "values": {"guess": "roberta"}}
    assert told["hint"] == "did you mean 'roberta'?"


def test_what_no_json_can_hold_is_told_as_text() -> None:
    half = "x\udce9.yaml"  # the name of a file that is not UTF-8
    inner = message("file-holds-entry", file=half, id="a")
    told = body(UnknownName(message("of-entry", id=half, what=inner), hint=inner))
    assert told["values"] == {
        "id": "x\\udce9.yaml",
        "what": {"code": "file-holds-entry", "values": {"file": "x\\udce9.yaml", "id": "a"}},
    }
    priced = message("price-not-positive", option="--point-worth", price=float("inf"))
    assert body(UnknownName(priced))["values"] == {"option": "--point-worth", "price": "inf"}


def test_few_names_are_all_listed_and_of_many_the_first() -> None:
    assert say(did_you_mean("zzz", ["aa", "bb"])) == "one of: aa, bb"
    variants = ["a100-40gb", "a100-80gb", "h100"]
    assert say(did_you_mean("a100", variants)) == "one of: a100-40gb, a100-80gb"
    assert say(did_you_mean("zzz", ["aa", "bb", "cc"], listed=2)) == "one of: aa, bb, …"
