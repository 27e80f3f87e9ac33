"""The pieces that the runs of one model need: heads, baselines and runs, each made once."""

from __future__ import annotations

import dataclasses
from functools import cached_property

from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.measure.probe import make
from pick_model.measure.probe.bench import EncodedSets, Features
from pick_model.measure.probe.clock import Stopwatch
from pick_model.measure.probe.desk import Desk
from pick_model.measure.probe.layered import MOST_SECONDS
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.pieces import FrozenFit, LayersFit, Run, TrivialFit, ZeroShot
from pick_model.measure.probe.plan import LEAST_ROWS, MOST_TAUGHT
from pick_model.measure.probe.prepare import ProbeSetup, trivial_on
from pick_model.words.message import Message
from pick_model.words.say import message

# Of the budget, what the fit of one linear model on features may take. Chosen by hand: with what
# comes before the runs a quarter, so that most of the time is left for training.
HEAD_SHARE = 0.05


class Work:
    """The pieces that the runs of one model need, in any order, each made once."""

    def __init__(self, desk: Desk, setup: ProbeSetup) -> None:
        self.desk, self.setup, self.inputs, self.costs = desk, setup, setup.inputs, setup.costs
        self.plan, self.settings = setup.plan, setup.inputs.settings
        most = max(setup.plan.sizes[-1], setup.feature_rows, setup.plan.wider)
        self.rows = EncodedSets(desk.bench, self.inputs, setup.lengths.max_length, most)
        self.scorer = Scorer(self.inputs.sets.heldout, self.inputs.metric)
        self.heads: dict[int, FrozenFit] = {}  # by the size asked for

    def trivial_on(self, size: int) -> TrivialFit:
        return trivial_on(self.desk, self.inputs, size)

    @cached_property
    def features(self) -> tuple[Features, float]:
        """Frozen features, and the seconds they took; read when the first head is fitted."""
        account, size = self.desk.account, self.setup.feature_rows
        self.desk.bench.loaded  # noqa: B018  before the clock is asked
        begun, cost = account.now(), self.costs.features(size)
        with self.desk.teller.stage(message("reading-untouched"), cost):
            found = self.rows.features(size, self.layered)
        took = account.now() - begun
        account.learn(cost, took)
        return found, took

    def head_rows(self, size: int) -> int:
        """Rows that a head for a run of `size` rows is fitted on; its time grows with them."""
        account, wanted = self.desk.account, min(size, self.setup.feature_rows)
        if not self.heads or not account.limited:
            return wanted
        last = list(self.heads.values())[-1]

        def choose() -> int:
            each = max(last.seconds, 1e-9) / last.rows
            return min(wanted, max(int(account.seconds_for(HEAD_SHARE) / each), LEAST_ROWS))

        return int(self.desk.decision(f"rows of the head on {size}", choose))

    def frozen_on(self, size: int) -> FrozenFit:
        """The linear model on frozen features of `size` rows, or of as many as time allows."""
        if size in self.heads:
            return self.heads[size]
        rows, read = self.head_rows(size), self.setup.feature_rows

        def fit() -> FrozenFit:
            features, took = self.features
            return make.frozen_fit(self.rows, features, read, rows, took, self.desk.account.now)

        key = self.inputs.key("frozen", rows=rows, read=read)
        self.heads[size] = self.desk.piece(FrozenFit, key, fit)
        return self.heads[size]

    @property
    def layered(self) -> bool:
        """Whether every layer is read: where features are of more rows than the runs see."""
        wider = self.setup.feature_rows > self.plan.sizes[-1]
        by_word = LABEL_KINDS[self.inputs.sets.train.kind].by_word
        return wider and not by_word and self.settings.method != "linear"

    def layers_on(self, size: int) -> LayersFit | None:
        """All layers side by side, of `size` rows; None where they were not read, are of no use
        or the time is too short."""
        read, account = self.setup.feature_rows, self.desk.account
        rows = min(size, read, MOST_TAUGHT)
        least = MOST_SECONDS * (rows / MOST_TAUGHT) ** 3
        what = f"layers of {rows} rows"
        if not self.layered or not self.desk.decision(
            what, lambda: account.seconds_for(HEAD_SHARE) >= least
        ):
            return None
        key = self.inputs.key("layers", rows=rows, read=read)
        found = self.desk.find(LayersFit, key)
        if found is None:
            untouched = self.features[0]
            views = untouched.layers or (untouched.training[None], untouched.heldout[None])
            made = make.layers_fit(self.rows, views, read, rows, account.now)
            found = None if made is None else self.desk.keep(key, made)
        return found

    @property
    def zero_shot(self) -> ZeroShot | None:
        """Of files with one label each; of texts nothing is looked for."""
        rows = self.inputs.sets.heldout
        if rows.media is None or not LABEL_KINDS[rows.kind].exclusive:
            return None
        told = message("reading-by-names")

        def say_names() -> ZeroShot:
            with self.desk.teller.stage(told):
                return make.zero_shot(self.rows, self.desk.account.now)

        if not self.desk.may(told, self.costs.tail(1)):  # one pass over the held-out rows
            return None

        return self.desk.piece(ZeroShot, self.inputs.key("zero-shot"), say_names)

    def run(
        self,
        size: int,
        passes: float,
        seed: int,
        rate: float,
        told: Message | None = None,
        read: int = 0,
    ) -> Run:
        """One training run, by one seed, on `size` rows; `told` while it lasts.

        read: training rows whose layers are read with the encoder that it has trained.
        """
        head, desk, costs = self.frozen_on(size), self.desk, self.costs
        if self.settings.method == "linear":
            return Run(head.predictions, threshold=head.threshold)
        steps = self.setup.steps(size, passes)
        wanted = make.RunInputs(size, passes, seed, rate, steps, costs.evaluations(steps), read)
        key = self.inputs.key(
            "run",
            **dataclasses.asdict(wanted),
            head={"rows": head.rows, "read": self.setup.feature_rows},
        )
        cut_key = {**key, "cut": self.inputs.limits}  # holds for this budget alone
        found = desk.find(Run, key)
        if found is None and desk.account.limited:
            found = desk.find(Run, cut_key)
        if found is not None:
            return found
        more = costs.layers(read)
        watch = Stopwatch(
            desk.account, costs.speed.step_seconds, lambda looks: costs.tail(looks) + more
        )
        told = told or message("training-by-seed", n=size, seed=seed)
        with desk.teller.stage(told, costs.run(size, passes, steps) + more) as tick:
            made = make.run(self.rows, head.head, wanted, watch, tick)
        return desk.keep(cut_key if made.timed else key, made)
