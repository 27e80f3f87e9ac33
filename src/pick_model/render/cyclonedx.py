"""A locked model as a bill of materials: CycloneDX 1.6, with machine-learning components.

The same lock, catalog and files give the same bytes: the serial number comes of the lock's digest
and the time is the day it was locked on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog import Entry
from pick_model.documents.lock import Lock, LockedProbe
from pick_model.escape import in_json
from pick_model.vocabulary.licenses import is_spdx

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
HUB = "https://huggingface.co"


def bill(lock: Lock, catalog: Catalog, weights: Mapping[str, Mapping[str, str]]) -> str:
    """The document as JSON.

    catalog: what was ranked, which knows the data the models were trained on. weights: id -> file
    -> sha256, of the models whose files were asked for.
    """
    model = lock.model
    entry = catalog.entries.get(model.id)
    told = {
        "hub_repo": model.hub_repo,
        "revision": model.revision,
        "license": model.license,
    }
    main = _component(model.id, told, entry, weights.get(model.id, {}))
    if lock.probe is not None:
        main["modelCard"]["quantitativeAnalysis"] = {
            "performanceMetrics": [_performance(lock.probe)]
        }
    main["properties"] = [
        {"name": "pick-model:task", "value": lock.task.digest},
        {"name": "pick-model:catalog", "value": lock.catalog.digest},
        {"name": "pick-model:lock", "value": lock.content_digest},
        {"name": "pick-model:adapter", "value": str(model.adapter).lower()},
    ]
    bases = [
        _component(
            base.id,
            {"hub_repo": base.hub_repo, "revision": base.revision, "license": base.license},
            catalog.entries.get(base.id),
            weights.get(base.id, {}),
        )
        for base in model.base_models
    ]
    chain = [main["bom-ref"], *(base["bom-ref"] for base in bases)]
    data = _data([entry, *(catalog.entries.get(base.id) for base in model.base_models)])
    document = {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'pick-model:{lock.content_digest}')}",
        "version": 1,
        "metadata": {
            "timestamp": f"{lock.locked_on}T00:00:00Z",
            "tools": {
                "components": [
                    {"type": "application", "name": "pick-model", "version": lock.tool_version}
                ]
            },
            "component": main,
        },
        "components": [*bases, *data],
        "dependencies": [
            {"ref": ref, "dependsOn": chain[n + 1 : n + 2]} for n, ref in enumerate(chain)
        ],
    }
    return in_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _component(
    name: str, told: Mapping[str, str | None], entry: Entry | None, weights: Mapping[str, str]
) -> dict[str, Any]:
    """One model: its commit, licence, files and what its card says."""
    repo, revision = told["hub_repo"], told["revision"]
    found: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": f"model:{name}",
        "name": name,
    }
    if revision is not None:
        found["version"] = revision
    if repo is not None:
        # The package URL's type for the Hub takes the commit, in lower case, as the version.
        found["purl"] = f"pkg:huggingface/{repo}" + (f"@{revision}" if revision else "")
        where = f"{HUB}/{repo}" + (f"/tree/{revision}" if revision else "")
        found["externalReferences"] = [{"type": "distribution", "url": where}]
    license = told["license"]
    if license is not None:
        kind = "id" if is_spdx(license) else "name"
        found["licenses"] = [{"license": {kind: license}}]
    if weights:
        found["components"] = [
            {
                "type": "file",
                "bom-ref": f"file:{name}/{file}",
                "name": file,
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
            for file, digest in weights.items()
        ]
    found["modelCard"] = {"modelParameters": _parameters(entry) if entry else {}}
    return found


def _parameters(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "task": ", ".join(entry.tasks),
        "architectureFamily": entry.kind,
        "modelArchitecture": entry.family,
    }
    names = [corpus.name for corpus in entry.pretraining.corpora]
    if names:
        told["datasets"] = [{"ref": _ref(name)} for name in dict.fromkeys(names)]
    return told


def _data(entries: Sequence[Entry | None]) -> Iterator[dict[str, Any]]:
    """The corpora of all models, each once."""
    corpora = (
        corpus.name
        for entry in entries
        if entry is not None
        for corpus in entry.pretraining.corpora
    )
    for name in dict.fromkeys(corpora):
        yield {"type": "data", "bom-ref": _ref(name), "name": name}


def _ref(corpus: str) -> str:
    return f"data:{corpus}"


def _performance(probe: LockedProbe) -> dict[str, Any]:
    """What the probe of the lock measured, as a metric of the card."""
    low, high = probe.interval
    found: dict[str, Any] = {
        "type": probe.metric,
        "value": repr(probe.score),
        "confidenceInterval": {"lowerBound": repr(low), "upperBound": repr(high)},
    }
    if probe.data_digest is not None:
        found["slice"] = f"data sha256 {probe.data_digest}"
    return found
