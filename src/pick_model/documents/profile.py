"""A task profile with nothing left open, and which values it did not give itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from pick_model.documents.description import label_kind_of, metric_of, reads_pages, wrong_price
from pick_model.documents.hardware import Machine
from pick_model.documents.task import (
    CRITERIA,
    PRESETS,
    Constraints,
    Dtype,
    Hardware,
    Task,
    Training,
)
from pick_model.errors import WrongValue
from pick_model.record import asdict
from pick_model.vocabulary.domains import (
    GENERAL,
    MUSIC,
    OF_SOUNDS,
    SOUNDS,
    SPEECH,
    domain_in_name,
    domain_of_input,
)
from pick_model.vocabulary.tasks import (
    AS_IT_COMES_WITHOUT_ROWS,
    RECOMMENDING,
    TASKS,
    USED_AS_IT_COMES,
    LabelKind,
    reads_tokens,
)
from pick_model.vocabulary.uses import Method
from pick_model.words.message import Message
from pick_model.words.say import message

# A default machine must not depend on the host, or the same profile would rank
# differently elsewhere. The T4 is the one the free notebook services lend.
DEFAULT_HARDWARE = "nvidia-t4"
# Batch 32 and 3 epochs: inside the ranges BERT's authors searched (Devlin et al. 2019,
# appendix A.3), which later fine-tuning guides repeat.
DEFAULT_BATCH = 32
DEFAULT_EPOCHS = 3
# Recommenders learn their vectors from nothing: 2,048 rows a batch are RecBole's default and
# SELFRec's. RecBole stops after ten epochs without gain, at 300 at the latest; SELFRec's set-ups
# take 20 (SimGCL) to 500 (LightGCN), whose middle this is, and RecBoard's 100 to 1,000. Who trains
# longer is not the model: SIURec found XSimGCL best after 850 epochs, SELFRec before 20.
BATCH_OF_ITEMS = 2048
EPOCHS_OF_ITEMS = 100
# What a profile that does not say gets; 128 tokens is the GLUE scripts' customary length,
# 224 pixels ImageNet's, 10 seconds AudioSet's clip. Where things are looked for in a picture it is
# larger: 640 pixels is what most detectors of the catalog read (51 of 76), 512 the usual crop of
# ADE20K, which segmenters are trained and compared on (mmsegmentation's settings), 1024 what reads
# a page (GOT-OCR2, Wei et al. 2024, arXiv:2409.01704).
DEFAULT_TOKENS = 128
DEFAULT_PIXELS = 224
PIXELS_BY_TASK = {
    "object-detection": (640, message("size-of-detectors")),
    "image-segmentation": (512, message("size-of-crops")),
    "document-question-answering": (1024, message("size-of-pages")),
}
DEFAULT_SECONDS = 10.0
DEFAULT_ROWS = 10_000
# LoRA rank: the smallest that Hu et al. 2021 (table 6) find as good as larger ones is 4 to 8.
DEFAULT_LORA_RANK = 8


class Default(Struct, frozen=True):
    """A value the profile did not give, and why it got this one."""

    field: str
    value: str
    why: Message


class CurrentModel(Struct, frozen=True):
    """The model in use today and its score in the profile's metric."""

    name: str  # as the profile has it
    entry: str | None  # id in the catalog; None: the catalog does not know it
    score: float
    rows: int  # that it is of


class Profile(Struct, frozen=True):
    """A task profile with nothing left open: what the scoring engine reads."""

    name: str
    task: str
    languages: tuple[str, ...]
    direction: tuple[str, str] | None  # of a translation: from, to; None: any, or another task
    domain: str | None
    label_kind: LabelKind | None  # None: the task has no labels of these kinds
    n_labels: int | None
    pairs: bool  # one input is two texts, read together
    item_texts: bool | None  # the items have texts; None: nobody said
    user_graph: bool | None  # who knows whom is known; None: nobody said
    n_rows: int  # 0: there are none to train on
    input_tokens: int
    input_pixels: int
    input_seconds: float
    metric: str
    current: CurrentModel | None
    point_worth: float | None  # money a hundredth of the metric is worth
    price_per_hour: float | None  # money an hour of training costs
    constraints: Constraints
    train_on: Machine
    serve_on: Machine
    method: Method
    batch_size: int
    accumulates: bool  # the batch may be made of smaller ones: the profile names none itself
    epochs: float
    dtype: Dtype
    lora_rank: int
    preset: str
    weights: tuple[float, ...]  # in the order of CRITERIA, summing to 1
    defaults: tuple[Default, ...]

    @property
    def rows_given(self) -> int | None:
        """Rows to train on; None where nobody said how many."""
        return None if any(one.field == "n_rows" for one in self.defaults) else self.n_rows


