"""Texts in two languages, read out of packages made here."""

import pytest

from training.questions.parallel_texts import HELP, read_parallel

ENGLISH = "Opens a dialog in which the margins of the page can be set."
CHINESE = "打开一个对话框，在其中可以设定页面的边距。"


@pytest.fixture
def folder(tmp_path):
    for language, text in (("en-US", ENGLISH), ("zh-CN", CHINESE)):
        page = tmp_path / HELP / language / "text" / "swriter" / "page.html"
        page.parent.mkdir(parents=True)
        page.write_text(
            "".join(f'<p id="p{i}">{text} {i}</p>' for i in range(9)) + f"<p>{text}</p>", encoding="utf-8"
        )
    return tmp_path


def test_a_paragraph_asks_for_the_place_that_says_the_same(folder):
    examples, texts = read_parallel(folder)
    assert len(examples) == 9
    for example in examples:
        place = example.right
        assert texts[place.source][place.at :].startswith(example.twin)
        assert example.question.rpartition(" ")[2] == example.twin.rpartition(" ")[2]


def test_paragraphs_are_paired_by_their_ids(folder):
    page = folder / HELP / "zh-CN" / "text" / "swriter" / "page.html"
    page.write_text(page.read_text(encoding="utf-8").replace('id="p3"', 'id="other"'), encoding="utf-8")
    assert len(read_parallel(folder)[0]) == 8


def test_a_folder_without_packages_is_named(tmp_path):
    with pytest.raises(SystemExit, match=str(tmp_path)):
        read_parallel(tmp_path)
