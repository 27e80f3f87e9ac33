"""The sentences of english/init.py in Chinese."""

from __future__ import annotations

INIT: dict[str, str] = {
    "init-name": "取自文件名或其文件夹名",
    "init-given": "按指定值",
    "init-sequences": "文本是残基或碱基序列",
    "init-similarity": "带数值的文本对；若直接使用模型，则为 sentence-similarity",
    "init-numbers": "标签是整数：当作类别；若是数量则为回归",
    "init-pairs": "有两列文本：{columns}",
    "init-languages": "占 {n:,} 段文本的 {share:.0%}",
    "init-no-language": "从文本看不出",
    "init-spans": "{n_tags} 种标注中有 {n:,} 类片段",
    "init-labels": "数得：{n}",
    "init-rows": "数自 {source}",
    "init-files": "数自 {folder} 中的文件",
    "init-tokens": "95% 的行在 {characters:,} 个字符以内；准确值要由分词器得出",
    "init-tokens-cut": "95% 的行在 {characters:,} 个字符以内；其余会截断，也可写更大的值",
    "init-uneven": "最大类的行数是最小类的 {times:.0f} 倍，而每类同等重要",
    "init-usual": "{kind} 的常用值",
    "init-folders": "{n} "
    "个文件夹的{kind:term}文件{n_others:|，另有 # 个其他文件|，另有 # 个其他文件}",
    "init-one-folder": "每个文件在一个文件夹中",
    "init-pixels": "{n} 张图像短边的中位数是 {side:.0f} 像素；按常用的 {usual} 读取",
    "init-pixels-unknown": "看不出尺寸；按常用的 {usual} 读取",
    "init-seconds": "{n} 个文件中有 95% 在这个长度以内",
    "init-seconds-unknown": "只有 WAV 文件写明长度",
    "init-columns": "取自列名 {columns}",
    "init-label-presumed": "只从取值看，{column} 可能是标签（用 --label 指明是哪一列）",
    "init-other-texts": "文本取自 {column}；也可以取自 {others}（--text NAME）",
    "init-table": "有一列写明{kind:term}文件{n_others:|，另有 # 个其他值|，另有 # 个其他值}",
    "init-one-label": "每个文件一个标签",
    "init-gpu": "这台机器的：{name}",
    "init-no-gpu": "这台机器没有加速器；假定用 nvidia-t4（hardware: local）",
    # errors
    "folder-without-data": "没有数据表文件，也没有图像或音频文件夹",
    "one-class-folder": "只有一个类别 {name!r}，共 {n:,} 个文件：没有可区分的",
    "folder-of-classes-wanted": "在 --data 指定的文件夹中，每个类别一个文件夹，至少两个；"
    "或给出写明文件和标签的表",
    "folder-of-several": "有几个数据表文件：{names}",
    "would-replace": "已经存在",
    "add-force": "--force 会替换它",
    "nothing-to-go-by": "既没有数据，也没有任务可据以写任务描述",
    "columns-without-data": "指定了列，却没有可从中读取的数据",
    "add-data-to-init": "--data FILE",
    "give-data-or-task": "用 --data FILE，或 --task NAME",
}
