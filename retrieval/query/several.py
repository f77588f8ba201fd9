"""Tell whether a question asks what several places or reports say."""

from retrieval.text.lexicon import lexicon

_SEVERAL = lexicon().compile("{asking_of_several}")


def asks_of_several(folded: str) -> bool:
    """Tell whether a folded question asks what several places or reports say."""
    return bool(_SEVERAL.search(folded))
