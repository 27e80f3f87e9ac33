"""The sentences of english/recommendation.py in Chinese."""

from __future__ import annotations

RECOMMENDATION: dict[str, str] = {
    # what is wrong with the files
    "double-colon-layout": "各行有用 :: 分隔的 {n_fields} 个字段，而没有表头说明它们是什么",
    "save-with-header": "存成 CSV，第一行写列名：user,item,rating,timestamp",
    "save-items-with-header": "存为 CSV，首行写列名：item,title",
    "item-with-two-texts": "物品 {name!r} 在第 {row} 行已有另一段文本",
    "one-text-an-item": "每个物品只写一段文本",
    "write-or-delete-row": "写上 {part}，或删去该行",
    "write-item-header": "第一行写列名：item,title",
    "no-ratings-to-bound": "没有供 --min-rating 使用的评分列",
    "leave-min-rating-out": "去掉 --min-rating，或指明评分列：--column rating=COLUMN",
    "too-few-items": "有文本的物品太少（{n:,} 个）：没有可选的",
    "too-many-items": "物品有 {n:,} 个，一次最多能给 {most:,} 个排序",
    "fewer-items": "去掉不再提供的物品",
    "no-rows-of-interactions": "没有任何交互",
    "items-mostly-unknown": "{of:,} 行中有 {n:,} 行的物品不在 {file} 中，如 {item!r}",
    "no-time": "{told!r} 不是时间",
    "write-time": "写成秒数，或 2026-03-14、2026-03-14T15:09:26",
    "no-rating": "评分 {told!r} 不是数",
    "write-rating": "写成数，或删除该行",
    "nobody-with-two": "没有用户有两个计入的物品",
    "give-more-interactions": "给出每个用户更多的交互，或降低 --min-rating",
    "split-without-times": "--split time 需要时间，而这些交互没有时间",
    "leave-last-out-instead": "用 --split leave-last-out；或 --column timestamp=COLUMN",
    "nothing-asked-for": "在最后十分之一的时间里，没有先前出现过的用户取用新物品",
    "nothing-to-learn": "没有剩下可供学习的内容",
    "holds-interactions": "记录的是谁取用了什么（{user}、{item}），不是带标签的文本",
    "name-items": "给出物品的文本：--items ITEMS.csv（item、text）",
    # what is wrong with the options
    "option-of-items": "{option} 用于交互",
    "items-without-texts": "推荐需要物品的文本",
    "items-without-data": "--items 还需要交互：--data FILE",
    "option-not-of-items": "{option} 不用于交互",
    "select-not-of-items": "选型还不能在推荐模型中选择",
    "screen-then-probe-items": "先用 pick-model screen --data FILE --items FILE --model … 排序，"
    "再用 pick-model probe MODEL --data FILE --items FILE",
    "task-not-of-items": "任务 {task} 不推荐物品",
    "task-of-items": "task: item-recommendation",
    "metric-not-of-ranking": "推荐不计算指标 {metric!r}",
    # a verdict's reason; what is above or below is the model
    "vectors-say-nothing": "在用于调参的用户上，向量没有给热门度增添什么，因此结果就是热门度的结果",
    "below-popularity": "找到的比热门度少（{by}）",
    "level-with-popularity": "与热门度不分高下（{by}）；用户更多才能分辨",
    "as-shuffled": "高于热门度（{by}），但同样的推荐头在打乱的文本上也一样好：与之相差 {over}",
    "as-untrained": "高于热门度（{by}），但网络的未训练副本也一样好：与再做一个副本相差 {over}；"
    "文本里的词就足够了",
    "without-control": "高于热门度（{by}），但时间太短，没有做必要的对照（加大 --budget）",
    "too-few-users": "只询问了 {n:,} 个用户：太少，无法下结论；"
    "至少需要 {least} 个有两个以上物品的用户",
    "above-popularity": "高于热门度（{by}），{copies}（与再做一个副本相差 {over}）；"
    "与文本的 TF-IDF 相差 {words}",
    "copies-are-not": "而网络的未训练副本不高于热门度",
    "copies-are-too": "网络的未训练副本也高于热门度，但少一些",
    # what the budget did not reach
    "items-not-read": "还没有读完所有文本，时间就用完了",
    "no-time-to-shuffle": "打乱的文本上的推荐头",
    "untrained-dropped": "{n} 个之外的未训练副本",
    "untrained-fails": "未训练的副本：打乱权重后，网络给出的不是数",
    # what a reader should know
    "no-times-rows-order": "没有时间列：把各行的次序当作时间次序",
    "ratings-below": "略去了 {n:,} 行评分低于 {least:g} 的数据",
    "ratings-all-count": "不论 {column} 是多少，每行都计入：--min-rating N 只取从 N 起的",
    "ratings-no-number": "有 {n:,} 行的评分不是数，与其他行一样计入",
    "times-all-equal": "所有时间都相同：把各行的次序当作时间次序",
    "times-odd": "有 {n:,} 个时间的单位与其他的不同，或并不是时间，例如 {time:.12g}（通常是 "
    "{usual:.12g}）：照原样采用",
    "items-unknown": "略去了 {n:,} 行（{rows}），其物品不在物品表中",
    "items-without-text": "略去了 {n:,} 个没有文本的物品及其 {rows:,} 行数据",
    "taken-again": "有 {n:,} 行的物品是该用户已有的，只计第一次",
    "users-halved": "交互超过 {most:,} 次，每 {n} 个用户保留一个",
    "users-with-one": "有 {n:,} 个用户只有一个物品：计入热门度，不作询问",
    "few-tests": "只有 {n:,} 个用户，太少，区间不够宽",
    "nobody-to-tune-on": "没有用户有三个物品，因此没有给推荐头调参",
    "later-items-were-seen": "询问每个用户的最后一个物品时，其他用户更晚的物品已经可见；"
    "--split time 问的是全部已知交互之后的物品",
    "no-collaborative-baseline": "没有安装 `implicit`，因此缺少用户和物品的因子："
    "pip install 'pick-model[recommendation]'",
    "recommenders-undecided": "有 {n} 个模型都可能是最好的；这些用户分不出高下",
    "words-better": "文本的 TF-IDF 找到的比这里所有模型都多，包括 {model}",
    "words-level": "这些用户分不出 {model} 与文本的 TF-IDF 的高下",
    "who-took-what-is-better": "对取用过的物品，{way:term} 找到的比 {model} 多："
    "文本的价值在于新物品",
    "term:item-knn": "item-kNN",
    "term:als": "ALS",
    "measured-text-encoders": "{models}：是作为物品文本的编码器测量的；这里排序的是推荐模型，"
    "这类编码器用 `screen` 和 `probe` 比较",
    # progress
    "recommending-without-text": "正在不看文本作推荐",
    "training-head": "正在训练推荐头",
    "reading-items": "正在读物品",
}
