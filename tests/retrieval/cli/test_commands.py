import json
import os
import subprocess
import sys

import pytest

from retrieval import Retriever
from retrieval.cli.commands import main
from retrieval.cli.output import answer_record

RESULT = {"rank", "score", "confidence", "article", "section", "start", "end", "text", "answer"}
REFRESHED = {"added", "changed", "removed", "unchanged", "rejected"}
REPORT = REFRESHED | {"passages", "embedded", "generation", "seconds"}


@pytest.fixture
def built(refreshed, index):
    refreshed()
    return index


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_articles_are_listed_one_object_a_line(built, capsys):
    assert main(["articles", "--json", "--index", str(built)]) == 0
    records = lines(capsys)
    assert [record["id"] for record in records] == ["library.txt", "market.txt"]
    assert records[1]["date"] == "2023-05-06"


def test_an_article_is_shown_with_its_text(built, capsys):
    assert main(["article", "market.txt", "--json", "--index", str(built)]) == 0
    assert "摊位128个" in lines(capsys)[0]["text"]


def test_verify_finds_nothing_in_a_whole_index(built, capsys):
    assert main(["verify", "--json", "--index", str(built)]) == 0
    assert lines(capsys) == [{"generation": 1, "ok": True, "problems": []}]


def test_verify_fails_on_a_damaged_index(built, capsys):
    with (built / "segments" / "00000001" / "catalog.jsonl").open("a") as file:
        file.write(" ")
    assert main(["verify", "--index", str(built)]) == 2
    assert "catalog.jsonl" in capsys.readouterr().err


def test_an_error_is_one_sentence_and_status_2(tmp_path, capsys):
    assert main(["articles", "--index", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("wenbao: ")
    assert "python -m retrieval refresh" in error
    assert "Traceback" not in error


@pytest.mark.parametrize("command", ["articles", "verify", "--help"])
def test_commands_that_need_no_model_import_no_torch(built, command):
    code = (
        "import sys\nfrom retrieval.cli.commands import main\n"
        f"try: main([{command!r}, '--index', {str(built)!r}])\nexcept SystemExit: pass\n"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.real
def test_a_batch_is_answered_one_object_a_line(real_index, tmp_path, capsys):
    batch = tmp_path / "batch.jsonl"
    asked = [{"id": "a", "question": "福康村的便民通道有多长？"}, {"id": "b", "question": "怎样做红烧肉？"}]
    batch.write_text("\n\n".join(map(json.dumps, asked)), encoding="utf-8")
    assert main(["search", "--batch", str(batch), "-k", "2", "--json", "--index", str(real_index)]) == 0
    first, second = lines(capsys)
    assert set(first) == {"id", "question", "answered", "reason", "results", "milliseconds"}
    assert (first["id"], first["answered"], len(first["results"])) == ("a", True, 2)
    assert set(first["results"][0]) == RESULT
    assert set(first["results"][0]["article"]) == {"id", "title", "publisher", "date", "place", "url"}
    assert set(first["results"][0]["answer"]) == {"start", "end", "text"}
    assert (second["id"], second["answered"], second["reason"]) == ("b", False, "unrelated")


def test_a_batch_line_that_is_no_json_is_named(built, tmp_path, capsys):
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"question": "几个？"}\nnot json\n')
    assert main(["search", "--batch", str(batch), "--index", str(built)]) == 2
    assert "batch.jsonl:2" in capsys.readouterr().err


def test_a_question_and_a_batch_together_are_refused(built, tmp_path, capsys):
    assert main(["search", "几个？", "--batch", str(tmp_path / "x"), "--index", str(built)]) == 2
    assert "one of the two" in capsys.readouterr().err


@pytest.mark.real
def test_refresh_rejects_by_name_with_status_1(tmp_path, reports, capsys):
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "good.txt").write_bytes((reports / "004_f21a9d9273492b6a.txt").read_bytes())
    (folder / "bad.txt").write_bytes(b"")
    assert main(["refresh", "--corpus", str(folder), "--index", str(tmp_path / "index"), "--json"]) == 1
    report = lines(capsys)[0]
    assert [rejection["file"] for rejection in report["rejected"]] == ["bad.txt"]
    assert set(report) == REPORT


def test_a_dotenv_file_names_the_index(built, tmp_path, capsys, pytestconfig):
    (tmp_path / ".env").write_text(f"INDEX_DIR={built}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "retrieval", "articles", "--json"],
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k != "INDEX_DIR"}
        | {"PYTHONPATH": str(pytestconfig.rootpath)},
        capture_output=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 2


def test_going_back_is_one_command(refreshed, folder, index, capsys):
    refreshed()
    (folder / "library.txt").unlink()
    refreshed()
    assert main(["rollback", "--json", "--index", str(index)]) == 0
    assert lines(capsys) == [{"generation": 1}]


def test_a_folder_in_index_url_is_refused(built, tmp_path, pytestconfig):
    done = subprocess.run(
        [sys.executable, "-m", "retrieval", "articles"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(pytestconfig.rootpath), "INDEX_URL": str(built)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "A folder is given in INDEX_DIR" in done.stderr


def test_an_index_named_by_an_option_wins_over_the_settings(built, tmp_path, pytestconfig):
    done = subprocess.run(
        [sys.executable, "-m", "retrieval", "articles", "--index", str(built)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(pytestconfig.rootpath), "INDEX_URL": "no address"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2


def test_an_explanation_has_the_names_it_was_promised(built, encoder):
    answer = Retriever.open(built, encoder=encoder).ask("海棠菜市场内设摊位多少个", explain=True)
    explanation = answer_record(answer, None)["results"][0]["explanation"]
    assert set(explanation) == {"signs", "score", "confidence", "meetings"}
    assert set(explanation["meetings"][0]) == {"word", "met", "start", "end", "cosine"}
