from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import torch

from retrieval import Refusal, Retriever
from retrieval.errors import OtherModel, QuestionError, UnknownArticle
from retrieval.models.encoder import limit_threads

pytestmark = pytest.mark.both_backends

QUESTION = "海棠菜市场内设摊位多少个"


@pytest.fixture
def retriever(refreshed, index, encoder):
    refreshed()
    return Retriever.open(index, encoder=encoder)


def test_the_report_that_says_it_comes_first(retriever):
    best = retriever.ask(QUESTION).results[0]
    assert best.article.id == "market.txt"
    assert "128个" in best.text


def test_every_quote_is_a_slice_of_its_article(retriever):
    for result in retriever.ask(QUESTION, k=10).results:
        assert result.text == result.article.text[result.start : result.end]
        assert result.answer.text == result.article.text[result.answer.start : result.answer.end]
        assert result.start <= result.answer.start < result.answer.end <= result.end


def test_results_are_ranked_from_one_by_falling_score(retriever):
    results = retriever.ask("摊位 座位", k=10).results
    assert [result.rank for result in results] == list(range(1, len(results) + 1))
    assert sorted((result.score for result in results), reverse=True) == [r.score for r in results]


def test_no_more_than_k_passages_are_given(retriever):
    assert len(retriever.ask(QUESTION, k=1).results) == 1


def test_a_question_in_traditional_script_gives_the_same_answer(retriever):
    simplified, traditional = retriever.ask(QUESTION), retriever.ask("海棠菜市場內設攤位多少個")
    assert traditional.results == simplified.results


@pytest.mark.parametrize("question", ["", "   ", "？！……", "\u200b\n"])
def test_a_question_without_words_is_refused_as_empty(retriever, question):
    answer = retriever.ask(question)
    assert (answer.answered, answer.reason, answer.results) == (False, Refusal.EMPTY, ())


def test_since_and_until_keep_to_reports_of_those_days(retriever):
    found = retriever.ask(QUESTION, k=10, since=date(2024, 1, 1)).results
    assert {result.article.id for result in found} == {"library.txt"}
    assert retriever.ask(QUESTION, until=date(2023, 5, 6)).results[0].article.id == "market.txt"


def test_a_paper_keeps_to_the_reports_it_printed(retriever):
    assert [article.id for article in retriever.articles(publisher="紫荆晚报")] == ["library.txt"]
    found = retriever.ask(QUESTION, k=10, publisher="紫荊晚報").results
    assert {result.article.id for result in found} == {"library.txt"}
    assert retriever.ask(QUESTION, publisher="玉兰早报").reason is Refusal.FILTERED


def test_a_time_without_reports_is_refused_as_such(retriever):
    assert retriever.ask(QUESTION, since=date(2030, 1, 1)).reason is Refusal.FILTERED


def test_a_question_alone_is_encoded_by_two_threads_and_another_meanwhile_by_one(
    refreshed, index, encoder, monkeypatch
):
    refreshed()
    seen, encode = [], encoder.encode_question

    def recorded(text):
        seen.append(torch.get_num_threads())
        if len(seen) == 1:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(retriever.ask, QUESTION).result()
        return encode(text)

    # The model is the boundary: it tells how many threads it was given, and is slow enough for another.
    monkeypatch.setattr(encoder, "encode_question", recorded)
    with limit_threads(4):
        retriever = Retriever.open(index, encoder=encoder)
        retriever.ask(QUESTION)
        assert (seen, torch.get_num_threads()) == ([2, 1], 4)


def test_asking_for_no_passage_is_an_error(retriever):
    with pytest.raises(QuestionError, match="k is 0"):
        retriever.ask(QUESTION, k=0)


def test_a_refresh_is_followed_at_the_next_question(retriever, refreshed, folder):
    market = folder / "market.txt"
    market.write_text(market.read_text(encoding="utf-8").replace("128", "130"), encoding="utf-8")
    refreshed()
    assert "130个" in retriever.ask(QUESTION).results[0].text


def test_a_reprint_under_another_masthead_appears_once(retriever, refreshed, folder):
    original = (folder / "market.txt").read_text(encoding="utf-8")
    (folder / "reprint.txt").write_text(original.replace("海棠日报", "紫荆晚报"), encoding="utf-8")
    refreshed()
    results = retriever.ask(QUESTION, k=10).results
    assert sum("128个" in result.text for result in results) == 1


def test_an_index_of_another_model_is_not_opened(retriever, index, make_encoder):
    with pytest.raises(OtherModel):
        Retriever.open(index, encoder=make_encoder("other"))


def test_an_article_is_found_by_the_beginning_of_its_id(retriever):
    assert retriever.article("mark").id == "market.txt"


def test_an_unknown_article_is_named(retriever):
    with pytest.raises(UnknownArticle, match=r"nothing\.txt"):
        retriever.article("nothing.txt")


def test_an_answer_prints_its_quotes_and_their_source(retriever):
    shown = str(retriever.ask(QUESTION, k=1))
    assert "128个" in shown
    assert "《【海棠区】海棠菜市场月底开张》 · 海棠日报 · 2023-05-06" in shown


def test_a_notebook_gets_the_answering_sentence_bold_and_text_escaped(retriever, refreshed, folder):
    (folder / "market.txt").write_text("海棠菜市场内设<b>摊位</b>128个。", encoding="utf-8")
    refreshed()
    assert "<b>海棠菜市场内设&lt;b&gt;摊位&lt;/b&gt;128个。</b>" in retriever.ask(QUESTION)._repr_html_()


def test_a_sentence_that_asks_is_not_the_answer(retriever, refreshed, folder):
    (folder / "market.txt").write_text(
        "菜市场\n\n“海棠菜市场内设摊位多少个?”记者问。负责人说,海棠菜市场内设摊位128个。", encoding="utf-8"
    )
    refreshed()
    assert "128个" in retriever.ask("海棠菜市场内设摊位多少个?").results[0].answer.text


def test_a_question_with_a_lone_surrogate_is_answered(retriever):
    assert retriever.ask("\ud800" + QUESTION).results[0].article.id == "market.txt"


def test_a_follow_up_takes_over_what_it_leaves_out(retriever):
    first = retriever.ask("海棠菜市场内设摊位多少个")
    second = retriever.ask("负责人是谁？", after=first)
    assert second.taken
    assert second.question == "负责人是谁？"
    assert "海棠菜市场" in second.asked
    assert "林木森" in second.results[0].text
