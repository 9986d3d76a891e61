# `make test` needs Python 3.11 or newer, make and Chromium; everything else goes into .venv, from the lock.

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ROOMS := features models training serving

.DEFAULT_GOAL := help
# Else every command that a test runs would compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help demo test accept dictionary card lint format types contracts check lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: $(STAMP)  ## run the tests, a file a worker (ARGS="-k name" for some of them)
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  echo "No Chromium on the path: tests/browser will fail. On Debian: apt-get install chromium" >&2
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

demo: $(STAMP)  ## the main job on a simulated market, in suasion-demo/
	$(BIN)/suasion demo

accept: $(STAMP)  ## acceptance over five larger markets; writes docs/acceptance.md
	$(BIN)/python -m tests.acceptance.market --write docs/acceptance.md

dictionary: $(STAMP)  ## write docs/features.md from the catalogue
	$(BIN)/suasion features --markdown docs/features.md

# The model of the demo, in a folder and a registry of its own.
MARKET := --creators 600 --months 12

card: export MLFLOW_TRACKING_URI :=
card: $(STAMP)  ## write docs/model_card.md and .html of the demo's model
	rm -rf build/card && mkdir -p build/card && touch build/card/suasion.toml
	cd build/card && "$(CURDIR)/$(BIN)/suasion" simulate data $(MARKET)
	cd build/card && "$(CURDIR)/$(BIN)/suasion" train data --name demo
	cd build/card && "$(CURDIR)/$(BIN)/suasion" card --model demo@champion --out card
	cp build/card/card/model_card.md build/card/card/model_card.html docs/

lint: $(STAMP)  ## ruff: rules and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(STAMP)  ## let ruff repair what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: $(STAMP)  ## mypy, strict, on the four rooms
	$(BIN)/mypy

contracts: $(STAMP)  ## import-linter: which room may import which
	$(BIN)/lint-imports --no-logo

check: lint types contracts test  ## all of the above

# Once, and again when the lock or the project changes. Python compiles what is imported, when it is: half the time.
$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Suasion needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make $(or $(MAKECMDGOALS),test) PYTHON=python3.12" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) || { \
	  echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile \
	  --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Keeps the versions that still fit; UPGRADE=--upgrade takes the newest. One version for every Python (on Macs with
# an Intel processor, which numba has left, older ones), and no address.
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links $(UPGRADE)

lock:  ## write requirements.lock and requirements-dev.lock (needs uv)
	@command -v $(UV) >/dev/null || { echo "'$(UV)' not found: pip install uv, or UV=path/to/uv" >&2; exit 1; }
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --extra dev -c requirements.lock -o requirements-dev.lock

clean:  ## remove the environment, the caches and what was built
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find $(ROOMS) tests -name __pycache__ -type d -prune -exec rm -rf {} +
