"""How a model makes one vector of a text, as the files of sentence-transformers say.

`modules.json` lists the parts in their order: the encoder, how its tokens' vectors become one,
linear layers, normalisation. Nothing here imports torch. Formats as written by
sentence-transformers 2.0 to 6.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pick_model.encoders.config import CONFIG_BYTES, read_json, read_object
from pick_model.encoders.folder import SAFE, inside, is_regular
from pick_model.encoders.header import read_header
from pick_model.errors import EnvironmentProblem
from pick_model.files import file_digest, json_digest
from pick_model.words.say import message

MODULES, SETTINGS = "modules.json", "config_sentence_transformers.json"
LIMITS = "sentence_bert_config.json"
# Our names of their poolings, in the order in which several are joined.
POOLING_NAMES = {
    "cls": "first",
    "max": "max",
    "mean": "mean",
    "mean_sqrt_len_tokens": "root",
    "weightedmean": "weighted",
    "lasttoken": "last",
}
# As written before version 5.
_OLD_KEYS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
ACTIVATIONS = ("Identity", "Tanh", "ReLU", "GELU", "SiLU", "Sigmoid")  # of torch.nn
NOTHING_TO_DO = ("Dropout",)  # of a model that is not trained


@dataclass(frozen=True)
class Dense:
    """A linear layer on the text's vector."""

    weights: Path  # linear.weight (out, in) and linear.bias (out,), safetensors
    activation: str  # one of ACTIVATIONS


@dataclass(frozen=True)
class SentenceSettings:
    """From a text to its vector."""

    told: bool = False  # False: the model says nothing, and the tokens' mean is taken
    poolings: tuple[str, ...] = ("mean",)
    pools_prompt: bool = True  # the prompt's tokens count in the pooling
    after: tuple[Dense | None, ...] = ()  # after the pooling; None: to length 1
    by_dot: bool = False  # texts are compared by the dot product, else by the cosine
    max_length: int | None = None  # tokens
    lower: bool = False  # texts are put into small letters
    prompts: tuple[tuple[str, str], ...] = ()  # by their names

    @property
    def digest(self) -> str:
        """Of all that changes a vector, the prompts apart."""
        dense = [None if d is None else [file_digest(d.weights), d.activation] for d in self.after]
        plain = [self.poolings, self.pools_prompt, dense, self.by_dot, self.max_length, self.lower]
        return json_digest(plain)


def read_sentence_settings(folder: Path, name: str) -> SentenceSettings:
    """What a model's folder says of its vectors; without `modules.json`, the tokens' mean.

    Raises EnvironmentProblem for parts that are not read here (late interaction, several
    encoders, code of its own) and for files that are broken.
    """
    if not is_regular(folder / MODULES):
        return SentenceSettings()
    parts = _modules(folder, name)
    kinds = [kind for _, kind in parts]
    if kinds[:2] != ["Transformer", "Pooling"]:
        raise _not_read(name, next((k for k in kinds if k not in ("Transformer", "Pooling")), "?"))
    if parts[0][0]:
        raise _not_read(name, f"Transformer in {parts[0][0]}"[:80])
    pooling = _object(folder, parts[1][0], "config.json", name)
    after: list[Dense | None] = []
    for path, kind in parts[2:]:
        if kind == "Normalize":
            after.append(None)
        elif kind == "Dense":
            after.append(_dense(folder, path, name))
        elif kind not in NOTHING_TO_DO:
            raise _not_read(name, kind)
    limits = _object(folder, "", LIMITS, name) if is_regular(folder / LIMITS) else {}
    told = _object(folder, "", SETTINGS, name) if is_regular(folder / SETTINGS) else {}
    prompts = told.get("prompts")
    length = limits.get("max_seq_length")
    return SentenceSettings(
        told=True,
        poolings=_poolings(pooling, name),
        pools_prompt=pooling.get("include_prompt") is not False,
        after=tuple(after),
        by_dot=told.get("similarity_fn_name") == "dot",
        max_length=length if isinstance(length, int) and length > 1 else None,
        lower=limits.get("do_lower_case") is True,
        prompts=tuple(
            (key, value)
            for key, value in (prompts.items() if isinstance(prompts, dict) else ())
            if isinstance(value, str)
        ),
    )


def _modules(folder: Path, name: str) -> list[tuple[str, str]]:
    """Sub-folder and class of each part."""
    listed = read_json(folder / MODULES, CONFIG_BYTES, f"{MODULES} of {name}", "config", list)
    found = []
    for part in listed:
        path, kind = (part.get("path"), part.get("type")) if isinstance(part, dict) else ("", "?")
        if not isinstance(path, str) or not isinstance(kind, str):
            raise _not_read(name, "?")
        # A class of another package is code that came with the model.
        plain = kind.rpartition(".")[2] if kind.startswith("sentence_transformers.") else kind
        found.append((inside(folder, name, path, MODULES) if path else "", plain))
    return found


def _object(folder: Path, path: str, file: str, name: str) -> dict[str, Any]:
    where = f"{path}/{file}" if path else file
    found: dict[str, Any] = read_object(
        folder / where, CONFIG_BYTES, f"{where} of {name}", "config"
    )
    return found


def _poolings(config: dict[str, Any], name: str) -> tuple[str, ...]:
    modes = config.get("pooling_mode")
    if modes is None:
        modes = [mode for key, mode in _OLD_KEYS.items() if config.get(key)] or ["mean"]
    modes = [modes] if isinstance(modes, str) else modes
    known = isinstance(modes, list) and modes and all(mode in POOLING_NAMES for mode in modes)
    if not known:
        raise _not_read(name, f"pooling {modes!r}"[:80])
    return tuple(POOLING_NAMES[mode] for mode in modes)


def _dense(folder: Path, path: str, name: str) -> Dense:
    config = _object(folder, path, "config.json", name)
    activation = str(config.get("activation_function", "torch.nn.modules.activation.Tanh"))
    module, _, kind = activation.rpartition(".")
    plain = (
        module.startswith("torch.nn")
        and kind in ACTIVATIONS
        and not config.get("use_residual")
        and config.get("module_input_name", "sentence_embedding") == "sentence_embedding"
    )
    if not plain:
        raise _not_read(name, f"Dense, {activation}"[:80])
    weights = folder / path / SAFE
    if not is_regular(weights):
        raise EnvironmentProblem(
            message("dense-without-safetensors", name=name, path=f"{path}/{SAFE}"),
            hint=message("save-again"),
            code="weights",
        )
    read_header(weights, name)
    return Dense(weights, kind)


def _not_read(name: str, kind: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        message("sentence-part-not-read", name=name, kind=kind),
        hint=message("give-plain-sentence-encoder"),
        code="model",
    )
