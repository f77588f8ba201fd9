import json
import os

import numpy as np
import pytest

from corpus import CorpusError
from retrieval.errors import IndexBusy, IndexDamaged, IndexMissing, OtherModel
from retrieval.index.local.generation import Generation
from retrieval.index.local.publish import rollback
from retrieval.index.local.verify import problems
from retrieval.index.manifest import current_number, generation_folder, segment_folder
from retrieval.index.open import open_index
from retrieval.index.quantization import SAMPLE
from retrieval.indexing.refresh import refresh


def passages(index):
    """Return all passages of an index of fewer than fifty."""
    snapshot = open_index(index).current()
    everywhere = [1.0] + [0.0] * (snapshot.manifest.dimension - 1)
    found = snapshot.search_vectors(np.asarray(everywhere, np.float32), 50, snapshot.scope())
    return [snapshot.passage(number) for number in found]


@pytest.mark.both_backends
def test_a_first_refresh_embeds_every_passage(refreshed, index, encoder):
    report = refreshed()
    assert (report.added, report.changed, report.removed, report.unchanged) == (2, 0, 0, 0)
    assert sorted(set(encoder.embedded) - set(SAMPLE)) == sorted(passage.text for passage in passages(index))
    assert report.embedded == report.passages == len(passages(index))


@pytest.mark.both_backends
def test_a_refresh_without_changes_publishes_nothing(refreshed, index):
    first = refreshed()
    second = refreshed()
    assert (second.generation, second.embedded, second.unchanged) == (first.generation, 0, 2)


@pytest.mark.both_backends
def test_only_the_changed_passage_is_embedded(refreshed, folder, encoder):
    refreshed()
    encoder.embedded.clear()
    market = folder / "market.txt"
    market.write_text(market.read_text(encoding="utf-8").replace("128", "129"), encoding="utf-8")
    report = refreshed()
    assert (report.changed, report.unchanged, report.embedded) == (1, 1, 1)
    assert "129" in encoder.embedded[0]


@pytest.mark.both_backends
def test_a_new_file_is_added_and_a_deleted_one_removed(refreshed, folder, index):
    refreshed()
    (folder / "library.txt").unlink()
    (folder / "park.txt").write_text("【海棠区】公园建成\n\n海棠公园昨日建成,面积30亩。", encoding="utf-8")
    report = refreshed()
    assert (report.added, report.removed, report.unchanged) == (1, 1, 1)
    assert [article.id for article in open_index(index).current().articles()] == ["market.txt", "park.txt"]


@pytest.mark.both_backends
def test_a_rejected_file_is_named_and_the_others_are_indexed(refreshed, folder):
    (folder / "broken.txt").write_bytes(b"\xff\xfe\x00\x00")
    report = refreshed()
    assert [rejection.file for rejection in report.rejected] == ["broken.txt"]
    assert report.added == 2


@pytest.mark.both_backends
def test_an_empty_folder_gives_an_empty_index(refreshed, folder, index):
    for file in folder.iterdir():
        file.unlink()
    assert refreshed().passages == 0
    assert open_index(index).problems() == ()


@pytest.mark.both_backends
def test_a_missing_folder_leaves_the_index_as_it_was(refreshed, index, tmp_path, encoder):
    before = refreshed()
    with pytest.raises(CorpusError, match="nowhere"):
        refresh(tmp_path / "nowhere", index, encoder=encoder)
    assert open_index(index).number() == before.generation


@pytest.mark.both_backends
def test_an_index_of_another_model_is_refused_with_both_names_and_the_command(refreshed, make_encoder, index):
    refreshed()
    with pytest.raises(OtherModel) as refused:
        refreshed(encoder=make_encoder("other"))
    for part in ("letters", "other", f"refresh --index {index}", "--rebuild"):
        assert part in str(refused.value)


@pytest.mark.both_backends
def test_a_rebuild_uses_the_new_model(refreshed, make_encoder, index):
    refreshed()
    report = refreshed(encoder=make_encoder("other", 32), rebuild=True)
    assert report.embedded == report.passages
    assert open_index(index).current().manifest.model == "other"


@pytest.mark.both_backends
def test_a_second_refresh_at_the_same_time_is_refused(refreshed, index):
    with open_index(index).writing(), pytest.raises(IndexBusy, match="another refresh"):
        refreshed()


def test_files_of_a_killed_refresh_are_deleted_by_the_next(refreshed, index):
    refreshed()
    left = [index / "segments" / ".building", index / "segments" / "00000099"]
    for folder in left:
        folder.mkdir()
        (folder / "catalog.jsonl").write_text("half")
    refreshed()
    assert not any(folder.exists() for folder in left)


def numbers(index, folder):
    return sorted(int(path.name) for path in (index / folder).iterdir())


