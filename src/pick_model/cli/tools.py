"""The commands that an agent may call, each as a tool with a schema.

A tool is a command with `--format json`: what it takes becomes options, what it gives back is
the command's own document, checked by the schema of that document. So nothing is decided here.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pick_model.documents.reader import brief
from pick_model.errors import GATE_FAILED, INCONCLUSIVE, OK, UsageError, did_you_mean
from pick_model.words.say import message

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 1}
AMOUNT: dict[str, Any] = {"type": "number", "exclusiveMinimum": 0}


class Parameter(NamedTuple):
    """One thing a tool takes."""

    schema: Mapping[str, Any]
    told: str  # what it is, for whoever calls
    option: str = ""  # the command's option; none: an argument, in the order given


class Tool(NamedTuple):
    """A command as a tool."""

    told: str
    command: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    required: tuple[str, ...]
    document: str  # that it gives back; a name of `pick-model schema`
    findings: tuple[int, ...] = (OK,)  # exit codes that are no errors


def _listed(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


TASK = Parameter(TEXT, "Path of a task.yaml; or give `profile`.")
PROFILE = Parameter(
    {"type": "object"},
    "A task profile itself, as task.yaml would hold it: {task, languages, n_labels, n_rows, …}.",
)
MODEL = Parameter(TEXT, "Catalog id, Hub repository or alias.")
HARDWARE = Parameter(TEXT, "Machine to train and serve on, or `local`.", "--hardware")
CATALOG = Parameter(_listed(TEXT), "Overlay files laid over the shipped catalog.", "--catalog")
WEIGHTS = Parameter(
    {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
    "Weights by criterion: transferability, pretraining_data, architecture, training_time, "
    "compute.",
    "--weight",
)
PRESET = Parameter(TEXT, "Weights by name: balanced, accuracy, edge, low-data, budget.", "--preset")

TOOLS: dict[str, Tool] = {
    "recommend": Tool(
        "Rank pretrained models for a task: the decision, the shortlist with probabilities, "
        "intervals and costs, and who was rejected for what.",
        ("recommend",),
        {
            "task": TASK,
            "profile": PROFILE,
            "top": Parameter(COUNT, "How many candidates to list; 10 if not given.", "--top"),
            "preset": PRESET,
            "weights": WEIGHTS,
            "hardware": HARDWARE,
            "catalog": CATALOG,
        },
        (),
        "recommend",
    ),
    "explain": Tool(
        "One model's whole account for a task: values, estimates, evidence, facts with their "
        "sources, and what would make it win.",
        ("explain",),
        {
            "task": TASK,
            "profile": PROFILE,
            "model": MODEL,
            "preset": PRESET,
            "weights": WEIGHTS,
            "hardware": HARDWARE,
            "catalog": CATALOG,
        },
        ("model",),
        "explain",
    ),
    "estimate": Tool(
        "Memory, time and size of fine-tuning a model on a machine, with intervals, and what to "
        "change if it does not fit.",
        ("estimate",),
        {
            "model": Parameter(TEXT, "Catalog id, model folder or Hub repository."),
            "hardware": HARDWARE,
            "task": Parameter(TEXT, "Name of a task; the model's first if not given.", "--task"),
            "batch": Parameter(COUNT, "Inputs a step.", "--batch"),
            "length": Parameter(AMOUNT, "Tokens, pixels a side or seconds.", "--length"),
            "rows": Parameter(COUNT, "Rows to train on.", "--rows"),
            "epochs": Parameter(AMOUNT, "Passes over the rows.", "--epochs"),
            "method": Parameter(
                {"enum": ["full", "lora", "qlora", "frozen"]}, "What is trained.", "--method"
            ),
            "catalog": CATALOG,
        },
        ("model",),
        "estimate",
    ),
    "gate": Tool(
        "Check a lock against its policy: pass, fail or inconclusive, with every check.",
        ("gate",),
        {
            "lock": Parameter(TEXT, "Path of a pick-model.lock.", "--lock"),
            "policy": Parameter(TEXT, "Policy; the one beside the lock if not given.", "--policy"),
            "offline": Parameter({"type": "boolean"}, "Do not ask the Hub.", "--offline"),
            "catalog": CATALOG,
        },
        ("lock",),
        "gate",
        (OK, GATE_FAILED, INCONCLUSIVE),
    ),
    "catalog_search": Tool(
        "Find models of the catalog by parts of a name, a family, a kind, a task or a domain.",
        ("catalog", "search"),
        {
            "words": Parameter({**_listed(TEXT), "minItems": 1}, "All of them must match."),
            "task": Parameter(_listed(TEXT), "Tasks the model serves.", "--task"),
            "language": Parameter(_listed(TEXT), "Languages it knows.", "--language"),
            "license": Parameter(_listed(TEXT), "Licences, or a class of them.", "--license"),
            "catalog": CATALOG,
        },
        ("words",),
        "catalog-list",
    ),
}


class Answer(NamedTuple):
    """What a call gives back: a document, which is an error's where `is_error`."""

    document: dict[str, Any]
    is_error: bool


