"""What keeps a probe from running, or its results from being kept."""

from __future__ import annotations

MEASURING: dict[str, str] = {
    "ledger-not-written": "cannot write the ledger {path}: {reason}",
    "remove-ledger-line": "remove the line; `pick-model probe --record` writes whole ones",
    "metric-not-computed": "the metric {metric!r} is not computed for {kind} data",
    "metric-takes": "--metric takes {metrics} here",
    "out-of-memory-with": "out of memory with {name}",
    "train-less-or-smaller": "--method linear, a shorter --max-length, or a smaller model",
    "pairs-and-single-texts": "{source} has pairs of texts and {other} single texts",
    "name-both-columns": "name both columns for both files: --text and --text-pair",
    "label-kinds-differ": "{source} holds {kind} labels and {other} {other_kind} ones",
    "no-model-to-probe": "no model to probe",
    "folder-or-hub-id": "a folder, or a Hub id such as org/name",
    "budget-unreadable": "cannot read the budget {text!r}",
    "budget-such-as": "such as 90s, 5m or 1h",
    "learning-rate-outside": "the learning rate should lie between 0 and 1, not {learning_rate}",
    "learning-rate-such-as": "such as 5e-5",
    "option-outside": "{option} should lie between {least:,} and {most:,}, not {shown}",
    "unknown-setting": "unknown {name} {given!r}",
    "out-of-memory-at-one-row": "out of memory at one row a batch",
    "train-less": "--method lora, a shorter --max-length, or --method linear",
    "budget-too-small": "{name}: {which} into {seconds:g} s; loading and measuring took "
    "{spent:.0f} s",
    "budget-would-do": "--budget {budget} would do; --method linear takes less",
    "ledger-of-several-data": "the ledger holds results on {n} data sets ({names})",
    "say-which-data": "say which one is meant with --data FILE",
    "ledger-without-data": "the ledger holds no result on this data",
    "record-first": "probe it with --record first",
    "ledger-line-cut-short": "{path}:{line}: the line was cut short, so its result is left out",
    "measured-not-in-catalog": "measured, but not in the catalog: {models}",
    "results-by-other-metric": "results by another metric than {metric} were left out: {others}",
    "results-by-other-method": "results by another method than {method} were left out: {others}",
    "not-a-ledger-line": "not a line of a results ledger: {what}",
    "not-probed-without-repository": "not probed: {id} has no Hub repository",
    "not-probed": "not probed: {id}: {what}",
}
