import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["路修好了。", "人来了！", "真的吗？", "是的；", "还有……", "完"],
        ["路修好了!", "真的吗?", "是的;", "完"],
        ["“路通了,出行便利了!”", "2022年6月25日8时,居民程杰走过便道。"],
        ["“能容纳多少人?”", "“有困难吗?”……", "去年4月,委员走进商圈。"],
        ["（见图。）", "然后散会。"],
        ['"好!"', '"走!"', "他说。"],
        ["太好了!!!", "真的?!", "真的。"],
        ["全长3.5公里,增长12.8%。", "V2.0版上线。"],
        ["He came in.", "Then he left at 3.5 p.m. on Monday."],
        ["J. K. Rowling wrote it.", "They read it."],
    ],
)
def test_sentences_end_where_a_reader_pauses(parts: list[str]) -> None:
    gap = " " if parts[0][0].isascii() and parts[0][0].isalpha() else ""
    assert cut(gap.join(parts)) == parts


def test_the_end_mark_within_a_title_ends_nothing() -> None:
    assert cut("他读了《谁来帮我?》一书。很好。") == ["他读了《谁来帮我?》一书。", "很好。"]


def test_a_quoted_question_within_a_sentence_ends_nothing() -> None:
    assert cut("回答“为了谁?”的问题。") == ["回答“为了谁?”的问题。"]
    assert cut("提出“钱从哪来?”等疑问。") == ["提出“钱从哪来?”等疑问。"]


def test_an_unclosed_title_holds_nothing_back() -> None:
    assert cut("他读了《重庆。后来他走了。") == ["他读了《重庆。", "后来他走了。"]


def test_a_web_address_is_no_question() -> None:
    assert cut("见a.cn/x?id=3。完") == ["见a.cn/x?id=3。", "完"]


def test_a_line_break_ends_a_sentence() -> None:
    assert cut("聚人心 惠民生\n民生无小事。") == ["聚人心 惠民生", "民生无小事。"]


TEXT = st.text(alphabet="重庆江北說,、。！？；…!?;.“”‘’《》()（）\"' ab19\n\u3000", max_size=80)


@given(TEXT | st.text())
def test_spans_are_ordered_trimmed_and_leave_out_only_white_space(text: str) -> None:
    covered = 0
    left_out = ""
    for start, end in sentences(text):
        assert covered <= start < end
        assert text[start:end] == text[start:end].strip()
        left_out += text[covered:start]
        covered = end
    assert (left_out + text[covered:]).strip() == ""


@given(TEXT)
def test_no_sentence_holds_a_line_break(text: str) -> None:
    assert not any("\n" in part for part in cut(text))
