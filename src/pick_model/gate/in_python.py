"""Hub models in Python source: calls that load one, read from the syntax tree."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pick_model.gate import containers
from pick_model.gate.callee import Callee, Callees
from pick_model.gate.found import HOSTED, MAX_TEXT, URL, Found, Perhaps, Unread, Use
from pick_model.gate.loaders import (
    HUB_LIBRARIES,
    HUB_PREFIXES,
    NOT_MODELS,
    Loader,
    loader_of,
)
from pick_model.gate.scopes import Module, Scope, last_word
from pick_model.gate.values import Values

# Calls that write a folder, by the argument that names it.
WRITERS = {
    "save_pretrained": 0, "save_model": 0, "save": 0, "makedirs": 0, "mkdir": 0,
    "save_to_disk": 0, "TrainingArguments": 0, "Seq2SeqTrainingArguments": 0,
}  # fmt: skip
WRITTEN = frozenset({"output_dir", "save_directory", "local_dir", "save_path"})
# These call the function they are given with the arguments that follow.
PASSED_ON = frozenset({"to_thread", "submit", "run_in_executor", "apply", "apply_async", "delayed"})


class Given(NamedTuple):
    """The arguments of a call, those of `partial` first."""

    args: tuple[ast.expr, ...]
    keywords: Mapping[str, ast.expr]
    spread: bool  # a `*` or `**` that hides what else is given


def uses(text: str, file: str) -> Iterator[Found]:
    """Every loading call in a module."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the file's own escapes
            tree = ast.parse(text)
    except SyntaxError as error:
        yield Unread(file, error.lineno or 1, "is not Python this interpreter reads")
        return
    except (ValueError, RecursionError, MemoryError):
        yield Unread(file, 1, "cannot be parsed")
        return
    yield from _Finder(Module(tree), file).found()


