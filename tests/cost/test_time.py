"""Hours and milliseconds: what must hold of them, and runs that others published."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pick_model.catalog.catalog import Catalog
from pick_model.cost.estimate import estimate
from pick_model.cost.fit_rates import RUNS, covered, fit_all, held_out, read_runs
from pick_model.cost.outputs import (
    DISENTANGLED,
    DROPPED,
    EAGER,
    FUSED,
    output_numbers,
    score_tensors,
)
from pick_model.cost.rates import Rates, rates_of, seconds
from pick_model.cost.time import devices_used, energy_kwh, training_step
from pick_model.documents.hardware import Machine, Timing
from pick_model.documents.profile import Profile, settle
from pick_model.documents.task import Task
from pick_model.interval import Interval
from pick_model.record import replace

from .helpers import hours


def settled(catalog: Catalog, hardware: str | Machine = "nvidia-t4", **given: object) -> Profile:
    machine = hardware if isinstance(hardware, Machine) else catalog.machine(hardware)
    task = Task(task="text-classification", n_rows=10_000)
    return replace(settle(task, lambda _: machine), accumulates=False, **given)


def latency(catalog: Catalog, model: str, profile: Profile) -> Interval:
    found = estimate(catalog.find(model), profile).latency_ms
    assert found is not None
    return found


# ------------------------------------------------------------------------------- laws


@settings(deadline=None, max_examples=30)
@given(tokens=st.integers(1, 500), batch=st.integers(1, 256), more=st.integers(1, 8))
def test_hours_grow_with_length_and_rows_and_shrink_with_the_batch(
    tokens: int, batch: int, more: int, catalog: Catalog
) -> None:
    plain = settled(catalog, input_tokens=tokens, batch_size=batch)
    before = hours(catalog, "bert-base-cased", plain).value
    longer = replace(plain, input_tokens=min(tokens + more, 512))
    assert hours(catalog, "bert-base-cased", longer).value >= before
    rows = replace(plain, n_rows=plain.n_rows * more)
    assert hours(catalog, "bert-base-cased", rows).value == pytest.approx(before * more)
    wider = replace(plain, batch_size=batch * more)
    assert hours(catalog, "bert-base-cased", wider).value <= before * (1 + 1e-9)


def test_what_is_trained_decides_the_hours(catalog: Catalog) -> None:
    by_method = [
        hours(catalog, "roberta-base", settled(catalog, method=method)).value
        for method in ("as-is", "frozen", "lora", "qlora", "full")
    ]
    assert by_method[0] == 0
    assert by_method == sorted(by_method)


def test_several_machines_share_the_rows_and_lose_a_little(catalog: Catalog) -> None:
    one = hours(catalog, "roberta-base", settled(catalog))
    two = hours(catalog, "roberta-base", settled(catalog, "2x nvidia-t4"))
    assert one.value / 2 < two.value < one.value  # each of them has half a batch to fill it
    served = [
        latency(catalog, "roberta-base", settled(catalog, name))
        for name in ("nvidia-t4", "2x nvidia-t4")
    ]
    assert served[0] == served[1]


def test_accumulated_gradients_are_stepped_once(catalog: Catalog) -> None:
    entry, profile = catalog.find("bert-large-cased"), settled(catalog, batch_size=32)
    flops = Interval(1e11, 1e11, 1e11)
    whole, part = (training_step(entry, profile, flops, batch) for batch in (32, 1))
    assert whole is not None
    assert part is not None
    weights = (entry.n_parameters or 0) - (entry.n_embedding_parameters or 0)
    # 32 parts read the weights 32 times as often, three passes of 2 bytes, and step as often.
    assert 32 * part.moved_bytes - whole.moved_bytes == pytest.approx(31 * 3 * 2 * weights)


def test_energy_is_power_times_hours_of_all_devices(catalog: Catalog) -> None:
    two = catalog.machine("2x nvidia-t4")
    profile = settled(catalog, two, batch_size=8)
    assert energy_kwh(profile, Interval(10, 5, 20)) == pytest.approx((1.4, 0.7, 2.8))  # 70 W each
    alone = replace(profile, batch_size=1)  # the second has no row of it
    assert energy_kwh(alone, Interval(10, 5, 20)) == pytest.approx((0.7, 0.35, 1.4))
    unknown = replace(profile, train_on=replace(two, tdp_w=None))
    assert energy_kwh(unknown, Interval(1, 1, 1)) is None
    assert energy_kwh(profile, None) is None


def test_more_devices_than_rows_of_a_batch_train_no_faster(catalog: Catalog) -> None:
    def on(count: int) -> Interval:
        return hours(
            catalog, "bert-base-cased", settled(catalog, f"{count}x nvidia-t4", batch_size=32)
        )

    assert on(2).value < on(1).value
    assert on(9999) == on(33) == on(32)  # one row each, whoever else stands by
    assert on(31) == on(16)  # someone has two rows all the same
    assert devices_used(settled(catalog, "9999x nvidia-t4", batch_size=32)) == 32


def test_images_wait_for_their_decoding(catalog: Catalog) -> None:
    fast = catalog.machine("nvidia-h100-sxm")
    task = Task(task="image-classification", n_rows=1_000_000)
    profile = replace(settle(task, lambda _: fast), accumulates=False, epochs=1.0, batch_size=256)
    small = hours(catalog, "mobilenetv3_large_100.ra_in1k", profile)
    assert small.value >= 1_000_000 / (4 * 551) / 3600 * (1 - 1e-9)  # four processes of Pillow


# --------------------------------------------------------------------------- attention


@pytest.mark.parametrize(
    ("model", "scores"),
    [("bert-base-cased", FUSED), ("modernbert-base", FUSED), ("deberta-v3-base", DISENTANGLED),
     ("mpnet-base", EAGER)],
)  # fmt: skip
def test_scores_are_written_where_attention_is_not_fused(
    model: str, scores: int, catalog: Catalog
) -> None:
    assert score_tensors(catalog.find(model), 512) == scores


def test_deberta_multiplies_by_positions_however_short_the_text(catalog: Catalog) -> None:
    """v3's products are with 512 positions, v1's with every distance there is."""
    short, shorter = (score_tensors(catalog.find("deberta-v3-base"), n) for n in (256, 128))
    assert (short, shorter) == (DISENTANGLED + 1, DISENTANGLED + 3)
    first = catalog.find("deberta-base")
    assert score_tensors(first, 64) == score_tensors(first, 512) == DISENTANGLED + 1


def test_a_processor_writes_the_scores_that_it_drops_in_training(catalog: Catalog) -> None:
    """No processor has a fused kernel with dropout; ViT's attention has none."""
    for model, fused in (("bert-base-cased", False), ("vit-base-patch16-224", True)):
        entry = catalog.find(model)
        assert score_tensors(entry, 512) == FUSED
        assert score_tensors(entry, 512, trained_on_cpu=True) == (FUSED if fused else DROPPED)
    entry = catalog.find("bert-base-cased")
    profile = settled(catalog, "cpu-8-core", input_tokens=256)
    more = output_numbers(entry, profile, 1.0, trained_on_cpu=True) - (
        output_numbers(entry, profile, 1.0)
    )
    assert more == 2 * 12 * 12 * 256**2


