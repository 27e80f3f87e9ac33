"""The sentences of english/reports.py in Chinese."""

from __future__ import annotations

REPORTS: dict[str, str] = {
    "models-left-out": "{all} 个模型中有 {n} 个不在目录中，已略去",
    "lines-left-out": "{n} 行没有成绩，已略去",
    "benchmarks-alone": "略去 {n:,} 个基准：去掉被隐藏的部分之后，"
    "该模态没有剩下任何可用于预测的成绩",
    "line-left-out": "{n} 行没有成绩，已略去",
    "hub-told": "{reason}",
    "repository-renamed": "仓库现名 {name}",
    "card-offers": "模型卡提供 {offered}，目录中没有许可证",
    "card-offers-others": "模型卡提供 {offered}，目录中是 {license}",
    "card-license": "模型卡的许可证是 {there}，目录中未知",
    "card-license-other": "模型卡的许可证是 {there}，目录中是 {license}",
    "card-without-license": "模型卡没有写许可证，目录中是 {license}",
    "timing-unreadable": "{file} 已损坏：在运行 `hardware --calibrate` 之前忽略它",
    "not-written": "写在同一行里，因此没有写入",
}
