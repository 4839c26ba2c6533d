# Chiso. Each target makes the environment on first use; everything written at run time goes under CHISO_HOME.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BI := .venv-bi
BI_HERE := orchestration/bi/superset
SPARK := .venv-spark
SPARK_HERE := orchestration/spark
CHISO_HOME ?= $(CURDIR)/data
PORT ?= 3000
export CHISO_HOME
# libraries that phone home
export DAGSTER_DISABLE_TELEMETRY := yes
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false

.DEFAULT_GOAL := help
.PHONY: help env run browser test lint ui bi bi-test bi-lock spark spark-env spark-test spark-lock bench backtest compat lock clean

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

env: $(VENV)/.ready ## Make the environment (every target does this by itself)

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Chiso needs Python 3.11: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making the environment in $(VENV) (once, a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@# what is never imported need not be compiled: half the time
	@$(BIN)/pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: env ## Run the whole pipeline and show a summary
	@$(BIN)/chiso run

test: env lint browser ## Lint, type-check and run all tests
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# messages and pages are looked at in a real browser
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
	|| { echo "The tests need Debian's chromium: apt-get install chromium"; exit 1; }

lint: env ## Check style and types of Python and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --disable-progress-bar --processes 0 dbt_project/models dbt_project/tests

ui: env ## Serve the Dagster UI on http://127.0.0.1:3000 (PORT=...)
	@$(BIN)/chiso prepare
	@DAGSTER_HOME=$(CHISO_HOME)/dagster $(BIN)/dagster dev --workspace workspace.yaml --host 127.0.0.1 --port $(PORT)

$(BI)/.ready: $(BI_HERE)/requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Superset here needs Python 3.11: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing Apache Superset in $(BI) (once, some minutes)"
	@$(PYTHON) -m venv $(BI)
	@$(BI)/bin/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r $(BI_HERE)/requirements.lock
	@# its front end asks for a telemetry picture, which no setting switches off
	@grep -rlF https://apachesuperset.gateway.scarf.sh/pixel/ $(BI)/lib/python3.11/site-packages/superset/static/assets \
	| xargs -r sed -i 's#https://apachesuperset.gateway.scarf.sh/pixel/#data:,#g'
	@touch $@

bi: $(BI)/.ready ## Serve the published file in Apache Superset on http://127.0.0.1:8088 (PORT=...)
	@$(BI)/bin/python $(BI_HERE)/serve.py

bi-test: env browser $(BI)/.ready ## Drive Superset in a browser, swap the file under it (minutes)
	@CHISO_BI_PYTHON=$(CURDIR)/$(BI)/bin/python $(BIN)/pytest tests/bi

bi-lock: ## Resolve Superset's requirements.in (versions and hashes, no addresses)
	@tools=$$(mktemp -d) && $(PYTHON) -m venv $$tools && $$tools/bin/pip install -qq --disable-pip-version-check uv \
	&& $$tools/bin/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links -o $(BI_HERE)/requirements.lock $(BI_HERE)/requirements.in; rm -rf $$tools

$(SPARK)/.ready: $(SPARK_HERE)/requirements.lock
	@command -v java >/dev/null || { echo "Spark needs Java 17 or 21: apt-get install openjdk-17-jre-headless"; exit 1; }
	@echo "Installing Apache Spark in $(SPARK) (once, some minutes)"
	@$(PYTHON) -m venv $(SPARK)
	@$(SPARK)/bin/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r $(SPARK_HERE)/requirements.lock
	@touch $@

spark-env: $(SPARK)/.ready ## Make the environment of Apache Spark only

spark: env $(SPARK)/.ready ## Run the whole pipeline on a Spark cluster of two workers, started for it
	@$(BIN)/python -m orchestration.spark

spark-test: env $(SPARK)/.ready ## Build everything on a Spark cluster and hold it against DuckDB, row for row (minutes)
	@CHISO_SPARK_PYTHON=$(CURDIR)/$(SPARK)/bin/python $(BIN)/pytest tests/spark

spark-lock: ## Resolve Spark's requirements.in (versions and hashes, no addresses)
	@tools=$$(mktemp -d) && $(PYTHON) -m venv $$tools && $$tools/bin/pip install -qq --disable-pip-version-check uv \
	&& $$tools/bin/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links -o $(SPARK_HERE)/requirements.lock $(SPARK_HERE)/requirements.in; rm -rf $$tools

bench: env ## Measure the main job, pulling, large files, BI queries and dossiers, each beside a floor
	@$(BIN)/python tests/benchmarks/bench.py
	@$(BIN)/python -m tests.benchmarks.pull_bench
	@$(BIN)/python -m tests.benchmarks.large_bench
	@$(BIN)/chiso run >/dev/null
	@$(BIN)/python -m tests.benchmarks.bi_bench
	@$(BIN)/python -m tests.benchmarks.dossier_bench

backtest: env ## Try the rules on the archive, minutes; renews quality/BACKTEST.md
	@$(BIN)/chiso run
	@$(BIN)/chiso backtest

compat: env ## Open the published file with old and new DuckDB drivers; run the models on DuckDB 2.0
	@$(BIN)/chiso run
	@$(BIN)/python tests/compat/compat.py --home $(CHISO_HOME)

lock: ## Resolve pyproject.toml into requirements.lock (versions and hashes, no addresses)
	@tools=$$(mktemp -d) && $(PYTHON) -m venv $$tools && $$tools/bin/pip install -qq --disable-pip-version-check uv \
	&& $$tools/bin/uv pip compile --quiet --python-version 3.11 --extra dev --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links -o requirements.lock pyproject.toml; rm -rf $$tools

clean: ## Remove the environments and what is built; data/ stays, for part of it cannot be made again
	@rm -rf $(VENV) $(BI) $(SPARK) dbt_project/target dbt_project/logs *.egg-info .mypy_cache .ruff_cache
