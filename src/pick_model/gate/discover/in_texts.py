"""Models that the texts of a module name: addresses, commands, settings of other programs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from pick_model.gate.discover import containers, in_commands
from pick_model.gate.discover.in_commands import Python
from pick_model.gate.discover.references import (
    HOSTED,
    MAX_TEXT,
    OWNER_NAME,
    URL,
    Perhaps,
    Use,
    doubt,
)
from pick_model.gate.discover.scopes import NAMING, Module, Scope, last_word
from pick_model.gate.discover.values import ExpressionReader
from pick_model.words.say import message

# Arguments that are called a model, whatever takes them.
MODEL_NAME = re.compile(
    r"(?:\w+_)?(?:model|encoder|embedder|reranker|tokenizer|backbone|checkpoint)"
    r"(?:_(?:id|name|path|repo|type|name_or_path))?"
)


def addresses(module: Module, reader: ExpressionReader, file: str) -> Iterator[Use]:
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


def tables(module: Module, reader: ExpressionReader, file: str) -> Iterator[Use]:
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


def commands(
    module: Module, reader: ExpressionReader, file: str, python: Python
) -> Iterator[Use | Perhaps]:
    """What lists of words with options name, and variables that are set for other programs."""
    for node, scope in module.words:
        yield from of_command(reader, file, node, scope, python)
    for name, value, scope in module.variables:
        for text in reader.values(value, scope).texts:
            yield from _of_words(f'{name}="{text}"', file, value.lineno, python)


def given(
    reader: ExpressionReader, file: str, call: ast.Call, scope: Scope, python: Python
) -> Iterator[Use | Perhaps]:
    """Models that a call of something unknown here is given under the name of one."""
    for keyword in call.keywords:
        if keyword.arg == "model_args":  # of lm_eval: pretrained=acme/base,dtype=float16
            for text in reader.values(keyword.value, scope).texts:
                yield from _of_words(f'--model_args "{text}"', file, call.lineno, python)
        elif keyword.arg and MODEL_NAME.fullmatch(keyword.arg):
            texts = reader.values(keyword.value, scope).texts
            names = tuple(text for text in texts if _is_a_models(text))
            if names:
                use = Use(file, call.lineno, keyword.arg, names)
                word = last_word(call.func) or "a function"
                yield Perhaps(use, message("may-load", call=word), "note")


def _is_a_models(text: str) -> bool:
    """Whether a text can be owner/name of a repository, and of nothing else that is usual."""
    shaped = OWNER_NAME.fullmatch(text) is not None and HOSTED.fullmatch(text) is None
    return shaped and doubt(text) is None


def _of_words(line: str, file: str, number: int, python: Python) -> Iterator[Use | Perhaps]:
    for one in in_commands.uses_in_text(line, file, number, python):
        if isinstance(one, Use | Perhaps):
            yield one


def of_command(
    reader: ExpressionReader, file: str, node: ast.expr, scope: Scope, python: Python
) -> Iterator[Use | Perhaps]:
    """What a command loads that the module runs: a text, or a list of words."""
    words = containers.literals(reader, node, scope)
    held, inner = words[0] if words and len(words) == 1 else (None, scope)
    if isinstance(held, ast.List | ast.Tuple):
        told = [reader.values(word, inner).texts for word in held.elts]
        lines = [" ".join(f'"{text[0]}"' if text else '"$untold"' for text in told)]
    else:
        lines = list(reader.values(node, scope).texts)
    for line in lines:
        yield from _of_words(line, file, node.lineno, python)


def of_spacy(reader: ExpressionReader, file: str, call: ast.Call, scope: Scope) -> Iterator[Use]:
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
