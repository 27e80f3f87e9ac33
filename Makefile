# One command each to develop, lint and test; `make help` lists them.
PYTHON ?= .venv/bin/python
# An unpinned torch pulls gigabytes of CUDA; `make … TORCH=torch` takes it all the same.
TORCH ?= torch==2.13.0

.PHONY: help develop lint test test-newest constraints catalog rates schemas docs
help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/  /'
develop:  ## a virtual environment with everything in it
	python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e ".[dev]"
lint:  ## formatting, lint and types
	$(PYTHON) -m ruff format --check . && $(PYTHON) -m ruff check . && $(PYTHON) -m mypy
test:  ## all tests
	$(PYTHON) -m pytest -n auto --dist worksteal
test-newest:  ## all tests with the newest release of every dependency but torch
	python3 -m venv --clear .venv-newest && .venv-newest/bin/pip install -q "$(TORCH)" -e ".[dev]" && .venv-newest/bin/python -m pytest -n auto --dist worksteal
constraints:  ## renew constraints.txt: the newest release of everything the tests need, for every Python we support
	echo "$(TORCH)" > .torch-pin.txt
	$(PYTHON) -m pip install -q uv && $(PYTHON) -m uv pip compile pyproject.toml --extra dev --universal --python-version 3.10 \
	  --constraint .torch-pin.txt --upgrade --no-annotate --custom-compile-command "make constraints" -q -o constraints.txt; \
	  code=$$?; rm -f .torch-pin.txt; exit $$code
catalog:  ## compile catalogs/ into what is shipped
	$(PYTHON) -m pick_model.belief.compile
rates:  ## fit how fast machines are on catalogs/speed
	$(PYTHON) -m pick_model.cost.fit_rates
schemas:  ## the JSON Schemas that editors use for examples/, and the fields that documents have had
	for s in task catalog; do $(PYTHON) -m pick_model schema $$s -o examples/schemas/$$s.schema.json; done
	$(PYTHON) -m tests.fields --write
docs:  ## the command-line reference, and the page of a profile's keys
	$(PYTHON) tests/reference.py --write
