# Common Room: `make run` and `make test` are all that a newcomer needs. `make help` lists the rest.
# Needs Python 3.11, make and git; everything else is installed into $(VENV), pinned and hashed.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV ?= .venv
ADDRESS ?= 127.0.0.1:8000
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes

# Stamps named after what they stand for: a changed requirement makes a new name, and so a new installation.
RUN_STAMP := $(VENV)/.installed-$(shell cat requirements.txt | cksum | cut -d' ' -f1)
DEV_STAMP := $(VENV)/.installed-dev-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d' ' -f1)

.PHONY: help run test lint types format lock bench walk clean install install-dev hooks

help:  ## Say what can be made
	@echo "Common Room"
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | awk -F':.*  ## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(RUN_STAMP)  ## Set everything up once, then serve the demo on http://127.0.0.1:8000/
	@BIN=$(BIN) .ci/prepare
	@echo "Serving on http://$(ADDRESS)/ (stop with Ctrl-C)"
	@exec $(MANAGE) runserver $(ADDRESS)

test: $(DEV_STAMP)  ## Check style and types, then run all tests on SQLite and, where one runs, on PostgreSQL
	@BIN=$(BIN) .ci/test

lint: $(DEV_STAMP)  ## Check style (ruff)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV_STAMP)  ## Check types (mypy)
	$(BIN)/mypy

format: $(DEV_STAMP)  ## Mend style where a machine can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(DEV_STAMP)  ## Compile requirements*.in into pinned, hashed requirements*.txt
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile requirements.in -o requirements.txt $(LOCK)
	$(BIN)/uv pip compile requirements-dev.in -o requirements-dev.txt $(LOCK)
LOCK := --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --quiet

bench: $(DEV_STAMP)  ## Run the benchmarks that docs/ quotes figures of
	@shopt -s nullglob; for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

walk: $(DEV_STAMP)  ## Walk a cohort of invented people from applications to closing; prints who received what, and when
	@mkdir -p var
	@$(BIN)/python -m tests.mentoring.walk $(WALK)

hooks: $(DEV_STAMP)  ## Check style and types before each commit
	$(BIN)/pre-commit install

clean:  ## Remove what running and testing wrote; the virtual environment and your database stay
	rm -rf var/tests var/static build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

install: $(RUN_STAMP)
install-dev: $(DEV_STAMP)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and f"Python 3.11 is needed, $(PYTHON) is {sys.version.split()[0]}. Set PYTHON=...")'
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): | $(BIN)/python
	@echo "Installing what the site needs (once, a minute or two)"
	@$(PIP) -r requirements.txt
	@rm -f $(VENV)/.installed-[0-9]* && touch $@

$(DEV_STAMP): | $(RUN_STAMP)
	@echo "Installing what developing and testing need"
	@$(PIP) -r requirements.txt -r requirements-dev.txt
	@rm -f $(VENV)/.installed-dev-* && touch $@
