"""Every message in Chinese, by its code, table by table as in `english`."""

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
from pick_model.words.chinese.probe import PROBE
from pick_model.words.chinese.progress import PROGRESS
from pick_model.words.chinese.ranking import RANKING
from pick_model.words.chinese.reading import READING
from pick_model.words.chinese.render import RENDER
from pick_model.words.chinese.render_gate import RENDER_GATE
from pick_model.words.chinese.render_measured import RENDER_MEASURED
from pick_model.words.chinese.render_progress import RENDER_PROGRESS
from pick_model.words.chinese.render_words import RENDER_WORDS
from pick_model.words.chinese.reports import REPORTS
from pick_model.words.chinese.retrieval import RETRIEVAL
from pick_model.words.chinese.screen import SCREEN
from pick_model.words.chinese.select import SELECT
from pick_model.words.chinese.terms import TERMS
from pick_model.words.chinese.usage import USAGE

TABLES = (
    *(RANKING, PROGRESS, PROBE, DATA, READING, GATE, GATE_PROBE, CODE, REPORTS, SCREEN),
    *(SELECT, RETRIEVAL, INIT, USAGE, FILES, DOCUMENTS, DATA_ERRORS, CATALOG),
    *(HUB, MODELS, MEASURING, GATE_INPUT, TERMS),
    *(RENDER, RENDER_MEASURED, RENDER_GATE, RENDER_PROGRESS, RENDER_WORDS),
)
SENTENCES = {code: sentence for table in TABLES for code, sentence in table.items()}
