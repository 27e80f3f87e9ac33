"""Records: closed, frozen, unchecked in the program and checked where a document takes them in."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import Annotated, Any

import msgspec
import pytest
from pydantic_core import ValidationError

from pick_model.core_schema import After, Alias, Before, Bounds
from pick_model.documents.base import Amount, Count, adapter, from_plain, to_json, to_plain
from pick_model.documents.checked import Document
from pick_model.documents.description import listed
from pick_model.errors import WrongValue
from pick_model.interval import Interval
from pick_model.record import FrozenRecord, field, replace
from pick_model.words.message import Message
from pick_model.words.say import message


class Part(FrozenRecord):
    """One of several."""

    n: Count
    share: Amount = 0.5


class Whole(FrozenRecord):
    """What is made of parts."""

    name: Annotated[str, Bounds(min_length=1)]
    first: Part = Part(n=1)
    parts: tuple[Part, ...] = ()
    spans: dict[str, Interval] = field(default_factory=dict)
    told: Message | None = None
    source: Annotated[str | None, Alias("from")] = None

    def __post_init__(self) -> None:
        if self.name == self.source:
            raise WrongValue(message("come-together", one="name", other="from"), key="name")


class Report(Document):
    whole: Whole


class Twice(Document):
    """The same record in two fields, which pydantic meets one after the other."""

    one: Part
    many: tuple[Part, ...]


PLAIN = {"name": "a", "parts": [{"n": 2}], "spans": {"x": [1.0, 0.5, 2.0]}, "from": "b"}


def test_a_document_takes_the_same_record_in_two_fields() -> None:
    part = Part(n=3)
    assert Twice(one=part, many=(part, Part(n=4))).many == (part, Part(n=4))
    with pytest.raises(ValidationError):
        Twice(one=part, many=(Part(n=-1),))


def test_a_record_is_frozen_and_made_by_keywords_alone() -> None:
    one: Any = Part(n=1)
    with pytest.raises(AttributeError):
        one.n = 2
    make: Any = Part
    with pytest.raises(TypeError):
        make(1)
    with pytest.raises(TypeError):
        make(n=1, m=2)
    assert replace(one, n=3) == Part(n=3) != one


def test_a_mapping_is_read_with_its_defaults_its_aliases_and_records_inside() -> None:
    read = adapter(Whole).validate_python(PLAIN)
    spans = {"x": Interval(1.0, 0.5, 2.0)}
    assert read == Whole(name="a", parts=(Part(n=2),), spans=spans, source="b")
    assert type(read.spans["x"]) is Interval
    assert read.first.share == 0.5


@pytest.mark.parametrize(
    ("change", "kind", "at"),
    [
        ({"nmae": "b"}, "extra_forbidden", ("nmae",)),
        ({"name": ""}, "string_too_short", ("name",)),
        ({"parts": [{"n": -1}]}, "greater_than_equal", ("parts", 0, "n")),
        ({"parts": [{"n": "1"}]}, "int_type", ("parts", 0, "n")),
        ({"parts": [{}]}, "missing", ("parts", 0, "n")),
        ({"first": {"n": 1, "share": float("nan")}}, "finite_number", ("first", "share")),
        ({"first": [1]}, "dict_type", ("first",)),
        ({"from": "a"}, "value_error", ()),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(
    change: dict[str, Any], kind: str, at: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as caught:
        adapter(Whole).validate_python({**PLAIN, **change})
    (problem,) = caught.value.errors()
    assert (problem["type"], problem["loc"]) == (kind, at)
    if kind == "value_error":
        assert isinstance(problem["ctx"]["error"], WrongValue)


def test_what_was_built_unchecked_is_checked_when_a_document_takes_it_in() -> None:
    built = Whole(name="", parts=(Part(n=-1),))
    with pytest.raises(ValidationError) as caught:
        Report(whole=built)
    places = [problem["loc"] for problem in caught.value.errors()]
    assert places == [("whole", "name"), ("whole", "parts", 0, "n")]
    fine = Whole(name="a", source="b")
    assert Report(whole=fine).whole == fine


def test_both_ways_of_writing_say_the_same() -> None:
    inner = message("with-hint", what=message("not-given"), hint=message("no-day", value="x"))
    one = Whole(name="ä\u2028", parts=(Part(n=2, share=1e-7),), told=inner)
    written = json.loads(to_json(one))
    assert written == adapter(Whole).dump_python(one, mode="json")
    assert written["told"]["values"]["hint"] == {"code": "no-day", "values": {"value": "x"}}
    assert "\\u2028" in to_json(one)
    assert list(written) == ["name", "first", "parts", "spans", "told", "source"]


class Named(Document):
    name: str


def test_a_name_that_is_not_utf_8_is_written_as_text() -> None:
    half = "x\udce9.csv"
    for one in (Whole(name=half), Named(name=half)):
        text = to_json(one)
        assert json.loads(text)["name"] == "x\\udce9.csv"
        text.encode("utf-8")


def test_what_is_at_its_default_is_left_out_and_comes_back() -> None:
    one = Whole(name="a", parts=(Part(n=2),), spans={"x": Interval(1.0, 0.5, 2.0)})
    plain = to_plain(one)
    assert plain == {"name": "a", "parts": [{"n": 2}], "spans": {"x": [1.0, 0.5, 2.0]}}
    assert from_plain(Whole, plain) == one
    for wrong in ({**plain, "more": 1}, {**plain, "parts": [{}]}, {"parts": []}):
        with pytest.raises(msgspec.ValidationError):
            from_plain(Whole, wrong)


def test_no_two_records_share_what_can_change() -> None:
    Whole(name="a").spans["x"] = Interval(1, 1, 1)
    assert not Whole(name="a").spans


def test_a_record_goes_to_another_process_and_a_message_into_a_set() -> None:
    one = Whole(name="a", told=message("no-day", value="x"))
    assert pickle.loads(pickle.dumps(one)) == one
    told = [
        message("no-day", value="x"),
        message("no-day", value="y"),
        message("no-day", value="x"),
    ]
    assert len(set(told)) == 2


def test_a_schema_calls_a_record_by_its_name_and_says_what_it_is() -> None:
    schema = adapter(Whole).json_schema()
    assert (schema["title"], schema["description"]) == ("Whole", "What is made of parts.")
    assert schema["required"] == ["name"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["first"]["default"] == {"n": 1, "share": 0.5}
    assert schema["$defs"]["Part"]["properties"]["n"]["minimum"] == 0


def test_reading_a_profile_needs_nothing_of_pydantic_but_its_core() -> None:
    """What reads types there would be a fifth of every start."""
    code = (
        "import sys\n"
        "from pick_model.documents.base import adapter\n"
        "from pick_model.documents.task import Task\n"
        "adapter(Task).validate_python({'task': 'text-classification', 'languages': 'en'})\n"
        "print(*(name for name in sys.modules if name.split('.')[0] == 'pydantic'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")


class Checked(Document):
    """The checks of records, where pydantic reads them itself."""

    n: Count
    words: Annotated[tuple[str, ...], Bounds(min_length=1), Before(listed)]
    name: Annotated[str, After(str.upper)]


class CheckedRecord(FrozenRecord):
    n: Count
    words: Annotated[tuple[str, ...], Bounds(min_length=1), Before(listed)]
    name: Annotated[str, After(str.upper)]


@pytest.mark.parametrize("kind", [Checked, CheckedRecord])
def test_records_and_documents_hold_a_value_to_the_same_checks(kind: Any) -> None:
    found = adapter(kind).validate_python({"n": 1, "words": "a", "name": "b"})
    assert (found.n, found.words, found.name) == (1, ("a",), "B")
    with pytest.raises(ValidationError) as caught:
        adapter(kind).validate_python({"n": True, "words": [], "name": "b"})
    kinds = [problem["type"] for problem in caught.value.errors()]
    assert kinds == ["int_type", "too_short"]
    schema = adapter(kind).json_schema()
    assert schema["properties"]["words"]["minItems"] == 1


def test_a_document_may_hold_a_record_twice() -> None:
    class Pair(Document):
        first: Message
        second: Message | None = None
        more: tuple[Message, ...] = ()

    one = Message(code="not-given", values={"of": Message(code="auto", values={})})
    pair = Pair(first=one, second=one, more=(one,))
    assert (pair.first, pair.second, pair.more) == (one, one, (one,))
    assert Pair.model_validate_json(pair.model_dump_json()) == pair
