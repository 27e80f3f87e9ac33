"""The sentences of english/render_progress.py in Chinese."""

from __future__ import annotations

RENDER_PROGRESS: dict[str, str] = {
    "interrupted": "已中断",
    "stdout-lost": "无法写入 stdout：{reason}",
    "starting": "正在启动",
    "done-of": "{done}/{total}",
    "few-seconds-left": "还剩几秒",
    "seconds-left": "还剩约 {seconds:.0f} 秒",
    "minutes-left": "还剩约 {minutes:.0f} 分钟",
    "minutes-at-most": "{n} 个模型，每个 {budget}：总共最多 {minutes:.1f} 分钟",
    "columns-taken": "采用的列：{columns}",
    "labels-read-as": "标签读作{kind:word}：{reason}",
    "language-not-shown": "{encoding} 无法显示 {language} 的文字，因此用英文",
    "language-unknown-here": "--lang：没有语言 {language}",
}
