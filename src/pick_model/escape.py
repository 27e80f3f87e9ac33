"""Somebody else's text made harmless: the one place where any of it is escaped.

Names, paths and sentences come from data, catalogs, locks and the Hub. On a terminal or in the
log of a CI job they must not move the cursor, turn the reading direction, break a line, or be
taken for a command to the runner. What could is written out as JSON would write it: \\u2028.
"""

from __future__ import annotations

import re

# C0 and C1 controls (NEL, U+0085, is one); what joins or turns text without being seen: zero
# width space, marks, embeddings, overrides and isolates (UAX #9), invisible operators, byte order
# mark, annotations and tags; both separators; halves of characters. The joiners U+200C and
# U+200D stay, for Persian, Hindi and emoji need them. A document keeps its tabs and newlines.
_UNSEEN = (
    "\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
# Patterns are left as text: few starts meet what they look for, and each takes its time to compile.
_RISKY = f"[\x00-\x08\x0b-\x1f{_UNSEEN}]"
_BREAK = r"\r\n|[\t\n\r]"
# Runners obey `##[error]`, `##vso[...]` and `##teamcity[...]` anywhere in a line, and GitLab
# folds its log between section markers.
_ANYWHERE = r"#(?=#[A-Za-z]*\[)|(?<=section_start):(?=\d)|(?<=section_end):(?=\d)"
# GitHub's obeys `::error …::` wherever only white space is before it.
_LINE_START = r"^(\s*):(?=:)"


def plain(text: str) -> str:
    """One line of text that controls nothing: line ends and tabs are spaces, the rest is shown."""
    return inert(text if text.isprintable() else _without_risk(re.sub(_BREAK, " ", text)))


def plain_lines(text: str) -> str:
    """Several lines, each of them plain; for formats that write a line end as an escape."""
    return "\n".join(plain(line) for line in text.split("\n"))


def inert(line: str) -> str:
    """A finished line that no CI runner takes for a command."""
    if "::" in line:
        line = re.sub(_LINE_START, r"\1\\u003a", line)
    return _uncommanded(line)


def in_json(text: str) -> str:
    """A JSON document with every risky character of its strings as an escape: the same values."""
    return _uncommanded(_without_risk(text))


def _uncommanded(text: str) -> str:
    """Without what is a command anywhere in a line; hardly any text has what one begins with."""
    return re.sub(_ANYWHERE, _shown, text) if "##" in text or "section_" in text else text


def _without_risk(text: str) -> str:
    """The text with every risky character shown; what prints, line ends aside, holds none."""
    return text if text.replace("\n", "").isprintable() else re.sub(_RISKY, _shown, text)


def _shown(found: re.Match[str]) -> str:
    """A character as JSON escapes it; beyond U+FFFF as the two halves that JSON needs."""
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def shortened(text: str, most: int = 1000) -> str:
    """A text of at most about `most` characters: the middle of a longer one is left out.

    Its end stays because an error's hint stands there.
    """
    if len(text) <= most:
        return text
    head, tail = most * 2 // 3, most // 4
    return f"{text[:head]} … {len(text) - head - tail:,} characters left out … {text[-tail:]}"
