"""Models of any architecture, small and random, with tokenizers trained on a few words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.measure.conftest import BAD, FILLER, GOOD

WORDS = [*GOOD, *BAD, *FILLER]
SIZES: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}


def texts() -> list[str]:
    return [" ".join(WORDS[i:] + WORDS[:i]) for i in range(0, len(WORDS), 3)]


def wordpiece(**options: Any) -> Any:
    """A BERT tokenizer whose vocabulary is WORDS and what they are made of."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    made.train_from_iterator(
        texts(), trainers.WordPieceTrainer(vocab_size=200, special_tokens=special)
    )
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    told = {
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
        "mask_token": "[MASK]",
        "model_input_names": ["input_ids", "token_type_ids", "attention_mask"],
        "model_max_length": 512,
        **options,
    }
    return PreTrainedTokenizerFast(tokenizer_object=made, **told)


def byte_level(special: tuple[str, ...] = ("<end>",), **options: Any) -> Any:
    """A GPT-2 tokenizer: pieces begin with the space before them."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    made.train_from_iterator(texts(), trainer)
    return PreTrainedTokenizerFast(tokenizer_object=made, **{"model_max_length": 512, **options})


def save(folder: Path, model: Any, tokenizer: Any = None) -> Path:
    model.save_pretrained(folder)
    if tokenizer is not None:
        tokenizer.save_pretrained(folder)
    return folder


def bert(folder: Path, **options: Any) -> Path:
    """A whole, well-behaved model."""
    from transformers import BertConfig, BertModel

    tokenizer = wordpiece()
    config = BertConfig(vocab_size=len(tokenizer), **{**SIZES, **options})
    return save(folder, BertModel(config), tokenizer)


def reinitialised(model: Path, folder: Path, seed: int = 7) -> Path:
    """The same network and tokenizer with weights that never saw data."""
    import torch
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    torch.manual_seed(seed)
    config = AutoConfig.from_pretrained(model)
    AutoModel.from_config(config).save_pretrained(folder)  # type: ignore[no-untyped-call]
    AutoTokenizer.from_pretrained(model).save_pretrained(folder)
    return folder


def change(folder: Path, **keys: Any) -> Path:
    """Other values in a folder's config.json."""
    return rewrite(folder / "config.json", lambda told: {**told, **keys}).parent


def rewrite(file: Path, how: Callable[[Any], Any]) -> Path:
    file.write_text(json.dumps(how(json.loads(file.read_text()))))
    return file


def tensors(file: Path, how: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Other tensors in a file of weights."""
    from safetensors.torch import load_file, save_file

    kept = {name: value.clone() for name, value in load_file(file).items()}
    save_file(how(kept), file, {"format": "pt"})
