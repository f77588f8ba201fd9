"""Find the numbers in a text, `三千万`, `3000万`, `30,000,000`, and write them in digits, `30000000`."""

from functools import lru_cache

from retrieval.text.lexicon import lexicon

CACHED_NUMBERS = 10_000

_NUMERAL = lexicon().compile(
    r"\d{1,3}(?:,\d{3})+(?![\d,])"
    r"|(?:\d+(?:\.\d+)?|[零〇一二三四五六七八九两])[零〇一二三四五六七八九两十百千万亿]*[十百千万亿]"
    r"[零〇一二三四五六七八九两十百千万亿]*"
    r"|十[一二三四五六七八九]?"
    r"|[二三四五六七八九两](?={measure_words})"  # 一个 is an article
    r"|[零〇一二三四五六七八九]{4}"
)


def numbers_in(folded: str) -> list[str]:
    """Return in digits the numbers that a folded text writes in another way than in plain digits.

    `"投资三千五百万元"` gives `["35000000"]`. What only looks like a number, `三三两两`, gives none.
    """
    return [value for match in _NUMERAL.finditer(folded) if (value := _value(match[0]))]


@lru_cache(CACHED_NUMBERS)
def _value(written: str) -> str | None:
    from cn2an import cn2an  # commands that only list reports need no cn2an

    try:
        value = cn2an(written.replace(",", ""), "smart")
    except (ValueError, LookupError, ArithmeticError):  # 十 behind a fraction ends in the second
        return None
    return str(int(value)) if value == int(value) else str(value)
