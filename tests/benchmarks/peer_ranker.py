"""transformer-ranker on rows of a file; run by screen_speed.py and screen_truth.py in its venv.

    python peer_ranker.py ROWS.json ESTIMATOR AGGREGATOR MODEL…

ROWS.json holds texts (or pairs of texts, which it joins itself) and whole-number labels. Prints
one JSON line: model -> score.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> int:
    import datasets
    from transformer_ranker import TransformerRanker

    rows, estimator, aggregator, *models = sys.argv[1:]
    told = json.loads(Path(rows).read_text(encoding="utf-8"))
    columns = {"text": told["texts"], "label": told["labels"]}
    options = {"text_column": "text", "label_column": "label"}
    if told["pairs"]:
        columns["other"] = told["pairs"]
        options["text_pair_column"] = "other"
    data = datasets.Dataset.from_dict(columns)
    ranker = TransformerRanker(data, **options)
    found = ranker.run(models=models, estimator=estimator, layer_aggregator=aggregator)
    scores = found.scores if hasattr(found, "scores") else found._results
    print(json.dumps({str(model): float(score) for model, score in scores.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
