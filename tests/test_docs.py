"""The commands, snippets, examples and links of README and docs work."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PAGES = sorted(
    [*REPOSITORY.glob("README*.md"), REPOSITORY / "CONTRIBUTING.md", *REPOSITORY.glob("docs/*.md")]
)
EXAMPLES = sorted((REPOSITORY / "examples").glob("*.py"))

INSTALLS = "makes an environment and installs packages"
TOKEN = "needs a token and Telegram, or a proxy with a certificate"
SERVER = "needs a Milvus server"
LONG = "takes a minute; other files are evaluated here"
ELSEWHERE = "needs an argument or does not end; its own tests run it"

NOT_RUN = {
    "make chat": INSTALLS,
    "make install": INSTALLS,
    "make test": INSTALLS,
    "make lint": INSTALLS,
    "printf '华新街建成了几个养老服务中心？\\n' | make -s chat": INSTALLS,
    "WEBHOOK_LISTEN=127.0.0.1:8081 make bot": TOKEN,
    "upstream wenbao {": TOKEN,
    "INDEX_URL=milvus://用户:密码@主机:19530/数据库": SERVER,
    "INDEX_URL=milvus://user:password@host:19530/database": SERVER,
    "---": "is the beginning of a report; tests/corpus/formats/test_front_matter.py reads one",
    "python -m retrieval add 文件或网址": ELSEWHERE,
    "python -m retrieval add FILE-OR-URL": ELSEWHERE,
    "python -m retrieval evaluate FILE": ELSEWHERE,
    "python -m retrieval evaluate tests/data/questions-unseen.jsonl": LONG,
    "python -m retrieval refresh --rebuild": ELSEWHERE,
    "python -m retrieval refresh --watch": ELSEWHERE,
    "python -m retrieval rollback": ELSEWHERE,
    "python -m retrieval search …": ELSEWHERE,
}
"""By its first line, each command or block that these tests do not run, and the reason."""

RUNNER = """
import contextlib, io, json, runpy, sys

def run(step):
    # With a buffer of bytes below, as the streams of a process have.
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    status = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            if step["kind"] == "snippet":
                exec(compile(step["text"], "snippet", "exec"), {"__name__": "__main__"})
            else:
                sys.argv = [step["name"], *step["arguments"]]
                call = runpy.run_module if step["kind"] == "module" else runpy.run_path
                call(step["name"], run_name="__main__")
        except SystemExit as ended:
            status = ended.code or 0
        except BaseException as error:
            status = repr(error)
    texts = {name: each.buffer.getvalue().decode() for name, each in (("out", out), ("err", err))}
    return {"status": status, **texts}

print(json.dumps([run(step) for step in json.load(sys.stdin)]))
"""


def blocks(text, language):
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [body for marked, body in fenced if marked == language]


def commands():
    """Every command line of the blocks marked `sh`, once."""
    lines = [
        line
        for page in PAGES
        for block in blocks(page.read_text(encoding="utf-8"), "sh")
        for line in block.splitlines()
    ]
    return list(dict.fromkeys(lines))


def snippets():
    """Every block of Python, once."""
    return list(
        dict.fromkeys(s for page in PAGES for s in blocks(page.read_text(encoding="utf-8"), "python"))
    )


def module_step(command):
    program, flag, module, *arguments = shlex.split(command)
    assert (program, flag) == ("python", "-m"), command
    return {"kind": "module", "name": module, "arguments": arguments}


@pytest.fixture(scope="module")
def done(real_index, tmp_path_factory):
    """What each command, snippet and example did, run one after the other in one process."""
    folder = tmp_path_factory.mktemp("docs")  # a checkout with an index, as the pages suppose
    (folder / "index").symlink_to(real_index)
    for name in ("corpus", "tests"):
        (folder / name).symlink_to(REPOSITORY / name)
    steps = {command: module_step(command) for command in commands()}
    steps |= {snippet: {"kind": "snippet", "text": snippet} for snippet in snippets()}
    steps |= {example.name: {"kind": "path", "name": str(example), "arguments": []} for example in EXAMPLES}
    ran = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(list(steps.values())),
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"},
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return dict(zip(steps, json.loads(ran.stdout), strict=True))


@pytest.mark.real
@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_pages_succeeds(done, command):
    assert (done[command]["status"], done[command]["err"]) == (0, "")
    assert done[command]["out"]


@pytest.mark.real
@pytest.mark.parametrize("snippet", snippets())
def test_a_snippet_of_the_pages_answers(done, snippet):
    assert done[snippet]["status"] == 0
    assert "养老服务中心2个" in done[snippet]["out"]


@pytest.mark.real
@pytest.mark.parametrize("name", [example.name for example in EXAMPLES])
def test_an_example_answers(done, name):
    assert done[name]["status"] == 0
    assert "养老服务中心2个" in done[name]["out"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_says_what_it_does_in_one_sentence(example):
    first = example.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(r'"""[A-Z][^.]*\."""', first)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_is_run_or_listed_with_the_reason(page):
    text = page.read_text(encoding="utf-8")
    fenced = [body.splitlines()[0] for mark in ("", "nginx") for body in blocks(text, mark)]
    inline = re.findall(r"`(python -m (?:retrieval|corpus|bot)[^`]*)`", text)
    run = commands()
    for shown in fenced + inline:
        assert shown in NOT_RUN or shown in run, shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_exists(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_modules_that_a_page_names_exist(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`python -m ((?:benchmarks|training)[\w.]*)", text):
        path = REPOSITORY / name.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), name
    for path in re.findall(r"`((?:bot|corpus|retrieval|benchmarks|training|tests)/[\w/.-]*)`", text):
        assert (REPOSITORY / path).exists() or (REPOSITORY / f"{path}.py").exists(), path


def test_each_finding_is_in_the_index_of_findings():
    text = (REPOSITORY / "docs" / "findings.md").read_text(encoding="utf-8")
    for script in (REPOSITORY / "findings").glob("*.sh"):
        assert f"findings/{script.name}" in text
