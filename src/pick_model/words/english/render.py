"""What `recommend`, `explain` and `compare` print round the words of the core, and what every page
shares.
"""

from __future__ import annotations

RENDER = {
    # every page; `joint:` is what stands between the parts of a line
    "joint:list": ", ",
    "joint:phrases": ", ",
    "joint:clauses": "; ",
    "one-word": "{name:word}",
    "label": "{name}: ",
    "with-aside": "{text} ({aside})",
    "from-to": "{low} to {high}",
    "how-long": "{seconds:time}",
    "time:s": "{amount} s",
    "time:min": "{amount} min",
    "time:h": "{amount} h",
    "time:d": "{amount} d",
    "one-point": "{amount} point",
    "points": "{amount} points",
    "standard-scores": "{amount} standard scores",
    "more-in-json": "and {n} more (--format json has all)",
    # what to take, and whom to measure
    "take": "take {model}",
    "next-step": "next:",
    "stage-of": "{stage:word} {models}",
    "for-so-long": "{what} ({seconds:time})",
    "loss-would-fall": "{what}: expected loss {now} → {after}",
    "p-best": "P(best) {p}",
    "p-better": "P(better than now) {p}",
    "expected-to-lose": "expected to lose {lost} against the best of {n}",
    "loses-least": "the highest score is expected of {model}, which loses {lost}",
    "only-candidate": "the only candidate",
    "ms-an-input": "{ms} ms an input",
    "no-cost": "cost unknown",
    "to-fine-tune": "{cost} to fine-tune",
    "losses-unscaled": "losses are in standard scores: nothing scales them to the metric",
    "no-score-known": "no score on this task is known: points are those of {n:# group|# groups} "
    "of published scores in {metric} (current: {{model, score}} in the profile, or a probe, makes "
    "them this task's)",
    "best-is-among": "the best of all is one of {n} with a probability of {p}",
    "finalists": "the best of these {n} is expected to lose {lost}: "
    "{names}{more:| and # more| and # more}; {held}",
    # the task as it was read
    "n-labels": "{n} labels",
    "n-tags": "{n} {n:tag|tags}",
    "n-rows": "{n:,} {n:row|rows}",
    "translated": "{source} to {target}",
    "served-elsewhere": "{trained}, served on {served}",
    "how-trained": "{method:word}, {dtype}, batch {batch}, {epochs:g} epochs",
    "nothing-trained": "used as it comes: nothing is trained",
    "criterion-share": "{name:word} {share}",
    "preset-of": "{where}, {how}; preset {preset} ({origin:word}): {weights}",
    "defaults-taken": "defaults taken: {taken}",
    "no-default-taken": "no default was taken",
    "task-in-short": "{task}, {languages}, {rows:,} rows, trained on {machine}, preset {preset}",
    "without-language": "no language",
    # the ranking, and what is below it
    "more-candidates": "{n} more {n:candidate|candidates} (--top 0 lists all)",
    "model-measured": "{model} {score} [{between}] {metric}, {verdict:word}",
    "legend-ties": "'=' ties with the one above at 90 %",
    "legend-best": "best: P(best)",
    "legend-expect": "expect: {metric} to expect",
    "legend-unscored": "*: no published score resembles this task",
    "legend-score": "score: the sum of the five after it",
    "legend-loses": "loses: points below the best to expect",
    "legend-loses-unscaled": "loses: standard scores below the best to expect",
    "legend-contributions": "criteria: what each adds to the score",
    "legend-doubtful": "?: expected over a limit that it may keep, or no estimate tells, so after "
    "all others",
    "legend-outdone": "<: a later version is no worse by any criterion, so after all others",
    "legend-cut": "…n: reads no more than n of {wanted}",
    "legend-in-parts": "/n: the batch fits in micro-batches of n",
    "legend-checkpointing": "c: with checkpointing",
    "legend-no-speed": "? as a cost: the machine's speed is not known (pick-model hardware "
    "--calibrate on it)",
    "legend-no-estimate": "? as a cost: too little is known of its layers",
    "legend-sensitivity": "values 0–1 on fixed anchors; standard: expected standard score and its "
    "90 %; wins: share of all weightings in which it comes first; Pareto: nothing better trains "
    "faster",
    "so-many-models": "{n} models",
    "so-many-left": "= {n} {n:candidate|candidates}",
    "so-many-out": "{n} of {of} models rejected:",
    "near-misses": "near misses:",
    "near-misses-listed": "Near misses:",
    "fact-of": "{fact:word} of {models}",
    "so-many-of-these": "{n} of these {of}",
    "wins-above": "{winner} wins once {criterion:word} weighs more than {weight}",
    "wins-below": "{winner} wins once {criterion:word} weighs less than {weight}",
    # one model's account
    "rank-and-score": "rank {rank}, score {score} [{between}]",
    "is-out": "rejected: {reason}",
    "standing-rests-on": "expected standing: the prior, {prior}, carries {share}, {n} published "
    "scores{own:| and # of yours| and # of yours} the rest",
    "scores-leaked": "{n} published scores do not count, for it saw the training data: "
    "{names}{more:| and # more| and # more}",
    "value-adds": "{value}, adds {share}",
    "wins-of-weightings": "{share} of weightings",
    "set-by-catalog": "Assigned by the catalog",
    "set-by": "set by {layer}",
}
