"""The header of a passage: what a reader sees above it, and what its text need not repeat."""

from corpus import Article


def header(article: Article, section: str | None) -> str:
    """Title, subtitle, section, place and date of a passage, as one line to be searched."""
    day = article.date and f"{article.date.year}年{article.date.month}月{article.date.day}日"
    return " ".join(part for part in (article.title, article.subtitle, section, article.place, day) if part)
