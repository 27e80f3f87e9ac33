"""Rows that are image files: what is read of them, and what is said of those that cannot be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Image = pytest.importorskip("PIL.Image")

from pick_model.data.dataset import Dataset  # noqa: E402
from pick_model.data.files_as_rows import FEW_BROKEN  # noqa: E402
from pick_model.data.images import checked, opened  # noqa: E402
from pick_model.data.media import held_out_part  # noqa: E402
from pick_model.data.profile import profile  # noqa: E402
from pick_model.data.read import file_digest, read_dataset  # noqa: E402
from pick_model.data.split import split  # noqa: E402
from pick_model.data.variation import variation  # noqa: E402
from pick_model.errors import InputError, UsageError, WrongValue  # noqa: E402
from pick_model.measure.probe.rows import make_sets  # noqa: E402
from pick_model.words.say import say  # noqa: E402

RED, GREEN = (255, 0, 0), (0, 128, 0)


def draw(path: Path, colour: tuple[int, ...] = RED, size: tuple[int, int] = (12, 10)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def folders(top: Path, n: int = 6, suffix: str = ".png") -> Path:
    """Two classes of n images, each of another shade."""
    for at in range(n):
        draw(top / "red" / f"{at}{suffix}", (200 + at, 0, 0))
        draw(top / "green" / f"{at}{suffix}", (0, 100 + at, 0))
    return top


def said(rows: Dataset) -> str:
    assert rows.reading is not None
    return " ".join(map(say, rows.reading.notes))


def hinted(caught: pytest.ExceptionInfo[InputError]) -> str:
    assert caught.value.hint is not None
    return say(caught.value.hint)


# What an image is.


def near(image: Any, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found = np.array(image.getpixel(place), dtype=int)
    return image.mode == "RGB" and bool((abs(found - colour) <= 3).all())


def test_formats_are_told_by_their_bytes_and_not_by_their_names(tmp_path: Path) -> None:
    for suffix in ("png", "jpg", "webp", "bmp", "gif", "tiff"):
        path = draw(tmp_path / f"a.{suffix}")
        renamed = path.rename(tmp_path / f"{suffix}-in.jpg")
        assert checked(renamed) == 10
        assert near(opened(renamed), (3, 3), RED)


def test_cmyk_is_read_as_the_colours_that_are_seen(tmp_path: Path) -> None:
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "a.jpg")
    assert near(opened(tmp_path / "a.jpg"), (3, 3), (255, 0, 0))


def test_of_sixteen_bits_the_upper_eight_are_kept(tmp_path: Path) -> None:
    values = np.array([[0, 65535], [32896, 257]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    found = np.asarray(opened(tmp_path / "a.png"))
    assert found[..., 0].tolist() == [[0, 255], [128, 1]]


def test_numbers_without_a_scale_are_drawn_between_their_ends(tmp_path: Path) -> None:
    Image.fromarray(np.array([[-1.0, 0.0], [1.0, 1.0]], dtype=np.float32)).save(tmp_path / "a.tiff")
    found = np.asarray(opened(tmp_path / "a.tiff"))
    assert found[..., 0].tolist() == [[0, 128], [255, 255]]


def test_what_is_transparent_shows_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    image.putpixel((1, 1), (255, 0, 0, 255))
    image.save(tmp_path / "a.png")
    palette = image.convert("P")
    palette.info["transparency"] = palette.getpixel((0, 0))
    palette.save(tmp_path / "b.png", transparency=palette.getpixel((0, 0)))
    for name in ("a.png", "b.png"):
        assert near(opened(tmp_path / name), (5, 5), (255, 255, 255))
    assert near(opened(tmp_path / "a.png"), (1, 1), RED)


def test_a_picture_taken_sideways_stands_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (20, 10), GREEN)
    image.paste(RED, (0, 0, 5, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees to the right
    image.save(tmp_path / "a.jpg", exif=exif, quality=95)
    found = opened(tmp_path / "a.jpg")
    assert found.size == (10, 20)
    assert near(found, (5, 1), (254, 0, 0))


def test_of_an_animation_the_first_picture_counts(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, GREEN)]
    for name in ("a.gif", "a.webp", "a.png"):
        more = {"lossless": True} if name == "a.webp" else {}
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], **more)
        assert near(opened(tmp_path / name), (3, 3), RED)


def test_a_large_jpeg_is_decoded_no_smaller_than_asked(tmp_path: Path) -> None:
    draw(tmp_path / "a.jpg", size=(640, 480))
    assert opened(tmp_path / "a.jpg").size == (640, 480)
    assert min(opened(tmp_path / "a.jpg", at_least=100).size) in range(100, 480)


# What cannot be used, and why.


def truncated(path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, format="JPEG")
    path.write_bytes(path.read_bytes()[:1500])


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "text": (lambda path: path.write_text("<html>404</html>"), "is no image, whatever it is"),
    "broken off": (truncated, "cannot be decoded (image file is truncated"),
    "absent": (lambda path: path.unlink(), "is not there"),
    "a folder": (folder_instead, "is not there"),
    "too large": (lambda path: draw(path, size=(200, 100)), "has more than 10,000 pixels"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_that_cannot_be_used_is_left_out_with_its_name_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    folders(tmp_path)
    spoil, why = FAULTS[name]
    lines = [f"{path.relative_to(tmp_path)},{path.parent.name}" for path in tmp_path.rglob("*.png")]
    spoil(tmp_path / "red" / "3.png")
    table = tmp_path / "rows.csv"
    table.write_text("path,label\n" + "\n".join(sorted(lines)) + "\n")
    rows = read_dataset(table)
    assert len(rows) == 11 == rows.n_total
    assert "red/3.png" not in rows.texts
    assert f"1 file of 12 left out: red/3.png {why}" in said(rows)


def test_a_bomb_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = draw(tmp_path / "a.png", size=(300, 300))
    for most in (80_000, 10_000):  # Pillow warns of the first and raises at the second
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        with pytest.raises(WrongValue) as caught:
            checked(path)
        assert caught.value.told.code == "image-too-large"


def test_many_broken_files_are_an_error_that_names_the_first(tmp_path: Path) -> None:
    folders(tmp_path, n=60)
    for at in range(FEW_BROKEN + 1):
        (tmp_path / "red" / f"{at}.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"11 of 120 files cannot be used: red/0.png is empty, "):
        read_dataset(tmp_path)
    (tmp_path / "red" / "0.png").unlink()
    assert len(read_dataset(tmp_path)) == 109


def test_a_class_of_broken_files_alone_is_an_error(tmp_path: Path) -> None:
    folders(tmp_path, n=20)
    for at in range(2):
        (tmp_path / "blue").mkdir(exist_ok=True)
        (tmp_path / "blue" / f"{at}.png").write_bytes(b"x")
    with pytest.raises(InputError, match="not one of the 2 files of class blue"):
        read_dataset(tmp_path)


def test_paths_that_lead_nowhere_are_said_to_be_relative(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("path,label\n" + "".join(f"img/{n}.jpg,{'ab'[n % 2]}\n" for n in range(20)))
    with pytest.raises(InputError, match="20 of 20 files cannot be used") as caught:
        read_dataset(table)
    assert hinted(caught) == f"paths are read from {tmp_path}, unless they begin with /"
    table.write_text(table.read_text().replace("img/", "https://example.org/"))
    with pytest.raises(InputError, match="is an address on the web; nothing is downloaded"):
        read_dataset(table)


# Tables and folders.


def test_folders_are_classes_and_the_test_part_is_held_out(tmp_path: Path) -> None:
    folders(tmp_path / "train")
    folders(tmp_path / "test", n=2)
    (tmp_path / "train" / "red" / "notes.txt").write_text("no image")
    rows = read_dataset(tmp_path)
    assert (len(rows), rows.modality, rows.kind) == (12, "image", "single-label")
    assert rows.label_names == ("green", "red")
    assert rows.labels == (0,) * 6 + (1,) * 6
    assert rows.media is not None
    assert rows.media[0].size == 10
    part = held_out_part(tmp_path)
    assert part == tmp_path / "test"
    heldout = read_dataset(part, like=rows)
    assert (len(heldout), heldout.label_names) == (4, rows.label_names)
    assert held_out_part(tmp_path / "train") is None


def test_a_class_that_training_lacks_is_an_error(tmp_path: Path) -> None:
    rows = read_dataset(folders(tmp_path / "train"))
    folders(tmp_path / "test")
    draw(tmp_path / "test" / "blue" / "0.png")
    with pytest.raises(InputError, match="blue"):
        read_dataset(tmp_path / "test", like=rows)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("labels", "kind"),
    [(["a", "b"], "single-label"), (["a", "a|b"], "multi-label"), (["0.25", "1.75"], "regression")],
)
def test_a_table_of_paths_takes_every_kind_of_labels(
    tmp_path: Path, form: str, labels: list[str], kind: str
) -> None:
    folders(tmp_path / "img")
    paths = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.png"))
    cells = [
        labels[n % 2] if kind != "regression" else f"{float(labels[n % 2]) + n / 100}"
        for n in range(len(paths))
    ]
    table = tmp_path / f"rows.{form}"
    if form == "csv":
        body = "".join(f"{n},{p},{c}\n" for n, (p, c) in enumerate(zip(paths, cells, strict=True)))
        table.write_text("id,image,label\n" + body)
    else:
        lines = [json.dumps({"image": p, "label": c}) for p, c in zip(paths, cells, strict=True)]
        table.write_text("\n".join(lines))
    rows = read_dataset(table, kind=kind)  # type: ignore[arg-type]
    assert (rows.kind, rows.modality, rows.texts) == (kind, "image", tuple(paths))


def test_files_are_told_apart_by_their_bytes(tmp_path: Path) -> None:
    folders(tmp_path / "one")
    shutil.copy(tmp_path / "one" / "red" / "0.png", tmp_path / "one" / "red" / "again.png")
    rows = read_dataset(tmp_path / "one")
    assert profile(rows).duplicates.count == 1
    for seed in range(5):
        parts = split(rows, heldout=0.4, seed=seed)
        sides = [{"red/0.png", "red/again.png"} & set(part.texts) for part in parts]
        assert sorted(map(len, sides)) == [0, 2]
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    moved = read_dataset(tmp_path / "two")
    assert make_sets(*split(moved), 0).fingerprint == make_sets(*split(rows), 0).fingerprint
    assert moved.digest == rows.digest == file_digest(tmp_path / "two")
    draw(tmp_path / "two" / "red" / "0.png", (1, 2, 3))
    changed = read_dataset(tmp_path / "two")
    assert changed.digest != rows.digest
    assert make_sets(*split(changed), 0).fingerprint != make_sets(*split(rows), 0).fingerprint


def test_sounds_among_images_are_left_out_and_counted(tmp_path: Path) -> None:
    folders(tmp_path)
    (tmp_path / "red" / "hum.wav").write_bytes(b"RIFF")
    (tmp_path / "red" / "notes.txt").write_text("not mine")
    assert "beside the image files 1 file of kind audio is left out" in said(read_dataset(tmp_path))


def test_files_that_are_no_images_or_lie_in_no_class_are_named(tmp_path: Path) -> None:
    folders(tmp_path)
    assert "left out" not in said(read_dataset(tmp_path))
    shutil.copy(tmp_path / "red" / "0.png", tmp_path / "red" / "0")  # an image without a suffix
    shutil.copy(tmp_path / "red" / "0.png", tmp_path / "cover.png")
    told = said(read_dataset(tmp_path))
    assert "1 file (red/0) is left out: by the suffix neither image nor sound" in told
    assert "1 file (cover.png) beside the folders of the classes is left out" in told


def test_folders_without_a_file_of_the_kind_are_named(tmp_path: Path) -> None:
    folders(tmp_path)
    assert "no image file" not in said(read_dataset(tmp_path))
    (tmp_path / "empty").mkdir()
    (tmp_path / "hums").mkdir()
    (tmp_path / "hums" / "hum.wav").write_bytes(b"RIFF")
    told = said(read_dataset(tmp_path))
    assert "no image file lies in 'empty', 'hums': they are no classes" in told


def test_images_in_one_folder_and_sounds_in_another_are_no_two_classes(tmp_path: Path) -> None:
    (tmp_path / "red").mkdir()
    (tmp_path / "hums").mkdir()
    for n in range(3):
        draw(tmp_path / "red" / f"{n}.png", (n, 2, 3))
        (tmp_path / "hums" / f"{n}.wav").write_bytes(b"RIFF")
    with pytest.raises(InputError, match="only one folder, 'red', holds image files") as caught:
        read_dataset(tmp_path)
    assert caught.value.hint is not None
    assert say(caught.value.hint) == "no image file lies in 'hums': it is no class"


def test_files_that_stand_there_twice_are_told_by_name(tmp_path: Path) -> None:
    folders(tmp_path)
    shutil.copy(tmp_path / "red" / "0.png", tmp_path / "red" / "again.png")
    shutil.copy(tmp_path / "red" / "1.png", tmp_path / "green" / "odd.png")
    told = profile(read_dataset(tmp_path), search_labels=False).warnings
    twice = next(one for one in told if "earlier" in one)
    assert twice.startswith("2 files (red/1.png, red/again.png) have the same bytes")
    conflict = next(one for one in told if "another label" in one)
    assert "green/odd.png" in conflict
    assert "red/1.png" in conflict
    assert "row" not in conflict
    assert "text" not in "".join(told)


def test_held_out_files_that_are_in_training_are_told_by_name(tmp_path: Path) -> None:
    rows = read_dataset(folders(tmp_path / "a"))
    held = folders(tmp_path / "b", n=2)
    told = profile(rows, read_dataset(held, like=rows), search_labels=False).warnings
    [flattering] = [one for one in told if "flatter" in one]
    assert flattering.startswith("4 held-out files (green/0.png, green/1.png, red/0.png")


def test_folders_of_texts_are_said_to_be_no_table(tmp_path: Path) -> None:
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "1.txt").write_text("fine")
    with pytest.raises(InputError, match="1 text file in folders") as caught:
        read_dataset(tmp_path)
    assert hinted(caught) == "put the texts into one table, a row each: text,label"


def test_a_profile_of_images_says_nothing_of_words(tmp_path: Path) -> None:
    facts = profile(read_dataset(folders(tmp_path)))
    assert facts.characters.longest == 0
    assert facts.empty.count == 0
    assert not facts.sorted_by_class
    assert facts.noise.skipped is not None
    assert facts.noise.skipped.code == "files-not-searched"
    assert [count.count for count in facts.classes] == [6, 6]


# What is said where data and task do not belong together.


def test_a_folder_of_images_for_another_task_says_what_to_type(tmp_path: Path) -> None:
    folders(tmp_path)
    with pytest.raises(InputError, match="holds 12 image files in 2 classes") as caught:
        read_dataset(tmp_path, task="text-classification")
    assert "task: image-classification" in hinted(caught)


def test_a_table_of_texts_for_an_image_task_says_what_to_type(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("text,label\n" + "good film,a\nbad film,b\n" * 5)
    with pytest.raises(InputError, match="no column of text, label names image files") as caught:
        read_dataset(table, task="image-classification")
    assert "--text COLUMN" in hinted(caught)
    with pytest.raises(InputError, match=r"column text names no image files \(first: good film\)"):
        read_dataset(table, task="image-classification", text="text")


def test_paths_are_texts_where_the_task_is_of_texts(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("name,label\n" + "holiday at sea.jpg,a\ninvoice 12.jpg,b\n" * 5)
    rows = read_dataset(table, task="text-classification", text="name")
    assert (rows.modality, rows.media) == ("text", None)


@pytest.mark.parametrize(
    ("make", "told", "hint"),
    [
        (lambda top: draw(top / "a.png"), "1 image or sound that lie in no folder", "a CSV of"),
        (lambda top: (top / "train.csv").write_text("a,b\n"), "is a folder", "train.csv"),
        (lambda top: (top / "a").mkdir(), "is a folder", "name one file in it"),
    ],
)
def test_a_folder_without_classes_says_what_it_holds(
    tmp_path: Path, make: Callable[[Path], object], told: str, hint: str
) -> None:
    make(tmp_path)
    with pytest.raises(InputError, match=told) as caught:
        read_dataset(tmp_path)
    assert hint in hinted(caught)


def test_an_unknown_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_dataset(folders(tmp_path), task="image-clasification")


# What training may change.


@pytest.mark.parametrize(
    ("names", "mirrored"),
    [
        (("cat", "dog"), True),
        (("0", "1"), False),
        (("a", "b"), False),
        (("turn_left", "turn_right"), False),
        (("seven", "eight"), False),
        (("leftover", "oneness"), True),
        ((), False),
    ],
)
def test_images_are_mirrored_where_the_labels_allow_it(
    tmp_path: Path, names: tuple[str, ...], mirrored: bool
) -> None:
    rows = replace(read_dataset(folders(tmp_path)), label_names=names)
    found = variation(rows)
    assert found is not None
    assert found.mirrored is mirrored
    assert ("never mirrored" in say(found.told)) is not mirrored
    assert variation(replace(rows, media=None, modality="text")) is None
