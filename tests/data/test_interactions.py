"""Files of interactions and items: what is read, and what is said of faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pick_model.data.interactions import Interactions, read_interactions
from pick_model.data.read import read_dataset
from pick_model.errors import InputError
from tests.conftest import ROOT
from tests.told import words

TAKEN = "user,item,timestamp\na,x,3\na,y,1\nb,y,5\nb,z,6\n"
ITEMS = "item,title\nx,red tent\ny,blue tent\nz,whisk\n"


def read(folder: Path, taken: str = TAKEN, items: str = ITEMS, **options: Any) -> Interactions:
    paths = folder / "interactions.csv", folder / "items.csv"
    for path, text in zip(paths, (taken, items), strict=True):
        path.write_text(text, encoding="utf-8")
    return read_interactions(*paths, **options)


def names(data: Interactions) -> dict[str, list[str]]:
    """Each user's items by name, in their order."""
    return {
        user: [data.ids[item] for item in items]
        for user, items in zip(data.users, data.histories, strict=True)
    }


def codes(data: Interactions) -> set[str]:
    return {note.code for note in data.notes}


def test_items_stand_in_the_order_of_time(tmp_path: Path) -> None:
    data = read(tmp_path)
    assert names(data) == {"a": ["y", "x"], "b": ["y", "z"]}
    assert data.texts == ("red tent", "blue tent", "whisk")
    assert (data.n, data.n_in_file, data.timed, data.notes) == (4, 4, True, ())


def test_the_shop_of_the_examples_is_read_whole() -> None:
    shop = ROOT / "examples" / "shop"
    data = read_interactions(shop / "interactions.csv", shop / "items.csv")
    assert (len(data.users), len(data.ids), data.n, data.notes) == (800, 300, 8794, ())


def test_movielens_as_csv_has_its_columns_guessed(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,7,4.0,1260759100\n2,7,3,1260759000\n",
        "movieId,title,genres\n31,Dangerous Minds (1995),Drama\n7,Sabrina (1995),Comedy|Romance\n",
    )
    assert names(data) == {"1": ["7", "31"], "2": ["7"]}
    assert data.texts[1] == "Sabrina (1995). Comedy, Romance"
    assert codes(data) == {"ratings-all-count", "users-with-one"}


def test_movielens_dat_files_are_read_in_latin_1(tmp_path: Path) -> None:
    ratings, movies = tmp_path / "ratings.dat", tmp_path / "movies.dat"
    ratings.write_bytes(b"1::2::5::978300760\n1::1::4::978300000\r\n2::1::3::978300001\n")
    movies.write_bytes("1::Amélie (2001)::Comedy\n2::Heat (1995)::Crime|Drama\n".encode("latin-1"))
    data = read_interactions(ratings, movies, min_rating=4)
    assert names(data) == {"1": ["1", "2"]}
    assert data.texts == ("Amélie (2001). Comedy", "Heat (1995). Crime, Drama")


def test_ratings_below_the_bound_do_not_count(tmp_path: Path) -> None:
    taken = "user,item,rating\na,x,5\na,y,2\na,z,4\nb,x,1\n"
    data = read(tmp_path, taken, min_rating=4)
    assert names(data) == {"a": ["x", "z"]}
    assert codes(data) == {"ratings-below", "no-times-rows-order"}


def test_an_item_taken_again_counts_once(tmp_path: Path) -> None:
    data = read(tmp_path, "user,item,time\na,x,1\na,y,2\na,x,3\n")
    assert names(data) == {"a": ["x", "y"]}
    [note] = data.notes
    assert (note.code, note.values["n"]) == ("taken-again", 1)


def test_an_empty_user_is_to_be_written_or_its_row_deleted(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "user,item\n,x\nb,y\n")
    assert words(caught.value.hint) == "write the user, or delete the row"


