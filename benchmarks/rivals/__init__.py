"""Compare this project with four rivals in one run: `python -m benchmarks.rivals`.

`inputs`, `measure` and `tables` run in the project's environment. `worker` runs in one process for each
system, for a rival in `.venv-rivals`. The module of a rival imports no package of this project.
"""
