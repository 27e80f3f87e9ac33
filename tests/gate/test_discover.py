"""Hub models are found by syntax, wherever a repository names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model.gate.discover.discover import Unread, Use, uses_under
from pick_model.gate.discover.in_python import uses
from pick_model.gate.discover.in_settings import json_uses, toml_uses, yaml_uses

from .bench import Bench
from .world import COMMITS

SHA = COMMITS["acme-base"]


@pytest.mark.parametrize(
    ("code", "name", "revision"),
    [
        ('AutoModel.from_pretrained("a/b")', "a/b", None),
        ('transformers.AutoModel.from_pretrained("a/b", revision="main")', "a/b", "main"),
        ('AutoModel.from_pretrained(pretrained_model_name_or_path="a/b")', "a/b", None),
        ('pipeline("text-classification", model="a/b")', "a/b", None),
        ('pipeline("ner", "a/b", revision="x")', "a/b", "x"),
        ('hf_hub_download("a/b", "config.json")', "a/b", None),
        ('hub.snapshot_download(repo_id="a/b", revision="r")', "a/b", "r"),
        ('SentenceTransformer("all-mpnet-base-v2")', "all-mpnet-base-v2", None),
        ('timm.create_model("hf_hub:a/b", pretrained=True)', "a/b", None),
        ('open_clip.create_model_and_transforms("hf-hub:a/b")', "a/b", None),
        ('PeftModel.from_pretrained(base, "a/b")', "a/b", None),
        ('NAME = "a/b"\nAutoModel.from_pretrained(NAME)', "a/b", None),
        ('OWNER = "a"\nAutoModel.from_pretrained(f"{OWNER}/b")', "a/b", None),
        ('OWNER = "a"\nAutoModel.from_pretrained(OWNER + "/b")', "a/b", None),
        ('R = "r"\ndef f():\n    return AutoModel.from_pretrained("a/b", revision=R)', "a/b", "r"),
        ('x = [lambda: AutoModel.from_pretrained("a/b")]', "a/b", None),
        ('async def f():\n    await g(AutoModel.from_pretrained(\n        "a/b"))', "a/b", None),
    ],
)
def test_calls_that_name_a_model(code: str, name: str, revision: str | None) -> None:
    (found,) = uses(code, "x.py")
    assert isinstance(found, Use)
    assert (found.name, found.revision, found.fixed) == (name, revision, True)
    assert "from_pretrained" not in code or "from_pretrained" in code.splitlines()[found.line - 1]


@pytest.mark.parametrize(
    "code",
    [
        'text = "AutoModel.from_pretrained(\\"a/b\\")"',
        '# AutoModel.from_pretrained("a/b")',
        'hf_hub_download("a/b", "x.csv", repo_type="dataset")',
        'timm.create_model("resnet50")',
        "AutoModel.from_pretrained()",
        "pipeline('ner')",
        "model.load_state_dict(torch.load('a/b'))",
    ],
)
def test_what_only_looks_like_a_call_is_left_alone(code: str) -> None:
    assert list(uses(code, "x.py")) == []


@pytest.mark.parametrize(
    "code",
    [
        "AutoModel.from_pretrained(name)",
        "AutoModel.from_pretrained(sys.argv[1])",
        'NAME = "a/b"\nNAME = "c/d"\nAutoModel.from_pretrained(NAME)',
        'NAME = "a/b"\ndef f(NAME):\n    AutoModel.from_pretrained(NAME)',
        'for NAME in ("a/b", "c/d"):\n    AutoModel.from_pretrained(NAME)',
        'AutoModel.from_pretrained(f"{x}/b")',
        "AutoModel.from_pretrained(**settings)",
        "A = B\nB = A\nAutoModel.from_pretrained(A)",
    ],
)
def test_a_name_that_reading_does_not_tell_is_said_to_be_one(code: str) -> None:
    (found,) = uses(code, "x.py")
    assert isinstance(found, Use)
    assert found.name is None


def test_a_revision_that_reading_does_not_tell_is_said_to_be_one() -> None:
    (found,) = uses('AutoModel.from_pretrained("a/b", revision=pin())', "x.py")
    assert isinstance(found, Use)
    assert (found.name, found.fixed) == ("a/b", False)


def test_settings_are_read_by_their_keys() -> None:
    text = """\
# model_name: not/this
train:
  model_name_or_path: &base a/b
  revision: abc