def input_schema(tool: Tool) -> dict[str, Any]:
    """The JSON Schema of what a tool takes."""
    found: dict[str, Any] = {
        "type": "object",
        "properties": {
            name: {**one.schema, "description": one.told} for name, one in tool.parameters.items()
        },
        "additionalProperties": False,
        "required": list(tool.required),
    }
    if "profile" in tool.parameters:
        found["oneOf"] = [{"required": ["task"]}, {"required": ["profile"]}]
    return found


def call(name: str, given: Mapping[str, Any]) -> Answer:
    """Run a tool's command in this process. Never raises for a wrong call: that is an answer."""
    from pick_model.cli.main import main
    from pick_model.documents.base import adapter
    from pick_model.documents.failure import ErrorReport, error_report

    try:
        tool = TOOLS.get(name)
        if tool is None:
            raise UsageError(message("no-such-tool", name=name), hint=did_you_mean(name, TOOLS))
        _refuse(tool, given)
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.redirect_stdout(io.StringIO()) as out,
        ):
            code = main([*tool.command, "--format=json", *_words(tool, given, Path(folder))])
    except UsageError as error:
        plain = adapter(ErrorReport).dump_python(error_report(error), mode="json")
        return Answer(plain, True)
    # A command that fails before it knows its format leaves its words on stderr alone.
    return Answer(json.loads(out.getvalue()), code not in tool.findings)


def _refuse(tool: Tool, given: Mapping[str, Any]) -> None:
    """Raises UsageError for arguments that the tool's schema does not allow."""
    for name in given:
        if name not in tool.parameters:
            hint = did_you_mean(name, tool.parameters)
            raise UsageError(message("no-such-parameter", name=name), hint=hint)
    for name, value in given.items():
        _hold(name, value, tool.parameters[name].schema)
    for name in tool.required:
        if name not in given:
            raise UsageError(message("parameter-missing", name=name))
    if "profile" in tool.parameters and ("task" in given) == ("profile" in given):
        raise UsageError(message("task-or-profile"))


# What a JSON Schema calls a type: what it is in Python, and the word for what a value should be.
_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "value:string_type"),
    "integer": ((int,), "value:int_type"),
    "number": ((int, float), "value:float_type"),
    "boolean": ((bool,), "value:bool_type"),
    "array": ((list,), "value:list_type"),
    "object": ((dict,), "value:dict_type"),
}


def _hold(name: str, value: Any, schema: Mapping[str, Any]) -> None:
    """Raises UsageError for a value of another type than its schema's, or for one inside it.

    Bounds and names are the command's to check: it says what it takes.
    """
    kinds, should = _TYPES[schema.get("type", "string")]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise UsageError(
            message("value-wrong", key=name, reason=message(should), given=brief(value))
        )
    if isinstance(value, list):
        for number, one in enumerate(value):
            _hold(f"{name}.{number}", one, schema["items"])
    elif isinstance(value, dict) and "additionalProperties" in schema:
        for key, one in value.items():
            _hold(f"{name}.{key}", one, schema["additionalProperties"])


def _words(tool: Tool, given: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Options first, each with its value behind an equals sign, then what could look like one."""
    arguments: list[str] = []
    for name, parameter in tool.parameters.items():
        if name not in given:
            continue
        value = given[name]
        if name == "profile":  # JSON is YAML
            path = folder / "task.yaml"
            path.write_text(json.dumps(value), encoding="utf-8")
            arguments.append(str(path))
        elif not parameter.option:
            arguments += map(str, value) if isinstance(value, list) else [str(value)]
        elif isinstance(value, bool):
            yield from [parameter.option] if value else []
        elif isinstance(value, Mapping):
            yield from (f"{parameter.option}={key}={amount}" for key, amount in value.items())
        else:
            some = value if isinstance(value, list) else [value]
            yield from (f"{parameter.option}={one}" for one in some)
    yield "--"
    yield from arguments
