import pytest

from benchmarks.growth import growth_rows, made, projection_rows, read_record
from benchmarks.inputs.synthetic_encoder import SyntheticEncoder
from corpus import sentences

NEWS = {
    str(number): f"第{number}号公园昨日建成。面积{number}亩,种了{number + 7}棵树。" for number in range(20)
}


def test_past_the_news_there_are_is_made_of_halves_of_its_sentences():
    texts = list(made(NEWS, 30))
    assert texts[:20] == list(NEWS.values())
    further = set(texts[20:]) - set(NEWS.values())
    halves = {half for text in NEWS.values() for start, end in sentences(text)
              for half in (text[start : (start + end) // 2], text[(start + end) // 2 : end])}  # fmt: skip
    assert further
    assert all(any(text.startswith(half) for half in halves) for text in further)


def test_synthetic_tokens_cover_the_text_they_stand_for():
    (embedding,) = SyntheticEncoder().encode_passages(["第三号公园昨日建成。"])
    assert embedding.offsets[0, 0] == 0
    assert embedding.offsets[-1, 1] >= 10
    assert (embedding.offsets[1:, 0] == embedding.offsets[:-1, 1]).all()


def test_the_table_and_the_projection_are_made_from_the_record():
    lines = read_record()
    assert growth_rows(list(lines.values()))[-1][0] == f"{max(line['articles'] for line in lines.values()):,}"
    assert projection_rows(lines[max(lines)], 10_000_000)[0][0].startswith("10,000,000 passages")


def test_the_plot_is_drawn_from_the_record(tmp_path):
    pytest.importorskip("matplotlib", reason="of the bench extra")
    from benchmarks.measures.growth_plot import draw

    draw(list(read_record().values()), tmp_path / "growth.svg")
    assert (tmp_path / "growth.svg").read_text(encoding="utf-8").count("<svg") == 1
