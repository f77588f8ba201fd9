"""The true model on the true reports."""

import shutil

import pytest
from sentence_transformers import SentenceTransformer

from corpus.text.normalize import compact
from retrieval import Refusal, Retriever
from retrieval.errors import OtherModel
from retrieval.evaluation import evaluate, figures, is_right, read_questions
from retrieval.index.address import parse_address
from retrieval.index.milvus.connection import disconnect
from retrieval.indexing.refresh import refresh
from retrieval.models import bundled

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def asked(pytestconfig):
    return read_questions(pytestconfig.rootpath / "tests" / "data" / "questions.jsonl")


def of_type(asked, *types):
    return [question for question in asked if question.type in types]


def test_the_right_passage_is_among_the_first_three_for_nine_in_ten(real_retriever, asked):
    table = {line.type: line for line in figures(evaluate(real_retriever, asked))}
    assert table["all"].hit3 >= 0.90


def test_lexical_and_traditional_questions_quote_the_right_report(real_retriever, asked):
    for question in of_type(asked, "lex", "trad"):
        answer = real_retriever.ask(question.question)
        assert answer.answered, question.question
        titles = [compact(result.article.title) for result in answer.results]
        assert any(compact(question.report) in title for title in titles), question.question


def test_questions_about_mended_words_are_answered(real_retriever, asked):
    for question in of_type(asked, "dirty"):
        best = real_retriever.ask(question.question).results[0]
        assert is_right(best.article, best.text, question)


def test_questions_that_have_nothing_to_do_with_the_reports_are_refused(real_retriever, asked):
    for question in of_type(asked, "none_far"):
        answer = real_retriever.ask(question.question)
        # A place that no report names is told: 北京.
        wanted = Refusal.NOT_SAID if answer.missing else Refusal.UNRELATED
        assert answer.reason is wanted, question.question


def test_the_answering_sentence_of_a_plain_question_holds_the_answer(real_retriever):
    best = real_retriever.ask("华新街建成了几个养老服务中心？").results[0]
    assert "养老服务中心2个" in best.answer.text


def test_a_place_no_report_names_is_not_answered_for_by_another(real_retriever):
    assert real_retriever.ask("渝北区有多少名政协委员？").reason is Refusal.NOT_SAID
    assert real_retriever.ask("江北区有多少名政协委员？").answered


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("华新互助会有多少名注册志愿者？", "華新互助會有多少名註冊志願者？"),
        ("两路口街道办理临时救助多少人次？", "兩路口街道辦理臨時救助多少人次？"),
        ("石马河街道给多少户老人家庭做了适老化改造？", "石馬河街道給多少戶老人家庭做了適老化改造？"),
    ],
)
def test_both_scripts_give_the_same_answer(real_retriever, simplified, traditional):
    assert real_retriever.ask(traditional).results == real_retriever.ask(simplified).results


def test_quotes_are_slices_of_the_articles_as_indexed(real_retriever, asked):
    articles = {article.id: article.text for article in real_retriever.articles()}
    for question in asked:
        for result in real_retriever.ask(question.question).results:
            assert result.text == articles[result.article.id][result.start : result.end]


def test_a_place_keeps_to_its_reports(real_retriever, asked):
    results = real_retriever.ask("有多少名委员？", k=10, place="南川").results
    assert results
    assert {result.article.place for result in results} == {"南川区"}


def test_a_right_passage_is_told_by_report_and_answer(real_retriever, asked):
    question = next(question for question in asked if question.id == "d001")
    best = real_retriever.ask(question.question).results[0]
    assert is_right(best.article, best.text, question)
    assert not is_right(best.article, "另一段话", question)


def test_another_model_folder_makes_and_serves_its_own_index(reports, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(bundled.prepare(), folder)
    corpus = tmp_path / "reports"
    corpus.mkdir()
    shutil.copy(reports / "004_f21a9d9273492b6a.txt", corpus)
    index = tmp_path / "index"
    refresh(corpus, index, model=str(folder))
    answer = Retriever.open(index, model=str(folder)).ask("调解纠纷的成功率是多少？")
    assert "96%" in answer.results[0].text
    with pytest.raises(OtherModel, match=str(folder)):
        Retriever.open(index)


def test_what_a_score_is_made_of_adds_up_to_it(real_retriever):
    answer = real_retriever.ask("石马河街道有多少名志愿者？", explain=True)
    for result in answer.results:
        assert sum(result.explanation.score.values()) == pytest.approx(result.score, abs=1e-3)


def test_the_faster_forward_pass_computes_what_the_library_does(real_retriever):
    texts = ["江北区政协委员调研养老服务。", "华新街建成了七十四个养老服务中心。" * 5]
    library = SentenceTransformer(
        str(bundled.prepare()), local_files_only=True, model_kwargs={"dtype": "float32"}
    )
    wanted = library.encode(texts, prompt_name="document", normalize_embeddings=True)
    for vector, found in zip(wanted, real_retriever.encoder.encode_passages(texts), strict=True):
        assert float(vector @ found.vector) > 0.9995


def test_the_same_passages_come_first_in_milvus(real_retriever, reports, asked, tmp_path):
    address = f"milvus:{tmp_path / 'index.db'}"
    try:
        refresh(reports, address, encoder=real_retriever.encoder)
        there = Retriever.open(address, encoder=real_retriever.encoder)
        for question in asked:
            here, found = real_retriever.ask(question.question), there.ask(question.question)
            assert found.reason == here.reason, question.question
            assert [(r.article.id, r.text, r.answer) for r in found.results] == [
                (r.article.id, r.text, r.answer) for r in here.results
            ], question.question
    finally:
        disconnect(parse_address(address))
