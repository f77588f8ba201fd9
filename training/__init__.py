"""Train the low-rank adapter of the bundled model, and its reader, on public questions.

See `python -m training --help`. Training needs `pip install '.[train]'`.
"""
