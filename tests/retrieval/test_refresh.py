import json
import os

import pytest

from corpus import CorpusError
from retrieval.errors import IndexBusy, IndexDamaged, IndexMissing, OtherModel
from retrieval.generation import Generation, building, current_number, folder_of, writing
from retrieval.refresh import refresh
from retrieval.verify import problems


def test_a_first_refresh_embeds_every_passage(refreshed, index, encoder):
    report = refreshed()
    generation = Generation.current(index)
    assert (report.added, report.changed, report.removed, report.unchanged) == (2, 0, 0, 0)
    assert encoder.embedded == [passage.text for passage in generation.passages]
    assert report.embedded == report.passages == len(generation.passages)


def test_a_refresh_without_news_publishes_nothing(refreshed, index):
    first = refreshed()
    second = refreshed()
    assert (second.generation, second.embedded, second.unchanged) == (first.generation, 0, 2)


def test_only_the_changed_passage_is_embedded(refreshed, folder, encoder):
    refreshed()
    encoder.embedded.clear()
    market = folder / "market.txt"
    market.write_text(market.read_text(encoding="utf-8").replace("128", "129"), encoding="utf-8")
    report = refreshed()
    assert (report.changed, report.unchanged, report.embedded) == (1, 1, 1)
    assert "129" in encoder.embedded[0]


def test_a_new_file_is_added_and_a_deleted_one_is_gone(refreshed, folder, index):
    refreshed()
    (folder / "library.txt").unlink()
    (folder / "park.txt").write_text("【海棠区】公园建成\n\n海棠公园昨日建成,面积30亩。", encoding="utf-8")
    report = refreshed()
    assert (report.added, report.removed, report.unchanged) == (1, 1, 1)
    assert [article.id for article in Generation.current(index).articles] == ["market.txt", "park.txt"]


def test_a_refreshed_index_is_the_one_built_from_nothing(refreshed, folder, index, tmp_path, encoder):
    refreshed()
    (folder / "park.txt").write_text("公园建成\n\n海棠公园昨日建成,面积30亩。", encoding="utf-8")
    refreshed()
    refresh(folder, tmp_path / "fresh", encoder=encoder)
    step, fresh = Generation.current(index), Generation.current(tmp_path / "fresh")
    assert step.passages == fresh.passages
    assert (step.tokens.vectors == fresh.tokens.vectors).all()
    assert (step.dense.reconstruct_n(0, -1) == fresh.dense.reconstruct_n(0, -1)).all()


def test_a_rejected_file_is_named_and_the_others_are_indexed(refreshed, folder):
    (folder / "broken.txt").write_bytes(b"\xff\xfe\x00\x00")
    report = refreshed()
    assert [rejection.file for rejection in report.rejected] == ["broken.txt"]
    assert report.added == 2


def test_an_empty_folder_gives_an_empty_index(refreshed, folder, index):
    for file in folder.iterdir():
        file.unlink()
    assert refreshed().passages == 0
    assert problems(index) == ()


def test_a_missing_folder_leaves_the_index_as_it_was(refreshed, index, tmp_path, encoder):
    before = refreshed()
    with pytest.raises(CorpusError, match="nowhere"):
        refresh(tmp_path / "nowhere", index, encoder=encoder)
    assert current_number(index) == before.generation


def test_an_index_of_another_model_is_refused_with_both_names_and_the_command(refreshed, make_encoder, index):
    refreshed()
    with pytest.raises(OtherModel) as refused:
        refreshed(encoder=make_encoder("other"))
    for part in ("letters", "other", f"refresh --index {index}", "--rebuild"):
        assert part in str(refused.value)


def test_a_rebuild_takes_the_new_model(refreshed, make_encoder, index):
    refreshed()
    report = refreshed(encoder=make_encoder("other", 32), rebuild=True)
    assert report.embedded == report.passages
    assert Generation.current(index).manifest.model == "other"


def test_a_second_refresh_at_the_same_time_is_told_so(refreshed, index):
    with writing(index), pytest.raises(IndexBusy, match="another refresh"):
        refreshed()


def test_what_a_killed_refresh_left_is_swept_by_the_next(refreshed, index):
    refreshed()
    left = index / "generations" / ".building-1"
    left.mkdir()
    (left / "articles.jsonl").write_text("half")
    with writing(index), building(index):
        assert not left.exists()


def test_no_more_than_two_generations_are_kept(refreshed, folder, index):
    for number in range(4):
        (folder / "market.txt").write_text(f"海棠菜市场有摊位{number}个,月底开张。", encoding="utf-8")
        refreshed()
    kept = sorted(path.name for path in (index / "generations").iterdir())
    assert kept == ["00000003", "00000004"]


def test_no_index_says_how_to_make_one(tmp_path):
    with pytest.raises(IndexMissing, match="python -m retrieval refresh"):
        Generation.current(tmp_path)


def test_a_whole_index_has_no_problems(refreshed, index):
    refreshed()
    assert problems(index) == ()


def test_a_flipped_bit_is_found(refreshed, index):
    vectors = folder_of(index, refreshed().generation) / "vectors.faiss"
    content = bytearray(vectors.read_bytes())
    content[-3] ^= 1
    vectors.write_bytes(content)
    assert any("vectors.faiss" in problem for problem in problems(index))


def test_a_truncated_file_is_refused_on_opening(refreshed, index):
    tokens = folder_of(index, refreshed().generation) / "tokens.int8"
    os.truncate(tokens, 10)
    with pytest.raises(IndexDamaged, match=r"tokens.int8 has 10 bytes.*--rebuild"):
        Generation.current(index)


def test_an_index_of_another_format_is_refused(refreshed, index):
    manifest = folder_of(index, refreshed().generation) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
    with pytest.raises(IndexDamaged, match="format 99"):
        Generation.current(index)
