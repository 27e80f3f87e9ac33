"""The sentences of english/reading.py in Chinese."""

from __future__ import annotations

READING: dict[str, str] = {
    # Why labels were taken for their kind.
    "kind-as-asked": "按指定值",
    "labels-are-lists": "每个标签都是列表",
    "labels-are-bits": "每个标签都是由 {n} 个 0 和 1 组成的列表，每个位置是一个标签",
    "training-labels-are-classes": "训练数据的标签是类别",
    "labels-with-decimals": "标签是带小数的数",
    "labels-of-words": "标签是 {n:,} 个不同的词",
    "labels-of-whole-numbers": "标签是 {n:,} 个不同的整数",
    "rows-have-tags": "各行是带标注的 token",
    "one-column-of-each-row": "每行恰有一列为 1",
    "rows-join-labels": "{n:,} 行中有 {rows:,} 行用 {separator!r} 连接多个标签",
    # What else was assumed.
    "rows-are-tokens": "每行是一个 token，按 {column!r} 合并成句",
    "columns-of-bits": "有 {n} 列只含 0 和 1，每列当作一个标签",
    "columns-can-be-too": "其他列也可以是{what:term}：{options}",
    "read-as-conllu": "共十列，第一列是编号：按 CoNLL-U 读，标注取自 UPOS",
    "first-column-counts": "第一列是 token 的编号，略过",
    "tokens-from-column": "token 取自第 {column} 列：前面的列是重复值或编号",
    "tags-before-tokens": "标注写在 token 之前",
    "tags-from-column": "标注取自第 {column} 列：最后一列{why}",
    "last-holds-numbers": "是数",
    "last-never-changes": "每行都一样",
    "tags-from-last": "标注取自最后一列；其他列也标出了片段：{options}",
    "no-tags-of-spans": "其中没有片段标注（O、B-…、I-…），因此逐词计分",
    "tags-without-names": "标注是没有名称的数，因此无法识别实体",
    "labels-differ-in-case": "标签 {one!r} 和 {other!r} 只有大小写不同，算两个",
    "labels-look-alike": "标签 {one!a} 和 {other!a} 看起来一样，算两个",
    "rows-without-tokens": "略过了 {n:,} 行没有 token 的数据",
    "a-sample": "从 {all:,} 行中抽样 {n:,} 行",
    "rows-skipped": "略去了 {n:,} 行没有标签（{labels!r}）的数据",
    "one-in-each-row": "每行恰有一个 1，因此标签是类别（否则：--kind multi-label）",
    "one-in-each-list": "每个列表恰有一个 1，因此标签是类别（否则：--kind multi-label）",
    "may-mean-no-label": "{label!r} 当作一个类别；若它表示没有标签：{option}",
    "label-listed-again": "有 {n:,} 行重复列出同一个标签；只计一次",
    "places-are-labels": "列表中的位置就是标签，命名为 {first} 至 {last}",
    "digits-read-as-class": "{label!r} 当作一个类别；若每个数字是一个标签，写成列表：[0, 1, 1]",
    "labels-taken-apart": "标签按 {separator!r} 拆开（要保持完整：--kind single-label）",
    "separator-in-name": "{separator!r} 当作标签名的一部分（要拆开标签：{option}）",
}
