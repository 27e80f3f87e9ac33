"""Models that the texts of a module name: addresses, commands, settings of other programs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pick_model.gate.discover import containers, in_commands
from pick_model.gate.discover.found import MAX_TEXT, OWNER_NAME, URL, Perhaps, Use
from pick_model.gate.discover.in_commands import Python
from pick_model.gate.discover.scopes import NAMING, Module, Scope
from pick_model.gate.discover.values import Reader


def addresses(module: Module, reader: Reader, file: str) -> Iterator[Use]:
    """Weights loaded by an address of the Hub, whatever loads them."""
    for node, scope in module.addresses:
        told = reader.values(node, scope)
        for text in told.texts:
            found = URL.search(text)
            if found and found["revision"] and len(text) <= MAX_TEXT:
                use = Use(file, node.lineno, "address", (found["name"],))
                yield use._replace(revision=found["revision"], more=told.more)
        if not told.texts and isinstance(node, ast.JoinedStr):
            yield Use(file, node.lineno, "address", (), more=True)


def tables(module: Module, reader: Reader, file: str) -> Iterator[Use]:
    """Models that tables name for a service or a program elsewhere."""
    for table, scope in module.tables:
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in NAMING:
                told = reader.values(value, scope)
                names = tuple(text for text in told.texts if OWNER_NAME.fullmatch(text))
                if names:
                    yield Use(file, table.lineno, str(key.value), names, more=told.more)


def downloads(module: Module, file: str, python: Python) -> Iterator[Use]:
    """Downloads in texts that something will run as commands."""
    for text in module.commands:
        for one in in_commands.uses_in_text(str(text.value), file, text.lineno, python):
            if isinstance(one, Use):
                yield one


def of_command(
    reader: Reader, file: str, call: ast.Call, scope: Scope, python: Python
) -> Iterator[Use | Perhaps]:
    """What a command loads that the module runs: a text, or a list of words."""
    words = containers.literals(reader, call.args[0], scope)
    held, inner = words[0] if words and len(words) == 1 else (None, scope)
    if isinstance(held, ast.List | ast.Tuple):
        told = [reader.values(word, inner).texts for word in held.elts]
        lines = [" ".join(f'"{text[0]}"' if text else '"$untold"' for text in told)]
    else:
        lines = list(reader.values(call.args[0], scope).texts)
    for line in lines:
        for one in in_commands.uses_in_text(line, file, call.lineno, python):
            if isinstance(one, Use | Perhaps):
                yield one


def of_spacy(reader: Reader, file: str, call: ast.Call, scope: Scope) -> Iterator[Use]:
    """The model of `nlp.add_pipe("transformer", config={"model": {"name": …}})`."""
    config = next((k.value for k in call.keywords if k.arg == "config"), None)
    for key in ("model", "name"):
        held = containers.literals(reader, config, scope) if config else None
        table = held[0][0] if held and len(held) == 1 else None
        config = _entry(table, key) if isinstance(table, ast.Dict) else None
    if config is not None:
        told = reader.values(config, scope)
        yield Use(file, call.lineno, "add_pipe", told.texts, more=told.more)


def _entry(table: ast.Dict, key: str) -> ast.expr | None:
    """What a table holds under a key."""
    for name, value in zip(table.keys, table.values, strict=True):
        if isinstance(name, ast.Constant) and name.value == key:
            return value
    return None
