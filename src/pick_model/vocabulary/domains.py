"""The domains of texts, pictures, sounds and items that are called by other words, too.

The names are those that `catalogs/` gives to benchmarks and models; any other word may stand in a
profile, and is warned of where nothing is known about it.
"""

from __future__ import annotations

import re
from itertools import pairwise

from msgspec import Struct

GENERAL = "general"  # said in so many words: no domain, whatever the name of the task suggests
SYNONYMS = {
    "none": GENERAL,
    "ocr": "documents",
    "document": "documents",
    "invoice": "documents",
    "invoices": "documents",
    "receipt": "documents",
    "receipts": "documents",
    "scans": "documents",
    "bio": "biomedical",
    "biomed": "biomedical",
    "biology": "biomedical",
    "medical": "biomedical",
    "medicine": "biomedical",
    "pubmed": "biomedical",
    "ehr": "clinical",
    "radiology": "clinical",
    "law": "legal",
    "financial": "finance",
    "tweet": "social-media",
    "tweets": "social-media",
    "twitter": "social-media",
    "reddit": "social-media",
    "scientific": "science",
    "arxiv": "science",
    "proteins": "protein",
    "genomic": "dna",
    "genomics": "dna",
    "molecule": "chemistry",
    "molecules": "chemistry",
    "ecommerce": "e-commerce",
    "source-code": "code",
    "spoken": "speech",
    "voice": "speech",
    "voices": "speech",
    "speaker": "speech",
    "speakers": "speech",
    "keyword-spotting": "speech",
    "wake-word": "speech",
    "musical": "music",
    "sound": "sounds",
    "audio": "sounds",
    "environmental-sounds": "sounds",
    "sound-events": "sounds",
    "acoustic-scenes": "sounds",
    "bioacoustics": "sounds",
    "birdsong": "sounds",
    "satellite": "remote-sensing",
    "satellite-imagery": "remote-sensing",
    "satellite-images": "remote-sensing",
    "aerial": "remote-sensing",
    "aerial-imagery": "remote-sensing",
    "aerial-images": "remote-sensing",
    "geospatial": "remote-sensing",
    "earth-observation": "remote-sensing",
    "histopathology": "pathology",
    "histology": "pathology",
    "wsi": "pathology",
    "whole-slide-images": "pathology",
    "medical-images": "medical-imaging",
    "x-ray": "medical-imaging",
    "xray": "medical-imaging",
    "x-rays": "medical-imaging",
    "chest-x-ray": "medical-imaging",
    "chest-x-rays": "medical-imaging",
    "cxr": "medical-imaging",
    "ct-scan": "medical-imaging",
    "ct-scans": "medical-imaging",
    "ultrasound": "medical-imaging",
    "mammography": "medical-imaging",
    "endoscopy": "medical-imaging",
    "mri": "medical-imaging",
    "dermatology": "medical-imaging",
    "ophthalmology": "medical-imaging",
}
# What means another domain where the input is a picture: nobody photographs what PubMed is about.
OF_PICTURES = {"biomedical": "medical-imaging", "clinical": "medical-imaging"}
# And the other way: what is written of such pictures, and of tissue, are reports.
OF_TEXTS = {"medical-imaging": "clinical", "pathology": "clinical"}
# What a name has to be of before its words say a domain, by modality. A picture of a page is one of
# a document; a text out of it is so only where its own words say it (invoices). Code is not among
# the words of names: zip codes, QR codes and code-switching are none.
_OF_TEXTS = ("biomedical", "clinical", "legal", "finance", "social-media", "science", "e-commerce")
SUGGESTED = {
    "text": frozenset(_OF_TEXTS),
    "image": frozenset(("medical-imaging", "pathology", "remote-sensing")),
    "image-text": frozenset(("documents",)),
    "audio": frozenset(("speech", "music")),
    "items": frozenset(("social", "e-commerce")),
    "biosequence": frozenset(("protein", "dna", "chemistry")),
}
# What a task is about where nobody says: kinds of sound are those of the world, of which speech and
# music are two; who names a language means speech, for no other sound has one.
SOUNDS, SPEECH, MUSIC = "sounds", "speech", "music"
OF_SOUNDS = frozenset(("audio-classification",))
PAGES = frozenset(("invoice", "invoices", "receipt", "receipts"))
# What a domain of this table is called in any spelling (Legal, Social media).
_NAMES = frozenset((*SYNONYMS.values(), *(name for names in SUGGESTED.values() for name in names)))
# What takes back the word behind it (non-financial), and pairs that mean something else.
NEGATIONS = frozenset(("no", "non", "not", "without"))
OTHERWISE = frozenset(("in-law", "in-laws", "science-fiction"))
# Words that are others outside English: what is organic in German and French is "bio".
ENGLISH_ALONE = frozenset(("bio",))


class Suggestion(Struct, frozen=True):
    """A domain, and the word of a name that says so."""

    domain: str
    word: str


def canonical_domain(word: str) -> str:
    """The domain that a word means, by the name that the catalog has for it; else the word.

    >>> canonical_domain("OCR"), canonical_domain("Legal"), canonical_domain("our shop")
    ('documents', 'legal', 'our shop')
    """
    spelled = word.strip().lower().replace("_", "-").replace(" ", "-")
    return SYNONYMS.get(spelled, spelled if spelled in _NAMES else word)


def domain_of_input(domain: str, modality: str) -> str:
    """The domain that a word of the catalog's means for a task of this modality.

    >>> domain_of_input("biomedical", "image"), domain_of_input("biomedical", "text")
    ('medical-imaging', 'biomedical')
    """
    if "image" in modality:
        return OF_PICTURES.get(domain, domain)
    return OF_TEXTS.get(domain, domain) if modality == "text" else domain


def domain_in_name(
    name: str | None, modality: str, languages: tuple[str, ...]
) -> Suggestion | None:
    """The one domain that words of a task's name say; None where none or several do.

    >>> domain_in_name("ocr-2026", "image-text", ("en",))
    Suggestion(domain='documents', word='ocr')
    >>> domain_in_name("support-tickets", "text", ("en",)) is None
    True
    """
    words = re.findall(r"[^\W\d_]+", (name or "").lower())
    pairs = ["-".join(two) for two in pairwise(words)]
    if NEGATIONS.intersection(words) or OTHERWISE.intersection(pairs):
        return None
    found: dict[str, Suggestion] = {}
    for word in (*words, *pairs):
        domain = domain_of_input(canonical_domain(word), modality)
        of_pages = modality == "text" and word in PAGES
        if domain not in SUGGESTED.get(modality, ()) and not of_pages:
            continue
        if word in ENGLISH_ALONE and languages and "en" not in languages:
            continue
        found.setdefault(domain, Suggestion(domain, word))
    return next(iter(found.values())) if len(found) == 1 else None
