"""A check of citations: a source tells of the model, of its kin, or of many families.

Which is no proof that the figure stands there, but a source that was put beside the wrong
figure, or copied with the entry above, has nothing to do with the model it is cited for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping

from pick_model.catalog.reader import named
from pick_model.catalog.validate.context import Context
from pick_model.catalog.validate.siblings import owner
from pick_model.documents.catalog import Entry, Source
from pick_model.words.say import message

# Families beside the entry's own, of its modality, that a source has to serve to be a collection.
COLLECTION = 3
# Words that say nothing about which model a name is of.
PLAIN = frozenset(
    {
        *("base", "small", "large", "tiny", "mini", "medium", "model", "models", "language"),
        *("text", "vision", "audio", "image", "instruct", "uncased", "cased", "chat", "main"),
        *("english", "chinese", "multilingual", "stored", "copy", "paper", "readme", "card"),
        *("http", "https", "com", "org", "www", "huggingface", "github", "arxiv", "abs", "blob"),
        *("pages", "the", "and", "for", "with", "from"),
    }
)


def citations(context: Context) -> int:
    """A source tells of the model it is cited for, of its kin, or of many families like it."""
    if context.sources is None:  # an overlay names its sources in its own words
        return 0
    looked = 0
    # What was derived rests on the entry's own figures, and names no model.
    told_of = {
        named(placed): _glued(_text(named(placed), placed.value))
        for placed in context.parsed.sources
        if placed.value.basis != "derived"
    }
    cited = _cited(context)
    for placed in context.parsed.entries:
        entry: Entry = placed.value
        words = _words(entry, context.entries)
        for source in entry.sources:
            if source not in told_of:
                continue  # the check of sources says so
            looked += 1
            text = told_of[source]
            if any(word in text for word in words) or _serves(entry, cited[source]):
                continue
            context.wrong(placed, message("source-of-others", source=source), "sources", source)
    return looked


def _cited(context: Context) -> Mapping[str, Collection[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for placed in context.parsed.entries:
        for source in placed.value.sources:
            found[source].append(placed.value)
    return found


def _serves(entry: Entry, cited: Collection[Entry]) -> bool:
    """Whether a source that does not name the entry gives figures of its kin, or of many."""
    families = set()
    for other in cited:
        if other.id == entry.id or _reads(other) != _reads(entry):
            continue
        if other.family == entry.family or (owner(other) and owner(other) == owner(entry)):
            return True
        families.add(other.family)
    return len(families) >= COLLECTION


def _reads(entry: Entry) -> str:
    """The first of what it reads: image models and those of images and text share sources."""
    return entry.modality.partition("-")[0]


def _text(name: str, source: Source) -> str:
    return " ".join(filter(None, (name, source.title, source.url, source.version, source.note)))


def _words(entry: Entry, entries: Mapping[str, Entry]) -> set[str]:
    """What the entry and those it is made from are called, in pieces that tell one from another."""
    names = [entry.id, entry.family, *entry.aliases, entry.hub_repo or ""]
    base = entries.get(entry.base_model or "")
    if base is not None:
        names += [base.id, base.family, base.hub_repo or ""]
    found = {word for name in names for word in re.findall(r"[a-z]+\d*", name.lower())}
    found |= {_glued(name) for name in (entry.id, entry.family)}
    return {word for word in found if len(word) > 2 and word not in PLAIN}


def _glued(text: str) -> str:
    """Without what names are written with: DINOv2, dino-v2 and dino_v2 are one."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
