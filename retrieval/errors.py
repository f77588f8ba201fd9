"""The errors of retrieval, all of them `WenbaoError`s.

```
WenbaoError
├── ModelError            the embedding model cannot be prepared or loaded
├── IndexError_           the index, on disk or in Milvus
│   ├── IndexMissing      there is none yet
│   ├── IndexDamaged      its files do not match its manifest
│   │   └── OtherFormat   another version of this program wrote them
│   ├── OtherModel        another embedding model made it
│   ├── OtherBits         its token vectors are stored with another precision
│   ├── IndexBusy         another refresh is writing it
│   ├── IndexUnwritable   the disk or Milvus does not accept what is written
│   └── IndexUnreachable  its Milvus does not answer, or not as it should
├── QuestionError         a question, a filter or a file of questions cannot be read
├── UnknownArticle        no article has that id
├── MissingPackage        an optional package is not installed
└── SettingsError         a setting in the environment is missing or cannot be used
```
"""

from corpus.errors import WenbaoError


class ModelError(WenbaoError):
    """The embedding model cannot be prepared or loaded."""


class IndexError_(WenbaoError):  # noqa: N801 - the builtin has the plain name
    """The index cannot be used."""


class IndexMissing(IndexError_):
    """There is no index yet."""


class IndexDamaged(IndexError_):
    """The files of a generation do not match its manifest."""


class OtherFormat(IndexDamaged):
    """The index was written by another version of this program."""


class OtherModel(IndexError_):
    """Another embedding model made the index than the one asked for."""


class OtherBits(IndexError_):
    """The index stores token vectors with another precision than the one asked for."""


class IndexBusy(IndexError_):
    """Another refresh is writing the index."""


class IndexUnwritable(IndexError_):
    """The disk or Milvus does not accept what is written."""


class IndexUnreachable(IndexError_):
    """The Milvus of the index does not answer, or not as it should."""


class SettingsError(WenbaoError):
    """A setting in the environment is missing or cannot be used."""


class QuestionError(WenbaoError):
    """A question, a filter or a file of questions cannot be read."""


class MissingPackage(WenbaoError):
    """An optional package that is needed is not installed."""


class UnknownArticle(WenbaoError):
    """No article has that id."""


def refresh_command(index: object) -> str:
    """Return the command that builds an index or updates it to the reports."""
    return f"python -m retrieval refresh --index {index}"


def rebuild_hint(index: object) -> str:
    """Return the sentence of an error message that says how to roll back or rebuild a damaged index."""
    return (
        f"Go back to the generation before: python -m retrieval rollback --index {index}; "
        f"or build it anew: {refresh_command(index)} --rebuild"
    )
