"""Why a model is out, what would let it in, what a reader of the ranking should know."""

from __future__ import annotations

RANKING = {
    # why a model is rejected; "it" stands before where a sentence is wanted
    "not-for-task": "is not a model for {task}",
    "languages-unknown": "its languages are unknown",
    "languages-missing": "does not know {missing}",
    "license-unknown": "its licence is unknown",
    "license-not-allowed": "{license} ({kind}) is not allowed",
    "model-banned": "is banned",
    "family-banned": "the family {family} is banned",
    "model-not-required": "is not among the required models",
    "family-not-required": "the family {family} is not among the required",
    "banned-by-overlay": "{reason}",
    "release-unknown": "its release date is unknown",
    "released-before": "was released {date}, before {limit}",
    "released-after": "was released {date}, after {limit}",
    "not-pretrained": "has no pretrained weights",
    "weights-format-unknown": "its weights format is unknown",
    "weights-not-safetensors": "weights come as {formats} only",
    "parameters-unknown": "its number of parameters is unknown",
    "parameters-over": "{n:,} parameters, over {limit:,}",
    "input-limit-unknown": "its input limit is unknown",
    "input-limit-under": "reads {tokens} tokens, under {limit}",
    "estimate-unknown": "{what:term}: cannot be estimated",
    "estimate-over": "at least {value} {what:term}, over {limit}",
    "states-over-memory": "weights and optimizer alone take {value} GiB of {limit} on {machine}",
    "training-over-memory": "training takes at least {value} GiB of {limit} on {machine}",
    "serving-over-memory": "serving takes at least {value} GiB of {limit} on {machine}",
    "term:disk_gib": "GiB on disk",
    "term:training_memory_gib": "GiB to train",
    "term:serving_memory_gib": "GiB to serve",
    "term:latency_ms": "ms an input",
    "term:training_hours": "hours of training",
    # what would let it in
    "allow-parameters": "allow {n:,} parameters",
    "cut-inputs": "cut inputs to {tokens} tokens",
    "allow-estimate": "allow {at_least} {what:term}",
    "fits-with": "fits with {settings}",
    # what may not fit, or takes long
    "training-may-not-fit": "may not fit: training takes {low:.3g} to {high:.3g} GiB of "
    "{limit:.3g} on {machine}",
    "serving-may-not-fit": "may not fit: serving takes {low:.3g} to {high:.3g} GiB of "
    "{limit:.3g} on {machine}",
    "may-be-over": "may come to {high:.3g} {what:term}, over {limit:g}",
    "no-parameter-count": "its number of parameters is unknown, and with it its memory",
    "no-trace": "what a training of {family} keeps is unknown: no {kind} like it was traced",
    "nothing-fits": "no method, batch or checkpointing makes it fit {machine}",
    "fits-on": "fits {machine} ({memory:g} GiB) as it is asked for",
    "reads-first": "reads {tokens} tokens of {wanted}",
    "leader-caution": "{model}: {told}",
    "trains-for-days": "trains for {days:.3g} days on {machine}",
    # what a reader of the ranking should know
    "first-tied-probe": "the first {n} cannot be told apart at 90 %: take the first, or measure "
    "on your rows with pick-model probe {models} --data FILE --task TASK.yaml --record "
    "results.jsonl, then recommend TASK.yaml --results results.jsonl",
    "first-tied-measured": "the first {n} cannot be told apart at 90 %: take the first; those "
    "that can be measured are measured",
    "first-tied-compare": "the first {n} cannot be told apart at 90 %: take the first, or by "
    "cost what pick-model compare TASK.yaml {models} shows; probe cannot train for {task}",
    "one-result": "one result alone, of {model}, moves nothing: probe a second model on the same "
    "data",
    "leader-unscored": "no published score of {model} resembles this task",
    "ranks-in-catalog": "{model} ranks {rank} of {n} in the whole catalog",
    # what a criterion reads
    "anchored": "{quantity}: {worth_0:g} is worth 0, {worth_1:g} is worth 1, linear",
    "anchored-by-logarithm": "{quantity}: {worth_0:g} is worth 0, {worth_1:g} is worth 1, "
    "logarithmic",
    "reads-pretraining": "{tokens}; {images}; {hours}; {interactions}; less where many languages "
    "share it or the domain is another",
    "reads-suitability": "suitability of the kind for the task, times the share of the input it "
    "reads",
    "reads-compute": "mean of four: {memory}; {latency}; {disk} (memory counts twice, for training "
    "and for serving)",
    # what would make it win
    "is-rejected": "it {reason} ({constraint})",
    "comes-first": "it comes first already",
    "criterion-would-do": "{criterion} worth {needed:.2f} instead of {now:.2f} would do",
    "passes-above": "it passes {leader} once {criterion} weighs more than {weight:.2f}",
    "passes-below": "it passes {leader} once {criterion} weighs less than {weight:.2f}",
    "no-single-change": "no single criterion or weight: {leader} leads by {gap:.3f} and is no "
    "worse on any criterion",
}
