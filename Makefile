# Two commands matter: `make live` runs Senoscope on the built-in phantom, `make test` tests it.
PYTHON ?= python3
EXTRAS ?= test
# A lock of exact versions: CONSTRAINTS=requirements-ci.lock
CONSTRAINTS ?=
BIN := .venv/bin
# The server of the tests of shared inference; its own Python side, and what that needs, is not used.
TRITON := nvidia-pytriton==0.7.0

.PHONY: live test check lint clean

live: .venv/base
	$(BIN)/senoscope live --source phantom

# The rooms whose tests bear company share the cores; the others want them for themselves.
APART := tests/calibration tests/domain tests/models tests/studies tests/ui \
  tests/realtime/recording tests/realtime/sources tests/realtime/tracking tests/test_documents.py \
  tests/test_house.py tests/test_tour.py tests/browser/calibration tests/browser/review \
  tests/browser/studies tests/browser/test_measures.py tests/browser/test_same_lesion.py \
  tests/browser/test_source_dialog.py tests/browser/test_still_frames.py tests/browser/test_why.py

test: .venv/$(EXTRAS)
	$(BIN)/pytest $(PYTEST_FLAGS) -n 2 --dist worksteal $(APART)
	$(BIN)/pytest $(PYTEST_FLAGS) $(addprefix --ignore=,$(APART))

check: lint test

lint: .venv/$(EXTRAS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/base: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --no-compile $(addprefix --constraint ,$(CONSTRAINTS)) --editable .
	@touch $@

.venv/$(EXTRAS): .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --no-compile $(addprefix --constraint ,$(CONSTRAINTS)) --editable '.[$(EXTRAS)]'
	@touch $@

.venv/triton: .venv/bin/python
	rm -rf $@ $@.partial
	$(BIN)/python -m pip install --quiet --no-compile --no-deps --target $@.partial $(TRITON)
	mv $@.partial $@

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
