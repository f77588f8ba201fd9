"""Markdown: marks removed, words kept, headings told apart."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.formats.reflow import join_lines
from corpus.page import Page
from corpus.text.sentences import ends_sentence

# Beside Chinese punctuation the standard takes marks of emphasis for letters.
_LEFT_OVER = re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1")


def read_markdown(text: str) -> Page:
    """The page of a Markdown text; its only first-rank heading, if it comes first, is the headline."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    lines: list[str] = []
    headings: list[tuple[str, str, int]] = []  # rank, words, line
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
    """The lines of one paragraph: those that its writer parted, and those that end a sentence."""
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
