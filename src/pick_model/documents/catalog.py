"""The catalog: one entry a pretrained model, every fact with its source.

Unknown is written `null` and is never guessed. Which source gave which field is told by
`sources`, a map from a source's id (declared in `catalogs/sources/`) to the fields it
supports; a source carries its own basis, so a fact's basis is that of its source.

Pydantic checks these records when YAML is read; the shipped catalog was checked when it was
compiled, and is read as it stands.
"""

# Annotations are left as they are evaluated: each string would be compiled at every start.
from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

from pick_model.core_schema import After, Before, Bounds
from pick_model.documents.base import Amount, Count, FrozenRecord, PositiveCount
from pick_model.documents.base import Text as AnyText
from pick_model.documents.names import (
    Basis,
    BenchmarkPattern,
    DataUnit,
    DirectionName,
    EntryId,
    KindName,
    LanguageCodes,
    LicenseName,
    Modality,
    PartialDate,
    Revision,
    TaskName,
)
from pick_model.documents.readable import plain_hub_repo, plain_name, readable
from pick_model.errors import WrongValue
from pick_model.record import field
from pick_model.words.say import message

Text = Annotated[AnyText, After(readable)]
Name = Annotated[AnyText, After(plain_name)]
HubRepo = Annotated[
    str, Bounds(pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$"), Before(plain_hub_repo)
]


class Shape(FrozenRecord):
    """The dimensions a parameter count and a FLOP count follow from."""

    n_layers: PositiveCount | None = None  # encoder layers (decoder layers for a decoder)
    n_decoder_layers: PositiveCount | None = None  # of an encoder-decoder
    n_unique_layers: PositiveCount | None = None  # fewer than n_layers when layers are shared
    hidden_size: PositiveCount | None = None
    embedding_size: PositiveCount | None = None  # where tokens are embedded narrower
    intermediate_size: PositiveCount | None = None  # width of the feed-forward block
    gated_ffn: bool = False  # three matrices a block (SwiGLU, GeGLU) instead of two
    n_heads: PositiveCount | None = None
    n_kv_heads: PositiveCount | None = None
    head_dim: PositiveCount | None = None
    vocab_size: PositiveCount | None = None
    n_positions: PositiveCount | None = None
    n_token_types: Count | None = None
    patch_size: PositiveCount | None = None


class Forward(FrozenRecord):
    """A published cost of one forward pass of one item, and the input it holds for."""

    flops: Amount | None = None  # FLOPs, not multiply-adds
    activations: Amount | None = None  # elements written by convolution and linear layers
    image_size: PositiveCount | None = None  # pixels a side
    tokens: PositiveCount | None = None
    seconds: Amount | None = None


class Corpus(FrozenRecord):
    """One body of pretraining data."""

    name: AnyText  # as the card spells it, whatever is in it
    size: Amount | None = None
    unit: DataUnit | None = None

    def __post_init__(self) -> None:
        if (self.size is None) != (self.unit is None):
            raise WrongValue(message("come-together", one="size", other="unit"))


class Pretraining(FrozenRecord):
    """What the model learnt from in its own, last stage, and at what cost.

    What a base model learnt before stands in the base model's entry.
    """

    objective: Text | None = None
    corpora: tuple[Corpus, ...] = ()
    data_size: Amount | None = None  # distinct data, in data_unit
    data_unit: DataUnit | None = None
    data_seen: Amount | None = None  # data_size times passes, in data_seen_unit
    data_seen_unit: DataUnit | None = None
    compute_flop: Amount | None = None  # FLOPs of the whole pretraining
    hardware: Text | None = None
    hardware_hours: Amount | None = None  # wall-clock hours on `hardware`

    def __post_init__(self) -> None:
        if (self.data_size is None) != (self.data_unit is None):
            raise WrongValue(message("come-together", one="data_size", other="data_unit"))
        if (self.data_seen is None) != (self.data_seen_unit is None):
            raise WrongValue(message("come-together", one="data_seen", other="data_seen_unit"))


class Entry(FrozenRecord):
    """One pretrained model (or, with `pretrained: false`, one architecture)."""

    id: EntryId
    hub_repo: HubRepo | None = None
    revision: Revision | None = None  # commit of hub_repo the facts hold for
    aliases: tuple[Name, ...] = ()
    family: Name
    kind: KindName
    modality: Modality
    tasks: Annotated[tuple[TaskName, ...], Bounds(min_length=1)]
    languages: LanguageCodes | None = None  # () = takes no human language
    directions: tuple[DirectionName, ...] = ()  # of translation; () = between all languages
    domains: tuple[Name, ...] = ()  # general when empty
    license: LicenseName | None = None
    release_date: PartialDate | None = None
    pretrained: bool = True
    n_parameters: PositiveCount | None = None  # all of them, embeddings included
    n_embedding_parameters: Count | None = None  # of the token embedding table
    n_active_parameters: PositiveCount | None = None  # used for one token, if not all
    embed_dim: PositiveCount | None = None  # width of the features it gives
    max_tokens: PositiveCount | None = None
    image_size: PositiveCount | None = None  # pixels a side it was trained for
    sample_rate_hz: PositiveCount | None = None
    max_seconds: Amount | None = None
    shape: Shape = Shape()
    forward: Forward | None = None
    pretraining: Pretraining = Pretraining()
    # Benchmarks whose training data it saw; () = none of ours, of those that are published.
    training_sets: tuple[BenchmarkPattern, ...] | None = None
    # What its published scores of frozen features were taken with, and plain use lacks: an
    # instruction for the task in front of each text, or the adapter for the task.
    scored_with: Literal["instruction", "adapter"] | None = None
    base_model: EntryId | None = None
    adapter: bool = False  # its weights are laid over those of base_model when it is loaded
    base_license: LicenseName | None = None  # of an adapter: the base model's, which holds too
    superseded_by: EntryId | None = None
    weights: tuple[Literal["safetensors", "pickle", "onnx", "gguf", "other"], ...] | None = None
    notes: Text | None = None
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (
            self.n_parameters is not None
            and self.n_embedding_parameters is not None
            and self.n_embedding_parameters >= self.n_parameters
        ):
            raise WrongValue(
                message("not-smaller-than", name="n_embedding_parameters", than="n_parameters"),
                key="n_embedding_parameters",
            )
        if self.adapter and self.base_model is None:
            raise WrongValue(message("adapter-without-base"), key="adapter")
        if self.base_license is not None and not self.adapter:
            raise WrongValue(message("base-license-without-adapter"), key="base_license")

    @property
    def licenses(self) -> tuple[LicenseName | None, ...]:
        """What holds for whoever loads it: its licence, and of an adapter the base model's too."""
        return (self.license, self.base_license) if self.adapter else (self.license,)


class Source(FrozenRecord):
    """Where facts come from."""

    title: Text
    url: Text | None = None
    version: Text | None = None  # commit, release or date that was read
    license: Text | None = None  # of the source, as its owner states it
    basis: Basis  # what a fact from here rests on
    note: Text | None = None


class Benchmark(FrozenRecord):
    """What a benchmark of the evidence tables is."""

    id: Annotated[str, Bounds(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    name: Text
    task: TaskName
    modality: Modality
    languages: LanguageCodes = ()  # () = no human language
    domain: Text | None = None
    n_rows: Count | None = None  # training rows
    n_labels: PositiveCount | None = None
    input_tokens: Amount | None = None  # mean length of one input
    chance: float | None = None  # score of guessing, in the main metric, as a fraction
    source: Text | None = None


EVIDENCE_COLUMNS = (
    "entry",  # id of a catalog entry
    "benchmark",  # id in benchmarks.yaml
    "metric",  # as in the task table; accuracy, macro_f1, mcc …
    "score",  # bounded metrics as fractions (0.927), others in their own unit
    "split",  # dev | test | …
    "protocol",  # one of uses.PROTOCOLS
    "conditions",  # what else tells two rows of one protocol apart
    "n_runs",  # runs behind the score; empty if unknown
    "source",  # id in catalogs/sources
)


class Score(NamedTuple):
    """One published score: a line of an evidence table (see `EVIDENCE_COLUMNS`)."""

    entry: str
    benchmark: str
    metric: str
    score: float
    split: str
    protocol: str
    conditions: str
    n_runs: int | None
    source: str


LONGEST_LINEAGE = 10  # a circle, which `catalog validate` finds, ends here


def lineage(entry: Entry, entries: Mapping[str, Entry]) -> tuple[Entry, ...]:
    """The entry, its base model, that one's base model …, as far as `entries` knows."""
    line = [entry]
    while line[-1].base_model in entries and len(line) < LONGEST_LINEAGE:
        line.append(entries[line[-1].base_model or ""])
    return tuple(line)
