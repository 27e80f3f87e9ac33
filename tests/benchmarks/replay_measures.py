"""Published measures as observations of the belief, beside each alone. By hand:

    python tests/benchmarks/replay_measures.py

For the tables whose models were also measured (`../shared/gold/measure_scores`) the belief is
made without that source, as the back-test does, for the models that the catalog knows; LogME and
H-score of frozen features are then told to it as a screen tells them. Weighted tau and the points
that taking the first loses, in the mean over data sets, with the 90 % interval of the difference
of tau from the prior's, by drawing data sets.

Most models of the tables are fine-tunes by users that no catalog has. "all models" ranks them too:
each is taken for a fine-tune of the base that its name tells (`BASES`; of other names nothing is
known), as `select` takes a folder for what its configuration tells. "other sets known" tells the
belief what each of them scored on the table's other data sets, as a ledger's results on other data
do (`belief/own_data.py`): the prior that published fusions have.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from results_file import report
from screen_error import GOLD, table

from pick_model import load_catalog
from pick_model.backtest.agreement import regret, weighted_tau
from pick_model.backtest.backtest import shipped_rows
from pick_model.backtest.evidence import Evidence
from pick_model.backtest.predict import HiddenGroup, hidden_groups
from pick_model.belief.equal_rows import ScreenMeasurement
from pick_model.belief.joint import Marginal, marginal
from pick_model.belief.level import Level, prior_level
from pick_model.belief.observations import compared
from pick_model.belief.outlook import Outlook
from pick_model.belief.own_data import OtherResult, OwnData, own_data
from pick_model.belief.posterior import Belief
from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog import Entry, lineage
from pick_model.interval import Interval
from pick_model.record import replace

SOURCE = "ev-transfergraph"
LEAST = 5  # models of a data set
DRAWS = 2000
NOTHING = Interval(0.5, 0.0, 1.0)  # no score was published with the measures
# Parts of names, the first that fits, and the base that they tell.
BASES = (
    ("distilroberta", "distilroberta-base"),
    ("distilbert", "distilbert-base-uncased"),
    ("xlm-roberta-large", "xlm-roberta-large"),
    ("xlm", "xlm-roberta-base"),
    ("roberta-large", "roberta-large"),
    ("roberta", "roberta-base"),
    ("albert", "albert-base-v2"),
    ("electra-small", "electra-small-discriminator"),
    ("electra", "electra-base-discriminator"),
    ("deberta-v3-small", "deberta-v3-small"),
    ("deberta", "deberta-v3-base"),
    ("bert-large", "bert-large-uncased"),
    ("minilm", "minilm-l12-h384-uncased"),
    ("multilingual", "bert-base-multilingual-cased"),
    ("bert-base-cased", "bert-base-cased"),
    ("bert", "bert-base-uncased"),
)
# Names of measures and of scores in the published tables, and ours.
KINDS = {"LOG_ME": "logme", "REG_H_SCORE": "h_score"}
METHODS = {"accuracy": "full", "accuracy_lora": "lora"}
Measures = dict[tuple[str, str], dict[str, float]]  # measure, data set -> model -> value


def measures(catalog: Catalog) -> Measures:
    """Published measures of the catalog's models."""
    found: Measures = defaultdict(dict)
    for name in ("sequence", "image"):
        for (kind, dataset), values in published(name).items():
            for model, value in values.items():
                entry = catalog.get(model)
                if entry:
                    found[kind, known_as(dataset)][entry.id] = value
    return found


def published(name: str) -> Measures:
    """Published measures of all models of one table, by measure and data set, by model."""
    found: Measures = defaultdict(dict)
    path = GOLD / "measure_scores" / f"transfergraph_{name}_classification_te_scores.csv"
    with path.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            kind, value = (
                KINDS.get(line["metric"].rpartition(".")[2]),
                float(line["score"] or "nan"),
            )
            if kind and math.isfinite(value):
                found[kind, line["target_dataset"]][line["model"]] = value
    return found


