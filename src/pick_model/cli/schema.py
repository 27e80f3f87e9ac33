"""`pick-model schema`."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from pick_model.cli.options import Output, emit
from pick_model.documents.base import adapter
from pick_model.errors import UsageError, did_you_mean
from pick_model.words.say import message

_REPORTS = tuple(
    f"pick_model.documents.{name}"
    for name in (
        "report",
        "accounts",
        "estimate",
        "failure",
        "catalog_reports",
        "probe",
        "screen",
        "retrieval",
        "recommendation",
        "select",
        "cache",
        "gate_report",
        "backtest",
        "hardware_report",
        "init_report",
    )
)

# What each published schema describes: "module:class".
SCHEMAS = {
    "task": "pick_model.documents.task:Task",
    "catalog": "pick_model.documents.catalog_files:CatalogFile",
    "sources": "pick_model.documents.catalog_files:SourceFile",
    "benchmarks": "pick_model.documents.catalog_files:BenchmarkFile",
    "hardware": "pick_model.documents.catalog_files:HardwareFile",
    "init": "pick_model.documents.init_report:InitReport",
    "recommend": "pick_model.documents.report:Recommendation",
    "explain": "pick_model.documents.accounts:Explanation",
    "compare": "pick_model.documents.accounts:Comparison",
    "estimate": "pick_model.documents.estimate:CostReport",
    "catalog-list": "pick_model.documents.catalog_reports:Listing",
    "catalog-show": "pick_model.documents.catalog_reports:EntryAccount",
    "catalog-stats": "pick_model.documents.catalog_reports:CatalogStats",
    "catalog-validate": "pick_model.documents.catalog_reports:Validation",
    "catalog-diff": "pick_model.documents.catalog_reports:CatalogDiff",
    "catalog-refresh": "pick_model.documents.catalog_reports:Refresh",
    "screen": "pick_model.documents.screen:ScreenReport",
    "screen-retrieval": "pick_model.documents.retrieval:RetrievalReport",
    "recommendation": "pick_model.documents.recommendation:RecommendationReport",
    "probe": "pick_model.documents.probe:ProbeReport",
    "select": "pick_model.documents.select:SelectReport",
    "lock": "pick_model.documents.lock:Lock",
    "policy": "pick_model.documents.policy:Policy",
    "backtest": "pick_model.documents.backtest:Backtest",
    "gate": "pick_model.documents.gate_report:GateReport",
    "hardware-report": "pick_model.documents.hardware_report:HardwareReport",
    "cache": "pick_model.documents.cache:CacheReport",
    "error": "pick_model.documents.failure:ErrorReport",
}


def schema(
    document: Annotated[
        str, typer.Argument(metavar="DOCUMENT", help="One of: " + ", ".join(SCHEMAS) + ".")
    ],
    output: Output = None,
) -> None:
    """Print the JSON Schema of a document.

    Examples:
      pick-model schema task
      pick-model schema recommend --output recommend.schema.json
    """
    emit(json.dumps(json_schema(document), indent=2, ensure_ascii=False), output)


def json_schema(document: str) -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of one document. Raises UsageError."""
    import importlib

    if document not in SCHEMAS:
        raise UsageError(
            message("no-schema", document=document), hint=did_you_mean(document, SCHEMAS, listed=20)
        )
    module, _, name = SCHEMAS[document].partition(":")
    model = getattr(importlib.import_module(module), name)
    # Reports are described as they are written, inputs as they may be written.
    mode: Literal["serialization", "validation"] = (
        "serialization" if module.startswith(_REPORTS) else "validation"
    )
    found: dict[str, object] = adapter(model).json_schema(mode=mode)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
