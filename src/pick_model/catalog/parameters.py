"""The number of parameters that follows from an architecture's shape.

`count_parameters` is the only public function. It counts matrices, biases and norms of the
family's own layout; a shape that lacks a dimension, or a family nobody wrote a layout for
(convolutions, hierarchical backbones, relative attention), gives None.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pick_model.documents.catalog import Entry, Shape


@dataclass(frozen=True)
class Layout:
    """What a family's code adds to its matrices. Widths come from the entry's shape."""

    bias: bool = True  # on every linear layer
    qkv_bias: bool | None = None  # on query, key and value; None: as `bias`
    attention_norms: int = 0  # vectors of head_dim a layer that normalise query and key
    norms: float = 2  # norms of the hidden width a layer
    norm_vectors: int = 2  # 2: scale and shift (LayerNorm); 1: scale (RMSNorm)
    final_norm: bool = False
    embedding_norm: bool = True
    pooler: bool = False
    positions: bool = True  # a learnt table of n_positions vectors
    tied: bool = True  # the output layer reuses the embedding table
    extra: int = 0  # what does not scale with the shape


BERT = Layout(pooler=True)
GPT2 = Layout(final_norm=True, embedding_norm=False)
LLAMA = Layout(
    bias=False,
    norm_vectors=1,
    final_norm=True,
    embedding_norm=False,
    positions=False,
    tied=False,
)
