"""`pick-model screen` and `probe` on interactions: their options, and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from pick_model.cli.progress import progress
from pick_model.cli.streams import say
from pick_model.errors import INCONCLUSIVE, OK, UsageError
from pick_model.words.reader import phrase
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.documents.recommendation import RecommendationReport
    from pick_model.encoders.resolve import ModelRef
    from pick_model.measure.screen.settings import Settings as ScreenSettings

in_items = partial(typer.Option, rich_help_panel="Items")


class Splits(str, Enum):
    """What is asked for at the end."""

    leave_last_out = "leave-last-out"
    time = "time"


ItemFile = Annotated[
    Path | None,
    in_items(
        metavar="FILE",
        help="What can be recommended: item, text. --data then holds user, item, and a time and a "
        "rating where there are any: CSV, TSV, JSONL, Parquet, MovieLens' .dat.",
    ),
]
ItemSplit = Annotated[
    Splits | None,
    in_items(
        "--split",
        help="What is asked for: each user's last item, or what comes in the last tenth of the "
        "time; leave-last-out.",
    ),
]
MinRating = Annotated[
    float | None, in_items(metavar="N", help="Rows with a rating below do not count.")
]
ItemColumns = Annotated[
    list[str] | None,
    in_items(
        "--column",
        metavar="PART=COLUMN",
        help="A column by its part: user, item, timestamp, rating, text (of several with commas "
        "between); may be repeated.",
    ),
]


class ItemOptions(NamedTuple):
    """The options of interactions, as they were given."""

    items: Path | None
    split: Splits | None
    min_rating: float | None
    columns: Sequence[str]

    @property
    def given(self) -> bool:
        """Whether items are named."""
        return self.items is not None

    def check(self, data: Path | None, others: Mapping[str, Any], own_columns: bool) -> None:
        """Raises UsageError for options that do not belong together.

        others: options that interactions have nothing of. own_columns: --column is of
        interactions alone, here.
        """
        if not self.given:
            for option, value in (
                ("--split", self.split),
                ("--min-rating", self.min_rating),
                ("--column", self.columns if own_columns else None),
            ):
                if value:
                    raise UsageError(
                        message("option-of-items", option=option), hint=message("name-items")
                    )
            return
        if data is None:
            raise UsageError(message("items-without-data"), hint=message("name-items"))
        for option, value in others.items():
            if value:
                raise UsageError(
                    message("option-not-of-items", option=option), hint=message("leave-it-out")
                )


def metric_of(task: Path | None) -> str | None:
    """The metric of a task profile. Raises UsageError for a task that recommends nothing."""
    if task is None:
        return None
    from pick_model.advise.profile import load_task
    from pick_model.vocabulary.tasks import RECOMMENDING

    profile = load_task(task)
    if profile.task not in RECOMMENDING:
        raise UsageError(
            message("task-not-of-items", task=profile.task), hint=message("task-of-items")
        )
    return profile.metric


def refuse_items(task: Path) -> None:
    """Raises UsageError for a task profile that recommends items, which `select` does not yet."""
    from pick_model.advise.profile import load_task
    from pick_model.vocabulary.tasks import RECOMMENDING

    if load_task(task).task in RECOMMENDING:
        raise UsageError(message("select-not-of-items"), hint=message("screen-then-probe-items"))


def recommend_items(
    asked: ItemOptions,
    data: Path,
    names: str | None,
    refs: Sequence[ModelRef],
    unknown: Mapping[str, UsageError],
    settings: ScreenSettings,
    *,
    trained: bool,
) -> RecommendationReport:
    """Read the files and take every model through the items. names: as --columns has them."""
    from pick_model.measure.probe.run import require_extra

    require_extra("probe" if trained else "screen")
    from pick_model.data.interaction_columns import PARTS
    from pick_model.data.interactions import read_interactions
    from pick_model.data.search_columns import parsed_columns
    from pick_model.measure.recommendation.run import recommend_items as run
    from pick_model.measure.recommendation.settings import Settings

    assert asked.items is not None
    shared = {field.name: getattr(settings, field.name) for field in fields(settings)}
    own = Settings(
        **shared,
        split=(asked.split or Splits.leave_last_out).value,
        trained=trained,
    )
    taken = read_interactions(
        data,
        asked.items,
        named={part: names[-1] for part, names in parsed_columns(asked.columns, PARTS).items()},
        names=None if names is None else [name.strip() for name in names.split(",")],
        min_rating=asked.min_rating,
        seed=settings.seed,
    )
    columns = {**taken.columns, "text": " + ".join(taken.text_columns)}
    say(phrase("columns-taken", columns=tuple(f"{part} = {c}" for part, c in columns.items())))
    with progress(several=len(refs) > 1) as tick:
        return run(refs, taken, own, tick, unknown=unknown)


def undecided(report: RecommendationReport) -> int:
    """INCONCLUSIVE where too few users were asked for any verdict; the reason says how many."""
    told = [one.reason_message for one in report.results if one.error is None]
    few = any(one is not None and one.code == "too-few-users" for one in told)
    return INCONCLUSIVE if few else OK
