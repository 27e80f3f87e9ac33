"""PM407: has the model seen the training data of what it is to be judged by?"""

from __future__ import annotations

from pick_model.catalog.leaks import saw
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.words.say import message


def trained_on(case: Case) -> Finding:
    """PM407."""
    where, asked = case.at("model", "id"), case.rules.where("unseen")
    if not case.policy.unseen:
        return skipped(message("nothing-to-be-unseen"), where)
    for one in (case.present, *case.chain.bases):
        for benchmark in case.policy.unseen:
            name = saw(one.training_sets or (), benchmark.lower())
            if name is not None:
                told = message("trained-on", model=one.id, benchmark=benchmark)
                return failed(told, where, message("choose-one-that-did-not"), asked)
    if case.chain.broken is not None:
        told = message("ban-of-base-untold", why=case.chain.broken)
        return undecided(told, where, message("correct-base"), asked)
    silent = [one.id for one in (case.present, *case.chain.bases) if one.training_sets is None]
    if silent:
        told = message("training-sets-unknown", models=tuple(silent))
        return undecided(told, where, message("correct-training-sets"), asked)
    return passed(message("not-trained-on"), where)
