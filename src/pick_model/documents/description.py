"""The task that a profile describes, and what its keys must agree on.

Each check gives what is wrong, as an error with the key to change, or None.
"""

# Annotations are left as they are evaluated: each string would be compiled at every start.
from typing import Annotated, Literal

from pick_model.core_schema import After, Alias, Before, Bounds, Meaning
from pick_model.documents.base import Count, FrozenRecord, PositiveAmount, PositiveCount, Text
from pick_model.documents.names import LanguageCode, LanguageCodes, TaskName
from pick_model.errors import WrongValue, nearest
from pick_model.vocabulary.domains import canonical_domain
from pick_model.vocabulary.metrics import (
    DEFAULTS,
    METRICS,
    canonical_metric,
    computed_for,
    unbounded,
)
from pick_model.vocabulary.tasks import LABEL_KINDS, TAKES_PAIRS, TASKS, LabelKind, reads_tokens
from pick_model.words.message import Message
from pick_model.words.say import message


def listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _metric(value: str) -> str:
    """A metric under the name the table has for it; whether it suits is for the task to say."""
    return canonical_metric(value) or value


class Direction(FrozenRecord):
    """From which language into which a text is translated."""

    source: Annotated[LanguageCode, Alias("from"), Meaning("The language of what is given.")]
    target: Annotated[LanguageCode, Alias("to"), Meaning("The language that is wanted.")]


class Current(FrozenRecord):
    """The model in use today, in the catalog or not, and its score in the profile's metric."""

    model: Annotated[Text, Meaning("Its id in the catalog, or any name.")]
    score: Annotated[
        float,
        Bounds(strict=True),
        Meaning("In the profile's metric; a fraction where the metric is bounded."),
    ]
    rows: Annotated[
        PositiveCount, Meaning("How many labelled rows that is of: it is known so much the better.")
    ] = 1000


class TaskDescription(FrozenRecord):
    """The task of a profile: what goes in, what comes out, and how it is scored."""

    schema_version: Annotated[Literal[1], Meaning("The version of this format.")] = 1
    name: Annotated[Text | None, Meaning("What reports call the task; its kind, if not given.")] = (
        None
    )
    task: Annotated[
        TaskName,
        Meaning("The kind of task, such as text-classification: one of those below."),
    ]
    languages: Annotated[
        Annotated[LanguageCodes, Before(listed, also=str)] | None,
        Meaning(
            "Languages of the data, as codes or names (de, German, Deutsch); one may stand alone."
            " English, if not given for text. Models that know none of them are rejected."
        ),
    ] = None
    translate: Annotated[
        Direction | None, Meaning("Of a translation: from which language into which.")
    ] = None
    domain: Annotated[
        Annotated[Text, After(canonical_domain)] | None,
        Meaning(
            "What the data is about, such as legal, biomedical, documents, speech or music."
            " `general` says that it is nothing special, whatever the name suggests."
        ),
    ] = None
    label_kind: Annotated[
        LabelKind | None,
        Meaning(
            "One label an input, several, or a number; what the task and the metric suggest, if"
            " not given."
        ),
    ] = None
    n_labels: Annotated[PositiveCount | None, Meaning("How many different labels there are.")] = (
        None
    )
    pairs: Annotated[bool, Meaning("Whether one input is two texts that are read together.")] = (
        False
    )
    item_texts: Annotated[
        bool | None,
        Meaning("Whether the items to recommend have texts, of `input_tokens` each."),
    ] = None
    user_graph: Annotated[
        bool | None,
        Meaning("Whether it is known who of those who are recommended to knows or follows whom."),
    ] = None
    n_rows: Annotated[
        Count | None, Meaning("Labelled rows to train on; 0 says that there are none.")
    ] = None
    input_tokens: Annotated[
        PositiveCount | None, Meaning("A typical long input, say the 95th percentile.")
    ] = None
    input_pixels: Annotated[PositiveCount | None, Meaning("Of the shorter side of an image.")] = (
        None
    )
    input_seconds: Annotated[PositiveAmount | None, Meaning("Of a typical long sound.")] = None
    metric: Annotated[
        Annotated[Text, After(_metric)] | None,
        Meaning("What counts as good; what is usual for the task and its labels, if not given."),
    ] = None
    current: Annotated[
        Current | None,
        Meaning("The model in use today and what it scores: it tells how hard the task is."),
    ] = None
    point_worth: Annotated[
        PositiveAmount | None,
        Meaning("Money that a point (a hundredth) of the metric is worth; ranks by money."),
    ] = None
    price_per_hour: Annotated[
        PositiveAmount | None,
        Meaning("Money that an hour of training costs, beside `point_worth`."),
    ] = None

    def __post_init__(self) -> None:
        for check in CHECKS:
            wrong = check(self)
            if wrong is not None:
                raise wrong


