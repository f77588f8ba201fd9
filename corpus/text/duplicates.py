"""Groups near-duplicate articles: copies, reprints and corrected versions of one report.

Two articles are duplicates when they share most of their sentences. The grouping, and the choice of the
article that stands for a group, do not depend on the order in which the articles arrive.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

from corpus.article import Article, Reprint
from corpus.text.normalize import halfwidth
from corpus.text.sentences import sentences

MIN_SHARED = 0.7
"""Two articles are duplicates if their common sentences make up this share of the longer one's characters."""

_SHORTEST = 8  # characters; a shorter sentence stands in many reports by chance

Signature = Mapping[int, int]
"""Maps the hash of each sentence of an article to the sentence's length in characters."""


@dataclass(frozen=True, slots=True)
class ArticleCopy:
    """One article as received.

    `modified` is the time its file was last changed, in nanoseconds; it orders corrections of one day.
    """

    article: Article
    modified: int
    signature: Signature


def signature(article: Article) -> dict[int, int]:
    """Hash each sentence of an article, normalized and without punctuation.

    Short sentences are left out; an article of short sentences alone is hashed as a whole.
    """
    plain = [_plain(article.text[start:end]) for start, end in sentences(article.text)]
    long = [sentence for sentence in plain if len(sentence) >= _SHORTEST] or ["".join(plain)]
    return {_hash(sentence): len(sentence) for sentence in long}


def are_duplicates(one: Signature, other: Signature) -> bool:
    """Tell whether two articles share so many of their sentences that they are one report."""
    shared = sum(length for sentence, length in one.items() if sentence in other)
    return shared >= MIN_SHARED * max(sum(one.values()), sum(other.values()))


def group_duplicates(copies: Sequence[ArticleCopy]) -> Iterator[tuple[ArticleCopy, ...]]:
    """Group articles that are linked by a chain of duplicate pairs; each article is in exactly one group."""
    holders: dict[int, list[int]] = defaultdict(
        list
    )  # hash of a sentence: indices of the copies that hold it
    parents = list(range(len(copies)))  # a union-find forest

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    for index, copy in enumerate(copies):
        shared: dict[int, int] = defaultdict(int)
        for sentence, length in copy.signature.items():
            for other in holders[sentence]:
                shared[other] += length
            holders[sentence].append(index)
        total = sum(copy.signature.values())
        for other, length in shared.items():
            if length >= MIN_SHARED * max(total, sum(copies[other].signature.values())):
                parents[root(index)] = root(other)
    groups: dict[int, list[ArticleCopy]] = defaultdict(list)
    for index, copy in enumerate(copies):
        groups[root(index)].append(copy)
    yield from (tuple(group) for group in groups.values())


def canonical_article(group: Sequence[ArticleCopy]) -> Article:
    """Choose the article that stands for a group: that of the first publisher, in its latest version.

    Returns:
        The article, with the group's other publishers, and other files of the same words, as `reprints`.
        Earlier versions by the same publisher are not among them.
    """
    latest: dict[str, ArticleCopy] = {}
    for copy in sorted(group, key=_version):
        latest[_publisher(copy)] = copy
    current = [copy for copy in group if copy.signature == latest[_publisher(copy)].signature]
    first, *others = sorted((copy.article for copy in current), key=_priority)
    reprints = tuple(Reprint(other.id, other.publisher, other.date, other.url) for other in others)
    return replace(first, reprints=reprints)


def publishers(article: Article) -> tuple[str, ...]:
    """List the publishers of an article and its reprints, each once, the earliest first."""
    found: dict[str, str] = {}
    for publisher in (article.publisher, *(reprint.publisher for reprint in article.reprints)):
        if publisher:
            found.setdefault(halfwidth(publisher), publisher)
    return tuple(found.values())


def _publisher(copy: ArticleCopy) -> str:
    return halfwidth(copy.article.publisher or "")


def _version(copy: ArticleCopy) -> tuple[date, int, str]:
    return copy.article.date or date.min, copy.modified, copy.article.id


def _priority(article: Article) -> tuple[bool, date, str]:
    return article.publisher is None, article.date or date.max, article.id


def _plain(sentence: str) -> str:
    return "".join(char for char in halfwidth(sentence) if char.isalnum())


def _hash(sentence: str) -> int:
    digest = blake2b(sentence.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")
