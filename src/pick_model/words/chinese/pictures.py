"""The sentences of english/pictures.py in Chinese."""

from __future__ import annotations

PICTURES: dict[str, str] = {
    "picture-expected": "{dot} 预期的 {what} 及其 90% 区间",
    "picture-scores": "{dot} {what} 及其 90% 区间",
    "picture-criteria": "{dot} 各准则的取值及其 90% 区间",
    "picture-moved": "{before} 之前预期的 {what}，{dot} 现在预期的，各带 90% 区间",
}