class _Finder:
    """Finds the uses of one module."""

    def __init__(self, module: Module, file: str) -> None:
        self.module = module
        self.file = file
        self.callees = Callees(module)
        self.reader = self.callees.reader
        self.saved = self._saved()

    def found(self) -> Iterator[Found]:
        for call, scope in self.module.calls:
            for use in self._uses(call, scope):
                yield self._weighed(use)
        yield from self._addresses()

    def _uses(self, call: ast.Call, scope: Scope) -> Iterator[Use | Perhaps]:
        """What a call loads: as it stands, or through the function it passes on."""
        word = self.callees.word_of(call, scope)
        told = set()
        for callee in self.callees.of(call.func, scope):
            loader = loader_of(callee.path)
            if loader is None:
                continue
            given = _given(callee, call)
            before = Given(callee.args, {k.arg: k.value for k in callee.keywords if k.arg}, False)
            if self._named(loader, before, scope).texts and not call.args:
                continue  # told where `partial` was called
            use = self._use(callee, loader, given, call, scope)
            if use is not None and use not in told:
                told.add(use)
                yield use
        if word in ("partial", "partialmethod", "methodcaller"):
            yield from self._given_beforehand(call, scope)
        elif word == "add_pipe":
            yield from self._of_spacy(call, scope)
        elif word == "map" or word in PASSED_ON:
            yield from self._passed_on(call, scope)

    def _given_beforehand(self, call: ast.Call, scope: Scope) -> Iterator[Use | Perhaps]:
        for callee in self.callees.of(call, scope):
            path = callee.path[:-1] if callee.path[-1] == "of" else callee.path
            callee = callee._replace(path=path)
            loader = loader_of(path)
            keywords = {k.arg: k.value for k in callee.keywords if k.arg}
            given = Given(callee.args, keywords, False)
            if loader is not None and _argument(loader, given) is not None:
                use = self._use(callee, loader, given, call, scope)
                if use is not None:
                    yield use

    def _passed_on(self, call: ast.Call, scope: Scope) -> Iterator[Use | Perhaps]:
        for index, argument in enumerate(call.args[:2]):
            for callee in self.callees.of(argument, scope):
                loader = loader_of(callee.path)
                if loader is None:
                    continue
                rest = tuple(call.args[index + 1 :])
                if last_word(call.func) == "map":
                    rows = (
                        containers.places(self.reader, rest[0], scope, ("each",)) if rest else None
                    )
                    each = [(place[0],) for place in rows] if rows else [rest]
                else:
                    each = [rest]
                for args in each:
                    given = Given((*callee.args, *args), {}, False)
                    use = self._use(callee, loader, given, call, scope)
                    if use is not None:
                        yield use

    def _of_spacy(self, call: ast.Call, scope: Scope) -> Iterator[Use]:
        """The model of `nlp.add_pipe("transformer", config={"model": {"name": …}})`."""
        config = next((k.value for k in call.keywords if k.arg == "config"), None)
        for key in ("model", "name"):
            held = containers.literals(self.reader, config, scope) if config else None
            table = held[0][0] if held and len(held) == 1 else None
            config = _entry(table, key) if isinstance(table, ast.Dict) else None
        if config is not None:
            told = self.reader.values(config, scope)
            yield Use(self.file, call.lineno, "add_pipe", told.texts, more=told.more)

    def _named(self, loader: Loader, given: Given, scope: Scope) -> Values:
        node = _argument(loader, given)
        return self.reader.values(node, scope) if node is not None else Values(none=True)

    def _use(
        self, callee: Callee, loader: Loader, given: Given, call: ast.Call, scope: Scope
    ) -> Use | Perhaps | None:
        keywords = self._with_nested(given.keywords, scope)
        hidden = given.spread and "revision" not in given.keywords
        given = given._replace(keywords=keywords)
        kind = self.reader.values(keywords["repo_type"], scope) if "repo_type" in keywords else None
        if kind is not None and kind.texts and not kind.more and NOT_MODELS.issuperset(kind.texts):
            return None
        path = callee.path
        named = self._named(loader, given, scope)
        label = ".".join(path) if path[-1] in ("load", "score", "serve") else path[-1]
        use = Use(self.file, call.lineno, label, ())
        use = self._how(use, keywords, hidden, scope)
        if path[:3] == ("torch", "hub", "load"):
            return self._of_torch_hub(use, given, scope, named)
        if not named.texts and not named.more:
            if named.thing or (given.spread and path[0] == ""):
                return None
            if given.spread:
                return use._replace(more=True)
            asked = path[0] not in ("?", "", ".") and loader.default
            return use._replace(default=True) if asked else None
        return self._settled(use, named, loader, path, keywords)

    def _settled(
        self,
        use: Use,
        named: Values,
        loader: Loader,
        path: tuple[str, ...],
        keywords: Mapping[str, ast.expr],
    ) -> Use | Perhaps | None:
        """The use with its names as the library takes them."""
        names, why, revision = [], "", use.revision
        for text in named.texts:
            name = text
            for prefix in HUB_PREFIXES:
                name = name.removeprefix(prefix)
            if loader.bare in ("timm", "open_clip") and name == text:
                told, reason = _of_architecture(text, loader, keywords)
                names += told
                why = why or reason
                continue
            if (address := URL.match(name)) is not None:
                name, revision = address["name"], revision or address["revision"]
            if "@" in name and revision is None and use.fixed:
                name, _, revision = name.partition("@")
            if loader.bare == "own" and "/" not in name:
                why = why or f"the library's own list says which repository {text[:80]} is"
                continue
            names.append(name)
        more = named.more or bool(why)
        if not names and not more:
            return None
        settled = use._replace(
            names=tuple(names), more=more, why=why, revision=revision, default=False
        )
        if path[0] == "?" and names and all(HOSTED.fullmatch(name) for name in names):
            return Perhaps(settled, "is a hosted service's name", "pass")
        unknown = path[0] not in HUB_LIBRARIES and path[0] not in ("?", "", ".")
        if unknown and not any("/" in name for name in names):
            if not names:
                return settled
            reason = f"{path[0]} loads, which may hold models of its own"
            return Perhaps(settled, reason, "note", path[0])
        return settled

    def _of_torch_hub(self, use: Use, given: Given, scope: Scope, named: Values) -> Use | None:
        source = given.keywords.get("source")
        if source is not None and self.reader.values(source, scope).texts == ("local",):
            return None
        place = given.keywords.get("repo_or_dir", given.args[0] if given.args else None)
        repository = self.reader.values(place, scope)
        if any(text.startswith("huggingface/") for text in repository.texts):
            if named.texts or named.more:
                return use._replace(names=named.texts, more=named.more)
            return use._replace(more=True)
        told = ", ".join(repository.texts)[:200] or "a repository"
        return use._replace(more=True, why=f"it runs the code of {told} on GitHub, which loads it")

    def _with_nested(self, keywords: Mapping[str, ast.expr], scope: Scope) -> dict[str, ast.expr]:
        """The keywords, with those handed on in a dictionary; their own outrank them."""
        every: dict[str, ast.expr] = {}
        for name in ("model_kwargs", "hf_model_kwargs", "config_kwargs", ""):
            node = keywords.get(name)
            if isinstance(node, ast.Name):
                found = [b for b in scope.find(node.id) or [] if b.kind != "item"]
                node = found[0].node if len(found) == 1 else None
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        every[key.value] = value
        return {**every, **keywords}

    def _how(self, use: Use, keywords: Mapping[str, ast.expr], spread: bool, scope: Scope) -> Use:
        """The use with revision, code and format: how it is loaded."""
        revision, fixed = self._revision(keywords.get("revision"), scope)
        code, code_fixed = self._revision(keywords.get("code_revision"), scope)
        safe = keywords.get("use_safetensors")
        return use._replace(
            revision=revision,
            fixed=fixed and not spread,
            remote_code=self._truth(keywords.get("trust_remote_code"), scope),
            code_revision=code if code_fixed else "told at run time",
            pickles=safe is not None and self._truth(safe, scope) is False,
        )

    def _revision(self, node: ast.expr | None, scope: Scope) -> tuple[str | None, bool]:
        if node is None:
            return None, True
        told = self.reader.values(node, scope)
        if told == Values(none=True):
            return None, True
        if len(told.texts) == 1 and not told.more and not told.none and not told.thing:
            return told.texts[0], True
        return None, False

    def _truth(self, node: ast.expr | None, scope: Scope, depth: int = 0) -> bool | None:
        if node is None:
            return False
        if isinstance(node, ast.Constant):
            return bool(node.value)
        if isinstance(node, ast.Name) and depth < 10:
            found = scope.find(node.id) or []
            if len(found) == 1 and found[0].kind == "value" and not found[0].steps:
                return self._truth(found[0].node, found[0].scope, depth + 1)
        return None

    def _weighed(self, use: Use | Perhaps) -> Use | Perhaps:
        """A folder that this file writes is no repository, unless a lock says so."""
        if isinstance(use, Perhaps) or not use.names or use.more:
            return use
        for name in use.names:
            line = self.saved.get(name.rstrip("/")) or next(
                (at for folder, at in self.saved.items() if _is_in(name, folder)), None
            )
            if line is None:
                return use
        return Perhaps(use, f"is a folder that line {line} writes", "pass")

    def _saved(self) -> dict[str, int]:
        """The folders that this file writes, with the line that does."""
        found: dict[str, int] = {}
        for call, scope in self.module.calls:
            at = WRITERS.get(last_word(call.func) or "")
            nodes = [k.value for k in call.keywords if k.arg in WRITTEN]
            if at is not None and at < len(call.args):
                nodes.append(call.args[at])
            for node in nodes:
                for text in self.reader.values(node, scope).texts:
                    found.setdefault(text.removeprefix("./").rstrip("/"), call.lineno)
        return {text: line for text, line in found.items() if text}

    def _addresses(self) -> Iterator[Use]:
        """Weights loaded by an address of the Hub, whatever loads them."""
        for node, scope in self.module.addresses:
            told = self.reader.values(node, scope)
            for text in told.texts:
                found = URL.search(text)
                if found and found["revision"] and len(text) <= MAX_TEXT:
                    use = Use(self.file, node.lineno, "address", (found["name"],))
                    yield use._replace(revision=found["revision"], more=told.more)
            if not told.texts and isinstance(node, ast.JoinedStr):
                yield Use(self.file, node.lineno, "address", (), more=True)


