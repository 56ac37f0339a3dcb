# `make run` to try it, `make test` to check it. Only Python 3.11 or newer and make are needed: docs/operations.md.

PORT ?= 8000
VAR_DIR ?= $(CURDIR)/var
PYTEST ?= -n auto --maxprocesses 4
export VAR_DIR

PYTHON := $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
ENVIRONMENT := requirements.txt $(if $(DATABASE_URL),,requirements-embedded.txt)
VENV := .venv/bin/
MANAGE := $(VENV)python manage.py

.PHONY: run test lint types check install install-dev stop lock clean

run: export DEBUG := on
run: export DEMO := on
run: install
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) demo
	@bin/serve $(PORT)

test: install-dev
	@$(VENV)pytest $(PYTEST)

lint: install-dev
	@$(VENV)ruff check .
	@$(VENV)ruff format --check .

# mypy reads the settings. It needs no database, and gets the address of none.
types: export SECRET_KEY := only-for-types
types: export DATABASE_URL := postgres://nobody@localhost/none
types: install-dev
	@$(VENV)mypy .

install: python
	@$(PYTHON) bin/install.py $(ENVIRONMENT)

install-dev: python
	@$(PYTHON) bin/install.py $(ENVIRONMENT) requirements-dev.txt

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found."; exit 1; }

# Stops the embedded PostgreSQL; the next start finds its data.
stop:
	@if [ -d "$(VAR_DIR)/postgresql" ]; then $(VENV)python -m config.embedded_postgres stop "$(VAR_DIR)"; fi

# The exact versions and their hashes, from requirements*.in.
lock: install-dev
	@for name in requirements requirements-embedded requirements-dev; do \
		$(VENV)uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header $$name.in --output-file $$name.txt || exit 1; \
	done

# Deletes the embedded database with all that was entered, and all that was installed.
clean:
	@if [ -d "$(VAR_DIR)/postgresql" ]; then $(VENV)python -m config.embedded_postgres remove "$(VAR_DIR)"; fi
	@rm -rf "$(VAR_DIR)" .venv .mypy_cache .pytest_cache .ruff_cache
