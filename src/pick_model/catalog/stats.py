"""What the catalog covers: candidates for each application, and how many facts are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pick_model import __version__
from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog import Entry
from pick_model.documents.catalog_reports import CatalogStats, Coverage, FillRate, JobEvidence
from pick_model.vocabulary.kinds import kinds_of

SCORED = 0.70  # share of models that should have a published score
MULTILINGUAL = 10  # languages from which on a model counts as multilingual
EXAMPLES = 3  # ids named an application; set by hand


@dataclass(frozen=True)
class Application:
    """What somebody wants a model for; an entry serves it when every part fits."""

    tasks: tuple[str, ...] = ()  # any of these
    language: str | None = None
    multilingual: bool = False
    domain: str | None = None
    kinds: tuple[str, ...] = ()  # any of these
    named: tuple[str, ...] = ()  # ids or families, any of these
    needed: int = 6  # real candidates; 3 where the field has fewer

    def served_by(self, entry: Entry) -> bool:
        """Whether the entry is a candidate."""
        languages = entry.languages or ()
        names = (entry.id, entry.family.lower(), *(alias.lower() for alias in entry.aliases))
        return (
            (not self.tasks or bool(set(self.tasks) & set(entry.tasks)))
            and (self.language is None or self.language in languages)
            and (not self.multilingual or len(languages) >= MULTILINGUAL)
            and (self.domain is None or self.domain in entry.domains)
            and (not self.kinds or entry.kind in self.kinds)
            and (not self.named or any(name in self.named for name in names))
        )


_TEXT_TASKS = {
    "text classification": "text-classification",
    "token classification": "token-classification",
    "question answering": "question-answering",
    "summarisation": "summarization",
    "translation": "translation",
    "text generation": "text-generation",
    "sentence similarity": "sentence-similarity",
    "retrieval": "feature-extraction",
}
APPLICATIONS: dict[str, Application] = {
    **{name: Application((task,), kinds=kinds_of("text")) for name, task in _TEXT_TASKS.items()},
    **{
        f"{name}, Chinese": Application((task,), "zh", kinds=kinds_of("text"), needed=3)
        for name, task in _TEXT_TASKS.items()
    },
    **{
        f"{name}, multilingual": Application(
            (task,), multilingual=True, kinds=kinds_of("text"), needed=3
        )
        for name, task in _TEXT_TASKS.items()
    },
    "biomedical": Application(domain="biomedical"),
    "clinical": Application(domain="clinical", needed=1),
    "legal": Application(domain="legal", needed=3),
    "finance": Application(domain="finance", needed=3),
    "code": Application(domain="code"),
    "science": Application(domain="science", needed=3),
    "social media": Application(domain="social-media", needed=3),
    "image classification": Application(("image-classification",)),
    "object detection": Application(("object-detection",), kinds=("detector",)),
    "segmentation": Application(("image-segmentation",), kinds=("segmenter", "detector")),
    "image generation": Application(("text-to-image",)),
    "zero-shot image classification": Application(("zero-shot-image-classification",)),
    "image-text retrieval": Application(("image-text-retrieval",)),
    "visual question answering": Application(("visual-question-answering",)),
    "speech recognition": Application(("automatic-speech-recognition",)),
    "audio classification": Application(("audio-classification",)),
    "document question answering": Application(("document-question-answering",)),
    "depth estimation": Application(("depth-estimation",), needed=4),
    "video classification": Application(("video-classification",), needed=4),
    "music and sound generation": Application(("text-to-audio",)),
    "speech synthesis": Application(("text-to-speech",)),
    "speaker tasks": Application(("speaker-verification",)),
    "recommendation, sequential": Application(kinds=("sequential-recommender",)),
    "recommendation, text-based": Application(kinds=("text-recommender",), needed=3),
    "recommendation, collaborative": Application(kinds=("collaborative-filter",), needed=3),
    "recommendation, social and graph": Application(kinds=("graph-recommender",), needed=3),
    "named: BERT": Application(named=("bert-base-uncased",), needed=1),
    "named: GPT-2": Application(named=("gpt2",), needed=1),
    "named: Transformer (2017)": Application(named=("transformer",), needed=1),
    "named: DenseNet": Application(named=("densenet",), needed=1),
    "named: AlexNet": Application(named=("alexnet",), needed=1),
    "named: RNN and CNN for text": Application(kinds=("recurrent", "text-cnn"), needed=3),
    "named: neural collaborative filtering": Application(named=("neumf", "ncf"), needed=1),
}


@dataclass(frozen=True)
class FactRule:
    """A fact, where it applies, and for what share of entries it should be known."""

    known: Callable[[Entry], bool]
    applies: Callable[[Entry], bool]
    needed: float | None = None


def _pretrained(entry: Entry) -> bool:
    return entry.pretrained


def _always(entry: Entry) -> bool:
    return bool(entry.id)


# Recurrences, and convolutions and attention over sound, take an input of any length.
OPEN_ENDED = frozenset(
    {
        "recurrent",
        "text-cnn",
        "speech-encoder",
        "speaker-encoder",
        "audio-encoder",
        "audio-generator",
        "diffusion",
    }
)


def _has_limit(entry: Entry) -> bool:
    return entry.modality != "items" and entry.kind not in OPEN_ENDED


def _limit(entry: Entry) -> bool:
    return any((entry.max_tokens, entry.image_size, entry.max_seconds))


def _data(entry: Entry) -> bool:
    data = entry.pretraining
    if data.data_size is not None or data.data_seen is not None:
        return True
    return bool(data.corpora) and all(corpus.size is not None for corpus in data.corpora)


def _compute(entry: Entry) -> bool:
    return entry.pretraining.compute_flop is not None


FACTS: dict[str, FactRule] = {
    "licence": FactRule(lambda e: e.license is not None, _pretrained, 0.95),
    "parameters": FactRule(lambda e: e.n_parameters is not None, _pretrained, 0.95),
    "input limit": FactRule(_limit, _has_limit, 0.95),
    "languages": FactRule(lambda e: e.languages is not None, _always, 0.95),
    "pretraining data size": FactRule(_data, _pretrained, 0.80),
    "pretraining compute": FactRule(_compute, _pretrained, 0.60),
    "release date": FactRule(lambda e: e.release_date is not None, _always),
    "feature width": FactRule(lambda e: e.embed_dim is not None, _pretrained),
    "shape": FactRule(
        lambda e: e.shape.hidden_size is not None,
        lambda e: e.kind in ("encoder", "sentence-encoder", "decoder", "encoder-decoder", "vit"),
    ),
    "Hub repository": FactRule(lambda e: e.hub_repo is not None, _pretrained),
    "pinned revision": FactRule(lambda e: e.revision is not None, lambda e: e.hub_repo is not None),
    "weights format": FactRule(lambda e: e.weights is not None, _pretrained),
}


def stats(catalog: Catalog, jobs: Sequence[JobEvidence] = ()) -> CatalogStats:
    """The coverage table: candidates per application, fill rate per fact, and what is short.

    `jobs` are what ranking finds for common jobs (see `advise.jobs`).
    """
    entries = list(catalog.entries.values())
    scores = {entry_id: len(rows) for entry_id, rows in catalog.details["scores"].items()}
    coverage = tuple(
        _coverage(name, wanted, entries, scores) for name, wanted in APPLICATIONS.items()
    )
    rates = tuple(_rate(name, rule, catalog) for name, rule in FACTS.items())
    scored = sum(entry.id in scores for entry in entries)
    share = scored / len(entries) if entries else 1.0
    years = Counter((entry.release_date or "unknown")[:4] for entry in entries)
    return CatalogStats(
        tool_version=__version__,
        catalog_digest=catalog.digest,
        n_models=len(entries),
        n_scores=sum(scores.values()),
        n_benchmarks=len(catalog.benchmarks),
        n_machines=len(catalog.plain_hardware),
        kinds=dict(sorted(Counter(entry.kind for entry in entries).items())),
        coverage=coverage,
        fill_rates=rates,
        holds=all([r.holds for r in coverage] + [r.holds for r in rates] + [j.holds for j in jobs])
        and share >= SCORED,
        years={("unknown" if y == "unkn" else y): n for y, n in sorted(years.items())},
        n_scored=scored,
        scored_share=round(share, 4),
        scored_needed=SCORED,
        jobs=tuple(jobs),
    )


def _coverage(
    name: str, wanted: Application, entries: list[Entry], scores: dict[str, int]
) -> Coverage:
    """The examples are those with most published scores."""
    serving = [entry for entry in entries if wanted.served_by(entry)]
    found = sorted((entry.id for entry in serving), key=lambda i: (-scores.get(i, 0), i))
    trained = sum(entry.pretrained for entry in serving)
    return Coverage(
        application=name,
        candidates=len(found),
        pretrained=trained,
        examples=tuple(found[:EXAMPLES]),
        needed=wanted.needed,
        holds=len(found) >= wanted.needed,
    )


def _rate(name: str, rule: FactRule, catalog: Catalog) -> FillRate:
    applicable = [entry for entry in catalog.entries.values() if rule.applies(entry)]
    known = sum(rule.known(entry) for entry in applicable)
    share = known / len(applicable) if applicable else 1.0
    return FillRate(
        fact=name,
        known=known,
        applicable=len(applicable),
        share=round(share, 4),
        needed=rule.needed,
        holds=rule.needed is None or share >= rule.needed,
    )
