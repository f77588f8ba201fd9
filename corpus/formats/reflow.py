"""Paragraphs out of lines that were broken to fit a page."""

from corpus.text.sentences import ends_sentence

_RAGGED = 3  # columns by which a full line may fall short, for a sign that must not open the next
_NEARLY = 0.8  # of the width
_WIDEST = 0.95  # quantile of the lines' widths that is the page's; some hang over
_SHARE = 0.2  # of the lines of a page that was broken to a width reach it


def join_lines(first: str, second: str) -> str:
    """Two pieces of one paragraph; only words of Latin script need a space between them."""
    latin = first[-1:].isascii() and second[:1].isascii()
    return first + (" " if latin and (first[-1:].isalnum() or second[:1].isalnum()) else "") + second


def unwrap_lines(lines: list[str]) -> list[str]:
    """The lines of a page as paragraphs.

    A line that fills the page goes on in the next unless that one is set in; so does one that is
    nearly full and ends in the middle of a sentence.
    """
    width = column_width(lines)
    paragraphs: list[str] = []
    last = ""
    for line in lines:
        text = line.strip()
        if not text:
            last = ""
            continue
        full = width and _columns(last) >= width - _RAGGED
        nearly = width and _columns(last) >= _NEARLY * width and not ends_sentence(last)
        if last and (full or nearly) and not line[0].isspace():
            paragraphs[-1] = join_lines(paragraphs[-1], text)
        else:
            paragraphs.append(text)
        last = line.rstrip()
    return paragraphs


def column_width(lines: list[str]) -> int:
    """The width that lines were broken to, in columns; 0 where they end wherever their words do."""
    widths = sorted(_columns(line.rstrip()) for line in lines if line.strip())
    if not widths:
        return 0
    width = widths[int(_WIDEST * (len(widths) - 1))]
    as_wide = sum(abs(other - width) <= _RAGGED for other in widths)
    return width if as_wide >= max(2, _SHARE * len(widths)) else 0


def _columns(line: str) -> int:
    """How wide a line prints: two columns for a Chinese character, one for a Latin one."""
    return sum(1 if ord(character) < 0x1100 else 2 for character in line)
