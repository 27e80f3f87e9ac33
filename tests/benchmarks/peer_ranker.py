"""transformer-ranker on rows of a file; run by screen_speed.py and screen_truth.py in its venv.

    python peer_ranker.py ROWS.json ESTIMATOR[,ESTIMATOR…] AGGREGATOR MODEL…

ROWS.json holds texts (or pairs of texts, which it joins itself) and whole-number labels. Prints
one JSON line: estimator -> model -> score. Several estimators score what was embedded once.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> int:
    import datasets
    from transformer_ranker import TransformerRanker
    from transformer_ranker.embedder import Embedder

    rows, estimators, aggregator, *models = sys.argv[1:]
    given = json.loads(Path(rows).read_text(encoding="utf-8"))
    columns = {"text": given["texts"], "label": given["labels"]}
    options = {"text_column": "text", "label_column": "label"}
    if given["pairs"]:
        columns["other"] = given["pairs"]
        options["text_pair_column"] = "other"
    data = datasets.Dataset.from_dict(columns)
    embed, kept = Embedder.embed, {}

    def once(self, *words, **options):  # its own, which it calls again for every estimator
        if self.name not in kept:
            kept[self.name] = embed(self, *words, **options)
        return kept[self.name]

    told = {}
    for estimator in estimators.split(","):
        if "," in estimators:
            Embedder.embed = once
        ranker = TransformerRanker(data, **options)
        found = ranker.run(models=models, estimator=estimator, layer_aggregator=aggregator)
        scores = found.scores if hasattr(found, "scores") else found._results
        told[estimator] = {str(model): float(score) for model, score in scores.items()}
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
