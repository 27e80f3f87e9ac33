"""What was asked a moment ago: an estimate asks the same of one model a dozen times in a row.

One answer is kept, so nothing grows with the catalog. Entries and profiles never change, and
are the same only if they are one object: to compare or hash them takes longer than most answers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile

K = TypeVar("K")
T = TypeVar("T")


def lately(function: Callable[[Entry], T]) -> Callable[[Entry], T]:
    """A function of an entry, with its last answer kept."""
    last: tuple[Entry, T] | None = None

    @wraps(function)
    def asked(entry: Entry) -> T:
        nonlocal last
        known = last  # once, for another thread may change it
        if known is None or known[0] is not entry:
            last = known = entry, function(entry)
        return known[1]

    return asked


def lately_for(function: Callable[[K, Profile], T]) -> Callable[[K, Profile], T]:
    """A function of an entry, or of what many entries are, and a profile; its last answer kept."""
    last: tuple[K, Profile, T] | None = None

    @wraps(function)
    def asked(what: K, profile: Profile) -> T:
        nonlocal last
        known = last
        if known is None or known[0] is not what or known[1] is not profile:
            last = known = what, profile, function(what, profile)
        return known[2]

    return asked
