# Two commands do all the set-up on a fresh machine: `make chat` and `make test`.

PYTHON ?= python3
# Where torch comes from if not from the configured package index; on a machine without a GPU
# `make chat TORCH_INDEX=https://download.pytorch.org/whl/cpu` saves some gigabytes.
TORCH_INDEX ?=

VENV := .venv
BIN := $(VENV)/bin
# What runs the product is installed when READY is there, what tests it when TOOLS is.
READY := $(VENV)/ready
TOOLS := $(VENV)/tools
RIVALS := .venv-rivals
# PyTorch's build for Linux on x86-64 without a GPU, for Python 3.11; its other builds stand in the package index.
TORCH_CPU := sha256:6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b

.PHONY: chat bot install test lint smoke bench rivals train lock clean

chat: $(READY)
	@$(BIN)/python -m bot --terminal

bot: $(READY)
	@$(BIN)/python -m bot

install: $(READY)

test: $(TOOLS)
	$(BIN)/python -m pytest

lint: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Builds a wheel, installs it into an empty environment and asks it a question.
smoke: $(READY)
	.ci/smoke $(BIN)/python

# Without DATA, a folder of public data, what needs it is printed and drawn from the records in the repository.
# With it all is measured anew, the rivals beside us too, which takes two hours and 4 GB.
bench: $(READY) $(if $(DATA),rivals)
	$(BIN)/python -m pip install -q -e '.[bench]'
	$(BIN)/python -m benchmarks $(if $(DATA),--data $(DATA))
	$(BIN)/python -m benchmarks.growth $(if $(DATA),--data $(DATA)) --plot docs/pictures/growth.svg
	$(BIN)/python -m benchmarks.rivals $(if $(DATA),--data $(DATA))

# The libraries that we are measured beside, in an environment of their own.
rivals: $(RIVALS)/ready

# Teaches the adapter and the reader anew from the public data in the folders DATA; written to build.
train: $(READY)
	$(BIN)/python -m pip install -q -e '.[train]'
	$(BIN)/python -m training --data $(DATA) --out build/adapter
	$(BIN)/python -m training.reader --data $(DATA) --out build/reader.safetensors

# What pip says goes to standard error, and to a terminal only: standard output is for answers.
# Which build of torch is the right one depends on the machine, so pip chooses it by version, and its hash is
# checked once it is here. From a TORCH_INDEX the version alone holds. What a build for CUDA needs comes last.
$(READY): requirements.lock pyproject.toml
	@set -e; quiet=-q; if [ -t 2 ]; then quiet=; fi; exec 1>&2; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'; \
	$(PYTHON) -m venv $(VENV); \
	PYTHON=$(BIN)/python TORCH_INDEX="$(TORCH_INDEX)" QUIET=$$quiet .ci/install requirements.lock; \
	$(BIN)/python -m pip install $$quiet --no-deps --no-build-isolation -e .
	@touch $(READY)

$(TOOLS): $(READY) requirements-dev.lock
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock 1>&2
	@touch $(TOOLS)

$(RIVALS)/ready: benchmarks/rivals/requirements.txt
	$(PYTHON) -m venv $(RIVALS)
	$(RIVALS)/bin/python -m pip install -q $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $$(grep '^torch==' $<)
	$(RIVALS)/bin/python -m pip install -q -r $<
	@touch $@

# Exact versions, with hashes, of what pyproject.toml allows; those that are locked already stay.
# `make lock UPGRADE=--upgrade` takes the newest.
COMPILE := uv pip compile pyproject.toml -q --generate-hashes --python-version 3.11 --no-annotate --no-header $(UPGRADE)
lock: $(READY)
	$(BIN)/python -m pip install -q uv
	$(BIN)/$(COMPILE) --universal -o requirements.lock
	$(BIN)/$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock
	sed -i.old '/$(TORCH_CPU)/d; s/^\(torch==[^ ]*\) .*/&\n    --hash=$(TORCH_CPU) \\/' requirements.lock requirements-dev.lock
	rm -f requirements.lock.old requirements-dev.lock.old

clean:
	rm -rf $(VENV) $(RIVALS) index
