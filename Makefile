# `make run` to try it, `make test` to check it: all that is needed is Python 3.11 or newer. See docs/operations.md.

PORT ?= 8000
# `make run EMPTY=1` begins an empty record, beside that of the demonstration.
VAR_DIR ?= $(CURDIR)/var$(if $(EMPTY),/empty)
PYTEST ?= -n auto --maxprocesses 4
export VAR_DIR
# Bytecode is kept: without it each process of the tests rewrites 270 test files anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
REQUIREMENTS := requirements.txt $(if $(DATABASE_URL),,requirements-embedded.txt)
VENV := .venv/bin
MANAGE := $(VENV)/python manage.py

.PHONY: run test check lint types migrations deployment messages mutants screenshots install install-dev python stop lock dist sbom bench clean

run: export DEBUG := on
run: export DEMO := on
run: export ORGANISATION := $(or $(ORGANISATION),$(if $(EMPTY),$(if $(ORGANISATION_FILE),,Prisoner tracker)))
run: install
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) demo $(if $(EMPTY),--empty)
	@sh config/serve.sh $(PORT)

test: install-dev
	@$(VENV)/pytest $(PYTEST)

# What must pass before a change lands. The .ci/run adds a second PostgreSQL.
check: lint types migrations deployment test

lint: install-dev
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .

types: install-dev
	@$(VENV)/mypy .

migrations: export DEBUG := on
migrations: install-dev
	@$(MANAGE) makemigrations --check

# The settings of a live site, and of one for each audience alone; the databases are not asked.
deployment: install-dev
	@for serve in all public partners; do env SERVE=$$serve DEBUG=off ALLOWED_HOSTS=tracker.example.org \
		ORGANISATION=Example CONTACT=mailto:desk@tracker.example.org LICENCE=CC-BY-4.0 \
		SECRET_KEY="$$($(VENV)/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
		ACTING_SECRET="$$($(VENV)/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
		DATABASE_URL=postgres://desk@localhost/tracker DATABASE_OWNER_URL=postgres://owner@localhost/tracker \
		DATABASE_PUBLISHER_URL=postgres://publisher@localhost/tracker \
		DATABASE_PUBLIC_URL=postgres://public@localhost/tracker \
		DATABASE_PARTNERS_URL=postgres://partners@localhost/tracker \
		$(MANAGE) check --deploy --fail-level WARNING || exit 1; done

# The catalogues of the public pages, from the sources, and their compiled form. GNU gettext is needed.
# First the public pages, then the desk: what both say stands in the first alone.
messages: export DEBUG := on
messages: install-dev
	@$(MANAGE) makemessages --exclude cldr --no-wrap --no-location --no-obsolete --ignore 'cases/*' --ignore 'tests/*' \
		--ignore 'fixtures/*' --ignore 'benchmarks/*' --ignore 'tracker/api/*' --ignore 'config/management/*' \
		--ignore api_docs.html --ignore '.venv*' --ignore 'var/*'
	@cd cases && env -u DJANGO_SETTINGS_MODULE $(abspath $(VENV))/django-admin makemessages --all --no-wrap --no-location \
		--no-obsolete --ignore 'migrations/*' --ignore '*/management/*' --ignore 'management/*' --ignore 'doctor/*' \
		--ignore 'desk/api/*' --ignore 'templates/cases/*'
	@for language in be ru; do \
		desk=cases/locale/$$language/LC_MESSAGES/django.po; \
		msgattrib --set-obsolete --only-file=locale/$$language/LC_MESSAGES/django.po $$desk \
			| msgattrib --no-obsolete --no-wrap --output-file=$$desk -; \
	done
	@sed -i '/^"POT-Creation-Date\|^"Report-Msgid-Bugs-To/d' locale/*/LC_MESSAGES/django.po cases/locale/*/LC_MESSAGES/django.po
	@$(MANAGE) compilemessages --ignore .venv --verbosity 0

# Changes the modules that decide, line by line, and runs their tests: docs/mutants.md. `make mutants ONLY=dates` for some.
mutants: install-dev
	@$(VENV)/python -m tests.mutants $(ONLY)

# Ours beside others, in one table: docs/performance.md. `make bench CASES=100000` measures as many.
bench: REQUIREMENTS := requirements.txt requirements-embedded.txt
bench: install
	@$(VENV)/python -m benchmarks.bench $(CASES)

# The pictures of README and docs, in Debian's Chromium.
screenshots: install-dev
	@REQUIRE_CHROMIUM=1 $(VENV)/pytest -n0 -q -p no:randomly tests/browser/screenshots.py

install: python
	@$(PYTHON) config/install.py $(REQUIREMENTS)

install-dev: python
	@$(PYTHON) config/install.py $(REQUIREMENTS) requirements-build.txt requirements-dev.txt

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found."; exit 1; }

# The embedded PostgreSQL; its data stay, and the next start finds them.
stop:
	@test ! -e "$(VAR_DIR)/postgresql" || $(VENV)/python -m config.embedded_postgres stop "$(VAR_DIR)"

# The exact versions and their hashes, from requirements*.in.
lock: install-dev
	@for name in requirements requirements-embedded requirements-build requirements-dev requirements-sbom requirements-bench; do \
		$(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header $$name.in --output-file $$name.txt || exit 1; \
	done

# An sdist and a wheel of what is committed, in dist/. `deploy/try-wheel` also installs and asks it.
dist: install-dev
	@deploy/dist

# What comes along, with versions, hashes and licences, as CycloneDX and as a table, in dist/.
sbom: python
	@deploy/sbom

# Deletes the embedded PostgreSQL with all that was entered, and what was installed.
clean:
	@test ! -e "$(VAR_DIR)/postgresql" || $(VENV)/python -m config.embedded_postgres remove "$(VAR_DIR)"
	@rm -rf "$(VAR_DIR)" .venv .mypy_cache .pytest_cache .ruff_cache
