from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from benchmarks.inputs.report_formats import as_pdf
from corpus.formats.pdf import MAX_PAGES, read_pdf
from corpus.layout.parse import parse_page

PARAGRAPH = (
    "入夏以来,街道组织志愿者清理沿江步道,居民散步更安心了。步道上添了十二盏路灯,方便居民夜里出行,"
    "也方便志愿者巡查。下一步,街道将把步道接到公园里去,让更多居民走得到。"
)
WRAPPED = [PARAGRAPH[at : at + 20] for at in range(0, len(PARAGRAPH), 20)]


def test_lines_broken_to_fit_the_page_are_one_paragraph() -> None:
    assert read_pdf(as_pdf([["步道亮起来", *WRAPPED, "下一步", *WRAPPED]])).text.split("\n") == [
        "步道亮起来",
        PARAGRAPH,
        "下一步",
        PARAGRAPH,
    ]


def test_lines_that_end_with_their_words_stay_lines() -> None:
    lines = ["步道亮起来", "居民都说这条步道修得好。", "他来了。", "路灯也亮了,大家夜里都出来散步。"]
    assert read_pdf(as_pdf([lines])).text.split("\n") == lines


def test_a_paragraph_goes_on_over_the_page_without_head_foot_and_number() -> None:
    pages = [
        ["山城晚报 第3版", *part, f"- {number} -"]
        for number, part in enumerate([WRAPPED[:2], WRAPPED[2:]], 1)
    ]
    assert read_pdf(as_pdf(pages)).text == PARAGRAPH


def test_a_report_is_understood_from_its_own_words() -> None:
    found = parse_page(read_pdf(as_pdf([["步道亮起来", "2021-07-08 09:30 来源：山城晚报", *WRAPPED]])))
    assert (found.title, found.date, found.publisher) == ("步道亮起来", date(2021, 7, 8), "山城晚报")
    assert found.text == PARAGRAPH


def test_the_day_a_file_was_made_is_not_the_day_of_the_report(tmp_path: Path) -> None:
    (tmp_path / "plain.pdf").write_bytes(as_pdf([WRAPPED]))
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "plain.pdf"))
    writer.add_metadata({"/CreationDate": "D:20230101000000", "/Title": "文档1"})
    writer.write(tmp_path / "dated.pdf")
    found = parse_page(read_pdf((tmp_path / "dated.pdf").read_bytes()))
    assert found.date is None
    assert found.title != "文档1"


def test_an_encrypted_file_is_named_so(tmp_path: Path) -> None:
    (tmp_path / "plain.pdf").write_bytes(as_pdf([WRAPPED]))
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "plain.pdf"))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    with pytest.raises(ValueError, match="encrypted"):
        read_pdf((tmp_path / "locked.pdf").read_bytes())


def test_a_file_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    (tmp_path / "plain.pdf").write_bytes(as_pdf([WRAPPED]))
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "plain.pdf"))
    writer.encrypt("", "owner", algorithm="RC4-128")
    writer.write(tmp_path / "free.pdf")
    assert read_pdf((tmp_path / "free.pdf").read_bytes()).text == PARAGRAPH


def test_pictures_of_pages_are_named_so() -> None:
    with pytest.raises(ValueError, match="no text layer"):
        read_pdf(as_pdf([[], []]))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_file_that_breaks_off_looks_incomplete(share: float) -> None:
    whole = as_pdf([WRAPPED] * 9)
    try:
        read = read_pdf(whole[: int(share * len(whole))]).text
    except ValueError as refusal:
        read = str(refusal)
    assert "incomplete" in read


def test_too_many_pages_are_refused_with_the_limit() -> None:
    with pytest.raises(ValueError, match=f"{MAX_PAGES:,}"):
        read_pdf(as_pdf([["步道"]] * (MAX_PAGES + 1)))


def test_what_only_bears_the_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no PDF"):
        read_pdf(b"<html></html>")
