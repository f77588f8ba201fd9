"""How answers look: in a shell, in a notebook, as a table."""

from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from corpus import Article, Section
from retrieval import Answer, Refusal, Result, Retriever, Span

TEXT = "前面一段。\n公园建成。面积30亩。\n后面一段。"


def article(day=None, place="海棠区", url=None):
    return Article(
        "a.txt", "公园", None, "海棠日报", day, None, place, (Section(None, 0, len(TEXT)),), TEXT, url
    )


def result(rank=1, text="面积30亩。", of=None):
    start = TEXT.index("公园建成")
    answer = Span(start + 5, start + 5 + len(text), text)
    return Result(
        rank, 1.0, 0.9, of or article(), "一节", start, start + 11, TEXT[start : start + 11], answer
    )


def answer(*results, **more):
    return Answer("面积多少亩？", True, None, tuple(results), 1.0, **more)


def test_rich_shows_the_quote_with_its_source():
    screen = Console(file=StringIO(), width=60, color_system=None)
    screen.print(answer(result()))
    shown = screen.file.getvalue()
    assert "公园建成。面积30亩。" in shown
    assert "《公园》 · 海棠日报" in shown


def test_a_notebook_gets_the_paragraphs_around_on_demand():
    shown = answer(result())._repr_html_()
    assert "<details>" in shown
    assert "前面一段。" in shown
    assert "后面一段。" in shown


def test_only_web_addresses_become_links():
    assert 'href="https://news.example/1"' in result(of=article(url="https://news.example/1"))._repr_html_()
    assert "href" not in result(of=article(url="javascript:alert(1)"))._repr_html_()


def test_an_article_prints_whole():
    assert str(article()).startswith("公园\n海棠日报")
    assert "后面一段。" in article()._repr_html_()


def test_a_refusal_names_what_no_report_mentions():
    refused = Answer("?", False, Refusal.NOT_SAID, (result(),), 1.0, missing="渝北")
    assert "渝北" in str(refused)
    assert "《公园》" in str(refused)


def test_figures_that_change_over_time_are_quoted_in_order_of_date():
    newer, older = article(date(2024, 1, 1)), article(date(2023, 1, 1))
    quotes = answer(result(1, of=newer), result(2, of=older), over_time=True).quotes
    assert [quote.article.date for quote in quotes] == [date(2023, 1, 1), date(2024, 1, 1)]


def test_a_table_has_a_row_for_each_result():
    pandas = pytest.importorskip("pandas", reason="pip install pandas")
    found = answer(result(1), result(2)).to_frame()
    assert isinstance(found, pandas.DataFrame)
    assert list(found["rank"]) == [1, 2]


@pytest.fixture
def retriever(refreshed, index, encoder):
    refreshed()
    return Retriever.open(index, encoder=encoder)


def test_an_explanation_names_the_tokens_that_match(retriever):
    best = retriever.ask("海棠菜市场内设摊位多少个", explain=True).results[0]
    matches = best.explanation.matches
    assert any(best.article.text[each.start : each.end] == each.article_word for each in matches)
    assert "MaxSim" in str(best)


def test_nothing_is_explained_unasked(retriever):
    assert retriever.ask("海棠菜市场内设摊位多少个").results[0].explanation is None


def test_figures_of_several_days_in_one_district_are_told_apart(retriever, refreshed, folder):
    for year, count in ((2022, 90), (2023, 128)):
        (folder / f"{year}.txt").write_text(
            f"海棠菜市场\n\n海棠日报 {year}年05月06日\n\n海棠菜市场内设摊位{count}个。", encoding="utf-8"
        )
    (folder / "market.txt").unlink()
    refreshed()
    found = retriever.ask("海棠菜市场内设摊位多少个", k=2)
    assert found.over_time
    assert [quote.article.date.year for quote in found.quotes] == [2022, 2023]


def test_a_question_about_several_places_gets_each_reports_best_passage(retriever):
    results = retriever.ask("各区的馆藏和摊位有多少？", k=2).results
    assert len({each.article.id for each in results}) == 2
