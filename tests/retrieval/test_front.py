"""What other packages import from `retrieval`."""

import subprocess
import sys

import pytest

import retrieval


@pytest.mark.parametrize("name", retrieval.__all__)
def test_every_name_of_the_front_can_be_imported(name):
    assert callable(getattr(retrieval, name))


def test_an_unknown_name_is_refused_as_python_does():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = retrieval.nothing


def python(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False
    ).returncode


@pytest.mark.parametrize(
    "before", ["", "import retrieval.indexing.refresh", "import retrieval.cli.commands", "import bot.app"]
)
def test_refresh_is_the_function_whatever_was_imported_before(before):
    assert python(f"{before}\nfrom retrieval import refresh\nassert refresh.__name__ == 'refresh'") == 0


def test_importing_the_front_loads_neither_torch_nor_faiss():
    assert python("import sys, retrieval\nsys.exit('torch' in sys.modules or 'faiss' in sys.modules)") == 0
