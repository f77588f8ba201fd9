"""Complete a follow-up question with words of the question before it.

`那养老食堂呢？` takes the place and the asking words, `江北区的呢？` everything but the place, `有多少户？`
the subject, `志愿者有多少？` only the place. A question that is complete stays as it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus import far_places_named, place_spans
from corpus.text.normalize import fold, is_han
from retrieval.text.dates import dates_in
from retrieval.text.lexicon import lexicon


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A completed question and the words taken from the question before; none if it was complete."""

    question: str
    taken: tuple[str, ...]


SHORT, SHORTER, LONG = 2, 6, 10
"""Limits in characters, without asking words. A question of up to SHORT has no subject. One of up to SHORTER,
dates not counted, lacks a place, or its subject if the question before has no place. One longer than LONG
explains its own 他们 or 那个."""

_ASKING = lexicon().compile(
    r"{before_asking}?(?:都|又|还)?{verbs_before_asking}?{asking_phrases}(?:的|了(?!解))?"
)
_OPENING = lexicon().compile(r"^{openings}[,，\s]*(?![个些里边儿次年天位条家])")
_PARTICLES = lexicon().compile(r"{particles}*[?？!！。.…\s]*$")
_POINTING = lexicon().compile("{pointing}")
_EMPTY = lexicon().compile(r"[，。？?！!、“”\"\s]|{function_characters}|{function_phrases}")
_WIDER = lexicon().compile("{wider_places}")
_ASKS_PLACE = lexicon().compile("{asking_for_place}")
_ASKS_HOW = lexicon().compile("{asking_how}")

_ENGLISH_OPENING = lexicon().compile(
    r"^(?:{english_openings}\b[,\s]*)?(?:(?:what|how) about\b)?[,\s]*", re.IGNORECASE
)
_ENGLISH_ASKING = lexicon().compile(r"\b{english_asking_phrases}\b", re.IGNORECASE)
_ENGLISH_POINTING = lexicon().compile(r"\b{english_pointing}\b", re.IGNORECASE)
_ENGLISH_COUNTED = re.compile(r"\b(?:how many|which|what|how much)\s+[a-z]{3,}", re.IGNORECASE)
_ENGLISH_YEAR = re.compile(r"(?:in\s+)?(?:1[89]|20)\d\d", re.IGNORECASE)
_STOP = frozenset(lexicon().words("english_stop_words"))


def complete(question: str, previous: str) -> FollowUp:
    """Complete a question with words of `previous`, which is a complete question."""
    if not previous.strip() or not question.strip():
        return FollowUp(question, ())
    if any(map(is_han, question)):
        return _chinese(question, previous)
    return _english(question, previous)


def _chinese(question: str, previous: str) -> FollowUp:
    folded = fold(question)
    opening = _OPENING.match(folded)
    begin = opening.end() if opening else 0
    end = _PARTICLES.search(folded).start()  # type: ignore[union-attr]  # it matches at the end at least
    rest, plain = question[begin:end], folded[begin:end]
    if not _ASKING.search(plain) and rest and (opening or "呢" in folded[end:]):
        return _replaced(rest, previous)
    bare = _said(rest)
    if bare and bare in _said(previous):
        return FollowUp(question, ())  # the same question again
    other_place = bool(_WIDER.search(plain) or far_places_named(rest))
    named = other_place or bool(place_spans(rest)) or bool(dates_in(rest))
    if (not named and len(bare) <= SHORT) or (len(bare) <= LONG and _POINTING.search(plain)):
        subject = _without_asking(previous)
        return FollowUp(f"{subject}，{rest}？", (subject,)) if subject else FollowUp(question, ())
    how = bool(_ASKS_HOW.match(plain)) and len(bare) > SHORT
    undated = _said(_cut(rest, [(mention.start, mention.end) for mention in dates_in(rest)]))
    if place_spans(rest) or other_place or how or _ASKS_PLACE.search(plain) or len(undated) > SHORTER:
        return FollowUp(question, ())
    missing = _places(previous)
    if missing:
        return FollowUp("".join(missing) + rest + "？", tuple(missing))
    subject = _without_asking(previous)
    if subject and not named:
        return FollowUp(f"{subject}，{rest}？", (subject,))
    return FollowUp(question, ())


