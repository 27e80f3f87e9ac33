"""What discovery finds, and which texts can be names of Hub models at all."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from pick_model.words.message import Message
from pick_model.words.say import message

# huggingface_hub's own pattern for an owner or a name; `_` may begin one, and so may letters
# of any alphabet: a look-alike is to be told, not passed over.
HUB_ID = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")
MAX_NAME = 96  # letters in an owner/name, huggingface_hub's `validate_repo_id`
# A longer text is no name, no revision and no address that a loader takes.
MAX_TEXT = 2000
# In settings and commands only owner/name is surely a Hub model; `@` parts a revision off.
OWNER_NAME = re.compile(r"(\w[\w.-]*/\w[\w.-]*)(?:@([\w./-]+))?")
URL = re.compile(
    r"(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://)"
    r"(?!datasets/|spaces/|docs/|papers/|blog/|api/)(?:models/)?"
    r"(?P<name>\w[\w.-]*/\w[\w.-]*)"
    r"(?:@(?P<at>[\w.-]+)|/(?:resolve|raw|blob|tree)/(?P<revision>[\w.%-]+))?"
)

# What ends so, a key, a flag or a variable, holds paths rather than names.
PATH_KEY = re.compile(r"(?<!or)[-_]path$|^path$|checkpoint$", re.IGNORECASE)
# Owners that are services, not places of the Hub: `anthropic/…` names no repository.
HOSTED = re.compile(
    r"(anthropic|azure|azure_ai|bedrock|cohere|cohere_chat|deepseek|fireworks_ai|gemini|groq|mistral"
    r"|nvidia_nim|ollama|ollama_chat|openrouter|perplexity|replicate|sagemaker|together_ai|vertex_ai"
    r"|watsonx|xai)/.*|google/gemini-.*"
    r"|openai/(gpt-(?!oss|2$)|o\d|chatgpt|text-|dall-e|tts-|whisper-1$|davinci|computer-use).*",
    re.IGNORECASE,
)
# The first part of these is a kind of media, not an owner.
MEDIA = re.compile(r"(application|audio|font|image|text|video)/[\w.+-]+")
# Folders that programs write to or keep their own files in.
USUAL_FOLDERS = frozenset(
    {
        "artifacts", "assets", "cache", "checkpoint", "checkpoints", "ckpt", "ckpts", "conf",
        "config", "configs", "data", "dataset", "datasets", "exp", "experiments", "export",
        "logs", "model", "models", "out", "output", "outputs", "pretrained", "results", "runs",
        "saved", "saved_models", "src", "tmp", "weights",
    }
)  # fmt: skip
FILE_ENDINGS = (
    ".bin", ".ckpt", ".csv", ".gguf", ".json", ".onnx", ".pt", ".pth", ".py", ".safetensors",
    ".toml", ".txt", ".yaml", ".yml",
)  # fmt: skip


class Use(NamedTuple):
    """A place that loads a Hub model, or names one."""

    file: str
    line: int
    call: str  # what names it: from_pretrained, model_name …
    names: tuple[str, ...]  # all that reading tells
    revision: str | None = None
    fixed: bool = True  # whether the revision could be told by reading
    more: bool = False  # whether it may load others, which reading does not tell
    why: Message | None = None  # why reading does not tell it, where that is known
    default: bool = False  # names none, and so loads what the library takes by default
    remote_code: bool | None = False  # trust_remote_code; None where reading does not tell it
    code_revision: str | None = None
    code_fixed: bool = True  # whether code_revision could be told by reading
    pickles: bool = False  # use_safetensors=False

    @property
    def name(self) -> str | None:
        """The one model it loads; None where reading does not tell it."""
        return self.names[0] if len(self.names) == 1 and not self.more else None


class Perhaps(NamedTuple):
    """A use of something that may be no Hub model. A lock or catalog that knows it decides;
    else it is told as a pass, an open note or an open error, or, `quiet`, not at all.
    """

    use: Use
    reason: Message
    told: Literal["quiet", "pass", "note", "open"]
    package: str = ""  # of others, whose own name it may be; then no catalog decides

    @property
    def line(self) -> int:
        return self.use.line


class Unread(NamedTuple):
    """A file that could not be read as what its name says."""

    file: str
    line: int
    reason: Message


class Skipped(NamedTuple):
    """A file or folder that was not looked into."""

    file: str
    line: int
    reason: Message


Found = Use | Perhaps | Unread | Skipped


def doubt(name: str) -> tuple[Message, Literal["pass", "note", "open"]] | None:
    """Why a name of a Hub model's shape may be none, and how much that matters."""
    if MEDIA.fullmatch(name):
        return message("is-media"), "pass"
    if name.lower().endswith(FILE_ENDINGS):
        return message("looks-like-file"), "open"
    owner, slash, _ = name.partition("/")
    if slash and owner.lower() in USUAL_FOLDERS:
        return message("looks-like-folder"), "note"
    return None


def is_hub_id(name: str) -> bool:
    """Whether the Hub could hold a repository of this name."""
    return len(name) <= 2 * MAX_NAME and HUB_ID.fullmatch(name) is not None
