"""Notes of the back-test, of `catalog refresh` and of `hardware`."""

from __future__ import annotations

REPORTS = {
    "models-left-out": "{n} of {all} models are not in the catalog and are left out",
    "lines-left-out": "{n} lines are left out, without a score",
    "benchmarks-alone": "{n:# benchmark is|# benchmarks are} left out: without what is hidden, no "
    "score of the modality is left to predict from",
    "line-left-out": "{n} line is left out, without a score",
    "hub-told": "{reason}",
    "repository-renamed": "the repository is called {name} now",
    "card-offers": "the card offers {offered}, the catalog has none",
    "card-offers-others": "the card offers {offered}, the catalog has {license}",
    "card-license": "the card's licence is {there}, the catalog's unknown",
    "card-license-other": "the card's licence is {there}, the catalog's {license}",
    "card-without-license": "the card states no licence, the catalog {license}",
    "timing-unreadable": "{file} is damaged: passed over until `hardware --calibrate`",
    "not-written": "stands in one line, so it was not written",
}
