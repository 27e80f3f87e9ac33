"""The sentences of english/retrieval.py in Chinese."""

from __future__ import annotations

RETRIEVAL: dict[str, str] = {
    # what is wrong with the files
    "no-column-for-part": "{columns} 中没有对应 {part} 的列",
    "name-search-column": "指明它：--column {part}=COLUMN",
    "search-column-unreadable": "--column {item!r}",
    "write-part-and-column": "写成 PART=COLUMN，如 passage=body",
    "unknown-search-part": "--column：未知的部分 {part!r}",
    "give-table-of-texts": "给出含文本列的表或 JSON lines",
    "search-cell-not-text": "{part} 不是文本",
    "search-id-missing": "{part} 为空",
    "give-each-an-id": "给每行一个自己的 id",
    "search-id-twice": "id {name!r} 在第 {row} 行已经出现",
    "grade-no-number": "等级 {told!r} 不是大于或等于 0 的数",
    "write-grade": "不相关写 0，相关写 1，更相关写更大的数",
    "no-judgement-line": "不是 TREC 格式的判断行",
    "write-judgement-line": "每行写：QUERY 0 PASSAGE GRADE；或使用带表头的表格",
    "judged-twice": "查询 {query!r} 和段落 {passage!r} 在第 {row} 行有另一个等级",
    "keep-one-judgement": "两者保留一个",
    "judged-unknown": "{file} 中没有{what:term} {name!r}",
    "no-query-answered": "没有一个查询有相关段落",
    "judge-some-passage": "每个查询要有一个大于 0 的判断",
    "too-few-passages": "可供检索的段落只有 {n:,} 个",
    "give-more-passages": "给出将要检索的完整语料库",
    # what is wrong with the options
    "pairs-and-files": "--pairs 的一个文件已包含查询和段落，不能再给其他文件",
    "three-files-or-pairs": "查询还需要语料库和相关性判断",
    "name-three-files": "--queries FILE --corpus FILE --relevance FILE，或 --pairs FILE",
    "data-or-queries": "带标签的数据和查询只能给一种",
    "no-rows-or-queries": "没有可用于筛选的数据",
    "name-data-or-queries": "--data FILE；或 --queries、--corpus 和 --relevance；或 --pairs FILE",
    "option-of-rows": "{option} 用于带标签的数据，不用于查询",
    "option-of-queries": "{option} 用于查询",
    "task-not-searching": "{task} 不是检索任务",
    "searching-tasks": "可以是 {tasks}",
    "metric-not-of-retrieval": "查询不计算指标 {metric!r}",
    # what is wrong with a model
    "sentence-part-not-read": "{name} 用 {kind} 生成向量，这里不支持",
    "give-plain-sentence-encoder": "给出每条文本一个向量的编码器：transformer、池化、线性层",
    "dense-without-safetensors": "{name} 没有 {path}",
    "dense-does-not-fit": "{name} 的 {file} 不是适合 {wide} 维向量的线性层",
    "vectors-not-finite": "{name} 在这些文本上给出 NaN 或无穷大的向量",
    # what a reader should know
    "queries-without-answer": "略去了 {n:,} 个没有相关段落的查询（{rows}）",
    "name-column-again": "也给出这个文件的列：再加一个 --column {part}=…",
    "queries-answered-by-empty": "也略去了 {n:,} 个仅由没有文本的段落回答的查询",
    "queries-without-text": "略去了 {n:,} 个没有文本的查询（{rows}）",
    "passages-without-text": "略去了 {n:,} 个没有文本的段落（{rows}）",
    "queries-among-passages": "{n:,} 个查询也以同样的编号和文本出现在语料中：不算作它自己的答案",
    "pairs-without-text": "略去了 {n:,} 行没有查询或段落的数据（{rows}）",
    "few-queries": "只有 {n:,} 个查询，太少，区间不够宽",
    "retrieval-undecided": "有 {n} 个模型都可能是最好的；这些查询分不出高下",
    "bm25-better": "BM25 找到的比这里所有模型都多，包括 {model}",
    "bm25-level": "这些查询分不出 {model} 与 BM25 的高下",
    "bm25-level-in": "只看 {language} 的查询，{model} 与 BM25 不分高下，或更差",
    "prompt-replaced": "{model} 训练时在每个{side:term}前加 {own!r}，这里写的是 {text!r}",
    "no-sentence-settings": "{model} 没有写明如何生成文本向量：取了 token 的均值，"
    "而它多半不是为此训练的",
    "prompts-of-other-names": "{model} 有几个提示词（{names}），但不知道哪个用于查询："
    "用 --query-prefix 写一个",
}
