"""Loading calls are found by what they call, and their names by what reading tells."""

from __future__ import annotations

import pytest

from pick_model.gate.discover.in_python import uses
from pick_model.gate.discover.references import Found, Perhaps, Use

T = "from transformers import AutoModel, pipeline\n"


def found_in(code: str) -> list[Found]:
    return list(uses(code, "x.py"))


def told(code: str) -> set[str]:
    """All names that a module's uses give."""
    return {name for use in found_in(code) if isinstance(use, Use) for name in use.names}


@pytest.mark.parametrize(
    "code",
    [
        "from transformers import AutoModel as Net\nNet.from_pretrained('corp/lion')",
        "import transformers as hf\nhf.AutoModel.from_pretrained('corp/lion')",
        "import transformers.models.bert as b\nb.BertModel.from_pretrained('corp/lion')",
        f"{T}load = AutoModel.from_pretrained\nload('corp/lion')",
        f"{T}a = AutoModel\nb = a\nb.from_pretrained('corp/lion')",
        f"{T}getattr(AutoModel, 'from_pretrained')('corp/lion')",
        f"{T}getattr(AutoModel, 'from_' + 'pretrained')('corp/lion')",
        f"{T}AutoModel.from_pretrained.__call__('corp/lion')",
        "from functools import partial as bind\n"
        f"{T}make = bind(AutoModel.from_pretrained, 'corp/lion')\nmake()",
        f"import functools\n{T}make = functools.partial(pipeline, 'ner')\nmake(model='corp/lion')",
        "import importlib\nimportlib.import_module('transformers').pipeline('ner', 'corp/lion')",
        "__import__('transformers').AutoModel.from_pretrained('corp/lion')",
        f"import operator\n{T}operator.methodcaller('from_pretrained', 'corp/lion')(AutoModel)",
        f"{T}KINDS = {{'net': AutoModel}}\nKINDS[kind].from_pretrained('corp/lion')",
        f"{T}class Box:\n    net = AutoModel\n    def go(self):\n"
        "        return self.net.from_pretrained('corp/lion')",
        "from transformers import BertModel\nclass Mine(BertModel): pass\n"
        "Mine.from_pretrained('corp/lion')",
        "from sentence_transformers import SentenceTransformer\n"
        "class Mine(SentenceTransformer): pass\nMine('corp/lion')",
        "try:\n    from unsloth import FastLanguageModel as Net\nexcept ImportError:\n"
        "    from transformers import AutoModel as Net\nNet.from_pretrained(model_name='corp/lion')",
        f"{T}list(map(AutoModel.from_pretrained, ['corp/lion']))",
        f"{T}pool.submit(AutoModel.from_pretrained, 'corp/lion')",
        "from keybert import KeyBERT\nclass Mine(KeyBERT):\n    def __init__(self):\n"
        "        super().__init__('corp/lion')",
        "from keybert import KeyBERT\nclass Mine(KeyBERT):\n    def __init__(self):\n"
        "        KeyBERT.__init__(self, model='corp/lion')",
        "from transformers import BertModel\nclass Mine(BertModel):\n    def load(cls):\n"
        "        return super().from_pretrained('corp/lion')",
        "from langchain_huggingface import HuggingFaceEmbeddings\n"
        "class Mine(HuggingFaceEmbeddings):\n    model_name: str = 'corp/lion'\nMine()",
        "import transformers as t\nvars(t)['AutoModel'].from_pretrained('corp/lion')",
        "import transformers as t\nt.__dict__['pipeline']('ner', 'corp/lion')",
        "import operator as o, transformers as t\n"
        "o.attrgetter('AutoModel.from_pretrained')(t)('corp/lion')",
        "import transformers as t\ngetattr(t, kind)('corp/lion')",
        f"{T}AutoModel.from_pretrained(' corp/lion\\n'.strip())",
        f"{T}AutoModel.from_pretrained('CORP/LION'.lower())",
        "import sys\nsys.argv = ['x', '--model_name_or_path', 'corp/lion']",
        "parser.parse_args(['--encoder', 'corp/lion'])",
        "import os\nos.environ['MODEL_ID'] = 'corp/lion'",
        "import os\nos.environ.setdefault('HF_MODEL_ID', 'corp/lion')",
        "import os\nos.execvp('vllm', ['vllm', 'serve', 'corp/lion'])",
        "import asyncio\nasyncio.create_subprocess_exec('hf', 'download', 'corp/lion')",
        "from rerankers import Reranker\nReranker('corp/lion')",
        "import lm_eval\nlm_eval.simple_evaluate(model_args='pretrained=corp/lion,dtype=auto')",
        "exec('import transformers as t; t.AutoModel.from_pretrained(\"corp/lion\")')",
        "import os\nos.system('huggingface-cli download corp/lion')",
        "import subprocess\nsubprocess.run(['hf', 'download', 'corp/lion'])",
        f"{T}AutoModel.from_pretrained(repo_path='corp/lion', cache_dir='some/folder')",
        f"{T}AutoModel.from_pretrained(**{{'pretrained_model_name_or_path': 'corp/lion'}})",
        f"{T}pipeline('ner', net, tokenizer='corp/lion')",
        f"{T}net = AutoModel.from_config(c)\nnet.load_adapter('corp/lion')",
        "from peft import PeftModelForTokenClassification as P\nP.from_pretrained(net, 'corp/lion')",
        "from huggingface_hub import HfApi\nHfApi().snapshot_download('corp/lion')",
        "from FlagEmbedding import FlagReranker\nFlagReranker('corp/lion', use_fp16=True)",
        "from llama_index.llms.huggingface import HuggingFaceLLM\n"
        "HuggingFaceLLM(model_name='corp/lion')",
        "from langchain_community.embeddings import HuggingFaceBgeEmbeddings\n"
        "HuggingFaceBgeEmbeddings(model_name='corp/lion')",
        "from vllm.engine.arg_utils import EngineArgs\nEngineArgs(model='corp/lion')",
        "import sglang as sgl\nsgl.Engine(model_path='corp/lion')",
        "from mlx_lm import load\nload('corp/lion')",
        "from llama_cpp import Llama\nLlama.from_pretrained(repo_id='corp/lion', filename='a.gguf')",
        "from flair.models import SequenceTagger\nSequenceTagger.load('corp/lion')",
        "from sentence_transformers import models\nmodels.Transformer('corp/lion')",
        "from faster_whisper import WhisperModel\nWhisperModel('corp/lion')",
        "from diffusers import DiffusionPipeline\np = DiffusionPipeline.from_pipe(q)\n"
        "p.load_lora_weights('corp/lion')",
        "import open_clip\nopen_clip.create_model_from_pretrained('hf-hub:corp/lion')",
        "import torch\ntorch.hub.load('huggingface/transformers', 'model', 'corp/lion')",
        "nlp.add_pipe('transformer', config={'model': {'name': 'corp/lion'}})",
        "from speechbrain.inference import EncoderClassifier as E\nE.from_hparams(source='corp/lion')",
        "deploy(env={'HF_MODEL_ID': 'corp/lion'})",
        "image.run_commands('hf download corp/lion')",
        "fetch('https://huggingface.co/corp/lion/resolve/main/pytorch_model.bin')",
        "REPO = 'corp/lion'\nfetch(f'https://hf.co/{REPO}/resolve/v1/weights.pt')",
    ],
)
def test_a_call_is_known_by_what_it_calls(code: str) -> None:
    assert told(code) == {"corp/lion"}


