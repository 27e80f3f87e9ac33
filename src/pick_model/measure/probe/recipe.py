"""A recipe for the full fine-tune: what this probe saw, joined to published practice.

Rules are a table of functions; each looks at the same facts and gives one line of advice,
or none where neither the probe nor a paper has something to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pick_model.data.variation import Variation
from pick_model.documents.probe import Advice
from pick_model.measure.probe.plan import MANY_ROWS
from pick_model.measure.probe.settings import FEW_ROWS
from pick_model.words.message import Message
from pick_model.words.say import message, say


@dataclass(frozen=True)
class Facts:
    """What the probe knows when it writes the recipe."""

    method: str
    kind: str
    n_parameters: int
    n_layers: int
    full_rows: int
    learning_rate: float | None
    rate_from: str
    max_length: int
    truncated: float
    early_stopped: bool
    over_frozen: float  # fine-tuned minus frozen features, utility
    unit: float  # what counts as 1 in this metric
    gain: float  # expected from the full fine-tune
    imbalance: float | None  # largest class by smallest
    modality: str = "text"
    variation: Variation | None = None  # how training rows were varied


def recipe(facts: Facts) -> tuple[Advice, ...]:
    """Advice in the order a training script would need it."""
    lines = [rule(facts) for rule in RULES.get(facts.modality, OF_FILES)]
    return tuple(line for line in lines if line is not None)


def _advice(what: str, value: Message, why: Message, source: str) -> Advice:
    return Advice(
        what=what,
        value=say(value),
        why=say(why),
        source=source,
        value_message=value,
        why_message=why,
    )


def _rate(f: Facts) -> Advice | None:
    if f.learning_rate is None:
        return None
    seen = {
        "trials": message("rate-tried"),
        "given": message("rate-given"),
        "published": message("rate-published"),
    }[f.rate_from]
    source = "Devlin et al. 2019, arXiv:1810.04805, A.3; Turc et al. 2019, arXiv:1908.08962"
    if f.modality != "text":
        source = "measured by this probe"
        if f.rate_from == "published":
            seen, source = message("rate-of-texts"), "Turc et al. 2019, arXiv:1908.08962"
    return _advice("learning rate", message("rate-warm-up", rate=f.learning_rate), seen, source)


def _batch(f: Facts) -> Advice | None:
    if f.method == "linear":
        return None
    few = f.full_rows < MANY_ROWS
    return _advice(
        "batch",
        message("batch-of", rows=16 if few else 32),
        message("few-rows-small-batch" if few else "enough-rows-large-batch"),
        "Devlin et al. 2019, arXiv:1810.04805, A.3",
    )


def _epochs(f: Facts) -> Advice | None:
    if f.method == "linear":
        return None
    source = "Devlin et al. 2019, arXiv:1810.04805, A.3"
    if f.early_stopped:
        value, why = message("three-epochs-stopping"), message("a-run-stopped-early")
    elif f.full_rows < FEW_ROWS:
        value, why = message("ten-epochs-stopping"), message("three-epochs-too-few")
        source = "Mosbach et al. 2021, arXiv:2006.04884; Zhang et al. 2021, arXiv:2006.05987"
    else:
        value, why = message("three-epochs"), message("extrapolated-to-three")
    return _advice("epochs", value, why, source)


def _length(f: Facts) -> Advice | None:
    why = message("no-row-longer")
    if f.truncated:
        costly = f.truncated > 0.05  # set by hand
        why = message("rows-longer-costly" if costly else "rows-longer", share=f.truncated)
    return _advice("length", message("tokens", n=f.max_length), why, "measured by this probe")


def _head(f: Facts) -> Advice | None:
    if f.method == "linear":
        return None
    source = "Kumar et al. 2022, arXiv:2202.10054"
    return _advice("first head", message("head-from-logistic"), message("head-found"), source)


def _freezing(f: Facts) -> Advice | None:
    if f.method == "linear" or not f.n_layers:
        return None
    won = f.over_frozen
    why = message("won-over-frozen", by=won) if won > 0 else message("lost-to-frozen", by=-won)
    if f.over_frozen < 0.01 * f.unit and f.gain < 0.02 * f.unit:
        value = message("freeze-all")
    elif f.full_rows < 1000:
        value = message("freeze-lower-half", half=f.n_layers // 2, layers=f.n_layers)
        why = message("few-rows-upper-layers")
    else:
        value = message("freeze-none")
    return _advice("freezing", value, why, "Lee et al. 2019, arXiv:1911.03090")


def _regularisation(f: Facts) -> Advice | None:
    if f.method == "linear":
        return None
    why = message("as-probed-keep-stopping" if f.early_stopped else "as-probed-no-overfitting")
    source = "Devlin et al. 2019, arXiv:1810.04805, A.2"
    return _advice("regularisation", message("usual-regularisation"), why, source)


def _balance(f: Facts) -> Advice | None:
    if f.imbalance is None or f.imbalance < 3:
        return None
    return _advice(
        "class weights",
        message("balance-classes"),
        message("class-times-larger", times=f.imbalance),
        "King and Zeng 2001, doi:10.1093/oxfordjournals.pan.a004868",
    )


def _augmentation(f: Facts) -> Advice | None:
    if f.kind == "tokens":
        return None
    if f.full_rows <= 500:
        value, why = message("augment"), message("augmentation-gains-below")
    elif f.gain > 0.02 * f.unit:
        value, why = message("label-first"), message("curve-still-rises")
    else:
        value, why = message("do-not-augment"), message("augmentation-no-gain")
    source = "Wei and Zou 2019, arXiv:1901.11196; Longpre et al. 2020, arXiv:2010.01764"
    return _advice("augmentation", value, why, source)


def _distillation(f: Facts) -> Advice | None:
    if f.n_parameters >= 150_000_000:
        value, why = message("distil-to-third"), message("most-of-score-survives")
    else:
        value, why = message("distil-from-better"), message("small-already")
    source = "Sanh et al. 2019, arXiv:1910.01108; Turc et al. 2019, arXiv:1908.08962"
    return _advice("distillation", value, why, source)


def _lora(f: Facts) -> Advice | None:
    if f.n_parameters >= 1_000_000_000:
        value, why = message("lora-rank"), message("states-would-not-fit")
    elif f.method == "lora":
        value, why = message("as-probed"), message("score-is-loras")
    else:
        value, why = message("lora-no-need"), message("all-weights-fit")
    source = "Hu et al. 2021, arXiv:2106.09685; Biderman et al. 2024, arXiv:2405.09673"
    return _advice("LoRA", value, why, source)


def _quantisation(_: Facts) -> Advice | None:
    source = "Zafrir et al. 2019, arXiv:1910.06188"
    return _advice("quantisation", message("int8-serving"), message("int8-loses-little"), source)


def _variation(f: Facts) -> Advice | None:
    if f.variation is None or f.method == "linear":
        return None
    source = "Steiner et al. 2022, arXiv:2106.10270"
    return _advice("augmentation", f.variation.told, message("varied-as-probed"), source)


def _cut(f: Facts) -> Advice | None:
    """Only where something was cut off."""
    if not f.truncated:
        return None
    why = message("rows-longer", share=f.truncated)
    return _advice("length", message("longer-sounds"), why, "measured by this probe")


Rule = Callable[[Facts], Advice | None]
# The literature of the others is of texts.
OF_FILES: tuple[Rule, ...] = (_rate, _head, _balance, _variation)
OF_TEXTS: tuple[Rule, ...] = (
    _rate,
    _batch,
    _epochs,
    _length,
    _head,
    _freezing,
    _regularisation,
    _balance,
    _augmentation,
    _distillation,
    _lora,
    _quantisation,
)
RULES: dict[str, tuple[Rule, ...]] = {"text": OF_TEXTS, "audio": (*OF_FILES, _cut)}