def test_ratings_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    data = read(tmp_path, "user,item,rating\na,x,nan\na,y,\nb,x,4\nb,z,good\n")
    [note] = [note for note in data.notes if note.code == "ratings-no-number"]
    assert (data.n, note.values["n"]) == (4, 3)


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ((1_260_759_144, 1_260_759_144_000, 1_260_759_145, 1_260_759_146), "times-odd"),
        ((1_260_759_144, 0, 1_260_759_145, 1_260_759_146), "times-odd"),
        ((1_260_759_144, -1, 1_260_759_145, 1_260_759_146), "times-odd"),
        ((7, 7, 7, 7), "times-all-equal"),
        ((0, 1, 2, 300), None),
        ((881_250_949, 891_717_742, 978_300_760, 1_260_759_144), None),
    ],
)
def test_times_that_can_hardly_be_meant_are_told(
    tmp_path: Path, times: tuple[int, ...], code: str | None
) -> None:
    rows = [f"{user},{item},{time}" for (user, item), time in zip(PAIRS, times, strict=True)]
    data = read(tmp_path, "user,item,timestamp\n" + "\n".join(rows) + "\n")
    assert codes(data) == ({code} if code else set())


PAIRS = (("a", "x"), ("a", "y"), ("b", "y"), ("b", "z"))


def test_interactions_and_items_may_be_one_file(tmp_path: Path) -> None:
    path = tmp_path / "joined.csv"
    path.write_text(
        "userId,movieId,title,genres,rating\n1,31,Heat (1995),Crime|Drama,5\n"
        "1,7,Sabrina (1995),Comedy,3\n2,31,Heat (1995),Crime|Drama,4\n2,7,Sabrina (1995),Comedy,1\n"
    )
    data = read_interactions(path, path)
    assert data.texts == ("Heat (1995). Crime, Drama", "Sabrina (1995). Comedy")
    assert names(data) == {"1": ["31", "7"], "2": ["31", "7"]}


def test_movielens_100k_is_read_as_it_comes(tmp_path: Path) -> None:
    ratings, films = tmp_path / "u.data", tmp_path / "u.item"
    ratings.write_text("1\t2\t5\t881250949\n1\t1\t4\t881250940\n2\t1\t3\t891717742\n")
    marks = {1: (5,), 2: (1, 16)}  # places in u.genre
    lines = [
        "|".join(
            (
                str(at),
                title,
                "01-Jan-1995",
                "",
                "http://x",
                *("01"[g in marks[at]] for g in range(19)),
            )
        )
        for at, title in ((1, "Amélie (2001)"), (2, "Heat (1995)"))
    ]
    films.write_bytes("\n".join(lines).encode("latin-1"))
    data = read_interactions(ratings, films)
    assert names(data) == {"1": ["1", "2"], "2": ["1"]}
    assert data.texts == ("Amélie (2001). Comedy", "Heat (1995). Action, Thriller")
    assert data.timed
    films.write_text("1|Heat\n")
    with pytest.raises(InputError) as caught:
        read_interactions(ratings, films)
    assert words(caught.value.hint) == "save it as CSV with a first line of names: item,title"


def test_dates_and_numbers_are_times(tmp_path: Path) -> None:
    taken = "user,item,date\na,x,2026-03-14T15:09:26Z\na,y,2026-03-14\na,z,2026-03-13 23:59\n"
    assert names(read(tmp_path, taken)) == {"a": ["z", "y", "x"]}


def test_items_that_are_unknown_or_silent_are_left_out_and_named(tmp_path: Path) -> None:
    data = read(tmp_path, TAKEN + "a,gone,9\nb,mute,9\n", ITEMS + "mute,\n")
    assert names(data) == {"a": ["y", "x"], "b": ["y", "z"]}
    notes = {note.code: note for note in data.notes}
    assert notes["items-unknown"].values["rows"] == ("interactions.csv:6",)
    assert notes["items-without-text"].values == {"n": 1, "rows": 1}


def test_memory_is_bounded_by_leaving_users_out(tmp_path: Path) -> None:
    taken = "user,item\n" + "".join(f"u{n},{i}\n" for n in range(400) for i in "xyz")
    data = read(tmp_path, taken, most=300)
    assert 2 * 3 <= data.n <= 300
    assert all(len(items) == 3 for items in data.histories)  # users are kept whole
    assert "users-halved" in codes(data)
    assert data.users == read(tmp_path, taken, most=300).users


