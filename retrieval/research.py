"""What benchmarks and training use of retrieval beyond its front.

They import nothing else of it: when a module inside moves, only this one follows.
"""

from retrieval.evaluation import (
    Figures,
    Outcome,
    converse,
    curve,
    evaluate,
    figures,
    holds,
    is_right,
    read_conversations,
    read_questions,
)
from retrieval.index.late_interaction import max_per_run
from retrieval.index.local.generation import Generation
from retrieval.index.manifest import FORMAT
from retrieval.index.quantization import BITS, Codec
from retrieval.models import WEIGHTS_FOLDER, bundled, lora
from retrieval.models.encoder import (
    Embedding,
    Floats,
    Offsets,
    SentenceEncoder,
    has_fast_bfloat16,
    limit_threads,
)
from retrieval.models.lora import LAYERS
from retrieval.models.reader import Reader
from retrieval.models.reader_network import MASKED_LOGIT, ReaderNetwork
from retrieval.query.parse import Query, parse
from retrieval.ranking import confidence, refusal, sentences
from retrieval.ranking.candidates import RETRIEVED
from retrieval.ranking.diversify import without_reprints
from retrieval.ranking.features import (
    AnswerSentence,
    Candidate,
    ClosestParts,
    PassageReference,
    bounded_log_odds,
    score_contributions,
    score_of,
)
from retrieval.ranking.passage_text import sentence_of
from retrieval.ranking.pipeline import LOOK_DEPTH, READ_DEPTH, rank
from retrieval.ranking.search import Search, begin
from retrieval.ranking.sentences import unread_sentence
from retrieval.ranking.weights import Weights
from retrieval.text.lexicon import lexicon
from retrieval.text.tokenize import terms

__all__ = [
    "BITS",
    "FORMAT",
    "LAYERS",
    "LOOK_DEPTH",
    "MASKED_LOGIT",
    "READ_DEPTH",
    "RETRIEVED",
    "WEIGHTS_FOLDER",
    "AnswerSentence",
    "Candidate",
    "ClosestParts",
    "Codec",
    "Embedding",
    "Figures",
    "Floats",
    "Generation",
    "Offsets",
    "Outcome",
    "PassageReference",
    "Query",
    "Reader",
    "ReaderNetwork",
    "Search",
    "SentenceEncoder",
    "Weights",
    "begin",
    "bounded_log_odds",
    "bundled",
    "confidence",
    "converse",
    "curve",
    "evaluate",
    "figures",
    "has_fast_bfloat16",
    "holds",
    "is_right",
    "lexicon",
    "limit_threads",
    "lora",
    "max_per_run",
    "parse",
    "rank",
    "read_conversations",
    "read_questions",
    "refusal",
    "score_contributions",
    "score_of",
    "sentence_of",
    "sentences",
    "terms",
    "unread_sentence",
    "without_reprints",
]
