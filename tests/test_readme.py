"""What the README shows is what runs."""

import os
import re
import shlex
import subprocess
import sys

import pytest

pytestmark = pytest.mark.real


@pytest.fixture
def readme(pytestconfig):
    return (pytestconfig.rootpath / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def environment(real_index, pytestconfig):
    return os.environ | {"INDEX_DIR": str(real_index), "PYTHONPATH": str(pytestconfig.rootpath)}


def blocks(readme, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)


def test_every_command_of_the_readme_succeeds(readme, environment, pytestconfig):
    commands = [line for block in blocks(readme, "sh") for line in block.splitlines()]
    assert commands
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "python"
        done = subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            cwd=pytestconfig.rootpath,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout


def test_the_snippet_of_the_readme_answers(readme, environment, real_index, tmp_path):
    (tmp_path / "index").symlink_to(real_index)  # where a shell in the repository has it
    for snippet in blocks(readme, "python"):
        done = subprocess.run(
            [sys.executable, "-c", snippet],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "养老服务中心2个" in done.stdout


def test_the_make_targets_of_the_readme_exist(readme, pytestconfig):
    makefile = (pytestconfig.rootpath / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake (?:-s )?([a-z]+)", readme):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
