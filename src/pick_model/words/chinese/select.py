"""The sentences of english/select.py in Chinese."""

from __future__ import annotations

SELECT: dict[str, str] = {
    "select-decided": "预计再测量也不足以改变选择",
    "select-worth": "下一次测量的收益抵不上它的成本",
    "select-budget": "仍有帮助的测量放不进剩余预算",
    "select-nothing-left": "这里能测的都已测过",
    "select-failed": "{n:,} 个模型无法测量",
    "select-failed-left-out": "{n:,} 个模型无法测量，在这里用不了：只在其余模型中选择",
    "select-unmeasured": "什么都没有测量：以上只是先验的判断",
    "select-unmeasured-in-time": "什么都没有测量，以上只是先验的判断："
    "此前已用去 {spent:time}，而最短的一次测量约需 {least:time}",
    "profile-says-labels": "任务描述写的是 n_labels: {said:,}，而数据有 {found:,} 个标签："
    "测量按数据进行，事先的预期按任务描述",
    "profile-says-kind": "任务描述写的是 label_kind: {said}，而标签读作 {found}",
    "profile-says-languages": "任务描述写的是 languages: {said}，而文本是 {found}",
    "profile-says-rows": "任务描述写的是 n_rows: {said:,}，而文件有 {found:,} 行："
    "事先的预期按任务描述",
    "profile-says-epochs": "任务描述写的是 training.epochs: {said}，而这里的全量微调是 {full} 轮："
    "成绩和结论都以此为准",
    "screen-at-the-bottom": "{models} 的冻结特征没有一行是对的：{metric} 说不出比别的低多少，"
    "因此既不算好也不算坏",
    "pick-below-baseline": "预计 {model} 的成绩为 {expected:.3f}，不高于 {by:term} 的 "
    "{reached:.3f}：就这些数据而言，还没有候选值得采用",
    "nothing-to-select": "没有剩下可选的候选模型",
    "nothing-to-train": "任务描述要求直接使用模型：没有可筛选或试训的",
    "compare-instead": "改用 `pick-model compare`，或换一种 training.method",
    "top-below-one": "--top 应为 1 或更大，不能是 {top}",
    "see-recommend": "`pick-model recommend TASK.yaml` 会说明每个模型为何被排除",
}
