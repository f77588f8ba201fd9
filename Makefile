# Two commands do all the set-up on a fresh machine: `make chat` and `make test`.

PYTHON ?= python3
# Where torch comes from if not from the configured package index; on a machine without a GPU
# `make chat TORCH_INDEX=https://download.pytorch.org/whl/cpu` saves some gigabytes.
TORCH_INDEX ?=

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PEERS := .venv-peers

.PHONY: chat bot install test lint bench peers train lock clean

chat: $(READY)
	@$(BIN)/python -m bot --terminal

bot: $(READY)
	@$(BIN)/python -m bot

install: $(READY)

test: $(READY)
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Without DATA, a folder of public data, what needs it is printed and drawn from the records in the repository.
# With it all is measured anew, the peers beside us too, which takes two hours and 4 GB.
bench: $(READY) $(if $(DATA),peers)
	$(BIN)/python -m pip install -q -e '.[bench]'
	$(BIN)/python -m benchmarks $(if $(DATA),--data $(DATA))
	$(BIN)/python -m benchmarks.growth $(if $(DATA),--data $(DATA)) --plot benchmarks/pictures/growth.svg
	$(BIN)/python -m benchmarks.rivals $(if $(DATA),--data $(DATA))

# The libraries that we are measured beside, in an environment of their own.
peers: $(PEERS)/ready

# Teaches the adapter and the reader anew from the public data in the folders DATA; written to build.
train: $(READY)
	$(BIN)/python -m pip install -q -e '.[train]'
	$(BIN)/python -m training --data $(DATA) --out build/adapter
	$(BIN)/python -m training.reader --data $(DATA) --out build/reader.safetensors

# What pip says goes to standard error, and to a terminal only: standard output is for answers.
$(READY): requirements.lock pyproject.toml
	@set -e; quiet=-q; if [ -t 2 ]; then quiet=; fi; exec 1>&2; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'; \
	$(PYTHON) -m venv $(VENV); \
	torch=$$(grep '^torch==' requirements.lock); \
	$(BIN)/python -m pip install $$quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $$torch; \
	$(BIN)/python -m pip install $$quiet -r requirements.lock; \
	$(BIN)/python -m pip install $$quiet --no-deps -e .
	@touch $(READY)

$(PEERS)/ready: benchmarks/rivals/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install -q $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $$(grep '^torch==' $<)
	$(PEERS)/bin/python -m pip install -q -r $<
	@touch $@

# Exact versions of what pyproject.toml allows, as they are installed now.
lock: $(READY)
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' > requirements.lock

clean:
	rm -rf $(VENV) $(PEERS) index
