"""Ours and four peers side by side, in one run: `python -m benchmarks.rivals`.

`inputs`, `measure` and `tables` run in the project's environment; `worker` runs in a process for each
system, a peer's in `.venv-peers`. A peer's module knows nothing of this project's packages.
"""
