"""What recommenders cost that learn a vector for each user and item.

Their size is the data's: how many users and items there are follows from the interactions, roughly.
Three things take a step's time: drawing its rows, which the host does; the network that reads a
row's sequence; and propagation, in which each layer walks all edges of the graph, both ways. So an
epoch of a graph recommender grows with the square of the interactions, at one batch size.

What a row and a walk take was read off others' timings, and is scaled to the machine by its
bandwidth and arithmetic; tests/benchmarks/recommender_cost.py sets the model beside them.
"""

from __future__ import annotations

from msgspec import Struct

from pick_model.cost.forward import serving_bytes
from pick_model.cost.memory import GIB, allocator, overhead
from pick_model.cost.rates import CPU_GB_S, GB_S_PER_TFLOPS, rates_of, seconds, step_of
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import Profile
from pick_model.interval import Interval

# Most of what follows is from RecBole's tables of time and memory (RUCAIBox/RecBole at 7b02be5e,
# asset/time_test_result): MovieLens-1M, Amazon Books and Yelp, 4,096 rows a batch, 64 dimensions,
# one TITAN V, which has 652.8 GB/s and 14.9 fp32 TFLOP/s (NVIDIA's data sheet).
TIMED_GB_S, TIMED_TFLOPS = 652.8, 14.9
# Users and items for each interaction: MovieLens-20M has .008, Yelp and Amazon Books .05 to .06,
# Gowalla .07, LastFM .21 (their own descriptions; RecBole's and LightGCN's subsets of them).
NODES = Interval(0.05, 0.008, 0.21)
ITEMS = 0.5  # of them, between Yelp's .38 and Amazon Books' .64 in LightGCN's subsets
# Where it is known who knows whom there are more: Douban .047, Yelp .09 and .30, LastFM .21,
# Epinions .55 and Ciao .73, of which .93, .52, .51, .90, .94 and .89 are items (Coder-Yu/SELFRec
# at 04a06671, README; Li et al. 2024, arXiv:2406.01629, table 1).
SOCIAL_NODES = Interval(0.21, 0.047, 0.73)
SOCIAL_ITEMS = 0.9
WIDTH = 64  # dimensions of a vector where the catalog does not say: the default of both libraries

# Seconds that an edge costs a walk, forward and back: LightGCN's epoch less that of BPR, over
# steps, two layers and edges, which count in both directions. MovieLens-1M's vectors fit a cache;
# a fifth wider than the three sets.
EDGE = Interval(1.07e-8, 4.5e-9, 1.3e-8)
# A step's launches from Python, whatever its rows: all of BPR's with 2,048 is 5 milliseconds.
LAUNCHES = Interval(1e-3, 2e-4, 4e-3)

# Bytes: a weight, its gradient and Adam's two moments; an edge of a sparse matrix, two indices of
# 64 bits and a number; a vector's number, kept for the way back and once more on it.
STATES, EDGE_BYTES, KEPT = 16, 20, 8
# FLOP/s of an autoencoder's products, and tensors of a batch's rows of items that it holds: by
# MultiVAE's epochs on Amazon Books and Yelp (6.6 and 7.5), and by its memory there.
DENSE_FLOPS, DENSE_KEPT = 7e12, 6
# From items to hidden and back, forward and twice backward, two FLOPs a multiply-add.
DENSE_PASSES = 2 * 3 * 2
# EASE inverts the items' Gram matrix, 2 n³ FLOPs, on a processor or a device, and holds it, its
# inverse and the weights. RecBole could not on Yelp's 43,749 items.
INVERSION, INVERTED = Interval(1 / 2e12, 1 / 7e12, 1 / 2e11), 3
# GB that RecBole's models took beyond what this counts: least, middle and most of nine.
BESIDE = Interval(0.35, 0.04, 0.9)
GB = 1e9


class Recipe(Struct, frozen=True):
    """How one architecture is trained."""

    row: Interval  # seconds of a row, apart from propagation
    on_host: bool = True  # they are the host's, and no faster on another device
    walks: Interval | None = None  # over all edges in a step's forward pass, with all that is there
    layers: float = 0.0  # of propagation, whose vectors are kept
    every_node: bool = False  # a row is held against every user and item, or scored with each item
    kept: Interval | None = None  # bytes of a row that the network of a sequence keeps
    tables: int = 1  # vectors of each user and item
    reads_sequences: bool = False
    once: bool = False  # fitted in one pass, whatever the epochs
    inverts: bool = False  # the matrix of all items by all items
    dense: int = 0  # hidden numbers of a network that reads and writes a user's whole row of items


# A pair of one item that was taken and one that was not, drawn by the host: an epoch of BPR over
# its rows, on the three sets; the least in RecBole's tables of 2020.
PAIR = Interval(3.5e-6, 1.9e-6, 4.1e-6)


def _graph(walks: Interval, layers: float, *, every_node: bool = False) -> Recipe:
    """A graph recommender; `walks`: its step less the rows', over half of LightGCN's."""
    return Recipe(PAIR, walks=walks, layers=layers, every_node=every_node)