# Captions are judged by CIDEr, the text of a page by how much of it must be changed.
OF_PAGES = "edit_distance"
INPUT_KEYS = {"text": "input_tokens", "image": "input_pixels", "audio": "input_seconds"}


def reads_pages(task: str, domain: str | None) -> bool:
    """Whether what is written in images is the text of a page, and no caption."""
    return task == "image-to-text" and domain == "documents"


def label_kind_of(task: TaskDescription) -> LabelKind | None:
    """What the labels are: as given, else the first kind that the metric can score.

    None where a task has no labels, or not of these kinds.
    """
    kinds = LABEL_KINDS.get(task.task, ())
    if task.label_kind is not None or not kinds:
        return task.label_kind
    scored = METRICS[task.metric].suits if task.metric else ()
    return next((kind for kind in kinds if kind in scored), kinds[0])


def metric_of(task: TaskDescription, domain: str | None = None) -> str:
    """The metric: as given, else what is usual for the task, its labels and its domain.

    domain: where the task does not give it.
    """
    if task.metric is not None:
        return task.metric
    if reads_pages(task.task, task.domain or domain):
        return OF_PAGES
    kind = label_kind_of(task)
    usual = DEFAULTS[kind] if kind else TASKS[task.task].metric
    return usual if usual in TASKS[task.task].metrics else TASKS[task.task].metric


def wrong_input(task: TaskDescription) -> WrongValue | None:
    """An input of another modality than the task's."""
    modality = TASKS[task.task].modality
    for reads, key in INPUT_KEYS.items():
        if getattr(task, key) is None or _suits(reads, task):
            continue
        if modality == "items" and reads == "text":
            told = message("length-of-item-texts", key=key)
            return WrongValue(told, key=key, hint=message("add-item-texts"))
        return _unsuited(task, key, _input_keys(task))
    for key in ("item_texts", "user_graph"):
        if getattr(task, key) is not None and modality != "items":
            return _unsuited(task, key, message("it-takes-this", names="item-recommendation"))
    if task.pairs and task.task not in TAKES_PAIRS:
        return _unsuited(task, "pairs", message("they-take-this", names=TAKES_PAIRS))
    return None


def _unsuited(task: TaskDescription, key: str, hint: Message) -> WrongValue:
    return WrongValue(message("key-unsuited", key=key, task=task.task), key=key, hint=hint)


def _suits(reads: str, task: TaskDescription) -> bool:
    """Whether a task's input is measured by what a key tells of text, images or sound."""
    modality = TASKS[task.task].modality
    return reads_tokens(modality, task.item_texts) if reads == "text" else reads in modality


def _input_keys(task: TaskDescription) -> Message:
    keys = tuple(key for reads, key in INPUT_KEYS.items() if _suits(reads, task))
    return message("use-keys", keys=keys) if keys else message("use-no-input-key")


