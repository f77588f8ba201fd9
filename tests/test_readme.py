"""The two READMEs are short, say the same, and name what exists."""

import re

import pytest

MOST_BYTES = 6_144


@pytest.fixture(params=["README.md", "README.en.md"])
def readme(request, pytestconfig):
    return pytestconfig.rootpath / request.param


def test_a_readme_is_short(readme):
    assert len(readme.read_bytes()) <= MOST_BYTES


def test_the_make_targets_of_a_readme_exist(readme, pytestconfig):
    makefile = (pytestconfig.rootpath / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"\bmake (?:-s )?([a-z]+)", readme.read_text(encoding="utf-8"))
    found = [target for target in targets if re.search(rf"^{target}:", makefile, re.MULTILINE)]
    assert {"chat", "bot"} <= set(found)


def test_both_readmes_have_the_same_sections(pytestconfig):
    counts = [
        len(re.findall(r"^## ", (pytestconfig.rootpath / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("README.md", "README.en.md")
    ]
    assert counts[0] == counts[1]
