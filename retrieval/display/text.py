"""Answers as text for a shell and as HTML for a notebook."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from corpus import Article, publishers

if TYPE_CHECKING:
    from retrieval.answer import Answer, Result

REFUSAL_WORDING = {
    "empty": "问题里没有可查的字词。",
    "filtered": "没有这个地方或这段时间的报道。",
    "unrelated": "报道里没有与此有关的内容。",
    "not_said": "报道里没有说到这一点。",
}


def answer_text(answer: "Answer", *, bold: bool = False) -> str:
    """Write an answer as text: each passage behind a bar, its source below it.

    Args:
        answer: What is written.
        bold: Whether the answering sentence is marked by the terminal's codes for bold.
    """
    if answer.reason:
        return "\n".join([refusal_text(answer), *_nearest(answer)])
    return "\n\n".join(result_text(result, bold=bold) for result in _in_order(answer))


def result_text(result: "Result", *, bold: bool = False) -> str:
    """Write a passage behind a bar, its source below it."""
    before, after = around(result)
    start, end = ("\x1b[1m", "\x1b[0m") if bold else ("", "")
    lines = f"{before}{start}{result.answer.text}{end}{after}".split("\n")
    quote = [*("│ " + line for line in lines), "  —— " + source(result.article, result.section)]
    return "\n".join([*quote, *explanation_lines(result)])


def answer_html(answer: "Answer") -> str:
    """Write an answer as HTML."""
    if answer.reason:
        return f"<p>{'<br>'.join(map(escape, [refusal_text(answer), *_nearest(answer)]))}</p>"
    return "".join(map(result_html, _in_order(answer)))


def result_html(result: "Result") -> str:
    """Write a passage as HTML: the answering sentence bold, the source, the paragraphs around it folded."""
    before, after = around(result)
    source_line = escape(source(result.article, result.section))
    if result.article.url and result.article.url.startswith(("http://", "https://")):
        source_line = f'<a href="{escape(result.article.url)}">{source_line}</a>'
    text = result.article.text
    start, end = text.rfind("\n", 0, max(0, result.start - 1)) + 1, text.find("\n", result.end + 1)
    context = (
        f"{escape(text[start : result.start])}<mark>{escape(result.text)}</mark>"
        f"{escape(text[result.end : end if end >= 0 else len(text)])}"
    )
    explained = "".join(f"<br>{escape(line.strip())}" for line in explanation_lines(result))
    return (
        f"<blockquote>{_lines(escape(before))}<b>{_lines(escape(result.answer.text))}</b>"
        f"{_lines(escape(after))}</blockquote><p><small>{source_line}{explained}</small></p>"
        f"<details><summary>上下文</summary><p>{_lines(context)}</p></details>"
    )


def refusal_text(answer: "Answer") -> str:
    """Say why there is no answer, to someone who asked."""
    assert answer.reason is not None
    if answer.missing:
        return f"报道里没有提到过{answer.missing}。"
    return REFUSAL_WORDING[answer.reason.value]


def explanation_lines(result: "Result") -> list[str]:
    """Write where a score comes from: the features, then the token matches; nothing if unasked."""
    explained = result.explanation
    if explained is None:
        return []
    score = " + ".join(f"{name} {value:.3f}" for name, value in explained.score.items())
    sure = " + ".join(f"{name} {value:.2f}" for name, value in explained.confidence.items())
    matches = " ".join(
        f"{match.question_word}→{match.article_word} {match.cosine:.2f}" for match in explained.matches
    )
    return [
        f"  score {result.score} = {score}",
        f"  logit({result.confidence}) = {sure}",
        f"  MaxSim: {matches}",
    ]


def _nearest(answer: "Answer") -> list[str]:
    listed = dict.fromkeys(f"  · {source(result.article)}" for result in answer.results)
    return ["相近的报道(里面没有答案):", *listed] if listed else []


def _in_order(answer: "Answer") -> "Sequence[Result]":
    """Return the quotes, then the other results."""
    return [*answer.quotes, *(result for result in answer.results if result not in answer.quotes)]


def _lines(text: str) -> str:
    return text.replace("\n", "<br>")


def source(article: Article, section: str | None = None) -> str:
    """Write where a quote comes from: title, publisher, date, section, as far as they are known."""
    facts = [
        f"《{article.title}》",
        "、".join(publishers(article)),
        article.date and article.date.isoformat(),
        section,
    ]
    return " · ".join(str(fact) for fact in facts if fact)


def around(result: "Result") -> tuple[str, str]:
    """Return the text of a passage before and after its answering sentence."""
    start, end = result.answer.start - result.start, result.answer.end - result.start
    return result.text[:start], result.text[end:]