def test_qlora_takes_longer_than_lora_and_is_known_less_well(catalog: Catalog) -> None:
    lora, qlora = (
        hours(catalog, "mistral-7b-v0.1", settled(catalog, "nvidia-t4", method=method))
        for method in ("lora", "qlora")
    )
    assert qlora.value == pytest.approx(1.5 * lora.value)
    assert qlora.high / qlora.value > qlora.value / qlora.low  # some unpack far longer
    apart = (2.36 / 1.33) * (lora.high / lora.low)  # if both ends went together
    assert lora.high / lora.low < qlora.high / qlora.low < apart


def test_a_processor_unpacks_once_a_pass_however_long_the_inputs(catalog: Catalog) -> None:
    def times(batch: int) -> float:
        lora, qlora = (
            hours(catalog, "bert-base-cased",
                  settled(catalog, "cpu-8-core", method=method, batch_size=batch))
            for method in ("lora", "qlora")
        )  # fmt: skip
        return qlora.value / lora.value

    assert 1.1 < times(1) < 1.5  # measured on 128 tokens: 1.14 to 1.28
    assert times(8) - 1 == pytest.approx((times(1) - 1) / 8, rel=0.02)


def test_deberta_takes_about_twice_modernberts_time_on_512_tokens(catalog: Catalog) -> None:
    profile = settled(catalog, "nvidia-rtx-4090", input_tokens=512, batch_size=32)
    ratio = hours(catalog, "deberta-v3-base", profile).value / (
        hours(catalog, "modernbert-base", profile).value
    )
    assert 1.5 < ratio < 3


