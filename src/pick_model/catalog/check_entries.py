"""Checks of single facts: sources, ranges, units, dates, licences, and what names refer to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from pick_model.catalog.case import Case, value_at
from pick_model.catalog.written import Placed, named
from pick_model.cost.forward import layer_flops
from pick_model.documents.base import to_plain
from pick_model.documents.catalog import Entry, Source
from pick_model.documents.kinds import KINDS
from pick_model.documents.licenses import LICENSES
from pick_model.documents.tasks import TASKS
from pick_model.errors import did_you_mean

# Names and judgements of ours; the Hub's revision names its own source.
NEED_NO_SOURCE = frozenset(
    "id aliases family kind modality tasks notes superseded_by pretrained revision sources".split()
)
NESTED = ("shape", "forward", "pretraining")

# Smallest and largest value that is believable, by dotted field. Lower ends are below the
# smallest model people fine-tune, upper ends above the largest published one; a value outside
# is a slip of units or digits.
RANGES: dict[str, tuple[float, float]] = {
    "n_parameters": (1e3, 5e12),
    "n_embedding_parameters": (0, 2e10),
    "n_active_parameters": (1e3, 1e12),
    "embed_dim": (8, 20_000),
    "max_tokens": (16, 2e7),
    "image_size": (16, 4096),
    "sample_rate_hz": (4000, 96_000),
    "max_seconds": (0.1, 3600),
    "shape.n_layers": (1, 200),
    "shape.n_decoder_layers": (1, 200),
    "shape.n_unique_layers": (1, 200),
    "shape.hidden_size": (16, 20_000),
    "shape.embedding_size": (16, 20_000),
    "shape.intermediate_size": (16, 100_000),
    "shape.n_heads": (1, 256),
    "shape.n_kv_heads": (1, 256),
    "shape.head_dim": (8, 1024),
    "shape.vocab_size": (16, 2e6),
    "shape.n_positions": (2, 2e7),
    "shape.n_token_types": (0, 64),
    "shape.patch_size": (1, 64),
    "forward.flops": (1e5, 1e16),
    "forward.activations": (1e3, 1e12),
    "forward.image_size": (16, 4096),
    "forward.tokens": (1, 2e7),
    "forward.seconds": (0.1, 3600),
    "pretraining.compute_flop": (1e12, 1e28),
    "pretraining.hardware_hours": (0.05, 20_000),
}
MACHINE_RANGES: dict[str, tuple[float, float]] = {
    "memory_gib": (1, 2000),
    "bandwidth_gb_s": (5, 50_000),
    "fp32_tflops": (0.01, 1000),
    "tf32_tflops": (1, 10_000),
    "fp16_tflops": (0.01, 20_000),
    "bf16_tflops": (0.01, 20_000),
    "tdp_w": (1, 5000),
}
# Believable amounts of data, by unit. Whether `data_seen` counts passes changes nothing here.
DATA_RANGES: dict[str, tuple[float, float]] = {
    "tokens": (1e4, 1e15),
    "words": (1e4, 1e15),
    "bytes": (1e5, 1e16),
    "text-pairs": (100, 1e11),
    "images": (100, 1e12),
    "image-text-pairs": (100, 1e12),
    "hours": (0.1, 1e8),
    "clips": (100, 1e10),
    "interactions": (1000, 1e13),
}
DATA_UNITS: dict[str, frozenset[str]] = {
    "text": frozenset({"tokens", "words", "bytes", "text-pairs"}),
    "image": frozenset({"images", "image-text-pairs"}),
    "audio": frozenset({"hours", "clips", "tokens"}),
    "image-text": frozenset({"images", "image-text-pairs", "tokens", "text-pairs"}),
    "items": frozenset({"interactions", "tokens"}),
}
FORWARD_UNITS = {"text": "tokens", "image": "image_size", "audio": "seconds"}
# A transformer's own FLOPs over its layers', which leave out patches, heads and norms: a
# figure in multiply-adds would stand at half. Measured on this catalog: 0.97 to 1.10.
FLOPS_OVER_LAYERS = (0.75, 1.6)
KIND_MODALITIES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("encoder", "sentence-encoder", "decoder", "encoder-decoder", "recurrent", "text-cnn"),
        frozenset({"text"}),
    ),
    **dict.fromkeys(("cnn", "vit", "hierarchical-vit"), frozenset({"image"})),
    # open-vocabulary ones read a text beside the image
    **dict.fromkeys(("detector", "segmenter"), frozenset({"image", "image-text"})),
    **dict.fromkeys(("diffusion", "dual-encoder", "vision-language"), frozenset({"image-text"})),
    **dict.fromkeys((kind for kind in KINDS if "speech" in kind or "audio" in kind or
                     kind == "speaker-encoder"), frozenset({"audio"})),
    **dict.fromkeys((kind for kind in KINDS if kind.endswith(("recommender", "filter"))),
                    frozenset({"items"})),
}  # fmt: skip
TASK_MODALITIES: dict[str, frozenset[str]] = {
    "image-text": frozenset({"image-text", "image"}),  # one tower alone reads images
}
FIRST_YEAR = 1990  # of a pretrained model; hardware is younger still
OPENNESS = ("permissive", "copyleft", "restricted", "noncommercial")  # freest first


def sources(case: Case) -> int:
    """Every stated fact names a declared source, and no source names what is not stated."""
    looked = 0
    for placed in [*case.written.entries, *case.written.hardware]:
        stated = _stated(placed.value)
        named_fields = {f for fields in placed.value.sources.values() for f in fields}
        looked += len(stated)
        for name in stated:
            if name not in named_fields and name.split(".")[0] not in named_fields:
                case.wrong(placed, f"no source for {name}", *name.split("."))
        for source, fields in placed.value.sources.items():
            if case.sources is not None and source not in case.sources:
                hint = did_you_mean(source, case.sources)
                case.wrong(placed, f"source {source!r} is not declared ({hint})", "sources", source)
            for name in fields:
                if not _holds(placed, name):
                    case.wrong(
                        placed, f"{source} gives {name}, which is not stated", "sources", source
                    )
    return looked


def _holds(placed: Placed, name: str) -> bool:
    """Whether the record as it is written has a value at a dotted field."""
    current = placed.raw
    for part in name.split("."):
        current = current.get(part) if isinstance(current, dict) else None
    return current is not None


def _stated(value: Any) -> list[str]:
    """The dotted fields of a record that hold a fact that needs a source."""
    free = NEED_NO_SOURCE if isinstance(value, Entry) else {*NEED_NO_SOURCE, "name", "vendor"}
    stated: list[str] = []
    for name, inner in to_plain(value).items():
        if name in free:
            continue
        stated += [f"{name}.{key}" for key in inner] if name in NESTED else [name]
    if isinstance(value, Entry) and value.languages == ():
        stated.append("languages")  # "takes none" is a statement too, though an empty one
    return list(dict.fromkeys(stated))


def ranges(case: Case) -> int:
    """Every number lies where numbers of its kind lie, and parts do not exceed their whole."""
    looked = 0
    for placed in case.written.entries:
        looked += _between(case, placed, RANGES)
        for kind in ("data_size", "data_seen"):
            unit = "data_unit" if kind == "data_size" else "data_seen_unit"
            name = getattr(placed.value.pretraining, unit)
            if name is not None:
                looked += _between(case, placed, {f"pretraining.{kind}": DATA_RANGES[name]}, name)
        for message, *inner in _parts(placed.value):
            case.wrong(placed, message, *inner)
    for placed in case.written.hardware:
        looked += _between(case, placed, MACHINE_RANGES)
    return looked


def _between(
    case: Case, placed: Placed, table: dict[str, tuple[float, float]], unit: str = ""
) -> int:
    looked = 0
    for name, (low, high) in table.items():
        value = value_at(placed.value, name)
        if value is None:
            continue
        looked += 1
        if not low <= value <= high:
            message = f"{name} {value:g} {unit}".rstrip()
            case.wrong(placed, f"{message} is not within {low:g} to {high:g}", *name.split("."))
    return looked


def _parts(entry: Entry) -> Iterator[tuple[str, ...]]:
    shape, total = entry.shape, entry.n_parameters
    if total and entry.n_active_parameters and entry.n_active_parameters > total:
        yield "n_active_parameters exceeds n_parameters", "n_active_parameters"
    if shape.n_unique_layers and shape.n_layers and shape.n_unique_layers > shape.n_layers:
        yield "n_unique_layers exceeds n_layers", "shape", "n_unique_layers"
    if shape.n_heads and shape.n_kv_heads and shape.n_heads % shape.n_kv_heads:
        yield "n_kv_heads does not divide n_heads", "shape", "n_kv_heads"
    if shape.n_heads and shape.hidden_size and not shape.head_dim:
        if shape.hidden_size % shape.n_heads:
            yield "n_heads does not divide hidden_size, and there is no head_dim", "shape", "n_heads"
    width = shape.embedding_size or shape.hidden_size
    if entry.n_embedding_parameters and width and shape.vocab_size and entry.modality == "text":
        table = shape.vocab_size * width
        if abs(entry.n_embedding_parameters / table - 1) > 0.02:
            yield (
                f"n_embedding_parameters is not vocab_size × width, {table}",
                "n_embedding_parameters",
            )


def units(case: Case) -> int:
    """Data and inputs are counted in units of the modality, and forward costs in FLOPs."""
    looked = 0
    for placed in case.written.entries:
        entry: Entry = placed.value
        for name in ("data_unit", "data_seen_unit"):
            unit = getattr(entry.pretraining, name)
            looked += unit is not None
            if unit is not None and unit not in DATA_UNITS[entry.modality]:
                case.wrong(placed, f"{name} {unit!r} does not fit {entry.modality}",
                           "pretraining", name)  # fmt: skip
        if entry.forward is None:
            continue
        looked += 1
        wanted = FORWARD_UNITS.get(entry.modality)
        if wanted and getattr(entry.forward, wanted) is None and entry.forward.flops is not None:
            case.wrong(placed, f"forward does not say for what input: {wanted} is missing",
                       "forward")  # fmt: skip
        share = _flops_share(entry)
        if share is not None and not FLOPS_OVER_LAYERS[0] <= share <= FLOPS_OVER_LAYERS[1]:
            doubt = "; are these multiply-adds? FLOPs are two each" if 0.4 < share < 0.75 else ""
            case.wrong(placed, f"forward.flops is {share:.2f} × what the layers take{doubt}",
                       "forward", "flops")  # fmt: skip
    return looked


def _flops_share(entry: Entry) -> float | None:
    """Stated FLOPs over those of the layers, for plain vision transformers."""
    shape, forward = entry.shape, entry.forward
    if entry.kind != "vit" or forward is None or not forward.flops or not forward.image_size:
        return None
    if not (shape.n_layers and shape.hidden_size and shape.patch_size):
        return None
    tokens = (forward.image_size // shape.patch_size) ** 2 + 1
    return forward.flops / (shape.n_layers * layer_flops(shape, tokens))


def duplicates(case: Case) -> int:
    """No id, alias, Hub repository, source, benchmark or machine stands twice, in any case."""
    looked = 0
    taken: dict[str, str] = {}
    own = {named(placed) for placed in case.written.entries}
    if case.written.overlay:
        for entry in case.entries.values():
            if entry.id not in own:
                for name in _names(entry):
                    taken.setdefault(name.lower(), entry.id)
    seen: set[str] = set()
    for placed in case.written.entries:
        entry_id = named(placed)
        if entry_id.lower() in seen or (case.written.overlay and entry_id in case.entries
                                        and case.entries[entry_id] is not placed.value):  # fmt: skip
            case.wrong(placed, f"the id {entry_id!r} is taken")
            continue
        seen.add(entry_id.lower())
        for name in _names(placed.value):
            looked += 1
            owner = taken.setdefault(name.lower(), entry_id)
            if owner != entry_id:
                case.wrong(placed, f"the name {name!r} also means {owner}")
    for records in (case.written.sources, case.written.benchmarks, case.written.hardware):
        looked += len(records)
        once: set[str] = set()
        for placed in records:
            if named(placed).lower() in once:
                case.wrong(placed, f"the id {named(placed)!r} stands twice")
            once.add(named(placed).lower())
    return looked


def _names(entry: Entry) -> Sequence[str]:
    """Everything a user may type for an entry."""
    return [entry.id, *entry.aliases, *([entry.hub_repo] if entry.hub_repo else [])]


def references(case: Case) -> int:
    """Base models, successors, corrected and banned entries exist; lineages do not run round."""
    looked = 0
    known = case.entries.keys() | case.written.broken_ids
    for placed in case.written.entries:
        for name in ("base_model", "superseded_by"):
            other = getattr(placed.value, name)
            if other is None:
                continue
            looked += 1
            if other not in known:
                hint = did_you_mean(other, known)
                case.wrong(placed, f"{name} {other!r} is no entry ({hint})", name)
            elif _runs_round(placed.value, name, case):
                case.wrong(placed, f"{name} leads back to {placed.value.id}", name)
    for placed in [*case.written.corrections, *case.written.bans]:
        looked += 1
        if placed.value.id not in known:
            hint = did_you_mean(placed.value.id, known)
            case.wrong(placed, f"no model {placed.value.id!r} ({hint})", "id")
    for placed in [*case.written.benchmarks, *case.written.hardware]:
        of = [placed.value.source] if hasattr(placed.value, "source") else []
        for source in of:
            looked += 1
            if source is not None and case.sources is not None and source not in case.sources:
                case.wrong(placed, f"source {source!r} is not declared", "source")
    return looked


def _runs_round(entry: Entry, name: str, case: Case) -> bool:
    current: Entry | None = entry
    for _ in range(len(case.entries) + 1):
        following = getattr(current, name)
        if following == entry.id:
            return True
        current = case.entries.get(following) if following else None
        if current is None:
            return False
    return False  # a ring further on, which its own members report


def dates(case: Case) -> int:
    """Dates are days that exist, not before the field nor after today, and in order."""
    looked = 0
    for placed in [*case.written.entries, *case.written.hardware]:
        stated = placed.value.release_date
        if stated is None:
            continue
        looked += 1
        if not _exists(stated):
            case.wrong(placed, f"release_date {stated} is no day of the calendar", "release_date")
        elif int(stated[:4]) < FIRST_YEAR or stated > case.today[: len(stated)]:
            case.wrong(placed, f"release_date {stated} is not within {FIRST_YEAR} to today",
                       "release_date")  # fmt: skip
        if not isinstance(placed.value, Entry):
            continue
        for name, sign in (("base_model", 1), ("superseded_by", -1)):
            other = case.entries.get(getattr(placed.value, name) or "")
            if other is None or other.release_date is None:
                continue
            width = min(len(stated), len(other.release_date))
            first, second = (other.release_date, stated)[::sign]
            if first[:width] > second[:width]:
                case.wrong(placed, f"released {stated}, while its {name} {other.id} is of "
                           f"{other.release_date}", "release_date")  # fmt: skip
    return looked


def _exists(stated: str) -> bool:
    try:
        date.fromisoformat((stated + "-01-01")[:10] if len(stated) < 10 else stated)
    except ValueError:
        return False
    return True


def licences(case: Case) -> int:
    """Licences are spelt as registered, no freer than the base model's, and sources have one."""
    looked = 0
    for placed in case.written.entries:
        entry: Entry = placed.value
        if entry.license is None:
            continue
        looked += 1
        if placed.raw.get("license") != entry.license:
            case.wrong(placed, f"write {entry.license!r}, not {placed.raw.get('license')!r}",
                       "license")  # fmt: skip
        base = case.entries.get(entry.base_model or "")
        if base is None or base.license is None:
            continue
        own, theirs = (OPENNESS.index(LICENSES[name]) for name in (entry.license, base.license))
        if own < theirs:
            case.wrong(placed, f"{entry.license} is freer than {base.license} of its base model "
                       f"{base.id}", "license")  # fmt: skip
    tables = {row.cells["source"] for row in case.written.scores}
    for placed in case.written.sources:
        source: Source = placed.value
        looked += 1
        if source.url is None and source.version is None and source.note is None:
            case.wrong(placed, "says no url, version or note, so nobody can look it up")
        if named(placed) not in tables:
            continue
        # Whole tables are taken over from these, so their terms matter, not only credit.
        if source.license is None:
            case.wrong(placed, "gives evidence tables and states no licence")
        elif "-SA" in source.license or "-NC" in source.license:
            case.wrong(placed, f"gives evidence tables under {source.license}", "license")
    return looked


def tasks(case: Case) -> int:
    """An entry's kind and tasks belong to its modality."""
    looked = 0
    for placed in case.written.entries:
        entry: Entry = placed.value
        looked += 1 + len(entry.tasks)
        if entry.modality not in KIND_MODALITIES[entry.kind]:
            case.wrong(placed, f"kind {entry.kind} does not read {entry.modality}", "kind")
        allowed = TASK_MODALITIES.get(entry.modality, frozenset({entry.modality}))
        for task in entry.tasks:
            if TASKS[task].modality not in allowed:
                case.wrong(placed, f"task {task} does not fit {entry.modality}", "tasks")
    return looked
