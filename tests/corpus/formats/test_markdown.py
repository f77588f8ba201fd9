from corpus.formats.markdown import read_markdown
from corpus.layout.parse import parse_page

FIRST = "入夏以来,街道组织志愿者清理沿江步道,居民散步更安心了。"
THIRD = "下一步,街道将把步道接到公园,预计年底前完工。"


def test_the_only_first_heading_is_the_headline() -> None:
    found = parse_page(read_markdown(f"# 沿江步道亮起来\n\n2021-07-08 09:30\n\n{FIRST}\n"))
    assert (found.title, found.text) == ("沿江步道亮起来", FIRST)


def test_headings_are_section_headings_however_they_end() -> None:
    found = parse_page(read_markdown(f"# 步道亮起来\n\n{FIRST}\n\n## 步道为什么连着人心?\n\n{THIRD}\n"))
    assert [section.heading for section in found.sections] == [None, "步道为什么连着人心?"]


def test_of_several_first_headings_none_is_taken_for_the_headline() -> None:
    assert read_markdown(f"# 甲\n\n{FIRST}\n\n# 乙\n\n{THIRD}").title is None


def test_marks_are_removed_and_words_kept() -> None:
    page = read_markdown("**重庆**的*步道*,见[图](http://a.cn/1)和![图片](a.png)`代码`~~旧~~。")
    assert page.text == "重庆的步道,见图和代码旧。"


def test_emphasis_beside_chinese_punctuation_is_removed_too() -> None:
    assert read_markdown("他说**“步道好。”**大家都说好。").text == "他说“步道好。”大家都说好。"


def test_a_paragraph_broken_to_fit_a_screen_is_one_line() -> None:
    assert (
        read_markdown("街道组织志愿者清理\n沿江步道。\n居民 walk\nmore。").text
        == "街道组织志愿者清理沿江步道。\n居民 walk more。"
    )


def test_lists_tables_and_code_are_lines() -> None:
    page = read_markdown("- 甲\n- 乙\n\n| 路 | 长 |\n|---|---|\n| 步道 | 3 |\n\n```\na  b\nc\n```\n")
    assert page.text.split("\n") == ["甲", "乙", "路 长", "步道 3", "a  b", "c"]


def test_html_within_is_what_a_reader_sees() -> None:
    assert read_markdown("<div>步道<br>亮了</div>\n\n街道<b>好</b>").text == "步道\n亮了\n街道好"