def test_deberta_is_slower_than_bert_on_one_short_text(catalog: Catalog) -> None:
    profile = settled(catalog, "nvidia-v100-16gb")
    ratio = latency(catalog, "deberta-v3-base", profile).value / (
        latency(catalog, "bert-base-cased", profile).value
    )
    assert 1.3 < ratio < 2.5


def test_what_a_vit_writes_is_what_timm_counted_but_for_the_scores(catalog: Catalog) -> None:
    entry = catalog.find("vit_base_patch16_224.augreg2_in21k_ft_in1k")
    assert entry.forward is not None
    task = Task(task="image-classification", n_rows=1)
    profile = settle(task, lambda _: catalog.machine("nvidia-t4"))
    counted = entry.forward.activations or 0.0
    written = output_numbers(entry, profile, 1.0)
    heads, layers, tokens = 12, 12, 197
    # timm's older tables count the scores, its newer ones do not.
    assert written == pytest.approx(counted, rel=0.03) or (
        written + layers * heads * tokens**2 == pytest.approx(counted, rel=0.03)
    )


# --------------------------------------------------------------------------- published runs

# Training rows of the GLUE tasks (Wang et al. 2018, table 1); run_glue.py pads to 128 tokens
# and trains 3 epochs at batch 32.
ROWS = {"SST-2": 67_349, "QQP": 363_846, "MNLI": 392_702, "QNLI": 104_743, "CoLA": 8_551}


@pytest.fixture(scope="module")
def glue_seconds(test_data: Path) -> dict[str, float]:
    table = test_data.parent / "gold" / "bert_base_cased_glue_train_seconds_titanrtx.csv"
    if not table.exists():
        pytest.skip(f"no published times at {table}")
    with table.open(encoding="utf-8") as file:
        return {
            row["dataset"]: float(row["score"])
            for row in csv.DictReader(file)
            if row["metric"].startswith("train_seconds")
        }


@pytest.mark.parametrize("task", ROWS)
def test_the_interval_covers_what_a_titan_rtx_took(
    task: str, glue_seconds: dict[str, float], catalog: Catalog
) -> None:
    titan = Machine(
        id="titan-rtx", kind="gpu", memory_gib=24.0, fp32_tflops=16.3, bandwidth_gb_s=672.0,
        tdp_w=280.0,
    )  # fmt: skip
    profile = settled(catalog, titan, dtype="fp32", n_rows=ROWS[task])
    found = hours(catalog, "bert-base-cased", profile)
    assert found.low < glue_seconds[task] / 3600 < found.high
    assert found.high / found.low < 4


