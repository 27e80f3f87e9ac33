"""Text as a modality: a tokenizer beside the encoder, and what it cannot read.

Shapes: B rows, T tokens, H width.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pick_model.data.dataset import Dataset
from pick_model.data.lengths import token_lengths
from pick_model.encoders.folder import ModelFiles, refuse_no_tokenizer, require_readers
from pick_model.encoders.loaded import Loaded, Modality, RowInputs, States, states
from pick_model.encoders.network_facts import (
    SAMPLE,
    UNLIMITED,
    arguments,
    encoder_of,
    framing,
    no_room,
    positions,
    refuse_empty,
    refuse_larger,
    refuse_left_over,
    refuse_nan,
    refuse_new_weights,
    refuse_other_input,
    refuse_short,
    table_rows,
    token_types,
)
from pick_model.encoders.products import keep_few_shapes
from pick_model.encoders.rows import Encoded
from pick_model.encoders.sealed import in_words
from pick_model.encoders.tokens import (
    HINT,
    MAX_LENGTH,
    TokenIds,
    measured,
    refuse_ids,
    tagged_rows,
    text_rows,
    token_batch,
)
from pick_model.errors import EnvironmentProblem, UsageError, WrongValue
from pick_model.words.say import message

LOOKED_AT = 500  # rows whose ids are looked at; a share is then known to within 5 points
COMPARED = 16  # tokens that must not all look alike to the model
TRIED = 4  # rows that go through the model
LENGTH = 64  # tokens of each
UNKNOWN_ALLOWED = 0.5  # of all pieces: with more, the model reads less than it misses


class Texts(Modality):
    """Texts, pairs of them and rows of words."""

    name = "text"

    def longest(self, loaded: Loaded, asked: int | None) -> int:
        return min(asked or MAX_LENGTH, loaded.positions)

    def lengths(self, rows: Dataset, loaded: Loaded, asked: int | None) -> tuple[int, float]:
        """Room for nearly all rows; for tokens all of them, since a word cut off is a word lost."""
        seen = token_lengths(rows, measured(loaded), loaded.positions)
        wanted = seen.longest if rows.tokens is not None else 1.25 * seen.p95
        wanted = min(wanted, seen.longest, MAX_LENGTH)
        chosen = min(asked or 8 * math.ceil(max(wanted, 8) / 8), loaded.positions)
        return chosen, token_lengths(rows, measured(loaded), chosen).truncated

    def encode(self, rows: Dataset, loaded: Loaded, longest: int) -> RowInputs:
        if told := no_room(longest, loaded.frame, loaded.name):
            raise UsageError(told, hint=message("give-longer-length"))
        starts = None
        with in_words(message("tokenizer-fails"), HINT, "tokenizer"):
            if rows.tokens is not None:
                ids, starts = tagged_rows(rows.tokens, loaded, longest)
                inputs: tuple[TokenIds, ...] = tuple({"input_ids": row} for row in ids)
            else:
                inputs = text_rows(rows.texts, rows.pairs, loaded, longest)
        refuse_ids(inputs, loaded)
        return RowInputs(inputs, starts)

    def batch(self, rows: Encoded, chosen: Sequence[int], loaded: Loaded) -> dict[str, Tensor]:
        return token_batch(rows, chosen, loaded)

    def sample(self, loaded: Loaded) -> dict[str, Tensor]:
        """A short text, each (1, T)."""
        rows = loaded.table_rows or UNLIMITED
        ids = [i for i in loaded.tokenizer(SAMPLE)["input_ids"] if i < rows] or [0]
        return {
            "input_ids": torch.tensor([ids], device=loaded.device),
            "attention_mask": torch.ones(1, len(ids), dtype=torch.int64, device=loaded.device),
        }

    def states_of(self, out: Any, inputs: Mapping[str, Tensor]) -> States:
        given = out[0] if isinstance(out, tuple) and out else None
        found = getattr(out, "last_hidden_state", None) if given is None else given
        if not isinstance(found, torch.Tensor) or found.ndim != 3:
            raise WrongValue(message("gives-no-vectors"))
        if found.shape[:2] != inputs["input_ids"].shape:
            n, tokens = found.shape[1], inputs["input_ids"].shape[1]
            raise WrongValue(message("gives-vectors", n=n, tokens=tokens))
        return States(found, inputs["attention_mask"])

    def poolings(self, loaded: Loaded, inputs: dict[str, Tensor], last: Tensor) -> tuple[str, ...]:
        """The first token where both sides are seen and something stands before the text, the
        last where later tokens are not seen.
        """
        if sees_no_later(loaded, inputs, last):
            return ("mean", "last")
        return ("mean", "first") if loaded.frame[0] else ("mean",)

    def trial(self, loaded: Loaded, rows: Dataset) -> tuple[Sequence[int], int]:
        step = max(1, len(rows) // LOOKED_AT)
        places = range(0, len(rows), step)[:LOOKED_AT]
        ids = [
            row["input_ids"] for row in self.encode(rows.take(places), loaded, loaded.positions)[0]
        ]
        refuse_unknown(ids, loaded)
        order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
        chosen = [order[0], *order[-1:], *order[len(order) // 2 :][: TRIED - 2]]
        return [step * at for at in sorted(set(chosen))], min(LENGTH, loaded.positions)

    def different(self, loaded: Loaded, batch: Encoded) -> dict[str, Tensor] | None:
        """A token each, within the frame: else the word table, or a layer, is empty."""
        before, after = loaded.frame
        special = set(loaded.tokenizer.all_special_ids)
        ids = {i for row in batch.inputs for i in row["input_ids"]} - special - {*before, *after}
        rows = [[*before, i, *after] for i in sorted(ids)[:COMPARED]]
        if len(rows) < 2:
            return None
        inputs = {"input_ids": torch.tensor(rows, device=loaded.device)}  # (B, T)
        inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        return inputs


TEXTS = Texts()


def refuse_unknown(rows: Sequence[Sequence[int]], loaded: Loaded) -> None:
    """Refuse a vocabulary to which most of the data is unknown."""
    unknown = loaded.tokenizer.unk_token_id
    special = set(loaded.tokenizer.all_special_ids) - {unknown}
    before, after = (len(ids) for ids in loaded.frame)
    bodies = (ids[before : len(ids) - after] for ids in rows)
    pieces = [i for body in bodies for i in body if i not in special]
    count = sum(i == unknown for i in pieces) if unknown is not None else 0
    if not pieces or count > UNKNOWN_ALLOWED * len(pieces):
        share = count / len(pieces) if pieces else 1.0
        raise EnvironmentProblem(
            message("pieces-unknown", share=share, name=loaded.name),
            hint=message("give-model-of-script"),
            code="tokenizer",
        )


def sees_no_later(loaded: Loaded, inputs: dict[str, Tensor], last: Tensor) -> bool:
    """Whether the first token's state stays as it is when the last token is another."""
    ids = inputs["input_ids"]
    others = ids[0][ids[0] != ids[0, -1]]
    if not len(others):
        return False
    changed = torch.cat([ids[:, :-1], others[:1, None]], dim=1)
    then = states(loaded, {**inputs, "input_ids": changed}).places
    return torch.allclose(then[0, 0], last[0, 0], rtol=1e-5, atol=0.0)


