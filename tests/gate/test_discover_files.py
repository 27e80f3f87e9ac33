"""Notebooks, commands and settings are read; what is not read is said; no file stops the gate."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pick_model.gate.discover import in_notebook, in_scripts, in_settings
from pick_model.gate.discover.discover import uses_under
from pick_model.gate.discover.references import Found, Perhaps, Skipped, Unread, Use

from .bench import Bench
from .world import COMMITS

SHA = COMMITS["acme-base"]
LOAD = "from transformers import AutoModel\nAutoModel.from_pretrained({!r})\n"


def names(found: list[Found]) -> list[tuple[int, str, str | None]]:
    """Line, name and revision of every name."""
    uses = [use for use in found if isinstance(use, Use)]
    return [(use.line, name, use.revision) for use in uses for name in use.names]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("huggingface-cli download corp/lion --revision v1", [(1, "corp/lion", "v1")]),
        ("RUN apt-get update && \\\n    hf download corp/lion", [(1, "corp/lion", None)]),
        ("hf download a/b --revision x; hf download c/d", [(1, "a/b", "x"), (1, "c/d", None)]),
        ("FROM corp/image\nENV MODEL_ID=corp/lion", [(2, "corp/lion", None)]),
        ("ENV EMBEDDING_MODEL corp/lion", [(1, "corp/lion", None)]),
        ("ARG MODEL_NAME=corp/lion", [(1, "corp/lion", None)]),
        ("NET_MODEL='corp/lion'\nhf download $NET_MODEL",
         [(1, "corp/lion", None), (2, "corp/lion", None)]),
        ("export MODEL=${MODEL:-corp/lion}", [(1, "corp/lion", None)]),
        ('CMD ["vllm", "serve", "corp/lion"]', [(1, "corp/lion", None)]),
        ('ENTRYPOINT ["server", "--model-id", "corp/lion"]', [(1, "corp/lion", None)]),
        ("serve --model=corp/lion --revision abc", [(1, "corp/lion", "abc")]),
        ("python train.py --model_name_or_path corp/lion", [(1, "corp/lion", None)]),
        ("llama-server -hf corp/lion:Q4_K_M", [(1, "corp/lion", None)]),
        ("git clone https://huggingface.co/corp/lion", [(1, "corp/lion", None)]),
        ("curl -L https://huggingface.co/corp/lion/resolve/v2/m.bin", [(1, "corp/lion", "v2")]),
        ('RUN python -c "import transformers as t; t.AutoModel.from_pretrained(\'corp/lion\')"',
         [(1, "corp/lion", None)]),
        ("python3 - <<PY\nimport timm\ntimm.create_model('hf-hub:corp/lion')\nPY\n",
         [(3, "corp/lion", None)]),
        ("ollama pull hf.co/corp/lion:Q8_0", [(1, "corp/lion", None)]),
        ("# hf download corp/lion", []),
        ("hf upload corp/lion .", []),
        ("hf download corp/lion --repo-type dataset", []),
        ("ask --model openai/gpt-4o", []),
        ("git push origin corp/lion", []),
        ("python train.py model=bert/base", []),
        ("COPY corp/lion /srv\nWORKDIR /srv/corp", []),
    ],
)  # fmt: skip
def test_commands_name_models_by_downloads_flags_and_variables(
    text: str, wanted: list[tuple[int, str, str | None]]
) -> None:
    assert names(list(in_scripts.uses(text, "x"))) == wanted


def test_a_command_whose_name_comes_at_run_time_is_left_open() -> None:
    for text in ('hf download "$1"', "train --model_name_or_path $NET"):
        (use,) = in_scripts.uses(text, "x")
        assert isinstance(use, Use)
        assert use.more
        assert use.names == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("model:\n  name: corp/lion\n  revision: abc", [(2, "corp/lion", "abc")]),
        ("matrix:\n  model: [corp/lion, corp/lynx]",
         [(2, "corp/lion", None), (2, "corp/lynx", None)]),
        ("steps:\n- run: |\n    set -e\n    hf download corp/lion", [(4, "corp/lion", None)]),
        ("env:\n- name: MODEL_ID\n  value: corp/lion", [(3, "corp/lion", None)]),
        ('args: ["--model", "corp/lion"]', [(1, "corp/lion", None)]),
        ("environment:\n- MODEL_ID=corp/lion", [(2, "corp/lion", None)]),
        ("model: ${oc.env:NET,corp/lion}", [(1, "corp/lion", None)]),
        ("net: &net corp/lion\nmodel: *net", [(1, "corp/lion", None)]),
        ("model: corp/lion@abc", [(1, "corp/lion", "abc")]),
        ("uses: corp/action@v1\nimage: corp/image", []),
        ("hub_model_id: corp/lion\npush_to_hub_model_id: corp/lion", []),
        ("defaults:\n- model: bert/base\n- optim: adam", []),
        ("model: gemini/flash-2\nother: {model: openai/gpt-4.1}", []),
        ("model: resnet50", []),
        ("backbone: corp/lion\nstudent_model_name: corp/lynx",
         [(1, "corp/lion", None), (2, "corp/lynx", None)]),
        ("command: [vllm, serve, corp/lion]", [(1, "corp/lion", None)]),
        ("model_path: some/folder", []),
    ],
)  # fmt: skip
def test_settings_name_models_by_their_keys(
    text: str, wanted: list[tuple[int, str, str | None]]
) -> None:
    assert names(list(in_settings.yaml_uses(text, "x"))) == wanted


@pytest.mark.parametrize("text", ["models: [corp/lion]", "model_list:\n- corp/lion"])
def test_a_list_of_models_in_settings_is_left_open(text: str) -> None:
    (one,) = in_settings.yaml_uses(text, "x")
    assert isinstance(one, Perhaps)
    assert (one.use.names, one.told) == (("corp/lion",), "note")


def test_settings_say_whether_code_is_run() -> None:
    text = "model: {name: a/b, trust_remote_code: true, use_safetensors: false}"
    (use,) = in_settings.yaml_uses(text, "x")
    assert isinstance(use, Use)
    assert (use.remote_code, use.pickles) == (True, True)


def test_spacys_settings_are_read() -> None:
    text = (
        "[components.transformer.model]\n"
        '@architectures = "spacy-transformers.TransformerModel.v3"\nname = "corp/lion"\n'
        "[components.ner]\nname = corp/lynx\n"
    )
    assert names(list(in_settings.cfg_uses(text, "x"))) == [(3, "corp/lion", None)]


def test_a_notebook_is_read_cell_by_cell() -> None:
    cells = [
        ["from transformers import AutoModel as Net\n", "%load_ext x\n", "NAME = 'corp/lion'"],
        ["%%bash\n", "hf download corp/lynx"],
        ["def broken(:"],
        ["%%html\n", "<b>model: corp/no</b>"],
        ["!hf download corp/wolf\n", "Net.from_pretrained(NAME)\n", "NAME?"],
    ]
    plain = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    plain["cells"].append({"cell_type": "markdown", "source": [LOAD.format("corp/no")]})
    text = json.dumps(plain, indent=1)
    found = list(in_notebook.uses(text, "x"))
    assert {name for _, name, _ in names(found)} == {"corp/lion", "corp/lynx", "corp/wolf"}
    assert sum(isinstance(one, Unread) for one in found) == 1
    (line,) = (line for line, name, _ in names(found) if name == "corp/lion")
    assert "Net.from_pretrained(NAME)" in text.splitlines()[line - 1]


@pytest.mark.parametrize("folder", ["build", "env", "target", "dist", ".hidden", ".github/x"])
def test_a_folder_is_not_passed_over_for_its_name(folder: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "a.py").write_text(LOAD.format("corp/lion"))
    (tmp_path / folder / "Dockerfile.gpu").write_text("ENV MODEL_ID=corp/lynx\n")
    (tmp_path / folder / "tool").write_text("#!/usr/bin/env python\n" + LOAD.format("corp/wolf"))
    found = {name for _, name, _ in names(list(uses_under(tmp_path)))}
    assert found == {"corp/lion", "corp/lynx", "corp/wolf"}


def test_a_constant_of_another_module_is_followed(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("NET = 'corp/lion'\n")
    (tmp_path / "src" / "app").mkdir(parents=True)
    (tmp_path / "src" / "app" / "names.py").write_text("NET = 'corp/lynx'\n")
    code = "from settings import NET\nfrom app.names import NET as N\n"
    loads = "AutoModel.from_pretrained(NET)\nAutoModel.from_pretrained(N)\n"
    (tmp_path / "src" / "app" / "a.py").write_text(code + loads)
    found = names(list(uses_under(tmp_path)))
    assert found == [(3, "corp/lion", None), (4, "corp/lynx", None)]


def test_functions_of_another_module_load_what_they_are_given(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(
        "from transformers import AutoModel\nget = AutoModel.from_pretrained\n"
        "def load(device, name, **rest):\n    return AutoModel.from_pretrained(name, **rest)\n"
        "def other(name):\n    return name\n"
    )
    (tmp_path / "a.py").write_text(
        "import nets\nfrom nets import get, load, other\nget('corp/lion')\n"
        "load('cpu', 'corp/lynx', revision='v1')\nnets.get('corp/wolf')\nother('corp/no')\n"
    )
    found = names([use for use in uses_under(tmp_path) if use.file.endswith("a.py")])
    assert found == [(3, "corp/lion", None), (4, "corp/lynx", "v1"), (5, "corp/wolf", None)]


def test_what_is_called_without_a_name_is_no_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text(LOAD.format("corp/lion") + "(lambda: x)().of('corp/no')\n")
    monkeypatch.chdir(tmp_path)
    assert names(list(uses_under(Path()))) == [(2, "corp/lion", None)]


def test_what_is_not_looked_into_is_told(tmp_path: Path) -> None:
    code = LOAD.format("corp/lion")
    for folder in ("ours/lib", "node_modules/x", "__pycache__", ".git"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_text(code)
    (tmp_path / "__pycache__" / "a.py").rename(tmp_path / "__pycache__" / "a.pyc")
    (tmp_path / "ours" / "pyvenv.cfg").touch()
    (tmp_path / "large.py").write_text(f"# {'x' * (1 << 20)}\n{code}")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "inside").symlink_to("ours")
    (tmp_path / "outside").symlink_to(tmp_path.parent)
    deep = tmp_path / "deep"
    deep.joinpath(*["d"] * 120).mkdir(parents=True)
    found = list(uses_under(tmp_path))
    told = {Path(one.file).name: one.reason.code for one in found if isinstance(one, Skipped)}
    assert set(told) == {"ours", "node_modules", "large.py", "pipe.py", "loop", "outside", "d"}
    assert told["ours"] == "is-virtual-environment"
    assert len(found) == len(told)
    left_out = ["ours", "node_modules/*", "large.py", "pipe.py", "loop", "outside", "deep"]
    assert list(uses_under(tmp_path, left_out)) == []


def test_a_folder_or_an_ending_does_not_hide_a_repository(tmp_path: Path) -> None:
    (tmp_path / "corp" / "lion").mkdir(parents=True)
    (tmp_path / "corp" / "lynx").mkdir()
    (tmp_path / "corp" / "lynx" / "model.safetensors").write_bytes(b"x")
    (tmp_path / "corp" / "net.pt").write_bytes(b"x")
    texts = ("corp/lion", "corp/lynx", "corp/net.pt", "corp/far.json", "_corp/lion", "cоrp/lion")
    (tmp_path / "a.py").write_text("".join(LOAD.format(text) for text in texts))
    found = list(uses_under(tmp_path))
    told = {one.use.names[0]: one.told for one in found if isinstance(one, Perhaps)}
    assert told == {
        "corp/lion": "open",
        "corp/lynx": "note",
        "corp/net.pt": "pass",
        "corp/far.json": "open",
    }
    assert [name for _, name, _ in names(found)] == ["_corp/lion", "cоrp/lion"]


MANY = 3000
HOSTILE = {
    "long.py": LOAD.format("a" * 300) + LOAD.format("b" * 300 + "/" + "c" * 300),
    "digits.toml": f"x = {'9' * 5000}\nmodel = 'corp/lion'\n",
    "parts.toml": f"{'.'.join('k' * 100_000)} = 1\n",
    "spaced.toml": f"{' . '.join('k' * 20_000)} = 1\n",
    "table.toml": f"[{'.'.join('k' * 100_000)}]\n",
    "brackets.toml": f"x = {'[' * 100_000}",
    "grow.py": "n = 'x' * 9\n"
    + "".join(f"a{i + 1} = f'{{a{i}}}{{a{i}}}{{a{i}}}'\n" for i in range(60))
    + LOAD.replace("{!r}", "a60"),
    "double.py": "a0 = 'x' if y else 'z'\n"
    + "".join(f"a{i + 1} = a{i} + a{i}\n" for i in range(60))
    + LOAD.replace("{!r}", "a60"),
    "width.py": LOAD.replace("{!r}", "'{:>999999999}'.format('a')")
    + LOAD.replace("{!r}", "'%999999999s' % 'a'"),
    "sum.py": LOAD.replace("{!r}", "+".join(["'a'"] * 20_000)),
    "dots.py": f"{LOAD.format('a/b')}x = a{'.b' * 20_000}\n",
    "null.py": "from_pretrained\0",
    "rot.py": "# coding: rot13\nfrom_pretrained",
    "self.py": "n = n(m='a/b')\n" + LOAD.replace("{!r}", "n.m"),
    "bare.py": "getattr('from_pretrained')('a/b')\n",
    "ring.py": "".join(f"a{i} = a{(i + 1) % 99} or a{(i + 7) % 99}\n" for i in range(99))
    + LOAD.replace("{!r}", "a0"),
    "deep.yaml": "- " * 100_000,
    "flow.yaml": "[" * 100_000,
    "deep.json": "[" * 100_000,
    "digits.json": '{"x": ' + "9" * 10_000 + "}",
    "odd.ipynb": '{"cells": [{"cell_type": "code", "source": 5}, 3, null]}',
    "here.sh": "python - <<EOF\n" * MANY,
    "words.sh": "python " * 50_000,
    "quotes.sh": "\"'" * 50_000 + " model",
    "many.py": "from transformers import AutoModel\n"
    + "".join(f"AutoModel.from_pretrained('corp/n{i}')\n" for i in range(MANY)),
    "many.yaml": "".join(f"k{i}: {{model: corp/n{i}}}\n" for i in range(MANY)),
    "many.sh": "hf download $NET\n" * MANY,
    "table.py": "T = {" + ",".join(f"{i}: 'corp/n{i}'" for i in range(MANY)) + "}\n"
    + LOAD.replace("{!r}", "T[x]") * 99,
}  # fmt: skip


WHOLE = ("long.py", "grow.py", "double.py", "width.py", "self.py", "bare.py", "ring.py")  # read


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_stops_the_gate_or_says_more_than_can_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(HOSTILE[name])
    (tmp_path / "zz.py").write_text(LOAD.format("corp/lion"))
    found = list(uses_under(tmp_path))
    assert (2, "corp/lion", None) in names(found)
    assert name not in WHOLE or not any(isinstance(one, Unread) for one in found)
    assert len(found) <= 1002


def test_a_verdict_says_what_it_does_not_speak_of(bench: Bench) -> None:
    bench.lock()
    bench.write("src/a.py", LOAD.replace("{!r}", "cfg.name"))
    done = bench.gate("--discover", ".")
    assert done.code == 0
    (check,) = done.checks("PM801")
    assert "no Hub model" not in check["message"]
    (note,) = (note for note in done.report["notes"] if "PM803" in note)
    assert "1 place" in note
    assert bench.gate("--discover", ".", "--strict").code == 3
    bench.policy("rules: {undecidable-name: error}\n")
    assert bench.gate("--discover", ".").code == 3
    bench.policy("rules: {undecidable-name: off}\n")
    assert bench.gate("--discover", ".", "--strict").code == 3
    bench.write("src/a.py", f"AutoModel.from_pretrained('acme/base', revision='{SHA}')")
    assert bench.gate("--discover", ".", "--strict").code == 0


def test_what_was_skipped_leaves_a_strict_verdict_open(bench: Bench) -> None:
    bench.lock()
    bench.write("vendored/pyvenv.cfg", "")
    assert bench.gate("--discover", ".").code == 0
    assert bench.gate("--discover", ".", "--strict").code == 3
    bench.policy("discover: {exclude: ['vendored/*']}\n")
    assert bench.gate("--discover", ".", "--strict").code == 0


def test_strict_belongs_to_discovery(bench: Bench) -> None:
    bench.lock()
    assert bench.gate("--strict").code == 2


@pytest.mark.parametrize(
    ("code", "rule", "state", "policy"),
    [
        ("from transformers import pipeline as p\np('ner')", "PM802", "fail", ""),
        ("L('acme/base', **o)", "PM802", "inconclusive", ""),
        ("L('acme/base', revision=SHA, trust_remote_code=True)", "PM402", "fail",
         "remote_code: true"),
        ("L('acme/base', revision=SHA, use_safetensors=False)", "PM401", "fail",
         "safetensors: false"),
        ("L('acme/base', revision=SHA, trust_remote_code=True, code_revision='v1')", "PM802",
         "fail", ""),
    ],
)  # fmt: skip
def test_how_a_model_is_loaded_is_judged_too(
    code: str, rule: str, state: str, policy: str, bench: Bench
) -> None:
    bench.lock()
    head = f"from transformers import AutoModel\nSHA = '{SHA}'\nL = AutoModel.from_pretrained\n"
    bench.write("src/a.py", head + code)
    words = ("--discover", "src", "--lock", "pick-model.lock")
    done = bench.gate(*words)
    told = [c["state"] for c in done.checks(rule) if c["about"] == "src/a.py"]
    assert state in told
    assert done.code == (1 if state == "fail" else 3)
    if policy:
        bench.policy(policy)
        assert bench.gate(*words).code == 0


def test_a_name_the_catalog_knows_is_a_model_whatever_lies_here(bench: Bench) -> None:
    bench.lock()
    bench.write("acme/base/model.safetensors", "x")
    bench.write("src/a.py", LOAD.format("acme/base"))
    bench.write("src/b.yaml", "model_name_or_path: acme-base\n")
    bench.write("src/c.yaml", "model:\n  name_or_path: acme-base\n")
    done = bench.gate("--discover", ".")
    failed = [c["location"]["file"] for c in done.checks("PM802") if c["state"] == "fail"]
    assert failed == ["src/a.py", "src/b.yaml", "src/c.yaml"]


def test_a_word_of_another_library_is_not_taken_for_the_catalogs(bench: Bench) -> None:
    bench.lock()
    code = "from {} import Net\nNet.from_pretrained('acme-base')\n"
    bench.write("src/a.py", code.format("elsewhere"))
    bench.write("src/b.py", code.format("nets.mine"))
    bench.write("src/nets/mine.py", "")
    done = bench.gate("--discover", "src", "--lock", "pick-model.lock")
    assert [c["location"]["file"] for c in done.checks("PM803")] == ["src/a.py"]
    assert [c["location"]["file"] for c in done.checks("PM801")] == ["src/b.py"]
