"""Hub models in commands: shell scripts, Dockerfiles, a workflow's steps, a notebook's magics.

Commands are not run through a shell's grammar. What is looked for are downloads, flags and
variables that name a model, addresses of the Hub, and Python that a line hands over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from pick_model.gate.discover.references import (
    HOSTED,
    OWNER_NAME,
    PATH_KEY,
    URL,
    Found,
    Perhaps,
    Unread,
    Use,
)
from pick_model.words.say import message

Python = Callable[[str, str], Iterable[Found]]  # code, file -> what it loads
WORD = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s\"';|&()\[\],]+(?:\"[^\"]*\"|'[^']*')?|&&|\|\||[;|&]")
ASSIGNED = re.compile(
    r"(?:^|\s|--build-arg\s+|-e\s+)([A-Za-z_]\w*)\s*[:?+]?=\s*([\"']?)([^\s\"';]+)\2"
)
DOCKER_ENV = re.compile(r"^\s*ENV\s+([A-Za-z_]\w*)\s+(\S+)\s*$", re.IGNORECASE)
VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)(?::?-([^}]*))?\}?")
CODE = re.compile(
    r"\bpython[\d.]*\b[^\n|;&]{0,200}?\s-c\s+"
    r"(?:\"((?:[^\"\\]|\\.){0,20000})\"|'([^']{0,20000})')",
    re.DOTALL,
)
HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)")
MODEL_VARIABLE = re.compile(
    r"(?:\w+_)?(?:MODEL|TOKENIZER|ENCODER|EMBEDDER|RERANKER|CHECKPOINT|HF_REPO|MODEL_REPO)(?:_(?:ID|NAME|PATH|REPO"
    r"|NAME_OR_PATH|CHECKPOINT))?",
    re.IGNORECASE,
)
MODEL_FLAG = re.compile(
    r"--?(?:[a-z]+[-_])?(?:model|tokenizer|encoder|checkpoint|base[-_]model|hf[-_]repo|lora[-_]path)"
    r"(?:[-_](?:id|name|path|name[-_]or[-_]path|repo))?|-hfr?|-hf",
    re.IGNORECASE,
)
# Words without one of which there is nothing to find.
HINT = re.compile(
    r"huggingface|hf\.co[/:]|\bhf\b|hf://|python|vllm|sglang|model|encoder|tokenizer|checkpoint|embedder"
    r"|reranker|repo",
    re.IGNORECASE,
)
ENDS = frozenset({";", "|", "&", "&&", "||"})  # of one command
HUB_COMMANDS = frozenset({"hf", "huggingface_hub.commands.cli", "transformers-cli", "transformers"})
UPLOADS = frozenset({"upload", "push", "upload-large-folder"})
MAX_LINE = 10_000  # letters; a longer one is data


def uses_in_text(text: str, file: str, first: int, python: Python) -> Iterator[Found]:
    """Every model that some lines of commands name; `first` is the line they begin on.

    `python` reads what the lines hand over as Python (code and commands hold each other).
    """
    if not HINT.search(text):
        return
    if "python" in text:
        yield from _python(text, file, first, python)
    variables: dict[str, str] = {}
    for number, line in _commands(text, first):
        if len(line) > MAX_LINE:
            yield Unread(file, number, message("line-too-long", limit=MAX_LINE))
            continue
        yield from _variables(line, file, number, variables)
        yield from _words(line, file, number, variables)


def _commands(text: str, first: int) -> Iterator[tuple[int, str]]:
    """Lines, those that a backslash continues as one, without comments."""
    held, start = "", first
    for number, line in enumerate(text.splitlines(), start=first):
        if line.lstrip().startswith("#"):
            continue
        if not held:
            start = number
        held += line
        if held.endswith("\\") and len(held) <= MAX_LINE:
            held = held[:-1] + " "
            continue
        yield start, held
        held = ""
    if held:
        yield start, held


def _python(text: str, file: str, first: int, python: Python) -> Iterator[Found]:
    """What the Python in `python -c` and in a document handed to it loads."""
    for at, code in (*_inline(text), *_documents(text)):
        for one in python(code, file):
            line = first + at + one.line - 1
            if isinstance(one, Perhaps):
                yield one._replace(use=one.use._replace(line=line))
            elif isinstance(one, Use):
                yield one._replace(line=line)


def _inline(text: str) -> Iterator[tuple[int, str]]:
    """The code of `python -c`, with the number of lines before it."""
    for found in CODE.finditer(text):
        code = found[found.lastindex or 0] or ""
        if found[1]:  # the shell takes these backslashes away
            code = re.sub(r"\\([\"\\$`])", r"\1", code)
        lines = re.sub(r"\\\r?\n", "\n", code)
        bare = lines.lstrip("\n")
        before = text.count("\n", 0, found.start(found.lastindex or 0))
        yield before + len(lines) - len(bare), bare


def _documents(text: str) -> Iterator[tuple[int, str]]:
    """The code of `python - <<END`, with the number of lines before it."""
    held: list[str] = []
    end, start = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if end and line.strip() == end:
            yield start, "\n".join(held)
            end, held = "", []
        elif end:
            held.append(line)
        elif "python" in line and "<<" in line:
            found = HEREDOC.search(line)
            end, start = (found[1], number) if found else ("", 0)


def _variables(line: str, file: str, number: int, known: dict[str, str]) -> Iterator[Use | Perhaps]:
    """Variables that are called a model: `ENV MODEL_ID=acme/base`."""
    found = [(m[1], m[3]) for m in ASSIGNED.finditer(line)]
    if (docker := DOCKER_ENV.match(line)) is not None:
        found.append((docker[1], docker[2].strip("\"'")))
    for name, value in found:
        value, more = _filled(value, known)
        if value is None:
            continue
        known[name] = value
        if MODEL_VARIABLE.fullmatch(name):
            use = Use(file, number, name, (), known.get(_revision_of(name)), more=more)
            for one in _named(value, use):
                if isinstance(one, Use) and name.islower() and "_" not in name:
                    # `train.py model=bert/base` chooses a file of Hydra's settings
                    yield Perhaps(one, message("may-be-settings"), "note")
                else:
                    yield one


def _revision_of(name: str) -> str:
    return re.sub(r"_(ID|NAME|PATH|REPO|NAME_OR_PATH)$", "", name.upper()) + "_REVISION"


def _filled(word: str, known: dict[str, str]) -> tuple[str | None, bool]:
    """A word with its variables filled in, and whether they may be others; None if untold."""
    more, untold = False, False

    def value(found: re.Match[str]) -> str:
        nonlocal more, untold
        if found[1] in known:
            return known[found[1]]
        more = True
        if not found[2]:
            untold = True
        return found[2] or ""

    filled = VARIABLE.sub(value, word)
    if untold or "$" in filled or len(filled) > 500:
        return None, True
    return filled, more


def _words(line: str, file: str, number: int, known: dict[str, str]) -> Iterator[Use | Perhaps]:
    """Downloads, flags and addresses among the words of a command."""
    every = [word.strip("\"'") for word in WORD.findall(line)]
    while every:
        end = next((i for i, word in enumerate(every) if word in ENDS), len(every))
        yield from _command(every[:end], file, number, known)
        every = every[end + 1 :]


def _command(
    words: list[str], file: str, number: int, known: dict[str, str]
) -> Iterator[Use | Perhaps]:
    revision = _after(words, ("--revision", "--model-revision", "--model_revision"), known)
    code = any(w.replace("_", "-").lower() == "--trust-remote-code" for w in words)
    for index, word in enumerate(words):
        use = Use(file, number, word[:40], (), revision, remote_code=code)
        rest = words[index + 1 :]
        if word.endswith("huggingface-cli") or word in HUB_COMMANDS:
            if rest[:1] == ["download"]:
                yield from _download(rest[1:], use._replace(call=f"{word} download"), known)
            elif rest[:1] and rest[0] in UPLOADS:
                return
        elif word == "vllm" and rest[:1] == ["serve"]:
            yield from _first(rest[1:], use._replace(call="vllm serve"), known)
        elif word in ("--model_args", "--model-args") and rest:
            yield from _model_args(rest[0], use, known)
        elif word.startswith("-"):
            flag, equals, value = word.partition("=")
            if MODEL_FLAG.fullmatch(flag) and (equals or rest):
                given, more = _filled(value.strip("\"'") if equals else rest[0], known)
                use = use._replace(call=flag, more=more)
                if given is None:
                    yield use._replace(why=message("told-at-run-time", what=flag))
                elif flag.startswith("-hf"):  # llama.cpp's, with a quantization
                    yield from _named(given.partition(":")[0], use)
                else:
                    yield from _named(given, use)
        elif (address := URL.search(word)) is not None:
            cloned = "clone" in words or "submodule" in words
            at = address["revision"] or address["at"]
            if at or cloned or "hf://" in word:
                yield use._replace(call="address", names=(address["name"],), revision=at)
        elif (bare := re.match(r"(?:git@hf\.co:|hf\.co/)(\w[\w./-]*)", word)) is not None:
            name = bare[1].removesuffix(".git")
            yield from _named(name, use._replace(call="address"))


def _model_args(given: str, use: Use, known: dict[str, str]) -> Iterator[Use | Perhaps]:
    """lm_eval's way: `pretrained=acme/base,revision=main,peft=acme/lora`."""
    told, more = _filled(given, known)
    if told is None:
        yield use._replace(more=True, why=message("told-at-run-time", what=use.call))
        return
    pairs = dict(part.partition("=")[::2] for part in told.split(","))
    for key in ("pretrained", "model", "peft", "tokenizer"):
        if key in pairs:
            revision = pairs.get("revision") if key == "pretrained" else None
            code = pairs.get("trust_remote_code", "").lower() == "true"
            one = use._replace(call=key, revision=revision, remote_code=code, more=more)
            yield from _named(pairs[key], one)


