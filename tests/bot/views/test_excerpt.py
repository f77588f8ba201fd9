from hypothesis import assume, given
from hypothesis import strategies as st

from bot.botapi.utf16 import units
from bot.views.excerpt import excerpt, split_budget

TEXT = "第一句很短。第二句说了别的事情。答案就在这一句里！后面还有一句。最后一句。"
ANSWER = (TEXT.index("答案"), TEXT.index("后面"))


def test_a_text_within_the_budget_is_kept_whole():
    assert excerpt(TEXT, ANSWER, units(TEXT)) == (0, len(TEXT))


def test_whole_sentences_around_the_answer_are_kept():
    start, end = excerpt(TEXT, ANSWER, 17)

    assert TEXT[start:end] == "答案就在这一句里！后面还有一句。"


def test_an_answer_in_the_middle_is_kept_with_what_stands_before_and_behind_it():
    start, end = excerpt(TEXT, ANSWER, 27)

    assert TEXT[start:end] == "第二句说了别的事情。答案就在这一句里！后面还有一句。"


def test_a_sentence_longer_than_the_budget_is_cut_between_characters():
    text = "开头。" + "😀" * 50 + "。结尾。"

    start, end = excerpt(text, (3, 54), 21)

    assert text[start:end] == "😀" * 10


def test_without_an_answer_the_beginning_is_kept():
    start, end = excerpt("  \n" + TEXT, (0, 0), 20)

    assert ("  \n" + TEXT)[start:end].strip().startswith("第一句")


@given(st.text("。！\n 中😀a.", min_size=1), st.integers(0, 60), st.integers(0, 60), st.integers(2, 40))
def test_an_excerpt_stays_within_its_budget_and_shows_something(text: str, a: int, b: int, budget: int):
    assume(text.strip())
    answer = (min(a, b, len(text)), min(max(a, b), len(text)))

    start, end = excerpt(text, answer, budget)

    assert 0 <= start <= end <= len(text)
    assert units(text[start:end]) <= budget
    assert text[start:end].strip()


@given(st.lists(st.integers(0, 100), max_size=5), st.integers(0, 200))
def test_shares_never_exceed_needs_or_total_and_waste_nothing(needs: list[int], total: int):
    dealt = split_budget(needs, total)

    assert all(0 <= got <= need for got, need in zip(dealt, needs, strict=True))
    assert sum(dealt) == min(total, sum(needs))
