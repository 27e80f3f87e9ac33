"""What the rules of the gate find in a probe (PM7), and what to do about it."""

from __future__ import annotations

GATE_PROBE = {
    "probe-again": "pick-model probe, then gate --probe REPORT.json",
    "probe-again-or-optional": "pick-model probe, then gate --probe REPORT.json; or say "
    "probe.optional in the policy",
    "probe-with-this-version": "probe again with this version of pick-model",
    "probe-with-baselines": "probe again with baselines",
    "probe-with-what-it-takes": "probe with what its report says it would take",
    "probe-by-method": "pick-model probe … --method {method}",
    "probe-by-method-or-say": "pick-model probe … --method {method}, or say training.method in the "
    "task",
    "probe-by-metric": "pick-model probe … --metric {metric}",
    "probe-again-with": "probe again with --{what} {was}",
    # whether there is one
    "probe-there": "a probe of {rows} rows is there",
    "probe-there-rows-unknown": "a probe of ? rows is there",
    "no-probe-required": "the policy requires no probe",
    "no-probe-held": "neither lock nor report holds a probe",
    "no-probe-see": "there is no probe (see PM701)",
    "no-probe-none-asked": "there is no probe, and the policy sets no probe.{key}",
    "no-probe-optional": "there is no probe, and the policy says it is optional",
    "no-probe-untold": "there is no probe, so whether probe.{key} is kept cannot be told",
    # its score, and those of baselines and of the lock's probe
    "no-such-probe-limit": "the policy sets no probe.{key}",
    "score": "{metric} {score:.3f} [{lowest:.3f}, {highest:.3f}]",
    "score-over": "{score} is over {threshold:g}",
    "score-under": "{score} is under {threshold:g}",
    "score-keeps": "{score} keeps {threshold:g}",
    "no-baseline": "the probe was compared with no baseline",
    "baseline-not-probed": "the baseline {name} is not in the probe",
    "baseline-not-paired": "the baseline {name} has no paired difference",
    "gain": "{gain:+.3f} [{lowest:+.3f}, {highest:+.3f}] {metric}",
    "better-than": "better than {name} by {by}",
    "not-better-than": "not shown to be better than {name}: {by}",
    "use-it": "use {name}, which is cheaper, or probe with more rows",
    "two-probes-needed": "needs a probe in the lock and one given with --probe",
    "probes-differ": "the {what:term} of the lock's probe is {was}, of the new one {now}",
    "scores": "{metric} {now:.3f}, {was:.3f} in the lock",
    "score-fell": "{scores}: a fall of {fall:.3f}, beyond the noise of {noise:.3f}",
    "score-did-not-fall": "{scores}; noise {noise:.3f}",
    "find-what-changed": "find what changed in data or training; if the fall is accepted, lock "
    "again",
    # its day, data and model
    "probe-age-unknown": "the report does not say when it was made",
    "probe-of-a-day-to-come": "the probe says it was made on {day}, a day to come",
    "probe-too-old": "the probe is {days} days old, over {limit}",
    "probe-at-least": "the probe is at least {days} days old",
    "probe-young-enough": "the probe is {days} days old, within {limit}",
    "no-data-named": "neither policy nor lock names the data",
    "probe-data-unknown": "the probe does not say which data it was made on",
    "probe-on-other-data": "the probe was made on other data than {data}",
    "probe-on-data": "the probe was made on {data}",
    "data-file": "{file}",
    "data-of-lock": "the lock's data",
    "data-of-results": "the data of the lock's results",
    "report-of-others": "the report holds a probe of {models}, none of {model}",
    "give-report": "give the report of the locked model",
    "probe-of-other": "the probe is of {other}, not of {model}",
    "probe-with-pinned": "the probe was made with the pinned commit",
    "probe-with-other-commit": "the probe was made with commit {revision}; the lock pins {pinned}",
    "probe-with-locked-weights": "the probe was made with the weights of the locked probe",
    "probe-with-other-weights": "the probe was made with other weights",
    "probe-commit-unknown": "the commit the probe was made with is unknown",
    # whether its figures can be true
    "figures-can-be-true": "the probe's figures can be true",
    "score-outside-interval": "the interval [{low:g}, {high:g}] does not hold the score {score:g}",
    "interval-without-width": "the interval of {score:g} has no width, as if nothing were left "
    "open",
    "difference-not-of-scores": "the difference to {name}, {low:g} to {high:g}, is not that of the "
    "scores, {plain:g}",
    "probe-before-release": "the probe's made_on is {day}, before its model came out ({released})",
    "revision-of-another": "the probe's revision is {revision}, and its model is called {model}",
    "metric-of-numbers": "the task has {n} labels; {metric} is a metric of numbers",
    "gain-too-wide": "the probe's baselines give {name} a difference wider than {metric} is",
    "no-known-baseline": "the probe was compared with no baseline that is known here, but with "
    "{names}",
    "probe-of-the-future": "the probe's made_on is {day}, a day to come",
    "figure-out-of-range": "the probe's {key} holds {figure:g}; {metric} lies between {least:g} "
    "and {most:g}",
    "figure-under-range": "the probe's {key} holds {figure:g}; {metric} lies between {least:g} and "
    "inf",
    "interval-reversed": "the probe's interval ends at {high:g}, before it begins at {low:g}",
    "baseline-out-of-range": "the probe's baselines give {name} {metric} {score:g}",
    "gain-reversed": "the probe's baselines give {name} a difference from {low:g} to {high:g}",
    "gain-outside-interval": "the probe's baselines give {name} a difference outside its own "
    "interval",
    "gain-of-other-sign": "the probe's baselines call it better than {name}, whose score is the "
    "better one",
    "no-seeds": "the probe's seeds are none",
    "no-steps": "the probe's steps are 0, so nothing was trained ({method})",
    # whether it says yes, and measured what is asked
    "probe-says-transfers": "the probe says that the model transfers",
    "probe-says-not": "the probe says that the model does not transfer",
    "probe-could-not-tell": "the probe could not tell whether the model transfers",
    "verdict-unheard-of": "the probe's verdict is {verdict!a}, a word this version does not know",
    "probed-as-asked": "the probe trained and scored as the task asks",
    "method-unknown": "how the probe trained is unknown",
    "method-unheard-of": "how the probe trained is {method!a}",
    "method-other": "the probe's method is {method}; the task asks for {asked}",
    "method-other-than-default": "the probe's method is {method}; the task asks for {asked}, as it "
    "says no other",
    "metric-other": "the task is judged by {asked}; the probe gives {metric}",
    "probe-rows-unknown": "on how many rows the probe trained is unknown",
    "rows-under-classes": "the probe trained on {rows} rows, fewer than the {classes} classes",
    "rows-under": "the probe trained on {rows} rows, under {limit}",
    "probe-steps-unknown": "for how many steps the probe trained is unknown",
}
