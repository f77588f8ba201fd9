"""Find the focus of a question: the words for what is counted, or for what somebody is.

It is `小学` in `新建了几所小学？`, `会长` in `会长是谁？`, `seats` in `How many seats are there?`. A
passage that says nothing of the focus does not answer, however similar the rest of it is.
"""

from corpus import place_spans
from retrieval.text.lexicon import lexicon

_HAN = r"[\u4e00-\u9fff]"
_WORD = "[a-z][a-z'-]+"
_COUNTER = "(?:{measure_words}|{rare_measure_words})"
_PATTERNS = tuple(
    lexicon().compile(pattern)
    for pattern in (
        rf"(?P<focus>{_HAN}{{2,6}}?|[A-Za-z]{{2,12}})[一总]?共?(?:有|是|为|达到?)(?:多少|几){_COUNTER}?[？?]?$",
        rf"(?:多少|几)(?!人){_COUNTER}?+(?P<focus>{_HAN}{{2,6}}?)"
        r"(?:[？?，。]|$|被|在|有|是|参|来|住|能|出|通?过|得|要|和|接)",
        rf"(?P<focus>{_HAN}{{2,4}})(?:是谁|叫什么|是哪位|姓什么)(?:名字?)?(?!{_HAN}{{2}})",
        rf"谁是(?P<focus>{_HAN}{{2,8}})",
        rf"\bhow many (?P<focus>{_WORD}(?: {_WORD}){{0,2}}?)(?: {{english_after_focus}}\b|[?,]|$)",
        rf"\b(?:who|what) (?:is|was|are|were) the (?P<focus>{_WORD}(?: {_WORD}){{0,3}}?) (?:of|at|in|for)\b",
    )
)
"""The first pattern that is found decides."""

_NO_FOCUS = frozenset(lexicon().words("no_focus"))
_NO_NAME = lexicon().compile(r"[了着过吗呢]|^[是有在为]|{adverbs}$")


def focus(question: str, folded: str) -> tuple[int, int] | None:
    """Return the start and end of the focus in code points, or None where the question has none.

    `folded` is the question as `normalize.fold` folds it.

    The focus has at least two characters. Neither a place before it nor anything up to 的 belongs to it: of
    年的税收 the focus is 税收.
    """
    found = next(filter(None, (pattern.search(folded) for pattern in _PATTERNS)), None)
    if found is None:
        return None
    start, end = found.span("focus")
    start += found["focus"].rfind("的") + 1
    start = max([start, *(stop for begin, stop in place_spans(question) if begin <= start < stop < end)])
    name = folded[start:end]
    return (start, end) if len(name) >= 2 and name not in _NO_FOCUS and not _NO_NAME.search(name) else None
