"""The true model, taught for a step or two; needs the extra `train`."""

import pytest

pytest.importorskip("peft", reason="pip install '.[train]'")
pytestmark = pytest.mark.real

import numpy as np
import torch
from safetensors.numpy import load_file

from retrieval.models import bundled, lora
from retrieval.models.encoder import load
from training.batches import PASSAGE, QUERY
from training.loss import JointLoss, label
from training.model import student, write_adapter
from training.recipe import Recipe

PAIRS = [
    ("华新街有几个养老服务中心？", "华新街建成养老服务中心2个。", "江北区政协召开会议。"),
    ("How many chambers of commerce?", "大石坝街道成立了首个商会。", "两路口街道划分微网格。"),
]


@pytest.fixture
def model():
    torch.manual_seed(1)
    return student(bundled.prepare(weights=None), rank=4)


def features(model):
    columns = zip(*PAIRS, strict=True)
    found = [
        model.preprocess([(PASSAGE if i else QUERY) + text for text in column])
        for i, column in enumerate(columns)
    ]
    for i, column in enumerate(found):
        column["task"] = "document" if i else "query"
    return found


def test_the_student_scores_the_tokens_that_the_index_stores(model):
    encoder = load(bundled.BASE_NAME)
    for text, kind, prompt in ((PAIRS[0][0], "query", QUERY), (PAIRS[0][1], "document", PASSAGE)):
        theirs = encoder.encode_question(text) if kind == "query" else encoder.encode_passages([text])[0]
        with torch.no_grad():
            ours = model(model.preprocess([prompt + text]), task=kind)
        tokens = ours["token_embeddings"][0][ours["attention_mask"][0].bool()].float().numpy()
        assert tokens.shape == theirs.tokens.shape
        assert (tokens * theirs.tokens).sum(axis=1).min() > 0.999
        assert float(ours["sentence_embedding"][0].float().numpy() @ theirs.vector) > 0.999


def test_only_the_low_rank_weights_learn(model):
    learning = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert len(learning) == 12 * 6 * 2
    assert all(".lora_" in name for name in learning)


def test_a_step_brings_the_right_passages_nearer(model):
    loss = JointLoss(model, Recipe())
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=2e-3)
    before = loss(features(model))
    before.backward()
    optimiser.step()
    assert loss(features(model)).item() < before.item()


def test_the_adapter_written_gives_the_unpacked_model_the_students_vectors(model, tmp_path):
    for parameter in model.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.02)
    write_adapter(model, tmp_path / "adapter.safetensors", {})
    assert {layer for layer, _ in lora.weight_deltas(tmp_path / "adapter.safetensors")}
    assert {array.dtype for array in load_file(tmp_path / "adapter.safetensors").values()} == {np.dtype("f2")}
    folder = bundled.prepare(tmp_path / "cache", weights=tmp_path / "adapter.safetensors")
    ours = load(str(folder)).encode_question(PAIRS[0][0]).vector
    with torch.no_grad():
        theirs = model(model.preprocess([QUERY + PAIRS[0][0]]), task="query")["sentence_embedding"][0]
    assert float(theirs.float().numpy() @ ours) > 0.999


PASSAGE_OF_TWO = "街道召开了会议。会上说，华新街建成养老服务中心2个。"


def labelled(answer):
    encoder = load(bundled.BASE_NAME)
    (passage,) = encoder.encode_passages([PASSAGE_OF_TWO])
    found = label(encoder.encode_question(PAIRS[0][0]).vector, passage, PASSAGE_OF_TWO, answer, 7)
    ends = [2 * encoder.dimension, len(found) - 2, len(found) - 1]
    vectors, of_token, answering, source = np.split(np.asarray(found), ends)
    assert source == [7]
    assert len(vectors) == 2 * encoder.dimension
    return of_token[: len(passage.tokens)], int(answering[0])


def test_a_label_tells_the_sentence_of_each_token_and_of_the_answer():
    of_token, answering = labelled(PASSAGE_OF_TWO.index("2个"))
    assert set(of_token) == {0, 1}
    assert answering == 1


def test_where_the_answer_stands_unknown_no_sentence_is_labelled():
    assert labelled(-1)[1] == -1


def test_the_loss_is_higher_where_another_sentence_is_said_to_answer(model):
    encoder = load(bundled.BASE_NAME)
    questions = [question for question, _, _ in PAIRS]
    texts = [PASSAGE_OF_TWO, PAIRS[1][1]]

    def loss(answers):
        columns = [[QUERY + q for q in questions], [PASSAGE + t for t in texts], [PASSAGE + PAIRS[0][2]] * 2]
        found = [model.preprocess(column) for column in columns]
        for i, column in enumerate(found):
            column["task"] = "document" if i else "query"
        labels = [
            label(encoder.encode_question(q).vector, passage, text, answer, source)
            for source, (q, text, passage, answer) in enumerate(
                zip(questions, texts, encoder.encode_passages(texts), answers, strict=True)
            )
        ]
        with torch.no_grad():
            return JointLoss(model, Recipe())(found, torch.tensor(labels)).item()

    assert loss([PASSAGE_OF_TWO.index("2个"), -1]) < loss([0, -1])
