"""Hardware detection against the outputs of the tools and the files of the kernel it reads."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from pick_model.catalog.catalog import Catalog
from pick_model.cost.detect import best_match, described, detect_here, local_machine
from pick_model.documents.hardware import Machine
from pick_model.errors import EnvironmentProblem, UnknownName

GIB = 2**30


@pytest.fixture
def known(catalog: Catalog) -> dict[str, Machine]:
    return {name: catalog.machine(name) for name in catalog.plain_hardware}


class Tools:
    """Commands and what they print; every other one is not installed."""

    def __init__(self, **outputs: str) -> None:
        self.outputs = outputs

    def __call__(self, command: Sequence[str]) -> str | None:
        if command[0] == "sysctl":
            return self.outputs.get(command[2].replace(".", "_"))
        return self.outputs.get(command[0].replace("-", "_"))


def cpuinfo(cores: int, threads: int = 1, flags: str = "fpu avx avx2 fma", name: str = "") -> str:
    """/proc/cpuinfo of so many cores with so many threads each."""
    return "\n\n".join(
        f"processor\t: {n}\nmodel name\t: {name or 'Some CPU @ 2.50GHz'}\ncpu MHz\t\t: 3100.5\n"
        f"physical id\t: 0\ncore id\t\t: {n % cores}\nflags\t\t: {flags}"
        for n in range(cores * threads)
    ) + "\n"  # fmt: skip


def tree(folder: Path, files: dict[str, str]) -> Path:
    """A root folder with these files under it."""
    base = {"proc/cpuinfo": cpuinfo(4), "proc/meminfo": "MemTotal:       16777216 kB\n"}
    for name, text in (base | files).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def _four_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)


def on_linux(
    known: dict[str, Machine], root: Path, tools: Tools | None = None, **environment: str
) -> Machine:
    return local_machine(
        known,
        ask=tools or Tools(),
        root=root,
        platform="linux",
        environment=environment,
        cache=root / "cache",
    )


# ------------------------------------------------------------------------ accelerators


@pytest.mark.parametrize(
    ("name", "mebibytes", "entry"),
    [
        ("NVIDIA A100-SXM4-80GB", 81920, "nvidia-a100-80gb"),
        ("NVIDIA A100-SXM4-40GB", 40960, "nvidia-a100-40gb"),
        ("NVIDIA A100 80GB PCIe", 81920, "nvidia-a100-80gb"),
        ("Tesla T4", 15360, "nvidia-t4"),
        ("Tesla V100-SXM2-16GB", 16384, "nvidia-v100-16gb"),
        ("Tesla V100-PCIE-32GB", 32768, "nvidia-v100-pcie-32gb"),
        ("NVIDIA H100 80GB HBM3", 81559, "nvidia-h100-sxm"),
        ("NVIDIA H100 PCIe", 81559, "nvidia-h100-pcie"),
        ("NVIDIA H100 NVL", 95830, "nvidia-h100-nvl"),
        ("NVIDIA H200", 143771, "nvidia-h200"),
        ("NVIDIA L40S", 46068, "nvidia-l40s"),
        ("NVIDIA A10G", 23028, "nvidia-a10g"),
        ("NVIDIA GeForce RTX 3090", 24576, "nvidia-rtx-3090"),
        ("NVIDIA GeForce RTX 3090 Ti", 24564, "nvidia-rtx-3090-ti"),
        ("NVIDIA RTX A6000", 49140, "nvidia-rtx-a6000"),
        ("NVIDIA RTX 6000 Ada Generation", 49140, "nvidia-rtx-6000-ada"),
        ("Quadro RTX 6000", 24576, "nvidia-quadro-rtx-6000"),
    ],
)
def test_a_cuda_device_takes_its_peaks_from_the_entry_of_its_name(
    name: str, mebibytes: int, entry: str, known: dict[str, Machine], tmp_path: Path
) -> None:
    tools = Tools(nvidia_smi=f"GPU-1, {name}, {mebibytes}, {mebibytes}\n")
    found = on_linux(known, tree(tmp_path, {}), tools)
    assert (found.id, found.name, found.kind) == ("local", name, "gpu")
    assert found.memory_gib == round(mebibytes / 1024, 2)  # as found, not as sold
    assert found.fp16_tflops == known[entry].fp16_tflops
    assert found.bandwidth_gb_s == known[entry].bandwidth_gb_s


@pytest.mark.parametrize(
    "name", ["NVIDIA GeForce RTX 3080 Ti", "NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA X9000"]
)
def test_a_device_nobody_lists_has_memory_and_unknown_peaks(
    name: str, known: dict[str, Machine], tmp_path: Path
) -> None:
    found = on_linux(known, tree(tmp_path, {}), Tools(nvidia_smi=f"GPU-1, {name}, 12288, 12288\n"))
    assert (found.kind, found.memory_gib) == ("gpu", 12.0)
    assert (found.fp32_tflops, found.fp16_tflops, found.bandwidth_gb_s) == (None, None, None)


def test_every_listed_gpu_is_found_by_its_own_name(known: dict[str, Machine]) -> None:
    for machine in known.values():
        if machine.kind in ("gpu", "mps") and machine.name:
            match = best_match(
                machine.name,
                machine.memory_gib,
                [m for m in known.values() if m.kind == machine.kind],
            )
            assert match is not None
            assert match.id == machine.id


@pytest.mark.usefixtures("_four_cpus")
@pytest.mark.parametrize(
    ("visible", "name"),
    [("0", "Tesla T4"), ("1", "NVIDIA L4"), ("1,0", "NVIDIA L4"), ("GPU-8932f937", "Tesla T4"),
     ("", None), ("-1", None)],
)  # fmt: skip
def test_hidden_devices_do_not_count(
    visible: str, name: str | None, known: dict[str, Machine], tmp_path: Path
) -> None:
    tools = Tools(nvidia_smi="GPU-1a, Tesla T4, 15360, 15360\nGPU-2b, NVIDIA L4, 23034, 23034\n")
    found = on_linux(known, tree(tmp_path, {}), tools, CUDA_VISIBLE_DEVICES=visible)
    assert (found.kind, found.name) == ("gpu", name) if name else found.kind == "cpu"


@pytest.mark.usefixtures("_four_cpus")
@pytest.mark.parametrize(
    "output",
    ["", "NVIDIA-SMI has failed because it couldn't communicate with the driver.\n",
     "No devices were found\n", "GPU-1, Orin (nvgpu), [N/A], [N/A]\n"],
)  # fmt: skip
def test_a_driver_that_does_not_work_leaves_the_processor(
    output: str, known: dict[str, Machine], tmp_path: Path
) -> None:
    assert on_linux(known, tree(tmp_path, {}), Tools(nvidia_smi=output)).kind == "cpu"


@pytest.mark.parametrize("title", ["Card series", "Card Series"])  # by version of the tool
def test_a_rocm_device_is_found(title: str, known: dict[str, Machine], tmp_path: Path) -> None:
    told = {
        "card0": {
            "VRAM Total Memory (B)": str(192 * GIB),
            title: "AMD Instinct MI300X",
            "Card model": "0x74a1",
        },
        "system": {"Driver version": "6.7"},
    }
    found = on_linux(known, tree(tmp_path, {}), Tools(rocm_smi=json.dumps(told)))
    assert (found.kind, found.memory_gib) == ("gpu", 192.0)
    assert found.bf16_tflops == known["amd-mi300x"].bf16_tflops


@pytest.mark.usefixtures("_four_cpus")
@pytest.mark.parametrize(
    "told", ["WARNING: no AMD GPUs", "[]", "{}", '{"card0": {}}', '{"card0": 1}']
)
def test_rocm_output_without_a_card_leaves_the_processor(
    told: str, known: dict[str, Machine], tmp_path: Path
) -> None:
    assert on_linux(known, tree(tmp_path, {}), Tools(rocm_smi=told)).kind == "cpu"


def test_apple_silicon_is_one_device_with_the_whole_memory(known: dict[str, Machine]) -> None:
    tools = Tools(hw_memsize=str(64 * GIB), machdep_cpu_brand_string="Apple M4 Max\n")
    found = local_machine(
        known, ask=tools, platform="darwin", environment={}, cache=Path("/nowhere")
    )
    assert (found.id, found.kind, found.memory_gib) == ("local", "mps", 64.0)
    assert found.bandwidth_gb_s == known["apple-m4-max"].bandwidth_gb_s


def test_an_intel_mac_is_its_processor(known: dict[str, Machine]) -> None:
    tools = Tools(
        hw_memsize=str(16 * GIB),
        machdep_cpu_brand_string="Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz\n",
        machdep_cpu_leaf7_features="SMEP AVX2 BMI2\n",
        hw_physicalcpu="6\n",
    )
    found = local_machine(
        known, ask=tools, platform="darwin", environment={}, cache=Path("/nowhere")
    )
    assert found.kind == "cpu"
    assert found.fp32_tflops == pytest.approx(6 * 2.6 * 32 / 1000)


# -------------------------------------------------------------------------- processors


@pytest.mark.usefixtures("_four_cpus")
@pytest.mark.parametrize(
    ("flags", "per_cycle"),
    [("fpu sse2", 8), ("avx avx2 fma", 32), ("avx2 avx512f avx512bw", 64), ("avx512_bf16", 8)],
)
def test_a_processor_peak_is_cores_times_clock_times_flop_a_cycle(
    flags: str, per_cycle: int, known: dict[str, Machine], tmp_path: Path
) -> None:
    found = on_linux(known, tree(tmp_path, {"proc/cpuinfo": cpuinfo(4, flags=flags)}))
    assert (found.id, found.kind) == ("local", "cpu")
    assert found.fp32_tflops == pytest.approx(4 * 2.5 * per_cycle / 1000)
    assert found.memory_gib == 16777216 / 1024**2
    assert found.fp16_tflops is None


def test_the_generic_processors_follow_the_same_rule(known: dict[str, Machine]) -> None:
    for cores in (2, 4, 8, 16, 32):
        assert known[f"cpu-{cores}-core"].fp32_tflops == pytest.approx(cores * 2.5 * 32 / 1000)


@pytest.mark.usefixtures("_four_cpus")
def test_two_threads_of_a_core_count_once(known: dict[str, Machine], tmp_path: Path) -> None:
    root = tree(tmp_path, {"proc/cpuinfo": cpuinfo(2, threads=2)})
    assert on_linux(known, root).fp32_tflops == pytest.approx(2 * 2.5 * 32 / 1000)


def test_affinity_limits_the_cores(
    known: dict[str, Machine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {2}, raising=False)
    found = on_linux(known, tree(tmp_path, {}))
    assert found.fp32_tflops == pytest.approx(1 * 2.5 * 32 / 1000)
    assert (found.name or "").endswith("1 core")


@pytest.mark.usefixtures("_four_cpus")
def test_arm_is_known_by_its_vector_unit_and_its_highest_clock(
    known: dict[str, Machine], tmp_path: Path
) -> None:
    arm = "\n\n".join(f"processor\t: {n}\nFeatures\t: fp asimd aes" for n in range(4))
    clock = "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"
    root = tree(tmp_path, {"proc/cpuinfo": arm, clock: "3000000\n"})
    assert on_linux(known, root).fp32_tflops == pytest.approx(4 * 3.0 * 16 / 1000)


@pytest.mark.usefixtures("_four_cpus")
@pytest.mark.parametrize(
    ("files", "cores", "memory"),
    [
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "150000 100000\n",
          "sys/fs/cgroup/memory.max": str(2 * GIB)}, 1.5, 2.0),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n",
          "sys/fs/cgroup/memory.max": "max\n"}, 4.0, 16.0),
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.max": "200000 100000\n",
          "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
          "sys/fs/cgroup/a/b/memory.max": str(8 * GIB),
          "sys/fs/cgroup/a/memory.max": str(4 * GIB)}, 2.0, 4.0),
        ({"proc/self/cgroup": "5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n",
          "sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us": "50000\n",
          "sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us": "100000\n",
          "sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes": str(GIB)}, 0.5, 1.0),
        ({"proc/self/cgroup": "5:cpu:/\n4:memory:/\n",
          "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
          "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
          "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 4.0, 16.0),
        ({"proc/self/cgroup": "0::/../../x\n", "sys/fs/cgroup/memory.max": str(3 * GIB)}, 4.0, 3.0),
    ],
    ids=["v2", "v2 without limits", "v2 nested", "v1", "v1 without limits", "outside its mount"],
)  # fmt: skip
def test_limits_of_a_container_count_not_the_host(
    files: dict[str, str], cores: float, memory: float, known: dict[str, Machine], tmp_path: Path
) -> None:
    found = on_linux(known, tree(tmp_path, files))
    assert found.fp32_tflops == pytest.approx(cores * 2.5 * 32 / 1000)
    assert found.memory_gib == memory


def test_where_nothing_tells_the_memory_the_user_is_told_what_to_type(
    known: dict[str, Machine], tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentProblem, match="--hardware"):
        on_linux(known, tmp_path)
    with pytest.raises(EnvironmentProblem, match="--hardware"):
        local_machine(known, ask=Tools(), platform="darwin", environment={}, cache=Path("/nowhere"))


def test_this_machine_is_found_and_is_a_valid_one(known: dict[str, Machine]) -> None:
    found = local_machine(known, cache=Path("/nowhere"))
    assert found.id == "local"
    assert 0 < found.memory_gib < 100_000
    assert found.kind in ("cpu", "gpu", "mps")


# --------------------------------------------------------------- several devices, little memory


def test_several_alike_are_one_machine_of_so_many(
    known: dict[str, Machine], tmp_path: Path
) -> None:
    told = "".join(f"GPU-{n}, Tesla T4, 15360, 15000\n" for n in range(4))
    found = on_linux(known, tree(tmp_path, {}), Tools(nvidia_smi=told))
    assert (found.count, found.memory_gib) == (4, round(15000 / 1024, 2))
    assert found.fp16_tflops == known["nvidia-t4"].fp16_tflops  # of one


def test_another_card_beside_it_does_not_count(known: dict[str, Machine], tmp_path: Path) -> None:
    told = "GPU-1, NVIDIA L4, 23034, 22000\nGPU-2, Tesla T4, 15360, 15000\n"
    found = on_linux(known, tree(tmp_path, {}), Tools(nvidia_smi=told))
    assert (found.name, found.count) == ("NVIDIA L4", 1)


@pytest.mark.parametrize(
    ("visible", "free"), [("GPU-2b", 900), ("1", 900), ("0,1", 800), ("0,7,1", 800), ("7", 800)]
)
def test_what_others_hold_of_a_gpu_is_not_there(
    visible: str, free: int, known: dict[str, Machine], tmp_path: Path
) -> None:
    told = "GPU-1a, Tesla T4, 15360, 800\nGPU-2b, Tesla T4, 15360, 900\n"
    tools = Tools(nvidia_smi=told)
    found = on_linux(known, tree(tmp_path, {}), tools, CUDA_VISIBLE_DEVICES=visible)
    assert found.memory_gib == round(free / 1024, 2)
    assert found.fp16_tflops == known["nvidia-t4"].fp16_tflops  # still a T4


def test_a_full_gpu_is_still_a_machine(known: dict[str, Machine], tmp_path: Path) -> None:
    tools = Tools(nvidia_smi="GPU-1, Tesla T4, 15360, 0\n")
    assert on_linux(known, tree(tmp_path, {}), tools).memory_gib == 0.01


def test_a_driver_that_does_not_tell_what_is_free_leaves_the_total(
    known: dict[str, Machine], tmp_path: Path
) -> None:
    tools = Tools(nvidia_smi="GPU-1, Tesla T4, 15360, [N/A]\n")
    assert on_linux(known, tree(tmp_path, {}), tools).memory_gib == 15.0


def test_rocm_tells_how_much_is_used_and_which_are_visible(
    known: dict[str, Machine], tmp_path: Path
) -> None:
    card = {"VRAM Total Memory (B)": str(192 * GIB), "Card Series": "AMD Instinct MI300X"}
    told = {
        "card0": card | {"VRAM Total Used Memory (B)": str(100 * GIB)},
        "card1": card | {"VRAM Total Used Memory (B)": str(2 * GIB)},
    }
    tools = Tools(rocm_smi=json.dumps(told))
    both = on_linux(known, tree(tmp_path, {}), tools)
    assert (both.count, both.memory_gib) == (2, 92.0)
    one = on_linux(known, tree(tmp_path, {}), tools, HIP_VISIBLE_DEVICES="1")
    assert (one.count, one.memory_gib) == (1, 190.0)
    assert on_linux(known, tree(tmp_path, {}), tools, HIP_VISIBLE_DEVICES="").kind == "cpu"


# ------------------------------------------------------------------- what is told of processors


@pytest.mark.usefixtures("_four_cpus")
@pytest.mark.parametrize(
    ("flags", "sets"),
    [
        ("fpu sse2", ()),
        ("avx2 fma", ("avx2",)),
        ("avx2 avx512f amx_bf16 amx_tile", ("amx", "avx512", "avx2")),
    ],
)
def test_instruction_sets_are_named_best_first(
    flags: str, sets: tuple[str, ...], known: dict[str, Machine], tmp_path: Path
) -> None:
    root = tree(tmp_path, {"proc/cpuinfo": cpuinfo(4, flags=flags)})
    found = detect_here(known, ask=Tools(), root=root, platform="linux", environment={})
    assert described(found).processor.instruction_sets == sets


@pytest.mark.usefixtures("_four_cpus")
def test_zen_4_runs_wide_instructions_as_two_halves(
    known: dict[str, Machine], tmp_path: Path
) -> None:
    def peak(family: int) -> float | None:
        text = cpuinfo(4, flags="avx2 avx512f").replace(
            "model name", f"vendor_id\t: AuthenticAMD\ncpu family\t: {family}\nmodel name"
        )
        return on_linux(known, tree(tmp_path, {"proc/cpuinfo": text})).fp32_tflops

    assert peak(25) == pytest.approx(4 * 2.5 * 32 / 1000)
    assert peak(26) == pytest.approx(4 * 2.5 * 64 / 1000)  # Zen 5


@pytest.mark.usefixtures("_four_cpus")
def test_both_versions_of_control_groups_at_once(known: dict[str, Machine], tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "1:memory:/a\n0::/b\n",
            "sys/fs/cgroup/memory/a/memory.limit_in_bytes": str(6 * GIB),
            "sys/fs/cgroup/unified/b/cpu.max": "100000 100000\n",
        },
    )
    found = detect_here(known, ask=Tools(), root=root, platform="linux", environment={})
    told = described(found).processor
    assert (told.quota_cpus, told.limit_gib, told.cores) == (1.0, 6.0, 1.0)
    assert found.machine.memory_gib == 6.0


# ---------------------------------------------------------------------------- many of one


@pytest.mark.parametrize("name", ["2x nvidia-t4", "2x-nvidia-t4", "2 X NVIDIA-T4", "2 × nvidia-t4"])
def test_several_of_a_known_machine_have_a_name(name: str, catalog: Catalog) -> None:
    one, two = catalog.machine("nvidia-t4"), catalog.machine(name)
    assert (two.id, two.count, two.memory_gib) == ("2x-nvidia-t4", 2, one.memory_gib)
    assert catalog.machine(two.id) == two
    assert catalog.machine("1x nvidia-t4") == one


@pytest.mark.parametrize(
    "name", ["2x nvidia-t5", "0x nvidia-t4", "-1x nvidia-t4", "99999x nvidia-t4"]
)
def test_an_unknown_or_absurd_machine_is_told_the_nearest(name: str, catalog: Catalog) -> None:
    with pytest.raises(UnknownName, match="nvidia-t4"):
        catalog.machine(name)


def test_a_named_machine_knows_nothing_of_the_host(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the host was asked")

    monkeypatch.setattr(os, "sched_getaffinity", never, raising=False)
    monkeypatch.setattr(Path, "read_bytes", never)
    assert catalog.machine("cpu-4-core").measured == ()
