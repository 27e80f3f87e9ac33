"""Linear layers go by oneDNN while features are made: the same numbers, and nothing stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from pick_model.encoders import onednn  # noqa: E402  after the skip
from pick_model.encoders.features import all_views, features  # noqa: E402
from pick_model.encoders.load import Loaded, encode, load  # noqa: E402
from pick_model.encoders.onednn import by_onednn  # noqa: E402
from tests.encoders.models import bert  # noqa: E402
from tests.measure.conftest import make_rows  # noqa: E402

needed = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available() or not hasattr(torch.ops.mkldnn, "_linear_pointwise"),
    reason="this torch has no oneDNN",
)


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    return load(bert(tmp_path / "model", num_hidden_layers=2), device="cpu", precision="fp32")


def linears(loaded: Loaded) -> list[Any]:
    return [m for m in loaded.encoder.modules() if type(m) is torch.nn.Linear]


def changed(loaded: Loaded) -> list[Any]:
    return [m for m in linears(loaded) if "forward" in vars(m)]


@needed
def test_features_are_the_same_and_come_that_way(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = encode(make_rows("single-label", 40), loaded, 64)
    views, went = all_views(loaded, False), []
    linear = onednn._linear

    def counted(product: Any, module: Any, x: Any) -> Any:
        went.append(module)
        return linear(product, module, x)

    monkeypatch.setattr(onednn, "_linear", counted)
    by_it = features(loaded, rows, views)
    assert went
    assert not changed(loaded)
    went.clear()
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    without = features(loaded, rows, views)
    assert not went
    np.testing.assert_allclose(by_it, without, rtol=1e-4, atol=1e-5)


@needed
def test_input_of_any_shape_and_order_is_taken(loaded: Loaded) -> None:
    [layer, *_] = linears(loaded)
    torch.manual_seed(0)
    width = layer.in_features
    shapes: list[Any] = [
        torch.randn(width),
        torch.randn(3, width),
        torch.randn(2, 3, width),
        torch.randn(0, width),
        torch.randn(width, 3).T,
        torch.randn(3, 2, width).transpose(0, 1),
    ]
    with torch.inference_mode():
        plain = [layer(x) for x in shapes]
        with by_onednn(loaded):
            found = [layer(x) for x in shapes]
    for x, y in zip(plain, found, strict=True):
        assert torch.allclose(x, y, rtol=1e-4, atol=1e-5)


@needed
def test_a_layer_with_a_forward_of_its_own_keeps_it(loaded: Loaded) -> None:
    first, second, *_ = linears(loaded)
    own = first.forward = lambda x: x
    with by_onednn(loaded):
        assert vars(first)["forward"] is own
        assert "forward" in vars(second)
    assert changed(loaded) == [first]


@needed
def test_layers_are_as_before_after_a_fault(loaded: Loaded) -> None:
    [layer, *_] = linears(loaded)
    with pytest.raises(RuntimeError), by_onednn(loaded):
        layer(torch.zeros(1, layer.in_features + 1))
    assert not changed(loaded)


def test_half_precision_is_left_as_it_is(loaded: Loaded) -> None:
    with by_onednn(replace(loaded, dtype=torch.bfloat16)):
        assert not changed(loaded)
