"""When architectures and corpora were first public: nothing that is made of one is older.

Each is the arXiv identifier of the paper that describes it, whose first four digits are year
and month; where there is no paper, the month of the first release and where it is told.
"""

from __future__ import annotations

import re

# A word of an id, an alias or a family -> where it was first described.
FIRST: dict[str, str] = {
    "alexnet": "2012-09",  # ImageNet challenge of 2012
    "albert": "1909.11942",
    "ast": "2104.01778",
    "bart": "1910.13461",
    "beit": "2106.08254",
    "beitv2": "2208.06366",
    "bert": "1810.04805",
    "bertweet": "2005.10200",
    "bge": "2309.07597",
    "bigbird": "2007.14062",
    "blip": "2201.12086",
    "blip2": "2301.12597",
    "bloom": "2211.05100",
    "camembert": "1911.03894",
    "canine": "2103.06874",
    "clap": "2211.06687",
    "clip": "2103.00020",
    "coatnet": "2106.04803",
    "codet5": "2109.00859",
    "colbert": "2004.12832",
    "colpali": "2407.01449",
    "conformer": "2005.08100",
    "convbert": "2008.02496",
    "convnext": "2201.03545",
    "convnextv2": "2301.00808",
    "cvt": "2103.15808",
    "data2vec": "2202.03555",
    "deberta": "2006.03654",
    "deeplabv3": "1706.05587",
    "deit": "2012.12877",
    "deit3": "2204.07118",
    "densenet": "1608.06993",
    "detr": "2005.12872",
    "dfine": "2410.13842",
    "dino": "2104.14294",
    "dinov2": "2304.07193",
    "dinov3": "2508.10104",
    "distilbert": "1910.01108",
    "donut": "2111.15664",
    "e5": "2212.03533",
    "ecapa": "2005.07143",
    "efficientformer": "2206.01191",
    "efficientnet": "1905.11946",
    "efficientnetv2": "2104.00298",
    "electra": "2003.10555",
    "esm2": "2022-07",  # bioRxiv 2022.07.20.500902
    "ettin": "2507.11412",
    "eurobert": "2503.05500",
    "eva02": "2303.11331",
    "falcon": "2311.16867",
    "fastvit": "2303.14189",
    "fasterrcnn": "1506.01497",
    "fcn": "1411.4038",
    "flan": "2109.01652",
    "gemma": "2403.08295",
    "gemma2": "2408.00118",
    "gemma3": "2503.19786",
    "gliclass": "2508.07662",
    "gliner": "2311.08526",
    "gpt2": "2019-02",  # OpenAI's post on GPT-2
    "gte": "2308.03281",
    "hubert": "2106.07447",
    "internvl": "2312.14238",
    "jina": "2307.11224",
    "labse": "2007.01852",
    "layoutlm": "1912.13318",
    "layoutlmv2": "2012.14740",
    "layoutlmv3": "2204.08387",
    "led": "2004.05150",
    "levit": "2104.01136",
    "lilt": "2202.13669",
    "llama": "2302.13971",
    "longformer": "2004.05150",
    "longt5": "2112.07916",
    "mae": "2111.06377",
    "mask2former": "2112.01527",
    "maskformer": "2107.06278",
    "maskrcnn": "1703.06870",
    "maxvit": "2204.01697",
    "mbart": "2001.08210",
    "metaclip": "2309.16671",
    "minilm": "2002.10957",
    "mistral": "2310.06825",
    "mixtral": "2401.04088",
    "mnasnet": "1807.11626",
    "mobilebert": "2004.02984",
    "mobileclip": "2311.17049",
    "mobilenetv2": "1801.04381",
    "mobilenetv3": "1905.02244",
    "mobilenetv4": "2404.10518",
    "mobilevit": "2110.02178",
    "modernbert": "2412.13663",
    "mpnet": "2004.09297",
    "mt5": "2010.11934",
    "musicgen": "2306.05284",
    "nllb": "2207.04672",
    "nomic": "2402.01613",
    "olmo": "2402.00838",
    "opt": "2205.01068",
    "owlvit": "2205.06230",
    "paligemma": "2407.07726",
    "pegasus": "1912.08777",
    "phi": "2306.11644",
    "phobert": "2003.00744",
    "pix2struct": "2210.03347",
    "poolformer": "2111.11418",
    "pvt": "2102.12122",
    "pythia": "2304.01373",
    "qwen": "2309.16609",
    "qwen2": "2407.10671",
    "qwen3": "2505.09388",
    "regnet": "2003.13678",
    "regnety": "2003.13678",
    "resnet": "1512.03385",
    "resnext": "1611.05431",
    "resnext50": "1611.05431",
    "resnext101": "1611.05431",
    "repvgg": "2101.03697",
    "retinanet": "1708.02002",
    "roberta": "1907.11692",
    "rtdetr": "2304.08069",
    "sam": "2304.02643",
    "segformer": "2105.15203",
    "siglip": "2303.15343",
    "siglip2": "2502.14786",
    "splade": "2107.05720",
    "squeezebert": "2006.11316",
    "ssd300": "1512.02325",
    "swin": "2103.14030",
    "swinv2": "2111.09883",
    "t5": "1910.10683",
    "tinybert": "1909.10351",
    "tinyllama": "2401.02385",
    "trocr": "2109.10282",
    "unispeech": "2101.07597",
    "upernet": "1807.10221",
    "vgg16": "1409.1556",
    "videomae": "2203.12602",
    "vilt": "2102.03334",
    "vit": "2010.11929",
    "wav2vec2": "2006.11477",
    "wavlm": "2110.13900",
    "whisper": "2212.04356",
    "xlm": "1901.07291",
    "xlnet": "1906.08237",
    "xls": "2111.09296",
    "yolos": "2106.00666",
    "yolov8": "2023-01",  # Ultralytics' release 8.0.0
}

