"""Every message in Chinese, by its code, table by table as in `english`.

A new code goes where the English one stands, with the same values; `{n:row|rows}` becomes
`{n:,} 行`, and a name that English prints as it is may get a word in `terms`. Words of the house:

screen 筛选, probe 试训, select 选型, gate 门禁, policy 策略, exception 豁免, lock 锁文件,
ledger 台账, overlay 覆盖文件, profile 任务描述, preset 预设, criterion 准则, standing 水平,
belief 信念, point 百分点, baseline 基线, held-out rows 留出数据, pass 轮, seed 随机种子,
base model 基座模型, tag 标注, piece 词片, memory 内存 (of a machine of whatever kind),
item 物品, interaction 交互, cold 冷启动, popularity 热门度, head 头 (of a recommender 推荐头).
"""

from __future__ import annotations

from pick_model.words.chinese.catalog import CATALOG
from pick_model.words.chinese.code import CODE
from pick_model.words.chinese.data import DATA
from pick_model.words.chinese.data_errors import DATA_ERRORS
from pick_model.words.chinese.documents import DOCUMENTS
from pick_model.words.chinese.files import FILES
from pick_model.words.chinese.gate import GATE
from pick_model.words.chinese.gate_input import GATE_INPUT
from pick_model.words.chinese.gate_probe import GATE_PROBE
from pick_model.words.chinese.hub import HUB
from pick_model.words.chinese.init import INIT
from pick_model.words.chinese.measuring import MEASURING
from pick_model.words.chinese.models import MODELS
from pick_model.words.chinese.pictures import PICTURES
from pick_model.words.chinese.probe import PROBE
from pick_model.words.chinese.progress import PROGRESS
from pick_model.words.chinese.ranking import RANKING
from pick_model.words.chinese.reading import READING
from pick_model.words.chinese.recommendation import RECOMMENDATION
from pick_model.words.chinese.render import RENDER
from pick_model.words.chinese.render_gate import RENDER_GATE
from pick_model.words.chinese.render_measured import RENDER_MEASURED
from pick_model.words.chinese.render_progress import RENDER_PROGRESS
from pick_model.words.chinese.render_words import RENDER_WORDS
from pick_model.words.chinese.reports import REPORTS
from pick_model.words.chinese.retrieval import RETRIEVAL
from pick_model.words.chinese.screen import SCREEN
from pick_model.words.chinese.select import SELECT
from pick_model.words.chinese.system import SYSTEM
from pick_model.words.chinese.terms import TERMS
from pick_model.words.chinese.usage import USAGE

TABLES = (
    *(RANKING, PROGRESS, PROBE, DATA, READING, GATE, GATE_PROBE, CODE, REPORTS, SCREEN),
    *(SELECT, RETRIEVAL, INIT, USAGE, FILES, DOCUMENTS, DATA_ERRORS, CATALOG),
    *(HUB, MODELS, MEASURING, GATE_INPUT, RECOMMENDATION, PICTURES, TERMS, SYSTEM),
    *(RENDER, RENDER_MEASURED, RENDER_GATE, RENDER_PROGRESS, RENDER_WORDS),
)
SENTENCES = {code: sentence for table in TABLES for code, sentence in table.items()}
