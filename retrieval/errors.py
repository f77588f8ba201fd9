"""The errors of this room, under the root drawn in `corpus.errors`.

```
WenbaoError
├── ModelError            the embedding model cannot be prepared or loaded
├── IndexError_           the index, on disk or in Milvus
│   ├── IndexMissing      there is none yet
│   ├── IndexDamaged      its files are not what its manifest says
│   │   └── OtherFormat   another version of this program wrote them
│   ├── OtherModel        it was made by another embedding model
│   ├── OtherBits         its token vectors are stored with another precision
│   ├── IndexBusy         another refresh is writing it
│   ├── IndexUnwritable   the disk, or Milvus, does not take what is written
│   └── IndexUnreachable  the Milvus that it lies in does not answer, or not as it should
├── QuestionError         a question, a filter or a file of questions cannot be read
├── UnknownArticle        no article has that id
└── SettingsError         a setting in the environment is missing or cannot be used
```
"""

from corpus.errors import WenbaoError


class ModelError(WenbaoError):
    """The embedding model cannot be prepared or loaded."""


class IndexError_(WenbaoError):  # noqa: N801 - the builtin has the plain name
    """The index on disk cannot be used."""


class IndexMissing(IndexError_):
    """No generation has been published in this folder."""


class IndexDamaged(IndexError_):
    """Files of a generation are not what its manifest says."""


class OtherFormat(IndexDamaged):
    """The index was written by another version of this program."""


class OtherModel(IndexError_):
    """The index was made by another embedding model than the one asked for."""


class OtherBits(IndexError_):
    """The index stores token vectors with another precision than the one asked for."""


class IndexBusy(IndexError_):
    """Another refresh holds the index."""


class IndexUnwritable(IndexError_):
    """The disk does not take what is written: it is full, or read-only."""


class IndexUnreachable(IndexError_):
    """The Milvus that the index lies in does not answer, or not as it should."""


class SettingsError(WenbaoError):
    """A setting in the environment is missing or cannot be used."""


class QuestionError(WenbaoError):
    """A question, a filter or a file of questions cannot be read."""


class MissingPackage(WenbaoError):
    """What was asked for needs a package that is not installed with the rest."""


class UnknownArticle(WenbaoError):
    """No article has that id."""


def refresh_command(index: object) -> str:
    """The command that builds the index in `index` or brings it in step."""
    return f"python -m retrieval refresh --index {index}"


def mending(index: object) -> str:
    """What to do about a damaged index."""
    return (
        f"Go back to the generation before: python -m retrieval rollback --index {index}; "
        f"or build it anew: {refresh_command(index)} --rebuild"
    )
