"""Compare the reports with an index: which documents to remove, and of which articles to write new ones."""

from collections.abc import Callable, Iterable, Mapping

from corpus.text.duplicates import Signature, signature
from retrieval.index.base import Documents
from retrieval.index.records import CopyRecord, DocumentRef, article_hash
from retrieval.index.update import Changes, ReadArticle


def find_changes(
    before: Documents | None,
    read: Iterable[ReadArticle],
    unchanged_files: frozenset[str],
    read_again: Callable[[str], Mapping[str, ReadArticle]],
) -> Changes:
    """Compare articles with the documents of an index.

    A document is written again with all its copies when a copy was added, changed or removed.

    Args:
        before: The documents of the index; None where there is no index.
        read: The articles of all files except the unchanged ones.
        unchanged_files: The files that need not be read.
        read_again: Reads an unchanged file and returns its articles by id.
    """
    read_by_id = {one.article.id: one for one in read}
    stored = {copy.id: (document, copy) for document, copy in before.copies()} if before else {}
    removed, changed = _removed_and_changed(stored, read_by_id, unchanged_files)
    dead = {stored[id][0] for id in (*removed, *changed)}
    touched = [one for id, one in read_by_id.items() if id not in stored or stored[id][0] in dead]
    copies: dict[str, tuple[ReadArticle, Signature]] = {}
    opened: set[DocumentRef] = set()
    # A new copy may duplicate documents that did not change; they are replaced, and so are their duplicates.
    while touched or opened != dead:
        for one in touched:
            signed = signature(one.article)
            copies[one.article.id] = one, signed
            dead |= before.duplicates_of(signed) if before else set()
        touched = []
        for document in sorted(dead - opened):
            opened.add(document)
            assert before is not None
            for copy in before.copies_of(document):
                remaining = _remaining(copy, read_by_id, unchanged_files, read_again)
                if remaining is not None and remaining.article.id not in copies:
                    touched.append(remaining)
    return Changes(
        dead=frozenset(dead),
        copies=tuple(copies.values()),
        added=len(read_by_id.keys() - stored.keys()),
        changed=len(changed),
        removed=len(removed),
        unchanged=len(stored) - len(removed) - len(changed),
    )


def _removed_and_changed(
    stored: Mapping[str, tuple[DocumentRef, CopyRecord]],
    read_by_id: Mapping[str, ReadArticle],
    unchanged_files: frozenset[str],
) -> tuple[list[str], list[str]]:
    """Return the ids of stored copies that were removed, and the ids of those that were changed."""
    removed, changed = [], []
    for id, (_, copy) in stored.items():
        if copy.file in unchanged_files:
            continue
        if id not in read_by_id:
            removed.append(id)
        elif article_hash(read_by_id[id].article) != copy.hash:
            changed.append(id)
    return removed, changed


def _remaining(
    copy: CopyRecord,
    read_by_id: Mapping[str, ReadArticle],
    unchanged_files: frozenset[str],
    read_again: Callable[[str], Mapping[str, ReadArticle]],
) -> ReadArticle | None:
    """Return the article of a stored copy as it is now, or None if it was removed."""
    if copy.file in unchanged_files:
        return read_again(copy.file).get(copy.id)
    return read_by_id.get(copy.id)
