"""Joins lines that were broken to fit a page into paragraphs."""

from corpus.text.sentences import ends_sentence

_RAGGED = 3  # columns by which a full line may be short: some characters must not open a line
_NEARLY = 0.8  # the share of the width that a nearly full line has
_WIDEST = 0.95  # the quantile of line widths that is taken as the page's; some lines are wider
_SHARE = 0.2  # the least share of lines that reach the width


def join_lines(first: str, second: str) -> str:
    """Join two lines of one paragraph, with a space between words of Latin script only."""
    latin = first[-1:].isascii() and second[:1].isascii()
    return first + (" " if latin and (first[-1:].isalnum() or second[:1].isalnum()) else "") + second


def unwrap_lines(lines: list[str]) -> list[str]:
    """Join the lines of a page into paragraphs.

    The next line continues a line that is full, or nearly full and without the end of a sentence, unless the
    next line is indented.
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
    """Estimate the width to which lines were broken.

    Returns:
        The width in columns, or 0 if the lines were not broken to a width.
    """
    widths = sorted(_columns(line.rstrip()) for line in lines if line.strip())
    if not widths:
        return 0
    width = widths[int(_WIDEST * (len(widths) - 1))]
    as_wide = sum(abs(other - width) <= _RAGGED for other in widths)
    return width if as_wide >= max(2, _SHARE * len(widths)) else 0


def _columns(line: str) -> int:
    """Count the columns of a line: two for a Chinese character, one for a Latin one."""
    return sum(1 if ord(character) < 0x1100 else 2 for character in line)
