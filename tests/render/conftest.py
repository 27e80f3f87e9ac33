"""Running the command line, for its pages."""

from __future__ import annotations

from tests.cli.conftest import run  # noqa: F401  the same
