# One command each; every target does its own set-up. `make setup` twice: under a second.

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
LINK := $(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
PORT ?= 8000
# How many test processes run side by side: one more than there are processors, for each waits
# now and then.
WORKERS ?= $(shell expr $$(nproc) + 1)
# Databases of tests need not outlive the machine: memory spares them thousands of disk syncs.
SCRATCH := $(shell test -w /dev/shm && test $$(df --output=avail /dev/shm | tail -1) -gt 4000000 \
    && echo /dev/shm || echo $${TMPDIR:-/tmp})

# Compiled modules are kept, also where the environment says otherwise: each server that a test
# starts would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test check bench soak lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

setup: $(VENV)/.ready  ## make .venv with everything locked

# What is installed follows the lock; the project itself is linked, not copied.
$(VENV)/.locked: requirements/dev.txt
	@.ci/venv $(VENV) requirements/dev.txt
	@touch $@

$(VENV)/.ready: $(VENV)/.locked pyproject.toml hatch_build.py
	@$(LINK)
	@touch $@

# Enough to run, without the tools of development: a third of the packages' weight. In an
# environment that has them already, they are brought up to date instead.
$(VENV)/.runs: requirements/server.txt requirements/build.txt pyproject.toml hatch_build.py
	@if [ -e $(VENV)/.ready ]; then $(MAKE) --no-print-directory setup; else \
	    .ci/venv $(VENV) requirements/server.txt requirements/build.txt && $(LINK); fi
	@touch $@

demo: $(VENV)/.runs  ## load the demo seminar and serve it on PORT (8000)
	@$(BIN)/python -m eventapp.kernel.catalogues
	@exec $(BIN)/eventapp demo --port $(PORT)

test: setup  ## run the whole suite, with a browser, PostgreSQL and Redis
	@$(BIN)/python -m eventapp.kernel.catalogues
	@PYTEST_DEBUG_TEMPROOT=$(SCRATCH) $(BIN)/python .ci/services.py $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: setup  ## format, lint, types, layers, catalogues
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy eventapp
	$(BIN)/lint-imports
	$(BIN)/python -m eventapp.kernel.catalogues

bench: setup  ## measure, and write the figures down
	@$(BIN)/python -m eventapp.kernel.catalogues
	@$(BIN)/python .ci/services.py $(BIN)/python -m bench $(ARGS)

soak: setup  ## run the long tests of endurance
	@$(BIN)/python -m eventapp.kernel.catalogues
	@PYTEST_DEBUG_TEMPROOT=$(SCRATCH) $(BIN)/python .ci/services.py $(BIN)/python -m pytest -m soak --timeout 0 $(ARGS)

lock: setup  ## resolve the dependencies again
	@.ci/lock

clean:  ## remove all that the targets made
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find eventapp -name '*.mo' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
