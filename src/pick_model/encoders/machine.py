"""What the probe runs on: versions, device, processor, memory."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch


def versions() -> dict[str, str]:
    """Of the libraries whose arithmetic the report depends on."""
    import sklearn
    import transformers

    from pick_model import __version__

    return {
        "pick-model": __version__,
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }


def device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "cpu":
        return str(cpu_facts().get("cpu_name", "CPU"))
    return device.type


def reset_peak(device: torch.device) -> None:
    """Begin to look for the peak anew; where only the process's whole life is told, that stays."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    elif sys.platform == "linux":
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # proc_pid_clear_refs(5)


def peak_gib(device: torch.device) -> float:
    """Most memory held since `reset_peak`: allocated on a GPU, else resident of the process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**30
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage: bytes there, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def cpu_facts() -> dict[str, Any]:
    """The processor as torch sees it; empty in versions of torch that do not say."""
    ask = getattr(torch.cpu, "get_capabilities", None)
    return dict(ask()) if ask is not None else {}
