"""Running the command line, for its pages, and models small enough to run it on."""

from __future__ import annotations

from tests.cli.conftest import run  # noqa: F401  the same
from tests.measure.conftest import minilm, one_layer, tiny  # noqa: F401
