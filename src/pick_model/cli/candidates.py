"""Which models a command is about: those named, listed, or that `recommend` names first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pick_model.cli.labelled import model_refs, names_in
from pick_model.cli.streams import say
from pick_model.errors import EnvironmentProblem, PickModelError, UsageError
from pick_model.words.reader import phrase, tell
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.catalog.catalog import Catalog
    from pick_model.documents.profile import Profile
    from pick_model.documents.report import Candidate
    from pick_model.encoders.resolve import ModelRef
    from pick_model.measure.candidates import Candidates

WHICH = message("name-models-or-task")


def to_screen(
    named: list[str],
    listed: Path | None,
    top: int | None,
    task: Path | None,
    overlays: list[Path] | None,
) -> tuple[list[ModelRef], dict[str, UsageError]]:
    """The models in the order asked for, each once; and names that mean none, and why.

    Raises UsageError where no model is left.
    """
    if top is not None and (top < 1 or task is None):
        raise UsageError(
            message("top-without-task"),
            hint=message("give-task-for-top"),
        )
    names = [*named, *([] if listed is None else names_in(listed))]
    refs: list[ModelRef] = []
    unknown: dict[str, UsageError] = {}
    for name in names:
        try:
            refs += model_refs([name], overlays)
        except UsageError as fault:
            unknown[name] = fault
    if top is not None and task is not None:
        ranked = candidates(task, overlays)
        refs += model_refs([one.id for one in ranked if one.hub_repo][:top], overlays)
    if not refs:
        raise next(iter(unknown.values()), UsageError(message("no-model-to-screen"), hint=WHICH))
    return list({ref.name: ref for ref in refs}.values()), unknown


def candidates(task: Path, overlays: list[Path] | None) -> list[Candidate]:
    """What `recommend` says of a task, best first."""
    from pick_model.advise.profile import read_profile
    from pick_model.advise.recommend import recommend
    from pick_model.catalog.load import load_catalog

    known = load_catalog(overlays or ())
    return list(recommend(read_profile(task, known), known, top=None).candidates)


def to_select_from(
    names: list[str],
    top: int | None,
    profile: Profile,
    known: Catalog,
    overlays: list[Path] | None,
    offline: bool,
) -> tuple[Candidates, list[str] | None]:
    """What can be measured, and the ids of all candidates (None: all of the catalog).

    Raises UsageError where the names mean no model, EnvironmentProblem where none can be read.
    """
    from pick_model.advise.scoring import Scoring
    from pick_model.measure.candidates import Candidates, named, of_catalog

    if top is not None and top < 1:
        raise UsageError(message("top-below-one", top=top))
    refs, faults = [], {}
    for name in names:
        try:
            refs += model_refs([name], overlays)
        except UsageError as fault:
            faults[name] = fault
    if names and not refs and top is None:
        raise next(iter(faults.values()))
    asked = named(refs, known, profile, offline=offline)
    asked = asked._replace(faults={**faults, **asked.faults})
    if names and not asked.refs and top is None:
        raise none_of(asked.faults)
    if names and top is None:
        return asked, list(asked.refs)
    ranked = [one.scored.entry.id for one in Scoring(profile, known).ranked][:top]
    of_these = of_catalog(known, ranked)
    found = Candidates(asked.catalog, {**of_these, **asked.refs}, asked.own, asked.faults)
    return found, None if top is None and not names else [*ranked, *asked.refs]


def none_of(faults: Mapping[str, PickModelError]) -> EnvironmentProblem:
    """Not one of the models named can be read, as a screen says it: each is told, the first is
    the error."""
    for name, fault in [*faults.items()][1:]:
        say(phrase("was-not-measured", model=name, why=tell(fault.message)), "warning")
    name, fault = next(iter(faults.items()))
    why = message("was-not-measured", model=name, why=fault.message)
    return EnvironmentProblem(why, location=fault.location, hint=fault.hint, code=fault.code)