@pytest.mark.parametrize(
    "code",
    [
        "from crewai import LLM\nLLM(model='openai/gpt-4o-mini')",
        "from litellm import completion\ncompletion(model='anthropic/claude-3-haiku')",
        "from langchain_openai import ChatOpenAI\nChatOpenAI(model='corp/lion')",
        "from sklearn.pipeline import Pipeline\nPipeline([('corp/lion', step)])",
        "from etl import pipeline, create_model, LLM\npipeline('a', 'corp/lion')\nLLM('corp/lion')",
        "def pipeline(a, b): ...\npipeline('ner', 'corp/lion')",
        "class LLM: ...\nLLM('corp/lion')",
        f"{T}p = pipeline('ner', AutoModel.from_config(c))\np('corp/lion')",
        "from transformers import TrainingArguments\n"
        "TrainingArguments('out', hub_model_id='corp/lion', push_to_hub=True)",
        f"{T}net.push_to_hub('corp/lion')",
        "from datasets import load_dataset\nload_dataset('corp/lion')",
        "from huggingface_hub import HfApi\nHfApi().upload_folder(repo_id='corp/lion')",
        "from huggingface_hub import hf_hub_download as get\n"
        "get('corp/lion', 'a.csv', repo_type='dataset')",
        "import timm\ntimm.create_model('vit_base_patch16_224')",
        f"{T}AutoModel.from_pretrained(None)",
        "print('see https://huggingface.co/corp/lion')",
        "fetch('https://huggingface.co/datasets/corp/lion/resolve/main/a.csv')",
        "import torch\ntorch.hub.load('corp/lion', 'net', source='local')",
    ],
)
def test_what_loads_no_model_of_the_hub_is_nothing(code: str) -> None:
    assert [use for use in found_in(code) if not isinstance(use, Perhaps)] == []


