"""The sentences of english/pictures.py in Chinese."""

from __future__ import annotations

PICTURES: dict[str, str] = {
    "picture-expected": "{dot} 预期的成绩（{what:term}），附 90% 区间",
    "picture-scores": "{dot} {what:term}，附 90% 区间",
    "picture-criteria": "{dot} 各准则的取值，附 90% 区间",
    "picture-moved": "{what:term}：{before} 之前的预期，{dot} 现在的预期，各附 90% 区间",
}
