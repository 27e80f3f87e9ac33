"""A task profile with nothing left open, and which values it did not give itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, NamedTuple

from pick_model.documents.hardware import Machine
from pick_model.documents.task import CRITERIA, PRESETS, Constraints, Dtype, Hardware, Task
from pick_model.vocabulary.tasks import SEQUENCES, TASKS
from pick_model.vocabulary.uses import Method

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
    reads_text = spec.modality in (*SEQUENCES, "image-text")
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