def _download(words: list[str], use: Use, known: dict[str, str]) -> Iterator[Use | Perhaps]:
    kind = _after(words, ("--repo-type", "--repo_type", "--type"), known)
    if kind in ("dataset", "space"):
        return
    yield from _first(words, use, known)


def _first(words: list[str], use: Use, known: dict[str, str]) -> Iterator[Use | Perhaps]:
    """The first word that is no option names the model."""
    skip = False
    for word in words:
        if skip or word.startswith("-"):
            skip = word.startswith("-") and "=" not in word
            continue
        given, more = _filled(word, known)
        if given is None:
            yield use._replace(more=True, why=message("told-at-run-time", what=word[:80]))
        else:
            name, at, told = given.partition("@")
            use = use._replace(more=more, revision=told if at else use.revision)
            yield use._replace(names=(name,))
        return


def _named(value: str, use: Use) -> Iterator[Use | Perhaps]:
    """A use of what a flag or variable holds, if that can be a Hub model."""
    value = value.strip("\"'")
    found, address = OWNER_NAME.fullmatch(value), URL.match(value)
    if HOSTED.fullmatch(value):
        yield Perhaps(use._replace(names=(value,)), message("is-hosted"), "pass")
    elif found is not None:
        use = use._replace(names=(found[1],), revision=found[2] or use.revision)
        paths = PATH_KEY.search(use.call)
        yield Perhaps(use, message("may-be-folder"), "note") if paths else use
    elif address is not None:
        at = address["revision"] or address["at"] or use.revision
        yield use._replace(names=(address["name"],), revision=at)
    elif "name" in use.call and re.fullmatch(r"\w[\w.-]*", value):  # model_name_or_path
        yield Perhaps(use._replace(names=(value,)), message("is-own-word"), "quiet")


def _after(words: list[str], flags: tuple[str, ...], known: dict[str, str]) -> str | None:
    """The value of an option."""
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in flags:
            given = value if equals else next(iter(words[index + 1 :]), "")
            return _filled(given.strip("\"'"), known)[0]
    return None
