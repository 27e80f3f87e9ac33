"""The task that a profile describes, and what its keys must agree on.

Each check says what is wrong, beginning with the key to change, or None.
"""

# Annotations are left as they are evaluated: pydantic would compile each string at every start.
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from pick_model.documents.base import Count, PositiveAmount, PositiveCount, Text, record
from pick_model.documents.names import LanguageCode, LanguageCodes, TaskName
from pick_model.errors import nearest
from pick_model.vocabulary.metrics import (
    DEFAULTS,
    METRICS,
    canonical_metric,
    computed_for,
    unbounded,
)
from pick_model.vocabulary.tasks import LABEL_KINDS, TAKES_PAIRS, TASKS, LabelKind, reads_tokens


def listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _metric(value: str) -> str:
    """A metric under the name the table has for it; whether it suits is for the task to say."""
    return canonical_metric(value) or value


@record
class Direction:
    """From which language into which a text is translated."""

    source: Annotated[LanguageCode, Field(alias="from")]
    target: Annotated[LanguageCode, Field(alias="to")]


@record
class Current:
    """The model in use today, in the catalog or not, and its score in the profile's metric."""

    model: Text
    score: Annotated[float, Field(strict=True)]  # as a fraction where the metric is bounded


@record
class Described:
    """The task of a profile: what goes in, what comes out, and how it is scored."""

    schema_version: Literal[1] = 1
    name: Text | None = None
    task: TaskName
    languages: Annotated[LanguageCodes, BeforeValidator(listed)] | None = None
    translate: Direction | None = None
    domain: Text | None = None
    label_kind: LabelKind | None = None
    n_labels: PositiveCount | None = None
    pairs: bool = False  # one input is two texts, read together
    item_texts: bool | None = None  # items to recommend have texts, input_tokens long
    n_rows: Count | None = None  # labelled rows to train on
    input_tokens: PositiveCount | None = None  # a typical long input, say the 95th percentile
    input_pixels: PositiveCount | None = None  # of the shorter side
    input_seconds: PositiveAmount | None = None
    metric: Annotated[Text, AfterValidator(_metric)] | None = None
    current: Current | None = None
    point_worth: PositiveAmount | None = None  # money a point (hundredth) of the metric is worth
    price_per_hour: PositiveAmount | None = None  # money an hour of training costs

    def __post_init__(self) -> None:
        for check in CHECKS:
            wrong = check(self)
            if wrong is not None:
                raise ValueError(wrong)


INPUT_KEYS = {"text": "input_tokens", "image": "input_pixels", "audio": "input_seconds"}


def label_kind_of(task: Described) -> LabelKind | None:
    """What the labels are: as given, else the first kind that the metric can score.

    None where a task has no labels, or not of these kinds.
    """
    kinds = LABEL_KINDS.get(task.task, ())
    if task.label_kind is not None or not kinds:
        return task.label_kind
    scored = METRICS[task.metric].kinds if task.metric else ()
    return next((kind for kind in kinds if kind in scored), kinds[0])


def metric_of(task: Described) -> str:
    """The metric: as given, else what is usual for the task and its labels."""
    if task.metric is not None:
        return task.metric
    kind = label_kind_of(task)
    usual = DEFAULTS[kind] if kind else TASKS[task.task].metric
    return usual if usual in TASKS[task.task].metrics else TASKS[task.task].metric


def wrong_input(task: Described) -> str | None:
    """An input of another modality than the task's."""
    modality = TASKS[task.task].modality
    for reads, key in INPUT_KEYS.items():
        if getattr(task, key) is None or _suits(reads, task):
            continue
        if modality == "items" and reads == "text":
            return f"{key} is the length of the items' texts (add item_texts: true)"
        return f"{key} does not suit {task.task} (use {_input_keys(task)})"
    if task.item_texts is not None and modality != "items":
        return f"item_texts does not suit {task.task} (item-recommendation takes it)"
    if task.pairs and task.task not in TAKES_PAIRS:
        return f"pairs does not suit {task.task} ({' and '.join(TAKES_PAIRS)} take it)"
    return None


