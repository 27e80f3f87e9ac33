"""What is found out of data about its task, and how surely."""

from __future__ import annotations

import json
import struct
import sys
import wave
import zlib
from pathlib import Path

import pytest

from pick_model.data.infer import infer
from pick_model.data.language import languages_of
from pick_model.data.training_file import training_file
from pick_model.documents.init_report import Guess
from pick_model.errors import InputError
from tests.told import words

# Task, languages and classes of each real set, as its own page tells them.
REAL = {
    "banking77": ("text-classification", ("en",), 77),
    "cold_zh": ("text-classification", ("zh",), 2),
    "comparative_sentences": ("text-classification", ("en",), 5),
    "digits8x8": ("image-classification", None, 10),
    "fsdd": ("audio-classification", None, 10),
    "germeval18": ("text-classification", ("de",), 2),
    "goemotions": ("text-classification", ("en",), 28),
    "jnli": ("text-classification", ("ja",), 3),
    "jsts": ("text-classification", ("ja",), None),
    "mr_polarity": ("text-classification", ("en",), 2),
    "pawsx_en": ("text-classification", ("en",), 2),
    "pros_cons": ("text-classification", ("en",), 2),
    "restaurant8k": ("token-classification", ("en",), 5),
    "sib200_en": ("text-classification", ("en",), 7),
    "sib200_fr": ("text-classification", ("fr",), 7),
    "sib200_zh": ("text-classification", ("zh",), 7),
    "sign_digits": ("image-classification", None, 10),
    "sms_spam": ("text-classification", ("en",), 2),
    "subj": ("text-classification", ("en",), 2),
    "ud_zh_gsdsimp": ("token-classification", ("zh",), 15),
    "wnut17": ("token-classification", ("en",), 6),
}


def found(path: Path) -> dict[str, Guess]:
    return {one.key: one for one in infer(path)}


def value(guesses: dict[str, Guess], key: str) -> object:
    return guesses[key].value if key in guesses else None


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are UTF-8 elsewhere")
def test_a_file_whose_name_is_not_utf_8_gives_a_name_that_a_profile_can_hold(
    tmp_path: Path,
) -> None:
    path = tmp_path / "caf\udce9.csv"
    path.write_text("text,label\n" + "good day,a\nbad day,b\n" * 20)
    assert value(found(path), "name") == "caf?"


@pytest.mark.parametrize("name", REAL)
def test_task_languages_and_classes_of_a_real_set_are_found(name: str, test_data: Path) -> None:
    task, languages, classes = REAL[name]
    guesses = found(test_data / name)
    assert value(guesses, "task") == task
    assert value(guesses, "languages") == languages
    assert value(guesses, "n_labels") == classes
    assert value(guesses, "name") == name
    if languages:
        assert guesses["languages"].sureness == "sure"
    assert guesses["task"].sureness == ("unsure" if name == "jsts" else "sure")


def test_every_real_set_is_in_the_table(test_data: Path) -> None:
    assert {path.name for path in test_data.iterdir() if path.is_dir()} == set(REAL)


def test_pairs_numbers_and_uneven_classes_are_told(test_data: Path) -> None:
    assert value(found(test_data / "pawsx_en"), "pairs") is True
    assert value(found(test_data / "jsts"), "label_kind") == "regression"
    assert value(found(test_data / "goemotions"), "label_kind") == "multi-label"
    assert value(found(test_data / "comparative_sentences"), "metric") == "macro_f1"
    assert value(found(test_data / "fsdd"), "input_seconds") == pytest.approx(0.69, abs=0.2)


ENGLISH = [
    f"The {noun} of the old house was painted again last summer, and it looks {how} now."
    for noun in ("door", "roof", "garden", "fence", "kitchen")
    for how in ("better", "worse", "brighter", "strange", "lovely", "warm")
]
GERMAN = [
    f"Die {noun} des alten Hauses wurde im letzten Sommer neu gestrichen und sieht {how} aus."
    for noun in ("Tür", "Küche", "Fassade", "Treppe", "Wand")
    for how in ("besser", "schlechter", "heller", "seltsam", "schön", "warm")
]
RUSSIAN = [
    f"Дверь старого дома покрасили прошлым летом, и она выглядит {n} раз лучше." for n in range(40)
]
UKRAINIAN = [
    f"Двері старого будинку пофарбували минулого літа, і вони мають {n} кращих виглядів."
    for n in range(40)
]


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (ENGLISH, ("en",)),
        (GERMAN, ("de",)),
        (RUSSIAN, ("ru",)),
        (UKRAINIAN, ("uk",)),
        (["これは犬です。" * 40] * 8, ("ja",)),
        (["안녕하세요 세계 " * 40] * 8, ("ko",)),
    ],
)
def test_a_language_is_told_by_its_script_or_by_its_letters(
    texts: list[str], codes: tuple[str, ...]
) -> None:
    assert languages_of(texts * 2).codes == codes


def test_two_languages_are_both_told_the_more_frequent_first() -> None:
    told = languages_of([*ENGLISH * 3, *RUSSIAN * 2])
    assert told.codes == ("en", "ru")


@pytest.mark.parametrize("texts", [[], ["12 34", "!?"], [""]])
def test_texts_without_letters_tell_no_language(texts: list[str]) -> None:
    told = languages_of(texts)
    assert told.codes == ()
    assert not told.sure


