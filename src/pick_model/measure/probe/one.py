"""One model's probe: the runs that the plan asks for, as far as the time goes, and the curve.

What the time does not reach is dropped in this order, and named in the report:

1. the extension to as many passes as the full fine-tune takes
2. several passes over the smallest size
3. trying learning rates (then the published one is taken)
4. further seeds of the largest run
5. the curve's smaller sizes, the half before the quarter
6. rows of the largest run, before it begins
7. its last steps, once it runs: the rate falls to zero over those that fit

Before all that, what is predicted each time is cut to the budget (`prepare.py`), and the rows of
the baselines and frozen features. The largest run comes right after what it needs, so that
whatever happens then, it is there; what is measured is kept and reported.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from pick_model.data.dataset import Dataset
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.documents.probe import Environment, RateFrom, Result
from pick_model.encoders.network import out_of_memory
from pick_model.errors import EnvironmentProblem
from pick_model.measure.probe.curve import Curve, Point, Trained, Wider, read_curve
from pick_model.measure.probe.desk import Desk
from pick_model.measure.probe.pieces import Run
from pick_model.measure.probe.plan import LEAST_EXTENSION, largest
from pick_model.measure.probe.prepare import prepare, too_small
from pick_model.measure.probe.rate import best_rate, candidate_rates, published_rate
from pick_model.measure.probe.result import environment, judgement_of, result_of
from pick_model.measure.probe.scores import (
    Done,
    Runs,
    ScoredBaseline,
    of_baselines,
    of_layers,
    of_runs,
    of_trivial,
    unit,
)
from pick_model.measure.probe.settings import FULL_PASSES
from pick_model.measure.probe.timed import keep_timing
from pick_model.measure.probe.work import Work
from pick_model.vocabulary.baselines import MAJORITY
from pick_model.vocabulary.metrics import utility_of_failure, utility_of_perfection
from pick_model.words.message import Message
from pick_model.words.say import message


def probe_one(desk: Desk) -> tuple[Result, Environment]:
    """Run what the plan says and the time allows, and go on where that may change the verdict.

    Gives the result, and what it was made on.
    """
    try:
        work = Work(desk, prepare(desk))
        done = extended(work, first_phase(work))
        keep_timing(work, done)
        return result_of(work, done), environment(work)
    except RuntimeError as fault:
        if not out_of_memory(fault):
            raise
        raise EnvironmentProblem(
            message("out-of-memory-with", name=desk.inputs.resolved.name),
            hint=message("train-less-or-smaller"),
            code="out-of-memory",
        ) from fault


def first_phase(work: Work) -> Done:
    """The runs of the plan but its extension, and the curve through them."""
    plan, first, desk = work.plan, work.settings.seed, work.desk
    rate, rate_from, tried = find_rate(work)
    costs, small, size = work.costs, plan.sizes[0], plan.sizes[-1]
    runs: Runs = {}
    if small < size:
        told, then = _curve_point(small), costs.run(size)
        if rate in tried:
            runs[small, 1.0] = [tried[rate]]
        elif desk.may(told, costs.run(small) + then - costs.tail(1), costs.tail(1)):
            runs[small, 1.0] = [work.run(small, 1.0, first, rate, message("training-on", n=small))]
    size = shrunk(work, size, least=small + 1 if runs else 1)
    aside: list[Run] = []
    if size > small or not runs:
        run = largest_run(work, size, rate)
        runs[size, passes_of(work, size, run)] = [run]
        wider_of(work, size)  # while there is time
    for middle in reversed(plan.sizes[1:-1]):
        if middle < size and desk.may(_curve_point(middle), costs.run(middle)):
            run = work.run(middle, 1.0, first, rate, message("training-on", n=middle))
            _keep(work, runs, aside, (middle, 1.0), run, _curve_point(middle))
    for k in range(1, plan.seeds):
        told = message("seed-on", seed=first + k, n=size)
        if (size, plan.passes) in runs and desk.may(told, costs.run(size, plan.passes)):
            run = work.run(size, plan.passes, first + k, rate, message("training-what", what=told))
            _keep(work, runs, aside, (size, plan.passes), run, told)
    again = (small, plan.repeated_passes)
    if again[1] > 1 and (small, 1.0) in runs and small < size:
        told = message("passes-over", passes=again[1], n=small)
        if desk.may(told, costs.run(*again)):
            run = work.run(*again, first, rate, message("training-what", what=told))
            _keep(work, runs, aside, again, run, told)
    runs = dict(sorted(runs.items(), key=lambda item: (item[0][0] == size, item[0])))
    size = next(reversed(runs))[0]
    points = {key: of_runs(work.scorer, *key, done) for key, done in runs.items()}
    trivial = work.setup.trivial
    baselines = of_baselines(work.scorer, trivial, work.frozen_on(size), work.zero_shot)
    alike = None
    if size < len(work.inputs.sets.train):
        alike = of_trivial(work.scorer, work.trivial_on(size))
    others = tuple(run for other, run in tried.items() if other != rate)
    return Done(
        runs=runs,
        points=points,
        baselines=baselines,
        same_rows=alike,
        curve=curve_of(work, runs, points, baselines),
        rate=rate,
        rate_from=rate_from,
        aside=(*aside, *others),
    )


def find_rate(work: Work) -> tuple[float, RateFrom, dict[float, Run]]:
    """The peak learning rate, where it comes from, and the whole runs that tried one."""
    given, plan, desk = work.settings.learning_rate, work.plan, work.desk
    if given is not None:
        return given, "given", {}
    if work.settings.method == "linear":
        return 0.0, "none", {}
    parameters, method = work.setup.lengths.parameters, work.settings.method
    published = published_rate(parameters, method)
    if not plan.trials:
        return published, "published", {}
    tried: dict[float, Run] = {}
    costs, size, seed = work.costs, plan.sizes[0], work.settings.seed
    others = [rate for rate in candidate_rates(parameters, method) if rate != published]
    rest = plan.seeds * costs.run(plan.sizes[-1]) + sum(map(costs.run, plan.sizes[:-1]))
    for at, rate in enumerate([published, *others]):
        told = message("rate-on", rate=rate, n=size)
        foreseen = rest + (len(others) - at) * costs.run(size) - costs.tail(1)
        if not desk.may(told, foreseen, costs.tail(1)):
            break
        counted = message("trying-rate", rate=rate, at=at + 1, of=len(others) + 1, n=size)
        run = work.run(size, 1.0, seed, rate, counted)
        if not run.cut:
            tried[rate] = run
    if len(tried) < 2:
        return published, "published", tried
    scale = unit(work)
    last = {rate: run.curve[-1] for rate, run in tried.items()}
    seen = {rate: (p.score / scale, p.loss) for rate, p in last.items()}
    return best_rate(seen, published), "trials", tried


def shrunk(work: Work, size: int, least: int) -> int:
    """The rows of the largest run that fit now: the machine may be slower than when planned.

    Where not even `least` do, the size below them: what was run already is the largest.
    """
    desk, account, costs = work.desk, work.desk.account, work.costs
    if work.plan.direct or work.settings.method == "linear" or not account.limited:
        return size
    trivial = work.setup.trivial

    def fits(n: int) -> bool:
        once = trivial.seconds * n / trivial.rows  # TF-IDF on the same rows
        return account.fits(costs.run(n) + once - costs.tail(1), costs.tail(1))

    def choose() -> int:
        n = largest(size, costs.batch, fits)
        return n if n >= least and fits(n) else least - 1

    now = int(desk.decision("rows of the largest run", choose))
    if now < 1:
        raise too_small(desk, costs.speed)
    if now < size:
        desk.drop(message("rows-of-largest-run", rows=size, n=now))
    return now


def largest_run(work: Work, size: int, rate: float) -> Run:
    """The run that the report rests on, by its first seed, whole or cut short."""
    first, passes = work.settings.seed, work.plan.passes
    if size < len(work.inputs.sets.train):
        work.trivial_on(size)  # while there is time
    read = work.plan.wider if work.plan.after else 0
    told = message("training-on-all", n=size, seed=first)
    run = work.run(size, passes, first, rate, told, read)
    if run.cut:
        planned = work.setup.steps(size, passes)
        work.desk.drop(message("steps-of-largest-run", first=run.steps + 1, last=planned))
    return run


def passes_of(work: Work, size: int, run: Run) -> float:
    """As planned, save where the run was cut."""
    planned = work.plan.passes
    return round(run.steps / work.costs.steps(size), 3) if run.cut else planned


def _keep(
    work: Work, runs: Runs, aside: list[Run], key: tuple[int, float], run: Run, told: Message
) -> None:
    """A whole run joins the others of its size; one cut short is told apart."""
    if not run.cut:
        runs.setdefault(key, []).append(run)
        return
    aside.append(run)
    score = work.scorer.score(run.predictions)
    work.desk.drop(message("run-left-out", what=told, steps=run.steps, score=score))


def _curve_point(size: int) -> Message:
    return message("curve-point", n=size)


def extended(work: Work, done: Done) -> Done:
    """On to the passes of the full fine-tune, where the curve still rises or nothing is clear."""
    (size, passes), desk = done.size, work.desk
    # A curve counts as flat when less than two points are to be won; a verdict may hang on less.
    undecided = judgement_of(work, done).verdict == "inconclusive"
    wanted = work.plan.extension_passes
    if not wanted or passes != 1.0 or not (undecided or not done.flattened):
        return done
    more: list[Run] = []
    costs, first, cut = work.costs, work.settings.seed, None
    for k in range(work.plan.extension_seeds):
        told = message("going-on", passes=wanted, n=size, seed=first + k)
        if not desk.may(told, costs.run(size, wanted)):
            break
        run = work.run(size, wanted, first + k, done.rate, told)
        if run.cut:
            cut = run
            desk.drop(message("run-ended", what=told, steps=run.steps))
            break
        more.append(run)
    if not more and cut is not None:  # one run that went nearly as far is worth it
        reached = passes_of(work, size, cut)
        if reached >= LEAST_EXTENSION:
            more, wanted, cut = [cut], reached, None
    if cut is not None:
        done = dataclasses.replace(done, aside=(*done.aside, cut))
    if not more:
        return done
    key = (size, wanted)
    runs = {**done.runs, key: more}
    points = {**done.points, key: of_runs(work.scorer, *key, more)}
    curve = curve_of(work, runs, points, done.baselines)
    return dataclasses.replace(
        done, runs=runs, points=points, curve=curve, flat=done.flattened, extended=True
    )


def wider_of(work: Work, size: int) -> Wider | None:
    """Linear models on frozen features of more rows than `size` and of those, where they were
    read: of all layers side by side, of words of the last one.
    """
    read, scorer = work.setup.feature_rows, work.scorer
    if read <= size or work.settings.method == "linear":
        return None
    train = work.inputs.sets.train
    of_all, alike = work.layers_on(read), work.layers_on(size)
    if of_all is not None and alike is not None and of_all.rows > alike.rows:
        drawn = of_layers(scorer, train, of_all, work.settings.seed)
        beside = scorer.sign * scorer.resampled(alike.predictions)
        return Wider(of_all.rows, drawn, beside, classes_of(train))
    last, own = work.frozen_on(read), work.frozen_on(size)
    if last.rows <= own.rows:
        return None
    alone, beside = (scorer.sign * scorer.resampled(fit.predictions) for fit in (last, own))
    return Wider(last.rows, alone, beside)


def trained_of(work: Work, run: Run) -> Trained | None:
    """A linear model on layers of the encoder that a run has trained, where they were read."""
    if run.layers is None:
        return None
    train = work.inputs.sets.train
    drawn = of_layers(work.scorer, train, run.layers, work.settings.seed)
    return Trained(run.layers.rows, drawn, classes_of(train))


def classes_of(rows: Dataset) -> int:
    """Of rows whose classes exclude each other; 2 of others."""
    return len(rows.label_names) if LABEL_KINDS[rows.kind].exclusive else 2


def curve_of(
    work: Work,
    runs: Runs,
    points: dict[tuple[int, float], Point],
    baselines: Mapping[str, ScoredBaseline],
) -> Curve:
    """The learning curve through the points, read to the full fine-tune."""
    (size, passes), plan = next(reversed(runs)), work.plan
    again = (plan.sizes[0], plan.repeated_passes)
    repeated = points.get(again) if again[0] < size else None
    return read_curve(
        [p for key, p in points.items() if p.rows < size and key != again] + [points[size, passes]],
        plan.full_rows,
        1.0 if work.settings.method == "linear" else FULL_PASSES,
        repeated=repeated,
        frozen=baselines["frozen"].drawn,
        wider=wider_of(work, size),
        trained=trained_of(work, runs[size, passes][0]),
        majority=baselines[MAJORITY].drawn,
        unit=unit(work),
        best=utility_of_perfection(work.scorer.metric),
        worst=utility_of_failure(work.scorer.metric),
        seed=work.settings.seed,
    )