def _suits(reads: str, task: Described) -> bool:
    """Whether a task's input is measured by what a key tells of text, images or sound."""
    modality = TASKS[task.task].modality
    return reads_tokens(modality, task.item_texts) if reads == "text" else reads in modality


def _input_keys(task: Described) -> str:
    keys = [key for reads, key in INPUT_KEYS.items() if _suits(reads, task)]
    return " or ".join(keys) or "none of the input_ keys"


def wrong_labels(task: Described) -> str | None:
    """A kind or number of labels that the task or the metric does not have."""
    kind, suited = task.label_kind, LABEL_KINDS.get(task.task, ())
    if kind is not None and kind not in suited:
        takes = f"it takes {', '.join(suited)}" if suited else "it has no kinds of labels"
        return f"label_kind: {kind} does not suit {task.task} ({takes})"
    if kind == "regression" and task.n_labels not in (None, 1):
        return f"n_labels: {task.n_labels} does not suit label_kind: regression (leave it out)"
    if task.n_labels == 1 and TASKS[task.task].labelled and label_kind_of(task) != "regression":
        also = ", or label_kind: regression" if "regression" in suited else ""
        return f"n_labels: 1 leaves nothing to classify (2 or more are needed{also})"
    return None


def wrong_metric(task: Described) -> str | None:
    """A metric that is not the task's, or cannot score its kind of labels."""
    if task.metric is None:
        return None
    suited = TASKS[task.task].metrics
    if task.metric not in suited:
        return _unsuited(task.metric, suited, task.task)
    scores = METRICS[task.metric].kinds
    if task.label_kind is not None and scores and task.label_kind not in scores:
        takes = [name for name in computed_for(task.label_kind) if name in suited]
        return (
            f"metric: {task.metric} does not suit label_kind: {task.label_kind} "
            f"(it takes {', '.join(takes)})"
        )
    return None


def _unsuited(metric: str, suited: tuple[str, ...], task: str) -> str:
    """What is wrong with a metric, the nearest that suits the task, and all that do."""
    takes = f"it takes {', '.join(suited)}"
    if metric in METRICS:
        instead = METRICS[metric].instead
        near = f"; {instead} comes nearest" if instead in suited else ""
        return f"metric: {metric} does not suit {task} ({takes}{near})"
    guess = nearest(metric, suited)
    near = f"did you mean {guess!r}? " if guess else ""
    return f"metric: unknown {metric!r} for {task} ({near}{takes})"


def wrong_direction(task: Described) -> str | None:
    """A direction of translation that is none, or whose languages the task does not have."""
    direction = task.translate
    if direction is None:
        return None
    if task.task != "translation":
        return f"translate does not suit {task.task} (translation takes it)"
    ends = (direction.source, direction.target)
    if ends[0] == ends[1]:
        return f"translate: from and to are both {ends[0]} (name two languages)"
    missing = [code for code in ends if task.languages and code not in task.languages]
    if missing:
        return f"translate: {missing[0]} is not among the languages (add it, or leave them out)"
    return None


def wrong_score(task: Described) -> str | None:
    """A score of the current model that its metric cannot have."""
    if task.current is None:
        return None
    name, score = metric_of(task), task.current.score
    low, high = METRICS[name].low, METRICS[name].high
    if score >= low and (high is None or score <= high):
        return None
    lies = f"at {low:g} or above" if high is None else f"from {low:g} to {high:g}"
    hint = f" (write {score / 100:g})" if high is not None and low <= score / 100 <= high else ""
    return f"current.score: {score:g} is no {name}, which lies {lies}{hint}"


def wrong_price(metric: str, point_worth: float | None, hour: float | None) -> str | None:
    """A price that nothing can be held against."""
    if point_worth is not None and unbounded(metric):
        return f"point_worth: {metric} has no points (name a metric that has a largest value)"
    if hour is not None and point_worth is None:
        return "price_per_hour: nothing to hold it against (say what a point is worth: point_worth)"
    return None


CHECKS = (wrong_input, wrong_metric, wrong_labels, wrong_direction, wrong_score)
