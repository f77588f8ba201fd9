"""From passages to ranked, verbatim quotes.

```python
from retrieval import Retriever

Retriever.open().ask("华新街建成了几个养老服务中心？")
```
"""

from typing import TYPE_CHECKING, Any

from retrieval.answer import Answer, Refusal, Result, Span

if TYPE_CHECKING:
    from retrieval.retriever import Retriever

__all__ = ["Answer", "Refusal", "Result", "Retriever", "Span"]


def __getattr__(name: str) -> Any:
    # Loaded when it is asked for: commands that only list or check reports stay quick.
    if name == "Retriever":
        from retrieval.retriever import Retriever

        return Retriever
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
