# All of it happens in .venv; a second run does only what has changed.
# An empty machine needs Python 3.11 or newer, git and make: PYTHON=python3.12 make … names another one.

PYTHON ?= python3
# The moment that the example content was written for, so that its page looks the same in a year.
AS_OF ?= 2026-01-14 09:40 UTC

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --quiet

.PHONY: help
help: ## Say what can be made (this text)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: site
site: .venv/installed ## Build the example: content/ into public/ and outbox/
	@$(BIN)/statusgen build --as-of "$(AS_OF)"
	@echo "The page is public/index.html, the mails are in outbox/."
	@echo "To walk around in it: $(BIN)/python -m http.server --directory public"

.PHONY: gallery
gallery: .venv/installed ## Build every state that a page can be in, into gallery/
	@$(BIN)/statusgen gallery tests/sites/gallery --as-of "2026-03-12 14:00 UTC"
	@echo "To walk around in it: $(BIN)/python -m http.server --directory gallery"

.PHONY: test
test: .venv/installed-dev ## Run every test, with all that it needs, the browser included
	@$(BIN)/python -u tests/tools/install.py
	@$(BIN)/pytest $(ARGS)

.PHONY: lint
lint: .venv/installed-dev ## Check style, format and types
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary

.PHONY: check
check: lint test ## Check all that a change must pass

.PHONY: bench
bench: .venv/installed-dev ## Measure builds, beside Hugo's where it is installed (ARGS="--sizes 100,1000")
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: messages
messages: .venv/installed-dev ## Gather the phrases of the themes into their catalogues
	@$(BIN)/python -m tests.tools.messages

.PHONY: format
format: .venv/installed-dev ## Mend what ruff can mend by itself
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

.PHONY: clean
clean: ## Remove everything that make made
	rm -rf .venv public outbox gallery .statusgen dist tests/tools/node_modules
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find statusgen tests -name __pycache__ -prune -exec rm -rf {} +

# The stamps carry the time of the last install, so a changed pyproject.toml installs again.

.venv/installed: pyproject.toml | $(BIN)/pip
	@echo "Installing statusgen into .venv."
	@$(PIP) --editable .
	@touch $@

.venv/installed-dev: pyproject.toml | $(BIN)/pip
	@echo "Installing statusgen and its tools into .venv."
	@$(PIP) --editable '.[dev]'
	@touch $@ .venv/installed

# pip stands for the whole environment: it comes last, so a half-made one is made again.
$(BIN)/pip:
	@$(PYTHON) -m venv .venv
