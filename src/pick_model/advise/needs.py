"""What a task needs beyond a suitable kind of architecture, and which entries lack it.

An entry shows that it has a thing by its kind (a detector has a detection head), or by what its
own weights learnt last (`pretraining.objective`: only ctc fine-tuning leaves a speech encoder
with a head that writes). A domain is shown by `domains`, for its own form of input.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import log2

from msgspec import Struct

from pick_model.belief.offsets import UNTRAINED
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.vocabulary.tasks import SEQUENCES, TASKS
from pick_model.words.message import Message
from pick_model.words.say import message


class Need(Struct, frozen=True):
    """One thing a task needs, who has it, and what a model without it is still worth.

    `share` is what training on the task's own rows leaves of a model that lacks it: 1 where a
    new head is all that is missing, 0 where it had better be trained from nothing. Set by hand:
    0.2 for detection, where heads of many layers start from nothing; 0.4 where the other half
    of the training is missing, as similarity to an embedding; 0.7 and more where fine-tuning
    usually makes up for it.
    """

    what: str  # a `term:` of the words
    share: float
    kinds: frozenset[str] = frozenset()  # that have it by what they are
    learnt: str = ""  # objectives that leave it behind, as a pattern; "": none does
    lost: str = ""  # objectives of models that lack it all the same
    refuses: bool = True  # a model that lacks it cannot be used as it comes
    trained: bool = False  # asked only of models that are trained


def _kinds(*names: str) -> frozenset[str]:
    return frozenset(names)


# A head for closed labels, which the prompted and the text-guided do not have.
_OWN_LABELS = Need(
    "own-labels",
    0.3,
    lost=r"open-vocabulary|grounded|promptable|referring|foreground",
    refuses=False,
)
_SIMILARITY = Need(
    "similarity-training", 0.4, _kinds("sentence-encoder"), "contrastive", refuses=False
)
NEEDS: dict[str, tuple[Need, ...]] = {
    "text-classification": (
        Need(
            "trained-head",
            1.0,
            _kinds("decoder"),  # which is told the classes in a prompt
            r"supervised-class|sentiment|inference|instruction",
        ),
    ),
    "token-classification": (Need("trained-head", 1.0, learnt=r"named-entity"),),
    "question-answering": (
        Need("trained-head", 1.0, _kinds("decoder"), r"question.answering|instruction"),
    ),
    "image-classification": (Need("trained-head", 1.0, learnt=r"supervised-class"),),
    "audio-classification": (
        Need("trained-head", 1.0, learnt=r"tagging|with tags|identification|supervised.*class"),
    ),
    "object-detection": (
        Need("detection-head", 0.2, _kinds("detector"), r"detection"),
        _OWN_LABELS,
    ),
    "image-segmentation": (
        Need("segmentation-head", 0.3, _kinds("segmenter", "detector"), r"segmentation"),
        _OWN_LABELS,
    ),
    "depth-estimation": (Need("depth-head", 0.3, _kinds("depth-estimator"), r"depth"),),
    "translation": (
        Need(
            "translation-training",
            0.6,
            _kinds("decoder"),
            r"\btranslation(?!-)|supervised tasks|instruction",
        ),
        Need("parallel-texts", 0.5, learnt=r"\btranslation(?!-)", refuses=False),
    ),
    "summarization": (
        Need(
            "summary-training",
            0.8,
            _kinds("decoder"),
            r"summar|gap-sentence|supervised tasks|instruction",
        ),
        # Tuned on ten thousand headlines or more, BART stands .8 spreads above the line of decoders
        # of its size and vocabulary (ev-rectified-scaling-law). The belief's own line by kind gives
        # .4 of it; the rest is a fifth of the way to UNTRAINED.
        Need("source-encoder", 0.8, _kinds("encoder-decoder"), refuses=False, trained=True),
    ),
    "sentence-similarity": (_SIMILARITY,),
    "feature-extraction": (_SIMILARITY,),
    "zero-shot-classification": (
        Need(
            "entailment-training",
            0.3,
            _kinds("sentence-encoder", "label-encoder", "decoder"),
            r"inference|instruct",
        ),
    ),
    "visual-question-answering": (Need("text-decoder", 0.4, lost=r"^masked", refuses=False),),
    "automatic-speech-recognition": (
        Need("transcription-head", 0.6, _kinds("speech-encoder-decoder"), r"\bctc\b|transcription"),
    ),
    "speaker-verification": (Need("speaker-training", 0.4, _kinds("speaker-encoder"), r"speaker"),),
}
# What a domain asks of the input, where it is more than a topic, by the task's modality; entries
# that name the domain have it.
_PAGE = Need("page-layout", 0.5, refuses=False)
_SPEECH = Need(
    "speech-training",
    0.8,
    _kinds("speech-encoder", "speech-encoder-decoder", "speaker-encoder"),
    refuses=False,
)
_MUSIC = Need(
    "music-training", 0.8, _kinds("audio-encoder", "audio-text-dual-encoder"), refuses=False
)
_SOUNDS = Need(
    "sound-training", 0.8, _kinds("audio-encoder", "audio-text-dual-encoder"), refuses=False
)
# Letters of one kind of molecule say nothing of another's: most are not in the vocabulary at all.
_ALPHABET = Need("its-alphabet", 0.1)
# Encoders of tissue beside one of the same size from ImageNet (ev-eva-sgd): the latter is behind by
# two to five standard scores on three of four sets; whoever is larger makes up for some of it.
_TISSUE = Need("tissue-training", 0.8, refuses=False)
# The words of findings hardly stand beside pictures on the web. Set by hand, as where a part of the
# training is missing; CLIP trained on pictures from the air finds 6 points more of their classes by
# name (RemoteCLIP's README, 12 sets).
_MEDICAL_WORDS = Need("medical-captions", 0.6, refuses=False)
DOMAIN_NEEDS: dict[tuple[str, str], Need] = {
    ("text", "documents"): _PAGE,
    ("image-text", "documents"): _PAGE,
    ("audio", "speech"): _SPEECH,
    ("audio", "music"): _MUSIC,
    ("audio", "sounds"): _SOUNDS,
    ("image", "pathology"): _TISSUE,
    ("image-text", "pathology"): _MEDICAL_WORDS,
    ("image-text", "medical-imaging"): _MEDICAL_WORDS,
    ("biosequence", "protein"): _ALPHABET,
    ("biosequence", "dna"): _ALPHABET,
    ("biosequence", "chemistry"): _ALPHABET,
}
# Of a model of another domain, whose vocabulary and data are that one's. What it lacks of general
# text the belief has learnt from scores; of a third domain hardly any score is known.
ITS_DOMAIN = Need("its-domain", 0.9, refuses=False)
# Of an encoder of tissue, X-rays or pictures from the air where the pictures are others. No table
# has both, so that the belief cannot know: set by hand, as where half of the training is missing.
ITS_PICTURES = Need("its-domain", 0.5, refuses=False)
# What was made for pages alone reads words with the boxes they stand in, which other texts lack.
PAGES = Need("page-layout", 0.5, refuses=False)
ITEM_TEXTS = Need("item-texts", 0.0, refuses=False)
# What a task has of its users and most recommenders cannot use; what some cannot do without. What
# it gives beside others that learn what users like the belief has from scores of both (a domain
# in common): these lack nothing more. Sequences and texts no table has beside them: set by hand.
FRIENDS = Need("social-graph", 0.5, refuses=False)
_OF_PREFERENCES = frozenset({"graph-recommender", "collaborative-filter"})
USER_GRAPH = Need("user-graph", 0.0, refuses=False)
BOTH_TEXTS = Need("pair-training", 0.8, refuses=False)
_ONE_TEXT = _kinds("sentence-encoder", "text-cnn")
# What is left of a model for each halving of the input it reads. Set by hand: the start of a
# document tells much of it, and an image or a sound much in half its detail.
HALVED = 0.8


def lacks(entry: Entry, profile: Profile) -> tuple[Need, ...]:
    """What the task needs and the entry does not have."""
    return _lacks(
        (entry.kind, entry.pretraining.objective, entry.pretrained, entry.domains),
        (profile.task, profile.domain, profile.pairs, profile.item_texts, profile.user_graph),
        profile.method != "as-is",
    )


@lru_cache(maxsize=1024)  # many entries share one kind and objective
def _lacks(
    model: tuple[str, str | None, bool, tuple[str, ...]],
    task: tuple[str, str | None, bool, bool | None, bool | None],
    trained: bool,
) -> tuple[Need, ...]:
    kind, objective, pretrained, domains = model
    name, domain, pairs, item_texts, user_graph = task
    asked = (need for need in NEEDS.get(name, ()) if trained or not need.trained)
    found = [need for need in asked if not _has(need, kind, objective, pretrained)]
    of_pictures = "image" in TASKS[name].modality and bool({*domains} - {"documents"})
    if domain is not None and domain not in domains:
        of_domain = DOMAIN_NEEDS.get((TASKS[name].modality, domain))
        if of_domain and (domains or kind not in of_domain.kinds):
            found.append(of_domain)
        elif domains and not of_pictures:
            found.append(ITS_DOMAIN)
    if of_pictures and domain not in domains:
        found.append(ITS_PICTURES)
    if domains == ("documents",) and domain != "documents":
        found.append(PAGES)
    if kind == "text-recommender" and not item_texts:
        found.append(ITEM_TEXTS)
    if reads_who_knows_whom(kind, domains) and not user_graph:
        found.append(USER_GRAPH)
    if user_graph and kind not in _OF_PREFERENCES:
        found.append(FRIENDS)
    if pairs and kind in _ONE_TEXT:
        found.append(BOTH_TEXTS)
    return tuple(found)


def reads_who_knows_whom(kind: str, domains: tuple[str, ...]) -> bool:
    """Whether a recommender needs a graph of its users, besides who took what."""
    return kind == "graph-recommender" and "social" in domains


def _has(need: Need, kind: str, objective: str | None, pretrained: bool) -> bool:
    if need.lost:
        return not (objective and re.search(need.lost, objective))
    if not pretrained:
        return False
    if kind in need.kinds:
        return True
    return bool(need.learnt and objective and re.search(need.learnt, objective))


def share_left(entry: Entry, profile: Profile) -> float:
    """What training leaves of a model's worth for what it lacks and does not read: 1 lacks
    nothing, 0 all."""
    limit, wanted = input_limit(entry, profile)
    share = HALVED ** log2(wanted / limit) if limit and limit < wanted else 1.0
    for need in lacks(entry, profile):
        share *= need.share
    return share


def handicap(entry: Entry, profile: Profile) -> float:
    """Standard scores, 0 or below, that published scores say too much of a model.

    They are of models put to work as they should be. One that lacks everything is expected
    where a model trained from nothing is; one that lacks a part falls that part of the way.
    """
    if not entry.pretrained and entry.modality != "items":
        return 0.0  # it is there already
    return UNTRAINED * (1 - share_left(entry, profile))


def told(entry: Entry, profile: Profile) -> tuple[Message, ...]:
    """What the entry lacks, for an account of it; a head that training brings is not told."""
    found = [
        message("lacks", what=need.what)
        for need in lacks(entry, profile)
        if need.share < 1 or profile.method == "as-is"
    ]
    limit, wanted = input_limit(entry, profile)
    if limit and limit < wanted:
        found.append(message("reads-part", amount=limit, wanted=wanted))
    return tuple(found)


def input_limit(entry: Entry, profile: Profile) -> tuple[float | None, float]:
    """The longest input a model reads, None for any, and the profile's: tokens, pixels, seconds."""
    if entry.modality == "items" and entry.kind != "text-recommender":
        return None, 1.0  # a history of ids is cut to what the model takes
    if entry.modality in SEQUENCES:
        return entry.max_tokens, profile.input_tokens
    if entry.modality == "audio":
        return entry.max_seconds, profile.input_seconds
    if entry.kind in ("cnn", "detector", "segmenter"):
        return None, 1.0  # convolutions take any size
    return entry.image_size, profile.input_pixels


def refused(entry: Entry, profile: Profile) -> Message | None:
    """Why the entry cannot be used as it comes; None if it can, or is to be trained."""
    if profile.method != "as-is":
        return None
    if entry.modality == "items" and not entry.pretrained:
        return message("untrained-as-is", what="learnt-preferences")
    missing = next((need for need in lacks(entry, profile) if need.refuses), None)
    return message("untrained-as-is", what=missing.what) if missing else None
