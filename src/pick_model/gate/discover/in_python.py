"""Hub models in Python source: calls that load one, read from the syntax tree."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from pick_model.gate.discover import containers, in_texts
from pick_model.gate.discover.arguments import Given, given_of, name_in, with_nested
from pick_model.gate.discover.callee import Callee, Callees
from pick_model.gate.discover.expression import Values
from pick_model.gate.discover.loaders import (
    HOSTED_LIBRARIES,
    HUB_LIBRARIES,
    HUB_PREFIXES,
    NOT_MODELS,
    UNKNOWN,
    Loader,
    loader_of,
)
from pick_model.gate.discover.output_folders import saved_in, weighed
from pick_model.gate.discover.references import HOSTED, URL, Found, Perhaps, Unread, Use
from pick_model.gate.discover.scopes import Module, Scope, last_word
from pick_model.words.message import Message
from pick_model.words.say import message

Near = Callable[[tuple[str, ...]], str | None]
# Calls that run a command.
RUNS = frozenset(
    {
        "system", "popen", "Popen", "run", "call", "check_call", "check_output", "getoutput",
        "getstatusoutput", "create_subprocess_shell",
    }
)  # fmt: skip
# Calls that take the words of a command as arguments of their own, or as their second.
RUNS_WORDS = frozenset({"create_subprocess_exec", "execl", "execlp"})
RUNS_LISTS = frozenset({"execv", "execve", "execvp", "execvpe"})
# Arguments that name a repository beside the model's own.
BESIDES = (
    "tokenizer", "tokenizer_name", "tokenizer_path", "processor", "image_processor",
    "feature_extractor", "assistant_model", "draft_model", "speculative_model",
)  # fmt: skip
# Calls that send, log or describe a model.
UPLOADS = re.compile(r"push|upload|create_repo|delete|register|log_|get_logger|tag|doc")
# These call the function they are given with the arguments that follow.
PASSED_ON = frozenset({"to_thread", "submit", "run_in_executor", "apply", "apply_async", "delayed"})


def uses(text: str, file: str, near: Near | None = None) -> Iterator[Found]:
    """Every loading call in a module.

    near: gives the text of another module of the repository by its import, for the names that
    are imported from it.
    """
    try:
        tree = _parsed(text)
    except SyntaxError as error:
        yield Unread(file, error.lineno or 1, message("not-python"))
        return
    except (ValueError, RecursionError, MemoryError):
        yield Unread(file, 1, message("cannot-be-parsed"))
        return
    yield from _Finder(Module(tree), file, near).found()


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the file's own escapes
        return ast.parse(text)


@lru_cache(maxsize=16)  # modules of constants are imported by many others
def _neighbour(text: str) -> Callees | None:
    try:
        return Callees(Module(_parsed(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _cached(near: Near) -> Callable[[tuple[str, ...]], Callees | None]:
    """The same, each module looked for once."""
    known: dict[tuple[str, ...], Callees | None] = {}

    def module(path: tuple[str, ...]) -> Callees | None:
        if path not in known:
            text = near(path)
            known[path] = _neighbour(text) if text is not None else None
        return known[path]

    return module


class _Finder:
    """Finds the uses of one module."""

    def __init__(self, module: Module, file: str, near: Near | None) -> None:
        self.module = module
        self.file = file
        self.callees = Callees(module)
        self.reader = self.callees.reader
        if near is not None:
            self.callees.near = _cached(near)
            self.reader.near = self.callees.near_reader
        self.saved = saved_in(module, self.reader)

    def found(self) -> Iterator[Found]:
        told: set[str] = set()
        others = []
        for call, scope in self.module.calls:
            n = len(told)
            for use in self._uses(call, scope):
                told.update(use.use.names if isinstance(use, Perhaps) else use.names)
                yield weighed(use, self.saved)
            if len(told) == n and not self._is_elsewhere(call, scope):
                others.append((call, scope))
        for call, scope in others:
            for one in in_texts.given(self.reader, self.file, call, scope, uses):
                names = one.use.names if isinstance(one, Perhaps) else one.names
                if told.isdisjoint(names):
                    told.update(names)
                    yield weighed(one, self.saved)
        yield from in_texts.addresses(self.module, self.reader, self.file)
        named = in_texts.tables(self.module, self.reader, self.file)
        commands = in_texts.commands(self.module, self.reader, self.file, uses)
        for one in (*named, *in_texts.downloads(self.module, self.file, uses), *commands):
            if isinstance(one, Use) and told.isdisjoint(one.names):
                yield one

    def _is_elsewhere(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a call asks a service elsewhere, or sends something to the Hub."""
        word = last_word(call.func) or ""
        return UPLOADS.search(word) is not None or any(
            one.path[0] in HOSTED_LIBRARIES for one in self.callees.of(call.func, scope)
        )

    def _uses(self, call: ast.Call, scope: Scope) -> Iterator[Use | Perhaps]:
        """What a call loads: as it stands, or through the function it passes on."""
        word = self.callees.word_of(call, scope)
        told = set()
        for callee in self.callees.of(call.func, scope):
            loader = loader_of(callee.path) or self._wrapped(callee.path)
            if loader is None:
                continue
            given = given_of(callee, call)
            before = Given(callee.args, {k.arg: k.value for k in callee.keywords if k.arg}, False)
            if self._named(loader, before, scope).texts and not call.args and not callee.inherited:
                continue  # told where `partial` was called
            use = self._use(callee, loader, given, call, scope)
            if use is not None and callee.inherited and self._is_handed_on(loader, given, scope):
                continue
            for one in (use, *self._besides(loader, given, call, scope)):
                if one is not None and one not in told:
                    told.add(one)
                    yield one
        if word in ("partial", "partialmethod", "methodcaller"):
            yield from self._given_beforehand(call, scope)
        elif word == "add_pipe":
            yield from in_texts.of_spacy(self.reader, self.file, call, scope)
        elif word in RUNS and call.args:
            yield from in_texts.of_command(self.reader, self.file, call.args[0], scope, uses)
        elif word in RUNS_LISTS and len(call.args) > 1:
            yield from in_texts.of_command(self.reader, self.file, call.args[1], scope, uses)
        elif word in RUNS_WORDS and call.args:
            words = ast.copy_location(ast.List(call.args, ast.Load()), call)
            yield from in_texts.of_command(self.reader, self.file, words, scope, uses)
        elif word in ("exec", "eval") and call.args:
            for text in self.reader.values(call.args[0], scope).texts:
                for inner in uses(text, self.file):
                    if isinstance(inner, Use):
                        yield inner._replace(line=call.lineno)
        elif word == "map" or word in PASSED_ON:
            yield from self._passed_on(call, scope)

    def _is_handed_on(self, loader: Loader, given: Given, scope: Scope) -> bool:
        """Whether a constructor gives its base what it was given: its own calls tell that."""
        if self._named(loader, given, scope).texts:
            return False
        node = name_in(loader, given)
        bound = scope.find(node.id) or [] if isinstance(node, ast.Name) else []
        return any(b.kind in ("param", "unknown") for b in bound) or (node is None and given.spread)

    def _wrapped(self, path: tuple[str, ...]) -> Loader | None:
        """Where a function of another module takes the name it loads."""
        other = self.callees.near(path[:-1]) if self.callees.near and len(path) > 1 else None
        bound = other.module.top.names.get(path[-1], []) if other else []
        if other is None or len(bound) != 1 or bound[0].kind != "def":
            return None
        order = [parameter.arg for parameter in bound[0].node.args.args]
        inner = other.module.inner[bound[0].node]
        for call, scope in other.module.calls:
            if scope is not inner:
                continue
            for callee in other.of(call.func, scope):
                loader = loader_of(callee.path)
                node = name_in(loader, given_of(callee, call)) if loader else None
                if isinstance(node, ast.Name) and node.id in order:
                    return Loader(order.index(node.id), (node.id,))
        return None

    def _besides(self, loader: Loader, given: Given, call: ast.Call, scope: Scope) -> Iterator[Use]:
        """What a call loads from other repositories: its tokenizer, a draft model."""
        for keyword in BESIDES:
            if keyword in given.keywords and keyword not in loader.keywords:
                told = self.reader.values(given.keywords[keyword], scope)
                names = tuple(text for text in told.texts if "/" in text)
                if names:
                    revision, fixed = self._revision(
                        given.keywords.get(f"{keyword}_revision", given.keywords.get("revision")),
                        scope,
                    )
                    yield Use(self.file, call.lineno, keyword, names, revision, fixed)

    def _given_beforehand(self, call: ast.Call, scope: Scope) -> Iterator[Use | Perhaps]:
        for callee in self.callees.of(call, scope):
            path = callee.path[:-1] if callee.path[-1] == "of" else callee.path
            callee = callee._replace(path=path)
            loader = loader_of(path)
            keywords = {k.arg: k.value for k in callee.keywords if k.arg}
            given = Given(callee.args, keywords, False)
            if loader is not None and name_in(loader, given) is not None:
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

    def _named(self, loader: Loader, given: Given, scope: Scope) -> Values:
        node = name_in(loader, given)
        return self.reader.values(node, scope) if node is not None else Values(none=True)

    def _use(
        self, callee: Callee, loader: Loader, given: Given, call: ast.Call, scope: Scope
    ) -> Use | Perhaps | None:
        keywords = with_nested(given.keywords, scope)
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
        line = self.saved.line_of(name_in(loader, given), scope)
        if line is not None:
            folder = use._replace(names=named.texts)
            return Perhaps(folder, message("is-folder-written", line=line), "pass")
        if path[-1] == UNKNOWN and not any("/" in text for text in named.texts):
            return None  # most of what a library has loads nothing
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
        names: list[str] = []
        why: Message | None = None
        revision = use.revision
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
                why = why or message("librarys-own-list", name=text[:80])
                continue
            names.append(name)
        more = named.more or why is not None
        if not names and not more:
            return None
        settled = use._replace(
            names=tuple(names), more=more, why=why, revision=revision, default=False
        )
        if path[0] == "?" and names and all(HOSTED.fullmatch(name) for name in names):
            return Perhaps(settled, message("is-hosted"), "pass")
        unknown = path[0] not in HUB_LIBRARIES and path[0] not in ("?", "", ".")
        if unknown and not any("/" in name for name in names):
            if not names:
                return settled
            reason = message("may-be-librarys-own", library=path[0])
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
        told = ", ".join(repository.texts)[:200]
        why = message("runs-code-of", repository=told) if told else message("runs-code-on-github")
        return use._replace(more=True, why=why)

    def _how(self, use: Use, keywords: Mapping[str, ast.expr], spread: bool, scope: Scope) -> Use:
        """The use with revision, code and format: how it is loaded."""
        revision, fixed = self._revision(keywords.get("revision"), scope)
        code, code_fixed = self._revision(keywords.get("code_revision"), scope)
        safe = keywords.get("use_safetensors")
        return use._replace(
            revision=revision,
            fixed=fixed and not spread,
            remote_code=self._truth(keywords.get("trust_remote_code"), scope),
            code_revision=code,
            code_fixed=code_fixed,
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


def _of_architecture(
    text: str, loader: Loader, keywords: Mapping[str, ast.expr]
) -> tuple[list[str], Message | None]:
    """Which repository timm or open_clip takes for the weights of an architecture."""
    asked = keywords.get("pretrained")
    if asked is None or text.startswith("local-dir:"):
        return [], None
    if isinstance(asked, ast.Constant) and not asked.value:
        return [], None
    if loader.bare == "open_clip":
        return [], message("open-clips-own-list", name=text)
    if "." in text:
        return [f"timm/{text}"], None
    return [], message("timm-chooses", name=text)
