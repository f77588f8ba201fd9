from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.botapi.callback_data import key
from bot.content.examples import candidates, example_of, examples
from retrieval import Refusal

Make = Callable[..., Any]


def asked(article: Any) -> list[str]:
    return [one.question for one in candidates(article)]


def test_a_clause_that_ends_on_a_count_becomes_the_question_after_it(article: Make):
    report = article("昨天开会。海棠菜市场设摊位128个，热闹得很。", place=None, title="短")

    assert asked(report) == ["海棠菜市场设摊位有多少个？"]


def test_a_question_that_names_no_place_gets_that_of_the_report(article: Make):
    assert "江北区吸纳爱心企业有多少家？" in asked(article("街上吸纳爱心企业47家。吸纳爱心企业47家。"))


def test_what_leans_on_its_context_makes_no_question(article: Make):
    for text in ("其中女性委员们30名。", "截至目前已完成30个。", "建成于2023年12月30日。", "5个。"):
        assert not [q for q in asked(article(text)) if "多少" in q]


def test_only_questions_that_their_report_answers_are_offered(conversation: Any, article: Make, answer: Make):
    library = conversation.library

    assert len(examples(library, library.reports)) == 2
    library.answer = answer(*library.answer.results, reason=Refusal.NOT_SAID)
    assert examples(library, library.reports) == ()


def test_the_same_reports_give_the_same_questions(conversation: Any):
    library = conversation.library

    assert examples(library, library.reports) == examples(library, library.reports)


def test_a_question_is_found_again_by_its_key(article: Make):
    report = article()
    for one in candidates(report):
        assert example_of(report, key(one.question)) == one.question
    assert example_of(report, "nonsense") is None


@given(text=st.text(st.characters(exclude_categories=())), title=st.text())
def test_any_report_gives_questions_whose_buttons_telegram_takes(text: str, title: str, article: Make):
    for one in candidates(article(text + "，共有各类市场主体12个。", title=title)):
        assert len(one.data.encode()) <= 64