def test_columns_may_be_named_and_headers_may_lack(tmp_path: Path) -> None:
    named = {"user": "who", "item": "what", "text": "about,kind"}
    data = read(
        tmp_path,
        "who,what\na,x\na,y\n",
        "what,kind,about,price\nx,tent,red,3\ny,tent,blue,4\n",
        named=named,
    )
    assert data.texts == ("red. tent", "blue. tent")
    data = read(tmp_path, "a,x,1\na,y,2\n", names=["user", "item", "timestamp"])
    assert names(data) == {"a": ["x", "y"]}


def test_jsonl_with_lists_of_words(tmp_path: Path) -> None:
    taken, items = tmp_path / "t.csv", tmp_path / "i.jsonl"
    taken.write_text("user_id,asin\na,x\na,y\n")
    lines = [
        {"asin": "x", "title": "Tent", "categories": ["Sport", "Camp"]},
        {"asin": "y", "title": "Rod"},
    ]
    items.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert read_interactions(taken, items).texts == ("Tent. Sport, Camp", "Rod")


@pytest.mark.parametrize(
    ("taken", "items", "options", "says", "row"),
    [
        ("who,item\na,x\na,y\n", ITEMS, {}, "no column of the user", None),
        ("user,colour\na,x\na,y\n", ITEMS, {}, "no column of the item", None),
        (
            "1,31,2.5,1260759144\n1,7,4.0,1260759100\n",
            ITEMS,
            {},
            "--columns user,item,rating,timestamp",
            1,
        ),
        (TAKEN, "1,red tent\n2,whisk\n", {}, "a first line of names: item,title", 1),
        (TAKEN, "item,price\nx,1\ny,2\n", {}, "no column of the text", None),
        (TAKEN, "name\nx\ny\n", {}, "no column of the item", None),
        ("user,item\na,q\na,r\nb,x\n", ITEMS, {}, "2 of 3 rows are of items that are not", 2),
        ("user,item\n", ITEMS, {}, "no rows of interactions", None),
        ("user,item\na,x\nb,y\n", ITEMS, {}, "no user has two items", None),
        ("user,item\n,x\nb,y\n", ITEMS, {}, "the user is empty", 2),
        ("user,item,rating\na,x,nan\n", ITEMS, {"min_rating": 1}, "'nan' is no number", 2),
        (TAKEN + "a,z,soon\n", ITEMS, {}, "the time 'soon' is none", 6),
        (TAKEN + "a,z,nan\n", ITEMS, {}, "the time 'nan' is none", 6),
        ("user,item,rating\na,x,good\n", ITEMS, {"min_rating": 1}, "'good' is no number", 2),
        (TAKEN, ITEMS, {"min_rating": 1}, "no column of ratings", None),
        (TAKEN, ITEMS + "x,again\n", {}, "stands in row 2 with another text", 5),
        (TAKEN, "item,title\nx,tent\n", {}, "one item has a text", None),
        (TAKEN, ITEMS, {"named": {"user": "nobody"}}, "no column 'nobody'", None),
        (TAKEN, ITEMS, {"named": {"text": "nothing"}}, "no column 'nothing'", None),
        (TAKEN + "a,x\n", ITEMS, {}, "fields", 6),
        ("", ITEMS, {}, "empty", None),
        ("user,item,item\na,x,y\n", ITEMS, {}, "item", 1),
    ],
)
def test_what_is_wrong_is_said_with_its_row(
    tmp_path: Path, taken: str, items: str, options: dict[str, Any], says: str, row: int | None
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, taken, items, **options)
    assert says in str(caught.value)
    assert caught.value.location is not None
    assert caught.value.location.line == row


def test_a_dat_file_of_another_layout_asks_for_a_header(tmp_path: Path) -> None:
    path, items = tmp_path / "x.dat", tmp_path / "items.csv"
    path.write_text("1::2\n")
    items.write_text(ITEMS)
    with pytest.raises(InputError, match="fields with ::"):
        read_interactions(path, items)


def test_interactions_given_as_labelled_rows_are_recognised(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("userId,movieId,rating,timestamp\n" + "1,31,2.5,1260759144\n" * 9)
    with pytest.raises(InputError, match="holds who took what") as caught:
        read_dataset(path)
    assert "--items ITEMS.csv" in words(caught.value.hint)
    path.write_text("user_id,asin,rating,text\n" + "1,31,5,a good film\n2,3,1,a bad one\n" * 9)
    assert len(read_dataset(path).texts) == 18
