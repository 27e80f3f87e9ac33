"""The metrics we know: which way is better, what they can be, and who computes them.

Everything that has to know something of a metric asks here: the profile, the probe, the
evidence tables, a user's table of results, the renderers.
"""

from __future__ import annotations

import re

from msgspec import Struct


class Metric(Struct, frozen=True):
    """One metric, as a fraction where it is bounded (0.927, not 92.7)."""

    high: float | None = 1.0  # None: no largest value
    low: float = 0.0
    lower: bool = False  # a smaller number is better
    in_unit: bool = False  # in the unit of what is foretold, or its square
    chance: float | None = None  # what guessing gets, where it is the same on all data
    kinds: tuple[str, ...] = ()  # kinds of labels for which it is computed on a user's data
    beside: tuple[str, ...] = ()  # kinds that it scores, too, which nothing here computes
    aliases: tuple[str, ...] = ()  # other spellings, as `squeezed` leaves them
    instead: str = ""  # the nearest that the probe computes, where it does not compute this one

    @property
    def suits(self) -> tuple[str, ...]:
        """Kinds of labels that it can score; empty: nobody has told."""
        return (*self.kinds, *self.beside)


_ONE, _SEVERAL, _VALUE, _SPANS, _TAGS, _FOUND = (
    "single-label",
    "multi-label",
    "regression",
    "entities",
    "tags",
    "retrieval",
)

METRICS: dict[str, Metric] = {
    # Of classes, labels and tags.
    "accuracy": Metric(
        kinds=(_ONE, _SEVERAL, _SPANS, _TAGS),
        aliases=("acc", "top_1", "top1", "top1_accuracy", "acc_1", "acc1"),
    ),
    "micro_f1": Metric(kinds=(_ONE, _SEVERAL), aliases=("f1_micro",)),
    "macro_f1": Metric(kinds=(_ONE, _SEVERAL, _TAGS), aliases=("f1_macro",)),
    "weighted_f1": Metric(kinds=(_ONE, _SEVERAL), aliases=("f1_weighted",)),
    "precision": Metric(kinds=(_ONE, _SEVERAL, _SPANS)),
    "recall": Metric(kinds=(_ONE, _SEVERAL, _SPANS)),
    "mcc": Metric(
        low=-1.0,
        chance=0.0,
        kinds=(_ONE,),
        aliases=("matthews", "matthews_corrcoef", "matthews_correlation"),
    ),
    "entity_f1": Metric(kinds=(_SPANS,), aliases=("span_f1", "seqeval", "ner_f1")),
    "f1": Metric(instead="macro_f1"),
    "auc": Metric(chance=0.5, aliases=("auroc", "roc_auc", "rocauc"), instead="macro_f1"),
    "average_precision": Metric(aliases=("ap", "auprc", "pr_auc"), instead="macro_f1"),
    "balanced_accuracy": Metric(instead="recall"),
    "cohen_kappa": Metric(low=-1.0, chance=0.0, aliases=("kappa",), instead="mcc"),
    "lrap": Metric(instead="micro_f1"),
    "top5_accuracy": Metric(aliases=("top_5", "top5", "acc_5", "acc5")),
    # Of numbers.
    "spearman": Metric(
        low=-1.0, chance=0.0, kinds=(_VALUE,), aliases=("spearmanr", "rho", "cosine_spearman")
    ),
    "pearson": Metric(low=-1.0, chance=0.0, kinds=(_VALUE,), aliases=("pearsonr",)),
    "rmse": Metric(high=None, lower=True, in_unit=True, kinds=(_VALUE,)),
    "correlation": Metric(low=-1.0, chance=0.0, instead="pearson"),
    "kendall": Metric(low=-1.0, chance=0.0, aliases=("kendalltau", "tau"), instead="spearman"),
    "r2": Metric(low=-float("inf"), chance=0.0, aliases=("r_squared",), instead="rmse"),
    "mae": Metric(
        high=None, lower=True, in_unit=True, aliases=("mean_absolute_error",), instead="rmse"
    ),
    "mse": Metric(
        high=None, lower=True, in_unit=True, aliases=("mean_squared_error",), instead="rmse"
    ),
    "mape": Metric(high=None, lower=True),
    # Of forecasts: errors over a seasonal repetition's, and weighted quantile loss for CRPS.
    "mase": Metric(high=None, lower=True, aliases=("mean_absolute_scaled_error",)),
    "crps": Metric(high=None, lower=True, aliases=("wql", "mean_weighted_sum_quantile_loss")),
    # Of rankings, clusters and retrieval.
    "ndcg_at_10": Metric(kinds=(_FOUND,), aliases=("ndcg", "ndcg_10")),
    "recall_at_1": Metric(kinds=(_FOUND,), aliases=("r_1", "r1")),
    "recall_at_5": Metric(kinds=(_FOUND,), aliases=("r_5", "r5")),
    "recall_at_10": Metric(kinds=(_FOUND,), aliases=("r_10", "r10")),
    "mrr_at_10": Metric(kinds=(_FOUND,), aliases=("mrr", "mrr_10")),
    "map": Metric(kinds=(_FOUND,), beside=(_SEVERAL,), aliases=("mean_average_precision",)),
    # What recommenders are compared by in most papers; measured here at 10.
    "ndcg_at_20": Metric(aliases=("ndcg_20",), instead="ndcg_at_10"),
    "recall_at_20": Metric(aliases=("r_20", "r20"), instead="recall_at_10"),
    "hit_rate": Metric(),
    "v_measure": Metric(low=-1.0),
    "nmi": Metric(low=-1.0),
    "ari": Metric(low=-1.0, chance=0.0),
    # Of written text.
    "exact_match": Metric(aliases=("em",), instead="accuracy"),
    "rouge_l": Metric(aliases=("rougel", "rouge")),
    "rouge_1": Metric(aliases=("rouge1",)),
    "rouge_2": Metric(aliases=("rouge2",)),
    "bleu": Metric(aliases=("sacrebleu",)),
    "chrf": Metric(),
    "meteor": Metric(),
    "bertscore": Metric(aliases=("bert_score",)),
    "comet": Metric(),
    "perplexity": Metric(high=None, lower=True, aliases=("ppl",)),
    "cross_entropy": Metric(high=None, lower=True),
    "bits_per_byte": Metric(high=None, lower=True, aliases=("bpb", "bpc")),
    "ter": Metric(high=None, lower=True),
    # Of images and sound. Error rates count insertions and may pass 1; CIDEr is scaled by
    # 10 before it is a fraction.
    "ap50": Metric(aliases=("map50", "map_50")),
    "miou": Metric(aliases=("mean_iou", "iou")),
    "dice": Metric(),
    "clip_score": Metric(aliases=("clipscore",)),
    "cider": Metric(high=10.0),
    "fid": Metric(high=None, lower=True),
    "fad": Metric(high=None, lower=True),
    "wer": Metric(high=2.0, lower=True, aliases=("word_error_rate",)),
    "cer": Metric(high=2.0, lower=True, aliases=("character_error_rate",)),
    "eer": Metric(lower=True, chance=0.5),
    "anls": Metric(),  # average normalised Levenshtein similarity of answers
    "edit_distance": Metric(lower=True, aliases=("normalized_edit_distance", "ned")),
    "speaker_similarity": Metric(low=-1.0, aliases=("sim", "sim_o", "spk_sim")),
    "abs_rel": Metric(high=None, lower=True, aliases=("absrel", "rel")),  # of depths
    "delta_1": Metric(aliases=("delta1", "d1")),  # depths within a factor of 1.25
    # Of probabilities, of errors in general, and what tables of results hold beside scores.
    "loss": Metric(high=None, lower=True),
    "log_loss": Metric(high=None, lower=True, aliases=("logloss", "nll")),
    "brier": Metric(high=2.0, lower=True, aliases=("brier_score",)),
    "ece": Metric(lower=True),
    "error": Metric(
        lower=True, aliases=("error_rate", "err", "top1_error", "top_1_error"), instead="accuracy"
    ),
    "hamming_loss": Metric(lower=True, instead="accuracy"),
    "mean_score": Metric(),
}
_BY_ALIAS = {alias: name for name, metric in METRICS.items() for alias in metric.aliases}
OF_NUMBERS = frozenset(name for name, one in METRICS.items() if one.kinds == (_VALUE,))
LOWER_IS_BETTER = frozenset(name for name, metric in METRICS.items() if metric.lower)