def _replaced(said: str, previous: str) -> FollowUp:
    """The question before with X of `那X呢？` instead of its place, its date or its subject."""
    plain = said.strip()
    if place_spans(plain):
        spans = place_spans(previous)
        kept = _cut(previous, spans)
        at = spans[0][0] if spans else 0
        return FollowUp(f"{kept[:at]}{plain}{kept[at:]}", _words(kept))
    if dates_in(plain):
        kept = _cut(previous, [(mention.start, mention.end) for mention in dates_in(previous)])
        return FollowUp(f"{plain}{kept}", _words(kept))
    asked = _ASKING.search(fold(previous))
    phrase = previous[asked.start() : asked.end()] if asked else ""
    around = [*_dates(previous), *_places(previous)]
    taken = tuple(word for word in (*around, phrase) if word)
    verb = "有" if phrase[:1] in ("多", "几", "幾") else ""
    return FollowUp(f"{''.join(around)}{plain}{verb}{phrase}？", taken)


def _without_asking(question: str) -> str:
    """A question without its asking words: its first and last clause, or "" if hardly anything is left."""
    end = _PARTICLES.search(fold(question)).start()  # type: ignore[union-attr]
    about = _cut(question[:end], [match.span() for match in _ASKING.finditer(fold(question[:end]))])
    clauses = about.strip("，, ").split("，")
    kept = "，".join(clauses if len(clauses) < 3 else [clauses[0], clauses[-1]])
    return kept if len(_said(kept)) > 1 else ""


def _said(text: str) -> str:
    """The characters that carry content: no asking words, no function words."""
    return _EMPTY.sub("", _ASKING.sub("", fold(text)))


def _words(kept: str) -> tuple[str, ...]:
    said = _PARTICLES.sub("", kept).strip("，, ")
    return (said,) if said else ()


def _places(question: str) -> list[str]:
    return list(dict.fromkeys(question[start:end] for start, end in place_spans(question)))


def _dates(question: str) -> list[str]:
    return [question[mention.start : mention.end] for mention in dates_in(question)]


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text without the spans."""
    kept, at = "", 0
    for start, end in sorted(spans):
        kept += text[at:start]
        at = max(at, end)
    return kept + text[at:]


def _english(question: str, previous: str) -> FollowUp:
    opening = _ENGLISH_OPENING.match(question)
    rest = question[opening.end() if opening else 0 :].strip(" ?!.")
    opened = bool(opening and opening.group().strip())
    if not rest:
        return FollowUp(question, ())
    if not _ENGLISH_ASKING.search(rest) and (opened or len(_content(rest)) <= SHORT):
        return _replaced_in_english(rest, previous)
    subject = " ".join(_content(previous))
    pointing = _ENGLISH_POINTING.search(rest)
    points = bool(pointing and not _names(rest[1 : pointing.start()]))
    named = bool(_names(rest[1:])) or bool(dates_in(rest))
    said = len(_content(rest))
    if (points and said <= 2 * SHORT) or (not named and said <= 1 and not _ENGLISH_COUNTED.search(rest)):
        return FollowUp(f"{rest}? {subject}", (subject,)) if subject else FollowUp(question, ())
    names = _names(previous)
    if names and not named and said <= SHORT:
        return FollowUp(f"{rest}? {' '.join(names)}", tuple(names))
    return FollowUp(question, ())


def _replaced_in_english(said: str, previous: str) -> FollowUp:
    asked = _ENGLISH_ASKING.search(previous)
    phrase = asked.group() if asked else "What"
    kept = _cut(previous, [(m.start, m.end) for m in dates_in(previous)]).strip(" ?!.")
    if dates_in(said) or _ENGLISH_YEAR.fullmatch(said):
        return FollowUp(f"{kept} {said}?", (kept,))
    names = [name for name in _names(previous) if name.lower() not in said.lower()]
    if _names(said) and _names(said) == _content(said):  # a name for a name
        subject = " ".join(word for word in _content(previous) if word not in names)
        return FollowUp(f"{phrase} {subject} {said}?", (phrase, subject))
    return FollowUp(f"{phrase} {said} {' '.join(names)}?", (phrase, *names))


def _content(text: str) -> list[str]:
    return [word for word in re.findall(r"[A-Za-z0-9'’-]+", text) if word.lower() not in _STOP]


def _names(text: str) -> list[str]:
    """The capitalised words that no question begins with."""
    return [word for word in re.findall(r"\b[A-Z][A-Za-z'’-]*", text) if word.lower() not in _STOP]
