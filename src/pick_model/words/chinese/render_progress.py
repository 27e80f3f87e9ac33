"""The sentences of english/render_progress.py in Chinese."""

from __future__ import annotations

RENDER_PROGRESS: dict[str, str] = {
    "interrupted": "已中断",
    "stdout-lost": "无法写入 stdout：{reason:term}",
    "starting": "正在启动",
    "done-of": "{done}/{total}",
    "few-seconds-left": "还剩几秒",
    "seconds-left": "还剩约 {seconds:.0f} 秒",
    "minutes-left": "还剩约 {minutes:.0f} 分钟",
    "minutes-at-most": "{n} 个模型，每个 {budget}：总共最多 {minutes:.1f} 分钟",
    "columns-taken": "采用的列：{columns}",
    "labels-read-as": "标签种类：{kind:word}（{reason}）",
    "language-not-shown": "{encoding} 无法显示 {language} 的文字，因此用英文",
    "language-unknown-here": "--lang：没有语言 {language}",
    # a command line that typer does not take
    "option-unknown": "没有选项 {option}",
    "option-unknown-of": "没有选项 {option}（可用：{names}）",
    "command-unknown": "没有命令 {name}",
    "left-out": "缺少{kind:word} {name}",
    "option-without-value": "选项 {option} 需要一个值",
    "option-takes-none": "选项 {option} 不带值",
    "too-much": "多出参数（{words}）",
    "value-none-of": "{option} 的值 {given} 不在可用值之中：{names}",
    "value-no-integer": "{option} 的值应为整数",
    "value-no-number": "{option} 的值应为数",
    "option-wrong": "{option} 的值不对：{reason}",
}
