"""The sentences of english/render_measured.py in Chinese."""

from __future__ import annotations

RENDER_MEASURED: dict[str, str] = {
    # the rows
    "of-pairs": "文本对的{kind}",
    "rows-and-tuning": "{n:,} 行（其中 {tuning} 行用于调参）",
    "held-out": "留出 {n:,} 行",
    "rows-of": "{of:,} 行中的 {n:,} 行",
    "rows-and-held-out": "{n:,} 行，留出 {heldout:,} 行",
    "kind-and-rows": "{kind:word}，{n:,} 行",
    "threads": "{n:,} 个线程",
    # a probe
    "model-verdict": "{model}：{verdict:word}",
    "probe-run": "{what:word}，{rows:,} 行 × {passes:.2g} 轮，{seeds:,} 个种子",
    "full-run-expected": "完整：{rows:,} 行 × {passes:g} 轮（预期）",
    "on-same-rows": "在相同的 {n:,} 行上",
    "is-better-by": "{what:word}高出",
    "words-of-rows": "{rows:,} 行中的 {words:,} 个词",
    "is-the-full-run": "这就是全量微调本身：它不比试训更费时",
    "curve-flat": "学习曲线已趋平：完整训练应不会再提高两个百分点",
    "curve-not-flat": "训练 {steps} 步时学习曲线尚未趋平",
    "curve-not-flat-extended": "训练 {steps} 步时学习曲线尚未趋平；已延长到 {last} 步",
    "step-takes": "每步 {rows} 行用 {seconds} 秒",
    "training-speed": "训练 {rate:.0f} 行/秒",
    "prediction-speed": "预测 {rate:.0f} 行/秒",
    "prediction-speed-too": "预测 {rate:.0f} 行/秒",
    "peak-memory": "内存峰值 {memory}",
    "steps-in": "{n:,} 步用 {seconds:time}",
    "pieces-from-cache": "{n:,} 份中间结果取自缓存",
    "full-run-takes": "{steps} 步，在这里约 {seconds:time}",
    "chart-legend": "行数 × 轮数；o 一轮，+ 多轮，* 完整训练（预期），- {title}",
    # a screen
    "not-screened": "{model}：未筛选",
    "was-not-screened": "{model} 未能筛选：{why}",
    "all-layers": "全部 {pooling:word}",
    "last-layer": "末层 {pooling:word}",
    "layer-of": "{layer}/{of} {pooling:word}",
    "best-over-all": "最好 {value}，各层平均",
    "best-at-layer": "最好 {value}，第 {layer} 层",
    # a screen on queries
    "queries-of": "{of:,} 条查询中的 {n:,} 条",
    "passages": "{n:,} 个段落",
    "judgements": "{n:,} 条相关性标注",
    "judgements-graded": "{n:,} 条分级相关性标注",
    "no-prompt": "未知其提示词，因此没有加",
    "prompts": "查询前加 {query}，段落前加 {passage}",
    "words-at-stem": "词取词干（{languages}）",
    "words-as-they-are": "词取原形（{languages}）",
    "pairs-of-characters": "没有空格的文字取相邻两字",
    # a selection
    "not-measured": "{model}：未测量",
    "was-not-measured": "{model} 未能测量：{why}",
    "expected-loss-fell": "预期损失 {now} → {after}",
    "before-was": "{what}，之前是 {model}",
    "time-spent": "用了 {spent:time}，预算 {budget:time}",
    "to-fine-tune-all": "{spent}；全部微调约需 {seconds:time}",
}
