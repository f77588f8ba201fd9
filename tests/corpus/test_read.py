from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import CorpusError, ParsedFile, UnreadableReport, read_file, require_folder

ReadFolder = Callable[[Path], ParsedFile]

REPORT = "街道修好便民步道\n\n2024年3月5日 10:20 来源:山城晚报\n\n街道用一个月修好了这条步道。居民都说好。\n"


def write(folder: Path, name: str, content: str | bytes = REPORT) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_reports_are_read_at_any_depth_and_sorted_by_name(read_folder: ReadFolder, tmp_path: Path) -> None:
    for name in ("b.txt", "2024/a.txt", "a.txt"):
        write(tmp_path, name)
    assert [article.id for article in read_folder(tmp_path).articles] == ["2024/a.txt", "a.txt", "b.txt"]


def test_hidden_files_and_folders_are_passed_over(read_folder: ReadFolder, tmp_path: Path) -> None:
    write(tmp_path, ".DS_Store", b"\0")
    write(tmp_path, ".git/a.txt")
    assert read_folder(tmp_path) == ParsedFile(articles=(), rejected=())


def test_a_file_of_another_kind_is_rejected_with_the_kinds_that_are_read(
    read_folder: ReadFolder, tmp_path: Path
) -> None:
    write(tmp_path, "photo.jpg", b"\xff\xd8")
    (rejection,) = read_folder(tmp_path).rejected
    assert rejection.file == "photo.jpg"
    assert ".jpg" in rejection.reason
    assert ".txt" in rejection.reason


def test_one_bad_file_does_not_stop_the_rest(read_folder: ReadFolder, tmp_path: Path) -> None:
    write(tmp_path, "a.txt", b"")
    write(tmp_path, "b.txt")
    corpus = read_folder(tmp_path)
    assert [article.id for article in corpus.articles] == ["b.txt"]
    assert [rejection.file for rejection in corpus.rejected] == ["a.txt"]


def test_a_missing_folder_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="create it"):
        require_folder(tmp_path / "none")


def test_an_empty_folder_is_an_empty_corpus(read_folder: ReadFolder, tmp_path: Path) -> None:
    assert read_folder(tmp_path).articles == ()


def test_a_byte_order_mark_is_no_part_of_the_report(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", b"\xef\xbb\xbf" + REPORT.encode())
    assert read_file(path, tmp_path).articles[0].title == "街道修好便民步道"


def test_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    plain = read_file(write(tmp_path, "a.txt"), tmp_path)
    assert read_file(write(tmp_path, "a.txt", REPORT.replace("\n", "\r\n")), tmp_path) == plain


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\n \t", "white space"),
        (REPORT.encode("gb18030") + b"\xff\xff", "GB18030"),
        (REPORT.encode("utf-16") + b"\x00\xd8a\x00", "UTF-16"),
        (REPORT.encode() + b"\0\0", "binary"),
        (b"\x01\x02\x03\x04" * 20, "binary"),
        ("12 2014\n15\n——\n".encode(), "no words"),
        ("返回顶部\n录入:张三\n".encode(), "no words"),
    ],
)
def test_a_file_that_gives_no_report_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = write(tmp_path, "a.txt", content)
    with pytest.raises(UnreadableReport, match=reason) as refusal:
        read_file(path, tmp_path)
    assert refusal.value.file == "a.txt"
