"""What `init` makes of awkward data: it says what it presumes, and what it is not sure of."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pick_model.data.infer import infer
from pick_model.documents.init_report import Guess
from pick_model.errors import InputError
from tests.data.test_infer import png

WORDS = [
    "the",
    "film",
    "was",
    "good",
    "and",
    "its",
    "story",
    "is",
    "slow",
    "but",
    "we",
    "liked",
    "how",
    "the",
    "old",
    "house",
    "looked",
]
Table = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A CSV of 120 rows, each cell made by a function of the row's number."""

    def make(name: str = "rows.csv", **columns: Callable[[int], object]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as out:
            rows = ([cell(n) for cell in columns.values()] for n in range(120))
            csv.writer(out).writerows([list(columns), *rows])
        return path

    return make


def picture(path: Path, width: int, height: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(width, height))


def sentence(n: int, words: int = 9) -> str:
    return " ".join(random.Random(n).choices(WORDS, k=words))


def guesses(path: Path, **reading: object) -> dict[str, Guess]:
    return {one.key: one for one in infer(path, reading=reading)}


def values(found: dict[str, Guess], *keys: str) -> list[object]:
    return [found[key].value if key in found else None for key in keys]


def cycle(options: Sequence[object]) -> Callable[[int], object]:
    return lambda n: options[n * 7 % len(options)]


def test_a_second_column_of_sentences_makes_the_task_less_sure(table: Table) -> None:
    path = table(title=sentence, body=lambda n: sentence(n + 500, 30), category=cycle("abc"))
    task = guesses(path)["task"]
    assert (task.value, task.sureness) == ("text-classification", "likely")
    assert "title" in task.why or "body" in task.why
    assert guesses(path, text="title")["task"].sureness == "sure"


def test_ids_and_dates_are_no_texts(table: Table) -> None:
    path = table(
        id=lambda n: 1000 + n, date=lambda n: f"2024-02-{n % 27 + 1:02}", text=sentence,
        sentiment=cycle(["pos", "neg"]),
    )  # fmt: skip
    found = guesses(path)
    assert found["task"].sureness == "sure"
    assert values(found, "label_kind", "n_labels", "languages") == ["single-label", 2, ("en",)]


def test_stars_are_classes_or_amounts_and_nobody_knows(table: Table) -> None:
    found = guesses(table(review=sentence, stars=lambda n: n * 7 % 5 + 1))
    assert found["label_kind"].sureness == "unsure"
    assert "regression" in found["label_kind"].why
    assert guesses(table(review=sentence, rating=lambda n: n % 9 / 2))["label_kind"].value == (
        "regression"
    )


@pytest.mark.parametrize("second", [("sentence1", "sentence2"), ("premise", "hypothesis")])
def test_pairs_go_by_their_names(second: tuple[str, str], table: Table) -> None:
    label = cycle(["entailment", "neutral", "contradiction"])
    columns = {second[0]: sentence, second[1]: lambda n: sentence(n + 500), "label": label}
    found = guesses(table(**columns))
    assert values(found, "pairs", "n_labels") == [True, 3]


def test_a_label_that_only_its_values_give_away_is_unsure(table: Table) -> None:
    path = table(question=sentence, is_duplicate=cycle(["yes", "no"]))
    found = guesses(path)
    assert values(found, "task", "n_labels") == ["text-classification", 2]
    for key in ("task", "label_kind", "n_labels", "metric"):
        assert found[key].sureness == "unsure"
        assert "is_duplicate" in found[key].why
    assert found["n_rows"].sureness == "sure"
    assert guesses(path, label="is_duplicate")["n_labels"].sureness == "sure"


def test_a_table_of_figures_is_no_task_of_texts(table: Table) -> None:
    path = table(age=lambda n: n % 60, city=cycle(["Bonn", "Rom"]), churn=cycle(["yes", "no"]))
    found = guesses(path)
    assert values(found, "task", "n_labels", "languages") == ["tabular-classification", 2, None]
    assert "churn" in found["task"].why


def test_ratings_of_users_are_recommendation(table: Table) -> None:
    path = table(user_id=lambda n: n % 9, item_id=lambda n: n % 31, rating=lambda n: n % 5 + 1)
    found = guesses(path)
    assert values(found, "task", "n_rows", "languages") == ["item-recommendation", 120, None]
    assert found["task"].sureness == "likely"


def test_a_table_that_names_images_is_of_images(table: Table, tmp_path: Path) -> None:
    for n in range(120):
        picture(tmp_path / "cats" / "images" / f"{n}.png", 32 + n % 3, 48)
    path = table("cats/labels.csv", file=lambda n: f"images/{n}.png", label=cycle(["cat", "dog"]))
    for data in (path, path.parent):
        found = guesses(data)
        assert values(found, "task", "n_labels", "n_rows", "languages") == [
            *("image-classification", 2, 120),
            None,
        ]
        assert "33 px" in found["input_pixels"].why
        assert "folder" not in found["label_kind"].why


def test_a_label_inside_an_object_is_found(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    lines = [{"text": sentence(n), "annotation": {"label": "ab"[n % 2]}} for n in range(60)]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert values(guesses(path), "task", "n_labels") == ["text-classification", 2]


def test_texts_of_two_languages_have_both(table: Table) -> None:
    several = (
        "Das ist ein sehr schöner Tag und wir freuen uns auf den Abend mit Freunden",
        "This is a wonderful day and we are looking forward to the evening with friends",
    )
    found = guesses(table(text=lambda n: f"{several[n // 60]} {n}", label=lambda n: "ab"[n % 2]))
    assert set(found["languages"].value or ()) == {"de", "en"}
    assert found["languages"].sureness != "sure"


@pytest.mark.parametrize("inside", ["", "cats"])
def test_one_class_alone_is_told_by_its_name(inside: str, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for n in range(3):
        picture(folder / inside / f"{n}.png", 8, 8)
    with pytest.raises(InputError) as caught:
        infer(folder)
    assert "one class" in str(caught.value)
    assert (inside or "pictures") in str(caught.value)


def test_a_folder_of_much_else_is_not_walked_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(40):
        (tmp_path / "etc" / f"{n}.conf").parent.mkdir(exist_ok=True)
        (tmp_path / "etc" / f"{n}.conf").touch()
    picture(tmp_path / "etc" / "logo.png", 8, 8)

    def walked(*_: object) -> None:
        raise AssertionError("walked")

    monkeypatch.setattr("os.walk", walked)
    with pytest.raises(InputError):
        infer(tmp_path)
