"""The texts an expression may stand for, as far as reading the module tells them.

Bounded in every direction: the values of one expression, the letters of one value, the depth of
names that lead to names, and the steps spent on one module. Beyond a bound it is not told.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from pick_model.gate.discover import containers, texts
from pick_model.gate.discover.containers import MAX_DEPTH
from pick_model.gate.discover.expression import MAX_VALUES, THING, UNTOLD, Values, union
from pick_model.gate.discover.references import MAX_TEXT
from pick_model.gate.discover.scopes import Binding, Module, Scope, is_self, last_word
from pick_model.gate.discover.texts import UNCHANGED, joined, made, only_s, percent

MAX_STEPS = 50_000  # for a module, well under a second
# What gives a field, an option or a parameter its default.
DEFAULTS = frozenset({"field", "Field", "Option", "Argument", "Opt", "Arg", "Parameter"})


class ExpressionReader:
    """Reads the expressions of one module."""

    def __init__(
        self,
        module: Module,
        is_thing: Callable[[ast.Call, Scope], bool],
        word_of: Callable[[ast.Call, Scope], str],
    ) -> None:
        self.module = module
        self._is_thing = is_thing  # whether a call gives a model rather than a text
        self._word_of = word_of  # the last word of what is called, by its import
        # Another module of the repository by its import; those of others are out of sight.
        self.near: Callable[[tuple[str, ...]], ExpressionReader | None] | None = None
        self._known: dict[tuple[ast.AST, Scope], Values] = {}
        self._steps = 0
        self._depth = 0

    def values(self, node: ast.expr | None, scope: Scope) -> Values:
        """What an expression may be, read in a scope."""
        if node is None:
            return UNTOLD
        key = (node, scope)
        if key in self._known:
            return self._known[key]
        self._steps += 1
        if self._depth >= MAX_DEPTH or self._steps > MAX_STEPS:
            return UNTOLD
        self._known[key] = UNTOLD  # names that refer to one another in a ring
        self._depth += 1
        try:
            found = self._read(node, scope)
        finally:
            self._depth -= 1
        self._known[key] = found
        return found

    def _read(self, node: ast.expr, scope: Scope) -> Values:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                return Values((node.value,)) if len(node.value) <= MAX_TEXT else UNTOLD
            return Values(none=True) if node.value is None else THING
        if isinstance(node, ast.Name):
            found = scope.before(node)
            return self._bindings(node.id, found) if found else UNTOLD
        if isinstance(node, ast.Attribute):
            return self._attribute(node, scope)
        if isinstance(node, ast.JoinedStr):
            return made([self._formatted(part, scope) for part in node.values], joined)
        if isinstance(node, ast.BinOp):
            return self._operation(node, scope)
        if isinstance(node, ast.IfExp):
            return union([self.values(node.body, scope), self.values(node.orelse, scope)])
        if isinstance(node, ast.BoolOp):
            either = union(self.values(value, scope) for value in node.values)
            # `name or default` is not None, whatever name is.
            last = self.values(node.values[-1], scope)
            return either._replace(none=last.none)
        if isinstance(node, ast.NamedExpr | ast.Await | ast.Starred):
            return self.values(node.value, scope)
        if isinstance(node, ast.Subscript):
            return self._item(node.value, node.slice, scope)
        if isinstance(node, ast.Call):
            return self._call(node, scope)
        if isinstance(node, ast.Lambda | ast.List | ast.Tuple | ast.Dict | ast.Set):
            return THING
        return UNTOLD

    def _bindings(self, name: str, found: Sequence[Binding]) -> Values:
        told = [self._binding(name, one) for one in found[:MAX_VALUES] if one.kind != "item"]
        return union(told) if told and len(found) <= MAX_VALUES else UNTOLD

    def _binding(self, name: str, binding: Binding) -> Values:
        if binding.kind == "param":
            return self._parameter(name, binding)
        if binding.kind == "field":
            given = [
                self.values(keyword.value, scope)
                for call, scope in self._calls(getattr(binding.scope.node, "name", ""))
                for keyword in call.keywords
                if keyword.arg == name
            ]
            own = self.values(binding.node, binding.scope)
            return union([own, *given])._replace(more=own.more or not _is_enum(binding.scope))
        if binding.kind == "import":
            return self._imported(binding.node)
        if binding.kind != "value":
            return UNTOLD
        places = containers.places(self, binding.node, binding.scope, binding.steps)
        if places is None:
            return UNTOLD
        return union(self.values(*place) for place in places) if places else UNTOLD

    def _imported(self, path: tuple[str, ...]) -> Values:
        """What a name of another module of this repository is bound to there."""
        other = self.near(path[:-1]) if self.near is not None and len(path) > 1 else None
        if other is None or other is self:
            return UNTOLD
        return other.values(ast.Name(path[-1], ast.Load()), other.module.top)

    def _parameter(self, name: str, binding: Binding) -> Values:
        """A parameter: its default, and what calls in this module pass; others may differ."""
        told = []
        if binding.node is not None:
            told.append(self.values(binding.node, binding.scope))
        for node, inner in self.module.inner.items():
            mine = inner.names.get(name, ())
            if not isinstance(node, ast.Lambda | ast.ClassDef) and any(b is binding for b in mine):
                told += self._passed(name, node, inner)
        return union(told)._replace(more=True)

    def _passed(self, name: str, node: ast.AST, inner: Scope) -> list[Values]:
        called = getattr(node, "name", "")
        holder = inner.parent
        in_class = holder is not None and holder.kind == "class"
        if in_class and called in ("__init__", "__new__"):
            called = getattr(holder.node if holder else None, "name", "")
        order = [
            parameter.arg
            for parameter in [*node.args.posonlyargs, *node.args.args]  # type: ignore[attr-defined]
        ]
        if in_class and order and order[0] in ("self", "cls"):
            order = order[1:]
        found = []
        for call, scope in self._calls(called):
            position = order.index(name) if name in order else len(call.args)
            given = next((k.value for k in call.keywords if k.arg == name), None)
            if given is None and position < len(call.args):
                given = call.args[position]
            if given is not None:
                found.append(self.values(given, scope))
        return found

    def _calls(self, name: str) -> Sequence[tuple[ast.Call, Scope]]:
        return self.module.calls_of.get(name, ())[:MAX_VALUES]

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Values:
        module = scope.find(node.value.id) if isinstance(node.value, ast.Name) else None
        if module and len(module) == 1 and module[0].kind == "import":
            return self._imported((*module[0].node, node.attr))
        if node.attr == "value":  # of a member of an Enum
            member = self.values(node.value, scope)
            if member.texts:
                return member
        holder = self.class_of(node.value, scope)
        if holder is not None and node.attr in holder.names:
            bound = holder.names[node.attr]
            if len(bound) == 1 and bound[0].kind == "def" and bound[0].node.decorator_list:
                return self._returned(bound[0].node)  # a property
            return self._bindings(node.attr, holder.names[node.attr])
        if holder is None:
            held = self._item(node.value, ast.Constant(node.attr), scope)  # a namespace
            if held != UNTOLD:
                return held
        options = self.module.options.get(node.attr, [])
        found = [*options, *self.module.fields.get(node.attr, ())]
        if not found or is_self(node.value):
            return UNTOLD
        told = [self.values(b.node, b.scope) for b in found[:MAX_VALUES] if not b.steps]
        return union(told)._replace(more=True)

    def class_of(self, node: ast.expr, scope: Scope, depth: int = 0) -> Scope | None:
        """The class of this module that an expression is, or is an object of."""
        if isinstance(node, ast.Call):
            node = node.func
        if is_self(node):
            return scope.enclosing("class")
        if not isinstance(node, ast.Name) or depth > MAX_DEPTH:
            return None
        found = scope.find(node.id) or []
        if len(found) == 1 and found[0].kind == "class":
            return self.module.inner.get(found[0].node)
        if len(found) == 1 and found[0].kind == "value" and not found[0].steps:
            made = found[0].node
            if isinstance(made, ast.Call) and isinstance(made.func, ast.Name):
                return self.class_of(made.func, found[0].scope, depth + 1)
        return None

    def _formatted(self, part: ast.expr, scope: Scope) -> Values:
        if isinstance(part, ast.FormattedValue):
            if part.format_spec is not None or part.conversion not in (-1, 115):
                return UNTOLD
            part = part.value
        return self.plain(part, scope)

    def plain(self, node: ast.expr, scope: Scope) -> Values:
        """The same, with a number for its digits."""
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return Values((str(node.value),)) if abs(node.value) < 1e12 else UNTOLD
        return self.values(node, scope)

    def _operation(self, node: ast.BinOp, scope: Scope) -> Values:
        if isinstance(node.op, ast.Add):
            return made([self.values(node.left, scope), self.values(node.right, scope)], joined)
        if not isinstance(node.op, ast.Mod):
            return UNTOLD
        shape, right = self.values(node.left, scope), node.right
        given = list(right.elts) if isinstance(right, ast.Tuple) else [right]
        if isinstance(right, ast.Dict):
            return UNTOLD
        if any(not only_s(text) for text in shape.texts):
            return UNTOLD  # a width would multiply letters
        return made([shape, *(self.plain(one, scope) for one in given)], percent)

    def _item(self, container: ast.expr, key: ast.expr, scope: Scope) -> Values:
        """An element of a container: the one the key tells, else any of them."""
        wanted = self.values(key, scope)
        index = key.value if isinstance(key, ast.Constant) else None
        found: list[Values] = []
        holders = containers.literals(self, container, scope)
        if holders is None:
            return UNTOLD
        for holder, inner in holders:
            if isinstance(holder, ast.Dict):
                pairs = [*zip(holder.keys, holder.values, strict=True)]
                keys = {k.value for k, _ in pairs if isinstance(k, ast.Constant)}
                told = not wanted.more and bool(wanted.texts) and keys >= set(wanted.texts)
                for name, value in pairs:
                    same = isinstance(name, ast.Constant) and name.value in wanted.texts
                    if name is None:
                        found.append(UNTOLD)
                    elif same or not told:
                        found.append(self.values(value, inner))
            elif isinstance(holder, ast.List | ast.Tuple):
                every = holder.elts
                if isinstance(index, int) and -len(every) <= index < len(every):
                    every = [every[index]]
                elif isinstance(key, ast.Slice):
                    return UNTOLD
                found += [self.values(value, inner) for value in every]
            else:
                found.append(self.values(holder, inner))
        return union(found) if found else UNTOLD

    def _call(self, node: ast.Call, scope: Scope) -> Values:
        word, function = self._word_of(node, scope), node.func
        if self._is_thing(node, scope):
            return THING
        if word in DEFAULTS:
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            default = given.get("default", node.args[0] if node.args else None)
            made = given.get("default_factory")
            if isinstance(made, ast.Lambda):
                default = made.body
            return self.values(default, scope)._replace(more=True)
        if word == "getenv" or (word in ("get", "pop", "setdefault") and node.args):
            return self._looked_up(node, scope)
        if word == "choice" and node.args:  # any of them, by chance
            places = containers.each(self, node.args[0], scope)
            return union(self.values(*place) for place in places) if places else UNTOLD
        if word == "getattr" and len(node.args) > 1:
            name = self.values(node.args[1], scope)
            if len(name.texts) == 1 and not name.more:
                there = ast.Attribute(value=node.args[0], attr=name.texts[0], ctx=ast.Load())
                found = [self.values(there, scope)]
                found += [self.values(default, scope) for default in node.args[2:3]]
                return union(found)
            return UNTOLD
        if isinstance(function, ast.Attribute):
            told = texts.of_method(self, function, node, scope)
            if told is not None:
                return told
        if isinstance(function, ast.Name):
            if word in UNCHANGED and len(node.args) == 1:
                return self.plain(node.args[0], scope)
            found_here = scope.find(function.id) or []
            if len(found_here) == 1 and found_here[0].kind == "def":
                return self._returned(found_here[0].node)
        elif isinstance(function, ast.Attribute):
            holder = self.class_of(function.value, scope)
            methods = holder.names.get(function.attr, []) if holder else []
            if len(methods) == 1 and methods[0].kind == "def":
                return self._returned(methods[0].node)
        return UNTOLD

    def _returned(self, node: ast.AST) -> Values:
        inner = self.module.inner.get(node)
        if inner is None or not inner.returns:
            return UNTOLD
        return union(self.values(*place) for place in inner.returns[:MAX_VALUES])

    def _looked_up(self, node: ast.Call, scope: Scope) -> Values:
        """`table.get(key, default)`, of a table here, the environment or whatever it is."""
        default = node.args[1] if len(node.args) > 1 else None
        default = next((k.value for k in node.keywords if k.arg == "default"), default)
        instead = self.values(default, scope) if default is not None else Values(none=True)
        if isinstance(node.func, ast.Attribute):
            held = self._item(node.func.value, node.args[0], scope)
            if held != UNTOLD:
                return union([held, instead]) if default is not None else held
        return instead._replace(more=True, none=False)


def _is_enum(scope: Scope) -> bool:
    bases = getattr(scope.node, "bases", ())
    return any("Enum" in (last_word(base) or "") for base in bases)
