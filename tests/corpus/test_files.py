"""The files of a folder: what is passed over, what is refused unopened, and under what names."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import ParsedFile, UnreadableReport, read_file
from corpus.files import MAX_FILE_BYTES, escape_unprintable, open_report, paths_by_id
from corpus.read import MAX_TEXT_CHARACTERS

ReadFolder = Callable[[Path], ParsedFile]

REPORT = "街道修好便民步道\n\n2024年3月5日 10:20\n\n街道用一个月修好了这条步道。居民都说好。\n"


def names(folder: Path) -> list[str]:
    return list(paths_by_id(folder))


def reasons(read: ParsedFile) -> dict[str, str]:
    return {rejection.file: rejection.reason for rejection in read.rejected}


def test_temporary_files_of_editors_and_downloads_are_passed_over(tmp_path: Path) -> None:
    for name in (
        "a.txt",
        "~$a.docx",
        ".a.txt.swp",
        "a.txt~",
        "b.tmp",
        "c.pdf.part",
        "d.pdf.crdownload",
        ".e/f.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(REPORT, "utf-8")
    assert names(tmp_path) == ["a.txt"]


def test_a_link_out_of_the_folder_is_refused_unread(read_folder: ReadFolder, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(REPORT, "utf-8")
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "a.txt").symlink_to(tmp_path / "secret.txt")
    (reports / "b").symlink_to(tmp_path)
    assert read_folder(reports).articles == ()
    assert set(reasons(read_folder(reports))) == {"a.txt", "b"}
    assert all("out of the folder" in reason for reason in reasons(read_folder(reports)).values())


def test_a_link_within_the_folder_reads_nothing_twice(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(REPORT, "utf-8")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "c").symlink_to(".")
    assert names(tmp_path) == ["a.txt"]


def test_a_link_to_a_file_that_is_not_listed_itself_is_read(read_folder: ReadFolder, tmp_path: Path) -> None:
    (tmp_path / ".store").mkdir()
    (tmp_path / ".store" / "x").write_text(REPORT, "utf-8")
    (tmp_path / "a.txt").symlink_to(".store/x")
    assert [article.id for article in read_folder(tmp_path).articles] == ["a.txt"]


@pytest.mark.parametrize("target", ["gone.txt", "a.txt"])
def test_a_link_that_leads_nowhere_is_refused(read_folder: ReadFolder, tmp_path: Path, target: str) -> None:
    (tmp_path / "a.txt").symlink_to(target)
    assert "nowhere" in reasons(read_folder(tmp_path))["a.txt"]


def test_pipes_and_sockets_are_refused_without_waiting(read_folder: ReadFolder, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "b.txt"))
        assert "pipe" in reasons(read_folder(tmp_path))["a.txt"]
        assert "socket" in reasons(read_folder(tmp_path))["b.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_files_and_folders_that_may_not_be_opened_are_refused(
    read_folder: ReadFolder, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(REPORT, "utf-8")
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "b").mkdir(mode=0)
    assert "Permission" in reasons(read_folder(tmp_path))["a.txt"]
    assert "folder cannot be opened" in reasons(read_folder(tmp_path))["b"]


def test_a_file_over_the_limit_is_refused_with_the_limit(read_folder: ReadFolder, tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    assert f"{MAX_FILE_BYTES:,}" in reasons(read_folder(tmp_path))["a.txt"]


def test_a_text_over_the_limit_is_refused_with_the_limit(read_folder: ReadFolder, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("街道修好了步道。\n" * (MAX_TEXT_CHARACTERS // 8), "utf-8")
    assert f"{MAX_TEXT_CHARACTERS:,}" in reasons(read_folder(tmp_path))["a.txt"]


def test_a_file_that_changes_while_it_is_read_is_read_again_later(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(REPORT, "utf-8")

    def read_while_it_grows() -> None:
        with open_report(path, tmp_path, MAX_FILE_BYTES) as file, path.open("a", encoding="utf-8") as writer:
            file.read(10)
            writer.write(REPORT)
            writer.flush()

    with pytest.raises(ValueError, match="still being written"):
        read_while_it_grows()


def test_a_file_that_is_gone_by_now_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableReport, match="No such file"):
        read_file(tmp_path / "a.txt", tmp_path)


@pytest.mark.parametrize(
    "name", ["重庆 报道①.txt", "ꡀ\u202e.txt", "a\nb.txt", "'; DROP TABLE.txt", "a\\b.txt", "😀.txt"]
)
def test_a_name_in_any_script_is_printable_and_kept_apart(
    read_folder: ReadFolder, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(REPORT, "utf-8")
    (article,) = read_folder(tmp_path).articles
    assert article.id.isprintable()
    assert article.id.encode()


def test_a_name_that_is_no_text_is_written_out(read_folder: ReadFolder, tmp_path: Path) -> None:
    name = os.fsdecode("报".encode() + b"\xff.txt")
    (tmp_path / name).write_text(REPORT, "utf-8")
    assert [article.id for article in read_folder(tmp_path).articles] == ["报\\xff.txt"]


@given(st.text(), st.text())
def test_two_names_never_become_one(first: str, second: str) -> None:
    assert (escape_unprintable(first) == escape_unprintable(second)) == (first == second)


def test_an_old_word_file_is_refused_with_what_to_do(read_folder: ReadFolder, tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    assert "save it as .docx" in reasons(read_folder(tmp_path))["a.doc"]
