"""What a long command does meanwhile, and what its plan is."""

from __future__ import annotations

PROGRESS: dict[str, str] = {
    "loading-model": "loading the model",
    "measuring-speed": "measuring how fast this machine is",
    "fitting-tfidf": "fitting the baseline to beat, TF-IDF",
    "fitting-trivial": "fitting the baselines to beat, {baselines:term}",
    "reading-untouched": "reading the rows with the untouched model",
    "reading-by-names": "reading the held-out rows by the names of the labels",
    "training-on": "training on {n:,} rows",
    "training-by-seed": "training on {n:,} rows, seed {seed}",
    "training-on-all": "training on all {n:,} rows, seed {seed}",
    "training-what": "training, {what}",
    "trying-rate": "trying learning rate {rate:g} ({at} of {of}), {n:,} rows",
    "resolving-model": "resolving the model",
    "reading-rows": "reading rows",
    "reading-rows-with-all": "reading rows with every model",
    "counting-words": "counting words",
    "reading-queries": "reading queries",
    "reading-passages": "reading passages",
    "judging-features": "judging features",
    "read-no-more": "{model} read no more rows: {what}",
    "piece-damaged": "a finished piece of work is damaged and is made again: {path}",
    "features-damaged": "a file of the feature cache is damaged and is made again: {path}",
    # The plan.
    "plan-of-steps": "{model}, {steps} steps a run at most: {plan}",
    "asked-of-the-hub": "{name} is not in the catalog (did you mean {guess}?), so the Hub is asked",
    "plan-of-time": "{model}, in {budget:time}: {plan}; about {foreseen:time} in all",
    "plan-linear": "a linear model on the frozen features of {rows:,} rows",
    "plan-full": "the full fine-tune itself, which costs hardly more than a probe here: {rows:,} "
    "rows × {passes:g} passes ({steps:# step|# steps}), {seeds:one seed|# seeds}",
    "plan-all-rows": "one pass over {rows:,} rows ({steps:# step|# steps}), "
    "{seeds:one seed|# seeds}",
    "plan-rows": "one pass over {rows:,} of {all:,} rows ({steps:# step|# steps}), "
    "{seeds:one seed|# seeds}",
    "plan-curve": "for the learning curve {sizes:,} rows",
    "plan-rates": "{n} learning rates on {rows:,} rows",
    "plan-repeats": "{passes:.2g} passes over {rows:,} rows",
    "plan-extension": "{passes:.2g} passes over all if the curve still rises",
    "seeds-do-not-fit": "{n} seeds do not fit",
    "not-one-run-fits": "not even one run fits",
    "term:work-store": "the work store",
    "term:feature-cache": "the feature cache",
}
