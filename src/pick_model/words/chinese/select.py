"""The sentences of english/select.py in Chinese."""

from __future__ import annotations

SELECT: dict[str, str] = {
    "select-decided": "预计再测量也不足以改变选择",
    "select-worth": "下一次测量的收益抵不上它的成本",
    "select-budget": "预算用完：仍有帮助的测量放不进剩余预算",
    "select-nothing-left": "这里能测的都已测过",
    "select-failed": "{n:,} 个模型无法测量",
    "nothing-to-select": "没有剩下可选的候选模型",
    "nothing-to-train": "任务描述要求直接使用模型：没有可筛选或试训的",
    "compare-instead": "改用 `pick-model compare`，或换一种 training.method",
    "top-below-one": "--top 应为 1 或更大，不能是 {top}",
    "see-recommend": "`pick-model recommend TASK.yaml` 会说明每个模型为何被排除",
}