def load_texts(
    seen: Path,
    files: ModelFiles,
    name: str,
    device: torch.device,
    dtype: torch.dtype,
    trust_remote_code: bool,
) -> Loaded:
    """The encoder and tokenizer in a folder of checked files; `hidden` is left to be found."""
    keep_few_shapes()
    encoder, tokenizer = from_transformers(seen, files, name, trust_remote_code)
    encoder = encoder.to(device)
    refuse_nan(encoder, name)
    refuse_empty(tokenizer, name)
    frame, spaced = framing(tokenizer)
    rows, pad = table_rows(encoder), tokenizer.pad_token_id
    longest = positions(encoder, tokenizer)
    refuse_short(longest, frame, name)
    return Loaded(
        encoder=encoder,
        modality=TEXTS,
        hidden=0,
        positions=longest,
        device=device,
        dtype=dtype,
        name=name,
        takes=arguments(encoder),
        tokenizer=tokenizer,
        table_rows=rows,
        token_types=token_types(encoder),
        pad_id=pad if isinstance(pad, int) and 0 <= pad < (rows or pad + 1) else 0,
        frame=frame,
        spaced=spaced,
    )


def from_transformers(
    seen: Path, files: ModelFiles, name: str, trust_remote_code: bool
) -> tuple[nn.Module, Any]:
    """Encoder and tokenizer, with every tensor of the encoder from the weights."""
    from transformers import MODEL_MAPPING, AutoConfig, AutoModel, AutoTokenizer

    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": trust_remote_code}
    config = AutoConfig.from_pretrained(seen, **options)
    if type(config) in MODEL_MAPPING:
        found = MODEL_MAPPING[type(config)]
        refuse_other_input(found[0] if isinstance(found, tuple) else found, name)
    refuse_no_tokenizer(files, name)
    require_readers(files, name)
    if type(config) in MODEL_MAPPING:
        refuse_larger(config, files.parameters, name)
    tokenizer = AutoTokenizer.from_pretrained(seen, **options)
    model, info = AutoModel.from_pretrained(
        seen,
        use_safetensors=True if files.parameters is not None else None,
        dtype=torch.float32,
        output_loading_info=True,
        ignore_mismatched_sizes=True,  # told below, with names and shapes
        **options,
    )
    encoder = encoder_of(model)
    refuse_other_input(encoder, name)
    refuse_new_weights(model, encoder, info, name)
    refuse_left_over(model, info, name)
    return encoder, tokenizer
