# Everything a person does with this checkout. `make help` lists it.
#
# `make demo` and `make test` do their own set-up: Debian 12 or Ubuntu with python3, python3-venv,
# git and make is enough. Installed once; again when a lock file, pyproject.toml or the set-up changes.

PY := .venv/bin/python
RAKKAN := .venv/bin/rakkan
SETUP := pyproject.toml tools/prepare.sh tools/install.py

# The rules: pure functions, whose every branch a test takes (tests/test_repository.py keeps this
# list in step with the import contracts).
PURE_CORE := $(shell paste -sd, tools/pure-core.txt)

# Somebody's other project must not lend us its modules; our output is UTF-8 under any locale.
unexport PYTHONPATH PYTHONHOME
export PYTHONUTF8 = 1

# A .venv that was copied, moved or lost its interpreter still carries its stamps: drop them.
$(shell grep -sqF '$(CURDIR)/.venv' .venv/bin/activate && $(PY) -c '' 2>/dev/null \
	|| rm -f .venv/installed-*)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo serve test check bench soak lock clean

help: ## list what make can do here
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' Makefile | while read -r goal what; do \
		printf '  make %-6s %s\n' "$$goal" "$$what"; done

demo: .venv/installed-runtime ## the whole story on this machine (VIDEO=file, ARGS=--no-serve)
	@$(RAKKAN) demo $(if $(VIDEO),"$(VIDEO)") $(ARGS)

serve: .venv/installed-runtime ## web, API and one worker (ARGS="--host 0.0.0.0 --port 8000")
	@$(RAKKAN) serve $(ARGS)

test: check ## check, then every test but the soaks, a worker a core, with branch coverage
	@tools/browser.sh
	$(PY) -m pytest -m "not soak" -n auto --dist loadfile --cov --cov-report= $(ARGS)
	@printf 'Branch coverage: %s %% of everything; the rules:\n' \
		"$$($(PY) -m coverage report --format=total)"
	@$(PY) -m coverage report --include="$(PURE_CORE)" \
		--skip-covered --show-missing --fail-under=100

check: .venv/installed-dev ## format, lint, types and the import contracts
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports

bench: .venv/installed-runtime ## measured ratios to an anchor in the same run (ARGS=--full adds 1 GB)
	@$(PY) -m benchmarks.signing $(ARGS)
	@$(PY) -m benchmarks.verifying $(ARGS)
	@$(PY) -m benchmarks.deciding
	@$(PY) -m benchmarks.clearing
	@$(PY) -m benchmarks.reading
	@$(PY) -m benchmarks.index
	@$(PY) -m benchmarks.marks

soak: .venv/installed-dev ## the long runs, with full counts
	$(PY) -m pytest -m soak $(ARGS)
	HYPOTHESIS_PROFILE=searching $(PY) -m pytest -m "hypothesis and not soak" $(ARGS)

lock: ## resolve both lock files (needs uv; ARGS=--upgrade takes newer versions)
	@tools/lock.sh $(ARGS)

clean: ## remove what set-up and tests made; the data in var/ stays
	rm -rf .venv .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/installed-runtime: requirements.lock $(SETUP)
	@tools/prepare.sh requirements.lock
	@touch $@

# The development lock holds the runtime lock's packages at the same versions.
.venv/installed-dev: requirements-dev.lock requirements.lock $(SETUP)
	@tools/prepare.sh requirements-dev.lock
	@touch .venv/installed-runtime $@
