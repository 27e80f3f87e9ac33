# One command each to develop, lint and test; `make help` lists them.
PYTHON ?= .venv/bin/python

.PHONY: help develop lint test catalog schemas docs
help:
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/  /'
develop:  ## a virtual environment with everything in it
	python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e ".[dev]"
lint:  ## formatting, lint and types
	$(PYTHON) -m ruff format --check . && $(PYTHON) -m ruff check . && $(PYTHON) -m mypy
test:  ## all tests
	$(PYTHON) -m pytest
catalog:  ## compile catalogs/ into what is shipped
	$(PYTHON) -m pick_model.catalog.compile
schemas:  ## the JSON Schemas that editors use for examples/
	for s in task catalog; do $(PYTHON) -m pick_model schema $$s -o examples/schemas/$$s.schema.json; done
docs:  ## the command-line reference
	$(PYTHON) tests/reference.py --write
