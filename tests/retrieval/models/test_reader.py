import numpy as np
import pytest
import torch

from retrieval.index.local.generation import Generation
from retrieval.indexing.refresh import refresh
from retrieval.models import bundled
from retrieval.models.reader import MIN_LOG_SHARE, Reader, ReaderInput, reader_for
from retrieval.models.reader_network import ReaderNetwork
from retrieval.query.parse import parse
from retrieval.ranking.passage_text import sentence_of
from retrieval.ranking.pipeline import READ_DEPTH, rank
from retrieval.ranking.search import begin
from retrieval.ranking.sentences import answer_sentences


@pytest.fixture
def reader():
    return Reader(ReaderNetwork(8))


def vectors(rows, seed):
    found = np.random.default_rng(seed).normal(size=(rows, 8)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_the_shares_of_the_sentences_make_up_the_whole(reader):
    reading = reader.read(vectors(4, 1), vectors(9, 2), np.asarray([0, 0, 0, 1, 1, 1, 2, 2, 2]), 3)
    assert np.exp(reading.sentence_log_shares).sum() == pytest.approx(1, abs=1e-4)


def test_a_sentence_without_tokens_has_the_least_share(reader):
    reading = reader.read(vectors(4, 1), vectors(3, 2), np.asarray([0, 0, 2]), 3)
    assert reading.sentence_log_shares[1] == pytest.approx(MIN_LOG_SHARE)


@pytest.mark.parametrize(("asked", "held"), [(0, 3), (4, 0)])
def test_a_text_without_tokens_is_not_read(reader, asked, held):
    reading = reader.read(vectors(asked, 1), vectors(held, 2), np.zeros(held, np.int64), 2)
    assert (reading.answer_log_odds, reading.sentence_log_shares.tolist()) == (MIN_LOG_SHARE, [0, 0])


@pytest.mark.parametrize(("asked", "held"), [(4, 9), (1, 9), (4, 1)])
def test_the_answer_is_weighed_against_there_being_none(asked, held):
    network = ReaderNetwork(8).eval()
    question, passage, sentence_ids = vectors(asked, 1), vectors(held, 2), np.arange(held) // 3
    texts = (torch.from_numpy(each)[None] for each in (question, passage))
    masks = (torch.ones(1, length, dtype=torch.bool) for length in (asked, held))
    tokens, no_answer = network(*texts, *masks, torch.from_numpy(sentence_ids)[None])
    output = Reader(network).read(question, passage, sentence_ids, 3)
    assert output.answer_log_odds == pytest.approx((tokens.logsumexp(1) - no_answer).item(), abs=1e-4)
    shares = tokens.softmax(1)[0].detach().numpy()
    filled = np.bincount(sentence_ids, shares, minlength=3)
    assert np.exp(output.sentence_log_shares) == pytest.approx(filled, abs=1e-4)


def test_passages_are_read_together_as_they_are_one_by_one(reader):
    question = vectors(4, 1)
    passages = [ReaderInput(vectors(held, held), np.arange(held) // 3, 3) for held in (9, 2, 0, 6)]
    alone = [reader.read(question, each.tokens, each.sentence_ids, each.sentences) for each in passages]
    for one, other in zip(reader.read_batch(question, passages), alone, strict=True):
        assert one.answer_log_odds == pytest.approx(other.answer_log_odds, abs=1e-4)
        assert one.sentence_log_shares == pytest.approx(other.sentence_log_shares, abs=1e-4)


def test_padding_beside_a_longer_passage_changes_nothing():
    network = ReaderNetwork(8).eval()
    question, passage = (torch.from_numpy(vectors(rows, rows))[None] for rows in (4, 9))
    sentence = torch.asarray([[0, 0, 0, 1, 1, 1, 2, 2, 2]])
    there = (torch.ones(1, length, dtype=torch.bool) for length in (4, 9))
    alone, none = network(question, passage, *there, sentence)
    padded, none_padded = network(
        torch.nn.functional.pad(question, (0, 0, 0, 2)),
        torch.nn.functional.pad(passage, (0, 0, 0, 3)),
        torch.asarray([[True] * 4 + [False] * 2]),
        torch.asarray([[True] * 9 + [False] * 3]),
        torch.nn.functional.pad(sentence, (0, 3)),
    )
    torch.testing.assert_close(padded[:, :9], alone)
    torch.testing.assert_close(none_padded, none)


def test_a_token_is_of_the_sentence_that_ends_behind_its_place():
    assert sentence_of(np.asarray([0, 4, 5, 9, 12]), [5, 10]).tolist() == [0, 0, 1, 1, 1]


@pytest.mark.real
def test_only_the_vectors_it_was_trained_on_are_read():
    assert reader_for(bundled.adapted_name()) is not None
    assert reader_for(bundled.BASE_NAME) is None
    assert reader_for("intfloat/multilingual-e5-small") is None


@pytest.mark.real
def test_of_two_numbers_the_one_asked_for_is_read(real_retriever, tmp_path):
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "one.txt").write_text(
        "海棠街道忙民生\n\n海棠街道把全街划成了大网格7个。每个网格里都配了专职网格员2名。"
        "去年他们一共上门走访了独居老人340户。",
        encoding="utf-8",
    )
    encoder = real_retriever.encoder
    refresh(reports, tmp_path / "index", encoder=encoder)
    generation = Generation.current(tmp_path / "index")
    for question, answer in (
        ("有几个大网格？", "7个"),
        ("每个网格有几名网格员？", "2名"),
        ("上门走访了多少户老人？", "340户"),
    ):
        search = begin(generation, parse(question, encoder))
        (found,) = answer_sentences(search, rank(search)[:1])
        assert answer in found.span.text
        assert found.answer_log_odds > 0


@pytest.mark.real
def test_every_passage_that_is_shown_has_been_read(real_retriever):
    results = real_retriever.ask("各区“渝事好商量”都解决了哪些问题？", 2 * READ_DEPTH, explain=True).results
    assert len(results) == 2 * READ_DEPTH
    assert all(result.explanation.features["read"] for result in results)
