"""transformer-ranker on rows of a file; run by screen_speed.py and screen_truth.py in its venv.

    python peer_ranker.py ROWS.json ESTIMATOR[,ESTIMATOR…] AGGREGATOR[,AGGREGATOR…] MODEL…
    python peer_ranker.py ROWS.json features FILE.npy MODEL

ROWS.json holds texts (pairs of texts, which it joins itself, or the words of each) and whole-number
labels, of words with their names, whose BIO prefixes it takes off. Prints
one JSON line: estimator and aggregator -> model -> score. Several settings score what was embedded
once: the mean over layers is of each layer's features, which it takes before the mean over words.
The second form writes the features of texts, the mean over layers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> int:
    import datasets
    import numpy as np
    from transformer_ranker import TransformerRanker
    from transformer_ranker.embedder import Embedder

    rows, estimators, aggregators, *models = sys.argv[1:]
    given = json.loads(Path(rows).read_text(encoding="utf-8"))
    if estimators == "features":
        embedder = Embedder(models[0], sentence_pooling="mean", layer_mean=True)
        np.save(aggregators, np.concatenate(embedder.embed(given["texts"], show_progress=False)))
        return 0
    columns = {"text": given["texts"], "label": given["labels"]}
    options = {"text_column": "text", "label_column": "label"}
    if given["pairs"]:
        columns["other"] = given["pairs"]
        options["text_pair_column"] = "other"
    features = None
    if given.get("names"):
        tags = datasets.ClassLabel(names=given["names"])
        words = datasets.Value("string")
        features = datasets.Features(text=datasets.Sequence(words), label=datasets.Sequence(tags))
    data = datasets.Dataset.from_dict(columns, features)
    embed, kept = Embedder.embed, {}

    def once(self, *words, **options):  # its own, which it calls again for every setting
        mean, self.layer_mean = self.layer_mean, False
        if self.name not in kept:
            kept[self.name] = embed(self, *words, **options)
        return [row.mean(dim=-2, keepdim=True) if mean else row for row in kept[self.name]]

    told = {}
    settings = [(e, a) for e in estimators.split(",") for a in aggregators.split(",")]
    if len(settings) > 1:
        Embedder.embed = once
    for estimator, aggregator in settings:
        ranker = TransformerRanker(data, **options)
        found = ranker.run(models=models, estimator=estimator, layer_aggregator=aggregator)
        scores = found.scores if hasattr(found, "scores") else found._results
        told[f"{estimator} {aggregator}"] = {str(m): float(score) for m, score in scores.items()}
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
