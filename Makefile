# waagent. Needs Python 3.11+, git and make; everything else is installed into .venv from PyPI.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet

# Hundreds of processes are started by the tests: each would compile what it imports otherwise.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install dev demo test check lint types contracts collect bench faults soak pictures lock train clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## Install waagent and its sandbox into .venv
dev: $(VENV)/.dev-installed ## The same, with the tools of the tests

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "waagent needs Python 3.11 or newer; try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing waagent into $(VENV) (a minute or two the first time)"
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-installed: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing waagent and its test tools into $(VENV) (a minute or two the first time)"
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.installed

demo: install ## A shop, its customers and the lead board, without a phone
	@$(BIN)/waagent up --sandbox --demo

check: dev ## Lint, types and import contracts, two at a time
	@$(MAKE) --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),-O) types lint contracts collect

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev
	$(BIN)/mypy

contracts: dev
	$(BIN)/lint-imports

# What the tests compile to is kept, and is there before five processes ask for it at once.
collect: dev
	$(BIN)/python -m pytest --collect-only -qq > /dev/null

test: check ## Everything CI runs
	$(BIN)/python -m pytest -n 5 --dist loadgroup

bench: dev ## Measured figures (minutes)
	$(BIN)/python -m benchmarks

faults: dev ## What breaks and what is lost: measure it into docs/reference/faults.md (half an hour)
	$(BIN)/python scripts/measure_faults.py

soak: dev ## That nothing grows (two hours; SOAK_MINUTES=60 SOAK_PAIRINGS=50 SOAK_RESTARTS=500)
	$(BIN)/python -m pytest -q -s -p no:cacheprovider tests/soak/soak_growth.py

pictures: dev ## Pictures of every place and the recording of a pairing, into docs/images
	$(BIN)/python scripts/screenshot.py --all
	$(BIN)/python scripts/record_demo.py

lock: dev ## Re-pin every dependency with hashes
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra sandbox --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra sandbox --extra build --extra dev pyproject.toml -o requirements-dev.lock

train: dev ## Retrain the local classifier from the labelled conversations
	$(BIN)/python scripts/train_classifier.py

clean: ## Remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist build
