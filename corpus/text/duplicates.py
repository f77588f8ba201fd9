"""Stories: the same report received twice, reprinted elsewhere, or corrected, is told once.

Two articles tell one story when they share most of their sentences. Which one is quoted, and which
sources are named beside it, depends on the articles alone and not on the order they came in.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

from corpus.article import Article, Reprint
from corpus.text.normalize import halfwidth
from corpus.text.sentences import sentences

SAME = 0.7
"""Articles that share this part of the longer one's characters, in whole sentences, are one story."""

_SHORTEST = 8  # characters; a shorter sentence stands in many reports by chance

Signature = Mapping[int, int]
"""What an article is compared by: a hash of each of its sentences, with its length in characters."""


@dataclass(frozen=True, slots=True)
class Member:
    """One article as received. `modified`, nanoseconds, tells which of two corrections came later."""

    article: Article
    modified: int
    signature: Signature


def signature(article: Article) -> dict[int, int]:
    """Hash an article's sentences, folded and without punctuation; a text of short ones as a whole."""
    plain = [_plain(article.text[start:end]) for start, end in sentences(article.text)]
    long = [sentence for sentence in plain if len(sentence) >= _SHORTEST] or ["".join(plain)]
    return {_hash(sentence): len(sentence) for sentence in long}


def same_story(one: Signature, other: Signature) -> bool:
    """Whether two articles tell one story."""
    shared = sum(length for sentence, length in one.items() if sentence in other)
    return shared >= SAME * max(sum(one.values()), sum(other.values()))


def stories(members: Sequence[Member]) -> Iterator[tuple[Member, ...]]:
    """Group members into stories: whatever is linked by a chain of pairs that tell the same."""
    holders: dict[int, list[int]] = defaultdict(list)
    leader = list(range(len(members)))

    def root(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for place, member in enumerate(members):
        shared: dict[int, int] = defaultdict(int)
        for sentence, length in member.signature.items():
            for other in holders[sentence]:
                shared[other] += length
            holders[sentence].append(place)
        total = sum(member.signature.values())
        for other, length in shared.items():
            if length >= SAME * max(total, sum(members[other].signature.values())):
                leader[root(place)] = root(other)
    groups: dict[int, list[Member]] = defaultdict(list)
    for place, member in enumerate(members):
        groups[root(place)].append(member)
    yield from (tuple(group) for group in groups.values())


def told(story: Sequence[Member]) -> Article:
    """The article that tells a story: the first to report it, in its latest version.

    Other publishers, and other files of the same words, are named in `reprints`; an earlier version by
    the same publisher is not.
    """
    latest: dict[str, Member] = {}
    for member in sorted(story, key=_version):
        latest[_publisher(member)] = member
    current = [member for member in story if member.signature == latest[_publisher(member)].signature]
    first, *others = sorted((member.article for member in current), key=_priority)
    reprints = tuple(Reprint(other.id, other.publisher, other.date, other.url) for other in others)
    return replace(first, reprints=reprints)


def publishers(article: Article) -> tuple[str, ...]:
    """All that published an article, the first to report it first."""
    found: dict[str, str] = {}
    for publisher in (article.publisher, *(reprint.publisher for reprint in article.reprints)):
        if publisher:
            found.setdefault(halfwidth(publisher), publisher)
    return tuple(found.values())


def _publisher(member: Member) -> str:
    return halfwidth(member.article.publisher or "")


def _version(member: Member) -> tuple[date, int, str]:
    return member.article.date or date.min, member.modified, member.article.id


def _priority(article: Article) -> tuple[bool, date, str]:
    return article.publisher is None, article.date or date.max, article.id


def _plain(sentence: str) -> str:
    return "".join(char for char in halfwidth(sentence) if char.isalnum())


def _hash(sentence: str) -> int:
    digest = blake2b(sentence.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")
