"""A model's configuration, read as the untrusted text it is.

transformers turns every key of config.json into an attribute, and some attributes make it
fetch and run code, or build a network of any size. So the file is bounded, its numbers are
bounded, and what only says how to compute (attention, experts, kernels) is taken out: this
program lets transformers choose.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pick_model.errors import EnvironmentProblem, WrongValue
from pick_model.words.message import Message
from pick_model.words.say import message

CONFIG_BYTES = 16 << 20  # labels of ten thousand classes are below 1 MB
# How to compute, as transformers ships it; anything else may name a repository of code.
IMPLEMENTATIONS = {
    "eager",
    "sdpa",
    "flash_attention_2",
    "flash_attention_3",
    "flash_attention_4",
    "flex_attention",
    "grouped_mm",
    "batched_mm",
}
MOST_DEPTH = 50  # of objects in objects; the deepest on the Hub have about six
# Keys that count parts or sizes, and the most of them: the deepest models on the Hub have
# about 130 layers, the longest context and the largest table are below 2 ** 24.
COUNTS = (
    (re.compile(r"((num|n|encoder|decoder)_.*)?(layers?|blocks?|groups?)|depth"), 1_000),
    (re.compile(r".*(heads?|experts)"), 10_000),
    (re.compile(r".*(_size|_dim|d_model|n_embd|dim|d_ff|n_inner|d_inner)"), 1 << 26),
    (re.compile(r"max_.*positions?.*|n_positions|n_ctx"), 1 << 26),
    # A configuration makes a list of them before there is a network: labels, hash functions.
    (re.compile(r"num_(?!.*(param|token|step|sample|example|row)).*"), 1 << 20),
)
# Keys that must be whole numbers, and the least of them; XLNet says -1 for no limit.
LEAST = (
    (re.compile(r"num_hidden_layers|n_layers?|num_layers|encoder_layers"), 1),
    (re.compile(r"((num|n|encoder|decoder)_)(attention_|key_value_)?heads?"), 1),
    (re.compile(r"vocab_size|hidden_size|d_model|n_embd|dim|emb_dim|embedding_size"), 1),
    (re.compile(r"intermediate_size|d_ff|ffn_dim|d_inner|hidden_dim|decoder_layers"), 0),
    (re.compile(r"type_vocab_size|max_position_embeddings|n_positions"), -1),
)
OTHER_CONFIGS = (
    "generation_config.json",
    "tokenizer_config.json",
    "processor_config.json",
    "preprocessor_config.json",
    "quantize_config.json",
    "quant_config.json",
    "adapter_config.json",
)


def read_config(folder: Path, name: str, trust_remote_code: bool) -> dict[str, Any]:
    """config.json as transformers may see it.

    Raises EnvironmentProblem for one that cannot be read, asks for code from elsewhere or
    has sizes that no model has.
    """
    config = read_object(folder / "config.json", CONFIG_BYTES, f"config.json of {name}", "config")
    for other in OTHER_CONFIGS:
        if (folder / other).exists():
            what = f"{other} of {name}"
            refuse_code(
                read_object(folder / other, CONFIG_BYTES, what, "config"), what, trust_remote_code
            )
    refuse_code(config, f"config.json of {name}", trust_remote_code)
    refuse_sizes(config, name)
    chosen: dict[str, Any] = without_implementations(config)
    return chosen


def refuse_unfit(config: dict[str, Any], name: str, modality: str = "text") -> None:
    """Refuse a configuration of no model that transformers can fine-tune on a modality."""
    kind = config.get("model_type")
    of_timm = kind is None and {"architecture", "num_features", "pretrained_cfg"} & set(config)
    if kind == "timm_wrapper" or of_timm:
        refuse_without_timm(name, modality)
        return
    if not isinstance(kind, str) or not kind:
        raise EnvironmentProblem(
            message("config-without-type", name=name),
            hint=message("add-model-type"),
            code="config",
        )
    for key in ("quantization_config", "quantization"):
        if config.get(key):
            method = config[key].get("quant_method") if isinstance(config[key], dict) else None
            raise EnvironmentProblem(
                message("weights-quantized-by", name=name, method=str(method))
                if method
                else message("weights-quantized", name=name),
                hint=message("give-its-base"),
                code="model",
            )


def refuse_without_timm(name: str, modality: str) -> None:
    """Refuse a model of timm for text, and where what loads it is not installed whole."""
    if modality != "image":
        raise EnvironmentProblem(
            message("model-of-timm", name=name), hint=message("give-text-encoder"), code="model"
        )
    absent = tuple(part for part in ("timm", "torchvision") if find_spec(part) is None)
    if absent:
        raise EnvironmentProblem(
            message("timm-not-whole", name=name, absent=absent),
            hint=message("pip-install", extra=" ".join(absent)),
            code="missing-extra",
        )


def read_object(file: Path, most: int, what: str, code: str) -> dict[str, Any]:
    """A file's JSON object, of at most so many bytes."""
    found: dict[str, Any] = read_json(file, most, what, code, dict)
    return found


