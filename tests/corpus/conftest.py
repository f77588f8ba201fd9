"""The five reports as received, read once."""

from pathlib import Path

import pytest

from corpus import Article, read_corpus

REPORTS = Path(__file__).parents[2] / "corpus" / "reports"


@pytest.fixture(scope="session")
def reports() -> dict[str, Article]:
    """The articles by the number in front of their file's name."""
    return {article.id[:3]: article for article in read_corpus(REPORTS).articles}