def normalised_weights(preset: str, changes: dict[str, float | None]) -> tuple[float, ...]:
    """The preset's weights with changes applied, scaled to sum to 1.

    Raises WrongValue when nothing is left to weigh or a number is not finite.
    """
    raw = [
        base if changes.get(name) is None else float(changes[name] or 0.0)
        for name, base in zip(CRITERIA, PRESETS[preset], strict=True)
    ]
    total = sum(raw)
    if not 0 < total < float("inf"):
        raise WrongValue(message("weights-weigh-nothing"), key="weights")
    return tuple(value / total for value in raw)


class _Defaults(list[Default]):
    """The defaults taken so far, in the order they were asked for."""

    def take(self, field: str, value: Any, why: Message) -> Any:
        self.append(Default(field, "true" if value is True else str(value), why))
        return value

    def unless(self, given: Any, field: str, value: Any, why: Message) -> Any:
        return self.take(field, value, why) if given is None else given


def settle(
    task: Task,
    machine: Callable[[str], Machine],
    *,
    entry: Callable[[str], str | None] | None = None,
    hardware: str | None = None,
) -> Profile:
    """Fill in what the profile leaves open.

    `machine` maps a hardware name to a Machine (raising UnknownName), `entry` a model's name to
    its id in the catalog, if it has one; `hardware`, from the command line, overrides both
    machines. Raises WrongValue for weights and prices that cannot be.
    """
    taken = _Defaults()
    languages, direction = _languages(task, taken)
    train_name, serve_name = _machines(task, hardware)
    train_name = taken.unless(train_name, "hardware", DEFAULT_HARDWARE, message("not-given"))
    train_on = train_name if isinstance(train_name, Machine) else machine(train_name)
    serve_on = train_on
    if serve_name is not None:
        serve_on = serve_name if isinstance(serve_name, Machine) else machine(serve_name)
    domain = _domain(task, languages, taken)
    user_graph = task.user_graph
    if user_graph is None and domain == "social" and TASKS[task.task].modality == "items":
        user_graph = taken.take("user_graph", True, message("social-says-so"))
    tokens, pixels, seconds = _input(task, domain, taken)
    kind, metric = _scored(task, domain, taken)
    wrong = wrong_price(metric, task.point_worth, task.price_per_hour)
    if wrong is not None:
        raise wrong
    use = _use(task, train_on, taken)
    preset = taken.unless(task.preset, "preset", "balanced", message("not-given"))
    current = None
    if task.current is not None:
        name = task.current.model
        known = entry(name) if entry else None
        current = CurrentModel(name, known, task.current.score, task.current.rows)
    return Profile(
        name=task.name or task.task,
        task=task.task,
        languages=languages,
        direction=direction,
        domain=domain,
        label_kind=kind,
        n_labels=task.n_labels,
        pairs=task.pairs,
        item_texts=task.item_texts,
        user_graph=user_graph,
        n_rows=use.n_rows,
        input_tokens=tokens,
        input_pixels=pixels,
        input_seconds=seconds,
        metric=metric,
        current=current,
        point_worth=task.point_worth,
        price_per_hour=task.price_per_hour,
        constraints=task.constraints,
        train_on=train_on,
        serve_on=serve_on,
        method=use.method,
        batch_size=use.batch_size,
        accumulates=task.training.batch_size is None,
        epochs=use.epochs,
        dtype=use.dtype,
        lora_rank=use.lora_rank,
        preset=preset,
        weights=normalised_weights(preset, asdict(task.weights)),
        defaults=tuple(taken),
    )


def _languages(task: Task, taken: _Defaults) -> tuple[tuple[str, ...], tuple[str, str] | None]:
    """The languages, and from which into which a translation goes."""
    if task.translate is not None:
        direction = task.translate.source, task.translate.target
        return task.languages or direction, direction
    languages = task.languages or ()
    if TASKS[task.task].speaks and not languages:
        languages = ("en",)
        taken.take("languages", "en", message("not-given"))
    if task.task != "translation" or len(languages) != 2:
        return languages, None
    direction = languages[0], languages[1]
    why = message("first-into-second")
    taken.take("translate", f"{direction[0]} to {direction[1]}", why)
    return languages, direction


def _domain(task: Task, languages: tuple[str, ...], taken: _Defaults) -> str | None:
    """The domain; one that the task's name says, or the task itself, is a default taken."""
    if task.domain == GENERAL:
        return None
    if task.domain is not None:
        return domain_of_input(task.domain, TASKS[task.task].modality)
    said = domain_in_name(task.name, TASKS[task.task].modality, languages)
    if said is not None:
        domain, why = said.domain, message("said-by-name", word=said.word, key="domain")
    elif task.task not in OF_SOUNDS:
        return None
    elif languages:
        others = SOUNDS, MUSIC, GENERAL
        domain, why = SPEECH, message("languages-are-spoken", key="domain", others=others)
    else:
        others = SPEECH, MUSIC, GENERAL
        domain, why = SOUNDS, message("sounds-of-any-kind", key="domain", others=others)
    found: str = taken.take("domain", domain, why)
    return found


