"""What a call calls: its full path by the imports, through aliases, `partial` and `getattr`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import NamedTuple

from pick_model.gate.discover import containers
from pick_model.gate.discover.loaders import HUB_LIBRARIES, UNKNOWN, is_hub_library, loader_of
from pick_model.gate.discover.scopes import Binding, Module, Scope, last_word
from pick_model.gate.discover.values import ExpressionReader

MAX_PATHS = 16  # that one name may stand for
MAX_DEPTH = 20  # of aliases
Path = tuple[str, ...]


class Callee(NamedTuple):
    """A function by its path, with the arguments `partial` gave it beforehand."""

    path: Path
    args: tuple[ast.expr, ...] = ()
    keywords: tuple[ast.keyword, ...] = ()
    skips: int = 0  # arguments of the call that are none of the function's: `Base.__init__(self`
    inherited: bool = False  # called within a class made from it, or given that class's fields


class Callees:
    """Resolves what is called in one module."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.reader = ExpressionReader(module, self.is_thing, self.word_of)
        # Another module of the repository by its import; those of others are out of sight.
        self.near: Callable[[Path], Callees | None] | None = None
        self._known: dict[tuple[ast.AST, Scope], tuple[Callee, ...]] = {}
        self._depth = 0

    def near_reader(self, path: Path) -> ExpressionReader | None:
        """The reader of another module of the repository."""
        other = self.near(path) if self.near is not None else None
        return other.reader if other is not None else None

    def is_thing(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a call gives a model, or another object of a library that loads them."""
        word = last_word(call.func) or ""
        if word.startswith("from_") or word == "pipeline":
            return True
        found = self.of(call.func, scope)
        return bool(found) and all(
            (loader_of(one.path) is not None and one.path[-1] != "hf_hub_url")
            or (is_hub_library(one.path[0]) and one.path[-1][:1].isupper())
            for one in found
        )

    def word_of(self, call: ast.Call, scope: Scope) -> str:
        """The last word of what is called; of what is imported under another name, its own."""
        if isinstance(call.func, ast.Name):
            paths = [one.path for one in self.of(call.func, scope)]
            if len(paths) == 1 and len(paths[0]) > 1:
                return paths[0][-1]
        return last_word(call.func) or ""

    def of(self, node: ast.expr, scope: Scope) -> tuple[Callee, ...]:
        """All that an expression may refer to; nothing for what is no reference."""
        key = (node, scope)
        if key in self._known:
            return self._known[key]
        if self._depth > MAX_DEPTH:
            return ()
        self._known[key] = ()
        self._depth += 1
        try:
            found = tuple(dict.fromkeys(self._of(node, scope)))[:MAX_PATHS]
        finally:
            self._depth -= 1
        self._known[key] = found
        return found

    def _of(self, node: ast.expr, scope: Scope) -> list[Callee]:
        if isinstance(node, ast.Name):
            bindings = scope.before(node)
            if bindings is None:
                known = node.id in HUB_LIBRARIES or node.id in ("torch", "functools", "importlib")
                return [Callee((node.id,) if known else ("?", node.id))]
            return [one for b in bindings[:MAX_PATHS] for one in self._bound(node.id, b)]
        if isinstance(node, ast.Attribute):
            holder = self.reader.class_of(node.value, scope)
            if holder is not None and node.attr in holder.names:
                found = [
                    one
                    for b in holder.names[node.attr][:MAX_PATHS]
                    for one in self._bound(node.attr, b)
                ]
                if any(one.path[0] not in ("", ".") for one in found):
                    return found
            inherited = self._of_bases(node, scope)
            if inherited is not None:
                return inherited
            owners = self.of(node.value, scope) or (Callee(("",)),)
            if node.attr == "__call__":
                return list(owners)
            attributes = [Callee((*owner.path, node.attr)) for owner in owners]
            return [one for each in attributes for one in self._elsewhere(each)]
        if isinstance(node, ast.Call):
            return self._of_call(node, scope)
        if isinstance(node, ast.IfExp):
            return [*self.of(node.body, scope), *self.of(node.orelse, scope)]
        if isinstance(node, ast.BoolOp):
            return [one for value in node.values for one in self.of(value, scope)]
        if isinstance(node, ast.NamedExpr | ast.Await):
            return list(self.of(node.value, scope))
        if isinstance(node, ast.Subscript):
            return self._in_table(node, scope)
        return [Callee(("", "()"))]

    def _elsewhere(self, callee: Callee) -> list[Callee]:
        """What another module of the repository means by a name, where that is a library's."""
        path = callee.path
        if self.near is None or len(path) < 2 or path[0] in ("", "?", *HUB_LIBRARIES):
            return [callee]
        other = self.near(path[:-1])
        if other is not None:
            found = other.of(ast.Name(path[-1], ast.Load()), other.module.top)
            if any(is_hub_library(one.path[0]) for one in found):
                return list(found)
        return [callee]

    def _named(self, owner: ast.expr, name: ast.expr, scope: Scope) -> list[Callee]:
        """What `getattr(owner, name)` gives; of a library, some of its names where it is untold."""
        text = self.reader.values(name, scope)
        owners = self.of(owner, scope)
        if len(text.texts) == 1:
            return [Callee((*one.path, *text.texts[0].split("."))) for one in owners]
        known = [one for one in owners if is_hub_library(one.path[0])]
        return [Callee((*one.path, UNKNOWN)) for one in known] or [Callee(("", "?"))]

    def _in_table(self, node: ast.Subscript, scope: Scope) -> list[Callee]:
        """Any of a table's values: `LOADERS[kind](name)`, or a name of a module's own table."""
        inside = node.value
        if isinstance(inside, ast.Attribute) and inside.attr == "__dict__":
            return self._named(inside.value, node.slice, scope)
        if isinstance(inside, ast.Call) and last_word(inside.func) == "vars" and inside.args:
            return self._named(inside.args[0], node.slice, scope)
        held = containers.places(self.reader, node.value, scope, ())
        table = node.value
        if isinstance(table, ast.Name):
            bindings = scope.find(table.id) or []
            held = [(b.node, b.scope) for b in bindings if b.kind == "value" and not b.steps]
        found = []
        for holder, inner in held or ():
            if isinstance(holder, ast.Dict | ast.List | ast.Tuple):
                every = holder.values if isinstance(holder, ast.Dict) else holder.elts
                found += [one for value in every[:MAX_PATHS] for one in self.of(value, inner)]
        return found or [Callee(("", "()"))]

    def _bound(self, name: str, binding: Binding) -> list[Callee]:
        if binding.kind == "import":
            return self._elsewhere(Callee(binding.node))
        if binding.kind == "value":
            places = containers.places(self.reader, binding.node, binding.scope, binding.steps)
            return [one for place in places or () for one in self.of(*place)] or [Callee(("",))]
        if binding.kind == "param" and binding.node is not None:
            return [*self.of(binding.node, binding.scope), Callee(("",))]
        if binding.kind == "class":
            # A class of this repository loads as the one it is made from does.
            return [*self._bases(binding.node, binding.scope), Callee((".", name))]
        if binding.kind == "def":
            return [Callee((".", name))]
        return [Callee(("",))]

    def _bases(self, node: ast.ClassDef, scope: Scope) -> list[Callee]:
        """The classes of libraries that a class is made from, with the fields it sets anew."""
        found = []
        for base in node.bases:
            for one in self.of(base, scope):
                if is_hub_library(one.path[0]):
                    known = loader_of(one.path)
                    fields = [
                        ast.keyword(name, bound[-1].node)
                        for name, bound in self.module.inner[node].names.items()
                        if known is not None and name in known.keywords
                        if bound[-1].kind in ("field", "value")
                    ]
                    given = (*one.keywords, *fields)
                    found.append(
                        one._replace(keywords=given, inherited=one.inherited or bool(fields))
                    )
        return found

    def _of_bases(self, node: ast.Attribute, scope: Scope) -> list[Callee] | None:
        """What `super().method` and `Base.__init__` call, in a class made from a library's."""
        holder = scope.enclosing("class")
        if holder is None or not isinstance(holder.node, ast.ClassDef) or holder.parent is None:
            return None
        rest = () if node.attr == "__init__" else (node.attr,)
        value = node.value
        if isinstance(value, ast.Call) and last_word(value.func) == "super":
            return [
                one._replace(path=(*one.path, *rest), inherited=True)
                for one in self._bases(holder.node, holder.parent)
            ]
        if node.attr == "__init__":
            owners = [one for one in self.of(value, scope) if is_hub_library(one.path[0])]
            return [one._replace(skips=1, inherited=True) for one in owners] or None
        return None

    def _of_call(self, node: ast.Call, scope: Scope) -> list[Callee]:
        word, args = self.word_of(node, scope), node.args
        if word in ("partial", "partialmethod") and args:
            return [
                Callee(one.path, (*one.args, *args[1:]), (*one.keywords, *node.keywords))
                for one in self.of(args[0], scope)
            ]
        if word in ("getattr", "import_module", "__import__") and len(args) > (word == "getattr"):
            if word == "getattr":
                return self._named(args[0], args[1], scope)
            text = self.reader.values(args[-1], scope)
            if len(args) == 1 and len(text.texts) == 1:
                return [Callee(tuple(text.texts[0].split(".")))]
        made = node.func
        if isinstance(made, ast.Call) and self.word_of(made, scope) == "attrgetter":
            return self._named(args[0], made.args[0], scope) if args and made.args else []
        if word == "methodcaller" and args:
            text = self.reader.values(args[0], scope)
            method = text.texts[0] if len(text.texts) == 1 else "?"
            return [Callee(("", method, "of"), tuple(args[1:]), tuple(node.keywords))]
        if word in ("lru_cache", "cache", "staticmethod", "classmethod", "wraps") and args:
            return list(self.of(args[0], scope))
        return [Callee((*one.path, "()")) for one in self.of(node.func, scope)]
