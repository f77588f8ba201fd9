"""Whatever bytes a file holds, it gives articles or a reason, in time."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import mutate
from benchmarks.inputs.report_formats import MAKERS
from corpus import UnreadableReport, read_file
from corpus.read import PAGE_READERS, RECORD_READERS

TEXT = (
    "沿江步道亮起来\n2021-07-08 09:30 来源：山城晚报\n入夏以来,街道组织志愿者清理沿江步道,居民更安心了。\n"
    "步道连着人心\n“步道干净了,我们天天来。”居民周大姐说。\n(记者 陈一)"
)
SUFFIXES = [*PAGE_READERS, *RECORD_READERS]
# One folder serves all examples of a test: each writes its file anew.
quickly = settings(
    max_examples=60,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def require_articles_or_a_reason(folder: Path, suffix: str, content: bytes) -> None:
    path = folder / f"a{suffix}"
    path.write_bytes(content)
    try:
        reading = read_file(path, folder)
    except UnreadableReport as refusal:
        reasons = [refusal.reason]
    else:
        reasons = [rejection.reason for rejection in reading.rejected]
        for article in reading.articles:
            assert article.title.strip()
            assert all(article.text[s.start : s.end].strip() for s in article.sections)
            assert article.text.encode()
    assert all(len(reason) > 10 and "\n" not in reason for reason in reasons)


@pytest.mark.parametrize("suffix", SUFFIXES)
@quickly
@given(content=st.binary(max_size=2_000))
def test_any_bytes_give_articles_or_a_reason(tmp_path: Path, suffix: str, content: bytes) -> None:
    require_articles_or_a_reason(tmp_path, suffix, content)


@pytest.mark.parametrize("suffix", SUFFIXES)
@quickly
@given(content=st.text(max_size=500))
def test_any_text_gives_articles_or_a_reason(tmp_path: Path, suffix: str, content: str) -> None:
    require_articles_or_a_reason(tmp_path, suffix, content.encode())


@pytest.mark.parametrize("suffix", MAKERS)
@quickly
@given(seed=st.integers(0, 2**32))
def test_a_damaged_report_gives_articles_or_a_reason(tmp_path: Path, suffix: str, seed: int) -> None:
    require_articles_or_a_reason(tmp_path, suffix, mutate(MAKERS[suffix](TEXT), random.Random(seed)))