# The same of corpora: words that a corpus is called by, in their order -> the paper on it.
CORPORA: dict[str, str] = {
    "c4": "1910.10683",
    "cc 100": "1911.02116",
    "cc100": "1911.02116",
    "cc12m": "2102.08981",
    "cityscapes": "1604.01685",
    "coco": "1405.0312",
    "common voice": "1912.06670",
    "culturax": "2309.09400",
    "datacomp": "2304.14108",
    "dclm": "2406.11794",
    "dfn": "2309.17425",
    "dolma": "2402.00159",
    "fineweb": "2406.17557",
    "gigaspeech": "2106.06909",
    "imagenet": "2009-06",  # CVPR 2009
    "kinetics 400": "1705.06950",
    "laion 2b": "2210.08402",
    "laion 400m": "2111.02114",
    "laion 5b": "2210.08402",
    "libri light": "1912.07875",
    "lvd 142m": "2304.07193",
    "lvd 1689m": "2508.10104",
    "mc4": "2010.11934",
    "metaclip": "2309.16671",
    "ms marco": "1611.09268",
    "multilingual librispeech": "2012.03411",
    "refinedweb": "2306.01116",
    "roots": "2022-03",  # when BLOOM's training began; its paper is of a year later
    "sa 1b": "2304.02643",
    "slimpajama": "2309.10818",
    "the pile": "2101.00027",
    "the stack": "2211.15533",
    "voxpopuli": "2101.00390",
    "webli": "2209.06794",
}


def first_of_corpus(name: str) -> tuple[str, str] | None:
    """The latest of the corpora in a name, and its first month; None where none is known."""
    words = f" {' '.join(re.findall(r'[a-z0-9]+', name.lower()))} "
    found = [
        (month_of_arxiv(told) or told, known)
        for known, told in CORPORA.items()
        if f" {known} " in words
    ]
    return max(found)[::-1] if found else None


def first_months() -> dict[str, str]:
    """The first month of each word, YYYY-MM."""
    return {word: month_of_arxiv(told) or told for word, told in FIRST.items()}


def month_of_arxiv(identifier: str) -> str | None:
    """2104.14294 -> 2021-04; None for what is no such identifier."""
    year, _, number = identifier.partition(".")
    if len(year) != 4 or not (year + number).isdigit() or len(number) < 4:
        return None
    return f"20{year[:2]}-{year[2:]}" if 1 <= int(year[2:]) <= 12 else None
