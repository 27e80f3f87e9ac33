"""`pick-model screen`."""

from __future__ import annotations

import gc
import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pick_model.cli.candidates import to_screen
from pick_model.cli.formats import in_format
from pick_model.cli.labelled import (
    AllowPickle,
    Arithmetic,
    ColumnNames,
    DeviceName,
    ExecutorName,
    Jobs,
    LabelColumn,
    LabelKindIs,
    Offline,
    PairColumn,
    Precision,
    RayAddress,
    SentenceColumn,
    Separator,
    SkipLabel,
    TextColumn,
    Threads,
    TrustRemoteCode,
    in_data,
    read_labelled,
    reading_as,
    task_field,
    warn_of_contradictions,
)
from pick_model.cli.options import AS, Format, Output, Overlays, emit, in_output
from pick_model.cli.progress import progress
from pick_model.cli.ranked import finish
from pick_model.cli.recommending import (
    ItemFile,
    ItemOptions,
    ItemSplit,
    MinRating,
    metric_of,
    recommend_items,
)
from pick_model.cli.searching import (
    CorpusFile,
    PairFile,
    PassagePrefix,
    QueryFile,
    QueryPrefix,
    RelevanceFile,
    SearchColumns,
    Searching,
    of_task,
    search,
)
from pick_model.cli.streams import say
from pick_model.errors import (
    ENVIRONMENT,
    INCONCLUSIVE,
    OK,
    BudgetTooSmall,
)
from pick_model.words.reader import in_english, phrase

if TYPE_CHECKING:
    from pick_model.data.report import DataProfile
    from pick_model.documents.screen import ScreenReport
    from pick_model.encoders.resolve import ModelRef

_models = partial(typer.Option, rich_help_panel="Models")
_budget = partial(typer.Option, rich_help_panel="Budget")


