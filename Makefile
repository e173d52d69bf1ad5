# One command each. `make run` on a bare machine brings everything it needs; a second time it starts at once.
SHELL := /bin/bash
PYTHON ?= python3
SOAK ?= 15
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet

.DEFAULT_GOAL := help
.PHONY: help .venv dev run test lint types layers drill chaos soak mutants lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST)

run: .venv/.proyek ## start everything and print the addresses; Ctrl-C stops it
	@ops/paket.sh run
	@exec $(BIN)/alurizin run

test: dev ## every test but the drills; the second half runs and reports even if the first has failed
	@status=0; \
	$(BIN)/pytest -n 2 --dist loadfile --ignore tests/e2e || status=$$?; \
	$(BIN)/pytest tests/e2e || status=$$?; \
	exit $$status

lint: .venv ## ruff, and djlint for templates
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/djlint --lint --quiet pipeline web

types: .venv ## mypy --strict
	$(BIN)/mypy

layers: .venv ## import-linter
	$(BIN)/lint-imports

drill: dev ## kill, flush and freeze real processes, up to the first thing that fails; an hour
	@ops/paket.sh latihan
	$(BIN)/pytest -m drill -x -v

chaos: dev ## the same to the end, with a table of what was seen, kept in bench/results/chaos.md
	@ops/paket.sh latihan
	$(BIN)/pytest -m drill -v --tulis bench/results/chaos.md

soak: dev ## fifteen minutes (SOAK=minutes) of steady load: does anything grow?
	SOAK=$(SOAK) $(BIN)/python -m bench soak

mutants: dev ## change the pure rules one at a time and see whether a test notices; COUNT=100 SEED=1; hours
	$(BIN)/python bench/mutants.py

.venv: .venv/.dev .venv/.proyek ## the environment with the tools that lint, type-check and test

dev: .venv
	@ops/paket.sh dev

.venv/.run: requirements/run.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements/run.txt
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.proyek: pyproject.toml .venv/.run
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

lock: .venv ## resolve requirements/*.txt again from pyproject.toml
	ops/kunci.sh

clean: ## forget the virtual environment and the data of this folder
	rm -rf .venv var
