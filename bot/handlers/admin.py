"""Handle what administrators do in the chat: add and remove reports, refresh the index, read statistics."""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from telegram import Document, InlineKeyboardButton, InputFile, Message, Update, User
from telegram.error import TelegramError

from bot.botapi import callback_data
from bot.botapi.addressing import is_private
from bot.botapi.message import OutgoingMessage, one_line
from bot.botapi.send import edit, send
from bot.botapi.types import Context
from bot.botapi.utf16 import is_visible
from bot.content.editor import Editor
from bot.handlers.buttons import Press, Refused
from bot.handlers.services import Services, message_of, off_loop
from bot.i18n.wording import Wording
from bot.views.report import headline_button
from bot.views.stats import gaps, questions, stats
from corpus import Article, WenbaoError, publishers
from retrieval.errors import IndexBusy

MAX_BYTES = 20 * 1024 * 1024  # https://core.telegram.org/bots/api#getfile
SUFFIXES = (".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".jsonl", ".csv")
_MAX_STEM_CHARACTERS = 80
_PROGRESS_SECONDS = 1.5
_LINK = re.compile(r"https?://\S+")
_VALUE_UNITS = 200
_REASON_UNITS = 600
_MAX_ARTICLES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class AdminHandlers:
    """The handlers that only administrators may use; for other people they only say so."""

    services: Services

    async def document(self, update: Update, context: Context) -> None:
        """Add the report of a file that an administrator sends."""
        message, user = message_of(update), update.effective_user
        words = self.services.wording(user)
        document = message.document
        assert document is not None
        assert self.services.is_admin(user)
        if (document.file_size or 0) > MAX_BYTES:
            await send(message, words.add_too_big)
            return
        name = file_name(document)
        if PurePosixPath(name).suffix.lower() not in SUFFIXES:
            await send(message, words.add_kind.format(kinds=" ".join(SUFFIXES)))
            return
        status = await send(message, words.add_receiving)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            file = await context.bot.get_file(document.file_id)
            await file.download_to_drive(path)
            await self._add(status, words, path)

    async def link(self, message: Message, user: User, url: str) -> None:
        """Add the report at a web address."""
        words = self.services.wording(user)
        if not self.services.is_admin(user):
            await send(message, words.admins_only_link)
            return
        await self._add(await send(message, words.add_fetching), words, url)

    async def _add(self, status: Message, words: Wording, source: Path | str) -> None:
        editor = self.services.editor
        if editor is None:
            await edit(status, words.no_editor)
            return
        try:
            await edit(status, words.add_reading)
            name = await off_loop(editor.add, source)
            articles = await off_loop(editor.read, name)
        except WenbaoError as error:
            shown = str(error).replace(f"{source.parent}/", "") if isinstance(source, Path) else str(error)
            await edit(status, words.add_failed.format(why=one_line(shown, _REASON_UNITS)))
            return
        number = self.services.storage.added_files.add(name)
        try:
            async with _progress_in(status, words.add_indexing, words) as progress:
                await off_loop(editor.refresh, progress)
        except WenbaoError as error:
            await edit(status, words.refresh_failed.format(why=one_line(str(error), _REASON_UNITS)))
            return
        undo = InlineKeyboardButton(words.undo, callback_data=callback_data.data(callback_data.UNDO, number))
        opened = tuple(
            (headline_button(found, words),)
            for article in articles[:_MAX_ARTICLES_SHOWN]
            if (found := self.services.articles.get(article.id)) is not None
        )
        await edit(status, OutgoingMessage(_summary(name, articles, words), (), (*opened, (undo,))))

    async def undo(self, press: Press) -> str | None:
        """Remove a report that was added in the chat."""
        words, editor = press.wording, self.services.editor
        if not self.services.is_admin(press.query.from_user):
            raise Refused(words.admins_only)
        if editor is None:
            raise Refused(words.no_editor)
        file = self.services.storage.added_files.take(int(press.arguments[0]))
        if file is None:
            raise Refused(words.undo_unknown)
        try:
            await off_loop(editor.remove, file)
            async with _progress_in(press.message, words.undoing, words) as progress:
                await off_loop(editor.refresh, progress)
        except WenbaoError as error:
            await edit(press.message, words.refresh_failed.format(why=one_line(str(error), _REASON_UNITS)))
            return None
        await edit(press.message, words.undone.format(file=one_line(file, _VALUE_UNITS)))
        return None

    async def refresh(self, update: Update, _context: Context) -> None:
        """Refresh the index, and say what has changed."""
        if (asked := await self._allowed(update)) is None:
            return
        message, words, editor = asked
        if editor is None:
            await send(message, words.no_editor)
            return
        status = await send(message, words.refreshing)
        try:
            async with _progress_in(status, words.refreshing, words) as progress:
                done = await off_loop(editor.refresh, progress)
        except IndexBusy:
            await edit(status, words.refresh_busy)
            return
        except WenbaoError as error:
            await edit(status, words.refresh_failed.format(why=one_line(str(error), _REASON_UNITS)))
            return
        if done.added or done.changed or done.removed:
            text = words.refreshed.format(
                added=done.added, changed=done.changed, removed=done.removed, unchanged=done.unchanged,
                passages=done.passages, seconds=f"{done.seconds:.1f}",
            )  # fmt: skip
        else:
            text = words.refreshed_nothing.format(unchanged=done.unchanged, passages=done.passages)
        rejected = [
            words.refresh_rejected.format(
                file=one_line(one.file, _VALUE_UNITS), reason=one_line(one.reason, _VALUE_UNITS)
            )
            for one in done.rejected[:5]
        ]
        if len(done.rejected) > len(rejected):
            rejected.append(f"…… {len(done.rejected)}")
        await edit(status, "\n".join((text, *rejected)))

    async def stats(self, update: Update, _context: Context) -> None:
        """Show how much is asked and answered, and how fast."""
        if (asked := await self._allowed(update)) is not None:
            message, words, _ = asked
            await send(message, stats(self.services.storage.metrics.timings(), words))

    async def gaps(self, update: Update, _context: Context) -> None:
        """List the questions without an answer, but not who asked them."""
        if (asked := await self._allowed(update)) is not None:
            message, words, _ = asked
            kept = self.services.storage.metrics.gaps()
            off = "" if self.services.keep_questions else f"\n\n{words.gaps_off}"
            await send(message, gaps(kept, words) + off)

    async def export(self, update: Update, _context: Context) -> None:
        """Send the votes as a file of questions for `python -m retrieval evaluate`."""
        if (asked := await self._allowed(update)) is None:
            return
        message, words, _ = asked
        votes = self.services.storage.votes.all()
        if not votes:
            await send(message, words.export_none)
            return
        content = questions(votes)
        await message.reply_document(
            InputFile(content.encode("utf-8", "replace"), filename="votes.jsonl"),
            caption=words.export_done.format(count=content.count("\n")),
            do_quote=not is_private(message),
        )

    async def _allowed(self, update: Update) -> tuple[Message, Wording, Editor | None] | None:
        message, user = message_of(update), update.effective_user
        words = self.services.wording(user)
        if not self.services.is_admin(user):
            await send(message, words.admins_only)
            return None
        return message, words, self.services.editor


def link_in(text: str) -> str | None:
    """Return the web address that a text consists of; None where it holds anything else."""
    found = _LINK.fullmatch(text.strip())
    return found.group() if found else None


def file_name(document: Document) -> str:
    """Return a name for the file without path separators or control characters."""
    given = PurePosixPath((document.file_name or "").replace("\\", "/")).name
    suffix = re.sub(r"[^a-z0-9.]", "", PurePosixPath(given).suffix.lower())
    stem = re.sub(r"[^\w.-]+", "-", given[: len(given) - len(PurePosixPath(given).suffix)]).strip("-.")
    if not suffix:
        suffix = {"text/plain": ".txt", "text/html": ".html", "application/pdf": ".pdf"}.get(
            document.mime_type or "", ""
        )
    while len(stem.encode()) > _MAX_STEM_CHARACTERS * 2:
        stem = stem[:-1]
    return (stem if is_visible(stem) else "report") + suffix


@asynccontextmanager
async def _progress_in(
    message: Message, heading: str, words: Wording
) -> AsyncIterator[Callable[[str, int, int], None]]:
    """Show the progress of a task in a message; yields the function that the task reports it to."""
    state = ("", 0, 0)

    def progress(what: str, done: int, total: int) -> None:
        nonlocal state
        state = (what, done, total)

    async def show() -> None:
        shown = state
        while True:
            await asyncio.sleep(_PROGRESS_SECONDS)
            if state != shown and state[2]:
                shown = state
                text = words.refreshing_step.format(heading=heading, done=state[1], total=state[2])
                try:
                    await edit(message, text)
                except TelegramError:
                    return  # the task goes on without it, and its result is sent in any case

    showing = asyncio.create_task(show())
    try:
        await edit(message, heading)
        yield progress
    finally:
        showing.cancel()


def _summary(name: str, articles: tuple[Article, ...], words: Wording) -> str:
    lines = [words.added.format(file=one_line(name, _VALUE_UNITS), count=len(articles))]
    for article in articles[:_MAX_ARTICLES_SHOWN]:
        fields = (
            (words.field_title, article.title),
            (words.field_paper, "、".join(publishers(article))),
            (words.field_date, words.day(article.date) if article.date else ""),
            (words.field_place, article.place or ""),
        )
        lines.append("")
        lines += [f"{field}{one_line(value, _VALUE_UNITS) or '–'}" for field, value in fields]
        lines.append(words.field_length.format(characters=len(article.text), sections=len(article.sections)))
    if len(articles) > _MAX_ARTICLES_SHOWN:
        lines.append(words.added_more.format(count=len(articles) - _MAX_ARTICLES_SHOWN))
    return "\n".join(lines)
