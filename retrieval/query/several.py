"""Tell whether a question asks what several places or reports say."""

import re

_EACH = re.compile(
    r"各(?:个|区|县|地|街道|镇|乡|村|社区|家|报)|哪些(?:区|县|地方|街道|镇|乡|村|社区|报道|单位)|分别|几个区"
    r"|\beach (?:district|street|town|report)|\bdistricts\b"
    r"|\b(?:which|what) (?:streets|towns|places|reports)\b"
)


def asks_of_several(folded: str) -> bool:
    """Tell whether a folded question asks what several places or reports say."""
    return bool(_EACH.search(folded))
