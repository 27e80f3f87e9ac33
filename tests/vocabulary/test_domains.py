"""Domains by other words, and what a name says of one."""

from __future__ import annotations

import pytest

from pick_model.catalog.catalog import Catalog
from pick_model.vocabulary.domains import (
    GENERAL,
    PAGES,
    SUGGESTED,
    SYNONYMS,
    canonical_domain,
    domain_in_name,
    domain_of_input,
)
from pick_model.vocabulary.tasks import MODALITIES


def test_every_domain_is_one_that_models_or_benchmarks_have(catalog: Catalog) -> None:
    known = {*catalog.domains, *(d for one in catalog.entries.values() for d in one.domains)}
    assert set(SYNONYMS.values()) - {GENERAL} <= known
    assert {domain for some in SUGGESTED.values() for domain in some} <= known
    assert not known & SYNONYMS.keys(), "a synonym would take a domain of the catalog away"
    assert set(SUGGESTED) <= set(MODALITIES)
    assert set(PAGES) <= set(SYNONYMS)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ocr", "documents"),
        ("OCR", "documents"),
        ("source code", "code"),
        ("Twitter", "social-media"),
        ("none", GENERAL),
        ("biomedical", "biomedical"),
        # The catalog's own names in another spelling.
        ("Legal", "legal"),
        (" FINANCE ", "finance"),
        ("Social media", "social-media"),
        ("General", GENERAL),
        ("environmental sounds", "sounds"),
        ("Bioacoustics", "sounds"),
        ("satellite", "remote-sensing"),
        ("Earth observation", "remote-sensing"),
        ("Histopathology", "pathology"),
        ("X-ray", "medical-imaging"),
        ("Chest X-ray", "medical-imaging"),
        ("CT scans", "medical-imaging"),
        ("satellite imagery", "remote-sensing"),
        ("WSI", "pathology"),
        ("banana", "banana"),
    ],
)
def test_a_domain_is_known_by_other_words(written: str, meant: str) -> None:
    assert canonical_domain(written) == meant


@pytest.mark.parametrize(
    ("word", "modality", "meant"),
    [
        ("biomedical", "image", "medical-imaging"),
        ("clinical", "image-text", "medical-imaging"),
        ("medical-imaging", "text", "clinical"),
        ("pathology", "text", "clinical"),
        ("remote-sensing", "text", "remote-sensing"),
        ("pathology", "image", "pathology"),
        ("biomedical", "text", "biomedical"),
        ("clinical", "text", "clinical"),
    ],
)
def test_a_word_of_texts_means_another_domain_of_pictures(
    word: str, modality: str, meant: str
) -> None:
    assert domain_of_input(word, modality) == meant


@pytest.mark.parametrize(
    ("name", "modality", "languages", "domain"),
    [
        ("ocr", "image-text", ("en",), "documents"),
        ("Invoice OCR (2026)", "image-text", ("de",), "documents"),
        ("receipts", "text", ("en",), "documents"),
        ("bio-ner", "text", ("en",), "biomedical"),
        ("german_legal_search", "text", ("de",), "legal"),
        ("tweets", "text", (), "social-media"),
        ("social-media posts", "text", ("en",), "social-media"),
        ("speech-commands", "audio", (), "speech"),
        ("keyword-spotting", "audio", (), "speech"),
        ("Who is it? 40 speakers", "audio", (), "speech"),
        ("dna-promoters", "biosequence", (), "dna"),
        ("chest-xray", "image", (), "medical-imaging"),
        ("medical photos", "image", (), "medical-imaging"),
        ("satellite tiles", "image", (), "remote-sensing"),
        # A word of another modality's domains, or of none.
        ("ocr-text-cleaning", "text", ("en",), None),
        ("hate-speech", "text", ("en",), None),
        ("protein-bars", "text", ("en",), None),
        ("support-tickets", "text", ("en",), None),
        ("reviews", "text", ("en",), None),
        ("zip-code-parser", "text", ("en",), None),
        ("lawn-mowers", "text", ("en",), None),
        ("voice of the customer", "text", ("en",), None),
        # Organic, not biological.
        ("bio-produkte", "text", ("de",), None),
        ("avis-bio", "text", ("fr",), None),
        ("合同分类", "text", ("zh",), None),
        ("", "text", ("en",), None),
        (None, "text", ("en",), None),
        # What is denied, and words that mean another thing together.
        ("non-financial-news", "text", ("en",), None),
        ("tickets without legal", "text", ("en",), None),
        ("Science Fiction blurbs", "text", ("en",), None),
        ("mother-in-law-jokes", "text", ("en",), None),
        # Two domains are none.
        ("legal-vs-medical", "text", ("en",), None),
    ],
)
def test_a_name_says_a_domain_only_in_words_that_mean_one(
    name: str | None, modality: str, languages: tuple[str, ...], domain: str | None
) -> None:
    said = domain_in_name(name, modality, languages)
    assert (said.domain if said else None) == domain
