import gzip
import json

from benchmarks.inputs.datasets import read_cmrc
from benchmarks.rivals import inputs
from benchmarks.rivals.tables import tables
from benchmarks.rivals.worker import Stopwatch

PEERS = ("txtai", "LangChain", "LlamaIndex", "Haystack")


def records(**first):
    """A run in which every peer needs twice our time and puts .5 right, but where told otherwise."""
    found = [{"kind": "machine", "cpu": "CPU", "cores": 2, "python": "3.11"}]
    for name in ("Wenbao", *PEERS, "bare model"):
        slower = 1 if name == "Wenbao" else 2
        found.append({"kind": "system", "system": name, "versions": {name: "9.8"}, "settings": "as it comes"})
        found.append({"kind": "indexing", "system": name, "passages": 100, "seconds": 10 * slower})
        if name != "bare model":
            times = {part: [10 * slower, 20 * slower] for part in ("encoding", "search", "total")}
            found.append({"kind": "question", "system": name, "passages": 20_000, "embedded": True, **times})
            value = first.get(name, 0.5)
            right = {"row": "development", "questions": 40, "first": value, "three": 0.9, "declined": 0.0}
            found.append({"kind": "right", "system": name, **right})
    return found


def row(told, begins):
    return next(line for line in told.splitlines() if line.startswith(begins))


def test_how_many_times_our_time_a_peer_needs_is_told():
    assert row(tables(records()), "txtai").split()[-1] == "2.0"


def test_how_many_times_as_many_passages_we_index_in_a_second_is_told():
    assert row(tables(records()), "bare model").split() == ["bare", "model", "5.0", "2.00"]


def test_a_part_that_was_not_measured_has_no_table():
    told = tables([record for record in records() if record["kind"] != "indexing"])
    assert "warm question" in told
    assert "indexing" not in told


def test_vectors_that_are_not_the_models_are_told():
    assert "synthetic" not in tables(records())
    asked = [record | {"embedded": False} for record in records()]
    assert "20,000 passages with synthetic vectors" in tables(asked)


def test_the_lead_is_over_the_best_peer_not_the_mean():
    told = tables(records(Wenbao=0.95, Haystack=0.825))
    assert "+12.5" in row(told, "points ahead")


def test_versions_and_settings_stand_below_the_figures():
    assert "LlamaIndex 9.8" in tables(records())


def test_a_passage_of_another_text_is_not_right_though_it_holds_the_answer(tmp_path, encoder):
    passages = [
        {"kind": "passage", "id": 1, "text": "丁香镇的公园面积五十亩,昨日建成开放,居民都说散步方便了许多。"},
        {"kind": "passage", "id": 2, "text": "茉莉镇的水库面积五十亩,去年开始蓄水,农民都说浇地方便了许多。"},
    ]
    asked = [{"kind": "question", "question": "公园多大?", "passage": 1, "answers": ["五十亩"]}]
    with gzip.open(tmp_path / "cmrc.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in [*passages, *asked])
    data = read_cmrc(tmp_path / "cmrc.jsonl.gz")
    folder = inputs.cmrc(encoder, data, tmp_path)
    (question,) = inputs.read_asked(folder)
    assert [inputs.read_passages(folder)[number].article for number in question.right] == ["cmrc-00001.txt"]


def test_an_index_is_made_once(tmp_path, encoder):
    texts = {"a": "丁香镇的公园面积五十亩,昨日建成开放,居民都说散步方便了许多。"}
    folder = inputs.indexed(encoder, texts, tmp_path, "news")
    made = (folder / "index").stat().st_mtime_ns
    assert inputs.indexed(encoder, texts, tmp_path, "news") == folder
    assert (folder / "index").stat().st_mtime_ns == made


def test_only_the_watched_method_is_timed():
    class Model:
        def encode(self, text):
            return text.upper()

    model = Model()
    stopwatch = Stopwatch(model, "encode")
    assert stopwatch.milliseconds == 0
    assert model.encode("a") == "A"
    assert stopwatch.milliseconds > 0
