"""Lists and tables of a module: what is in them, and what loops over them bind."""

from __future__ import annotations

import ast

from pick_model.gate.discover.expression import MAX_VALUES, ReadsExpressions
from pick_model.gate.discover.scopes import Scope, Step, last_word

MAX_DEPTH = 30  # of names and operators within one another
Place = tuple[ast.expr, Scope]
SAME_ITEMS = frozenset({"sorted", "list", "set", "tuple", "reversed", "frozenset", "iter", "tqdm"})

TABLES = frozenset({"dict", "SimpleNamespace", "Namespace", "OrderedDict", "DictConfig", "Box"})


def literals(
    reader: ReadsExpressions, node: ast.expr, scope: Scope, depth: int = 0
) -> list[Place] | None:
    """The literals a container may be, and the items put in later; None when out of sight."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(node, ast.Dict | ast.List | ast.Tuple | ast.Set):
        return [(node, scope)]
    if isinstance(node, ast.Call):
        return _made_by(reader, node, scope, depth)
    if isinstance(node, ast.Name):
        bindings = scope.find(node.id)
    elif isinstance(node, ast.Attribute) and (holder := reader.class_of(node.value, scope)):
        bindings = holder.names.get(node.attr)
    elif isinstance(node, ast.Attribute):
        return _within(reader, node.value, node.attr, scope, depth)
    elif isinstance(node, ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return _within(reader, node.value, key, scope, depth)
    else:
        return None
    found: list[Place] = []
    for binding in (bindings or [])[:MAX_VALUES]:
        if binding.kind == "item":
            found.append((binding.node, binding.scope))
        elif binding.kind in ("value", "field") and not binding.steps:
            inner_ = literals(reader, binding.node, binding.scope, depth + 1)
            if inner_ is None:
                return None
            found += inner_
        else:
            return None
    return found or None


def _within(
    reader: ReadsExpressions, node: ast.expr, key: object, scope: Scope, depth: int
) -> list[Place] | None:
    """The tables within tables: those under a key that one holds, else all."""
    found: list[Place] = []
    for holder, inner in literals(reader, node, scope, depth + 1) or ():
        if isinstance(holder, ast.Dict):
            keys = [k.value if isinstance(k, ast.Constant) else None for k in holder.keys]
            pairs = [*zip(keys, holder.values, strict=True)]
            values = [v for k, v in pairs if k == key] if key in keys else holder.values
        else:
            values = list(getattr(holder, "elts", ()))
        tables = (v for v in values if isinstance(v, ast.Dict | ast.List | ast.Tuple))
        found += [(table, inner) for table in tables]
    return found or None


def _made_by(
    reader: ReadsExpressions, node: ast.Call, scope: Scope, depth: int
) -> list[Place] | None:
    """The table that `dict(a=1)` or `OmegaConf.create({"a": 1})` makes."""
    word = last_word(node.func)
    if word in TABLES and not node.args and all(keyword.arg for keyword in node.keywords):
        keys: list[ast.expr | None] = [ast.Constant(keyword.arg) for keyword in node.keywords]
        values = [keyword.value for keyword in node.keywords]
        return [(ast.Dict(keys=keys, values=values), scope)]
    if word in ("create", "MappingProxyType", *TABLES) and len(node.args) == 1:
        return literals(reader, node.args[0], scope, depth + 1)
    return None


def places(
    reader: ReadsExpressions, node: ast.expr, scope: Scope, steps: tuple[Step, ...]
) -> list[Place] | None:
    """The expressions that some steps lead to; None where a step leads out of sight."""
    here: list[Place] = [(node, scope)]
    for step in steps:
        further: list[Place] = []
        for place in here:
            found = each(reader, *place) if step == "each" else _at(*place, step)
            if found is None or len(further) > MAX_VALUES:
                return None
            further += found
        here = further
    return here


def _at(node: ast.expr, scope: Scope, index: int | str) -> list[Place] | None:
    if not isinstance(node, ast.Tuple | ast.List) or not isinstance(index, int):
        return None
    if any(isinstance(one, ast.Starred) for one in node.elts) or index >= len(node.elts):
        return None
    return [(node.elts[index], scope)]


def each(
    reader: ReadsExpressions, node: ast.expr, scope: Scope, depth: int = 0
) -> list[Place] | None:
    """The elements of what is looped over."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(node, ast.Call):
        return _of_call(reader, node, scope, depth)
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return [(node.elt, scope)]
    holders = literals(reader, node, scope)
    if holders is None:
        return None
    found: list[Place] = []
    for holder, inner in holders:
        if isinstance(holder, ast.Dict):
            found += [(key, inner) for key in holder.keys if key is not None]
        elif isinstance(holder, ast.List | ast.Tuple | ast.Set):
            found += [(one, inner) for one in holder.elts]
        else:
            found.append((holder, inner))
    return found


def _of_call(
    reader: ReadsExpressions, node: ast.Call, scope: Scope, depth: int
) -> list[Place] | None:
    word, function = last_word(node.func), node.func
    if isinstance(function, ast.Attribute) and word in ("items", "values", "keys"):
        holders = literals(reader, function.value, scope)
        tables = [(h, s) for h, s in holders or () if isinstance(h, ast.Dict)]
        if holders is None or len(tables) < len(holders):
            return None
        found: list[Place] = []
        for table, inner in tables:
            for key, value in zip(table.keys, table.values, strict=True):
                if key is None:
                    return None
                pair = ast.Tuple(elts=[key, value], ctx=ast.Load())
                found.append(({"items": pair, "values": value, "keys": key}[word], inner))
        return found
    if isinstance(function, ast.Attribute) and word == "split" and not node.args:
        told = reader.values(function.value, scope)
        if told.more:
            return None
        return [(ast.Constant(w), scope) for text in told.texts for w in text.split()]
    if word in SAME_ITEMS and node.args:
        return each(reader, node.args[0], scope, depth + 1)
    if word in ("enumerate", "zip") and node.args:
        columns = [each(reader, argument, scope, depth + 1) for argument in node.args]
        if word == "enumerate":
            columns = [[], columns[0]]
        longest = max(len(column or ()) for column in columns)
        rows: list[Place] = []
        for row in range(longest):
            cells = [
                column[row][0] if column and row < len(column) else ast.Name("?", ast.Load())
                for column in columns
            ]
            rows.append((ast.Tuple(elts=cells, ctx=ast.Load()), scope))
        return rows
    return None
