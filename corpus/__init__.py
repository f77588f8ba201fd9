"""Reads report files into clean articles and passages, without a model or an index."""

from corpus.article import Article, Passage, Reprint, Section
from corpus.errors import CorpusError, UnreadableReport, WenbaoError
from corpus.files import require_folder
from corpus.read import ParsedFile, Rejection, read_file
from corpus.text.duplicates import publishers
from corpus.text.normalize import simplify
from corpus.text.passages import split_passages
from corpus.text.places import (
    districts_around,
    far_places_named,
    place_spans,
    places_named,
    units_named,
)
from corpus.text.sentences import sentences

__all__ = [
    "Article",
    "CorpusError",
    "ParsedFile",
    "Passage",
    "Rejection",
    "Reprint",
    "Section",
    "UnreadableReport",
    "WenbaoError",
    "districts_around",
    "far_places_named",
    "place_spans",
    "places_named",
    "publishers",
    "read_file",
    "require_folder",
    "sentences",
    "simplify",
    "split_passages",
    "units_named",
]
