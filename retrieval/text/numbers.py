"""Numbers as they are written, `三千万`, `3000万`, `30,000,000`, as one term: `30000000`."""

import re
from functools import lru_cache

REMEMBERED = 10_000

CLASSIFIERS = "名个户家位次场条人元篇件所处座项期吨斤米套辆台间栋幢层本份张只头亩门对支批届岁桌顿"
"""What is counted with; other single numerals are parts of words, 五里店, more often than numbers."""

_NUMERAL = re.compile(
    r"\d{1,3}(?:,\d{3})+(?![\d,])"
    r"|(?:\d+(?:\.\d+)?|[零〇一二三四五六七八九两])[零〇一二三四五六七八九两十百千万亿]*[十百千万亿]"
    r"[零〇一二三四五六七八九两十百千万亿]*"
    r"|十[一二三四五六七八九]?"
    rf"|[二三四五六七八九两](?=[{CLASSIFIERS}])"  # 一个 is an article
    r"|[零〇一二三四五六七八九]{4}"
)


def numbers_in(folded: str) -> list[str]:
    """The numbers that a folded text writes in another way than in plain digits, in digits.

    `"投资三千五百万元"` → `["35000000"]`. What only looks like one, `三三两两`, gives none.
    """
    return [value for match in _NUMERAL.finditer(folded) if (value := _value(match[0]))]


@lru_cache(REMEMBERED)
def _value(written: str) -> str | None:
    from cn2an import cn2an  # what only lists reports does without

    try:
        value = cn2an(written.replace(",", ""), "smart")
    except (ValueError, LookupError, ArithmeticError):  # 十 behind a fraction ends in the second
        return None
    return str(int(value)) if value == int(value) else str(value)