def known_as(name: str) -> str:
    """A data set's name without punctuation and collection, to be found in an id."""
    return "".join(c for c in name.rpartition("/")[2].lower() if c.isalnum())


def of_group(one: HiddenGroup, said: Measures) -> dict[str, dict[str, float]]:
    """Measure -> entry -> value, of the data set whose name the benchmark's id ends with."""
    benchmark = known_as(one.group.benchmark)
    found: dict[str, dict[str, float]] = {}
    for (kind, where), values in said.items():
        if benchmark.endswith(where):
            found[kind] = values
    return found


def replayed(one: HiddenGroup, said: Measures, method: str) -> dict[str, Any]:
    """Every way's tau and regret on one hidden group; empty where too few were measured."""
    values = of_group(one, said)
    both = [
        n for n, m in enumerate(one.group.members) if all(m.entry in v for v in values.values())
    ]
    if len(values) < 2 or len(both) < LEAST:
        return {}
    members = [one.members[n].member for n in both]
    truth = [one.group.members[n].score for n in both]
    return compared_ways(truth, members, values, method)


def compared_ways(
    truth: Sequence[float],
    members: Sequence[Marginal],
    values: Mapping[str, Mapping[str, float]],
    method: str,
) -> dict[str, Any]:
    """Tau and regret of the prior, of each measure and of the belief."""
    some = [
        ScreenMeasurement(
            m.name, "accuracy", NOTHING, 1, {kind: v[m.name] for kind, v in values.items()}
        )
        for m in members
    ]
    ways: dict[str, Sequence[float]] = {
        "prior": [m.mean for m in members],
        **{kind: [v[m.name] for m in members] for kind, v in values.items()},
    }
    told = {kind: compared(kind, some, members, method) for kind in values}
    told["both"] = [o for kind in values for o in compared(kind, some, members, method, 2)]
    for kind, observations in told.items():
        belief = Belief(members, None, observations)  # measures say nothing of the level
        ways[f"prior + {kind}"] = [belief.standing(n).mean for n in range(len(members))]
    return {
        "n": len(members),
        **{
            way: (weighted_tau(truth, list(v)), 100 * regret(truth, list(v), 1))
            for way, v in ways.items()
        },
    }


def main() -> None:
    catalog = load_catalog()
    evidence = Evidence(shipped_rows(catalog), catalog.entries, dict(catalog.benchmarks))
    said = measures(catalog)
    tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
    of_data: dict[str, HiddenGroup] = {}
    for one in hidden_groups(evidence, "source", SOURCE):
        if catalog.benchmarks[one.group.benchmark].modality == "text":
            for _, where in said:
                if known_as(one.group.benchmark).endswith(where):
                    of_data.setdefault(where, one)
        method = "lora" if one.group.protocol == "lora" else "full"
        found = replayed(one, said, method)
        if found:
            modality = catalog.benchmarks[one.group.benchmark].modality
            tables[f"TransferGraph, {modality}, {method}"].append(found)
    for way in ("full", "lora"):
        tables[f"all models, text, {way}"] = every_model(catalog, evidence, of_data, way, False)
    for way in ("full", "lora"):
        found = every_model(catalog, evidence, of_data, way, True)
        tables[f"all models, text, {way}, other sets known"] = found
    lines: list[dict[str, Any]] = []
    for name, groups in tables.items():
        lines += summary(name, groups)
    report("replay_measures", lines, "numpy")


