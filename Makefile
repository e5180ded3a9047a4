# `make help` lists what there is. Python 3.11 or newer and make are all that the machine must have.
# Works in a path with spaces or Chinese characters: every path here is relative, or quoted.
SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
STAMP := .venv/.installed-$(shell cksum < requirements/dev.lock | tr ' ' '-')
RUN_STAMP := .venv/.run-$(shell cksum < requirements/base.lock | tr ' ' '-')
# Tests run in as many processes as there are cores, each with a database of its own; JOBS=0 runs them in one.
JOBS ?= auto
# Files are begun in the order of tests/conftest.py, the longest first, so that the processes end together.
PYTEST := $(PY) -m pytest -q -n $(JOBS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Without bytecode on disk each of the many processes of a test run, or of the portal, compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run test test-fast check types rules bench lock messages openapi clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -e 's/:.*## /	/' | expand -t 14

install: $(STAMP) ## make .venv and install the locked dependencies

$(STAMP): requirements/dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. Name one: make install PYTHON=python3.12"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@echo "installing the locked dependencies into .venv"
	@$(PY) -m pip install --quiet --require-hashes -r requirements/dev.lock
	@$(PY) -m filing_portal.messages compile
	@$(PY) -m filing_portal.embedded.run static
	@rm -f .venv/.installed-*
	@touch "$@"

# The portal alone needs less than its development: `make run` in a fresh clone installs only that.
$(RUN_STAMP): requirements/base.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. Name one: make run PYTHON=python3.12"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@test -f $(STAMP) || echo "installing what the portal needs into .venv"
	@test -f $(STAMP) || $(PY) -m pip install --quiet --require-hashes -r requirements/base.lock
	@$(PY) -m filing_portal.messages compile
	@$(PY) -m filing_portal.embedded.run static
	@rm -f .venv/.run-*
	@touch "$@"

run: $(RUN_STAMP) ## start the whole portal (PORT, PORTAL_DATA, DATABASE_URL, REDIS_URL, S3_* are honoured)
	@exec $(PY) -m filing_portal.embedded.run

check: $(STAMP) ## linters, types, floors, migrations, translations and the tests without a database
	@$(MAKE) --no-print-directory -j 2 types rules
	$(PYTEST) -m "not browser and not slow and not database"

test: $(STAMP) ## everything of check, with browser and slow tests, and branch coverage
	@$(MAKE) --no-print-directory -j 2 types rules
	$(PYTEST) --cov --cov-report=term --durations=15 $(if $(COVERAGE_FLOOR),--cov-fail-under=$(COVERAGE_FLOOR))

# The types take as long as everything else that is checked without running it: both run side by side.
types: $(STAMP)
	$(PY) -m mypy .

rules: $(STAMP)
	$(PY) -m ruff check .
	.venv/bin/python .venv/bin/lint-imports --no-logo
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m filing_portal.messages check

test-fast: $(STAMP) ## the quick tests alone
	$(PYTEST) -m "not browser and not slow"

bench: $(STAMP) ## measure, and print the table of docs/benchmarks.md
	$(PY) -m benchmarks

lock: $(STAMP) ## resolve requirements/*.in anew into the locks with hashes
	$(PY) -m uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --upgrade \
	  --python-version 3.11 requirements/base.in -o requirements/base.lock
	$(PY) -m uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --upgrade \
	  --python-version 3.11 requirements/dev.in -o requirements/dev.lock

messages: $(STAMP) ## list what is not translated, and compile the catalogue
	$(PY) -m filing_portal.messages missing
	$(PY) -m filing_portal.messages compile

openapi: $(STAMP) ## write docs/openapi.yml
	$(PY) manage.py spectacular --lang en --file docs/openapi.yml --validate

clean: ## remove caches and test results, not .venv and not var
	@find . -path ./.venv -prune -o -path ./var -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov .coverage
