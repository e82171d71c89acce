# One word for each chore; `make help` lists them. Paths are relative, so that a folder with spaces will do.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
READY := .venv/.ready

# Processes share the tests, each with a database of its own. What has the machine to itself comes after: proofs that measure
# and kill, trips that start everything, benchmarks.
BY_ITSELF := tests/proofs tests/trips tests/bench
TOGETHER = $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(BY_ITSELF:%=--ignore=%)
ALONE = $(BIN)/python -m pytest $(BY_ITSELF)

.DEFAULT_GOAL := help
.PHONY: help setup run test check prove openapi bench lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## make .venv with all that is locked in requirements.lock

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "creditgate needs Python 3.11 or newer; name yours: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("creditgate needs Python 3.11 or newer, $(PYTHON) is %d.%d" % v[:2])'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || virtualenv --clear --quiet -p $(PYTHON) .venv \
		|| { echo "Cannot make a virtual environment: install python3-venv (Debian, Ubuntu) or virtualenv." >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(READY)

run: $(READY) ## start creditgate with its own database under var/ (Ctrl-C stops it)
	@exec $(BIN)/creditgate run

test: $(READY) ## run all tests
	$(TOGETHER)
	$(ALONE)

check: $(READY) ## what must pass before each commit: format, lint, types, arrows, openapi.yaml, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/creditgate openapi --check
	$(TOGETHER)
	$(ALONE)

prove: $(READY) ## look for half an hour for what breaks orders: under load, killed, cut off, against a model
	$(BIN)/python -m tests.proofs --minutes 30

openapi: $(READY) ## write openapi.yaml from the code
	$(BIN)/creditgate openapi

bench: $(READY) ## run the benchmarks, each beside its floor
	$(BIN)/python -m bench

lock: $(READY) ## bring requirements.lock in step with pyproject.toml (remove it first to take newer versions)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-annotate \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

clean: ## remove what was made, but never data (var/)
	rm -rf .venv build dist creditgate.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
