"""Sounds as a modality: a feature extractor beside the encoder, and how its places are counted.

What a model reads of a sound is made by its own feature extractor (transformers), as its
preprocessor_config.json says: the samples themselves (wav2vec 2.0, HuBERT, WavLM), or a
spectrogram, of a fixed time (AST, Whisper) or as long as the sound (w2v-BERT). Sounds are read
when their batch comes. Shapes: B rows, S samples or frames, T places, H width.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from pick_model.data.dataset import Dataset, MediaFile
from pick_model.data.sounds import read_sound
from pick_model.data.variation import NOISE, SHIFT_SECONDS
from pick_model.encoders.decoded import Decoded
from pick_model.encoders.folder import ModelFiles
from pick_model.encoders.loaded import Loaded, Modality, RowInputs, States, states
from pick_model.encoders.network_facts import (
    UNLIMITED,
    encoder_of,
    refuse_larger,
    refuse_left_over,
    refuse_nan,
    refuse_new_weights,
)
from pick_model.encoders.pooling import OWN
from pick_model.encoders.rows import Encoded
from pick_model.encoders.sound_inputs import Reader, looked_at, noise
from pick_model.errors import EnvironmentProblem, InputError, WrongValue
from pick_model.words.say import message

READ = ("input_values", "input_features")  # what models of sound call their input
MOST_SECONDS = 30.0  # of a row, unless asked for more: as much as Whisper reads, thrice AST's
TRIED = 4  # rows that go through the model at first
TRIED_SECONDS = 2.0  # of each
COUNTED = "n_read"  # beside the encoder's arguments: samples or frames of each row, (B,)


class Sounds(Modality):
    """The sounds that one model reads."""

    name = "audio"

    def __init__(self, reader: Reader, encoder: nn.Module) -> None:
        self.reader, self.encoder = reader, encoder
        self.places_a_second = 1.0  # until one second has gone through the encoder
        self.pooling = "mean"
        self.decoded = Decoded(self.read)

    def look(self, loaded: Loaded) -> int:
        """Learn from a second of noise what the encoder makes of it; the most places it gives."""
        with torch.inference_mode():
            was = self.encoder.training
            found = states(replace(loaded, encoder=self.encoder.eval()), self.sample(loaded))
            self.encoder.train(was)
        n = found.places.shape[1]
        self.pooling = OWN if found.own is not None else "mean"
        self.places_a_second = n / self.reader.seconds if self.reader.fixed else float(n)
        return n if self.reader.fixed else UNLIMITED

    def longest(self, _loaded: Loaded, asked: int | None) -> int:
        """Places of MOST_SECONDS, or of the seconds asked for, as far as the model reads."""
        return self.places(min(asked or MOST_SECONDS, self.reader.seconds))

    def lengths(self, rows: Dataset, loaded: Loaded, asked: int | None) -> tuple[int, float]:
        """Room for nearly all rows, within MOST_SECONDS."""
        seconds = sorted(file.size for file in files_of(rows))
        wanted = 1.25 * seconds[max(0, math.ceil(0.95 * len(seconds)) - 1)]
        fit = min(self.longest(loaded, asked), self.places(min(wanted, seconds[-1])))
        if asked is not None or self.reader.fixed:
            fit = self.longest(loaded, asked)
        return fit, self.n_longer(seconds, fit) / len(seconds)

    def n_filled(self, rows: Dataset, _encoded: Encoded, longest: int) -> int:
        return self.n_longer([file.size for file in files_of(rows)], longest)

    def n_longer(self, seconds: Sequence[float], places: int) -> int:
        """How many sounds are longer than so many places hold."""
        room = self.seconds(places) + 1 / self.places_a_second
        return sum(long > room for long in seconds)

    def places(self, seconds: float) -> int:
        """Places of so much sound, about: of a fixed input always as many."""
        if self.reader.fixed:
            seconds = self.reader.seconds
        return max(1, math.ceil(seconds * self.places_a_second - 1e-9))

    def seconds(self, places: int) -> float:
        return min(places / self.places_a_second, self.reader.seconds)

    def encode(self, rows: Dataset, _loaded: Loaded, longest: int) -> RowInputs:
        """Inputs are the files as far as they are read, each part of a file one of its own."""
        room = self.seconds(longest)
        clips = tuple(
            replace(file, size=min(file.size, room), digest=f"{file.digest} {room:.3f}")
            for file in files_of(rows)
        )
        return RowInputs(clips, None, tuple(self.places(clip.size) for clip in clips))

    def ahead(self, rows: Encoded, chosen: Sequence[int]) -> None:
        self.decoded.ahead([rows.inputs[row] for row in chosen])

    def batch(self, rows: Encoded, chosen: Sequence[int], loaded: Loaded) -> dict[str, Tensor]:
        clips = [rows.inputs[row] for row in chosen]
        return self.joined([self.decoded.get(c) for c in clips], [c.size for c in clips], loaded)

    def read(self, clip: MediaFile) -> np.ndarray:
        """Features of a row: (S,), (S, bands) or (bands, S). Raises WrongValue."""
        return self.reader(read_sound(clip.path, self.reader.rate, clip.size))

    def joined(
        self, rows: Sequence[np.ndarray], seconds: Sequence[float], loaded: Loaded
    ) -> dict[str, Tensor]:
        """Rows of features (S, …), of so many seconds, in one batch, filled up behind."""
        axis = self.reader.time
        width = max(made.shape[axis] for made in rows)
        counted = [self.reader.counted(*row) for row in zip(rows, seconds, strict=True)]
        filled = [
            np.pad(
                made,
                [(0, width - n if at == axis else 0) for at, n in enumerate(made.shape)],
                constant_values=self.reader.padding,
            )
            for made in rows
        ]
        counts = torch.tensor(counted)  # (B,)
        batch = {self.reader.reads: torch.from_numpy(np.stack(filled)), COUNTED: counts}
        if self.reader.masked and "attention_mask" in loaded.takes:
            batch["attention_mask"] = (torch.arange(width)[None] < counts[:, None]).long()  # (B, S)
        return batch

    def varied(self, inputs: dict[str, Tensor], _rows: Encoded) -> dict[str, Tensor]:
        """Begun a little later, under a little noise; order, pitch and speed stay."""
        given = inputs[self.reader.reads]
        axis = self.reader.time + 1
        most = int(SHIFT_SECONDS * self.reader.frames)
        shift = int(torch.randint(0, most + 1, ()))
        first = given.narrow(axis, 0, 1)  # goes on for longer; what it pushes out is mostly filling
        before = [first] * shift
        moved = torch.cat([*before, given.narrow(axis, 0, given.shape[axis] - shift)], dim=axis)
        noise = NOISE * moved.std() * torch.randn_like(moved)
        counts = (inputs[COUNTED] + shift).clamp(max=given.shape[axis])
        varied = {**inputs, self.reader.reads: moved + noise, COUNTED: counts}
        if "attention_mask" in inputs:
            within = torch.arange(given.shape[axis], device=counts.device)[None] < counts[:, None]
            varied["attention_mask"] = within.long()
        return varied

    def sample(self, loaded: Loaded) -> dict[str, Tensor]:
        """A second of noise."""
        return self.of_samples([noise(self.reader.rate)], loaded)

    def different(self, loaded: Loaded, _batch: Encoded) -> dict[str, Tensor] | None:
        """Noise, a tone and a click."""
        rate = self.reader.rate
        tone = np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
        click = np.eye(1, rate, rate // 2)[0]
        return self.of_samples([noise(rate), 0.1 * tone, click], loaded)

    def of_samples(self, sounds: Sequence[np.ndarray], loaded: Loaded) -> dict[str, Tensor]:
        rows = [self.reader(sound.astype(np.float32)) for sound in sounds]
        joined = self.joined(rows, [len(sound) / self.reader.rate for sound in sounds], loaded)
        return {name: value.to(loaded.device) for name, value in joined.items()}

    def states_of(self, out: Any, inputs: Mapping[str, Tensor]) -> States:
        found = getattr(out, "last_hidden_state", None)
        if not isinstance(found, torch.Tensor) or found.ndim != 3:
            raise WrongValue(message("gives-no-vectors"))
        own = getattr(out, "pooler_output", None)
        return States(found, self.mask(found, inputs[COUNTED]), own)

    def mask(self, found: Tensor, counts: Tensor) -> Tensor:
        """Which places (B, T) are of the sound: as the model's own convolutions shorten it."""
        shortened = getattr(self.encoder, "_get_feat_extract_output_lengths", None)
        places = torch.arange(found.shape[1], device=found.device)[None]  # (1, T)
        if shortened is not None:
            real = torch.as_tensor(shortened(counts), device=found.device).clamp(min=1)
            return (places < real[:, None]).long()
        if self.reader.fixed:  # patches of a picture, with tokens before them
            return torch.ones_like(found[..., 0], dtype=torch.int64)
        share = counts / counts.max()
        return (places < (share * found.shape[1]).ceil().clamp(min=1)[:, None]).long()

    def poolings(
        self, _loaded: Loaded, _inputs: dict[str, Tensor], _last: Tensor
    ) -> tuple[str, ...]:
        """The largest of each number too: what is heard may be short beside the rest."""
        return ("mean", "max") if self.pooling == "mean" else ("mean",)

    def trial(self, _loaded: Loaded, rows: Dataset) -> tuple[Sequence[int], int]:
        """The shortest row, the longest and two between, cut to TRIED_SECONDS."""
        files = files_of(rows)
        order = sorted(range(len(rows)), key=lambda row: files[row].size)
        chosen = {order[0], order[-1], *order[len(order) // 2 :][: TRIED - 2]}
        return sorted(chosen), self.places(TRIED_SECONDS)


def files_of(rows: Dataset) -> tuple[MediaFile, ...]:
    """The files that rows are. Raises InputError for rows of another modality."""
    if rows.media is None or rows.modality != "audio":
        raise InputError(message("rows-no-sounds", source=rows.source))
    return rows.media


def load_sounds(
    seen: Path,
    files: ModelFiles,
    name: str,
    device: torch.device,
    dtype: torch.dtype,
    trust_remote_code: bool,
) -> Loaded:
    """The encoder and feature extractor in a folder of checked files; `hidden` is left to be found.

    The convolutions under wav2vec 2.0 and its kin stay as pretrained, as in their paper
    (arXiv:2006.11477, section 4.3). SpecAugment, which their configurations switch on, is
    switched off: it hides stretches of 0.2 s, which a short sound does not survive (and
    transformers refuses), and a probe's few steps do not repay.
    """
    encoder, extract = from_transformers(seen, files, name, trust_remote_code)
    config: Any = encoder.config
    if hasattr(config, "apply_spec_augment"):
        config.apply_spec_augment = False
    front = getattr(encoder, "feature_extractor", None)
    if isinstance(front, nn.Module) and hasattr(front, "_freeze_parameters"):
        front._freeze_parameters()  # type: ignore[operator]
    encoder = encoder.to(device)
    refuse_nan(encoder, name)
    reads = str(encoder.main_input_name)
    reader = looked_at(extract, reads, name)
    modality = Sounds(reader, encoder)
    takes = tuple(
        argument
        for argument in (reads, "attention_mask")
        if argument in inspect.signature(encoder.forward).parameters
    )
    loaded = Loaded(
        encoder=encoder,
        modality=modality,
        hidden=0,
        positions=UNLIMITED,
        device=device,
        dtype=dtype,
        name=name,
        takes=takes,
    )
    return replace(loaded, positions=modality.look(loaded))


def from_transformers(
    seen: Path, files: ModelFiles, name: str, trust_remote_code: bool
) -> tuple[nn.Module, Any]:
    """Encoder and feature extractor, with every tensor of the encoder from the weights."""
    from transformers import MODEL_MAPPING, AutoConfig, AutoFeatureExtractor, AutoModel

    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": trust_remote_code}
    config = AutoConfig.from_pretrained(seen, **options)
    if type(config) in MODEL_MAPPING:
        found = MODEL_MAPPING[type(config)]
        refuse_no_sound(found[0] if isinstance(found, tuple) else found, name)
    if not files.preprocessor:
        raise EnvironmentProblem(
            message("no-extractor-files", name=name), hint=message("put-extractor"), code="config"
        )
    if type(config) in MODEL_MAPPING:
        refuse_larger(config, files.parameters, name)
    extract = AutoFeatureExtractor.from_pretrained(seen, **options)  # type: ignore[no-untyped-call]
    model, info = AutoModel.from_pretrained(
        seen,
        use_safetensors=True if files.parameters is not None else None,
        dtype=torch.float32,
        output_loading_info=True,
        ignore_mismatched_sizes=True,  # told below, with names and shapes
        **options,
    )
    encoder = encoder_of(model)
    refuse_no_sound(encoder, name)
    refuse_new_weights(model, encoder, info, name)
    refuse_left_over(model, info, name)
    return encoder, extract


def refuse_no_sound(model: Any, name: str) -> None:
    """Refuse what reads text or images."""
    reads = getattr(model, "main_input_name", "input_ids")
    if reads in READ:
        return
    what = {"input_ids": "text", "pixel_values": "images"}
    raise EnvironmentProblem(
        message("reads-no-sound", name=name, what=what.get(reads, reads)),
        hint=message("give-sound-encoder"),
        code="model",
    )
