"""From files as received to clean articles and passages: pure text work, no model, no index."""

from corpus.article import Article, Passage, Section
from corpus.errors import CorpusError, UnreadableReport, WenbaoError
from corpus.files import list_files
from corpus.fold import simplify
from corpus.passages import split
from corpus.read import Corpus, Reading, Rejection, read_corpus, read_file
from corpus.sentences import sentences

__all__ = [
    "Article",
    "Corpus",
    "CorpusError",
    "Passage",
    "Reading",
    "Rejection",
    "Section",
    "UnreadableReport",
    "WenbaoError",
    "list_files",
    "read_corpus",
    "read_file",
    "sentences",
    "simplify",
    "split",
]