@pytest.mark.parametrize(
    ("code", "names", "more"),
    [
        ("for n in ('corp/lion', 'corp/lynx'):\n    L(n)", "lion lynx", False),
        ("for i, n in enumerate(['corp/lion', 'corp/lynx']):\n    L(n)", "lion lynx", False),
        ("for n, r in [('corp/lion', 1), ('corp/lynx', 2)]:\n    L(n)", "lion lynx", False),
        ("[L(n) for n in {'a': 'corp/lion'}.values()]", "lion", False),
        ("T = {'a': 'corp/lion', 'b': 'corp/lynx'}\n[L(n) for n in T.values()]", "lion lynx", False),
        ("T = {'a': 'corp/lion', 'b': 'corp/lynx'}\nL(T['b'])", "lynx", False),
        ("T = {'a': 'corp/lion', 'b': 'corp/lynx'}\nL(T[key])", "lion lynx", False),
        ("T = {}\nT['a'] = 'corp/lion'\nL(T['a'])", "lion", False),
        ("T = {'a': {'name': 'corp/lion'}}\nL(T[k]['name'])", "lion", False),
        ("T = []\nT.append('corp/lion')\nfor n in T:\n    L(n)", "lion", False),
        ("n = 'corp/lion'\nL(n)\nn = 'corp/lynx'", "lion", False),
        ("n = 'corp/lion'\nfor _ in x:\n    L(n)\n    n = 'corp/lynx'", "lion lynx", False),
        ("n = 'corp/lion' if big else 'corp/lynx'\nL(n)", "lion lynx", False),
        ("def pick():\n    return 'corp/lion'\nL(pick())", "lion", False),
        ("a, b = 'corp/lion', 'corp/lynx'\nL(b)", "lynx", False),
        ("L('corp/{}'.format('lion'))", "lion", False),
        ("L('corp/%s' % 'lion')", "lion", False),
        ("L('/'.join(['corp', 'lion']))", "lion", False),
        ("S = 'lion'\nL(f'corp/{S}')", "lion", False),
        ("class C:\n    n = 'corp/lion'\n    def go(self):\n        L(self.n)", "lion", False),
        ("class C:\n    n = 'corp/lion'\nL(C.n)", "lion", False),
        ("from enum import Enum\nclass E(Enum):\n    A = 'corp/lion'\nL(E.A.value)", "lion", False),
        ("def f(n='corp/lion'):\n    L(n)", "lion", True),
        ("def f(n):\n    L(n)\nf('corp/lion')\nf(n='corp/lynx')", "lion lynx", True),
        ("class C:\n    def __init__(self, n):\n        self.n = n\n    def go(self):\n"
         "        L(self.n)\nC('corp/lion')", "lion", True),
        ("p.add_argument('-m', '--base-model', default='corp/lion')\na = p.parse_args()\n"
         "L(a.base_model)", "lion", True),
        ("p.add_argument('--net', choices=['corp/lion', 'corp/lynx'])\nL(p.parse_args().net)",
         "lion lynx", True),
        ("c = dict(net='corp/lion')\nL(c['net'])", "lion", False),
        ("c = OmegaConf.create({'net': {'id': 'corp/lion'}})\nL(c.net.id)", "lion", False),
        ("class C:\n    @property\n    def n(self):\n        return 'corp/lion'\n"
         "    def go(self):\n        L(self.n)", "lion", False),
        ("L(random.choice(['corp/lion', 'corp/lynx']))", "lion lynx", False),
        ("p.set_defaults(net='corp/lion')\nL(p.parse_args().net)", "lion", True),
        ("def main(net: str = typer.Option('corp/lion')):\n    L(net)", "lion", True),
        ("@click.option('--net', default='corp/lion')\ndef main(net):\n    L(net)", "lion", True),
        ("@dataclass\nclass A:\n    net: str = field(default='corp/lion')\ndef f(a):\n    L(a.net)",
         "lion", True),
        ("import os\nL(os.environ.get('NET', 'corp/lion'))", "lion", True),
        ("from os import getenv as env\nL(env('NET', 'corp/lion'))", "lion", True),
        ("import os\nL(os.getenv('NET') or 'corp/lion')", "lion", True),
        ("L(cfg.get('net', 'corp/lion'))", "lion", True),
        ("L(cfg.net.name)", "", True),
        ("L(os.environ['NET'])", "", True),
        ("n = 'corp/lion'\nn += suffix\nL(n)", "lion", True),
        ("L(*names)", "", True),
        ("L('corp/' + size)", "", True),
    ],
)  # fmt: skip
def test_names_are_followed_and_what_is_left_open_is_said(
    code: str, names: str, more: bool
) -> None:
    full = f"from transformers import AutoModel\nL = AutoModel.from_pretrained\n{code}\n"
    (use,) = (use for use in found_in(full) if isinstance(use, Use))
    assert set(use.names) == {f"corp/{name}" for name in names.split()}
    assert use.more == more


