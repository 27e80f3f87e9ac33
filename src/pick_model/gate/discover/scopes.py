"""A Python module as names and what they are bound to, scope by scope.

The tree is walked without recursion, so that no depth of nesting stops it.
"""

from __future__ import annotations

import ast
import re
from typing import Any, Literal, NamedTuple

from pick_model.gate.discover.options import argparse_values, click_values

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
LEAVES = frozenset({ast.Load, ast.Store, ast.Del, ast.Name, *ast.operator.__subclasses__()})
# Nodes that bind names, call, loop or return.
TOLD = frozenset(
    {
        ast.Call, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.For, ast.AsyncFor,
        ast.While, ast.Import, ast.ImportFrom, ast.Return, ast.Global, ast.Nonlocal, ast.withitem,
        ast.ExceptHandler, ast.MatchAs, ast.MatchStar,
    }
)  # fmt: skip
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
DOWNLOAD = re.compile(r"(huggingface-cli|\bhf) download ")
# Keys of settings that name a model of the Hub and nothing else.
NAMING = frozenset(
    {
        "HF_MODEL_ID", "base_model_name_or_path", "hf_model_id", "model_name_or_path",
        "pretrained_model_name_or_path",
    }
)  # fmt: skip
ENVIRONMENT = frozenset({"putenv", "setenv"})
MAX_BINDINGS = 100  # of one name that are told apart by their lines
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Step = Literal["each"] | int  # from a container to its elements, to the one at an index


class Binding(NamedTuple):
    """One thing a name is bound to."""

    kind: Literal["value", "field", "item", "import", "param", "def", "class", "unknown"]
    node: Any  # the expression, the definition, or the imported name; None when out of sight
    scope: Scope  # where the expression is to be read
    steps: tuple[Step, ...] = ()  # from the expression to what is bound


