"""Licences: SPDX identifiers where there is one, the Hub's identifiers where there is not.

The class says what a policy usually asks: `permissive` (use, change and sell, keep the
notice), `copyleft` (derived works carry the licence), `noncommercial`, `restricted`
(commercial use allowed, but with use restrictions or thresholds of the owner's making).
Classes follow the licence texts; OSI and the FSF agree on the first two groups.
"""

from __future__ import annotations

LICENSES: dict[str, str] = {
    "Apache-2.0": "permissive",
    "MIT": "permissive",
    "BSD-2-Clause": "permissive",
    "BSD-3-Clause": "permissive",
    "ISC": "permissive",
    "Unlicense": "permissive",
    "CC0-1.0": "permissive",
    "CC-BY-3.0": "permissive",
    "CC-BY-4.0": "permissive",
    "PDDL-1.0": "permissive",
    "AFL-3.0": "permissive",
    "CC-BY-SA-3.0": "copyleft",
    "CC-BY-SA-4.0": "copyleft",
    "GPL-2.0": "copyleft",
    "GPL-3.0": "copyleft",
    "AGPL-3.0": "copyleft",
    "LGPL-3.0": "copyleft",
    "MPL-2.0": "copyleft",
    "CC-BY-NC-4.0": "noncommercial",
    "CC-BY-NC-3.0": "noncommercial",
    "CC-BY-NC-2.0": "noncommercial",
    "CC-BY-NC-SA-4.0": "noncommercial",
    "CC-BY-NC-SA-3.0": "noncommercial",
    "CC-BY-NC-ND-4.0": "noncommercial",
    "apple-amlr": "noncommercial",
    "apple-ascl": "restricted",
    "mrl": "noncommercial",
    "stabilityai-ai-community": "restricted",
    "flux-1-dev-non-commercial": "noncommercial",
    "OpenRAIL": "restricted",
    "CreativeML-OpenRAIL-M": "restricted",
    "OpenRAIL++": "restricted",
    "BigScience-OpenRAIL-M": "restricted",
    "BigScience-BLOOM-RAIL-1.0": "restricted",
    "BigCode-OpenRAIL-M": "restricted",
    "llama2": "restricted",
    "llama3": "restricted",
    "llama3.1": "restricted",
    "llama3.2": "restricted",
    "llama3.3": "restricted",
    "gemma": "restricted",
    "dinov3-license": "restricted",
    "qwen-research": "noncommercial",
    "tongyi-qianwen": "restricted",
    "deepseek": "restricted",
    "falcon-llm": "restricted",
    "sam-license": "restricted",
    "nvidia-open-model": "restricted",
    "nvidia-noncommercial": "noncommercial",
    "research-only": "noncommercial",
}

LICENSE_CLASSES: dict[str, frozenset[str]] = {
    "permissive": frozenset({"permissive"}),
    "open-source": frozenset({"permissive", "copyleft"}),
    "commercial": frozenset({"permissive", "copyleft", "restricted"}),
    "any": frozenset({"permissive", "copyleft", "restricted", "noncommercial"}),
}

_BY_LOWER = {name.lower(): name for name in LICENSES}


def canonical_license(name: str) -> str | None:
    """The registered spelling of a licence written in any case, or None."""
    return _BY_LOWER.get(name.strip().lower())
