import gzip
import json

import pytest

from benchmarks.inputs.datasets import CMRC, locate, read_cmrc, read_xquad


def write(path, records):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    return path


@pytest.fixture
def cmrc(tmp_path):
    passages = [{"kind": "passage", "id": i, "text": f"第{i}段。"} for i in range(30)]
    asked = [
        {"kind": "question", "question": f"第{i}段?", "passage": i, "answers": ["段"]} for i in range(30)
    ]
    return read_cmrc(write(tmp_path / CMRC, [*passages, *asked]))


def test_what_trains_never_measures(cmrc):
    trains, measures = cmrc.part(held=False), cmrc.part(held=True)
    assert trains.texts.keys().isdisjoint(measures.texts)
    assert trains.texts | measures.texts == cmrc.texts
    assert {question.source for question in trains.questions} <= trains.texts.keys()
    assert {question.source for question in measures.questions} <= measures.texts.keys()


def test_the_texts_of_one_topic_are_all_on_one_side(tmp_path):
    asked = [{"zh": "问", "en": "Q", "answer_zh": "答", "answer_en": "A"}]
    records = [
        {"title": f"topic {i % 6}", "passage_zh": f"第{i}段答", "passage_en": f"{i}", "questions": asked}
        for i in range(18)
    ]
    xquad = read_xquad(write(tmp_path / "xquad.jsonl.gz", records))
    measures = xquad.part(held=True)
    assert len(set(measures.topics.values())) == 2
    assert len(measures.texts) == 6
    assert [question.language for question in measures.questions] == ["zh", "en"] * 6


def test_data_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"cmrc2018-dev\.jsonl\.gz is in none of"):
        locate([tmp_path], CMRC)
