"""The task profile: what the user needs, in as few lines as they like.

A profile may be four lines long. `settle` fills in the rest and says which values it
took by itself, so that every default is visible in the output.
"""

# Annotations are left as they are evaluated: pydantic would compile each string at every start.
from dataclasses import asdict
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field

from pick_model.documents.base import Count, PositiveAmount, PositiveCount, Text, record
from pick_model.documents.hardware import Machine
from pick_model.documents.names import LanguageCodes, PartialDate, TaskName
from pick_model.errors import did_you_mean, nearest
from pick_model.vocabulary.licenses import LICENSE_CLASSES, LICENSES, canonical_license
from pick_model.vocabulary.metrics import METRICS, canonical_metric, computed_for
from pick_model.vocabulary.tasks import TASKS
from pick_model.vocabulary.uses import Method

CRITERIA = ("transferability", "pretraining_data", "architecture", "training_time", "compute")

# Weights set by hand, in the order of CRITERIA; each row sums to 1.
PRESETS: dict[str, tuple[float, ...]] = {
    "balanced": (0.40, 0.15, 0.15, 0.15, 0.15),
    "accuracy": (0.65, 0.15, 0.10, 0.05, 0.05),
    "edge": (0.25, 0.05, 0.10, 0.10, 0.50),
    "low-data": (0.50, 0.25, 0.15, 0.05, 0.05),
    "budget": (0.30, 0.10, 0.10, 0.30, 0.20),
}

# A default machine must not depend on the host, or the same profile would rank
# differently elsewhere. The T4 is the one the free notebook services lend.
DEFAULT_HARDWARE = "nvidia-t4"
# Batch 32 and 3 epochs: inside the ranges BERT's authors searched (Devlin et al. 2019,
# appendix A.3), which later fine-tuning guides repeat.
DEFAULT_BATCH = 32
DEFAULT_EPOCHS = 3
# What a profile that does not say gets; 128 tokens is the GLUE scripts' customary length,
# 224 pixels ImageNet's, 10 seconds AudioSet's clip.
DEFAULT_TOKENS = 128
DEFAULT_PIXELS = 224
DEFAULT_SECONDS = 10.0
DEFAULT_ROWS = 10_000
# LoRA rank: the smallest that Hu et al. 2021 (table 6) find as good as larger ones is 4 to 8.
DEFAULT_LORA_RANK = 8


def listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _license_or_class(value: str) -> str:
    if value.lower() in LICENSE_CLASSES:
        return value.lower()
    found = canonical_license(value)
    if found is None:
        known = [*LICENSE_CLASSES, *LICENSES]
        raise ValueError(f"unknown licence {value!r} ({did_you_mean(value, known)})")
    return found


def _metric(value: str) -> str:
    """A metric under the name the table has for it; whether it suits is for the task to say."""
    return canonical_metric(value) or value


def _preset(value: str) -> str:
    if value not in PRESETS:
        raise ValueError(f"unknown preset {value!r} ({did_you_mean(value, PRESETS)})")
    return value


Words = Annotated[tuple[Text, ...], BeforeValidator(listed)]
LicensePolicy = Annotated[
    tuple[Annotated[str, AfterValidator(_license_or_class)], ...],
    BeforeValidator(listed),
    Field(min_length=1),
]
PresetName = Annotated[str, AfterValidator(_preset)]
Dtype = Literal["fp32", "mixed", "bf16"]


