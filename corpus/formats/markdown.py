"""Reads Markdown files: removes the markup and keeps the headings."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.formats.reflow import join_lines
from corpus.page import Page
from corpus.text.sentences import ends_sentence

# CommonMark does not recognize marks of emphasis next to Chinese punctuation.
_LEFT_OVER = re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1")


def read_markdown(text: str) -> Page:
    """Read a Markdown text.

    Its only first-level heading is the headline, if no other heading stands before it.
    """
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    lines: list[str] = []
    headings: list[tuple[str, str, int]] = []  # tag, words, line
    for index, token in enumerate(tokens):
        if token.type == "inline":
            opener = tokens[index - 1]
            written = _lines_of(token)
            if opener.type == "heading_open":
                headings.append((opener.tag, " ".join(written), len(lines)))
                written = [" ".join(written)]
            if opener.type in ("td_open", "th_open") and lines and not _first_cell(tokens, index):
                lines[-1] = f"{lines[-1]} {' '.join(written)}".rstrip()
            else:
                lines.extend(written)
        elif token.type in ("fence", "code_block"):
            lines.extend(token.content.rstrip("\n").split("\n"))
        elif token.type == "html_block":
            from corpus.formats.web_page import visible_text

            lines.extend(visible_text(token.content).split("\n"))
    titles = [heading for heading in headings if heading[0] == "h1"]
    title = titles[0] if len(titles) == 1 and titles[0] == headings[0] else None
    return Page(
        text="\n".join(lines),
        title=(title[1] or None) if title else None,
        headings=tuple(words for heading in headings if heading != title and (words := heading[1])),
    )


def _first_cell(tokens: list[Token], index: int) -> bool:
    return tokens[index - 2].type == "tr_open"


def _lines_of(inline: Token) -> list[str]:
    """Split a paragraph at hard line breaks, and at soft ones behind the end of a sentence."""
    lines = [""]
    broken = False
    for token in inline.children or []:
        if token.type == "hardbreak":
            lines.append("")
        elif token.type == "softbreak":
            broken = True
        elif token.type in ("text", "code_inline", "text_special"):
            if broken and ends_sentence(lines[-1]):
                lines.append("")
            lines[-1] = join_lines(lines[-1], token.content) if broken else lines[-1] + token.content
            broken = False
    return [_LEFT_OVER.sub(r"\2", line).strip() for line in lines]
