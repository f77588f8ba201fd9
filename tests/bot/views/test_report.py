from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.i18n.wording import LANGUAGES, wording
from bot.views.report import Order, first_page, page_at, reports_list

Make = Callable[..., Any]
CHINESE = wording("zh-Hans")
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=200),
    st.builds(lambda text, times: text * times,
              st.text("甲。！\n 😀a.\u200b\x00\ud83d", min_size=1, max_size=30),
              st.integers(1, 400)),
)  # fmt: skip


def listed(articles: list[Any], order: Order = Order.DATE) -> list[str]:
    """All lines of all pages."""
    pages = -(-len(articles) // 8)
    return [line for n in range(pages) for line in reports_list(articles, order, n, CHINESE).text.split("\n")]


def test_reports_are_listed_newest_first_under_their_months_and_those_without_a_date_last(article: Make):
    reports = [
        article(id="a", title="没有日期", date=None, publisher=None, place=None),
        article(id="b", title="旧的", date=date(2022, 3, 21)),
        article(id="c", title="新的", date=date(2025, 1, 9), place=None),
    ]

    assert listed(reports) == [
        "共 3 篇报道，点号码读全文：",
        "", "2025年1月", "1. 2025年1月9日 · 重庆日报 · 《新的》",
        "", "2022年3月", "2. 2022年3月21日 · 重庆日报 · 《旧的》 · 江北区",
        "", "日期不详", "3. 《没有日期》",
    ]  # fmt: skip


def test_reports_are_listed_by_place_and_by_paper(article: Make):
    reports = [
        article(id="a", title="甲", place="渝中区", publisher="重庆日报"),
        article(id="b", title="乙", place="江北区", publisher=None),
        article(id="c", title="丙", place=None, publisher="南川发布"),
    ]

    headings = [line for line in listed(reports, Order.PLACE) if line in ("江北区", "渝中区", "地方不详")]
    assert headings == ["江北区", "渝中区", "地方不详"]
    headings = [line for line in listed(reports, Order.PAPER) if line in ("南川发布", "重庆日报", "出处不详")]
    assert headings == ["南川发布", "重庆日报", "出处不详"]


def test_without_reports_that_is_what_is_said():
    assert reports_list([], Order.DATE, 0, CHINESE).text == "现在还没有报道。"


@given(titles=st.lists(TEXTS, max_size=20), order=st.sampled_from(Order))
def test_every_report_stands_on_one_page_of_the_list(
    titles: list[str], order: Order, article: Make, why_refused: Make
):
    reports = [
        article(id=str(n), title=title, place=title, publisher=title) for n, title in enumerate(titles)
    ]

    numbers = []
    for page in range(-(-len(reports) // 8)):
        message = reports_list(reports, order, page, CHINESE)
        assert why_refused(
            message.text, [e.to_dict() for e in message.entities], message.markup.to_dict()
        ) is None  # fmt: skip
        numbers += [b.text for row in message.buttons for b in row if b.text.isdigit()]
    assert numbers == [str(n + 1) for n in range(len(reports))]


def test_a_number_of_a_page_that_is_not_there_gives_the_nearest(article: Make):
    reports = [article(id=str(n)) for n in range(20)]

    assert reports_list(reports, Order.DATE, 99, CHINESE) == reports_list(reports, Order.DATE, 2, CHINESE)


def test_the_list_is_turned_ordered_and_read_by_its_buttons(conversation: Any, update: Make, article: Make):
    conversation.library.reports = tuple(article(id=str(n), title=f"第{n}篇") for n in range(20))
    message = conversation.answer_to(update("/sources"))

    turned_, _ = conversation.press(message.data("▶"))
    assert "9. " in turned_.text
    assert "2/3" in turned_.labels
    opened, _ = conversation.press(turned_.data("9"))
    assert opened.quotes == [article().text]
    back, _ = conversation.press(opened.data("« 返回"))
    assert back.text == turned_.text
    by_paper, _ = conversation.press(back.data("按报纸"))
    assert "重庆日报" in by_paper.marked("bold")


def test_a_page_of_the_list_can_be_named_behind_the_command(conversation: Any, update: Make, article: Make):
    conversation.library.reports = tuple(article(id=str(n)) for n in range(20))

    assert "17. " in conversation.answer_to(update("/sources 3")).text


def test_latest_lists_the_newest_and_opens_them(conversation: Any, update: Make, article: Make):
    conversation.library.reports = tuple(
        article(id=str(n), title=f"第{n}篇", date=date(2024, 1, n + 1)) for n in range(20)
    )
    message = conversation.answer_to(update("/latest"))

    assert [line[:2] for line in message.text.split("\n")[1:]] == [f"{n}." for n in range(1, 9)]
    assert "第19篇" in message.text.split("\n")[1]
    opened, _ = conversation.press(message.data("1"))
    back, _ = conversation.press(opened.data("« 返回"))
    assert back.text == message.text


@given(
    text=TEXTS,
    offset=st.integers(0, 3_000),
    direction=st.sampled_from("fb"),
    language=st.sampled_from(LANGUAGES),
)
def test_telegram_takes_every_page_of_every_report(
    text: str, offset: int, direction: str, language: str, article: Make, why_refused: Make
):
    report = article(text, id=text[:50], title=text)
    for message in (
        first_page(report, wording(language)),
        page_at(report, direction, offset, wording(language), "a999999999q"),
    ):
        markup = message.markup.to_dict() if message.markup else None
        assert why_refused(message.text, [e.to_dict() for e in message.entities], markup) is None
