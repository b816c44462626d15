# EMShop. `make help` lists what there is; every target makes the virtual environment it needs.

VENV ?= .venv
ARGS ?=
EMSHOP_PORT ?= 8000
export EMSHOP_PORT

# The first Python of at least 3.11 that is found here (or PYTHON=…).
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
BIN := $(VENV)/bin
RUN := $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help installed installed-dev run test check

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

installed:
	@test -n "$(PYTHON)" || { echo "EMShop needs Python 3.11 or newer, and none was found here. Install it, or name it: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@"$(PYTHON)" emshop/stack/install.py "$(VENV)" requirements.txt

installed-dev:
	@test -n "$(PYTHON)" || { echo "EMShop needs Python 3.11 or newer, and none was found here. Install it, or name it: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@"$(PYTHON)" emshop/stack/install.py "$(VENV)" requirements-dev.txt

run: installed ## Start the whole shop: servers, simulator, web, worker, beat (EMSHOP_PORT=8000)
	@exec $(RUN) -m emshop.stack run

test: installed-dev ## Run the tests (ARGS="apps/cart -n 0 -k add" for some of them)
ifeq ($(strip $(ARGS)),)
	@$(RUN) -m pytest -n 2 --cov --cov-report=term
else
	@$(RUN) -m pytest $(ARGS)
endif

check: installed-dev ## Look at the code without running it: format, lint, layers, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy .
