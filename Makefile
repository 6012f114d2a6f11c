# make run · make test · make pictures … each target does its own set-up, in .venv beside this file.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# What the browser tests need beside Python. Install scripts fetch and run what no lock names: none is run.
PROGRAMS := tests/chromium/programs
NPM := $(BIN)/npm ci --prefix .venv/node --ignore-scripts --no-audit --no-fund --loglevel=error

# What decides and what is kept for everyone: every branch of it is tried.
WHOLE := portal/core/*,portal/text/*,portal/feeds/rules.py,portal/feeds/documents.py,portal/feeds/json_feed.py,portal/feeds/opml.py,portal/forecast/*,portal/*/rules.py,portal/delivery/refusals.py,portal/writing/checks.py,portal/backoffice/documents.py,portal/*/files.py,portal/*/feeds.py,portal/*/calendars.py,portal/contacts/cards.py,portal/history/charts.py,portal/store/changes.py,portal/web/door/page_cache.py,portal/web/door/kept.py,portal/web/door/shelf.py,portal/web/door/hits.py,portal/web/door/answers.py,portal/web/door/remaking.py
# The tests that try it. They alone are measured, which takes twice as long; those of any past, any schedule, any change
# (test_any_…) try no other branch.
RULES := $(sort $(wildcard tests/core/test_*.py tests/text/test_*.py tests/*/test_rules.py tests/*/test_files.py \
	tests/*/test_calendars.py) tests/backoffice/test_documents.py tests/contacts/test_cards.py tests/dates/test_feeds.py \
	tests/delivery/test_amending.py tests/editions/test_undo_rules.py tests/feeds/test_documents.py \
	tests/feeds/test_formats.py tests/forecast/test_signals.py tests/history/test_charts.py tests/notices/test_feeds.py \
	tests/notices/test_life.py tests/notices/test_tellings.py tests/store/test_changes.py tests/web/test_absent.py \
	tests/web/test_copies_at_hand.py tests/web/test_hits.py tests/web/test_lifetimes.py tests/web/test_page_cache.py tests/web/test_remaking.py tests/web/test_shelves.py \
	tests/web/test_turns.py tests/web/test_withdrawn_pages.py tests/writing/test_checks.py)

.PHONY: run test check bench backtest pictures lighthouse lock messages clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: .venv/run.stamp  ## the site on http://127.0.0.1:8000, with demonstration content
	@exec $(BIN)/portal run --with-demo

test: .venv/browser.stamp check  ## linters, types, import contracts, catalogues, every branch of the rules and every test
	@$(BIN)/python -m pytest --cov=portal --cov-branch --cov-report= $(RULES)
	@$(BIN)/coverage report --include="$(WHOLE)" --fail-under=100 --skip-covered
	@$(BIN)/python -m pytest $(RULES:%=--ignore=%)

# In memory, where a machine lends some GB of it (and lets an installed wheel run there): on a disk, SQLite waits for it.
test: export PYTEST_DEBUG_TEMPROOT ?= $(shell test -w /dev/shm && ! grep -q ' /dev/shm .*noexec' /proc/mounts && df -Pk /dev/shm | awk 'END { if ($$4 > 4e6) print "/dev/shm" }')

check: .venv/test.stamp
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@$(BIN)/ty check --quiet
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry portal
	@$(BIN)/djlint --lint --quiet templates

bench: .venv/test.stamp  ## what all costs beside nginx and two peers, as one table; PARTS="page years" for some
	@$(BIN)/python -m tests.bench $(PARTS)

backtest: .venv/test.stamp  ## the record of the forecast, on real tables and simulated offices
	@$(BIN)/python -m tests.backtest

pictures: .venv/browser.stamp  ## a picture of each page, in build/pictures
	@$(BIN)/python -m tests.chromium.pictures

lighthouse: .venv/lighthouse.stamp  ## lighthouse's scores of four pages, each of which must be 100
	@$(BIN)/python -m tests.chromium.lighthouse

messages: .venv/test.stamp  ## gather the sentences of the code into translations/
	@$(BIN)/pybabel -q extract -F pyproject.toml --no-location --sort-output --omit-header --width 110 -o translations/messages.pot .
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 110 -i translations/messages.pot -d translations -l fr

lock:  ## write the two requirements files anew (needs uv)
	uv pip compile -q --universal --generate-hashes --no-header --no-strip-extras --python-version 3.11 \
		--group build --extra metrics --extra oidc --extra postgres --extra redis pyproject.toml -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-header --no-strip-extras --python-version 3.11 \
		--group build --group test --group browser --group check --extra metrics --extra oidc --extra postgres --extra redis -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:  ## remove the environment and the caches; the data in var stay
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage

.venv/run.stamp: requirements.txt pyproject.toml
	@echo "Building the environment in .venv …"
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv
	@$(PIP) install --use-pep517 --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/test.stamp: requirements-dev.txt .venv/run.stamp
	@$(PIP) install --use-pep517 --require-hashes -r requirements-dev.txt
	@touch $@

.venv/browser.stamp: $(wildcard $(PROGRAMS)/*) .venv/test.stamp
	@sh $(PROGRAMS)/debian.sh
	@mkdir -p .venv/node && cp $(PROGRAMS)/package*.json .venv/node
	@$(NPM) --omit=dev >/dev/null
	@touch $@

.venv/lighthouse.stamp: .venv/browser.stamp
	@$(NPM) >/dev/null
	@touch $@
