"""`python -m pick_model`."""

from pick_model.cli.main import entry_point

entry_point()
