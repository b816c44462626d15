# EMShop. `make help` lists what there is; every target makes the virtual environment it needs.

VENV ?= .venv
ARGS ?=
EMSHOP_PORT ?= 8000
export EMSHOP_PORT

# The first Python of at least 3.11 that is found here (or PYTHON=…).
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
NO_PYTHON = EMShop needs Python 3.11 or newer, and none was found here. Install it, or name it: make PYTHON=/path/to/python3.11 …
BIN := $(abspath $(VENV))/bin
RUN := $(BIN)/python
WITH_SERVERS := $(RUN) -m emshop.stack exec --
LIKE_PRODUCTION := EMSHOP_SITE_URL=https://shop.example.com EMSHOP_STAFF_SECOND_FACTOR=1

.DEFAULT_GOAL := help
.PHONY: help installed installed-dev run test race quiet check check-django doctor replay messages schema docs picture

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

installed:
	@test -n "$(PYTHON)" || { echo "$(NO_PYTHON)"; exit 1; }
	@"$(PYTHON)" emshop/stack/install.py "$(VENV)" requirements.txt

installed-dev:
	@test -n "$(PYTHON)" || { echo "$(NO_PYTHON)"; exit 1; }
	@"$(PYTHON)" emshop/stack/install.py "$(VENV)" requirements-dev.txt

run: installed ## Start the whole shop: servers, simulator, web, worker, beat (EMSHOP_PORT=8000)
	@exec $(RUN) -m emshop.stack run

test: installed-dev ## Run the tests (ARGS="apps/cart -n 0 -k add" for some of them)
ifeq ($(strip $(ARGS)),)
	@$(RUN) -m pytest -n 2 -m "not quiet" --cov --cov-report=term
else
	@$(RUN) -m pytest $(ARGS)
endif

race: installed-dev ## Run the race tests alone: threads against the real database
	@$(RUN) -m pytest -m race -n 0 $(ARGS)

quiet: installed-dev ## Run the tests that need a machine to themselves
	@$(RUN) -m pytest -m quiet -n 0 $(ARGS)

check: installed-dev ## Look at the code without running it: format, lint, layers, types, templates, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	@find apps emshop templates -name '*.html' -path '*templates*' -exec $(BIN)/djade --target-version 5.2 --check {} +
	@$(WITH_SERVERS) $(MAKE) --no-print-directory check-django VENV="$(VENV)"

check-django:
	$(BIN)/mypy .
	$(RUN) manage.py makemigrations --check --dry-run
	$(LIKE_PRODUCTION) $(RUN) manage.py check --deploy --fail-level WARNING
	$(RUN) manage.py catalogues --check
	$(RUN) manage.py write_docs --check

doctor: installed ## Hold every law of the shop against the real tables (ARGS=--json)
	@$(WITH_SERVERS) $(RUN) manage.py doctor $(ARGS)

replay: installed ## Send a retailer's ledger through the running shop (FILE=…, LIMIT=…, WORKERS=…)
	@test -n "$(FILE)" || { echo "Say which ledger: make replay FILE=online_retail.csv.gz"; exit 1; }
	@$(WITH_SERVERS) $(RUN) manage.py import_products "$(FILE)"
	@$(WITH_SERVERS) $(RUN) manage.py replay_baskets "$(FILE)" $(if $(LIMIT),--limit $(LIMIT)) $(if $(WORKERS),--workers $(WORKERS))

messages: installed-dev ## Put new texts into the message catalogues, and compile them
	@$(WITH_SERVERS) $(RUN) manage.py catalogues --update

schema: installed-dev ## Write the OpenAPI file, docs/openapi.yaml
	@$(WITH_SERVERS) $(RUN) manage.py write_docs openapi.yaml

docs: installed-dev ## Write the pages of docs/ that are printed from the code
	@$(WITH_SERVERS) $(RUN) manage.py write_docs

picture: installed-dev ## Draw the layers: docs/layers.svg
	@$(RUN) -m emshop.picture
