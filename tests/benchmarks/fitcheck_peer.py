"""What fitcheck says of published steps: installed into an environment of its own, run there."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from card_memory import CardStep

REQUIREMENT = "fitcheck-llm==0.3.1"
MIB_A_GIB = 1024

SCRIPT = """
import json, sys
from fitcheck.config_parser import ModelConfig
from fitcheck.estimator import TrainingConfig, estimate
from fitcheck.gpu_db import get_gpu
found = []
for given in json.load(sys.stdin):
    config = ModelConfig(**given["model"])
    training = TrainingConfig(**given["training"])
    found.append(estimate(config, training, get_gpu("t4")).total_mib)
print(json.dumps(found))
"""


def fitcheck_gib(steps: Sequence[CardStep]) -> list[float | None]:
    """GiB of each step by fitcheck; None for all of them where it cannot be installed or run."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        try:
            install = [python, "-m", "pip", "install", "-q", REQUIREMENT]
            subprocess.run(install, check=True, capture_output=True, text=True)
            done = subprocess.run(
                [python, "-c", SCRIPT],
                input=json.dumps([_asked(step) for step in steps]),
                check=True,
                capture_output=True,
                text=True,
            )
        except subprocess.CalledProcessError as fault:
            print(f"{REQUIREMENT} did not run: {fault.stderr.strip().splitlines()[-1:]}")
            return [None] * len(steps)
    return [mib / MIB_A_GIB for mib in json.loads(done.stdout)]


def _asked(step: CardStep) -> dict[str, object]:
    shape = step.entry.shape
    return {
        "model": {
            "name": step.what,
            "num_params": step.entry.n_parameters,
            "hidden_size": shape.hidden_size,
            "num_layers": shape.n_layers,
            "num_attention_heads": shape.n_heads,
            "num_kv_heads": shape.n_kv_heads,
            "intermediate_size": shape.intermediate_size,
            "vocab_size": shape.vocab_size,
            "head_dim": shape.head_dim,
            "tie_word_embeddings": step.tied,
        },
        "training": {
            "precision": "fp16",
            "quantization": "nf4" if step.method == "qlora" else "none",
            "double_quant": False,
            "optimizer": "adamw",
            "optimizer_dtype": "fp32",
            "batch_size": step.batch,
            "seq_len": step.tokens,
            "lora_rank": step.rank,
            "lora_targets": ["q_proj", "k_proj", "v_proj", "o_proj"],
            "grad_checkpoint": True,
            "flash_attn": step.attention == "fused",
            "grad_accum_steps": 1,
        },
    }
