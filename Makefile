# Every target sets itself up: a virtual environment with pinned packages and the command in it.
PYTHON ?= python3
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
VENV := $(if $(filter command line environment,$(origin PYTHON)),.venv-$(VERSION),.venv)
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: help setup demo test check bench clean
help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make the virtual environment with the command detainee-watch in it
$(STAMP): pyproject.toml constraints.txt
	@test -n "$(VERSION)" || { echo "There is no '$(PYTHON)' here. Install Python 3.11 or later, or name one: make PYTHON=python3.13 setup"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 14)))' || { echo "Python $(VERSION) is not supported: 3.11 to 3.14 are. Name another: make PYTHON=python3.13 setup"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(STAMP) ## crawl a sample world twice and show what was found (under a minute)
	$(BIN)/detainee-watch demo

test: $(STAMP) ## the whole test suite
	$(BIN)/python -m pytest -n auto

check: $(STAMP) ## types, style, import fences, docs and the accuracy floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_imports.py tests/test_docs.py tests/gate

bench: $(STAMP) ## measure speed beside what others do
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	$(BIN)/python -m bench

clean: ## remove the virtual environments and caches
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .pytest_cache
