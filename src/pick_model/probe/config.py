"""A model's configuration, read as the untrusted text it is.

transformers turns every key of config.json into an attribute, and some attributes make it
fetch and run code, or build a network of any size. So the file is bounded, its numbers are
bounded, and what only says how to compute (attention, experts, kernels) is taken out: this
program lets transformers choose.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pick_model.errors import EnvironmentProblem

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
MOST_LAYERS = 1_000  # the deepest on the Hub have about 130
MOST_HEADS = 10_000
MOST = 1 << 26  # of rows or columns of a table: four times the longest context there is
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
            refuse_code(
                read_object(folder / other, CONFIG_BYTES, f"{other} of {name}", "config"),
                f"{other} of {name}",
            )
    refuse_code(config, f"config.json of {name}")
    refuse_foreign_code(config, name, trust_remote_code)
    refuse_sizes(config, name)
    chosen: dict[str, Any] = without_implementations(config)
    return chosen


def refuse_unfit(config: dict[str, Any], name: str) -> None:
    """Refuse a configuration of no model that transformers can fine-tune."""
    kind = config.get("model_type")
    if kind is None and {"architecture", "num_features", "pretrained_cfg"} & set(config):
        raise EnvironmentProblem(
            f"{name} is a timm model, which reads images, not text",
            hint="a text encoder",
            code="model",
        )
    if not isinstance(kind, str) or not kind:
        raise EnvironmentProblem(
            f"config.json of {name} does not say its model_type",
            hint='add "model_type", such as "bert"',
            code="config",
        )
    for key in ("quantization_config", "quantization"):
        if config.get(key):
            method = config[key].get("quant_method") if isinstance(config[key], dict) else None
            raise EnvironmentProblem(
                f"the weights of {name} are quantized{f' ({method})' if method else ''}, "
                "and a fine-tune needs them whole",
                hint="the model that it was made from",
                code="model",
            )


def read_object(file: Path, most: int, what: str, code: str) -> dict[str, Any]:
    """A file's JSON object, of at most so many bytes."""
    reason = None
    try:
        if not file.is_file():
            raise ValueError("it is not a file")
        with file.open("rb") as opened:
            text = opened.read(most + 1)
        if len(text) > most:
            raise ValueError(f"it is larger than {most >> 20} MiB")
        value = json.loads(text)
        if deeper(value, MOST_DEPTH):
            raise RecursionError
        if isinstance(value, dict):
            return value
        reason = "it is not a JSON object"
    except RecursionError:
        reason = "it is nested too deeply"
    except json.JSONDecodeError:
        reason = "it is not JSON"
    except (OSError, ValueError) as fault:
        reason = str(fault)
    raise EnvironmentProblem(
        f"{what} cannot be read: {reason}", hint="download or save the model again", code=code
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


def refuse_code(config: dict[str, Any], what: str) -> None:
    """Refuse an attention, experts or kernel that transformers does not carry itself."""
    for key, value in walk(config):
        strange = [word for word in words_in(value) if foreign(key, word)]
        if strange:
            raise EnvironmentProblem(
                f"{what} asks for {key} = {strange[0][:80]!r}: code from elsewhere, "
                "which loading would fetch and run",
                hint=f"remove {key} from it if you trust the rest",
                code="config",
            )


def refuse_foreign_code(config: dict[str, Any], name: str, trust_remote_code: bool) -> None:
    """With --trust-remote-code, the code of this model only: "repository--module" is another's."""
    for key, value in walk(config):
        if key not in ("auto_map", "custom_pipelines") or not trust_remote_code:
            continue
        other = next((word for word in words_in(value) if "--" in word), None)
        if other is not None:
            raise EnvironmentProblem(
                f"config.json of {name} takes its code from another repository, "
                f"{other.partition('--')[0][:80]!r}",
                hint="copy that code beside the weights, and read it",
                code="config",
            )


def refuse_sizes(config: dict[str, Any], name: str) -> None:
    """Refuse numbers that no network has: no heads, a million layers, a width in words."""
    for key, value in walk(config):
        low, high = bounds(key)
        if high is None or value is None:
            continue
        values = value if isinstance(value, list) else [value]
        for one in values:
            if isinstance(one, bool) or not isinstance(one, int) or not low <= one <= high:
                raise EnvironmentProblem(
                    f"config.json of {name} says {key} = {str(one)[:40]}, which no model has",
                    hint="the config.json that belongs to the weights",
                    code="config",
                )


def bounds(key: str) -> tuple[int, int | None]:
    """Least and most that a key may be; no upper bound for keys that are not sizes."""
    if key in ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "encoder_layers"):
        return 1, MOST_LAYERS
    if key in ("decoder_layers", "num_decoder_layers", "num_hidden_groups", "num_blocks"):
        return 0, MOST_LAYERS
    if key in ("num_attention_heads", "n_head", "n_heads", "num_heads", "num_key_value_heads"):
        return 1, MOST_HEADS
    if key in ("encoder_attention_heads", "decoder_attention_heads"):
        return 1, MOST_HEADS
    if key in (
        "vocab_size",
        "hidden_size",
        "d_model",
        "n_embd",
        "dim",
        "emb_dim",
        "embedding_size",
    ):
        return 1, MOST
    if key in ("intermediate_size", "d_ff", "n_inner", "ffn_dim", "d_inner", "hidden_dim"):
        return 0, MOST
    if key in ("type_vocab_size", "max_position_embeddings", "n_positions", "n_ctx"):
        return -1, MOST  # XLNet says -1 for no limit
    return 0, None


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