eval: {base_model: c/d@ef, note: "model: g/h"}
models: [x/y]
other: !custom {tokenizer: *base}
---
model: plain-word
repo_id: "i/j"
"""
    found = [(u.line, u.name, u.revision) for u in yaml_uses(text, "x") if isinstance(u, Use)]
    assert found == [(3, "a/b", "abc"), (5, "c/d", "ef"), (10, "i/j", None)]


def test_json_and_toml_are_read_by_their_keys() -> None:
    text = '{\n "a": {"model_id": "a/b",\n  "model_id_revision": "r"},\n "b": [{"model": "c/d"}]\n}'
    found = [(u.line, u.name, u.revision) for u in json_uses(text, "x") if isinstance(u, Use)]
    assert found == [(2, "a/b", "r"), (4, "c/d", None)]
    pytest.importorskip("tomllib", reason="Python 3.11 or later reads TOML")
    text = '[tool.x]\nmodel = "a/b"\nrevision = "r"\n[[y]]\nmodel = "a/b"\n'
    found = [(u.line, u.name, u.revision) for u in toml_uses(text, "x") if isinstance(u, Use)]
    assert found == [(2, "a/b", "r"), (5, "a/b", None)]


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (uses, "def f(:\n"),
        (uses, "x = 1\x00"),
        (uses, "(" * 5000),
        (yaml_uses, "a: [1\n"),
        (yaml_uses, "a: \x07\n"),
        (json_uses, "{"),
        (json_uses, "[" * 100_000),
        (toml_uses, "a = \n"),
    ],
)
def test_what_does_not_parse_is_told_and_not_thrown(reader: object, text: str) -> None:
    (found,) = reader(text, "x")  # type: ignore[operator]
    assert isinstance(found, Unread)


def test_local_paths_and_other_peoples_folders_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "models" / "mine").mkdir(parents=True)
    call = 'AutoModel.from_pretrained("{}")\n'
    names = ("models/mine", "./out", "/abs/olute", "~/x", "C:\\x", "a/b/c", "a/b.pt", "real/one")
    (tmp_path / "a.py").write_text("".join(call.format(n.replace("\\", "\\\\")) for n in names))
    for folder in (".git", "venv", "node_modules", "__pycache__", "x.egg-info", ".tox"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "b.py").write_text(call.format("no/no"))
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "w.yml").write_text("model: seen/too\n")
    (tmp_path / "big.json").write_text('{"model": "no/no", "x": "' + "y" * (1 << 20) + '"}')
    (tmp_path / "latin.py").write_bytes('AutoModel.from_pretrained("no/é")'.encode("latin-1"))
    found = list(uses_under(tmp_path))
    assert [u.name for u in found if isinstance(u, Use)] == ["real/one", "seen/too"]
    assert [Path(u.file).name for u in found if isinstance(u, Unread)] == ["latin.py"]
    assert [u.name for u in uses_under(tmp_path, ["*.py"]) if isinstance(u, Use)] == ["seen/too"]


def test_the_gate_checks_that_each_is_locked_and_pinned(bench: Bench) -> None:
    bench.lock()
    bench.write("src/ok.py", f'AutoModel.from_pretrained("acme/base", revision="{SHA}")\n')
    assert bench.gate("--discover", ".").code == 0
    bench.write("src/bad.py", '\n\npipeline("ner", model="borg/base")\n')
    bench.write("src/conf.yaml", "model: acme/base\nrevision: main\n")
    done = bench.gate("--discover", ".")
    assert done.code == 1
    told = [
        (c["location"]["file"], c["location"]["line"], c["state"])
        for code in ("PM801", "PM802")
        for c in done.checks(code)
    ]
    assert told == [
        ("src/bad.py", 3, "fail"),
        ("src/conf.yaml", 1, "pass"),
        ("src/ok.py", 1, "pass"),
        ("src/conf.yaml", 1, "fail"),
        ("src/ok.py", 1, "pass"),
    ]
    assert done.checks("PM802")[0]["fix"] == f'revision="{SHA}"'
    bench.policy("discover: {exclude: [src/bad*], models: [acme/base]}\n")
    assert bench.gate("--discover", ".").code == 0


def test_aliases_count_as_the_model_they_name(bench: Bench) -> None:
    bench.catalog({"acme-base": {"aliases": ["old-acme"]}})
    bench.lock()
    bench.write("src/ok.py", f'AutoModel.from_pretrained("old-acme", revision="{SHA}")\n')
    assert bench.gate("--discover", "src", "--lock", "pick-model.lock").code == 0


def test_every_lock_under_the_folder_is_gated(bench: Bench) -> None:
    bench.lock()
    (bench.folder / "other").mkdir()
    bench.write("other/task.yaml", (bench.folder / "task.yaml").read_text())
    words = ("other/task.yaml", "acme-tiny", "--offline", "-o", "other/pick-model.lock")
    assert bench.run("lock", *words).code == 0
    done = bench.gate("--discover", ".")
    assert [lock["lock"] for lock in done.report["locks"]] == [
        "pick-model.lock",
        "other/pick-model.lock",
    ]
    assert done.code == 1
    assert [c["state"] for c in done.checks("PM502")] == ["pass", "fail"]


def test_where_a_lock_has_a_policy_only_what_no_lock_names_has_none(bench: Bench) -> None:
    (bench.folder / "other").mkdir()
    bench.write("other/task.yaml", (bench.folder / "task.yaml").read_text())
    words = ("other/task.yaml", "acme-tiny", "--offline", "-o", "other/pick-model.lock")
    assert bench.run("lock", *words).code == 0
    bench.write("other/policy.yaml", "license: any\n")
    notes = bench.gate("--discover", ".", "--offline").report["notes"]
    assert any("no policy.yaml for what no lock names" in note for note in notes)


def test_without_any_lock_every_model_is_unlocked(bench: Bench) -> None:
    bench.write("src/a.py", 'AutoModel.from_pretrained("acme/base")\n')
    done = bench.gate("--discover", ".")
    assert done.code == 1
    assert [c["state"] for c in done.checks("PM801")] == ["fail"]
    bench.write("src/a.py", "")
    done = bench.gate("--discover", ".")
    assert done.code == 0
    assert done.checks("PM801")[0]["message"] == "the code names no Hub model"
