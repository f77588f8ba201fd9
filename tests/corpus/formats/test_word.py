import io
import zipfile
from datetime import UTC, datetime

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml

from benchmarks.inputs.report_formats import as_docx
from corpus.formats.word import MAX_PART_BYTES, read_word
from corpus.layout.parse import parse_page

FIRST = "入夏以来,街道组织志愿者清理沿江步道,居民散步更安心了。"
THIRD = "下一步,街道将把步道接到公园,预计年底前完工。"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            made.writestr(f"word/{name}.xml", content)
    return file.getvalue()


def test_the_styles_tell_headline_subtitle_and_section_headings() -> None:
    document = docx.Document()
    for words, style in [
        ("沿江步道亮起来", "Title"),
        ("清溪街道更新纪事", "Subtitle"),
        (FIRST, "Normal"),
        ("步道为什么连着人心?", "Heading 1"),
        (THIRD, "Normal"),
    ]:
        document.add_paragraph(words, style=style)
    found = parse_page(read_word(saved(document)))
    assert (found.title, found.subtitle) == ("沿江步道亮起来", "清溪街道更新纪事")
    assert [section.heading for section in found.sections] == [None, "步道为什么连着人心?"]


def test_a_document_without_styles_is_read_by_its_words() -> None:
    document = docx.Document()
    for words in ("沿江步道亮起来", "2021-07-08 09:30 来源：山城晚报", FIRST, THIRD):
        document.add_paragraph(words)
    found = parse_page(read_word(saved(document)))
    assert (found.title, found.publisher, found.text) == ("沿江步道亮起来", "山城晚报", f"{FIRST}\n{THIRD}")


def test_a_table_is_a_line_a_row_and_a_page_laid_out_in_one_is_its_paragraphs() -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ["步道", "3公里。", "路灯", "12盏。"], strict=True):
        cell.text = words
    layout = document.add_table(rows=1, cols=1)
    layout.cell(0, 0).text = f"{FIRST}\n{THIRD}"
    assert read_word(saved(document)).text == f"步道 3公里。\n路灯 12盏。\n{FIRST}\n{THIRD}"


def test_page_heads_and_struck_words_are_left_out_and_inserted_ones_kept() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "内部资料"
    paragraph = document.add_paragraph("步道")
    for change, words in (("del", "没"), ("ins", "亮")):
        tag = "delText" if change == "del" else "t"
        run = f'<w:{change} {W} w:id="1" w:author="a"><w:r><w:{tag}>{words}</w:{tag}></w:r></w:{change}>'
        paragraph._p.append(parse_xml(run))
    paragraph.add_run("起来")
    assert read_word(saved(document)).text == "步道亮起来"


def test_properties_name_a_headline_only_where_nothing_else_does() -> None:
    document = docx.Document()
    document.core_properties.title = "步道报道"
    document.core_properties.created = datetime(2020, 1, 1, tzinfo=UTC)
    document.add_paragraph(FIRST)
    document.add_paragraph(THIRD)
    found = parse_page(read_word(saved(document)))
    assert found.title == "步道报道"
    assert found.date is None


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(ValueError, match=f"{MAX_PART_BYTES:,}"):
        read_word(archive(document=b" " * (MAX_PART_BYTES + 1)))
    with pytest.raises(ValueError, match="times its size"):
        read_word(archive(document=b" " * 5_000_000))


def test_entities_that_grow_are_not_expanded() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE w:document [<!ENTITY e0 "步道">{entities}]><w:document {W}>&e11;</w:document>'
    original = as_docx(f"步道\n{FIRST}")
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, bomb.encode() if name == "word/document.xml" else old.read(name))
    with pytest.raises(ValueError, match="damaged"):
        read_word(file.getvalue())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_breaks_off_looks_incomplete(share: float) -> None:
    whole = as_docx(f"步道\n{FIRST}")
    with pytest.raises(ValueError, match="incomplete"):
        read_word(whole[: int(share * len(whole))])


@pytest.mark.parametrize(
    ("received", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old Word file"),
        (b"", "empty"),
        ("步道".encode(), "no Word document"),
        (archive()[:0] + b"PK\x05\x06" + b"\0" * 18, "no Word document"),
        (archive(document=b"<a/>"), "damaged"),
    ],
)
def test_what_is_no_word_file_is_named(received: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_word(received)
