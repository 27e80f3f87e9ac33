"""`refresh` pins what has no revision, flags the rest, and writes nothing on a fault."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pick_model.catalog.draft.refresh import Pinned, refresh
from pick_model.catalog.reader import read_records
from pick_model.errors import EnvironmentProblem, InputError, SchemaError, UnknownName
from pick_model.render.refresh import as_markdown
from tests.hub import FAULTS, Repo, serving

OLD, NEW = "a" * 40, "b" * 40
ENTRY = "  family: bert\n  kind: encoder\n  modality: text\n  tasks: [fill-mask]\n"
FILE = f"""\
# A catalog of ours.
models:
- id: loose
  hub_repo: org/loose   # no revision yet
{ENTRY}  license: MIT
- hub_repo: org/first-line
  id: first-line
{ENTRY}  license: MIT
- id: written-null
  hub_repo: org/written-null
  revision: null  # to do
{ENTRY}  license: MIT
- id: current
  hub_repo: org/current
  revision: {NEW}
{ENTRY}  license: MIT
- id: moved
  hub_repo: org/moved
  revision: {OLD}
{ENTRY}  license: MIT
- id: relicensed
  hub_repo: org/relicensed
  revision: {NEW}
{ENTRY}  license: MIT
- id: gone
  hub_repo: org/gone
{ENTRY}- id: renamed
  hub_repo: org/renamed
  revision: {NEW}
{ENTRY}  license: MIT
- {{id: in-one-line, hub_repo: org/in-one-line, family: bert, kind: encoder, modality: text,
   tasks: [fill-mask], license: MIT}}