def _sequence(row: Interval, kept: Interval, *, sampled: bool = False) -> Recipe:
    """A network over the last 50 items, timed by its epoch over its rows.

    sampled: a row is scored with some items only, not with each.
    """
    return Recipe(row, on_host=False, kept=kept, every_node=not sampled, reads_sequences=True)


_RECURRENT, _ATTENDING = Interval(3e5, 5e4, 5e5), Interval(9e5, 7e4, 1.1e6)
_OF_GRAPHS = Interval(3e5, 5e4, 4.5e6)
# Nobody timed these beside the others: from a recurrent network's to what RecBole takes to build
# the graph of each session in Python.
_SESSION_GRAPH = _sequence(Interval(8e-5, 7.5e-6, 8.5e-4), _OF_GRAPHS)
RECIPES: dict[str, Recipe] = {
    "bpr-mf": Recipe(PAIR),
    "itemknn": Recipe(Interval(2.7e-6, 1.9e-6, 3.1e-6), once=True),
    "ease": Recipe(PAIR, once=True, inverts=True),
    "mult-vae": Recipe(Interval(0.0, 0.0, 0.0), dense=600),
    "neumf": Recipe(Interval(5.7e-6, 4.9e-6, 6.9e-6), tables=2),
    # Timed: LightGCN has two walks by definition. NGCF has three layers with products inside; SGL
    # three graphs of three layers; NCL three layers, and clusters. NCL on Amazon Books is left
    # out, whose time is SGL's to the last digit.
    "lightgcn": _graph(Interval(2, 2, 2), 2),
    "ngcf": _graph(Interval(3.8, 3.4, 3.9), 6),
    "sgl": _graph(Interval(11.7, 11.2, 12.7), 9, every_node=True),
    "ncl": _graph(Interval(4.7, 4.0, 5.5), 3, every_node=True),
    # By architecture, with the layers that RecBole-GNN sets. SimGCL encodes three times what
    # XSimGCL does once with noise; its epoch is 2.3 times as long (xderui/SIURec, README).
    "simgcl": _graph(Interval(6.5, 6.0, 7.5), 6),
    "xsimgcl": _graph(Interval(2.6, 2.0, 3.0), 2),
    "lightgcl": _graph(Interval(3.0, 2.0, 5.0), 2, every_node=True),
    "hmlet": _graph(Interval(7.0, 4.0, 9.0), 6),
    # Social ones also walk who knows whom, which has .04 to 2.8 edges an interaction (Douban,
    # Ciao); DiffNet and SocialMF do not walk the items' graph.
    "diffnet": _graph(Interval(1.2, 0.6, 3.0), 3),
    "socialmf": _graph(Interval(0.5, 0.1, 1.5), 1),
    "sept": _graph(Interval(5.5, 4.5, 9.0), 8),
    # Pairs of users who took the same items are edges too: 8.3 and 11.5 by epochs on Epinions and
    # Yelp, on an A40 (Li et al. 2024, arXiv:2406.01629, table 4).
    "mhcn": _graph(Interval(9.8, 6.0, 15.0), 10),
    # The least is of RecBole's tables of 2020, whose sequences have 20 items; Caser's kernels have
    # become slower since.
    "fpmc": Recipe(Interval(7.3e-6, 5.8e-6, 1.5e-5), tables=2),
    "gru4rec": _sequence(Interval(2.1e-5, 7.5e-6, 2.3e-5), _RECURRENT),
    "narm": _sequence(Interval(2.1e-5, 8.0e-6, 2.9e-5), _RECURRENT),
    "caser": _sequence(Interval(3.5e-4, 3.9e-5, 3.1e-3), _RECURRENT),
    "sasrec": _sequence(Interval(6.6e-5, 1.7e-5, 8.8e-5), _ATTENDING),
    "s3rec": _sequence(Interval(6.6e-5, 1.7e-5, 8.8e-5), _ATTENDING),
    "bert4rec": _sequence(Interval(1.3e-4, 3.5e-5, 2.4e-4), _ATTENDING),
    "srgnn": _sequence(Interval(4.1e-4, 2.0e-4, 8.5e-4), _OF_GRAPHS),
    "gc-san": _sequence(Interval(6.8e-4, 2.2e-4, 9.0e-4), _OF_GRAPHS),
    **dict.fromkeys(("gce-gnn", "lessr", "niser", "sgnn-hn", "tagnn"), _SESSION_GRAPH),
    # Of SASRec's size, as its makers set it, and no slower; the large one has eight blocks for two
    # (generative-recommenders, configs/ml-1m).
    "hstu": _sequence(Interval(6.6e-5, 1.3e-5, 8.8e-5), _ATTENDING, sampled=True),
    "hstu-large": _sequence(Interval(2.6e-4, 5.2e-5, 3.5e-4), _ATTENDING.times(4), sampled=True),
}