def wrong_labels(task: TaskDescription) -> WrongValue | None:
    """A kind or number of labels that the task or the metric does not have."""
    kind, suited = task.label_kind, LABEL_KINDS.get(task.task, ())
    if kind is not None and kind not in suited:
        told = message("kind-unsuited", kind=kind, task=task.task)
        hint = message("it-takes", names=suited) if suited else message("has-no-label-kinds")
        return WrongValue(told, key="label_kind", hint=hint)
    if kind == "regression" and task.n_labels not in (None, 1):
        told = message("labels-of-regression", n_labels=task.n_labels or 0)
        return WrongValue(told, key="n_labels", hint=message("leave-it-out"))
    if task.n_labels == 1 and TASKS[task.task].labelled and label_kind_of(task) != "regression":
        hint = message("two-labels-or-regression" if "regression" in suited else "two-labels")
        return WrongValue(message("one-label"), key="n_labels", hint=hint)
    return None


def wrong_metric(task: TaskDescription) -> WrongValue | None:
    """A metric that is not the task's, or cannot score its kind of labels."""
    if task.metric is None:
        return None
    suited = TASKS[task.task].metrics
    if task.metric not in suited:
        return _unsuited_metric(task.metric, suited, task.task)
    scores = METRICS[task.metric].suits
    if task.label_kind is not None and scores and task.label_kind not in scores:
        takes = tuple(name for name in computed_for(task.label_kind) if name in suited)
        told = message("metric-unsuited-to-kind", metric=task.metric, kind=task.label_kind)
        return WrongValue(told, key="metric", hint=message("it-takes", names=takes))
    return None


def _unsuited_metric(metric: str, suited: tuple[str, ...], task: str) -> WrongValue:
    """What is wrong with a metric, the nearest that suits the task, and all that do."""
    hint = message("it-takes", names=suited)
    if metric in METRICS:
        instead = METRICS[metric].instead
        told = message("metric-unsuited", metric=metric, task=task)
        if instead in suited:
            hint = message("it-takes-nearest", names=suited, nearest=instead or "")
    else:
        guess = nearest(metric, suited)
        told = message("metric-unknown", metric=metric, task=task)
        if guess is not None:
            hint = message("did-you-mean-of", guess=guess, names=suited)
    return WrongValue(told, key="metric", hint=hint)


def wrong_direction(task: TaskDescription) -> WrongValue | None:
    """A direction of translation that is none, or whose languages the task does not have."""
    direction = task.translate
    if direction is None:
        return None
    if task.task != "translation":
        return _unsuited(task, "translate", message("it-takes-this", names="translation"))
    ends = (direction.source, direction.target)
    if ends[0] == ends[1]:
        told, hint = message("both-ends-alike", language=ends[0]), message("name-two-languages")
        return WrongValue(told, key="translate", hint=hint)
    missing = [code for code in ends if task.languages and code not in task.languages]
    if missing:
        told, hint = message("not-among-languages", language=missing[0]), message("add-language")
        return WrongValue(told, key="translate", hint=hint)
    return None


def wrong_score(task: TaskDescription) -> WrongValue | None:
    """A score of the current model that its metric cannot have."""
    if task.current is None:
        return None
    name, score = metric_of(task), task.current.score
    lowest, highest = METRICS[name].low, METRICS[name].high
    if score >= lowest and (highest is None or score <= highest):
        return None
    told = message("score-below-all", metric=name, score=score, lowest=lowest)
    hint = None
    if highest is not None:
        told = message(
            "score-not-in-range", metric=name, score=score, lowest=lowest, highest=highest
        )
        if lowest <= score / 100 <= highest:
            hint = message("write-as-fraction", score=score / 100)
    return WrongValue(told, key="current.score", hint=hint)


def wrong_price(metric: str, point_worth: float | None, hour: float | None) -> WrongValue | None:
    """A price that nothing can be held against."""
    if point_worth is not None and unbounded(metric):
        told, hint = message("metric-has-no-points", metric=metric), message("name-bounded-metric")
        return WrongValue(told, key="point_worth", hint=hint)
    if hour is not None and point_worth is None:
        hint = message("say-what-a-point-is-worth")
        return WrongValue(message("price-of-nothing"), key="price_per_hour", hint=hint)
    return None


CHECKS = (wrong_input, wrong_metric, wrong_labels, wrong_direction, wrong_score)