- id: no-repo
{ENTRY}"""
MIT = {"license": "mit"}
REPOS = {
    **{
        f"org/{name}": Repo({}, MIT, NEW)
        for name in ("loose", "first-line", "written-null", "current", "moved", "in-one-line")
    },
    "org/relicensed": Repo({}, {"license": "cc-by-nc-4.0"}, NEW),
    "org/renamed": Repo({}, MIT, NEW, renamed="other/name"),
}


@pytest.fixture(autouse=True)
def _no_telemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client would ask the real Hub which agents there are."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def asked(
    file: Path, monkeypatch: pytest.MonkeyPatch, fault: str = "", **options: object
) -> Pinned:
    with serving(REPOS, fault) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        return refresh(file, **options)  # type: ignore[arg-type]


def test_each_entry_gets_its_state(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = asked(file, monkeypatch).report
    states = {model.id: (model.state, model.safety) for model in report.models}
    assert states == {
        "loose": ("pinned", "safe"),
        "first-line": ("pinned", "safe"),
        "written-null": ("pinned", "safe"),
        "in-one-line": ("pinned", "safe"),
        "moved": ("moved", "judgement"),
        "relicensed": ("current", "judgement"),
        "renamed": ("current", "judgement"),
        "gone": ("gone", "judgement"),
    }
    assert report.n_current == 3  # current, relicensed, renamed
    notes = {model.id: " ".join(model.notes) for model in report.models}
    assert notes["relicensed"] == "the card's licence is CC-BY-NC-4.0, the catalog's MIT"
    assert notes["renamed"] == "the repository is called other/name now"
    assert "one line" in notes["in-one-line"]


def test_only_missing_revisions_are_written_and_comments_stay(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = asked(file, monkeypatch).files
    assert list(files) == [file]
    before, after = Counter(FILE.splitlines()), Counter(files[file].splitlines())
    assert after - before == {f"  revision: {NEW}": 2, f"  revision: {NEW}  # to do": 1}
    assert before - after == {"  revision: null  # to do": 1}
    file.write_text(files[file], encoding="utf-8")
    revisions = {p.value.id: p.value.revision for p in read_records(file).entries}
    assert revisions["loose"] == revisions["first-line"] == revisions["written-null"] == NEW
    assert revisions["moved"] == OLD
    assert revisions["in-one-line"] is None
    again = asked(file, monkeypatch)
    assert again.files == {}


def test_the_report_carries_the_edit_as_a_diff(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = asked(file, monkeypatch, dry_run=True).report
    assert report.dry_run
    assert report.diff.count(f"\n+  revision: {NEW}") == 3
    assert file.read_text(encoding="utf-8") == FILE  # the core never writes


def test_only_the_named_entries_are_asked_about(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(REPOS) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        refresh(file, only=["moved"])
    assert [r for r in hub.requests if "/api/models/" in r] == ["GET /api/models/org/moved"]
    with pytest.raises(UnknownName, match="no model 'movd'"):
        refresh(file, only=["movd"])
    with pytest.raises(UnknownName, match="no hub_repo"):
        refresh(file, only=["no-repo"])


@pytest.mark.parametrize("fault", ["slow", "429", "500", "not-json"])
def test_a_fault_of_the_hub_ends_the_whole_run(
    fault: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        asked(file, monkeypatch, fault, timeout=0.5)
    assert caught.value.exit_code == 4
    assert fault in FAULTS


@pytest.mark.parametrize(
    ("fault", "state"), [("401", "refused"), ("403", "refused"), ("404", "gone")]
)
def test_a_repository_that_may_not_be_read_is_a_finding(
    fault: str, state: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned = asked(file, monkeypatch, fault)
    assert {model.state for model in pinned.report.models} == {state}
    assert pinned.files == {}


def test_a_broken_file_is_refused_before_anybody_is_asked(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(FILE.replace("kind: encoder", "kind: encodr", 1), encoding="utf-8")
    with serving(REPOS) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(SchemaError, match="did you mean 'encoder'"):
            refresh(file)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("offered", "held", "note"),
    [
        (["mit", "apache-2.0"], "MIT", None),  # a choice that the card allows
        (["mit", "apache-2.0"], "GPL-3.0", "the card offers MIT, Apache-2.0, the catalog has GPL"),
        ("other", "MIT", "the card's licence is other"),
        ({"name": "mit"}, "MIT", "states no licence"),
    ],
)
def test_one_of_several_licences_is_right_and_another_is_flagged(
    offered: object, held: str, note: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.yaml"
    entry = f"models:\n- id: ours\n  hub_repo: org/ours\n  revision: {NEW}\n{ENTRY}"
    file.write_text(f"{entry}  license: {held}\n", encoding="utf-8")
    with serving({"org/ours": Repo({}, {"license": offered}, NEW)}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        models = refresh(file).report.models
    assert [n for m in models for n in m.notes if note is None or note in n] == (
        [] if note is None else [models[0].notes[0]]
    )


def test_a_repository_no_hub_could_name_is_a_finding_and_the_rest_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        f"models:\n- id: odd\n  hub_repo: org/a--b..c\n{ENTRY}"
        f"- id: loose\n  hub_repo: org/loose\n{ENTRY}  license: MIT\n",
        encoding="utf-8",
    )
    with serving(REPOS) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        report = refresh(file).report
    assert {m.id: m.state for m in report.models} == {"odd": "gone", "loose": "pinned"}


def answered(
    file: Path, monkeypatch: pytest.MonkeyPatch, **options: object
) -> tuple[Pinned, list[str]]:
    """A refresh that keeps its answers, and the repositories it asked about."""
    with serving(REPOS) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        pinned = refresh(file, answers=file.with_name("hub.jsonl"), **options)  # type: ignore[arg-type]
    return pinned, sorted(r.rpartition("/")[2] for r in hub.requests if "/api/models/" in r)


def test_batches_ask_about_each_entry_once_and_end_in_the_report_of_one_run(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = asked(file, monkeypatch, dry_run=True).report
    seen, left = [], []
    for _ in range(4):
        pinned, repositories = answered(file, monkeypatch, batch=3, dry_run=True)
        seen += repositories
        left.append(pinned.report.n_left)
    assert left == [6, 3, 0, 0]
    assert sorted(seen) == sorted(name.rpartition("/")[2] for name in [*REPOS, "org/gone"])
    assert pinned.report.models == whole.models
    assert pinned.report.diff == whole.diff


def test_what_was_pinned_is_not_asked_about_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned, _ = answered(file, monkeypatch)
    file.write_text(pinned.files[file], encoding="utf-8")
    again, repositories = answered(file, monkeypatch)
    assert repositories == []
    assert again.files == {}
    assert {m.id for m in again.report.models} == {m.id for m in pinned.report.models}


def test_an_entry_that_says_something_else_now_is_asked_about_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(file, monkeypatch)
    file.write_text(FILE.replace(f"revision: {OLD}", f"revision: {NEW}"), encoding="utf-8")
    pinned, repositories = answered(file, monkeypatch)
    assert repositories == ["moved"]
    assert "moved" not in {m.id for m in pinned.report.models}


def test_a_line_cut_short_is_asked_about_again_and_the_rest_is_kept(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, before = answered(file, monkeypatch)
    kept = file.with_name("hub.jsonl")
    text = kept.read_text(encoding="utf-8")
    kept.write_text(text[: len(text) - 30], encoding="utf-8")
    pinned, repositories = answered(file, monkeypatch)
    assert len(repositories) == 1
    assert pinned.report.n_left == 0
    assert len(kept.read_text(encoding="utf-8").splitlines()) == len(before)


def test_a_fault_keeps_what_was_answered_before_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(file, monkeypatch, batch=4)
    kept = file.with_name("hub.jsonl")
    before = kept.read_text(encoding="utf-8")
    with pytest.raises(EnvironmentProblem):
        asked(file, monkeypatch, "500", answers=kept, timeout=0.5)
    assert kept.read_text(encoding="utf-8").startswith(before)
    assert answered(file, monkeypatch)[0].report.n_left == 0


@pytest.mark.parametrize("content", ["{}\n", "[1]\n", "hello\n", '{"id": "a", "more": 1}\n'])
def test_another_file_is_not_taken_for_answers(
    content: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = file.with_name("hub.jsonl")
    kept.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="no answer that a refresh kept"):
        answered(file, monkeypatch)
    assert kept.read_text(encoding="utf-8") == content


def test_changes_are_told_by_kind_and_in_markdown(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = asked(file, monkeypatch, dry_run=True).report
    changes = {model.id: model.changes for model in report.models}
    assert changes["renamed"] == ("renamed",)
    assert changes["relicensed"] == ("license",)
    assert changes["moved"] == ("moved",)
    assert changes["gone"] == ("gone",)
    assert changes["loose"] == ("pinned",)
    text = as_markdown(report)
    assert "### vanished: 1\n\n- gone (org/gone)" in text
    assert "- renamed (org/renamed): other/name now" in text
    assert "- relicensed (org/relicensed): MIT here, CC-BY-NC-4.0 there" in text
    assert f"- moved (org/moved): moved from {OLD[:12]} to {NEW[:12]}" in text
    assert "### pinned: 4" in text
    assert f"+  revision: {NEW}" in text


def test_a_license_that_is_gone_from_the_card_and_one_that_is_new_are_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.yaml"
    entry = f"models:\n- id: ours\n  hub_repo: org/ours\n  revision: {NEW}\n{ENTRY}"
    for held, there in (("MIT", {}), ("null", MIT)):
        file.write_text(f"{entry}  license: {held}\n", encoding="utf-8")
        with serving({"org/ours": Repo({}, there, NEW)}) as hub:
            monkeypatch.setenv("HF_ENDPOINT", hub.url)
            assert refresh(file).report.models[0].changes == ("license",)
