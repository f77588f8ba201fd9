"""Ours and four rivals side by side, in one run: `python -m benchmarks.rivals`.

`inputs`, `measure` and `tables` run in the project's environment; `worker` runs in a process for each
system, a rival's in `.venv-rivals`. A rival's module knows nothing of this project's packages.
"""
