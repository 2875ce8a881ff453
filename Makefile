# The verbs of the project. `make` alone lists them. Everything is set up by the verb that needs it:
# a tools environment with uv, the product's environment (CPython 3.12) and the assistant's (CPython 3.10).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

UV := .tools/bin/uv
A := .venv/bin/python
B := nlu_data/.venv/bin/python
STEP := @printf '\033[1m▸ %s\033[0m\n'
NLU_PATH := $(CURDIR)/nlu_data:$(CURDIR)
export PYTHONUTF8 := 1
export RASA_TELEMETRY_ENABLED := false
# uv must not take another project's environment for ours.
unexport VIRTUAL_ENV

.PHONY: help setup run test check test-bot test-console test-nlu e2e train locales bench bench-nlu parse fuzz browser check-content clean

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(UV):
	$(STEP) "setting up the tools (uv)"
	python3 -m venv .tools || { echo "error: python3 can't make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	.tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

.venv/.ready: $(UV) pyproject.toml uv.lock .python-version
	$(STEP) "setting up the product's environment (CPython 3.12)"
	$(UV) sync --quiet --frozen
	touch $@

nlu_data/.venv/.ready: $(UV) nlu_data/pyproject.toml nlu_data/uv.lock nlu_data/.python-version
	$(STEP) "setting up the assistant's environment (CPython 3.10, Rasa; about 2 GB the first time)"
	(cd nlu_data && ../$(UV) sync --quiet --frozen)  # from there, so that its own .python-version is the one that counts
	touch $@

setup: .venv/.ready nlu_data/.venv/.ready ## set up both environments

locales/.ready: .venv/.ready $(wildcard locales/*/LC_MESSAGES/*.po)
	@$(A) -m bot content compile
	touch $@

train: setup ## train the assistant (skipped when nothing it is made of has changed)
	$(STEP) "training the assistant"
	cd nlu_data && PYTHONPATH=$(NLU_PATH) ../$(B) tools/train.py --out models

run: setup locales/.ready ## everything on this machine: web chat, operator console, and Telegram if TELEGRAM_BOT_TOKEN is set
	$(STEP) "training the assistant (skipped when nothing has changed)"
	(cd nlu_data && PYTHONPATH=$(NLU_PATH) ../$(B) tools/train.py --out models)
	$(STEP) "starting"
	exec $(A) -m bot run

locales: .venv/.ready ## extract texts, update and compile the catalogs, check them, show coverage
	$(A) -m bot content locales

check: setup ## style, types, floors, content
	$(STEP) "ruff"
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	$(STEP) "mypy"
	.venv/bin/mypy
	$(STEP) "import floors"
	.venv/bin/lint-imports
	$(STEP) "training data"
	PYTHONPATH=$(NLU_PATH) $(B) nlu_data/tools/check_data.py
	$(STEP) "catalogs, directory, answers"
	$(A) -m bot content check

check-content: setup ## what is answered where: intent by country and language, review state, age of numbers
	$(A) -m bot content report

browser: .venv/.ready ## a Chromium for the tests
	@$(A) tests/browser.py

test: check test-bot test-nlu e2e ## everything; what continuous integration runs

test-bot: setup train locales/.ready browser ## tests of the product
	$(STEP) "tests of the product"
	$(A) -m pytest --ignore=tests/e2e

test-console: setup locales/.ready train browser ## the operators' console in a browser, its queue under race and fault
	$(A) -m pytest tests/console tests/adapters/test_handoff.py tests/adapters/test_handoff_model.py tests/adapters/test_handoff_race.py tests/e2e/test_desk_faults.py

test-nlu: setup train ## tests of the assistant
	$(STEP) "tests of the assistant"
	PYTHONPATH=$(NLU_PATH) $(B) -m pytest -c tests/nlu/pytest.ini --rootdir=$(CURDIR) tests/nlu

e2e: setup locales/.ready train browser ## the whole product as processes, in all seven languages, with parts killed on the way
	$(STEP) "the whole product"
	$(A) -m pytest tests/e2e

parse: setup train ## lines from standard input to JSON lines: how the trained assistant understands each
	@PYTHONPATH=$(NLU_PATH) $(B) nlu_data/tools/parse.py

bench: setup ## benchmarks of the language functions, ratios side by side
	PYTHONPATH=$(NLU_PATH) $(B) bench/language.py

bench-nlu: setup train ## the assistant against stock Rasa; writes docs/bench-nlu.md
	PYTHONPATH=$(NLU_PATH) $(B) bench/nlu.py

fuzz: setup ## a million hostile inputs through normaliser, tokeniser and embedding
	PYTHONPATH=$(NLU_PATH) $(B) nlu_data/tools/fuzz.py --inputs 1000000

clean: ## remove what was built, but no data
	rm -rf .venv nlu_data/.venv .tools nlu_data/models nlu_data/.cache locales/.ready
