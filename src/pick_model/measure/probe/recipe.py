"""A recipe for the full fine-tune: what this probe saw, joined to published practice.

Rules are a table of functions; each looks at the same facts and gives one line of advice,
or none where neither the probe nor a paper has something to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pick_model.documents.probe import Advice
from pick_model.measure.probe.plan import MANY_ROWS


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
    over_tfidf: float  # fine-tuned minus TF-IDF, utility
    unit: float  # what counts as 1 in this metric
    gain: float  # expected from the full fine-tune
    imbalance: float | None  # largest class by smallest


def recipe(facts: Facts) -> tuple[Advice, ...]:
    """Advice in the order a training script would need it."""
    lines = [rule(facts) for rule in RULES]
    return tuple(line for line in lines if line is not None)


def _rate(f: Facts) -> Advice | None:
    if f.learning_rate is None:
        return None
    seen = {
        "trials": "the best of the rates tried on a quarter of the rows",
        "given": "as given",
        "published": "published for models of this size; no others were tried here",
    }[f.rate_from]
    return Advice(
        what="learning rate",
        value=f"{f.learning_rate:.2g}, warm-up over 10 % of the steps, linear decay to 0",
        why=seen,
        source="Devlin et al. 2019, arXiv:1810.04805, A.3; Turc et al. 2019, arXiv:1908.08962",
    )


def _batch(f: Facts) -> Advice | None:
    if f.method == "linear":
        return None
    value = "16" if f.full_rows < MANY_ROWS else "32"
    return Advice(
        what="batch",
        value=value,
        why="few rows: a smaller batch gives more updates a pass"
        if f.full_rows < MANY_ROWS
        else "enough rows for larger, steadier steps",
        source="Devlin et al. 2019, arXiv:1810.04805, A.3",
    )


def _epochs(f: Facts) -> Advice | None:
    if f.method == "linear":
        return None
    if f.early_stopped:
        value, why = "3, with early stopping", "a run stopped early here: more passes overfit"
        source = "Devlin et al. 2019, arXiv:1810.04805, A.3"
    elif f.full_rows < 1000:
        value = "10 to 20, with early stopping"
        why = "below a thousand rows three passes are too few updates to settle"
        source = "Mosbach et al. 2021, arXiv:2006.04884; Zhang et al. 2021, arXiv:2006.05987"
    else:
        value, why = "3", "the score was extrapolated to three passes"
        source = "Devlin et al. 2019, arXiv:1810.04805, A.3"
    return Advice(what="epochs", value=value, why=why, source=source)


def _length(f: Facts) -> Advice | None:
    why = f"{f.truncated:.1%} of the rows are longer"
    if f.truncated > 0.05:
        why += "; twice the length costs at least twice the time"
    return Advice(
        what="length", value=f"{f.max_length} tokens", why=why, source="measured by this probe"
    )


def _head(f: Facts) -> Advice | None:
    if f.method == "linear":
        return None
    return Advice(
        what="first head",
        value="start the linear layer from a logistic regression on frozen features",
        why="the first steps do not have to find it, and the features are disturbed less",
        source="Kumar et al. 2022, arXiv:2202.10054",
    )


def _freezing(f: Facts) -> Advice | None:
    if f.method == "linear" or not f.n_layers:
        return None
    if f.over_frozen < 0.01 * f.unit and f.gain < 0.02 * f.unit:
        value = "freeze everything: a linear model on frozen features does as well"
        why = f"fine-tuning won {f.over_frozen:+.3f} over frozen features"
    elif f.full_rows < 1000:
        value = f"the lower half ({f.n_layers // 2} of {f.n_layers} layers) may stay frozen"
        why = "few rows; most of the gain comes from the upper layers"
    else:
        value, why = "none", f"fine-tuning won {f.over_frozen:+.3f} over frozen features"
    return Advice(what="freezing", value=value, why=why, source="Lee et al. 2019, arXiv:1911.03090")


def _regularisation(f: Facts) -> Advice | None:
    if f.method == "linear":
        return None
    return Advice(
        what="regularisation",
        value="weight decay 0.01 on matrices, dropout 0.1, gradient norm 1",
        why="as probed"
        + ("; keep the early stopping" if f.early_stopped else "; no sign of overfitting here"),
        source="Devlin et al. 2019, arXiv:1810.04805, A.2",
    )


def _balance(f: Facts) -> Advice | None:
    if f.imbalance is None or f.imbalance < 3:
        return None
    return Advice(
        what="class weights",
        value="balanced, if every class counts alike (macro-F1); none for accuracy",
        why=f"the largest class has {f.imbalance:.0f} times the rows of the smallest",
        source="King and Zeng 2001, doi:10.1093/oxfordjournals.pan.a004868",
    )


def _augmentation(f: Facts) -> Advice | None:
    if f.kind == "tokens":
        return None
    if f.full_rows <= 500:
        value, why = "worth trying", "gains are reported up to about 500 rows"
    elif f.gain > 0.02 * f.unit:
        value = "label more rows first"
        why = "the curve still rises, and new rows beat reworded ones"
    else:
        value, why = "not worth it", "no gain is reported for pretrained encoders at this size"
    return Advice(
        what="augmentation",
        value=value,
        why=why,
        source="Wei and Zou 2019, arXiv:1901.11196; Longpre et al. 2020, arXiv:2010.01764",
    )


def _distillation(f: Facts) -> Advice | None:
    if f.n_parameters >= 150_000_000:
        value = "into a model a third of the size, if latency matters"
        why = "most of the score survives, at a fraction of the cost"
    else:
        value = "only from a clearly better teacher"
        why = "this model is small already"
    return Advice(
        what="distillation",
        value=value,
        why=why,
        source="Sanh et al. 2019, arXiv:1910.01108; Turc et al. 2019, arXiv:1908.08962",
    )


def _lora(f: Facts) -> Advice | None:
    if f.n_parameters >= 1_000_000_000:
        value, why = "yes, rank 8 or more on all linear layers", "optimizer states would not fit"
    elif f.method == "lora":
        value, why = "as probed", "the score above is LoRA's"
    else:
        value, why = "no need", "all weights fit; LoRA saves states, not activations or time"
    return Advice(
        what="LoRA",
        value=value,
        why=why,
        source="Hu et al. 2021, arXiv:2106.09685; Biderman et al. 2024, arXiv:2405.09673",
    )


def _quantisation(_: Facts) -> Advice | None:
    return Advice(
        what="quantisation",
        value="int8 for serving on a CPU, after training; check the score on held-out rows",
        why="linear layers hold the time; encoders lose little in int8",
        source="Zafrir et al. 2019, arXiv:1910.06188",
    )


RULES: tuple[Callable[[Facts], Advice | None], ...] = (
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
