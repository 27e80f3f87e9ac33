"""`pick-model screen` on queries: its options, and what it does with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from pick_model.cli.progress import progress
from pick_model.errors import UsageError
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.data.search import SearchData
    from pick_model.documents.retrieval import RetrievalReport
    from pick_model.encoders.resolve import ModelRef
    from pick_model.measure.screen.settings import Settings as ScreenSettings

in_queries = partial(typer.Option, rich_help_panel="Queries")

QueryFile = Annotated[
    Path | None, in_queries(metavar="FILE", help="What is searched for: id, text.")
]
CorpusFile = Annotated[
    Path | None, in_queries(metavar="FILE", help="What is searched: id, text, title.")
]
RelevanceFile = Annotated[
    Path | None,
    in_queries(
        metavar="FILE", help="What answers what: query id, passage id, grade; or TREC's qrels."
    ),
]
PairFile = Annotated[
    Path | None, in_queries(metavar="FILE", help="Or one file: query, right passage.")
]
SearchColumns = Annotated[
    list[str] | None,
    in_queries(
        "--column",
        metavar="PART=COLUMN",
        help="A column by its part: query, passage, query-id, passage-id, title, grade, "
        "language; may be repeated, for files that call theirs differently, too.",
    ),
]
QueryPrefix = Annotated[
    str | None,
    in_queries(metavar="TEXT", help="Before every query [default: as each model was trained]."),
]
PassagePrefix = Annotated[
    str | None, in_queries(metavar="TEXT", help="The same before every passage.")
]


class Searching(NamedTuple):
    """The files of queries, as they were named."""

    queries: Path | None
    corpus: Path | None
    relevance: Path | None
    pairs: Path | None
    columns: Sequence[str]
    query_prefix: str | None
    passage_prefix: str | None

    @property
    def given(self) -> bool:
        """Whether any file of queries is named."""
        return any((self.queries, self.corpus, self.relevance, self.pairs))

    def check(self, data: Path | None, of_rows: Mapping[str, Any]) -> None:
        """Raises UsageError for files that do not belong together, and for options that
        queries, or rows, have nothing of.
        """
        if not self.given:
            self._refuse_on_rows()
            if data is None:
                raise UsageError(
                    message("no-rows-or-queries"), hint=message("name-data-or-queries")
                )
            return
        if data is not None:
            raise UsageError(message("data-or-queries"), hint=message("name-three-files"))
        three = (self.queries, self.corpus, self.relevance)
        if self.pairs is not None and any(three):
            raise UsageError(message("pairs-and-files"), hint=message("name-three-files"))
        if self.pairs is None and not all(three):
            raise UsageError(message("three-files-or-pairs"), hint=message("name-three-files"))
        for option, value in of_rows.items():
            if value:
                raise UsageError(
                    message("option-of-rows", option=option), hint=message("leave-it-out")
                )

    def _refuse_on_rows(self) -> None:
        for option, value in (
            ("--column", self.columns),
            ("--query-prefix", self.query_prefix),
            ("--passage-prefix", self.passage_prefix),
        ):
            if value:
                raise UsageError(
                    message("option-of-queries", option=option), hint=message("name-three-files")
                )

    def read(self, language: str | None, most: int, seed: int) -> SearchData:
        """The queries and what they search."""
        from pick_model.data.search import read_pairs, read_search
        from pick_model.data.search_columns import parsed_columns

        options: dict[str, Any] = {
            "named": parsed_columns(self.columns),
            "language": language,
            "most_queries": most,
            "seed": seed,
        }
        if self.pairs is not None:
            return read_pairs(self.pairs, **options)
        assert self.queries is not None
        assert self.corpus is not None
        assert self.relevance is not None
        return read_search(self.queries, self.corpus, self.relevance, **options)


def of_task(task: Path | None) -> tuple[str | None, str | None]:
    """The metric of a task profile, where it is one of retrieval, and its language, where it is
    one. Raises UsageError for a task that nobody searches for.
    """
    if task is None:
        return None, None
    from pick_model.advise.profile import load_task
    from pick_model.vocabulary.metrics import computed_for
    from pick_model.vocabulary.tasks import SEARCHING

    profile = load_task(task)
    if profile.task not in SEARCHING:
        raise UsageError(
            message("task-not-searching", task=profile.task),
            hint=message("searching-tasks", tasks=SEARCHING),
        )
    languages = profile.languages or ()
    metric = profile.metric if profile.metric in computed_for("retrieval") else None
    return metric, languages[0] if len(languages) == 1 else None


def search(
    asked: Searching,
    refs: Sequence[ModelRef],
    unknown: Mapping[str, UsageError],
    task: Path | None,
    overlays: list[Path] | None,
    language: str | None,
    settings: ScreenSettings,
) -> RetrievalReport:
    """Read the files and take every model through the corpus. task: for the catalog's ranks."""
    from pick_model.measure.retrieval.run import require_search

    require_search()
    from pick_model.measure.retrieval.run import search as run_search
    from pick_model.measure.retrieval.settings import Settings
    from pick_model.measure.screen.settings import ROWS

    data = asked.read(language, settings.rows or ROWS, settings.seed)
    shared = {field.name: getattr(settings, field.name) for field in fields(settings)}
    own = Settings(**shared, query_prefix=asked.query_prefix, passage_prefix=asked.passage_prefix)
    prior = prior_ranks(refs, task, overlays)
    with progress(several=len(refs) > 1) as tick:
        return run_search(refs, data, own, tick, prior=prior, unknown=unknown)


def prior_ranks(
    refs: Sequence[ModelRef], task: Path | None, overlays: list[Path] | None
) -> dict[str, int]:
    """The rank of each model that the catalog knows, among them, by what it expects of them."""
    if task is None or all(ref.folder is not None for ref in refs):
        return {}
    from pick_model.advise.profile import read_profile
    from pick_model.advise.recommend import recommend
    from pick_model.catalog.load import load_catalog

    known = load_catalog(overlays or ())
    there = {ref.name for ref in refs}
    said = recommend(read_profile(task, known), known, top=None).candidates
    ranked = sorted((c for c in said if c.id in there), key=lambda c: -c.expected.value)
    return {one.id: rank for rank, one in enumerate(ranked, start=1)}
