"""The sentences of english/data.py in Chinese."""

from __future__ import annotations

DATA: dict[str, str] = {
    "first-rows": "{rows}{more:| 及另外 #| 及另外 #}",
    "rows-in-training-too": "有 {count:,} 行留出数据（第 {rows} 行）也在训练数据中"
    "（其中 {exact:,} 行一字不差）：得分会偏高",
    "rows-in-conflict": "有 {count:,} 行（第 {rows} 行）与另一行文本相同而标签不同",
    "rows-empty": "有 {count:,} 行（第 {rows} 行）没有文本",
    "rows-twice": "有 {count:,} 行（第 {rows} 行）与前面的某行文本相同"
    "（其中 {exact:,} 行一字不差）；划分时会放在同一侧",
    "first-files": "{files}{more:| 及另外 # 个| 及另外 # 个}",
    "files-in-training-too": "有 {count:,} 个留出文件（{files}）与训练中的某个文件字节相同："
    "得分会偏高",
    "files-in-conflict": "有 {count:,} 个文件（{files}）与另一标签的某个文件字节相同",
    "files-twice": "有 {count:,} 个文件（{files}）与前面的某个文件字节相同；划分时会放在同一侧",
    "files-of-other-kind": "{read:term}文件旁边有 {n:,} 个{kind:term}文件，已略去",
    "files-of-no-kind": "有 {n:,} 个文件（{files}）已略去：按后缀既不是图像也不是声音",
    "files-of-no-class": "有 {n:,} 个文件（{files}）在各类别文件夹之外，已略去",
    "folders-without-files": "有 {n:,} 个文件夹（{names!r}{more:| 及另外 # 个| 及另外 # 个}）"
    "中没有{kind:term}文件，不算作类别",
    "rows-badly-tagged": "有 {count:,} 行（第 {rows} 行）标成了实体内部，而该实体没有开头",
    "numbers-far-off": "有 {count:,} 行（第 {rows} 行）的数值与中位数 {middle:g} 的距离是多数行的"
    "一百倍以上：要么是录入错误，要么应学它的对数",
    "classes-uneven": "类别 {largest!r} 的数量是 {smallest!r} 的 {times:.0f} 倍"
    "（{n_largest:,} 比 {n_smallest:,}）：应看宏平均 F1，而不是准确率",
    "first-classes": "{names!r}{more:| 及另外 # 类| 及另外 # 类}",
    "first-classes-counted": "{classes}{more:| 及另外 # 类| 及另外 # 类}",
    "class-count": "{name!r}（{count}）",
    "classes-small": "样本少于 {limit} 个的类别：{classes}",
    "classes-untrained": "留出数据中有、训练数据中没有的类别：{classes}",
    "classes-untested": "留出数据中没有的类别：{classes}",
    "rows-sorted": "各行按类别排序：不要取这个文件的前若干行作样本",
    "labels-doubtful": "查过的 {checked:,} 个标签中有 {n:,} 个受 TF-IDF 模型怀疑，"
    "该模型的准确率为 {accuracy:.0%}；先看第 {worst} 行",
    "label-doubtful": "{row}（标为 {label!r}，预测为 {predicted!r}，概率 {probability:.2f}）",
    "kind-not-searched": "不查找 {kind} 类型的标签",
    "pairs-not-searched": "不查找文本对",
    "classes-too-small": "有 {n} 行数据的类别不足两个",
    "no-time-to-search": "没有时间查找",
    "too-many-classes": "超过 {most} 个类别",
    "no-words-repeat": "文本中没有重复出现的词",
    "files-not-searched": "不查找文件的标签",
    "files-left-out": "{all:,} 个文件中略去了 {n:,} 个：{files}",
    "file-because": "{file} {why}",
    "tfidf-no-better": "TF-IDF 在这里不比多数类好",
    "scripts-several": "各行用了几种文字（{shares}）：模型必须懂其中每种语言",
    "script-share": "{script} {share:.0%}",
}