@record
class Constraints:
    """Hard limits. A model that breaks one is rejected, with the reason."""

    license: LicensePolicy | None = None  # identifiers, or a class: permissive, commercial …
    max_parameters: PositiveCount | None = None
    max_disk_gib: PositiveAmount | None = None
    max_training_memory_gib: PositiveAmount | None = None
    max_serving_memory_gib: PositiveAmount | None = None
    max_latency_ms: PositiveAmount | None = None  # one input through the model
    max_training_hours: PositiveAmount | None = None
    min_input_tokens: PositiveCount | None = None  # the model must read at least this much
    released_after: PartialDate | None = None  # on or after
    released_before: PartialDate | None = None  # on or before
    require_families: Words = ()
    ban_families: Words = ()
    require_models: Words = ()  # only these may be chosen
    ban_models: Words = ()
    safetensors: bool = False  # weights must exist as safetensors
    pretrained: bool = False  # architectures without weights are rejected

    def __post_init__(self) -> None:
        after, before = self.released_after, self.released_before
        if after and before and after > before:
            raise ValueError(f"released_after {after} is later than released_before {before}")
        for kind in ("families", "models"):
            required = {name.lower() for name in getattr(self, f"require_{kind}")}
            both = required & {name.lower() for name in getattr(self, f"ban_{kind}")}
            if both:
                raise ValueError(f"{min(both)!r} is both required and banned")


@record
class Training:
    """How the model would be fine-tuned."""

    method: Method | None = None
    batch_size: PositiveCount | None = None
    epochs: PositiveAmount | None = None
    max_length: PositiveCount | None = None  # tokens an input is cut to
    dtype: Dtype | None = None
    lora_rank: PositiveCount | None = None


@record
class Hardware:
    """Where it is trained and where it is served: names from the table, or machines."""

    train: Text | Machine | None = None
    serve: Text | Machine | None = None


@record
class Weights:
    """Weights of the criteria; those left out keep the preset's. Any positive unit."""

    transferability: Annotated[float, Field(ge=0)] | None = None
    pretraining_data: Annotated[float, Field(ge=0)] | None = None
    architecture: Annotated[float, Field(ge=0)] | None = None
    training_time: Annotated[float, Field(ge=0)] | None = None
    compute: Annotated[float, Field(ge=0)] | None = None


@record
class Task:
    """A task profile as written."""

    schema_version: Literal[1] = 1
    name: Text | None = None
    task: TaskName
    languages: Annotated[LanguageCodes, BeforeValidator(listed)] | None = None
    domain: Text | None = None
    n_labels: PositiveCount | None = None
    n_rows: Count | None = None  # labelled rows to train on
    input_tokens: PositiveCount | None = None  # a typical long input, say the 95th percentile
    input_pixels: PositiveCount | None = None  # of the shorter side
    input_seconds: PositiveAmount | None = None
    metric: Annotated[Text, AfterValidator(_metric)] | None = None
    constraints: Constraints = Constraints()
    hardware: Text | Hardware | None = None
    training: Training = Training()
    preset: PresetName | None = None
    weights: Weights = Weights()

    def __post_init__(self) -> None:
        spec = TASKS[self.task]
        units = {"text": "input_tokens", "image": "input_pixels", "audio": "input_seconds"}
        for modality, field in units.items():
            if getattr(self, field) is not None and modality not in spec.modality:
                right = units.get(spec.modality, "none of the input_ keys")
                raise ValueError(f"{field} does not suit {self.task} (use {right})")
        if self.metric is not None and self.metric not in spec.metrics:
            raise ValueError(_unsuited(self.metric, self.task))
        if spec.labelled and self.n_labels == 1 and self.metric not in computed_for("regression"):
            raise ValueError("n_labels: 1 leaves nothing to classify (2 or more are needed)")


def _unsuited(metric: str, task: str) -> str:
    """What is wrong with a metric, the nearest that suits the task, and all that do."""
    suited = TASKS[task].metrics
    takes = f"it takes {', '.join(suited)}"
    if metric in METRICS:
        instead = METRICS[metric].instead
        near = f"; {instead} comes nearest" if instead in suited else ""
        return f"metric: {metric} does not suit {task} ({takes}{near})"
    guess = nearest(metric, suited)
    near = f"did you mean {guess!r}? " if guess else ""
    return f"metric: unknown {metric!r} for {task} ({near}{takes})"


class Default(NamedTuple):
    """A value the profile did not give, and why it got this one."""

    field: str
    value: str
    why: str


class Profile(NamedTuple):
    """A task profile with nothing left open: what the scoring engine reads."""

    name: str
    task: str
    languages: tuple[str, ...]
    domain: str | None
    n_labels: int | None
    n_rows: int
    input_tokens: int
    input_pixels: int
    input_seconds: float
    metric: str
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


