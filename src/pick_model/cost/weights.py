"""Parameters that training holds: which are trained, which are frozen, and in how many bytes."""

from __future__ import annotations

from pick_model.cost.forward import layer_flops, n_layers
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile

# Bytes of a weight. Autocast keeps fp32 weights to train and a 16-bit copy of those that matrix
# products read (Micikevicius et al. 2018); what is frozen is loaded in 16 bits.
TRAINED_BYTES = {"fp32": 4, "mixed": 4, "bf16": 2}
FROZEN_BYTES = {"fp32": 4, "mixed": 2, "bf16": 2}
# QLoRA's 4 bits, and their scales: one byte for 64 weights, four bytes for 256 of those
# (Dettmers et al. 2023, arXiv:2305.14314, section 3).
QLORA_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)


def trained_parameters(entry: Entry, profile: Profile) -> float:
    """How many parameters have a gradient; a head's are left out."""
    if profile.method == "full":
        return float(entry.n_parameters or 0)
    if profile.method in ("lora", "qlora"):
        return lora_parameters(entry, profile.lora_rank)
    return 0.0


def lora_parameters(entry: Entry, rank: int) -> float:
    """Trainable parameters with LoRA on query and value (Hu et al. 2021, section 4.2).

    Two matrices a layer, each adapted by rank × (in + out). Without a known shape one
    percent of the model, the upper end of what the paper's table 2 trains.
    """
    shape = entry.shape
    if shape.hidden_size is None:
        return 0.01 * (entry.n_parameters or 0)
    return n_layers(entry) * 2 * rank * 2 * shape.hidden_size


def frozen_bytes(entry: Entry, n: int, profile: Profile) -> float:
    """Bytes of a model's `n` parameters where an adapter is trained beside them."""
    if profile.method != "qlora":
        return n * FROZEN_BYTES[profile.dtype]
    whole = _outside_layers(entry, n)
    return (n - whole) * QLORA_BYTES + whole * 4


def _outside_layers(entry: Entry, n: int) -> float:
    """Parameters in no layer's matrix: token tables, output layer, norms.

    QLoRA leaves them as they are, and PEFT's `prepare_model_for_kbit_training` makes them fp32.
    """
    shape, table = entry.shape, table_parameters(entry)
    if shape.n_layers is None or shape.n_decoder_layers or not shape.hidden_size:
        return table
    # A matrix costs two FLOPs a weight and token; scores, which have none, grow with S².
    matrices = 2 * layer_flops(shape, 1) - layer_flops(shape, 2) / 2
    return max(n - shape.n_layers * matrices / 2, table)


def table_parameters(entry: Entry) -> int:
    """Parameters of the token tables, which no layer's matrix product trains or quantises."""
    shape, n = entry.shape, entry.n_parameters or 0
    table = entry.n_embedding_parameters
    if table is None:
        table = (shape.vocab_size or 0) * (shape.embedding_size or shape.hidden_size or 0)
    return min(table, n)
