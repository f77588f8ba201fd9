"""How answers look in a shell and in a notebook."""

import unicodedata
from collections.abc import Sequence
from html import escape

from corpus import Article, publishers
from retrieval.answer import Answer, Refusal, Result

WORDING = {
    Refusal.EMPTY: "问题里没有可查的字词。",
    Refusal.FILTERED: "没有这个地方或这段时间的报道。",
    Refusal.UNRELATED: "报道里没有与此有关的内容。",
    Refusal.NOT_SAID: "报道里没有说到。",
}


def answer_text(answer: Answer, *, bold: bool = False) -> str:
    """An answer as text: each passage behind a bar, its source below it.

    `bold` marks the answering sentence with the terminal's own bold, else it stands as it is.
    """
    if answer.reason:
        nearest = [f"  · {source(result.article)}" for result in answer.results]
        come_near = answer.reason is Refusal.NOT_SAID and nearest
        listed = ["相近的报道(里面没有答案):", *dict.fromkeys(nearest)] if come_near else []
        return "\n".join([WORDING[answer.reason], *listed])
    return "\n\n".join(_quote(result, bold) for result in answer.results)


def answer_html(answer: Answer) -> str:
    """An answer for a notebook."""
    if answer.reason:
        return f"<p>{escape(answer_text(answer)).replace(chr(10), '<br>')}</p>"
    return "".join(
        f"<blockquote>{escape(before)}<b>{escape(result.answer.text)}</b>{escape(after)}</blockquote>".replace(
            "\n", "<br>"
        )
        + f"<p><small>{escape(source(result.article, result.section))}</small></p>"
        for result in answer.results
        for before, after in [_around(result)]
    )


def source(article: Article, section: str | None = None) -> str:
    """Where a quote comes from: title, publisher, date, section, as far as they are known."""
    facts = [
        f"《{article.title}》",
        "、".join(publishers(article)),
        article.date and article.date.isoformat(),
        section,
    ]
    return " · ".join(str(fact) for fact in facts if fact)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells in columns; the first column to the left, the others to the right."""
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) if i == 0 else " " * (width - _width(cell)) + cell
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _quote(result: Result, bold: bool) -> str:
    before, after = _around(result)
    start, end = ("\x1b[1m", "\x1b[0m") if bold else ("", "")
    lines = f"{before}{start}{result.answer.text}{end}{after}".split("\n")
    return "\n".join([*("│ " + line for line in lines), "  —— " + source(result.article, result.section)])


def _around(result: Result) -> tuple[str, str]:
    """What stands in a passage before and after its answering sentence."""
    start, end = result.answer.start - result.start, result.answer.end - result.start
    return result.text[:start], result.text[end:]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
