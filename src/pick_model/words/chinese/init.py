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
    "init-label-dates": "{column} 中的标签是日期（--label 指明哪一列是标签）",
    "init-rows-unlabelled": '{why}；略去没有标签的 {n:,} 行（--skip-label ""）',
    "init-not-probed": "{why}；`recommend` 可为它给模型排序，probe 不能测量",
    "init-translation": "{columns} 列互为译文，从 {source} 译为 {targets}",
    "init-rewriting": "{columns} 是同一种语言：改写文本，或者是标签（--label NAME）",
    "init-offsets": "{column} 用起止位置标出 {n:,} 类片段；probe 读取词列表和标注列表"
    "（B-…、I-…、O）：请转换成这种形式",
    "init-figures": "数值表；{why}",
    "init-target-asked": "目标是 {column}",
    "init-target-by-name": "从列名看，目标是 {column}",
    "init-target-by-place": "目标可能是 {column}（--label 指明哪一列是目标）",
    "init-target-of-numbers": "{why}，都是整数：是类别，或是要预测的数量"
    "（--task `tabular-regression`）",
    "init-labels-of-objects": "{column} 的每个单元格是对象的列表，可能是标签：请写成词的列表",
    "init-series": "{columns} 中的数值，时间在 {column}",
    "init-speech": "{file} 写明声音文件，{text} 是所说的话；若要朗读，则为 `text-to-speech`",
    "init-captions": "{file} 写明图像文件，{text} 是相应的文字；若要互相查找，则为 "
    "`image-text-retrieval`",
    "init-answers": "{columns} 是问题和答案，没有可从中找答案的段落；若答案在已知的答案中，则为 "
    "`text-ranking`",
    "init-unlabelled": "{columns} 中的文本没有标签：用于嵌入或检索；要分类，请加上标签，"
    "或指明标签列（--label NAME）",
    "label-to-name": "测量时需要指明标签列：{option}",
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