def every_model(
    catalog: Catalog, evidence: Evidence, table_of: Mapping[str, HiddenGroup], way: str, told: bool
) -> list[dict[str, Any]]:
    """All models of the published text table, data set by data set, fine-tuned one way.

    table_of: a hidden group of each data set, for what the belief knows without the source. told:
    with what each model scored on the table's other data sets, both ways.
    """
    [metric] = [m for m, method in METHODS.items() if method == way]
    truth = table(GOLD / "transfergraph_sequence_classification.csv")
    said = published("sequence")
    found = []
    for dataset in sorted({dataset for _, dataset in said}):
        one = table_of.get(known_as(dataset))
        scores = truth.get((metric, dataset), {})
        values = {kind: said[kind, dataset] for kind in KINDS.values()}
        names = sorted(n for n in scores if all(n in v for v in values.values()))
        if one is None or len(names) < LEAST:
            continue
        outlook = Outlook(one.target, evidence.numbering, one.fitted.scales, one.fitted.scores)
        own = None
        if told:
            others = [result for result in results(truth) if result.data != dataset]
            line = partial(line_of, catalog=catalog)
            own = own_data(others, outlook, way, line, partial(level_in, one, evidence))
            assert own is not None
            outlook = Outlook(
                one.target, own.numbering, one.fitted.scales, one.fitted.scores, own.own
            )
        members = [member_of(name, catalog, one, outlook, own) for name in names]
        found.append(
            compared_ways(
                [scores[name] for name in names],
                members,
                {kind: {n: v[n] for n in names} for kind, v in values.items()},
                way,
            )
        )
    return found


def results(truth: Mapping[tuple[str, str], Mapping[str, float]]) -> list[OtherResult]:
    """A table's scores as a user's results, each data set by each method as one of data."""
    return [
        OtherResult(
            name,
            "accuracy",
            METHODS[metric],
            Interval(score, score, score),
            "single-label",
            f"{dataset} {metric}",
            dataset,
        )
        for (metric, dataset), scores in sorted(truth.items())
        if metric in METHODS
        for name, score in sorted(scores.items())
    ]


def level_in(one: HiddenGroup, evidence: Evidence, metric: str) -> Level | None:
    """What to expect of a standing in a metric, without the source."""
    return prior_level(metric, None, one.target, one.fitted.places, evidence.benchmarks)


def entry_of(name: str, catalog: Catalog) -> Entry:
    """A model's entry, or one made of the base that its name tells."""
    entry = catalog.get(name)
    if entry is None:
        base = next((base for part, base in BASES if part in name.lower()), None)
        known = catalog.entries[base or "bert-base-uncased"]
        entry = replace(known, id=name, base_model=base, hub_repo=None, aliases=())
        if base is None:
            entry = replace(entry, n_parameters=None, family=name, release_date=None)
    return entry


def line_of(name: str, catalog: Catalog) -> list[Entry]:
    """A model's lineage, as far as its name tells it."""
    return lineage(entry_of(name, catalog), catalog.entries)


def member_of(
    name: str, catalog: Catalog, one: HiddenGroup, outlook: Outlook, own: OwnData | None = None
) -> Marginal:
    """What is believed of a model by its entry, or by the base that its name tells."""
    line = line_of(name, catalog)
    entry = line[0]
    scores = [*one.fitted.scores(entry.id), *(own.standings(name) if own else ())]
    return replace(marginal(line, outlook.expected(line, scores).z), name=name)


def summary(name: str, groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Means over the data sets of one table."""
    drawn = np.random.default_rng(0).integers(len(groups), size=(DRAWS, len(groups)))
    prior = np.array([group["prior"][0] for group in groups])
    lines = []
    for way in [key for key in groups[0] if key != "n"]:
        tau = np.array([group[way][0] for group in groups])
        low, high = np.quantile((tau - prior)[drawn].mean(axis=1), (0.05, 0.95))
        lines.append(
            {
                "table": name,
                "sets": len(groups),
                "models": round(float(np.mean([group["n"] for group in groups])), 1),
                "way": way,
                "tau": float(tau.mean()),
                "less the prior's": f"{(tau - prior).mean():+.3f} ({low:+.3f} {high:+.3f})",
                "regret": float(np.mean([group[way][1] for group in groups])),
            }
        )
    return lines


if __name__ == "__main__":
    main()