class Scope:
    """Names of a module, a class, a function or a comprehension."""

    def __init__(self, kind: str, node: ast.AST, parent: Scope | None) -> None:
        self.kind = kind
        self.node = node
        self.parent = parent
        self.names: dict[str, list[Binding]] = {}
        self.elsewhere: dict[str, Scope] = {}  # by `global` and `nonlocal`
        self.returns: list[tuple[ast.expr, Scope]] = []
        self.loops: list[tuple[int, int]] = []  # lines of loops, from and to

    def bind(self, name: str, binding: Binding) -> None:
        self.elsewhere.get(name, self).names.setdefault(name, []).append(binding)

    def find(self, name: str) -> list[Binding] | None:
        """What a name means here; None for one that nothing in the module binds."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.elsewhere:
                return scope.elsewhere[name].names.get(name)
            if name in scope.names and (scope.kind != "class" or scope is self):
                return scope.names[name]
            scope = scope.parent
        return None

    def before(self, node: ast.Name) -> list[Binding] | None:
        """What a name may mean where it stands: not what its own scope binds further down, as
        long as no loop leads back.
        """
        found = self.find(node.id)
        line = getattr(node, "lineno", 0)
        if not found or found is not self.names.get(node.id) or self.kind == "class":
            return found
        if (
            not line
            or len(found) > MAX_BINDINGS
            or any(first <= line <= last for first, last in self.loops)
        ):
            return found
        return [b for b in found if getattr(b.node, "lineno", 0) <= line] or found

    def enclosing(self, kind: str) -> Scope | None:
        """The nearest scope of a kind, this one included."""
        scope: Scope | None = self
        while scope is not None and scope.kind != kind:
            scope = scope.parent
        return scope


class Module:
    """All scopes of a module, its calls, and the texts that hold an address of the Hub."""

    def __init__(self, tree: ast.Module) -> None:
        self.top = Scope("module", tree, None)
        self.inner: dict[ast.AST, Scope] = {}  # of functions, lambdas and classes
        self.calls: list[tuple[ast.Call, Scope]] = []
        self.calls_of: dict[str, list[tuple[ast.Call, Scope]]] = {}  # by the last word
        self.options: dict[str, list[Binding]] = {}  # argparse's destinations
        self.fields: dict[str, list[Binding]] = {}  # attributes of any class here
        self.addresses: list[tuple[ast.expr, Scope]] = []
        self.tables: list[tuple[ast.Dict, Scope]] = []  # with keys that name a model
        self.commands: list[ast.Constant] = []  # texts that hold a download
        self.words: list[tuple[ast.expr, Scope]] = []  # lists of words with options among them
        self.variables: list[tuple[str, ast.expr, Scope]] = []  # of the environment, set here
        self._todo: list[tuple[ast.AST, Scope]] = [(tree, self.top)]
        while self._todo:
            self._visit(*self._todo.pop())
        self.calls.sort(key=lambda call: (call[0].lineno, call[0].col_offset))
        for call, scope in self.calls_of.get("add_argument", ()):
            for name, value in argparse_values(call):
                self.options.setdefault(name, []).append(Binding("param", value, scope))
        for call, scope in self.calls_of.get("set_defaults", ()):
            for keyword in call.keywords:
                bound = Binding("param", keyword.value, scope)
                self.options.setdefault(keyword.arg or "", []).append(bound)

    def _later(self, scope: Scope, *nodes: ast.AST | None) -> None:
        self._todo.extend((node, scope) for node in reversed(nodes) if node is not None)

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, FUNCTIONS):
            self._function(node, scope)
        elif isinstance(node, ast.ClassDef):
            self._class(node, scope)
        elif isinstance(node, COMPREHENSIONS):
            inner = Scope("comprehension", node, scope)
            for part in node.generators:
                self._bind(part.target, part.iter, inner, ("each",))
            self._later(inner, *_children(node))
        elif isinstance(node, ast.Constant):
            if _is_text(node) and _holds_address(node):
                self.addresses.append((node, scope))
            elif isinstance(node.value, str) and DOWNLOAD.search(node.value):
                self.commands.append(node)
        elif isinstance(node, ast.JoinedStr | ast.BinOp) and _holds_address(node):
            self.addresses.append((node, scope))
            self._later(scope, *(n for n in _children(node) if not _is_text(n)))
        elif not (isinstance(node, ast.Expr) and _is_text(node.value)):  # a docstring
            if type(node) in TOLD:
                self._statement(node, scope)
            elif isinstance(node, ast.Dict) and any(_names_model(key) for key in node.keys):
                self.tables.append((node, scope))
            elif isinstance(node, ast.List | ast.Tuple) and any(map(_is_option, node.elts)):
                self.words.append((node, scope))
            self._later(scope, *_children(node))

    def _statement(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            scope.loops.append((node.lineno, node.end_lineno or node.lineno))
        if isinstance(node, ast.Call):
            self.calls.append((node, scope))
            word = last_word(node.func)
            if word:
                self.calls_of.setdefault(word, []).append((node, scope))
            self._grown(node, scope)
            if word in ("setdefault", "putenv", "setenv") and len(node.args) == 2:
                self._set(node.func, node.args[0], node.args[1], scope)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind(target, node.value, scope)
                if isinstance(target, ast.Subscript):
                    self._set(target, target.slice, node.value, scope)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                kind = "field" if scope.kind == "class" else "value"
                self._bind(node.target, node.value, scope, kind=kind)
        elif isinstance(node, ast.NamedExpr):
            outer = scope
            while outer.kind == "comprehension" and outer.parent:
                outer = outer.parent
            self._bind(node.target, node.value, outer)
        elif isinstance(node, ast.For | ast.AsyncFor):
            self._bind(node.target, node.iter, scope, ("each",))
        elif isinstance(node, ast.AugAssign):
            self._bind(node.target, None, scope)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                path = alias.name if alias.asname else name
                scope.bind(name, Binding("import", tuple(path.split(".")), scope))
        elif isinstance(node, ast.ImportFrom):
            # What is relative belongs to the repository: "." stands for its package.
            path = "." if node.level else ""
            parts = tuple(part for part in (path, *(node.module or "").split(".")) if part)
            for alias in node.names:
                if alias.name != "*":
                    name = alias.asname or alias.name
                    scope.bind(name, Binding("import", (*parts, alias.name), scope))
        elif isinstance(node, ast.Return):
            function = scope.enclosing("function")
            if function is not None and node.value is not None:
                function.returns.append((node.value, scope))
        elif isinstance(node, ast.Global | ast.Nonlocal):
            outer = self.top if isinstance(node, ast.Global) else (scope.parent or self.top)
            for name in node.names:
                while outer.kind != "module" and name not in outer.names and outer.parent:
                    outer = outer.parent
                scope.elsewhere[name] = outer
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self._bind(node.optional_vars, None, scope)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            scope.bind(node.name, Binding("unknown", None, scope))

    def _bind(
        self,
        target: ast.AST,
        value: ast.expr | None,
        scope: Scope,
        steps: tuple[Step, ...] = (),
        kind: Any = "value",
    ) -> None:
        todo: list[tuple[ast.AST, tuple[Step, ...]]] = [(target, steps)]
        while todo:
            here, steps = todo.pop()
            bound = Binding(kind if value is not None else "unknown", value, scope, steps)
            if isinstance(here, ast.Name):
                scope.bind(here.id, bound)
                if scope.kind == "class":
                    self.fields.setdefault(here.id, []).append(bound)
            elif isinstance(here, ast.Tuple | ast.List):
                todo += [(inner, (*steps, index)) for index, inner in enumerate(here.elts)]
            elif isinstance(here, ast.Attribute):
                self.fields.setdefault(here.attr, []).append(bound)
                holder = scope.enclosing("class")
                if holder is not None and is_self(here.value):
                    holder.bind(here.attr, bound)
            elif isinstance(here, ast.Subscript) and isinstance(here.value, ast.Name):
                if value is not None:
                    scope.bind(here.value.id, Binding("item", value, scope, steps))
            elif isinstance(here, ast.Starred) and isinstance(here.value, ast.Name):
                scope.bind(here.value.id, Binding("unknown", None, scope))

    def _grown(self, node: ast.Call, scope: Scope) -> None:
        """Take `names.append(x)` for one more item of `names`."""
        call = node.func
        if not isinstance(call, ast.Attribute) or not isinstance(call.value, ast.Name):
            return
        if call.attr in ("append", "add", "insert") and node.args:
            found = scope.find(call.value.id)
            if found:
                found.append(Binding("item", node.args[-1], scope))

    def _set(self, place: ast.expr, name: ast.expr, value: ast.expr, scope: Scope) -> None:
        """Keep `environ[name] = value` and `environ.setdefault(name, value)`."""
        held: ast.expr = getattr(place, "value", place)
        environment = last_word(held) == "environ" or getattr(place, "attr", "") in ENVIRONMENT
        if environment and isinstance(name, ast.Constant) and isinstance(name.value, str):
            self.variables.append((name.value, value, scope))

    def _function(self, node: Function, scope: Scope) -> None:
        inner = Scope("function", node, scope)
        self.inner[node] = inner
        given = node.args
        every = [*given.posonlyargs, *given.args]
        defaults = [None] * (len(every) - len(given.defaults)) + list(given.defaults)
        pairs = [*zip(every, defaults, strict=True)]
        pairs += zip(given.kwonlyargs, given.kw_defaults, strict=True)
        for parameter, default in pairs:
            inner.bind(parameter.arg, Binding("param", default, scope))
        for rest in (given.vararg, given.kwarg):
            if rest is not None:
                inner.bind(rest.arg, Binding("unknown", None, scope))
        if isinstance(node, ast.Lambda):
            inner.returns.append((node.body, inner))
            self._later(inner, node.body)
            self._later(scope, *(default for _, default in pairs))
            return
        scope.bind(node.name, Binding("def", node, scope))
        for decorator in node.decorator_list:
            for name, default in click_values(decorator):
                if name in inner.names:
                    inner.bind(name, Binding("param", default, scope))
        self._later(inner, *node.body)
        self._later(scope, *node.decorator_list, *(default for _, default in pairs))
        self._later(scope, *(parameter.annotation for parameter, _ in pairs))

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        inner = Scope("class", node, scope)
        self.inner[node] = inner
        scope.bind(node.name, Binding("class", node, scope))
        self._later(inner, *node.body)
        self._later(scope, *node.decorator_list, *node.bases, *(k.value for k in node.keywords))


def _children(node: ast.AST) -> list[ast.AST]:
    """The nodes below one, without names and marks, which hold nothing more."""
    found: list[ast.AST] = []
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST) and type(value) not in LEAVES:
            found.append(value)
    return found


def last_word(function: ast.expr) -> str | None:
    """The last name of what is called."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


def is_self(node: ast.AST) -> bool:
    """Whether it is what methods call their object or class."""
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _is_option(node: ast.expr) -> bool:
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and text.startswith("--")


def _names_model(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and key.value in NAMING


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _holds_address(node: ast.AST) -> bool:
    while isinstance(node, ast.BinOp) and isinstance(node.left, ast.BinOp):
        node = node.left  # a sum leans to the left
    parts = [node, *ast.iter_child_nodes(node)]
    texts = [part.value for part in parts if isinstance(part, ast.Constant)]
    return any(
        isinstance(text, str) and ("huggingface.co/" in text or "hf.co/" in text or "hf://" in text)
        for text in texts
    )
