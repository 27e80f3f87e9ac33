"""Linear layers by the other library: the same numbers, and only where they may be had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402  after the skip
from torch.nn import functional  # noqa: E402

from pick_model.encoders import products  # noqa: E402

CPU = torch.device("cpu")
needs_it = pytest.mark.skipif(
    not products.by_onednn(), reason="a processor without AVX-512, or torch without the operator"
)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was multiplied the other way."""
    found: list[tuple[Any, ...]] = []

    def noted(*given: Any) -> Any:
        found.append(given)
        return functional.linear(*given)

    monkeypatch.setattr(products, "_linear", noted)
    return found


@pytest.fixture
def forgotten() -> Iterator[None]:
    """What this processor can do is asked again, before and after."""
    products.by_onednn.cache_clear()
    yield
    products.by_onednn.cache_clear()


@needs_it
@pytest.mark.parametrize("shape", [(7, 5), (2, 3, 5), (2, 3, 4, 5)])
@pytest.mark.parametrize("with_bias", [True, False])
def test_the_products_are_those_of_torch_to_rounding(
    shape: tuple[int, ...], with_bias: bool
) -> None:
    torch.manual_seed(0)
    x, weight = torch.randn(shape), torch.randn(6, 5)
    bias = torch.randn(6) if with_bias else None
    for given in (x, torch.stack([x, x], dim=-1)[..., 0]):  # the other one with gaps
        wanted = functional.linear(given, weight, bias)
        with torch.inference_mode(), products.faster(CPU, torch.float32):
            found = functional.linear(given, weight=weight, bias=bias)
        assert found.shape == wanted.shape
        torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-6)


def test_only_plain_fp32_without_gradients_goes_the_other_way(
    taken: list[tuple[Any, ...]],
) -> None:
    x, weight = torch.ones(3, 5), torch.ones(6, 5)
    with products.ByOneDNN():
        functional.linear(x, weight)  # somebody may want the gradients
        with torch.inference_mode():
            functional.linear(x[0], weight)
            functional.linear(x.double(), weight.double())
            functional.linear(x.bfloat16(), weight.bfloat16())
            functional.linear(x[:0], weight)
            functional.gelu(x)
            assert taken == []
            functional.linear(x, weight)
            assert len(taken) == 1


def test_a_processor_or_a_torch_without_it_multiplies_as_ever(
    forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    assert not products.by_onednn()
    products.by_onednn.cache_clear()
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")

    def other_torch(*_: Any) -> Any:
        raise TypeError("takes 3 positional arguments")

    monkeypatch.setattr(products, "_linear", other_torch)
    assert not products.by_onednn()
    with products.faster(CPU, torch.float32), torch.inference_mode():
        assert functional.linear(torch.ones(2, 2), torch.eye(2)).tolist() == [[1.0, 1.0]] * 2


def test_other_devices_and_16_bits_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "by_onednn", lambda: True)
    assert isinstance(products.faster(CPU, torch.float32), products.ByOneDNN)
    for device, dtype in ((CPU, torch.bfloat16), (torch.device("cuda"), torch.float32)):
        assert not isinstance(products.faster(device, dtype), products.ByOneDNN)


def test_what_multiplies_by_other_layers_gains_little_by_it() -> None:
    table = nn.Embedding(1000, 8)
    assert products.mostly_linear(nn.Sequential(table, nn.Linear(8, 8), nn.LayerNorm(8)))
    assert not products.mostly_linear(nn.Sequential(nn.Conv2d(3, 64, 3), nn.Linear(64, 2)))
    assert not products.mostly_linear(table)