def normalised_weights(preset: str, changes: dict[str, float | None]) -> tuple[float, ...]:
    """The preset's weights with changes applied, scaled to sum to 1.

    Raises ValueError when nothing is left to weigh or a number is not finite.
    """
    raw = [
        base if changes.get(name) is None else float(changes[name] or 0.0)
        for name, base in zip(CRITERIA, PRESETS[preset], strict=True)
    ]
    total = sum(raw)
    if not 0 < total < float("inf"):
        raise ValueError("the weights should be finite and not all zero")
    return tuple(value / total for value in raw)


def settle(task: Task, machine: Any, *, hardware: str | None = None) -> Profile:
    """Fill in what the profile leaves open.

    `machine` maps a hardware name to a Machine (raising UnknownName); `hardware`, from the
    command line, overrides both machines. Raises ValueError for impossible weights.
    """
    taken: list[Default] = []
    spec = TASKS[task.task]

    def default(field: str, given: Any, value: Any, why: str) -> Any:
        if given is not None:
            return given
        taken.append(Default(field, str(value), why))
        return value

    def languages() -> tuple[str, ...]:
        if not spec.speaks:
            return task.languages or ()
        if task.languages:
            return task.languages
        taken.append(Default("languages", "en", "not given"))
        return ("en",)

    train_name, serve_name = _machines(task, hardware)
    train_name = default("hardware", train_name, DEFAULT_HARDWARE, "not given")
    train_on = train_name if isinstance(train_name, Machine) else machine(train_name)
    serve_on = train_on
    if serve_name is not None:
        serve_on = serve_name if isinstance(serve_name, Machine) else machine(serve_name)
    training = task.training
    reads_text = spec.modality in ("text", "image-text", "items")
    tokens = training.max_length or task.input_tokens
    if reads_text:
        tokens = default("input_tokens", tokens, DEFAULT_TOKENS, "customary for short texts")
    pixels, seconds = task.input_pixels, task.input_seconds
    if "image" in spec.modality:
        pixels = default("input_pixels", pixels, DEFAULT_PIXELS, "ImageNet's size")
    if spec.modality == "audio":
        seconds = default("input_seconds", seconds, DEFAULT_SECONDS, "AudioSet's clip length")
    half = train_on.fp16_tflops or train_on.bf16_tflops
    dtype = default(
        "training.dtype",
        training.dtype,
        "mixed" if half else "fp32",
        "the training machine has fast 16-bit arithmetic" if half else "no fast 16-bit arithmetic",
    )
    preset = default("preset", task.preset, "balanced", "not given")
    return Profile(
        name=task.name or task.task,
        task=task.task,
        languages=languages(),
        domain=task.domain,
        n_labels=task.n_labels,
        n_rows=default("n_rows", task.n_rows, DEFAULT_ROWS, "not given"),
        input_tokens=tokens or DEFAULT_TOKENS,
        input_pixels=pixels or DEFAULT_PIXELS,
        input_seconds=seconds or DEFAULT_SECONDS,
        metric=default("metric", task.metric, spec.metric, f"usual for {task.task}"),
        constraints=task.constraints,
        train_on=train_on,
        serve_on=serve_on,
        method=default("training.method", training.method, "full", "every weight is trained"),
        batch_size=default("training.batch_size", training.batch_size, DEFAULT_BATCH, "customary"),
        accumulates=training.batch_size is None,
        epochs=default("training.epochs", training.epochs, DEFAULT_EPOCHS, "customary"),
        dtype=dtype,
        lora_rank=training.lora_rank or DEFAULT_LORA_RANK,
        preset=preset,
        weights=normalised_weights(preset, asdict(task.weights)),
        defaults=tuple(taken),
    )


def _machines(task: Task, hardware: str | None) -> tuple[str | Machine | None, ...]:
    """The machines to train and to serve on, as given; None where nothing is said."""
    if hardware is not None:
        return hardware, None
    if isinstance(task.hardware, Hardware):
        return task.hardware.train or task.hardware.serve, task.hardware.serve
    return task.hardware, None
