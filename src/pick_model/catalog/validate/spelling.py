"""Checks of spelling: repositories and languages against what a record is called."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from pick_model.catalog.reader import Placed, named
from pick_model.catalog.validate.context import Context
from pick_model.documents.catalog import Benchmark, Entry
from pick_model.vocabulary.languages import language_named, languages
from pick_model.vocabulary.tasks import TASKS
from pick_model.words.message import Message
from pick_model.words.say import message

# An id this like a repository's name (difflib's ratio) and not the same is a slip; of the
# shipped ones that differ on purpose none comes near. One less alike than FAR is another model's.
SLIP, FAR = 0.9, 0.5
# An owner of so few repositories, spelt so like one of so many, is a slip of the pen.
RARE, OFTEN, LIKE = 2, 3, 0.85
# Two letters that are a language's code and, in the names of models, mostly something else:
# instruct, pretrained, mini and small, Microsoft, large ...
NOT_CODES = frozenset({"it", "pt", "ms", "fb", "ft", "sv", "la", "to", "or", "as", "no", "is", "id",
                       "ml", "sc", "am", "om", "tt", "st", "ss", "br", "mt", "ad", "se", "ie", "an",
                       "gl", "be", "yi", "nb", "bi", "nv", "hy"})  # fmt: skip
# Modalities in which only some tasks have to do with language.
WITHOUT_WORDS = frozenset({"image", "time-series", "tabular", "biosequence"})
DOMAINS = {  # of texts -> what tells of it
    "biomedical": "bio|pubmed|med|clinic|health",
    "clinical": "clinic|mimic|med|ehr|health|patient",
    "code": "cod|program|stack|dev|graph|github",
    "documents": "doc|layout|lilt|bros|form|receipt|page",
    "finance": "fin|sec|flang",
    "legal": "leg|law|court|juris",
    "science": "sci|paper|scholar|specter|indus|arxiv",
    "social-media": "tweet|twitter|social|marbert|reddit",
}
AGREE = 2  # other benchmarks of a series whose names tell their languages


def names(context: Context) -> int:
    """A repository is called like its entry, and a language in a name is one it is said to have."""
    looked = 0
    owners = Counter(
        entry.hub_repo.partition("/")[0] for entry in context.entries.values() if entry.hub_repo
    )
    for placed in context.facts:
        entry: Entry = placed.value
        looked += 1
        for told in _repository(entry, owners):
            context.wrong(placed, told, "hub_repo")
        _languages_in_name(context, placed, entry.id)
        _codes_in_name(context, placed)
        domains = () if context.parsed.overlay else _domains(entry)
        for told, field in (*_languages_of_use(entry), *domains):
            context.wrong(placed, told, field)
    series = _series(context)
    for placed in context.parsed.benchmarks:
        looked += 1
        _languages_in_name(context, placed, f"{placed.value.id} {placed.value.name}")
        _codes_of_series(context, placed, series)
        ending = re.split(r"[-_.]", named(placed))[-1]
        codes, known = placed.value.languages, languages().get(ending)
        if len(ending) == 2 and known and codes and ending not in codes:
            context.wrong(
                placed,
                message(
                    "ending-not-of-languages",
                    ending=ending,
                    name=known.name,
                    languages=str(list(codes)),
                ),
                "languages",
            )
    return looked


def _repository(entry: Entry, owners: Mapping[str, int]) -> Iterator[Message]:
    if not entry.hub_repo:
        return
    owner, _, called = entry.hub_repo.partition("/")
    own, name = entry.id.lower(), called.lower()
    near = SequenceMatcher(None, name, own, autojunk=False).ratio()
    if name != own and near > SLIP:
        yield message("repository-spelt-otherwise", hub_repo=entry.hub_repo)
    elif SequenceMatcher(None, _bare(name), _bare(own), autojunk=False).ratio() < FAR:
        yield message("repository-of-another", hub_repo=entry.hub_repo)
    if owners[owner] <= RARE:
        for other, many in owners.items():
            alike = SequenceMatcher(None, owner.lower(), other.lower(), autojunk=False)
            # quick_ratio is an upper bound, and is.
            if many >= OFTEN and alike.quick_ratio() > LIKE and alike.ratio() > LIKE:
                yield message("owner-spelt-otherwise", owner=owner, other=other)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name)


def _languages_in_name(context: Context, placed: Placed, text: str) -> None:
    words = (word.lower() for word in re.findall(r"[A-Z]?[a-z]+", text))
    named_after = {word: code for word in words if (code := language_named(word))}
    codes = placed.value.languages
    if named_after and codes and not set(named_after.values()) & set(codes):
        what = " and ".join(named_after)
        context.wrong(
            placed, message("called-otherwise", what=what, languages=str(list(codes))), "languages"
        )


def _codes_in_name(context: Context, placed: Placed) -> None:
    """A code of two letters in the id of a model of few languages is one of them."""
    entry: Entry = placed.value
    parts = set(re.split(r"[-_.]", entry.id.lower())) - NOT_CODES
    said = {part for part in parts if len(part) == 2 and part in languages()}
    codes = set(entry.languages or ())
    if said and codes and not said & codes:
        told = message(
            "called-otherwise", what=" and ".join(sorted(said)), languages=str(sorted(codes))
        )
        context.wrong(placed, told, "languages")


def _languages_of_use(entry: Entry) -> Iterator[tuple[Message, str]]:
    """Languages against what the tasks and the corpora are about."""
    speaks = [TASKS[task].speaks for task in entry.tasks]
    if entry.languages and not any(speaks) and entry.modality in WITHOUT_WORDS:
        yield (
            message("languages-without-words", languages=tuple(sorted(entry.languages))),
            "languages",
        )
    if entry.languages == () and all(speaks):
        yield message("words-without-languages", tasks=entry.tasks), "languages"
    words = {
        word
        for corpus in entry.pretraining.corpora
        for word in re.findall(r"[A-Z][a-z]+", corpus.name)
    }
    learnt = {code for word in words if (code := language_named(word.lower()))}
    if learnt and entry.languages and not learnt & set(entry.languages):
        told = message(
            "learnt-otherwise",
            learnt=tuple(sorted(learnt)),
            languages=tuple(sorted(entry.languages)),
        )
        yield told, "languages"


def _domains(entry: Entry) -> Iterator[tuple[Message, str]]:
    """A domain of a text model is told by its name, its notes, its corpora or its base."""
    if entry.modality != "text":
        return
    corpora = (corpus.name for corpus in entry.pretraining.corpora)
    names = (entry.id, entry.family, entry.hub_repo, entry.notes, entry.base_model, *corpora)
    text = " ".join(filter(None, names)).lower()
    for domain in entry.domains:
        told_by = DOMAINS.get(domain)
        if told_by is not None and not re.search(told_by, text):
            yield message("domain-of-nothing", domain=domain), "domains"


_Series = dict[str, dict[str, bool]]  # id without the code -> id -> whether the code is true


def _series(context: Context) -> _Series:
    """Benchmarks whose ids differ in a code of a language alone."""
    found: _Series = defaultdict(dict)
    for placed in context.parsed.benchmarks:
        for stem, code in _stems(named(placed)):
            found[stem][named(placed)] = code in placed.value.languages
    return found


def _stems(benchmark_id: str) -> Iterator[tuple[str, str]]:
    parts = benchmark_id.split("-")
    for at, part in enumerate(parts):
        if len(part) in (2, 3) and part in languages():
            yield "-".join([*parts[:at], "*", *parts[at + 1 :]]), part


def _codes_of_series(context: Context, placed: Placed, series: _Series) -> None:
    benchmark: Benchmark = placed.value
    for stem, code in _stems(benchmark.id):
        others = [true for name, true in series[stem].items() if name != benchmark.id]
        if len(others) >= AGREE and all(others) and code not in benchmark.languages:
            told = message("called-otherwise", what=code, languages=str(list(benchmark.languages)))
            context.wrong(placed, told, "languages")