def edit(folder, number):
    (folder / "market.txt").write_text(f"菜市场\n\n海棠菜市场有摊位{number}个,月底开张。", encoding="utf-8")


def test_the_requested_number_of_generations_is_kept(refreshed, folder, index):
    for number in range(5):
        edit(folder, number)
        refreshed(keep=2)
    assert numbers(index, "generations") == [4, 5]


def test_segments_that_no_generation_needs_are_deleted(refreshed, folder, index):
    for number in range(6):
        edit(folder, number)
        refreshed(keep=1)
    used = {entry.number for entry in Generation.current(index).manifest.segments}
    assert set(numbers(index, "segments")) == used


def test_small_segments_are_merged(refreshed, folder, index):
    for number in range(12):
        name = "甲乙丙丁戊己庚辛壬癸子丑"[number]
        (folder / f"{number}.txt").write_text(
            f"{name}公园\n\n{name * 9}公园昨日建成,面积{number}亩。", encoding="utf-8"
        )
        refreshed()
    generation = Generation.current(index)
    assert len(generation.segments) <= 4
    assert len(generation.articles()) == 14


def test_a_rollback_makes_the_generation_before_current(refreshed, folder, index):
    first = refreshed()
    edit(folder, 7)
    refreshed()
    assert rollback(index) == first.generation == current_number(index)
    assert problems(index) == ()


def test_a_refresh_after_a_rollback_restores_the_current_reports(refreshed, folder, index):
    refreshed()
    edit(folder, 7)
    (folder / "library.txt").unlink()
    forward = refreshed()
    rollback(index)
    again = refreshed()
    assert again.generation > forward.generation
    assert [article.id for article in Generation.current(index).articles()] == ["market.txt"]


def test_a_rollback_to_a_deleted_generation_lists_the_kept_ones(refreshed, index):
    refreshed()
    with pytest.raises(IndexMissing, match="kept: 1"):
        rollback(index, 9)


@pytest.mark.both_backends
def test_the_error_for_a_missing_index_gives_the_command_that_builds_it(index):
    with pytest.raises(IndexMissing, match="python -m retrieval refresh"):
        open_index(index).current()


@pytest.mark.both_backends
def test_an_undamaged_index_has_no_problems(refreshed, index):
    refreshed()
    assert open_index(index).problems() == ()


def test_verify_finds_a_flipped_bit(refreshed, index):
    refreshed()
    vectors = segment_folder(index, 1) / "vectors.faiss"
    content = bytearray(vectors.read_bytes())
    content[-3] ^= 1
    vectors.write_bytes(content)
    assert any("vectors.faiss" in problem for problem in problems(index))


def test_a_truncated_file_is_refused_on_opening(refreshed, index):
    refreshed()
    tokens = segment_folder(index, 1) / "tokens.uint8"
    os.truncate(tokens, 10)
    with pytest.raises(IndexDamaged, match=r"tokens.uint8 has 10 bytes.*--rebuild"):
        Generation.current(index)


def test_an_index_of_another_format_is_refused(refreshed, index):
    manifest = generation_folder(index, refreshed().generation) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
    with pytest.raises(IndexDamaged, match="format 99"):
        Generation.current(index)


@pytest.mark.parametrize("content", [b"x1", b"\xff\xfe", b""])
def test_a_rebuild_repairs_an_invalid_number_of_the_current_generation(refreshed, index, content):
    refreshed()
    (index / "current").write_bytes(content)
    with pytest.raises(IndexDamaged, match="--rebuild"):
        Generation.current(index)
    refreshed(rebuild=True)
    assert problems(index) == ()


@pytest.mark.parametrize("content", ["[]", "{}", '{"format": 2}', "nonsense"])
def test_a_malformed_manifest_is_reported_as_damage(refreshed, index, content):
    number = refreshed().generation
    (generation_folder(index, number) / "manifest.json").write_text(content)
    with pytest.raises(IndexDamaged, match="rollback"):
        Generation.current(index)


@pytest.mark.parametrize(
    "name", ["catalog.jsonl", "vectors.faiss", "texts.utf16", "postings.uint8", "terms.uint32"]
)
def test_verify_finds_overwritten_files(refreshed, index, name):
    refreshed()
    file = segment_folder(index, 1) / name
    file.write_bytes(b"\x00" * file.stat().st_size)
    assert any(name in problem for problem in problems(index))


@pytest.mark.parametrize("name", ["catalog.jsonl", "vectors.faiss"])
def test_reading_overwritten_files_reports_damage(refreshed, index, name):
    refreshed()
    file = segment_folder(index, 1) / name
    file.write_bytes(b"\x00" * file.stat().st_size)
    segment = Generation.current(index).segments[0]
    with pytest.raises(IndexDamaged, match=name):
        _ = segment.catalog, segment.dense
