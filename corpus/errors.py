"""The root of all errors of the project, and the errors of reading reports.

```
WenbaoError                 every error a user can meet
├── CorpusError             a file or folder of reports
│   ├── UnreadableReport    one file that gives no article: says which and why
│   └── FetchError          (corpus.fetch) a page from the web
├── ModelError, IndexError_, QuestionError, UnknownArticle, SettingsError   (retrieval.errors)
```

Each message says what was wrong, where, and what to do about it.
"""


class WenbaoError(Exception):
    """Root of every error that a user of this project can meet."""


class CorpusError(WenbaoError):
    """The folder of reports cannot be read."""


class UnreadableReport(CorpusError):
    """One file gives no article.

    Attributes:
        file: the path of the file relative to the corpus folder.
        reason: one sentence for the editor, without the file's name.
    """

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason
