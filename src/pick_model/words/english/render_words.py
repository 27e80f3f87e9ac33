"""Single words that tables, headings and labels are made of.

Most are spelt as the program names them; a table of another language has a word for each.
"""

from __future__ import annotations

_AS_NAMED = (
    # labels, and what a line begins with
    *("note", "warning", "error", "instead", "next", "rejected", "measured", "unknown", "flip"),
    *("evidence", "leakage", "to win", "fix", "cannot tell", "it would take"),
    *("the budget did not reach", "yes", "no", "nothing"),
    # columns and rows of the ranking and of accounts
    *("rank", "model", "P(best)", "best", "score", "size", "licence", "loses", "expect", "train"),
    *(
        "memory",
        "an input",
        "serving",
        "standard",
        "wins",
        "Pareto",
        "criterion",
        "weight",
        "value",
    ),
    *("adds", "reads", "estimate", "unit", "basis", "benchmark", "metric", "protocol", "share"),
    *("source", "expected", "then", "90 % then", "rank among these", "standard score"),
    *("parameters", "training", "training memory", "serving memory", "latency"),
    # criteria, in short and in full
    *("transfer", "data", "fit", "time", "compute", "transferability", "pretraining data"),
    *("architecture", "training time", "pretraining_data", "training_time"),
    # estimates, what they rest on, and facts that may lack
    *("training_hours", "training_memory_gib", "serving_memory_gib", "latency_ms", "energy_kwh"),
    *("disk_gib", "forward_gflops", "published", "traced", "derived", "prior", "n_parameters"),
    *("license", "release_date", "published scores", "fitted", "hand-set", "user"),
    # a probe
    *("single-label", "multi-label", "regression", "tokens", "token classification"),
    *("transfers", "does-not-transfer", "inconclusive", "verdict", "full run", "seconds"),
    *("recipe", "because", "candidate", "fine-tuned", "LoRA", "linear probe", "majority"),
    *("TF-IDF + linear", "frozen features + linear", "learning rate", "batch", "epochs", "length"),
    *("first head", "freezing", "regularisation", "class weights", "augmentation", "distillation"),
    *("quantisation", "measured by this probe"),
    # a screen, on queries too
    *("layer", "rows", "cached", "pooling", "ridge", "all", "mean", "first", "last", "word"),
    *("catalog", "to BM25", "index", "ms a query", "passages/s", "as given", "the model's"),
    *("its family's", "none known", "no words"),
    # a selection
    *("stage", "before", "after", "now", "take", "to lose", "screen", "probe", "too short"),
    *("failed", "one class"),
    # the gate
    *("pass", "fail", "passed", "warned", "skipped", "undecided", "not pinned", "rule"),
    *("severity", "finding", "where", "the rules' defaults"),
)
RENDER_WORDS = {
    **{f"word:{name}": name for name in _AS_NAMED},
    # what is done with models in a step that is proposed
    "word:compare models": "measure",
    "word:screen models": "screen",
    "word:probe models": "probe",
    # how a model is trained
    "word:method full": "full",
    "word:method lora": "lora",
    "word:method qlora": "qlora",
    "word:method frozen": "frozen",
}