def read_json(file: Path, most: int, what: str, code: str, wanted: type) -> Any:
    """A file's JSON object or list, of at most so many bytes."""
    reason: Message | str
    try:
        if not file.is_file():
            raise WrongValue(message("not-a-file"))
        with file.open("rb") as opened:
            text = opened.read(most + 1)
        if len(text) > most:
            raise WrongValue(message("larger-than", mib=most >> 20))
        value = json.loads(text)
        if deeper(value, MOST_DEPTH):
            raise RecursionError
        if isinstance(value, wanted):
            return value
        reason = message("not-json-object" if wanted is dict else "not-json-list")
    except RecursionError:
        reason = message("file-too-deep")
    except json.JSONDecodeError:
        reason = message("file-not-json")
    except WrongValue as wrong:
        reason = wrong.told
    except (OSError, ValueError) as fault:
        reason = str(fault)
    raise EnvironmentProblem(
        message("model-file-unreadable", file=what, reason=reason),
        hint=message("download-again"),
        code=code,
    )


def deeper(value: Any, most: int) -> bool:
    """Whether lists and objects lie more than so many levels inside one another."""
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return any(isinstance(inner, dict | list) for inner in level)


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key), inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def words_in(value: Any) -> Iterator[str]:
    """Every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from words_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words_in(inner)


def foreign(key: str, word: str) -> bool:
    """Whether a key that chooses code names code that transformers does not carry itself."""
    if "implementation" in key.lower():
        return word not in IMPLEMENTATIONS
    return "kernel" in key.lower() and any(sign in word for sign in "/:@\\")


def refuse_code(config: dict[str, Any], what: str, trust_remote_code: bool) -> None:
    """Refuse code that lies elsewhere: an attention, experts or kernel that transformers does
    not carry itself, and with --trust-remote-code the classes of another repository.
    """
    for key, value in walk(config):
        strange = next((word for word in words_in(value) if foreign(key, word)), None)
        if strange is not None:
            raise EnvironmentProblem(
                message("config-asks-for-code", what=what, key=key, strange=strange[:80]),
                hint=message("remove-key", key=key),
                code="config",
            )
        # "repository--module.Class"; without trust none of it is run.
        other = next((w for w in words_in(value) if key == "auto_map" and "--" in w), None)
        if other is not None and trust_remote_code:
            raise EnvironmentProblem(
                message("config-takes-others-code", what=what, other=other.partition("--")[0][:80]),
                hint=message("copy-and-read-code"),
                code="config",
            )


def refuse_sizes(config: dict[str, Any], name: str) -> None:
    """Refuse numbers that no network has: no heads, a million layers, a width in words."""
    for key, value in walk(config):
        for one in value if isinstance(value, list) else [value]:
            if one is None or isinstance(one, list):
                continue
            whole = isinstance(one, int) and not isinstance(one, bool)
            low, high = bounds(key)
            if (low is not None and not (whole and one >= low)) or (whole and one > high):
                raise EnvironmentProblem(
                    message("config-of-no-model", name=name, key=key, given=str(one)[:40]),
                    hint=message("give-config-of-weights"),
                    code="config",
                )


def bounds(key: str) -> tuple[int | None, float]:
    """Least and most that a key may be; None where anything may stand, even a word."""
    most = next((most for names, most in COUNTS if names.fullmatch(key)), math.inf)
    return next((least for names, least in LEAST if names.fullmatch(key)), None), most


def without_implementations(value: Any) -> Any:
    """The configuration without what only chooses code to compute with."""
    if isinstance(value, dict):
        return {
            key: without_implementations(inner)
            for key, inner in value.items()
            if not ("implementation" in str(key).lower() and any(words_in(inner)))
        }
    if isinstance(value, list):
        return [without_implementations(inner) for inner in value]
    return value


def without_paths(file: Path, name: str) -> dict[str, Any]:
    """tokenizer_config.json without paths: they win over the folder's own files."""
    told = read_object(file, CONFIG_BYTES, f"{file.name} of {name}", "config")
    return {key: value for key, value in told.items() if not key.endswith("_file")}
