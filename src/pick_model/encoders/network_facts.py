"""What a loaded model turns out to be: its weights, tables, arguments and longest input.

A configuration may say anything, so nothing here is read from it where the network itself
can be asked.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import torch
from torch import nn

from pick_model.encoders.rows import Frame
from pick_model.errors import EnvironmentProblem
from pick_model.words.message import Message
from pick_model.words.say import message

# Share of parameters that may be new. A layer of the deepest encoders in use (48, DeBERTa-v2
# xxlarge; 24 under a large table, XLM-RoBERTa) is more than this; poolers do not count.
MISSING_ALLOWED = 0.01
# Share of tensors that may be new: all normalisations of BERT are 0.03 % of its parameters,
# and a quarter of its tensors.
TENSORS_ALLOWED = 0.1
NO_LIMIT = 512  # tokens, where neither table, configuration nor tokenizer says: BERT's
UNLIMITED = 1 << 26  # no table is larger; tokenizers write 1e30 for "no limit"
_POSITIONS = re.compile(r"position|pos_emb|\bwpe\b", re.IGNORECASE)
_NOT_POSITIONS = re.compile(
    r"relative|rel_|distance|token_type|type_emb|vision|visual|image|patch|audio|speech",
    re.IGNORECASE,
)
OTHER_MODEL = message("give-ranked-encoder")
SAMPLE = "a b 1"  # its pieces show how a tokenizer writes a space and frames a text


def refuse_other_input(model: Any, name: str) -> None:
    """Refuse what reads images or sound, alone or beside text."""
    reads = getattr(model, "main_input_name", "input_ids")
    if reads == "input_ids":
        return
    what = {"pixel_values": "images", "input_features": "sound", "input_values": "sound"}
    told = message("reads-no-text", name=name, reads=reads)
    if reads in what:
        told = message("reads-other", name=name, what=what[reads], reads=reads)
    raise EnvironmentProblem(
        told,
        hint=OTHER_MODEL,
        code="model",
    )


def encoder_of(model: Any) -> Any:
    """The part that reads: of an encoder and a decoder the former.

    T5's encoder saved alone says that it is no encoder-decoder, and loads beside an empty
    decoder; Funnel's reads no ids without the model around it.
    """
    parts = [getattr(model, part, None) for part in ("encoder", "decoder")]
    of_two = all(
        isinstance(part, nn.Module) and "input_ids" in inspect.signature(part.forward).parameters
        for part in parts
    )
    if not (of_two or getattr(model.config, "is_encoder_decoder", False)):
        return model
    encoder = model.get_encoder()
    if not hasattr(encoder, "config"):  # FSMT's has none of its own
        encoder.config = model.config
    return encoder


def refuse_larger(config: Any, parameters: int | None, name: str) -> None:
    """Refuse a configuration of a much larger network than the weights, before it is built.

    What weights lack would be filled with noise: a table, or layers up to all the memory.
    Of an encoder that is saved without its decoder the other half may lack.
    """
    from transformers import AutoModel

    if parameters is None:
        return
    with torch.device("meta"):
        described = AutoModel.from_config(config)  # type: ignore[no-untyped-call]
    halves = sum(p.numel() for p in described.parameters()) // 2
    wanted = max(halves, sum(p.numel() for p in encoder_of(described).parameters()))
    if wanted > 2 * parameters + 1_000_000:  # a pooler, tied or computed tables
        raise EnvironmentProblem(
            message("parameters-not-of-config", name=name, wanted=wanted, parameters=parameters),
            hint=message("give-config-of-weights"),
            code="weights",
        )


def refuse_new_weights(model: nn.Module, encoder: nn.Module, info: Any, name: str) -> None:
    """Refuse an encoder of which the weights hold other shapes, or not (nearly) all."""
    for found in sorted(info["mismatched_keys"], key=str):
        tensor, *shapes = (found,) if isinstance(found, str) else found  # a name until 4.57
        if "pooler" in tensor:
            continue
        there, here = (str(list(s)) for s in shapes) if shapes else ("of one shape", "of another")
        raise EnvironmentProblem(
            message("tensor-not-of-config", tensor=tensor, name=name, there=there, here=here),
            hint=message("give-config-of-weights"),
            code="weights",
        )
    named = dict(model.named_parameters(remove_duplicate=False))
    used = {id(p) for p in encoder.parameters()}
    missing = {
        id(named[tensor]): (tensor, named[tensor].numel())
        for tensor in info["missing_keys"]
        if tensor in named and id(named[tensor]) in used and "pooler" not in tensor
    }
    tables = {id(m.weight) for m in encoder.modules() if isinstance(m, nn.Embedding)}
    lost = sorted(missing[key][0] for key in missing if key in tables)
    total = sum(p.numel() for p in encoder.parameters())
    count = sum(size for _, size in missing.values())
    of_tensors = len(missing) / max(1, len(used))
    if lost or count > MISSING_ALLOWED * total or of_tensors > TENSORS_ALLOWED:
        example = lost[0] if lost else min(tensor for tensor, _ in missing.values())
        raise EnvironmentProblem(
            message(
                "tensors-missing",
                name=name,
                n=len(missing),
                share=count / total,
                example=example,
            ),
            hint=message("give-weights-of-architecture"),
            code="weights",
        )


def refuse_left_over(model: nn.Module, info: Any, name: str) -> None:
    """Refuse weights with further layers of the kind that the network has.

    A head that is not used is no fault; blocks that config.json does not count make another
    model of it.
    """

    def without_numbers(tensor: str) -> str:
        return re.sub(r"\b\d+\b", "#", tensor)

    layers = {n for t, _ in model.named_parameters() if "#" in (n := without_numbers(t))}
    around = f"{getattr(model, 'base_model_prefix', '')}."  # as saved with a head
    for tensor in sorted(info["unexpected_keys"]):
        if without_numbers(tensor).removeprefix(around) in layers:
            raise EnvironmentProblem(
                message("layer-not-counted", name=name, tensor=tensor),
                hint=message("give-config-of-weights"),
                code="weights",
            )


def refuse_nan(encoder: nn.Module, name: str) -> None:
    """Refuse weights that are not numbers.

    Least and largest show what is none, without a table of which are: in a twentieth of the time.
    """
    for tensor, values in encoder.named_parameters():
        if not values.is_floating_point() or not values.numel():
            continue
        if not bool(torch.isfinite(torch.stack(values.detach().aminmax())).all()):
            raise EnvironmentProblem(
                message("weights-not-finite", tensor=tensor, name=name),
                hint=message("download-or-take-another"),
                code="weights",
            )


def refuse_empty(tokenizer: Any, name: str) -> None:
    """Refuse a tokenizer that knows its special tokens and no others."""
    if len(tokenizer) - len(set(tokenizer.all_special_ids)) < 2:
        raise EnvironmentProblem(
            message("tokenizer-without-words", name=name, n_tokens=len(tokenizer)),
            hint=message("put-tokenizer"),
            code="tokenizer",
        )


def framing(tokenizer: Any) -> tuple[Frame, bool]:
    """The ids put around a text, and whether words are to be read with the space before them.

    Byte-level BPE has other pieces for "dog" than for " dog", and pretraining has seen
    hardly any of the former; the running text is what the pieces must look like.
    """

    def ids(*texts: str) -> list[int]:
        return [i for t in texts for i in tokenizer(t, add_special_tokens=False)["input_ids"]]

    whole, running = tokenizer(SAMPLE)["input_ids"], ids(SAMPLE)
    at = next((i for i in range(len(whole)) if whole[i : i + len(running)] == running), None)
    first, *rest = SAMPLE.split()
    plain, spaced = ids(first, *rest), ids(first, *(f" {word}" for word in rest))
    frame: Frame = ((), ())  # where a tokenizer does not show it
    if at is not None:
        frame = tuple(whole[:at]), tuple(whole[at + len(running) :])
    return frame, plain != running and spaced == running


def arguments(encoder: nn.Module) -> tuple[str, ...]:
    """The tensors of a batch that the encoder's forward takes by name."""
    known = inspect.signature(encoder.forward).parameters
    names = ("input_ids", "attention_mask", "token_type_ids")
    named = tuple(name for name in names if name in known)
    return named if "input_ids" in named else names  # code of others: *args, **kwargs


