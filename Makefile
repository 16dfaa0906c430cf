# make lab and make test need nothing but Python (3.11 or newer) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2
SECONDS_OF_SOAK ?= 900

.PHONY: help lab test check bench soak notebooks exercises docs clean

help:
	@echo "make lab        set up and open the course in JupyterLab"
	@echo "make test       set up and run every test"
	@echo "make check      style, types, architecture, generated notebooks in sync"
	@echo "make bench      measure speed, half an hour; all figures go to docs/background/speed.md"
	@echo "make soak       the long random tests, 15 minutes (SECONDS_OF_SOAK=900)"
	@echo "make notebooks  write the lessons from their sources"
	@echo "make docs       build the documentation into build/docs; its code is run"
	@echo "make exercises  write the exercises and their solutions from their sources"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "bittensor_lab needs Python 3.11 or newer, and %s is %d.%d. Say: make PYTHON=python3.12 lab" % (sys.executable, v[0], v[1]))'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip -c constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

lab: $(READY)
	$(BIN)/bittensor-lab warmup
	$(BIN)/bittensor-lab lab

test: $(READY)
	$(BIN)/bittensor-lab warmup
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -q tests/test_kernels.py tests/test_share_kernels.py
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup --ignore=tests/browser --ignore=tests/bench --ignore=tests/soak tests
	$(BIN)/python -m pytest -q --nbval --nbval-current-env --nbval-cell-timeout=60 -p no:cacheprovider exercises/solutions
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup tests/browser

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py
	$(BIN)/python -m bittensor_lab.lessons check
	$(BIN)/python -m bittensor_lab.exercises.release check

bench: $(READY)
	@mkdir -p build
	$(BIN)/bittensor-lab warmup
	$(BIN)/python -m pytest tests/bench --benchmark-json=build/bench-full.json -q
	$(BIN)/python tests/bench/summary.py build/bench-full.json build/bench.json
	$(BIN)/python tests/bench/first_use.py
	$(BIN)/python tests/bench/grade_a_class.py
	$(BIN)/python tests/bench/browser_latency.py
	$(BIN)/python tests/bench/browser_play.py
	$(BIN)/python tests/bench/page.py

soak: $(READY)
	SECONDS_OF_SOAK=$(SECONDS_OF_SOAK) $(BIN)/python -m pytest -q -s tests/soak

notebooks: $(READY)
	$(BIN)/python -m bittensor_lab.lessons write

exercises: $(READY)
	$(BIN)/python -m bittensor_lab.exercises.release write

docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -b html docs build/docs

clean:
	rm -rf build dist $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis .benchmarks
