"""Every message in English, by its code. In braces stand the message's values.

`term:…` is what a sentence calls a name of the program, `word:…` what a cell or a label does.
"""

from __future__ import annotations

from pick_model.words.english.catalog import CATALOG
from pick_model.words.english.code import CODE
from pick_model.words.english.data import DATA
from pick_model.words.english.data_errors import DATA_ERRORS
from pick_model.words.english.documents import DOCUMENTS
from pick_model.words.english.files import FILES
from pick_model.words.english.gate import GATE
from pick_model.words.english.gate_input import GATE_INPUT
from pick_model.words.english.gate_probe import GATE_PROBE
from pick_model.words.english.hub import HUB
from pick_model.words.english.init import INIT
from pick_model.words.english.measuring import MEASURING
from pick_model.words.english.models import MODELS
from pick_model.words.english.pictures import PICTURES
from pick_model.words.english.probe import PROBE
from pick_model.words.english.progress import PROGRESS
from pick_model.words.english.ranking import RANKING
from pick_model.words.english.reading import READING
from pick_model.words.english.recommendation import RECOMMENDATION
from pick_model.words.english.render import RENDER
from pick_model.words.english.render_gate import RENDER_GATE
from pick_model.words.english.render_measured import RENDER_MEASURED
from pick_model.words.english.render_progress import RENDER_PROGRESS
from pick_model.words.english.render_words import RENDER_WORDS
from pick_model.words.english.reports import REPORTS
from pick_model.words.english.retrieval import RETRIEVAL
from pick_model.words.english.screen import SCREEN
from pick_model.words.english.select import SELECT
from pick_model.words.english.usage import USAGE

TABLES = (
    *(RANKING, PROGRESS, PROBE, DATA, READING, GATE, GATE_PROBE, CODE, REPORTS, SCREEN),
    *(SELECT, RETRIEVAL, INIT, USAGE, FILES, DOCUMENTS, DATA_ERRORS, CATALOG),
    *(HUB, MODELS, MEASURING, GATE_INPUT, RECOMMENDATION, PICTURES),
    *(RENDER, RENDER_MEASURED, RENDER_GATE, RENDER_PROGRESS, RENDER_WORDS),
)
SENTENCES = {code: sentence for table in TABLES for code, sentence in table.items()}
