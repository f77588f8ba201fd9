"""Search newspaper reports and answer with verbatim quotes.

```python
from retrieval import Retriever

Retriever.open().ask("华新街建成了几个养老服务中心？")
```

Everything that other packages use is imported from here:

- `Retriever` answers questions with an `Answer`: `Result`s that quote a `Span` each, or a `Refusal`.
- `Filter` keeps to reports of a place, a publisher or a time; `complete` turns a follow-up question into a
  complete one, a `FollowUp`.
- `refresh` brings an index in step with a folder of reports, `follow` does so after every change, `add` puts
  one report into the folder.
- `open_index` opens what an index is stored in, `load_encoder` loads the model that reads the texts, an
  `Encoder`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from retrieval.answer import Answer, Refusal, Result, Span

if TYPE_CHECKING:
    from retrieval.index.filter import Filter
    from retrieval.index.open import open_index as open_index
    from retrieval.indexing.add import add
    from retrieval.indexing.refresh import refresh
    from retrieval.indexing.watch import follow
    from retrieval.models.encoder import Encoder
    from retrieval.models.encoder import load as load_encoder
    from retrieval.query.followup import FollowUp, complete
    from retrieval.retriever import Retriever

__all__ = [
    "Answer",
    "Encoder",
    "Filter",
    "FollowUp",
    "Refusal",
    "Result",
    "Retriever",
    "Span",
    "add",
    "complete",
    "follow",
    "load_encoder",
    "open_index",
    "refresh",
]

# Imported when asked for, because these import numpy, faiss or torch: commands that only list stay quick.
_LAZY = {
    "Encoder": ("retrieval.models.encoder", "Encoder"),
    "Filter": ("retrieval.index.filter", "Filter"),
    "FollowUp": ("retrieval.query.followup", "FollowUp"),
    "Retriever": ("retrieval.retriever", "Retriever"),
    "add": ("retrieval.indexing.add", "add"),
    "complete": ("retrieval.query.followup", "complete"),
    "follow": ("retrieval.indexing.watch", "follow"),
    "load_encoder": ("retrieval.models.encoder", "load"),
    "open_index": ("retrieval.index.open", "open_index"),
    "refresh": ("retrieval.indexing.refresh", "refresh"),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _LAZY[name]
    return getattr(import_module(module), attribute)