@pytest.mark.parametrize(
    ("machine", "tokens", "real_ms"),
    [
        # NVIDIA's TensorFlow BERT, fp16, one sequence of 128: 1000 / 206.82 a second; T4 / 91.93
        ("nvidia-v100-16gb", 128, 4.84),
        ("nvidia-t4", 128, 10.9),
        ("nvidia-a100-40gb", 128, 4.32),
        # ONNX Runtime on a 4-core Xeon W-2123, unfused and fused (nnopt)
        ("cpu-4-core", 128, 111.0),
        ("cpu-4-core", 128, 75.0),
    ],
)
def test_the_interval_covers_published_latencies_of_bert_base(
    machine: str, tokens: int, real_ms: float, catalog: Catalog
) -> None:
    profile = settled(catalog, machine, input_tokens=tokens)
    found = latency(catalog, "bert-base-uncased", profile)
    assert found.low < real_ms < found.high
    assert found.high / found.low < 4


def test_left_out_chips_are_covered_nine_times_in_ten() -> None:
    runs = [r for r in read_runs() if r.cell[:2] == ("single", "transformer")]  # the fewest
    fp32 = Machine(id="x", kind="gpu", memory_gib=1.0, fp32_tflops=1.0, bandwidth_gb_s=25.0)
    shipped = rates_of(fp32, "fp32", "transformer", "infer")
    assert shipped is not None
    between = shipped.covariance[0][0] ** 0.5
    assert covered(held_out(runs), between) >= 0.89


def test_the_shipped_rates_are_those_of_the_fit() -> None:
    fit = fit_all([run for run in read_runs() if run.cell[0] == "single"])
    machine = Machine(id="x", kind="gpu", memory_gib=1.0, fp32_tflops=10.0, bandwidth_gb_s=500.0)
    for kind in ("transformer", "convolution"):
        for phase in ("train", "infer"):
            rates = rates_of(machine, "fp32", kind, phase)
            assert rates is not None
            scale = list(fit["single", kind, phase].logs)
            assert rates.logs[0] - scale[0] == pytest.approx(29.934, abs=0.01)  # ln 1e13
            assert rates.logs[2] == pytest.approx(scale[2], abs=0.01)


def test_published_runs_carry_the_peaks_of_the_machines_table(catalog: Catalog) -> None:
    with RUNS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["device"] not in catalog.plain_hardware:
                continue
            machine = catalog.machine(row["device"])
            peak = {"mixed": machine.fp16_tflops, "tf32": machine.tf32_tflops}
            assert float(row["peak_tflops"]) == peak.get(row["dtype"], machine.fp32_tflops)
            assert float(row["bandwidth_gb_s"]) == machine.bandwidth_gb_s


# --------------------------------------------------------------------------- calibration


def test_a_calibrated_machine_estimates_itself_more_narrowly(catalog: Catalog) -> None:
    machine = catalog.machine("cpu-4-core")
    profile = settled(catalog, machine, dtype="fp32")
    before = hours(catalog, "bert-base-cased", profile)
    rates = rates_of(machine, "fp32", "transformer", "train")
    assert rates is not None
    timings = []
    for flops, moved in ((1e10, 5e8), (1e11, 1e9), (1e9, 2e8)):
        step = seconds_of(rates, flops, moved)
        timings.append(
            Timing(
                origin="probe", what="another", kind="transformer", phase="train", dtype="fp32",
                flops=flops, moved_bytes=moved, launches=12, seconds=1.6 * step,
                made_on="2026-11-28",
            )
        )  # fmt: skip
    timed = replace(profile, train_on=replace(machine, measured=tuple(timings)))
    after = hours(catalog, "bert-base-cased", timed)
    assert after.value == pytest.approx(1.6 * before.value, rel=0.2)
    costs = estimate(catalog.find("bert-base-cased"), timed)
    assert (costs.hours_basis, costs.latency_basis) == ("measured", "derived")
    assert after.high / after.low < before.high / before.low


def seconds_of(rates: Rates, flops: float, moved: float) -> float:
    from pick_model.cost.rates import Step

    return seconds(Step(flops, moved, 12), rates).value
