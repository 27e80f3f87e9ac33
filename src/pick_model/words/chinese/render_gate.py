"""The sentences of english/render_gate.py in Chinese."""

from __future__ import annotations

RENDER_GATE: dict[str, str] = {
    "gate-verdict": "模型门禁：{verdict:word}",
    "gate-without-verdict": "模型门禁：没有结论",
    "count-of": "{n} 项{what:word}",
    "locked-and-judged": "{lock}：{model}（{pinned}），用于 {task}，按 {judge} 评判",
    "locked-and-judged-in-short": "{lock}：{model}，{pinned}，按 {judge} 评判",
    "is-judged-by": "{lock} 按 {judge} 评判",
    "see": "参见 {place}",
    "excepted-until": "{owner} 的豁免，有效期至 {expires}：{reason}（{finding}）",
    "rule-excepted": "{rule} 已豁免",
    "excepted-listed": "豁免：",
    "github-shows-few": "这一级别还有 {n} 条没有显示：GitHub 每类只显示 {most} 条。"
    "其他格式的报告列出全部",
}
