"""Every message in English, by its code. In braces stand the message's values.

`term:…` is what a sentence calls a name of the program.
"""

from __future__ import annotations

from pick_model.words.english.code import CODE
from pick_model.words.english.data import DATA
from pick_model.words.english.gate import GATE
from pick_model.words.english.gate_probe import GATE_PROBE
from pick_model.words.english.probe import PROBE
from pick_model.words.english.ranking import RANKING
from pick_model.words.english.reports import REPORTS
from pick_model.words.english.screen import SCREEN

SENTENCES = {**RANKING, **PROBE, **DATA, **GATE, **GATE_PROBE, **CODE, **REPORTS, **SCREEN}
