"""Licences: SPDX identifiers where there is one, the Hub's identifiers where there is not.

The class says what a policy usually asks: `permissive` (use, change and sell, keep the
notice), `copyleft` (derived works carry the licence), `restricted` (commercial use allowed,
but with use restrictions or thresholds of the owner's making), `noncommercial`. Classes
follow the licence texts; OSI and the FSF agree on the first two groups.
"""

from __future__ import annotations

_BY_CLASS = {  # freest first
    "permissive": """
        Apache-2.0 MIT BSD-2-Clause BSD-3-Clause ISC Unlicense CC0-1.0 CC-BY-3.0 CC-BY-4.0
        PDDL-1.0 AFL-3.0 CDLA-Permissive-2.0
    """,
    "copyleft": """
        CC-BY-SA-3.0 CC-BY-SA-4.0 GPL-2.0 GPL-3.0 AGPL-3.0 LGPL-3.0 MPL-2.0
    """,
    "restricted": """
        apple-ascl stabilityai-ai-community OpenRAIL CreativeML-OpenRAIL-M OpenRAIL++
        BigScience-OpenRAIL-M BigScience-BLOOM-RAIL-1.0 BigCode-OpenRAIL-M llama2 llama3
        llama3.1 llama3.2 llama3.3 gemma dinov3-license tongyi-qianwen deepseek falcon-llm
        sam-license nvidia-open-model FunASR-Model-1.1
        bilibili-model-license lfm1.0 glm-4 tencent-hunyuan-community
        health-ai-developer-foundations cambrian-open
    """,
    "noncommercial": """
        CC-BY-NC-4.0 CC-BY-NC-3.0 CC-BY-NC-2.0 CC-BY-NC-SA-4.0 CC-BY-NC-SA-3.0
        CC-BY-NC-ND-4.0 apple-amlr mrl flux-1-dev-non-commercial qwen-research
        nvidia-noncommercial research-only exaone cambrian-noncommercial
    """,
}
OPENNESS = tuple(_BY_CLASS)
LICENSES = {name: kind for kind, names in _BY_CLASS.items() for name in names.split()}

# What a policy may name instead of licences: every class as free as the last one here.
LICENSE_CLASSES: dict[str, frozenset[str]] = {
    "permissive": frozenset(OPENNESS[:1]),
    "open-source": frozenset(OPENNESS[:2]),
    "commercial": frozenset(OPENNESS[:3]),
    "any": frozenset(OPENNESS),
}


def strictness(license: str | None) -> int:
    """The place of a licence's class among all, the freest first; what nobody told is last."""
    return len(OPENNESS) if license is None else OPENNESS.index(LICENSES[license])


def is_spdx(name: str) -> bool:
    """Whether a registered name is an identifier of SPDX's list, and not the Hub's or the owner's.

    The first two classes and Creative Commons' licences are all of it.
    """
    return LICENSES.get(name) in OPENNESS[:2] or name.startswith("CC-BY-")


_BY_LOWER = {name.lower(): name for name in LICENSES}


def canonical_license(name: str) -> str | None:
    """The registered spelling of a licence written in any case, or None."""
    return _BY_LOWER.get(name.strip().lower())
