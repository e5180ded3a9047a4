# `make help` lists what there is. Everything works in a path with spaces and with no gettext installed.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed-$(shell cat requirements/dev.lock | cksum | tr ' ' '-')

.PHONY: help install

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -e 's/:.*## /\t/' | expand -t 14

install: $(STAMP) ## make .venv and install the locked dependencies

$(STAMP): requirements/dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@rm -f $(VENV)/.installed-*
	@touch "$@"
