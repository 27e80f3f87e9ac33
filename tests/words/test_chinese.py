"""Every sentence has its Chinese, which says the same values and is Chinese throughout."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from string import Formatter

import pytest
import yaml

from pick_model.words import chinese, english
from pick_model.words.message import Value
from pick_model.words.say import message, say

FOLDER = Path(english.__file__).parents[1]
HAN = "\u4e00-\u9fff"

# Names that Chinese texts of the field write in Latin letters.
NAMES = """
    AudioSet CoNLL CoNLL-U ConvNeXt CycloneDX Excel Flax GiB GitHub Git H-score Hub Hz ImageNet LogME LoRA
    Markdown MiB NaN Parquet Python QLoRA Ray ResNet SQLite SigLIP Swin TensorFlow ViT WavLM Whisper diffusers
    dropout gzip id item-kNN kNN libsndfile lines ms pandas pickle px ridge safetensors schema
    sentence-transformers stdout timm token torch transformer transformers
"""
# Commands, keys and values of documents, and columns of tables, which have no sign of their own.
KEYS = """
    baselines c chance corrections current n o dataset dev directions en forward from full gate gone-from-hub
    hardware linear local metric model models note owner probe profile regression revision rules
    item item-recommendation leave-last-out rating text time timestamp title user
    score sentence-similarity source sources task test to token-classification true false null
    cpu json lora multi-label ray single-label sqlite translate url version weights zh zh-en text-classification languages method key value
"""
QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"|'[^']*'|pick-model(?: [a-z-]+)*|pip install|git lfs pull")
WORD = re.compile(r"[\w.*/@={}-]+", re.ASCII)


def is_code(word: str) -> bool:
    """An option, a key of several words, a path, a FILE, a rule: what is typed as it is."""
    return word.startswith("-") or word.isupper() or bool(re.search(r"[\d_./@=*{}]", word))


Fields = set[tuple[str, str, str]]  # name, format and conversion of each value


def fields(sentence: str) -> Fields:
    """The values that a sentence shows."""
    return {(n, s or "", c or "") for _, n, s, c in Formatter().parse(sentence) if n is not None}


def plain(sentence: str) -> str:
    """A sentence without its values, and without the forms that a count chooses among."""
    return "".join(
        text + ("{}" if name else "") for text, name, _, _ in Formatter().parse(sentence)
    )


def sample(sentence: str) -> dict[str, Value]:
    """A value for each name, of the type that its formats take, none like another."""
    found: dict[str, Value] = {}
    for n, (name, spec, _) in enumerate(sorted(fields(sentence))):
        number = spec not in ("", "term", "word")
        if name not in found or number:
            found[name] = 131 + n if number else f"<{name}>"
    return found


def test_every_code_has_its_chinese_and_no_other_has() -> None:
    """Chinese needs words, too, for names that English sentences print as they are."""
    assert not english.SENTENCES.keys() - chinese.SENTENCES.keys()
    assert all(
        code.startswith("term:") for code in chinese.SENTENCES.keys() - english.SENTENCES.keys()
    )
    assert sum(map(len, chinese.TABLES)) == len(chinese.SENTENCES)


def test_each_table_stands_beside_the_english_one() -> None:
    """In the order of its codes, so that the two can be read together."""
    for there in iter_modules(english.__path__):
        theirs, ours = (table(f"{p.__name__}.{there.name}") for p in (english, chinese))
        assert list(ours) == list(theirs), there.name


def table(module: str) -> Mapping[str, str]:
    name = module.rpartition(".")[2].upper()
    found: Mapping[str, str] = getattr(import_module(module), name)
    return found


def test_a_sentence_says_the_same_values_in_both_languages() -> None:
    """In formats that suit them; what hides letters that nobody sees (!r, !a) stays."""
    assert not {
        code: (english.SENTENCES[code], chinese.SENTENCES[code])
        for code in english.SENTENCES
        if not alike(fields(english.SENTENCES[code]), fields(chinese.SENTENCES[code]))
    }


def alike(there: Fields, here: Fields) -> bool:
    """Whether both show the same values, each in a format that the other has or allows."""
    for name, spec, conversion in here:
        like = [(s, c) for n, s, c in there if n == name]
        counted = any("|" in s for s, _ in like)  # Chinese has no forms for one and many
        named = spec in ("term", "word") and like == [("", "")]  # a name may have a Chinese word
        fits = (spec, conversion) in like or (counted and (spec == "," or "|" in spec))
        if not (fits or named):
            return False
    return {name for name, _, _ in here} == {name for name, _, _ in there}


def test_every_sentence_can_be_said_with_its_values() -> None:
    for code, sentence in english.SENTENCES.items():
        told = message(code, **sample(sentence))
        for table in (english.SENTENCES, chinese.SENTENCES):
            said = say(told, table)
            lost = [v for v in told.values.values() if isinstance(v, str) and v not in said]
            assert not lost, code


def test_no_sentence_is_left_in_english() -> None:
    left = {code: latin(sentence) for code, sentence in chinese.SENTENCES.items()}
    assert not {code: words for code, words in left.items() if words}


def latin(sentence: str) -> list[str]:
    """The words of a sentence in Latin letters that are neither names nor typed."""
    words = WORD.findall(QUOTED.sub(" ", plain(sentence)))
    return [word for word in words if not is_code(word) and word not in (NAMES + KEYS).split()]


@pytest.mark.parametrize(
    "sentence",
    ["its licence is unknown", "{n:,} parameters, over {limit:,}", "--strict 要与 it 一起用", "unknown {name} {given!r}"],
)  # fmt: skip
def test_an_english_word_would_be_found(sentence: str) -> None:
    assert latin(sentence)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (rf"[{HAN}}}][,;?!]|[,;?!] ?[{HAN}]|[{HAN}]:|[()]", "half-width punctuation"),
        (r"[，。；：、（）！？] | [，。；：、（）！？]", "a space beside punctuation"),
        (rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%][{HAN}]", "no space beside Latin"),
        (r"。$", "a sentence that ends itself, where others are joined to it"),
    ],
)
def test_sentences_are_set_as_chinese_is(wrong: str, what: str) -> None:
    shown = {
        code: re.sub(r"\[.*?\]", "[]", plain(text)) for code, text in chinese.SENTENCES.items()
    }
    found = {
        code: text
        for code, text in shown.items()
        if re.search(wrong, QUOTED.sub("x", text)) and re.search(f"[{HAN}]", text)
    }
    assert not found, what


def words_of_the_program() -> set[str]:
    """Every string of the program that may be a value of a message."""
    return {
        node.value
        for path in FOLDER.parent.rglob("*.py")
        if "words" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


WRONG_YAML = (
    *("a: [b", "a: {b: 1", "a: b: c", "\ta: 1", '"a', "a: *x", 'a: "\\q"', "a: 1\n]", "- a\nb: 1"),
    "a: 1\nb",
)


def problem(text: str) -> str:
    """What libyaml finds wrong with it."""
    with pytest.raises(yaml.MarkedYAMLError) as raised:
        yaml.load(text, Loader=yaml.CSafeLoader)
    return str(raised.value.problem)


def test_every_chinese_word_for_a_name_is_for_a_name_of_the_program() -> None:
    said = words_of_the_program() | {problem(text) for text in WRONG_YAML}
    names = {code.removeprefix("term:") for code in chinese.terms.TERMS}
    assert not {name for name in names if name not in said and name.replace(" ", "_") not in said}