def _of_architecture(
    text: str, loader: Loader, keywords: Mapping[str, ast.expr]
) -> tuple[list[str], str]:
    """Which repository timm or open_clip takes for the weights of an architecture."""
    asked = keywords.get("pretrained")
    if asked is None or text.startswith("local-dir:"):
        return [], ""
    if isinstance(asked, ast.Constant) and not asked.value:
        return [], ""
    if loader.bare == "open_clip":
        return [], f"open_clip's own list says which repository the weights of {text} are"
    if "." in text:
        return [f"timm/{text}"], ""
    return [], f"timm chooses the weights of {text}"


def _given(callee: Callee, call: ast.Call) -> Given:
    spread = any(k.arg is None for k in (*callee.keywords, *call.keywords))
    keywords = {k.arg: k.value for k in (*callee.keywords, *call.keywords) if k.arg}
    for keyword in (*callee.keywords, *call.keywords):
        if keyword.arg is None:  # `_with_nested` looks into one that is written out
            keywords.setdefault("", keyword.value)
    args = (*callee.args, *call.args)
    starred = next((i for i, a in enumerate(args) if isinstance(a, ast.Starred)), len(args))
    return Given(args[:starred], keywords, spread or starred < len(args))


def _argument(loader: Loader, given: Given) -> ast.expr | None:
    """Where the model's name stands."""
    for keyword in loader.keywords:
        if keyword in given.keywords:
            return given.keywords[keyword]
    if loader.position is None or loader.position >= len(given.args):
        return None
    return given.args[loader.position]


def _entry(table: ast.Dict, key: str) -> ast.expr | None:
    """What a table holds under a key."""
    for name, value in zip(table.keys, table.values, strict=True):
        if isinstance(name, ast.Constant) and name.value == key:
            return value
    return None


def _is_in(name: str, folder: str) -> bool:
    """Whether a name lies in a folder, or is a checkpoint of a run beside it."""
    if name.startswith(f"{folder}/"):
        return True
    owner, _, rest = name.partition("/")
    return rest.startswith("checkpoint-") and folder.partition("/")[0] == owner
