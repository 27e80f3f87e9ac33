"""The largest batch: what fits, and what ran elsewhere."""

from __future__ import annotations

import pytest

from pick_model.catalog.load import load_catalog
from pick_model.cost.estimate import LargestBatch, estimate, largest_batch
from pick_model.cost.memory import Setup, training_account
from pick_model.documents.catalog import Shape
from pick_model.record import replace

from ..advise.helpers import MACHINE, entry, profile


def test_the_largest_batch_fits_and_one_more_does_not() -> None:
    settled = profile(input_tokens=512, accumulates=False)
    found = largest_batch(estimate(entry(), settled), settled.train_on)
    for end, batch in (("value", found.expected), ("high", found.surely), ("low", found.perhaps)):
        assert batch is not None
        for size, fitting in ((batch, True), (batch + 1, False)):
            one = replace(settled, batch_size=size)
            needed = estimate(entry(), one, Setup()).training_memory_gib
            assert needed is not None
            amount = getattr(needed, end)
            if end == "high":  # and by software that writes out what PyTorch joins
                account = training_account(entry(), one, Setup())
                assert account is not None
                amount = max(amount, account.written_out(size))
            assert (amount <= settled.train_on.memory_gib) is fitting


# Largest batches by Google's README for BERT (TensorFlow 1.11, a Titan X of 12 GB) by length, and
# NVIDIA's of BERT-large on 32 GB (TensorFlow 1.15; at 512 by DeepLearningExamples #29, fp16).
TENSORFLOWS = (
    ("bert-base-uncased", 12.0, "fp32", {256: 16, 320: 14, 384: 12}),
    ("bert-large-uncased", 32.0, "fp32", {384: 10}),
    ("bert-large-uncased", 32.0, "mixed", {512: 13}),
)


@pytest.mark.parametrize(("model", "memory", "dtype", "real"), TENSORFLOWS)
def test_the_largest_batch_holds_what_ran_in_tensorflow(
    model: str, memory: float, dtype: str, real: dict[int, int]
) -> None:
    """A shorter input or a fuller card leaves TensorFlow fewer still: README of the benchmark."""
    one = load_catalog(()).find(model)
    card = replace(MACHINE, memory_gib=memory)
    for tokens, most in real.items():
        settled = profile(input_tokens=tokens, dtype=dtype, train_on=card, accumulates=False)
        found = largest_batch(estimate(one, settled, Setup(attention="eager")), card)
        assert found.surely is not None
        assert found.perhaps is not None
        assert found.surely * 0.8 <= most <= found.perhaps
        assert found.perhaps <= 2.5 * found.surely


def test_where_not_one_input_fits_there_is_no_largest_batch() -> None:
    small = replace(MACHINE, memory_gib=1.0)
    nothing = LargestBatch(expected=None, surely=None, perhaps=None)
    settled = profile(train_on=small, accumulates=False)
    assert largest_batch(estimate(entry(), settled), small) == nothing
    nobody_knows = estimate(entry(shape=Shape()), settled)
    assert largest_batch(nobody_knows, small) == nothing


def test_what_transformers_writes_out_itself_is_not_counted_twice() -> None:
    """RMS norm and gated blocks are products in its code, and so in the traces."""
    known = load_catalog(())
    plain, gated = (
        training_account(known.find(name), profile(method="lora"), Setup(attention="eager"))
        for name in ("gpt2", "mistral-7b-v0.1")
    )
    assert plain is not None
    assert gated is not None
    assert plain.written_out_one > 0
    assert gated.written_out_one == pytest.approx(0.0, abs=1e-6)
    assert gated.written_out(1) <= gated.total(1).high
