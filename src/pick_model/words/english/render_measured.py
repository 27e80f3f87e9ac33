"""What `probe`, `screen` and `select` print round the words of the core."""

from __future__ import annotations

RENDER_MEASURED = {
    # the rows
    "of-pairs": "{kind} of pairs",
    "rows-and-tuning": "{n:,} rows ({tuning} of them for tuning)",
    "held-out": "{n:,} held out",
    "rows-of": "{n:,} of {of:,} rows",
    "rows-and-held-out": "{n:,} rows, {heldout:,} held out",
    "kind-and-rows": "{kind:word}, {n:,} rows",
    "threads": "{n:# thread|# threads}",
    # a probe
    "model-verdict": "{model}: {verdict:word}",
    "probe-run": "{what:word}, {rows:,} rows x {passes:.2g}, {seeds:# seed|# seeds}",
    "full-run-expected": "full: {rows:,} rows x {passes:g} (expected)",
    "on-same-rows": "on the same {n:,} rows",
    "is-better-by": "{what:word} is better by",
    "words-of-rows": "{words:,} words of {rows:,} rows",
    "is-the-full-run": "this is the full fine-tune itself: it costs no more than a probe of it",
    "curve-flat": "the curve has flattened: the full run should not win two points more",
    "curve-not-flat": "the curve has not flattened at {steps} steps",
    "curve-not-flat-extended": "the curve has not flattened at {steps} steps; the run was extended "
    "to {last}",
    "step-takes": "{seconds} s a step of {rows} rows",
    "training-speed": "{rate:.0f} rows/s in training",
    "prediction-speed": "{rate:.0f} rows/s in prediction",
    "prediction-speed-too": "{rate:.0f} in prediction",
    "peak-memory": "peak memory {memory}",
    "steps-in": "{n:# step|# steps} in {seconds:time}",
    "pieces-from-cache": "{n:# piece|# pieces} of work from the cache",
    "full-run-takes": "{steps} steps, about {seconds:time} here",
    "chart-legend": "rows x passes; o one pass, + several, * full run (expected), - {title}",
    # a screen
    "not-screened": "{model}: not screened",
    "was-not-screened": "{model} was not screened: {why}",
    "all-layers": "all {pooling:word}",
    "last-layer": "last {pooling:word}",
    "layer-of": "{layer}/{of} {pooling:word}",
    "best-over-all": "best {value} at mean of all",
    "best-at-layer": "best {value} at layer {layer}",
    # a screen on queries
    "queries-of": "{n:,} of {of:,} queries",
    "passages": "{n:,} passages",
    "judgements": "{n:,} judgements",
    "judgements-graded": "{n:,} judgements in grades",
    "no-prompt": "no prompt is known of it, and none was written",
    "prompts": "{query} before queries, {passage} before passages",
    "words-at-stem": "words at their stem ({languages})",
    "words-as-they-are": "words as they are ({languages})",
    "pairs-of-characters": "pairs of neighbouring characters where a script has no spaces",
    # a selection
    "not-measured": "{model}: not measured",
    "was-not-measured": "{model} was not measured: {why}",
    "expected-loss-fell": "expected loss {now} → {after}",
    "before-was": "{what}, before {model}",
    "nothing-measured": "nothing was measured",
    "p-best-of-those": "P(best) {p} of those to be had",
    "loss-expected": "expected loss {loss}",
    "first-by-prior": "by the prior alone {model} comes first",
    "time-spent": "{spent:time} of {budget:time}",
    "to-fine-tune-all": "{spent}; to fine-tune all: about {seconds:time}",
}
