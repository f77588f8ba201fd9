"""Paragraphs out of lines that were broken to fit a page."""

from corpus.sentences import ends_sentence


def join(first: str, second: str) -> str:
    """Two pieces of one paragraph; only words of Latin script need a space between them."""
    latin = first[-1:].isascii() and second[:1].isascii()
    return first + (" " if latin and (first[-1:].isalnum() or second[:1].isalnum()) else "") + second


def unwrap_lines(lines: list[str], width: int) -> list[str]:
    """The lines of a page, `width` columns wide, as paragraphs.

    A line that fills the page goes on in the next unless that one is set in; so does one that is
    nearly full and ends in the middle of a sentence.
    """
    paragraphs: list[str] = []
    last = ""
    for line in lines:
        text = line.strip()
        if not text:
            last = ""
            continue
        set_in = line[:1].isspace()
        columns = columns_of(last)
        full = columns >= width - 3
        goes_on = full or (columns >= 0.8 * width and not ends_sentence(last))
        if last and goes_on and not set_in:
            paragraphs[-1] = join(paragraphs[-1], text)
        else:
            paragraphs.append(text)
        last = line.rstrip()
    return paragraphs


def columns_of(line: str) -> int:
    """How wide a line prints: two columns for a Chinese character, one for a Latin one."""
    return sum(1 if ord(character) < 0x1100 else 2 for character in line)
