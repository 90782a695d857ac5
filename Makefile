# `make` alone lists what there is.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8000
# Twice the cores: much of a test is waiting, for a browser, a server or a disk.
WORKERS ?= 4
RUN := .venv/bin/python
PYTEST := .venv/bin/python -m pytest
AT_ONCE = -q -n $(WORKERS) --dist worksteal
UV := .venv/bin/uv
# The catalogues: each .mo is newer than its .po.
PO := $(wildcard challenge/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)

# Where the environment forbids it, each of many processes would compile everything anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup runtime translations demo test sqlite postgresql units journeys check style types house format look bench storm messages lock browser

help: ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# ---------------------------------------------------------------- to use it

runtime:
	@tools/environment runtime
	@$(MAKE) --no-print-directory -s translations

setup: ## Install everything into .venv (development included)
	@tools/environment dev
	@$(MAKE) --no-print-directory -s translations

translations: $(MO)

%.mo: %.po
	@.venv/bin/pybabel -q compile --input-file $< --output-file $@ --locale $(word 3,$(subst /, ,$<))

demo: runtime ## A living demo at http://127.0.0.1:8000 (PORT to change)
	@PORT=$(PORT) exec .venv/bin/flask --app wsgi demo

# ---------------------------------------------------------------- to prove it

# Both databases at once: while a journey or a storm of one waits, the other works.
test: check browser ## Everything: the checks, units on both databases, browser journeys
	@$(MAKE) --no-print-directory --jobs 2 --output-sync WORKERS=3 sqlite postgresql

# Units and journeys in one run: while journeys wait, units work.
sqlite: browser
	$(PYTEST) $(AT_ONCE) --database sqlite -m "not storm and not look" --ignore tests/house

postgresql: browser
	$(PYTEST) $(AT_ONCE) --database postgresql -m "not storm and not look and not slow and (both or not browser)" --ignore tests/house --ignore tests/rules

units: browser
	$(PYTEST) $(AT_ONCE) --database sqlite -m "not browser and not storm and not look" --ignore tests/house

journeys: browser
	$(PYTEST) $(AT_ONCE) --database sqlite -m "browser and not look"

check: setup ## Style, types, floors, templates, security, house rules: under a minute
	@$(MAKE) --no-print-directory --jobs 3 --output-sync types house style

style:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/djlint --quiet --lint templates
	.venv/bin/bandit --quiet --recursive --configfile pyproject.toml challenge config.py wsgi.py

types:
	.venv/bin/mypy

house:
	$(PYTEST) -q tests/house

format: setup ## Let ruff put the code in order
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

look: setup browser ## Shoot every page into look/: three widths, two languages, two themes
	$(PYTEST) -q tests/look -m look

bench: setup ## Measure against the floor, write bench/results.json
	$(RUN) -m bench

storm: setup ## Many processes against one clock, both databases, writes bench/storm.json
	$(RUN) -m bench.storm

# ---------------------------------------------------------------- to change it

messages: setup ## Collect the words of code and templates, say which Chinese ones are missing
	$(RUN) -m tools.messages

lock: setup ## Resolve the dependencies anew and write the two locks
	tools/lock

browser:
	@tools/browser
