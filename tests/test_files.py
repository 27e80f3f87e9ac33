"""Files are read within a bound, and written whole or not at all."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from pick_model import files
from pick_model.files import TooLarge, read_bounded, same_file, write_whole

posix = pytest.mark.skipif(os.name == "nt", reason="devices and pipes of POSIX")


def test_what_is_larger_than_its_bound_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    assert read_bounded(path, 10) == b"x" * 10
    with pytest.raises(TooLarge):
        read_bounded(path, 9)


@posix
def test_a_device_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(TooLarge):
        read_bounded(Path("/dev/zero"), 1000)
    assert read_bounded(Path("/dev/null"), 1000) == b""


@posix
@pytest.mark.parametrize("size", [0, 5, 200_000], ids=["nothing", "little", "more than a pipe"])
def test_a_pipe_that_ends_is_read_to_its_end(tmp_path: Path, size: int) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(b"x" * size))
    writer.start()
    assert read_bounded(pipe, 10**6) == b"x" * size
    writer.join()


@posix
def test_a_pipe_with_nobody_at_its_other_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PIPE_SECONDS", 0.1)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="nobody wrote"):
        read_bounded(pipe, 1000)
    with pytest.raises(OSError, match="nobody read"):
        write_whole(pipe, "text")


@posix
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    write_whole(pipe, "text\n")
    reader.join()
    assert got == ["text\n"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@posix
def test_a_device_is_written_to_and_stays_a_device() -> None:
    write_whole(Path("/dev/null"), "text")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    write_whole(path, "[1]")
    write_whole(path, "[2]")
    assert path.read_text() == "[2]"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_a_file_keeps_its_permissions_and_a_new_one_gets_the_usual(tmp_path: Path) -> None:
    old, new, usual = tmp_path / "old", tmp_path / "new", tmp_path / "usual"
    old.write_text("old")
    old.chmod(0o640)
    usual.write_text("")
    write_whole(old, "text")
    write_whole(new, "text")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == usual.stat().st_mode


@posix
@pytest.mark.parametrize("there", [True, False], ids=["a file", "nothing yet"])
def test_a_link_is_followed_and_stays(tmp_path: Path, there: bool) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    if there:
        target.write_text("old")
    link.symlink_to("target")
    write_whole(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_another_process_removes_meanwhile_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    real = os.path.realpath

    def removes(name: Path) -> str:
        path.unlink()
        return real(name)

    monkeypatch.setattr(os.path, "realpath", removes)
    write_whole(path, "new")
    assert path.read_text() == "new"


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write anything")
def test_a_file_one_may_not_write_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(PermissionError):
        write_whole(path, "new")
    assert path.read_text() == "old"


def test_a_name_that_is_long_can_still_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250)
    write_whole(path, "text")
    assert path.read_text() == "text"


@posix
def test_one_file_is_known_by_any_of_its_names(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    (tmp_path / "soft").symlink_to(path)
    (tmp_path / "hard").hardlink_to(path)
    (tmp_path / "folder").mkdir()
    for other in ("soft", "hard", "folder/../file"):
        assert same_file(tmp_path / other, path)
    assert same_file(tmp_path / "new", tmp_path / "folder" / ".." / "new")
    assert not same_file(tmp_path / "new", path)


def test_the_cache_is_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICK_MODEL_CACHE", str(tmp_path))
    assert files.cache_folder() == tmp_path
    assert files.cache_folder(Path("given")) == Path("given")
    monkeypatch.delenv("PICK_MODEL_CACHE")
    assert files.cache_folder().name == "pick-model"


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert files.json_digest({"a": 1, "b": "é"}) == files.json_digest({"b": "é", "a": 1})
    assert files.json_digest({"a": 1}) != files.json_digest({"a": 2})
