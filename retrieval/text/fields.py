"""What of a passage is searched by its terms: its text, what stands above it, and how both are spelled."""

from corpus import Article, Passage
from retrieval.text.header import header
from retrieval.text.pinyin import spelled
from retrieval.text.tokenize import terms


def fields_of(article: Article, passage: Passage) -> tuple[list[str], list[str], list[str]]:
    """The terms of each of a passage's `terms.FIELDS`."""
    above = header(article, passage.section)
    return terms(passage.text), terms(above), spelled(passage.text) + spelled(above)