def table_rows(encoder: nn.Module) -> int | None:
    """Rows of the word table; None for a model that has none (CANINE hashes characters)."""
    try:
        table = encoder.get_input_embeddings()  # type: ignore[operator]
    except (NotImplementedError, AttributeError):
        return None
    return int(table.num_embeddings) if isinstance(table, nn.Embedding) else None


def token_types(encoder: nn.Module) -> int:
    """How many segments the model tells apart by a table of their own; 0 for none.

    GPT-2 and XLM take `token_type_ids` too, and look them up among their words.
    """
    if any("seg_embed" in name for name, _ in encoder.named_parameters()):  # XLNet, Funnel
        return UNLIMITED
    sizes = [
        module.num_embeddings
        for name, module in encoder.named_modules()
        if isinstance(module, nn.Embedding) and re.search(r"token_type|segment", name)
    ]
    return min(sizes, default=0)


def positions(encoder: nn.Module, tokenizer: Any) -> int:
    """The longest input in tokens: by the table of positions, as found, or what is told.

    RoBERTa and its kin count positions from the padding's id + 1, so 514 rows hold 512;
    BART and OPT leave out the first `offset` rows.
    """
    limits = []
    for name, module in encoder.named_modules():
        last = name.rpartition(".")[2]
        # I-BERT's quantized table is no nn.Embedding, and has what one has.
        table = getattr(module, "weight", None) if hasattr(module, "padding_idx") else None
        if (
            isinstance(table, torch.Tensor)
            and _POSITIONS.search(last)
            and not _NOT_POSITIONS.search(name)
        ):
            padding: Any = module.padding_idx
            skipped = 0 if padding is None else padding + 1
            limits.append(len(table) - max(skipped, getattr(module, "offset", 0)))
    config: Any = encoder.config
    told = [getattr(config.get_text_config(), "max_position_embeddings", None)]
    told.append(tokenizer.model_max_length)
    limits += [int(n) for n in told if isinstance(n, int | float) and 0 < n < UNLIMITED]
    return min(limits, default=NO_LIMIT)


def refuse_short(longest: int, frame: Frame, name: str) -> None:
    """Refuse a model that reads no more than the tokens put around a text."""
    if told := no_room(longest, frame, name):
        raise EnvironmentProblem(told, hint=message("give-configs-of-weights"), code="config")


def no_room(longest: int, frame: Frame, name: str) -> Message | None:
    """What is said where so many tokens hold no more than what is put around a text."""
    around = sum(map(len, frame))
    if longest > around:
        return None
    return message("no-room-for-text", name=name, longest=longest, around=around)


def beside(config: Any) -> str | None:
    """What a model wants besides text."""
    parts = [part.removesuffix("_config") for part in getattr(config, "sub_configs", {})]
    parts = [part for part in parts if part in ("vision", "audio", "image", "speech", "qformer")]
    return parts[0] if parts else None
