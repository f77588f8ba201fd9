"""Teaching the bundled model: from public questions to the low-rank adapter that ships with it.

`python -m training --help`; it needs `pip install '.[train]'`.
"""
