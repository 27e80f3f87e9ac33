"""What Chinese sentences call names that English ones print as the program spells them."""

from __future__ import annotations

TERMS: dict[str, str] = {
    # kinds of value in a document or a cell
    "term:a list": "列表",
    "term:an object": "对象",
    "term:a number": "数",
    "term:plain text": "纯文本",
    "term:bytes": "字节",
    "term:mapping": "映射",
    "term:list": "列表",
    # what a file of data holds
    "term:rows": "行",
    "term:labels": "标签",
    "term:tokens": "token",
    "term:tags": "标注",
    "term:a label": "标签",
    "term:text": "文本",
    "term:one text": "单条文本",
    "term:pairs": "文本对",
    "term:query": "查询",
    "term:passage": "段落",
    "term:percents": "百分数",
    "term:fractions": "小数",
    # parts of the rows
    "term:training": "训练",
    "term:tuning": "调参",
    "term:held-out": "留出",
    "term:heldout": "留出",
    # what a model reads
    "term:images": "图像",
    "term:image": "图像",
    "term:sound": "声音",
    "term:audio": "音频",
    # records of the catalog, and what stands in them
    "term:task": "任务",
    "term:kind": "模型类型",
    "term:modality": "模态",
    "term:metric": "指标",
    "term:baseline": "基线",
    "term:preset": "预设",
    "term:method": "训练方法",
    "term:model": "模型",
    "term:source": "来源",
    "term:benchmark": "基准",
    "term:machine": "机器",
    "term:an adapter": "适配器",
    "term:an unnamed model": "未写名称的模型",
    # the estimates of a lock, as the gate spells them
    "term:training memory gib": "训练内存（GiB）",
    "term:serving memory gib": "推理内存（GiB）",
    "term:disk gib": "磁盘占用（GiB）",
    "term:latency ms": "单条延迟（ms）",
    "term:training hours": "训练时间（小时）",
    # nothing
    "term:none": "无",
    "term:none at all": "无",
}