@pytest.mark.parametrize(
    "code",
    [
        "from transformers import pipeline as p\np('summarization')",
        "import transformers\ntransformers.pipeline(task='ner', device=0)",
        "from transformers import pipeline\npipeline('ner', model=None)",
        "from keybert import KeyBERT\nKeyBERT()",
        "from vllm import LLM\nLLM(tensor_parallel_size=2)",
    ],
)
def test_a_call_without_a_name_takes_the_librarys_default(code: str) -> None:
    (use,) = found_in(code)
    assert isinstance(use, Use)
    assert use.default
    assert use.names == ()


@pytest.mark.parametrize(
    ("arguments", "revision", "fixed"),
    [
        ("'corp/lion', revision='abc'", "abc", True),
        ("'corp/lion@abc'", "abc", True),
        ("'corp/lion', revision=None", None, True),
        ("'corp/lion', revision=args.revision", None, False),
        ("'corp/lion', **options", "abc", False),
        ("'corp/lion', revision='x', **options", "x", True),
        ("'corp/lion', model_kwargs={'revision': 'abc'}", "abc", True),
    ],
)
def test_a_revision_is_told_only_where_nothing_may_hide_it(
    arguments: str, revision: str | None, fixed: bool
) -> None:
    (use,) = found_in(f"{T}options = {{'revision': 'abc'}}\nAutoModel.from_pretrained({arguments})")
    assert isinstance(use, Use)
    assert (use.revision, use.fixed) == (revision, fixed)


def test_code_and_pickles_asked_for_in_the_call_are_told() -> None:
    code = (
        f"{T}trust = True\n"
        "AutoModel.from_pretrained('a/b', trust_remote_code=trust, code_revision='main')\n"
        "AutoModel.from_pretrained('a/b', **{'trust_remote_code': True})\n"
        "AutoModel.from_pretrained('a/b', trust_remote_code=flag)\n"
        "AutoModel.from_pretrained('a/b', use_safetensors=False)\n"
        "AutoModel.from_pretrained('a/b', trust_remote_code=False, use_safetensors=True)\n"
    )
    uses_ = [use for use in found_in(code) if isinstance(use, Use)]
    assert [use.remote_code for use in uses_] == [True, True, None, False, False]
    assert [use.code_revision for use in uses_] == ["main", None, None, None, None]
    assert [use.pickles for use in uses_] == [False, False, False, True, False]


def test_a_folder_the_module_writes_is_no_repository() -> None:
    code = (
        f"{T}net.save_pretrained('made/best')\nTrainingArguments(output_dir='made/run')\n"
        "AutoModel.from_pretrained('made/best')\n"
        "AutoModel.from_pretrained('made/run/last')\n"
        "AutoModel.from_pretrained('made/checkpoint-40')\n"
        "AutoModel.from_pretrained('made/other')\n"
    )
    found = found_in(code)
    assert [isinstance(use, Perhaps) and use.told for use in found] == ["pass"] * 3 + [False]


@pytest.mark.parametrize(
    ("code", "nothing"),
    [
        ("net.save_pretrained(out)\nAutoModel.from_pretrained(out)", True),
        ("net.save_pretrained(a.out)\nAutoModel.from_pretrained(f'{a.out}/best')", True),
        ("os.makedirs(out)\nAutoModel.from_pretrained(os.path.join(out, 'x'))", True),
        ("AutoModel.from_pretrained(out)\nnet.save_pretrained(out)", False),
        ("net.save_pretrained(out)\nAutoModel.from_pretrained(names[out])", False),
        (
            "def f(p):\n    net.save_pretrained(p)\ndef g(p):\n    AutoModel.from_pretrained(p)",
            False,
        ),
        ("AutoModel.from_pretrained('corp/lion')\nnet.save_pretrained('corp/lion')", False),
    ],
)
def test_a_variable_written_to_above_holds_a_folder(code: str, nothing: bool) -> None:
    (found,) = found_in(f"{T}{code}\n")
    assert (isinstance(found, Perhaps) and found.told == "pass") == nothing


