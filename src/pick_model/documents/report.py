"""What `recommend` gives back. Fields are added, never renamed."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import Ends, Figure, FrozenRecord, Quantity
from pick_model.documents.names import Basis
from pick_model.interval import Interval
from pick_model.words.message import Message


class Estimate(Quantity):
    """A quantity and what it rests on."""

    basis: Basis


class ExpectedScore(Figure):
    """Expected score on this task."""

    metric: str  # the unit of value: the task's metric, or standard_score where nothing scales it
    basis: Basis
    n_items: int  # scores that carried it


class Measured(FrozenRecord):
    """What a probe on the task's own data says of a model."""

    entry: str
    metric: str
    score: float  # expected of a full fine-tune on all rows
    low: float  # 90 %
    high: float
    verdict: str


class NextStep(FrozenRecord):
    """What to measure next, and what it is worth."""

    stage: Literal["compare", "screen", "probe"]
    models: tuple[str, ...]  # ids, the most worth first
    minutes: float | None  # expected, on the machine of the profile; None: unknown
    expected_loss_after: float  # in the unit of the decision
    command: str  # what to type; FILE and such stand for the data, TASK.yaml for the profile


class Decision(FrozenRecord):
    """What to take, what it may cost, and what to measure next.

    Losses are what taking a model loses in expectation against the best candidate, 0 or more.
    """

    pick: str  # id; the first of the ranking
    p_best: float  # probability that the pick has the best score of all candidates
    p_better_than_current: float | None  # than the profile's current model
    expected_loss: float
    unit: Literal["points", "standard_score"]  # points: hundredths of a bounded metric
    n_candidates: int  # the candidates it was weighed against
    shortlist: tuple[str, ...]  # the fewest that hold the best with `shortlist_p`
    shortlist_p: float
    anchored: bool  # whether a score on this task is known
    n_similar: int  # groups of published scores in the metric that say what points to expect
    next: NextStep | None  # None: nothing more to gain, or nothing can be measured here
    finalists: tuple[str, ...] = ()  # few, of which the best loses `finalists_loss`
    finalists_loss: float = 0.0
    first_by_score: str = ""  # id of who loses least, where that is not the pick
    first_by_score_loss: float = 0.0


class Candidate(FrozenRecord):
    """One model that meets every constraint."""

    rank: int  # models that cannot be told apart share a rank
    id: str
    hub_repo: str | None
    revision: str | None
    score: float  # 0 to 1, the sum of the contributions
    interval: Ends
    contributions: dict[str, float]  # criterion -> weight × value
    values: dict[str, Interval]  # criterion -> value, low, high; 0 to 1
    expected: ExpectedScore
    standing: Figure  # the same in standard scores: 0 the average model of the evidence
    p_best: float  # probability that it has the best score of all candidates
    p_better_than_current: float | None  # than the profile's current model
    expected_loss: float  # against the best candidate, in the unit of the decision
    resembling_scores: int  # published scores on tasks like this one, used this way
    measured: Measured | None  # on the task's own data, with --results or --probe
    estimates: dict[str, Estimate]
    n_parameters: int | None
    license: str | None
    micro_batch: int  # inputs in memory at once; below the batch size, gradients accumulate
    pretrained: bool
    net_value: float | None  # what its points are worth less its training, by the user's prices
    acceptability: float  # share of all weightings in which it comes first
    pareto: bool  # no other is expected better and trains faster
    unknown: tuple[str, ...]  # facts the catalog lacks that the score would have read
    checkpointing: bool = False  # with which its training is estimated: it hardly fits without
    doubtful: bool = False  # expected over a limit that it may keep: after all that keep theirs
    fits: Literal["yes", "maybe"] | None = None  # its training on the machine; None: unknown
    cautions: tuple[str, ...] = ()  # what may not fit, and with which settings; what takes days
    caution_messages: tuple[Message, ...] = ()  # the same, in the same order
    base_license: str | None = None  # of an adapter: its base model's, which holds beside its own
    superseded_by: str | None = None  # the catalog's entry of a later version
    outdone_by: str | None = None  # a later version, no worse by any criterion: after all else
    # The longest input it reads, where the task's is longer: tokens, pixels or seconds.
    input_limit: float | None = None


class Rejected(FrozenRecord):
    """One model that breaks a constraint, and the first constraint it breaks."""

    id: str
    constraint: str
    reason: str
    near_miss: str | None = None  # what would let it in
    message: Message  # of reason
    near_miss_message: Message | None = None


class FlipWeight(FrozenRecord):
    """Another model leads once a criterion's weight passes this value."""

    criterion: str
    direction: Literal["above", "below"]
    weight: float
    winner: str


class DefaultTaken(FrozenRecord):
    """A value the task profile left open."""

    field: str
    value: str
    why: str
    why_message: Message | None = None


class CurrentScore(FrozenRecord):
    """The model in use today and its score in the task's metric."""

    model: str  # as the profile has it
    entry: str | None  # id in the catalog; None: the catalog does not know it
    score: float


class TaskSummary(FrozenRecord):
    """The task as it was read, with every default filled in."""

    name: str
    task: str
    languages: tuple[str, ...]
    domain: str | None
    n_labels: int | None
    n_rows: int
    metric: str
    input: str
    train_on: str
    serve_on: str
    method: str
    batch_size: int
    epochs: float
    dtype: str
    preset: str
    weights: dict[str, float]
    weights_origin: Literal["hand-set", "fitted", "user"]
    defaults: tuple[DefaultTaken, ...]
    translate: tuple[str, str] | None = None  # from, to
    label_kind: str | None = None
    pairs: bool = False  # one input is two texts, read together
    item_texts: bool | None = None  # the items have texts; None: nobody said
    user_graph: bool | None = None  # who knows whom is known; None: nobody said
    current: CurrentScore | None = None
    point_worth: float | None = None  # money a hundredth of the metric is worth
    price_per_hour: float | None = None  # money an hour of training costs
    input_messages: tuple[Message, ...] = ()  # what `input` says, part by part


class Recommendation(FrozenRecord):
    """The ranked shortlist of `recommend`."""

    schema_version: Literal[1] = 1
    command: Literal["recommend"] = "recommend"
    tool_version: str
    catalog_digest: str
    task: TaskSummary
    n_models: int
    n_candidates: int
    decision: Decision
    candidates: tuple[Candidate, ...]  # best first; at most --top of them
    rejected: tuple[Rejected, ...]
    rejected_by: dict[str, int]  # constraint -> how many, in the order they are checked
    flips: tuple[FlipWeight, ...]
    notes: tuple[str, ...]
    note_messages: tuple[Message, ...] = ()  # of the notes, in their order
