"""Which task `init` sees in tables that hold no text with a label a row, each by a small one."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path

import pytest

from pick_model.data.infer import infer
from pick_model.data.language import languages_of
from pick_model.data.spans import spans_in
from pick_model.data.told_keys import SPECIAL, STEP, TOKENS_A_CHARACTER
from pick_model.documents.init_report import Guess
from pick_model.errors import InputError
from tests.data.test_infer import ENGLISH, GERMAN, png

SPANISH = [
    f"{who} {what}, según dijo {by} el martes por la tarde."
    for who in ("La casa", "El perro", "Mi hermana", "El gobierno", "Nuestro equipo")
    for what in ("parece mucho mejor que antes", "llegó tarde a la reunión", "no quiere volver")
    for by in ("Juan", "María")
]
FRENCH = [
    f"{who} {what}, comme l'a dit {by} mardi après-midi."
    for who in ("La maison", "Le chien", "Ma sœur", "Le gouvernement", "Notre équipe")
    for what in ("semble bien mieux qu'avant", "est arrivé en retard", "ne veut pas revenir")
    for by in ("Jean", "Marie")
]
Cell = Callable[[int], object]
ROWS = 60


def each(texts: list[str]) -> Cell:
    return lambda n: texts[n % len(texts)]


def some(*values: object) -> Cell:
    """Values by chance, the same in every run."""
    chosen = random.Random(len(values)).choices(values, k=ROWS)
    return lambda n: chosen[n]


def figure(low: float, high: float, digits: int | None = 2) -> Cell:
    """Figures by chance, the same in every run."""
    chance = random.Random(f"{low}{high}")
    drawn = [round(chance.uniform(low, high), digits) for _ in range(ROWS)]
    return lambda n: drawn[n]


def day(n: int) -> str:
    return f"2024-{n // 28 + 1:02}-{n % 28 + 1:02}"


EN, DE = each(ENGLISH), each(GERMAN)
TABLES: dict[str, tuple[str, Mapping[str, Cell], dict[str, object]]] = {
    "codes": ("translation", {"en": EN, "de": DE}, {"languages": ("en", "de")}),
    "backwards": ("translation", {"de": DE, "en": EN}, {"languages": ("de", "en")}),
    "names": ("translation", {"id": int, "English": EN, "German": DE}, {"languages": ("en", "de")}),
    "parts": ("translation", {"text_en": EN, "text_de": DE}, {"languages": ("en", "de")}),
    "source": ("translation", {"source": DE, "target": EN}, {"languages": ("de", "en")}),
    "no names": ("translation", {"a": EN, "b": each(SPANISH)}, {"languages": ("en", "es")}),
    "words": (
        "translation",
        {"en": lambda n: ENGLISH[n % 30].split()[1], "de": lambda n: GERMAN[n % 30].split()[1]},
        {"languages": ("en", "de")},
    ),
    "question": (
        "question-answering",
        {"question": lambda n: f"Who painted it in {n}?", "context": EN, "answer": figure(1, 99, 0)},
        {"languages": ("en",)},
    ),
    "summary": ("summarization", {"document": EN, "summary": lambda n: ENGLISH[n % 30][:30]}, {}),
    "speech": ("automatic-speech-recognition",
               {"path": lambda n: f"clips/{n}.mp3", "sentence": DE}, {"languages": ("de",)}),
    "captions": ("image-to-text", {"path": lambda n: f"{n}.jpg", "caption": EN}, {}),
    "asked": ("visual-question-answering", {"image": lambda n: f"{n}.jpg",
              "question": EN, "answer": some("red", "blue")}, {}),
    "shop": ("item-recommendation", {"visitor_id": figure(1, 9, 0), "event": some("view", "buy"),
             "product_id": figure(1, 30, 0)}, {"languages": None}),
    "titles": ("item-recommendation", {"userId": figure(1, 9, 0), "movieId": figure(1, 30, 0),
               "title": lambda n: f"The Old House ({1990 + n})", "rating": some(1, 2, 5)}, {}),
    "flowers": ("tabular-classification", {"length": figure(4, 8), "width": figure(2, 5),
                "species": some("setosa", "virginica", "versicolor")}, {"n_labels": 3}),
    "target": ("tabular-classification", {"x1": figure(0, 1), "x2": figure(0, 2),
               "target": some(0, 1)}, {"n_labels": 2}),
    "price": ("tabular-regression", {"rooms": figure(1, 9, 0), "area": figure(30, 200),
              "price": figure(9e4, 9e5)}, {"n_labels": None}),
    "passengers": ("tabular-classification", {
        "PassengerId": lambda n: n + 1, "Survived": some(0, 1), "Pclass": some(1, 2, 3),
        "Name": lambda n: f"Smith, Mr. John {n}.", "Sex": some("male", "female"),
        "Age": figure(1, 80, 0), "Fare": figure(5, 200)}, {"n_labels": 2, "languages": None}),
    "months": ("time-series-forecasting", {"date": day, "sales": figure(0, 99)}, {}),
}  # fmt: skip


def table(path: Path, columns: Mapping[str, Cell], rows: int = ROWS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        cells = ([cell(n) for cell in columns.values()] for n in range(rows))
        csv.writer(out).writerows([list(columns), *cells])
    return path


def found(path: Path, **reading: object) -> dict[str, Guess]:
    return {one.key: one for one in infer(path, reading=reading)}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_tells_its_task(name: str, tmp_path: Path) -> None:
    task, columns, told = TABLES[name]
    guesses = found(table(tmp_path / "rows.csv", columns))
    assert guesses["task"].value == task
    assert guesses["task"].sureness == "likely"
    assert guesses["n_rows"].value == ROWS
    for key, value in told.items():
        assert (guesses[key].value if key in guesses else None) == value


UNSURE: dict[str, tuple[str, Mapping[str, Cell]]] = {
    "texts": ("feature-extraction", {"text": EN}),
    "ids": ("feature-extraction", {"id": int, "text": EN}),
    "dates": ("feature-extraction", {"text": EN, "date": day}),
    "no label": ("feature-extraction", {"text": EN, "label": lambda _: ""}),
    "label dates": ("text-classification", {"text": EN, "label": lambda n: day(n % 9)}),
    "yes or no": ("text-classification", {"question": EN, "passage": EN, "answer": some("y", "n")}),
    "rewritten": ("text-generation", {"source": EN, "target": lambda n: f"{ENGLISH[n % 30]} So."}),
    "answered": ("text-generation", {"question": EN, "answer": lambda n: f"Yes, {ENGLISH[n % 30]}"}),
    "last column": ("tabular-classification", {"a": figure(0, 1), "b": figure(0, 2),
                                               "c": some("x", "y")}),
    "quality": ("tabular-classification", {"a": figure(0, 1), "b": figure(0, 2),
                                           "quality": some(3, 4, 5, 6)}),
    "rentals": ("time-series-forecasting", {"day": day, "season": some(1, 2, 3, 4),
                                            "wind": figure(0, 1), "cnt": figure(9, 999, 0)}),
    "shops": ("time-series-forecasting", {"shop": some("a", "b"), "date": lambda n: day(n // 2),
                                          "sales": figure(0, 99)}),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSURE)
def test_what_may_be_another_task_is_unsure(name: str, tmp_path: Path) -> None:
    task, columns = UNSURE[name]
    guess = found(table(tmp_path / "rows.csv", columns))["task"]
    assert (guess.value, guess.sureness) == (task, "unsure")


def test_a_label_beside_two_texts_is_what_rows_are_for(tmp_path: Path) -> None:
    columns = {"sentence1": EN, "sentence2": DE, "label": some("a", "b")}
    guesses = found(table(tmp_path / "rows.csv", columns))
    assert guesses["task"].value == "text-classification"
    assert guesses["pairs"].value is True


def test_a_target_can_be_named(tmp_path: Path) -> None:
    columns = {"plan": some("a", "b", "c"), "x": figure(0, 1), "z": figure(0, 2)}
    path = table(tmp_path / "rows.csv", columns)
    assert found(path)["task"].value == "tabular-regression"
    guesses = found(path, label="plan")
    assert guesses["task"].value == "tabular-classification"
    assert guesses["task"].sureness == "likely"
    assert guesses["n_labels"].value == 3


@pytest.mark.parametrize(
    "marks",
    [
        {"spans": [{"start": 0, "end": 4, "label": "PER"}, {"start": 13, "end": 17, "label": "X"}]},
        {"entities": [[0, 4, "PER"], [13, 17, "X"]]},
        {"label": [[0, 4, "PER"], [13, 17, "X"]]},
        {"labels": [{"start_offset": 0, "end_offset": 4, "label": "PER"},
                    {"start_offset": 13, "end_offset": 17, "label": "X"}]},
        {"label": [{"start": 0, "end": 4, "text": "Anna", "labels": ["PER"]},
                   {"start": 13, "end": 17, "text": "Rome", "labels": ["X"]}]},
        {"label": {"PER": {"Anna": [[0, 4]]}, "X": {"Rome": [[13, 17]]}}},
        {"annotations": [{"result": [{"value": {"start": 0, "end": 4, "labels": [kind]}}]}
                         for kind in ("PER", "X")]},
        {"tokens": [{"text": "Anna", "start": 0, "end": 4}],
         "spans": [{"start": 0, "end": 4, "label": "PER"}, {"start": 13, "end": 17, "label": "X"}]},
    ],
)  # fmt: skip
def test_spans_by_their_places_are_kinds_of_tokens(
    marks: dict[str, object], tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    empty: dict[str, object] = {name: [] for name in marks}
    rows = [{"text": "Anna went to Rome again.", **(marks if n % 3 else empty)} for n in range(30)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    guesses = found(path)
    assert guesses["task"].value == "token-classification"
    assert guesses["n_labels"].value == 2
    assert guesses["n_rows"].value == 30
    assert "convert" in guesses["task"].why


def test_places_beyond_the_text_are_no_spans(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    row = {"text": "Short words.", "scores": [{"start": 40, "end": 90, "label": "a"}]}
    path.write_text("\n".join([json.dumps(row)] * 30))
    with pytest.raises(InputError):
        infer(path)


def test_spans_written_as_python_prints_them_are_read() -> None:
    assert list(spans_in("[(0, 4, 'PER'), (9, 12, 'LOC')]")) == [(0, 4, "PER"), (9, 12, "LOC")]


def test_translations_under_a_key_are_found(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [
        {"translation": {"en": one, "es": two}} for one, two in zip(ENGLISH, SPANISH, strict=True)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    guesses = found(path)
    assert guesses["task"].value == "translation"
    assert guesses["languages"].value == ("en", "es")
    assert "from en to es" in guesses["task"].why


def test_questions_deep_in_objects_are_found(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    answers = [{"text": "door", "answer_start": 4}]
    rows = [
        {"title": "x", "paragraphs": [
            {"context": text, "qas": [{"id": str(n), "question": "What?", "answers": answers}]}
        ]}
        for n, text in enumerate(ENGLISH)
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert found(path)["task"].value == "question-answering"


def test_rows_without_a_label_are_left_out_and_told(tmp_path: Path) -> None:
    path = table(tmp_path / "rows.csv", {"text": EN, "label": lambda n: ["a", "b", ""][n % 3]})
    guesses = found(path)
    assert guesses["n_labels"].value == 2
    assert (guesses["n_rows"].value, guesses["n_rows"].sureness) == (40, "likely")
    assert '20 rows without a label left out (--skip-label "")' in guesses["n_rows"].why


def test_labels_that_are_lists_of_objects_are_left_open(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    names = ("late", "broken", "lost")
    rows = [
        {"text": text, "labels": [{"name": names[n % 3]}, {"name": "d"}][: 1 + n % 2]}
        for n, text in enumerate(ENGLISH)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    guesses = found(path)
    assert guesses["task"].sureness == "unsure"
    assert guesses["n_labels"].value is None
    assert guesses["label_kind"].value is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("text\tlabel\nfine words\ta\nother words\tb\n", "rename it to rows.tsv"),
        ("text,label\nfine words,a\nother words,b\n", "rename it to rows.csv"),
        ('{"text": "fine", "label": "a"}\n', "rename it to rows.jsonl"),
        ("Anna B-PER\nwent O\n\nRome B-LOC\nfell O\n", "rename it to rows.conll"),
        ("__label__a fine words\n__label__b others\n", "awk"),
        ("Fine words, said he.\nOthers were not.\n", "a label, a tab and the text"),
    ],
)
def test_a_file_called_text_is_told_what_it_holds(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        infer(path)
    assert told in str(caught.value)


def test_two_columns_of_sentences_without_names_get_those_of_a_translation(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    lines = [f"{one}\t{two}\n" for one, two in zip(ENGLISH, GERMAN, strict=True)]
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match="--columns source,target"):
        infer(path)
    guesses = found(path, names=("source", "target"))
    assert guesses["task"].value == "translation"
    assert guesses["n_rows"].value == len(ENGLISH)


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("question", max(len(f"Who painted it in {ROWS - 1}? ") + len(text) for text in ENGLISH)),
        ("summary", max(map(len, ENGLISH))),
    ],
)
def test_tasks_without_labels_are_told_how_long_an_input_is(
    name: str, characters: int, tmp_path: Path
) -> None:
    _, columns, _ = TABLES[name]
    guesses = found(table(tmp_path / "rows.csv", columns))
    least = STEP * ceil((characters * TOKENS_A_CHARACTER + SPECIAL) / STEP)
    assert guesses["input_tokens"].value == least


@pytest.mark.parametrize("n_words", [1, 2, 3])
@pytest.mark.parametrize("rows", [50, 1000])
def test_tiny_rows_of_one_language_are_not_taken_for_others(n_words: int, rows: int) -> None:
    words = " ".join(ENGLISH).split()
    tiny = [" ".join(words[n % 97 :][:n_words]) for n in range(rows)]
    assert languages_of(tiny).codes == ("en",)


@pytest.mark.parametrize("order", ["turn by turn", "one after the other"])
@pytest.mark.parametrize("times", [4, 120])  # times 120, rows are drawn
def test_each_of_four_languages_is_told(order: str, times: int) -> None:
    languages = (ENGLISH, GERMAN, FRENCH, SPANISH)
    rows = [text for texts in languages for text in texts * times]
    if order == "turn by turn":
        rows = [texts[n] for n in range(30) for texts in languages] * times
    told = languages_of(rows)
    assert {*told.codes} == {"en", "de", "fr", "es"}
    assert told.sure


def test_short_rows_of_two_languages_are_told_or_unsure() -> None:
    short = [" ".join(text.split()[:4]) for text in (*ENGLISH, *SPANISH)]
    told = languages_of(short * 10)
    assert {*told.codes} == {"en", "es"} or not told.sure


def test_images_with_captions_are_no_classes(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for n in range(20):
        (tmp_path / "images" / f"{n}.png").write_bytes(png(8, 8))
    columns = {"file": lambda n: f"images/{n}.png", "text": EN}
    table(tmp_path / "captions.csv", columns, rows=20)
    assert found(tmp_path)["task"].value == "image-to-text"


def test_chinese_beside_japanese_is_not_taken_for_japanese_without_kana() -> None:
    chinese = [f"我在第{n}天收到了货物，包装完好，客服也很耐心" for n in range(60)]
    japanese = [f"{n}日目に商品が届きました。梱包もきれいでした" for n in range(60)]
    assert set(languages_of(chinese + japanese).codes) == {"zh", "ja"}
    few_without = [*japanese, "第三回東京国際映画祭開催決定", "大阪市立中央図書館臨時休館"]
    assert languages_of(few_without).codes == ("ja",)
