"""From files as received to clean articles and passages: pure text work, no model, no index."""

from corpus.article import Article, Passage, Reprint, Section
from corpus.errors import CorpusError, UnreadableReport, WenbaoError
from corpus.files import list_files, require_folder
from corpus.fold import simplify
from corpus.passages import split
from corpus.places import (
    districts_around,
    far_places_named,
    place_spans,
    places_named,
    units_named,
)
from corpus.read import Corpus, Reading, Rejection, read_corpus, read_file
from corpus.sentences import sentences
from corpus.stories import publishers

__all__ = [
    "Article",
    "Corpus",
    "CorpusError",
    "Passage",
    "Reading",
    "Rejection",
    "Reprint",
    "Section",
    "UnreadableReport",
    "WenbaoError",
    "districts_around",
    "far_places_named",
    "list_files",
    "place_spans",
    "places_named",
    "publishers",
    "read_corpus",
    "read_file",
    "require_folder",
    "sentences",
    "simplify",
    "split",
    "units_named",
]