DEFAULTS = {  # what is reported first for a kind of labels
    _ONE: "accuracy",
    _SEVERAL: "micro_f1",
    _VALUE: "spearman",
    _SPANS: "entity_f1",
    _TAGS: "accuracy",
    _FOUND: "ndcg_at_10",
}


def computed_for(*kinds: str) -> tuple[str, ...]:
    """The metrics that are computed for kinds of labels; the first kind's default leads."""
    found = [name for name, metric in METRICS.items() if set(kinds) & set(metric.kinds)]
    return tuple(sorted(found, key=lambda name: name != DEFAULTS[kinds[0]]))


def squeezed(text: str) -> str:
    """A spelling in small letters and digits, all else one underscore: NDCG@10 is ndcg_10."""
    return "_".join(re.findall(r"[a-z0-9]+", text.lower()))


def canonical_metric(text: str) -> str | None:
    """The name of a metric written in another way (Macro-F1, acc, NDCG@10); None if unknown."""
    name = squeezed(text)
    for spelled in (name, re.sub(r"_?([0-9]+)$", r"_at_\1", name)):
        found = spelled if spelled in METRICS else _BY_ALIAS.get(spelled)
        if found is not None:
            return found
    return None


def utility_of_perfection(metric: str) -> float:
    """The best score there can be, up being better; infinite where there is none, or none known."""
    known = METRICS.get(metric)
    if known is None:
        return float("inf")
    if known.lower:
        return -known.low
    return float("inf") if known.high is None else known.high


def utility_of_failure(metric: str) -> float:
    """The worst score there can be, up being better; minus infinity where there is none known."""
    known = METRICS.get(metric)
    if known is None or (known.lower and known.high is None):
        return -float("inf")
    return -known.high if known.lower and known.high is not None else known.low


def unbounded(metric: str) -> bool:
    """Whether a metric has no largest value, or none we know: points of it mean nothing."""
    return metric not in METRICS or METRICS[metric].high is None