def recipe_of(entry: Entry) -> Recipe | None:
    """How a recommender is trained; None of what learns no vectors, or was never timed."""
    if entry.modality != "items" or entry.pretrained:
        return None
    return RECIPES.get(entry.id) or RECIPES.get(entry.family)


def training_hours(recipe: Recipe, profile: Profile) -> Interval:
    """Hours of all epochs on one device, to which a table that all steps change is bound."""
    rows = float(profile.n_rows)
    steps = max(rows / profile.batch_size, 1.0)
    slow = slowness(profile.train_on)
    epoch = LAUNCHES.times(steps).plus(recipe.row.times(rows * (1.0 if recipe.on_host else slow)))
    if recipe.walks is not None:
        epoch = epoch.plus(recipe.walks.by(EDGE).times(slow * steps * 2 * rows))
    if recipe.dense:
        share = _share_of_items(profile)
        cells = Interval(*(end**2 * share * (1 - share) for end in _users_and_items(profile)))
        epoch = epoch.plus(cells.times(DENSE_PASSES * recipe.dense * slow / DENSE_FLOPS))
    if recipe.inverts:
        cubes = Interval(*(2 * end**3 for end in items(profile)))
        epoch = epoch.plus(cubes.by(INVERSION).times(slow))
    return epoch.times((1.0 if recipe.once else profile.epochs) / 3600)


def slowness(machine: Machine) -> float:
    """How many times as long as on the card of the timings: by what is scarcer, bytes or FLOPs."""
    peak = machine.fp32_tflops
    bandwidth = machine.bandwidth_gb_s or (CPU_GB_S if peak is None else GB_S_PER_TFLOPS * peak)
    return max(TIMED_GB_S / bandwidth, TIMED_TFLOPS / peak if peak else 0.0)


def training_memory(entry: Entry, recipe: Recipe, profile: Profile) -> Interval:
    """GiB of a training step: tables with their states, the graph, what is kept."""
    machine = profile.train_on
    batch = min(profile.batch_size, max(profile.n_rows, 1))  # no step has more rows than there are
    per_node = recipe.tables * width(entry) * STATES + recipe.layers * width(entry) * KEPT
    per_node += KEPT * batch if recipe.every_node else 0.0
    need = nodes(recipe, profile).times(per_node)
    if recipe.walks is not None:
        need = need.shifted(EDGE_BYTES * 2.0 * profile.n_rows * max(recipe.walks.value / 2, 1.0))
    if recipe.kept is not None:
        need = need.plus(recipe.kept.times(batch))
    if recipe.dense:
        need = items(profile).times(2 * recipe.dense * STATES + DENSE_KEPT * 4 * batch)
    if recipe.inverts:
        need = Interval(*(4.0 * INVERTED * end * end for end in items(profile)))
    taken = need.times(1 / GIB).plus(BESIDE.times(GB / GIB))
    return taken.by(allocator(machine)).plus(overhead(machine))


def nodes(recipe: Recipe, profile: Profile) -> Interval:
    """Users and items that have a vector; what reads sequences has none for users."""
    return items(profile) if recipe.reads_sequences else _users_and_items(profile)


def items(profile: Profile) -> Interval:
    """How many items there are; of no rows one is left."""
    return _users_and_items(profile).times(_share_of_items(profile))


def _share_of_items(profile: Profile) -> float:
    return SOCIAL_ITEMS if profile.user_graph else ITEMS


def _users_and_items(profile: Profile) -> Interval:
    of_row = SOCIAL_NODES if profile.user_graph else NODES
    return of_row.times(max(profile.n_rows, 1))


def width(entry: Entry) -> int:
    """Dimensions of a vector."""
    return entry.embed_dim or WIDTH


def tables_gib(entry: Entry, recipe: Recipe, profile: Profile, number: int) -> Interval:
    """What is learnt, of numbers of so many bytes: vectors, or weights between all items."""
    if recipe.inverts:
        return Interval(*(number * end * end / GIB for end in items(profile)))
    return nodes(recipe, profile).times(recipe.tables * width(entry) * number / GIB)


def serving_memory(entry: Entry, recipe: Recipe, profile: Profile) -> Interval:
    """GiB that serving takes: the vectors."""
    machine = profile.serve_on
    held = tables_gib(entry, recipe, profile, serving_bytes(machine))
    return held.by(allocator(machine)).plus(overhead(machine))


def latency_ms(entry: Entry, recipe: Recipe, profile: Profile) -> Interval | None:
    """Milliseconds to score every item for one user, whose vector is there or made by a network."""
    machine = profile.serve_on
    rates = rates_of(machine, "fp32" if machine.kind == "cpu" else "mixed", "transformer", "infer")
    if rates is None:
        return None
    scored = items(profile)
    step = step_of(
        passes=1.0,
        flops=2 * scored.value * width(entry),
        written=scored.value,
        weights=scored.value * width(entry),
        trained=0.0,
        layers=1.0 + (entry.shape.n_layers or 2 if recipe.reads_sequences else 0),
        width=serving_bytes(machine),
    )
    return seconds(step, rates, scored).times(1e3)