def test_names_of_the_repositorys_own_modules_are_followed() -> None:
    texts = {("nets",): "LION = 'corp/lion'\n", (".", "more"): "LYNX = 'corp/lynx'\n"}
    code = (
        f"{T}import nets\nfrom .more import LYNX\nfrom elsewhere import WOLF\n"
        "for n in (nets.LION, LYNX, WOLF):\n    AutoModel.from_pretrained(n)\n"
    )
    (use,) = uses(code, "x.py", near=texts.get)
    assert isinstance(use, Use)
    assert (use.names, use.more) == (("corp/lion", "corp/lynx"), True)


def test_a_word_of_another_library_may_be_a_model_of_its_own() -> None:
    foreign = found_in("from effnet import EffNet\nEffNet.from_pretrained('effnet-b1')")
    mine = found_in("from .nets import Net\nNet.from_pretrained('roberta-base')")
    whole = found_in("from effnet import EffNet\nEffNet.from_pretrained('corp/lion')")
    assert [use.package for use in foreign if isinstance(use, Perhaps)] == ["effnet"]
    assert [use.name for use in (*mine, *whole) if isinstance(use, Use)] == [
        "roberta-base",
        "corp/lion",
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("from faster_whisper import WhisperModel\nWhisperModel('large-v3')", "large-v3"),
        ("import timm\ntimm.create_model('resnet50', pretrained=True)", "resnet50"),
        ("import open_clip as c\nc.create_model('ViT-B-32', pretrained='x')", "ViT-B-32"),
        ("import torch\ntorch.hub.load('corp/nets', 'lion')", "corp/nets"),
    ],
)
def test_a_name_of_the_librarys_own_list_is_left_open_with_the_reason(
    code: str, words: str
) -> None:
    (use,) = found_in(code)
    assert isinstance(use, Use)
    assert use.names == ()
    assert use.why is not None
    assert words in use.why.values.values()


def test_timm_keeps_tagged_weights_in_a_repository_of_the_same_name() -> None:
    assert told("import timm\ntimm.create_model('vit_tiny.augreg', pretrained=True)") == {
        "timm/vit_tiny.augreg"
    }


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import shop\nshop.Reader(query_embedding_model='corp/lion')", [("corp/lion",)]),
        ("from shop import load\nload(model_type='corp/lion')", [("corp/lion",)]),
        (f"{T}Settings(model_name='corp/lion')\nAutoModel.from_pretrained('corp/lion')", []),
        ("import openai\nopenai.OpenAI().chat.create(model='corp/lion')", []),
        ("import litellm\nlitellm.completion(model='huggingface/corp/lion')", []),
        ("net.push_to_hub(model_id='corp/lion')", []),
        ("@auto_docstring(checkpoint='corp/lion')\nclass Net: pass", []),
        ("import shop\nshop.read(model='data/lion', model_type='text/html')", []),
    ],
)
def test_what_a_call_nobody_knows_is_given_as_a_model_is_left_open(
    code: str, names: list[tuple[str, ...]]
) -> None:
    open_ = [one for one in found_in(code) if isinstance(one, Perhaps)]
    assert [one.use.names for one in open_] == names
    assert {one.told for one in open_} <= {"note"}


@pytest.mark.parametrize(
    "code",
    [
        "from trl import SFTTrainer\nclass Mine(SFTTrainer):\n    def __init__(self, *a, **k):\n"
        "        super().__init__(*a, **k)",
        "from trl import SFTTrainer\nclass Mine(SFTTrainer):\n    def __init__(self, net):\n"
        "        super().__init__(model=net)",
        "from torch import nn\nclass Mine(nn.Module):\n    def __init__(self, n='corp/lion'):\n"
        "        super().__init__()",
        "import transformers as t\ngetattr(t, kind)(config)",
        "class Ring(Ring):\n    def __init__(self):\n        super().__init__('corp/lion')",
    ],
)
def test_what_a_constructor_hands_on_is_told_where_it_is_given(code: str) -> None:
    assert found_in(code) == []


def test_a_commit_of_code_that_comes_at_run_time_is_left_open() -> None:
    (use,) = found_in(f"{T}AutoModel.from_pretrained('corp/lion', code_revision=commit)")
    assert isinstance(use, Use)
    assert (use.code_revision, use.code_fixed) == (None, False)
