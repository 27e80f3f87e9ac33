"""The sentences of english/progress.py in Chinese."""

from __future__ import annotations

PROGRESS: dict[str, str] = {
    "loading-model": "正在加载模型",
    "measuring-speed": "正在测量这台机器的速度",
    "fitting-tfidf": "正在拟合要超过的基线 TF-IDF",
    "fitting-trivial": "正在拟合要超过的基线：{baselines:term}",
    "reading-untouched": "正在用未微调的模型读数据",
    "reading-by-names": "正在按标签名称读留出数据",
    "training-on": "正在用 {n:,} 行训练",
    "training-by-seed": "正在用 {n:,} 行训练，随机种子 {seed}",
    "training-on-all": "正在用全部 {n:,} 行训练，随机种子 {seed}",
    "training-what": "正在训练：{what}",
    "trying-rate": "正在试学习率 {rate:g}（第 {at} 个，共 {of} 个），{n:,} 行",
    "resolving-model": "正在确定模型",
    "reading-rows": "正在读数据",
    "reading-rows-with-all": "正在用每个模型读数据",
    "counting-words": "正在统计词数",
    "reading-queries": "正在读查询",
    "reading-passages": "正在读段落",
    "judging-features": "正在评估特征",
    "read-no-more": "{model} 不再读更多数据：{what}",
    "piece-damaged": "一份已完成的中间结果损坏，重新计算：{path}",
    "features-damaged": "特征缓存中有一个文件损坏，重新计算：{path}",
    # The plan.
    "plan-of-steps": "{model}，每次训练最多 {steps} 步：{plan}",
    "asked-of-the-hub": "目录中没有 {name}（是否指 {guess}？），因此去问 Hub",
    "plan-of-time": "{model}，{budget:time}可以完成：{plan}；总共约 {foreseen:time}",
    "plan-linear": "在 {rows:,} 行的冻结特征上训练线性模型",
    "plan-full": "直接全量微调，在这里几乎不比试训更费时：{rows:,} 行 × {passes:g} 轮"
    "（{steps:,} 步），{seeds:,} 个随机种子",
    "plan-all-rows": "{rows:,} 行训练一轮（{steps:,} 步），{seeds:,} 个随机种子",
    "plan-rows": "用 {all:,} 行中的 {rows:,} 行训练一轮（{steps:,} 步），{seeds:,} 个随机种子",
    "plan-curve": "为学习曲线训练 {sizes:,} 行",
    "plan-rates": "在 {rows:,} 行上试 {n} 个学习率",
    "plan-repeats": "{rows:,} 行训练 {passes:.2g} 轮",
    "plan-extension": "若学习曲线仍在上升，全部数据训练 {passes:.2g} 轮",
    "seeds-do-not-fit": "放不下 {n} 个随机种子的训练",
    "not-one-run-fits": "连一次训练也放不下",
    "term:work-store": "中间结果库",
    "term:feature-cache": "特征缓存",
}