def screen(
    data: Annotated[
        Path | None,
        in_data(metavar="FILE", help="Labelled rows: CSV, TSV, JSONL, Parquet, CoNLL, .gz."),
    ] = None,
    queries: QueryFile = None,
    corpus: CorpusFile = None,
    relevance: RelevanceFile = None,
    pairs: PairFile = None,
    column: SearchColumns = None,
    query_prefix: QueryPrefix = None,
    passage_prefix: PassagePrefix = None,
    items: ItemFile = None,
    split: ItemSplit = None,
    min_rating: MinRating = None,
    task: Annotated[
        Path | None, in_data(metavar="TASK.yaml", help="Task profile: task, metric, and for --top.")
    ] = None,
    model: Annotated[
        list[str] | None,
        _models(
            metavar="MODEL",
            help="Catalog id, Hub id (org/name@revision), folder or ID=FOLDER; may be repeated.",
        ),
    ] = None,
    models: Annotated[
        Path | None, _models(metavar="FILE", help="Models by name, one a line; # begins a remark.")
    ] = None,
    top: Annotated[
        int | None, _models(metavar="N", help="The first N that `recommend` names for --task.")
    ] = None,
    text: TextColumn = None,
    text_pair: PairColumn = None,
    label: LabelColumn = None,
    group: Annotated[
        str | None,
        in_data(metavar="COLUMN", help="Rows of one group are never told by one another."),
    ] = None,
    kind: LabelKindIs = None,
    label_separator: Separator = None,
    skip_label: SkipLabel = None,
    sentence: SentenceColumn = None,
    column_names: ColumnNames = None,
    metric: Annotated[
        str | None,
        in_data(metavar="NAME", help="accuracy, macro_f1, mcc, rmse, …; of queries ndcg_at_10, …"),
    ] = None,
    rows: Annotated[
        int | None,
        _budget(
            metavar="N", help="Rows or queries a model at most: 2,000, or 500 sentences of tokens."
        ),
    ] = None,
    adaptive: Annotated[
        bool,
        _budget("--adaptive/--all-rows", help="More rows only for models that may be the best."),
    ] = True,
    budget: Annotated[
        str | None,
        _budget(metavar="TIME", help="Time for all models together, asked after each: 90s, 5m."),
    ] = None,
    seed: Annotated[int, _budget(metavar="N", help="Which rows are drawn.")] = 0,
    max_length: Annotated[
        int | None,
        _budget(
            metavar="N",
            help="Tokens a row at most [default: 256]; of sounds seconds [default: 30].",
        ),
    ] = None,
    device: DeviceName = "auto",
    precision: Arithmetic = Precision.auto,
    threads: Threads = None,
    jobs: Jobs = None,
    executor: ExecutorName = None,
    ray_address: RayAddress = None,
    allow_pickle: AllowPickle = False,
    trust_remote_code: TrustRemoteCode = False,
    offline: Offline = False,
    layers: Annotated[
        bool, in_output("--layers", help="Also draw how well each layer does.")
    ] = False,
    record: Annotated[
        Path | None, in_output(metavar="FILE.jsonl", help="Append the results to a ledger.")
    ] = None,
    catalog: Overlays = None,
    format: Annotated[Format, AS] = Format.table,
    output: Output = None,
) -> int:
    """See whose frozen features fit your labels; nothing is trained.

    One pass through each model. A model that cannot be loaded is named and the others go on;
    exit 4 where none can. Or, with queries and a corpus, how much of what answers them each
    model finds, as it comes, beside BM25. Or, with --items, what each recommends by the items'
    texts alone, beside popularity and who took what.

    Examples:
      pick-model screen --data examples/support-tickets/train.csv \\
        --task examples/support-tickets/task.yaml --top 8
      pick-model screen --data examples/support-tickets/train.csv \\
        --model all-minilm-l6-v2 --model roberta-base --layers
      pick-model screen --data examples/product-reviews-zh/train.csv \\
        --model chinese-macbert-base --rows 500 --format json --record results.jsonl
      pick-model screen --queries examples/help-desk-search/queries.csv \\
        --corpus examples/help-desk-search/corpus.csv \\
        --relevance examples/help-desk-search/relevance.csv --model all-minilm-l6-v2
      pick-model screen --data examples/shop/interactions.csv --items examples/shop/items.csv \\
        --model all-minilm-l6-v2
    """
    recommending = ItemOptions(items, split, min_rating, column or [])
    of_rows = {
        "--text": text,
        "--text-pair": text_pair,
        "--label": label,
        "--group": group,
        "--kind": kind,
        "--label-separator": label_separator,
        "--skip-label": skip_label,
        "--sentence": sentence,
        "--layers": layers,
        "--all-rows": not adaptive,
        "--jobs": jobs,
        "--executor": executor,
        "--ray-address": ray_address,
    }
    recommending.check(
        data,
        {
            **of_rows,
            "--format html": format is Format.html,
            "--queries": queries,
            "--corpus": corpus,
            "--relevance": relevance,
            "--pairs": pairs,
            "--query-prefix": query_prefix,
            "--passage-prefix": passage_prefix,
        },
        own_columns=False,
    )
    searching = Searching(
        queries, corpus, relevance, pairs, column or [], query_prefix, passage_prefix
    )
    if not recommending.given:
        searching.check(data, {**of_rows, "--columns": column_names})
    from pick_model.measure.probe.run import require_extra, share_the_machine
    from pick_model.measure.probe.settings import parse_budget

    require_extra("screen")  # before what needs it is imported
    from pick_model.cli.writable import refuse_unwritable
    from pick_model.measure.executors import executor as executor_of
    from pick_model.measure.screen.run import screen as run_screen
    from pick_model.measure.screen.settings import Settings

    of_search, language = of_task(task) if searching.given else (None, None)
    if metric is None:
        metric = (
            metric_of(task)
            if recommending.given
            else of_search
            if searching.given
            else task_field(task, "metric")
        )
    settings = Settings(
        rows=rows,
        budget_seconds=math.inf if budget is None else parse_budget(budget),
        adaptive=adaptive,
        metric=metric,
        max_length=max_length,
        seed=seed,
        device=device,
        precision=precision.value,
        threads=threads,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
        offline=offline,
    )
    refuse_unwritable(output, record)
    where = executor_of(jobs, executor, ray_address)
    share_the_machine()
    gc.enable()
    refs, unknown = to_screen(model or [], models, top, task, catalog)
    if recommending.given:
        assert data is not None
        ranked = recommend_items(
            recommending, data, column_names, refs, unknown, settings, trained=False
        )
        return code_of(len(ranked.results), finish(ranked, record, format, output))
    if data is None:
        found = search(searching, refs, unknown, task, catalog, language, settings)
        return code_of(len(found.results), finish(found, record, format, output))
    reading = reading_as(
        text,
        text_pair,
        label,
        group,
        sentence,
        kind,
        label_separator,
        skip_label,
        column_names,
    )
    looked: list[DataProfile] = []
    labelled = read_labelled(data, task_field(task, "task"), reading, seed, looked.append)
    warn_of_contradictions(task, labelled, trained=False)
    with progress(several=len(refs) > 1) as tick:
        report = run_screen(refs, labelled, settings, tick, unknown=unknown, executor=where)
    if task is not None:
        report = with_belief(report, refs, task, catalog, offline)
    from pick_model.render.screen import why

    for one in report.results:
        if one.error is not None:
            say(phrase("was-not-screened", model=one.model, why=why(one.error)), "warning")
    if record is not None:
        from pick_model.measure.ledger import record as append

        append(report, record)
    if format is Format.html:
        from pick_model.cli.typed import command_line
        from pick_model.render.html.page import written
        from pick_model.render.html.screen import screen as page_of

        with in_english():
            page = written(page_of(report, looked[0], command_line()))
        emit(page, output)
    else:
        emit(rendered(report, format, layers=layers, to_file=output is not None), output)
    faults = [one.error.code for one in report.results if one.error is not None]
    return code_of(len(report.results), faults)


def with_belief(
    report: ScreenReport,
    refs: list[ModelRef],
    task: Path,
    overlays: list[Path] | None,
    offline: bool,
) -> ScreenReport:
    """The same, in the order of what the catalog and the data say together."""
    from pick_model.advise.profile import read_profile
    from pick_model.catalog.load import load_catalog
    from pick_model.measure.candidates import named
    from pick_model.measure.screen.believe import believed

    known = load_catalog(overlays or ())
    profile = read_profile(task, known)
    read = {one.model for one in report.results if one.error is None}
    asked = named([ref for ref in refs if ref.name in read], known, profile, offline=offline)
    return believed(report, asked, profile)


def code_of(n_models: int, faults: list[str]) -> int:
    """The exit code: one model that could be screened is enough."""
    if len(faults) < n_models:
        return OK
    return INCONCLUSIVE if BudgetTooSmall.code in faults else ENVIRONMENT


def rendered(report: ScreenReport, format: Format, *, layers: bool, to_file: bool) -> str:
    """The report in the format asked for."""
    from pick_model.render import screen as drawn

    return in_format(
        report,
        format,
        table=partial(drawn.report, layers=layers),
        markdown=partial(drawn.as_markdown, layers=layers),
        csv=drawn.as_csv,
        to_file=to_file,
    )
