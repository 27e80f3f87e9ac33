"""Why a model is out, what would let it in, what a reader of the ranking should know."""

from __future__ import annotations

RANKING = {
    # why a model is rejected; "it" stands before where a sentence is wanted
    "not-for-task": "is not a model for {task}",
    "languages-unknown": "whether it knows {languages} is unknown",
    "languages-missing": "does not know {missing}",
    "languages-of-base": "is not said to know {missing}; {base}, which it was made from, does",
    "other-direction": "translates {serves}, not {asked}",
    "untrained-as-is": "cannot be used as it comes: it lacks {what:term}",
    "no-item-texts": "reads the items' texts, and there are none",
    "no-user-graph": "reads who knows whom, and that is not known",
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
    "sample-rate-unknown": "its sample rate is unknown",
    "sample-rate-under": "hears {rate} samples a second, under {limit}",
    "do-without-high-tones": "it would do if nothing above {hertz} Hz mattered",
    "input-limit-unknown": "its input limit is unknown",
    "input-limit-under": "reads {tokens} tokens, under {limit}",
    "estimate-unknown": "may be over {limit:g} {what:term}: it cannot be estimated",
    "estimate-over": "at least {value} {what:term}, over {limit}",
    "states-over-limit": "weights and optimizer alone take {value} GiB, over {limit}",
    "states-over-memory": "weights and optimizer alone take {value} GiB of {limit} on {machine}",
    "training-over-memory": "training takes at least {value} GiB of {limit} on {machine}",
    "serving-over-memory": "serving takes at least {value} GiB of {limit} on {machine}",
    "term:disk_gib": "GiB on disk",
    "term:training_memory_gib": "GiB to train",
    "term:serving_memory_gib": "GiB to serve",
    "term:latency_ms": "ms an input",
    "term:training_hours": "hours of training",
    # what a task needs and a model may lack
    "lacks": "it lacks {what:term}",
    "input-tokens": "{n:# token|# tokens}",
    "input-patches": "{n:# patch|# patches} of a series",
    "input-table-rows": "{n:# row|# rows} of a table",
    "input-residues": "{n:# residue|# residues}",
    "input-pixels": "{n} px",
    "input-seconds": "{n:g} s",
    "reads-part": "it reads {amount:g} of {wanted:g} of an input",
    "term:social-graph": "a way to read who knows whom",
    "term:its-alphabet": "the alphabet of these sequences",
    "term:trained-head": "a head trained for such labels",
    "term:detection-head": "a detection head, which would have to be built and trained",
    "term:depth-head": "a head that tells depths, which would have to be built and trained",
    "term:segmentation-head": "a segmentation head, which would have to be built and trained",
    "term:own-labels": "a head for labels of your own (it is told what to find)",
    "term:translation-training": "training in translation",
    "term:parallel-texts": "parallel texts by the million, which models for translation alone read",
    "term:summary-training": "training in writing summaries",
    "term:source-encoder": "an encoder, which reads the text to be summarized in both directions",
    "term:similarity-training": "training that puts similar texts close together",
    "term:entailment-training": "training in what follows from a text",
    "term:text-decoder": "a decoder that writes text",
    "term:transcription-head": "a head that writes what is said",
    "term:speaker-training": "training in telling speakers apart",
    "term:page-layout": "a sense of where on the page a word stands",
    "term:speech-training": "training in speech",
    "term:music-training": "training in music",
    "term:sound-training": "training in sounds other than speech and music",
    "term:tissue-training": "training on pictures of tissue",
    "term:medical-captions": "training on medical pictures with words",
    "term:its-domain": "training in the domain (it is a model of another)",
    "term:item-texts": "the items' texts it reads (if there are any: item_texts: true)",
    "term:user-graph": "who knows whom, which it reads (if that is known: user_graph: true)",
    "term:learnt-preferences": "what it would learn from interactions",
    "term:pair-training": "training in reading two texts together",
    # what would let it in
    "allow-parameters": "allow {n:,} parameters",
    "cut-inputs": "cut inputs to {tokens} tokens",
    "allow-estimate": "allow {at_least} {what:term}",
    "near-and-more": "{what}; {others} would still reject it",
    "train-it": "train it: training.method: full",
    "trains-with-checkpointing": "is expected to fit {machine} with checkpointing, as its memory "
    "and time are told here",
    "training-unknown": "whether training fits the {limit:.3g} GiB of {machine} cannot be told",
    "fits-with": "fits with {settings}",
    # what may not fit, or takes long
    "training-may-not-fit": "may not fit: training takes {low:.3g} to {high:.3g} GiB of "
    "{limit:.3g} on {machine}",
    "serving-may-not-fit": "may not fit: serving takes {low:.3g} to {high:.3g} GiB of "
    "{limit:.3g} on {machine}",
    "may-be-over": "may come to {high:.3g} {what:term}, over {limit:g}",
    "no-parameter-count": "its number of parameters is unknown, and with it its memory",
    "sized-by-interactions": "its size is the data's: users and items are guessed from "
    "{n:,} interactions",
    "learns-whole": "it learns all of itself from nothing: no figure changes by {settings}",
    "no-trace": "what a training of {family} keeps is unknown: no {kind} like it was traced",
    "no-flops": "its FLOPs are unknown, and with them its time: no {kind} like {family} was traced",
    "no-peak": "what {machine} computes in a second is unknown, and with it the time of training",
    "nothing-fits": "no method, batch or checkpointing makes it fit {machine}",
    "fits-on": "fits {machine} ({memory:g} GiB) as it is asked for",
    "reads-first": "reads {tokens} tokens of {wanted}",
    "reads-seconds": "reads {read:g} s of {wanted:g}",
    "scales-images": "scales images of {wanted:g} pixels a side to {read:g}",
    "shape-unknown": "its {what} is told nowhere: what its layers keep is unknown, and its FLOPs, "
    "if any, are guessed by its parameters",
    "shape-assumed": "its {what} is told nowhere: heads of 64 and blocks of 4 times the width are "
    "taken, as is usual",
    "leader-caution": "{model}: {told}",
    "devices-idle": "a batch of {batch:,} rows trains no faster on {machine} than on {used:,} of "
    "its devices",
    "trains-for-days": "trains for {days:.3g} days on {machine}",
    # what a reader of the ranking should know
    "later-versions": "there are later versions: {versions}",
    "outdone-versions": "after all others, as a later version is no worse here by any criterion: "
    "{versions}",
    "outdone-by": "{id} ({by})",
    "later-version-of": "{by} after {id}",
    "leader-unscored": "no published score of {model} resembles this task",
    "task-unscored": "no published score is of {task}: models stand by their scores on {instead}",
    "task-without-scores": "no published score is of {task} or of anything like it: models stand "
    "by their facts alone",
    "domain-unscored": "no published score is of the domain {domain}: models for it stand by "
    "having read it, not by how they did",
    "domain-unknown": "no score and no model for {task} is of the domain {domain}: the advice is "
    "as for a domain that nobody knows; the catalog knows {known}",
    "domain-unknown-near": "no score and no model for {task} is of the domain {domain}: did you "
    "mean {near}?",
    "no-domain-known": "no score and no model for {task} is of the domain {domain}, or of any",
    "language-unknown": "no model for {task} lists {languages}; {model} lists the most languages, "
    "{n:,}",
    "language-unscored": "no published score is on {languages}: models stand by their scores in "
    "other languages",
    "few-rows": "with {rows:,} rows, scores of frozen features decide {share} % of where a model "
    "is expected to stand, and scores of fine-tuned models the rest",
    "scored-with-more": "{n:# candidate was|# candidates were} scored with an instruction or an "
    "adapter for the task (such as {models}): a head on the text alone lacks it, so "
    "{lost:.2f} standard scores less are expected",
    "more-labels-than-rows": "{n_labels:,} labels and {n_rows:# row|# rows}: some have no example",
    "labels-not-used": "that there are {n} labels does not change the order: it predicts hidden "
    "scores no better",
    "metric-not-used": "that {metric} counts does not change the order: it predicts hidden scores "
    "no better",
    "ranks-in-catalog": "{model} ranks {rank} of {n} in the whole catalog",
    "behind-later": "{model} comes after all others, whatever the weights: a later version, {by}, "
    "is no worse here by any criterion",
    "behind-doubtful": "{model} comes after all others, whatever the weights: it is expected over "
    "a limit that it may keep, or no estimate tells",
    # what a criterion reads
    "anchored": "{quantity:term}: {worth_0:short} is worth 0, {worth_1:short} is worth 1, linear",
    "anchored-by-logarithm": "{quantity:term}: {worth_0:short} is worth 0, {worth_1:short} is "
    "worth 1, logarithmic",
    "term:expected-standing": "expected standing, standard scores",
    "term:tokens-seen": "pretraining tokens seen",
    "term:images-seen": "pretraining images seen",
    "term:hours-seen": "pretraining hours of sound seen",
    "term:interactions-seen": "pretraining interactions seen",
    "term:fine-tuning-hours": "fine-tuning hours",
    "term:share-of-memory": "share of the machine's memory",
    "term:latency-ms": "latency, ms",
    "term:disk-gib": "disk, GiB",
    "reads-data-seen": "{anchors}, less where many languages share it or the domain is another",
    "reads-scored-with": "{usual}; {lost:.2f} of them are taken off what its scores say: they were "
    "taken with {what:term}, and here it reads the text alone",
    "term:instruction": "an instruction for the task",
    "term:adapter": "an adapter for the task",
    "reads-suitability": "suitability of the kind for the task; it lacks nothing",
    "reads-suitability-lacking": "suitability of the kind for the task, times what is left of it: "
    "{lacking}",
    "reads-what-is-left": "{usual}; times {share:.2f}, what is left of a model that lacks so much",
    "reads-no-training": "nothing is trained, which takes no time",
    "reads-compute": "mean of four: {memory}; {latency}; {disk} (memory counts twice, for training "
    "and for serving)",
    # what would make it win
    "limit-not-held": "{limit}: not known of {models}, and so not held against any of them",
    "is-rejected": "rejected: {reason} ({constraint})",
    "comes-first": "it comes first already",
    "criterion-would-do": "{criterion:word} worth {needed:.2f} instead of {now:.2f} would do",
    "passes-above": "it passes {leader} once {criterion:word} weighs more than {weight:.2f}",
    "passes-below": "it passes {leader} once {criterion:word} weighs less than {weight:.2f}",
    "no-single-change": "no single criterion or weight: {leader} leads by {gap:.3f} and is no "
    "worse on any criterion",
}
