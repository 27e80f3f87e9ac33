"""The rules of the gate, by code."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pick_model.documents.policy import Severity
from pick_model.errors import WrongValue, did_you_mean
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding
from pick_model.gate.rules import (
    bans,
    bounds,
    claims,
    credible,
    drift,
    leakage,
    license,
    measured,
    names,
    pin,
    ranking,
)
from pick_model.words.say import message


class Rule(NamedTuple):
    """One rule. `check` is None where a run, not a lock, is judged (PM8 and PM9)."""

    name: str
    severity: Severity  # unless the policy says otherwise
    title: str  # what must hold
    check: Callable[[Case], Finding | list[Finding]] | None
    reads_entry: bool = False  # asks the catalog, so it cannot be decided without an entry


RULES: dict[str, Rule] = {
    "PM101": Rule("unpinned", "error", "the model is pinned to a commit", pin.unpinned),
    # The rules that need the network are off until the policy turns them on.
    "PM102": Rule("revision-moved", "off", "the repository is at the pinned commit", pin.moved),
    "PM103": Rule("gone-from-hub", "off", "the Hub still offers the pinned commit", pin.gone),
    "PM104": Rule(
        "base-moved",
        "error",
        "an adapter's base model is the commit that was locked",
        pin.base_moved,
    ),
    "PM201": Rule(
        "license-not-allowed", "error", "the licence is allowed", license.not_allowed, True
    ),
    "PM202": Rule("license-unknown", "error", "the licence is known", license.unknown, True),
    "PM203": Rule(
        "license-chain", "error", "so are the licences of its base models", license.chain, True
    ),
    "PM204": Rule(
        "license-changed", "error", "the licence is the one that was locked", license.changed, True
    ),
    "PM301": Rule(
        "too-many-parameters",
        "error",
        "the model keeps max_parameters",
        bounds.too_many_parameters,
        True,
    ),
    "PM302": Rule(
        "too-large-on-disk",
        "error",
        "the model keeps max_disk_gib",
        bounds.over("max_disk_gib", "disk_gib"),
        True,
    ),
    "PM303": Rule(
        "training-memory",
        "error",
        "training keeps max_training_memory_gib",
        bounds.over("max_training_memory_gib", "training_memory_gib"),
        True,
    ),
    "PM304": Rule(
        "serving-memory",
        "error",
        "serving keeps max_serving_memory_gib",
        bounds.over("max_serving_memory_gib", "serving_memory_gib"),
        True,
    ),
    "PM305": Rule(
        "latency",
        "error",
        "one input keeps max_latency_ms",
        bounds.over("max_latency_ms", "latency_ms"),
        True,
    ),
    "PM306": Rule(
        "short-input", "error", "the model reads min_input_tokens", bounds.short_input, True
    ),
    "PM307": Rule(
        "training-time",
        "error",
        "training keeps max_training_hours",
        bounds.over("max_training_hours", "training_hours"),
        True,
    ),
    "PM401": Rule(
        "not-safetensors", "error", "the weights come as safetensors", names.not_safetensors, True
    ),
    "PM402": Rule(
        "remote-code", "error", "loading runs no code from the repository", names.remote_code
    ),
    "PM403": Rule(
        "banned", "error", "neither model nor family is banned, nor a base model's", bans.banned
    ),
    "PM404": Rule("not-required", "error", "the model is among those required", bans.not_required),
    "PM405": Rule("superseded", "warning", "the model has no successor", names.superseded, True),
    "PM406": Rule("withdrawn", "error", "the catalog still holds the model", names.withdrawn),
    "PM407": Rule(
        "trained-on",
        "error",
        "neither model nor base saw what the policy wants unseen",
        leakage.trained_on,
        True,
    ),
    "PM501": Rule(
        "rejected-by-task",
        "error",
        "the task's constraints are met",
        ranking.rejected,
        True,
    ),
    "PM502": Rule(
        "outside-top-group",
        "error",
        "the model is in the top tie group, or within the margin of it",
        ranking.outside_top_group,
        True,
    ),
    "PM601": Rule(
        "task-changed", "error", "the task is the one that was locked", drift.task_changed
    ),
    "PM602": Rule(
        "catalog-changed",
        "warning",
        "the catalog is the one that was locked",
        drift.catalog_changed,
    ),
    "PM603": Rule(
        "results-changed",
        "warning",
        "one's own results are those that were locked",
        drift.results_changed,
    ),
    "PM604": Rule("tool-changed", "warning", "the tool is the one that locked", drift.tool_changed),
    "PM605": Rule("lock-edited", "error", "the lock is as the tool wrote it", drift.edited),
    "PM606": Rule(
        "lock-contradicted",
        "error",
        "catalog, task, results and Hub say what the lock says",
        claims.contradicted,
    ),
    "PM701": Rule("probe-missing", "error", "a probe is there if required", measured.missing),
    "PM702": Rule(
        "probe-under-threshold",
        "error",
        "the probe keeps min_score",
        measured.under_threshold,
    ),
    "PM703": Rule(
        "not-better-than-baseline",
        "error",
        "the probe beats the baselines beyond the paired interval",
        measured.not_better,
    ),
    "PM704": Rule(
        "probe-fell",
        "error",
        "the new probe is no worse than the lock's, beyond noise",
        measured.worse_than_locked,
    ),
    "PM705": Rule("probe-too-old", "error", "the probe keeps max_age_days", measured.too_old),
    "PM706": Rule(
        "probe-on-other-data", "error", "the probe was made on the data", measured.other_data
    ),
    "PM707": Rule(
        "probe-of-other-model", "error", "the probe is of the locked model", measured.other_model
    ),
    "PM708": Rule(
        "probe-impossible", "error", "the probe's figures can be true", credible.impossible
    ),
    "PM709": Rule(
        "probe-not-transferring",
        "error",
        "the probe says that the model transfers",
        credible.does_not_transfer,
    ),
    "PM710": Rule(
        "probe-of-other-kind",
        "error",
        "the probe trains and scores as the task asks",
        credible.measured_otherwise,
    ),
    "PM801": Rule("not-locked", "error", "every Hub model in the code is locked", None),
    "PM802": Rule("not-pinned-in-code", "error", "the code loads the locked commit", None),
    "PM803": Rule("undecidable-name", "note", "the code names its models plainly", None),
    "PM901": Rule("exception-expired", "error", "every exception is in force", None),
    "PM902": Rule("exception-unused", "note", "every exception is needed", None),
}

CODES = {rule.name: code for code, rule in RULES.items()}
# With --locked, what has changed since the lock fails.
DRIFT = ("PM601", "PM602", "PM603", "PM604")


def code_of(name: str) -> str:
    """The code of a rule given by code or name, in any case. Raises WrongValue."""
    if name.upper() in RULES:
        return name.upper()
    if name.lower() in CODES:
        return CODES[name.lower()]
    hint = did_you_mean(name, [*CODES, *RULES])
    raise WrongValue(message("no-such-rule", name=name), hint=hint)


def page_of(code: str) -> str:
    """The rule's page in the documentation, from the repository's root."""
    return f"docs/rules/{code}.md"
