"""The names a document may use, checked as they are read: tasks, kinds, licences, languages."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pick_model.core_schema import After, Before, Bounds
from pick_model.documents.readable import plain_id
from pick_model.errors import WrongValue, did_you_mean, nearest
from pick_model.vocabulary.baselines import BASELINES
from pick_model.vocabulary.data_units import DataUnit as DataUnit
from pick_model.vocabulary.domains import canonical_domain
from pick_model.vocabulary.kinds import KINDS
from pick_model.vocabulary.languages import canonical_language, languages
from pick_model.vocabulary.licenses import LICENSES, canonical_license
from pick_model.vocabulary.metrics import METRICS
from pick_model.vocabulary.tasks import MODALITIES, TASK_SYNONYMS, TASKS
from pick_model.words.say import message

PATHS = ("/", ".", "~")  # how the path of a folder begins, and no other name of a model

Basis = Literal["measured", "published", "traced", "derived", "prior"]


def _one_of(known: dict[str, object] | tuple[str, ...], what: str, value: str) -> str:
    if value not in known:
        raise WrongValue(
            message("unknown-name", what=what, value=value), hint=did_you_mean(value, known)
        )
    return value


def _task(value: str) -> str:
    meant = TASK_SYNONYMS.get(value.lower().replace("_", "-").replace(" ", "-"))
    if value not in TASKS and meant is not None:
        domain = canonical_domain(value)
        hint = message("did-you-mean", guess=meant)
        if domain != value:
            hint = message("did-you-mean-with", guess=meant, key="domain", value=domain)
        raise WrongValue(message("unknown-name", what="task", value=value), hint=hint)
    return _one_of(dict(TASKS), "task", value)


def _license(value: str) -> str:
    found = canonical_license(value)
    if found is None:
        raise WrongValue(
            message("unknown-license", value=value), hint=did_you_mean(value, LICENSES)
        )
    return found


def _language(value: str) -> str:
    found = canonical_language(value)
    if found is None:
        names = (one for known in languages().values() for one in (known.name, known.own_name))
        guess = nearest(value, [*languages(), *filter(None, names)])
        hint = message("did-you-mean", guess=guess) if guess else message("a-code-of-iso-639")
        raise WrongValue(message("unknown-language", value=value), hint=hint)
    return found


def _direction(value: str) -> str:
    ends = value.split("-")
    if len(ends) != 2:
        raise WrongValue(message("not-two-languages", value=value), hint=message("from-to-as-in"))
    return "-".join(_language(end) for end in ends)


def _date(value: object) -> object:
    """YAML turns 2019-07-26 into a date in some readers; ours keeps the text."""
    if isinstance(value, int):  # a bare year
        value = str(value)
    return value


def calendar_day(value: str) -> str:
    """A date that the calendar has, where it names a day."""
    try:
        if len(value) > len("2019-07"):
            date.fromisoformat(value)
    except ValueError:
        raise WrongValue(message("no-day", value=value), hint=message("write-a-day")) from None
    return value


def _baseline(value: str) -> str:
    """A baseline in another spelling (TF-IDF, tf-idf, tf_idf) under the name of the report."""
    bare = {re.sub(r"[-_\s]", "", name): name for name in BASELINES}
    found = bare.get(re.sub(r"[-_\s]", "", value.lower()))
    return found or _one_of(BASELINES, "baseline", value)


BaselineName = Annotated[str, After(_baseline)]
MetricName = Annotated[str, After(lambda v: _one_of(tuple(METRICS), "metric", v))]
TaskName = Annotated[str, After(_task)]
KindName = Annotated[str, After(lambda v: _one_of(dict(KINDS), "kind", v))]
Modality = Annotated[str, After(lambda v: _one_of(MODALITIES, "modality", v))]
LicenseName = Annotated[str, After(_license)]
LanguageCode = Annotated[str, After(_language)]
# Codes in the order given, each once: two spellings of one language are one language.
LanguageCodes = Annotated[
    tuple[LanguageCode, ...], After(lambda codes: tuple(dict.fromkeys(codes)))
]
# From which language into which a model translates: zh-en.
DirectionName = Annotated[str, After(_direction)]
PartialDate = Annotated[
    str, Bounds(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-[0-3]\d)?)?$"), Before(_date, also=int)
]
CalendarDate = Annotated[
    PartialDate, After(calendar_day)
]  # of a catalog's dates a check of its own tells
Revision = Annotated[str, Bounds(pattern=r"^[0-9a-f]{40}$")]
# A benchmark's id, or those of a series: `*` stands for any letters.
BenchmarkPattern = Annotated[str, Bounds(pattern=r"^[a-z0-9][a-z0-9._*-]*$")]
EntryId = Annotated[str, Bounds(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,119}$"), Before(plain_id)]