def test_a_few_words_leave_the_language_unsure(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("text,label\nok,a\nno,b\nok,a\nwhy,b\n")
    assert found(path)["languages"].sureness == "unsure"


def test_numbers_without_letters_leave_the_language_open(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("text,label\n" + "".join(f"{n} {n * 7},{'ab'[n % 2]}\n" for n in range(40)))
    guesses = found(path)
    assert guesses["languages"].value is None
    assert guesses["languages"].sureness == "unsure"


def test_stars_may_be_classes_or_amounts_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "stars.csv"
    rows = "".join(f'"{text}",{1 + n % 5}\n' for n, text in enumerate(ENGLISH))
    path.write_text("text,label\n" + rows)
    guesses = found(path)
    assert guesses["label_kind"].value == "single-label"
    assert guesses["label_kind"].sureness == "unsure"
    assert value(guesses, "n_labels") == 5


def test_one_kind_of_span_is_no_number_of_classes(tmp_path: Path) -> None:
    path = tmp_path / "genes.jsonl"
    row = {"tokens": ["the", "BRCA", "gene"], "tags": ["O", "B-GENE", "I-GENE"]}
    path.write_text("".join(json.dumps(row) + "\n" for _ in range(20)))
    guesses = found(path)
    assert value(guesses, "task") == "token-classification"
    assert guesses["n_labels"].value is None


def test_residues_are_no_words(tmp_path: Path) -> None:
    path = tmp_path / "proteins.csv"
    letters = "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ"
    rows = "".join(f"{letters[n % 20 :] + letters},{'ab'[n % 2]}\n" for n in range(40))
    path.write_text("sequence,label\n" + rows)
    guesses = found(path)
    assert value(guesses, "task") == "biosequence-classification"
    assert "languages" not in guesses


@pytest.mark.parametrize(
    ("columns", "task"),
    [
        (("question", "context", "answers"), "question-answering"),
        (("article", "highlights"), "summarization"),
        (("query", "passage"), "text-ranking"),
        (("instruction", "output"), "text-generation"),
    ],
)
def test_columns_of_well_known_names_tell_the_task(
    columns: tuple[str, ...], task: str, tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [json.dumps({name: f"{text} {name}" for name in columns}) for text in ENGLISH]
    path.write_text("\n".join(rows))
    guesses = found(path)
    assert value(guesses, "task") == task
    assert guesses["task"].sureness == "likely"
    assert value(guesses, "n_rows") == len(ENGLISH)
    assert value(guesses, "languages") == ("en",)


def png(width: int, height: int) -> bytes:
    """A whole image of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + b"\0" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x30\x00\x40\x03" + b"\0" * 9
GIF, BMP = b"GIF89a" + struct.pack("<HH", 64, 48), b"BM" + b"\0" * 16 + struct.pack("<ii", 64, -48)


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".png", png(64, 48)), (".JPG", JPEG), (".gif", GIF), (".bmp", BMP), (".webp", b"RIFF")],
)
def test_folders_of_images_are_classes_and_headers_tell_their_size(
    suffix: str, content: bytes, tmp_path: Path
) -> None:
    for name in ("cat", "dog", "empty"):
        (tmp_path / name / "deeper").mkdir(parents=True)
        for n in range(0 if name == "empty" else 3):
            (tmp_path / name / "deeper" / f"{n}{suffix}").write_bytes(content)
    (tmp_path / "cat" / ".hidden.png").write_bytes(b"")
    guesses = found(tmp_path)
    assert value(guesses, "task") == "image-classification"
    assert value(guesses, "n_labels") == 2
    assert value(guesses, "n_rows") == 6
    said = words(guesses["input_pixels"].why_message)
    assert ("cannot be told" if suffix == ".webp" else "48 px in the median of 6") in said


def test_folders_of_sounds_are_classes_and_the_test_part_is_left_alone(tmp_path: Path) -> None:
    for part, n_files in (("Train", 4), ("test", 9)):
        for name in ("yes", "no"):
            folder = tmp_path / part / name
            folder.mkdir(parents=True)
            for n in range(n_files):
                with wave.open(str(folder / f"{n}.wav"), "wb") as file:
                    file.setnchannels(1)
                    file.setsampwidth(2)
                    file.setframerate(8000)
                    file.writeframes(b"\0\0" * 12000)
    guesses = found(tmp_path)
    assert value(guesses, "task") == "audio-classification"
    assert value(guesses, "n_rows") == 8
    assert value(guesses, "input_seconds") == pytest.approx(12000 / 8000)


def test_sounds_that_cannot_be_measured_leave_their_length_open(tmp_path: Path) -> None:
    for name in ("yes", "no"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.mp3").write_bytes(b"ID3")
    guesses = found(tmp_path)
    assert guesses["input_seconds"].value is None
    assert guesses["input_seconds"].sureness == "unsure"


def test_a_folder_of_many_kinds_is_less_sure(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.png").write_bytes(png(8, 8))
        (tmp_path / name / "notes.txt").write_text("x")
    assert found(tmp_path)["task"].sureness == "likely"


def test_the_training_file_of_a_folder_is_taken(tmp_path: Path) -> None:
    for name in ("train.jsonl", "test.csv", "readme.md"):
        (tmp_path / name).write_text("x")
    assert training_file(tmp_path).name == "train.jsonl"


def test_a_folder_of_several_files_is_not_guessed_at(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("text,label\na,b\n")
    with pytest.raises(InputError, match=r"several files of rows: one\.csv, two\.csv"):
        infer(tmp_path)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file of rows"):
        infer(tmp_path)
