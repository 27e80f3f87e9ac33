"""Reasons of rejection, in words."""

from __future__ import annotations

import pytest

from pick_model.advise import report
from pick_model.advise.constraints import Broken, Rejection
from pick_model.words.message import Message
from pick_model.words.say import message, say


def test_a_reason_that_many_share_is_put_into_words_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def counted(one: Message) -> str:
        told.append(one.code)
        return say(one)

    monkeypatch.setattr(report, "say", counted)
    shared = Broken("task", message("not-for-task", task="summarization"))
    own = Broken("license", message("license-unknown"), message("cut-inputs", tokens=512))
    found = report.all_rejected(
        [Rejection("a", shared), Rejection("b", own), Rejection("c", shared)]
    )
    assert told == ["not-for-task", "license-unknown", "cut-inputs"]
    assert [one.id for one in found] == ["a", "b", "c"]
    assert [one.reason for one in found] == [say(b.reason) for b in (shared, own, shared)]
    assert found[1].near_miss == say(message("cut-inputs", tokens=512))
