"""The sentences of english/screen.py in Chinese."""

from __future__ import annotations

SCREEN: dict[str, str] = {
    "screen-decided": "读了 {rows:,} 行后得出结论：没有其他模型与 {model} 不相上下",
    "screen-without-baselines": "{rows:,} 行旁边没有基线：拟合要花几分钟，或超过剩余的预算",
    "screen-undecided": "有 {n} 个模型都可能是最好的；这些数据分不出高下",
    "screen-budget": "预算用完：还有 {n:,} 个模型本应读更多数据",
    "screen-not-read": "预算在读这个模型之前就用完了",
    "screen-unread": "预算用完时 {of} 个模型中还有 {n} 个没有读：其余之中领先的未必最好",
    "screen-failed": "{n:,} 个模型无法筛选",
}