def _input(task: Task, domain: str | None, taken: _Defaults) -> tuple[int, int, float]:
    """Tokens, pixels and seconds of an input; only those of the task are defaults taken."""
    lengths = [one for one in (task.training.max_length, task.input_tokens) if one is not None]
    tokens = min(lengths, default=None)  # an input is cut to what is read of it
    pixels, seconds = task.input_pixels, task.input_seconds
    modality = TASKS[task.task].modality
    if reads_tokens(modality, task.item_texts):
        tokens = taken.unless(
            tokens, "input_tokens", DEFAULT_TOKENS, message("customary-for-short-texts")
        )
    if "image" in modality:
        like = "document-question-answering" if reads_pages(task.task, domain) else task.task
        imagenet = DEFAULT_PIXELS, message("size-of-imagenet")
        usual, why = PIXELS_BY_TASK.get(like, imagenet)
        pixels = taken.unless(pixels, "input_pixels", usual, why)
    if modality == "audio":
        clip = message("length-of-audioset")
        seconds = taken.unless(seconds, "input_seconds", DEFAULT_SECONDS, clip)
    return tokens or DEFAULT_TOKENS, pixels or DEFAULT_PIXELS, seconds or DEFAULT_SECONDS


def _scored(task: Task, domain: str | None, taken: _Defaults) -> tuple[LabelKind | None, str]:
    """The kind of the labels, and the metric."""
    kind = label_kind_of(task)
    if kind is not None:
        usual = message("usual-for", what=task.task)
        why = message("what-metric-scores", metric=task.metric) if task.metric else usual
        taken.unless(task.label_kind, "label_kind", kind, why)
    metric = metric_of(task, domain)
    usual = message("usual-for", what=task.label_kind or task.task)
    if domain is not None and reads_pages(task.task, domain):
        usual = message("usual-for", what=domain)
    return kind, taken.unless(task.metric, "metric", metric, usual)


class _Use(Struct, frozen=True):
    """How the model is put to work."""

    method: Method
    n_rows: int
    batch_size: int
    epochs: float
    dtype: Dtype
    lora_rank: int


def _use(task: Task, train_on: Machine, taken: _Defaults) -> _Use:
    """How the model is put to work; where nothing is trained, what training needs says nothing
    and is no default taken."""
    given = task.training
    half = train_on.fp16_tflops or train_on.bf16_tflops
    dtype: Dtype = "mixed" if half else "fp32"
    method, why = _usual_method(task)
    method = taken.unless(given.method, "training.method", method, why)
    rank = given.lora_rank or DEFAULT_LORA_RANK
    if method == "as-is":
        batch, epochs = given.batch_size or DEFAULT_BATCH, given.epochs or DEFAULT_EPOCHS
        return _Use(method, task.n_rows or 0, batch, epochs, given.dtype or dtype, rank)
    if method in ("lora", "qlora"):
        taken.unless(given.lora_rank, "training.lora_rank", rank, message("customary"))
    why = message("fast-16-bit") if half else message("no-fast-16-bit")
    batch, epochs, usual = DEFAULT_BATCH, DEFAULT_EPOCHS, message("customary")
    if task.task in RECOMMENDING:
        usual = message("customary-for-recommenders")
        batch, epochs = BATCH_OF_ITEMS, EPOCHS_OF_ITEMS
    return _Use(
        method=method,
        n_rows=taken.unless(task.n_rows, "n_rows", DEFAULT_ROWS, message("not-given")),
        batch_size=taken.unless(given.batch_size, "training.batch_size", batch, usual),
        epochs=taken.unless(given.epochs, "training.epochs", epochs, usual),
        dtype=taken.unless(given.dtype, "training.dtype", dtype, why),
        lora_rank=rank,
    )


def _usual_method(task: Task) -> tuple[Method, Message]:
    """The way of use of a profile that does not name one, and why (see `vocabulary.tasks`).

    Who says how training goes wants it.
    """
    if task.training == Training(max_length=task.training.max_length):
        if task.task in USED_AS_IT_COMES:
            return "as-is", message("usual-for", what=task.task)
        if task.task in AS_IT_COMES_WITHOUT_ROWS and not task.n_rows:
            return "as-is", message("no-rows-to-train-on")
    return "full", message("every-weight-trained")


def _machines(task: Task, hardware: str | None) -> tuple[str | Machine | None, ...]:
    """The machines to train and to serve on, as given; None where nothing is said."""
    if hardware is not None:
        return hardware, None
    if isinstance(task.hardware, Hardware):
        return task.hardware.train or task.hardware.serve, task.hardware.serve
    return task.hardware, None
