"""The same models and rows as the measuring tests have."""

from tests.measure.conftest import minilm, one_layer, one_thread, real, rows, tiny  # noqa: F401
