"""Telegram in memory and over HTTP, a library with canned answers, and people who write to the bot."""

import asyncio
import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import settings
from telegram import Update
from telegram.request import BaseRequest, RequestData

from bot.app import build_application
from bot.settings import Settings
from bot.storage.storage import Storage
from corpus import Article
from retrieval import Answer, FollowUp, Refusal, Result, Span, complete

settings.register_profile("untimed", deadline=None)  # how busy the machine is says nothing of the bot
settings.load_profile("untimed")

TOKEN = "123456:secret-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
BOT = {
    "id": 123456,
    "is_bot": True,
    "first_name": "问报",
    "username": "wenbao_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}
USER_ID = 777000111
TEXT = "江北区民政局介绍了情况。华新街街道建成养老服务中心2个，惠及老人三千名。其余的仍在建设。"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def refused(text: str, entities: list[dict[str, Any]]) -> str | None:
    """Why Telegram would not take this message, or would show it otherwise than it was sent."""
    encoded = text.encode("utf-16-le")
    if not 1 <= units(text) <= 4096 or not text.strip():
        return "message text is empty or too long"
    if text != text.strip() or any(c < " " and c != "\n" for c in text):
        return "message text would be changed"
    if len(entities) > 100:
        return "too many entities"
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if not 0 <= start < end <= units(text):
            return "entity out of range"
        try:
            piece = encoded[2 * start : 2 * end].decode("utf-16-le")
        except UnicodeDecodeError:
            return "entity cuts a character in two"
        if piece != piece.strip():
            return "entity begins or ends on white space"
    return None


@dataclass(frozen=True)
class Call:
    method: str
    sent: dict[str, Any]
    number: int = 0

    @property
    def text(self) -> str:
        return str(self.sent["text"])

    @property
    def entities(self) -> list[dict[str, Any]]:
        return list(self.sent.get("entities") or [])

    def marked(self, kind: str) -> list[str]:
        """The pieces of the text under entities of a kind, by Telegram's own way of counting."""
        encoded = self.text.encode("utf-16-le")
        return [
            encoded[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
            for e in self.entities
            if e["type"] == kind
        ]

    @property
    def quotes(self) -> list[str]:
        return self.marked("blockquote") + self.marked("expandable_blockquote")

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """The buttons under the message, row by row."""
        rows = (self.sent.get("reply_markup") or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    def data(self, label: str) -> str:
        """What the first button carries whose label begins so."""
        return next(str(b["callback_data"]) for b in self.buttons if b["text"].startswith(label))


def refused_markup(markup: dict[str, Any] | None) -> str | None:
    """Why Telegram would not take these buttons."""
    rows = (markup or {}).get("inline_keyboard", [])
    if sum(map(len, rows)) > 100 or any(not 1 <= len(row) <= 8 for row in rows):
        return "too many buttons"
    for button in (button for row in rows for button in row):
        if not button["text"].strip():
            return "a button without text"
        if "url" not in button and not 1 <= len(button.get("callback_data", "").encode()) <= 64:
            return "BUTTON_DATA_INVALID"
    return None


@dataclass
class BotApi:
    """What Telegram would answer, whichever way the requests come in.

    `answers[method]` holds replies to give first: `(status, body)`, or an exception to raise. `files`
    holds the content of what people upload, by file id.
    """

    calls: list[Call] = field(default_factory=list)
    answers: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    updates: list[Any] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    files: dict[str, bytes] = field(default_factory=dict)
    shown: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @property
    def messages(self) -> list[Call]:
        return self.made("sendMessage")

    @property
    def screens(self) -> list[Call]:
        """What people see: messages, and what these become."""
        return self.made("sendMessage", "editMessageText")

    def made(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    def deliver(self, *updates: Any) -> None:
        with self.changed:
            self.updates.extend(updates)
            self.changed.notify_all()

    def wait_for(self, met: Callable[[], Any], seconds: float) -> bool:
        with self.changed:
            return bool(self.changed.wait_for(met, seconds))

    def receive(self, method: str, sent: dict[str, Any]) -> tuple[int, Any]:
        with self.changed:
            number = len(self.calls) + 1000
            if method != "getUpdates":
                self.calls.append(Call(method, sent, number))
            self.changed.notify_all()
        if self.answers[method]:
            answer = self.answers[method].pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer  # type: ignore[no-any-return]
        if method == "getMe":
            return 200, {"ok": True, "result": BOT}
        if method == "getUpdates":
            return 200, {
                "ok": True,
                "result": self._pending(int(sent.get("offset", 0)), sent.get("timeout", 0)),
            }
        if method in ("sendMessage", "editMessageText"):
            problem = refused(sent["text"], sent.get("entities") or []) or refused_markup(
                sent.get("reply_markup")
            )
            if problem:
                self.refused.append(problem)
                return 400, {"ok": False, "error_code": 400, "description": f"Bad Request: {problem}"}
            return 200, {"ok": True, "result": self._message(sent, number)}
        if method == "editMessageReplyMarkup":
            message = self.shown[int(sent["chat_id"]), int(sent["message_id"])]
            message["reply_markup"] = sent.get("reply_markup") or {"inline_keyboard": []}
            return 200, {"ok": True, "result": message}
        if method == "sendDocument":
            return 200, {"ok": True, "result": self._message(sent | {"text": "-"}, number)}
        if method == "answerCallbackQuery" and len(sent.get("text") or "") > 200:
            return 400, {"ok": False, "error_code": 400, "description": "Bad Request: MESSAGE_TOO_LONG"}
        if method == "answerInlineQuery":
            problem = refused_results(sent)
            if problem:
                self.refused.append(problem)
                return 400, {"ok": False, "error_code": 400, "description": f"Bad Request: {problem}"}
        if method == "getFile":
            id = sent["file_id"]
            return 200, {"ok": True, "result": {"file_id": id, "file_unique_id": id, "file_path": id}}
        return 200, {"ok": True, "result": True}

    def _pending(self, offset: int, timeout: int) -> list[Any]:
        def waiting() -> list[Any]:
            return [update for update in self.updates if update.get("update_id", offset) >= offset]

        with self.changed:
            self.changed.wait_for(waiting, min(float(timeout), 1.0))
            return waiting()

    def _message(self, sent: dict[str, Any], number: int) -> dict[str, Any]:
        id = int(sent["chat_id"])
        chat = {"id": id, "type": "private" if id > 0 else "supergroup", "title": "街坊"}
        made = {
            "message_id": int(sent.get("message_id", number)),
            "date": int(time.time()),
            "chat": chat,
            "from": BOT,
            "text": sent["text"],
        }
        if sent.get("reply_markup"):
            made["reply_markup"] = sent["reply_markup"]
        self.shown[id, made["message_id"]] = made
        return made


def refused_results(sent: dict[str, Any]) -> str | None:
    """Why Telegram would not take these inline results."""
    results = sent["results"]
    if len(results) > 50 or len({one["id"] for one in results}) != len(results):
        return "RESULT_ID_DUPLICATE"
    for one in results:
        content = one["input_message_content"]
        problem = refused(content["message_text"], content.get("entities") or [])
        if problem or not 1 <= len(one["id"].encode()) <= 64 or not one["title"].strip():
            return problem or "RESULT_ID_INVALID"
    payload = (sent.get("button") or {}).get("start_parameter", "x")
    return None if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload) else "START_PARAM_INVALID"


class InMemory(BaseRequest):
    """Requests that end here: no socket is ever opened."""

    def __init__(self, api: BotApi) -> None:
        self._api = api

    @property
    def read_timeout(self) -> float | None:
        return 1.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        if "/file/bot" in url:
            return 200, self._api.files[url.rpartition("/")[2]]
        sent = request_data.parameters if request_data else {}
        # As it would cross the wire: what cannot be written as UTF-8 fails here as it would there.
        json.dumps(sent, ensure_ascii=False).encode()
        for name, (_, content, *_more) in (request_data.multipart_data or {} if request_data else {}).items():
            sent = {**sent, name: content}
        await asyncio.sleep(0)
        code, body = self._api.receive(url.rpartition("/")[2], dict(sent))
        return code, json.dumps(body).encode()


class Library:
    """A library that gives canned answers, or raises one error, and remembers what it was asked.

    `answers` holds answers to single questions; every other question gets `answer`. `complete` makes a
    follow-up complete.
    """

    def __init__(self, answer: Answer | Exception, articles: tuple[Article, ...] = ()) -> None:
        self.answer = answer
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.narrowed: list[dict[str, Any]] = []
        self.threads: set[int] = set()
        self.delays: dict[str, float] = {}
        self.reports = articles
        self.complete: Callable[[str, str], FollowUp] = complete

    def ask(self, question: str, k: int = 3, *, after: str | None = None, **narrowed: Any) -> Answer:
        follow_up = self.complete(question, after) if after else FollowUp(question, ())
        question, put = follow_up.question, question
        self.asked.append(question)
        self.narrowed.append(narrowed)
        self.threads.add(threading.get_ident())
        time.sleep(self.delays.get(question, 0))
        answer = self.answers.get(question, self.answer)
        if isinstance(answer, Exception):
            raise answer
        return replace(answer, question=put, asked=question, taken=tuple(follow_up.taken))

    def articles(self, **narrowed: Any) -> tuple[Article, ...]:
        self.narrowed.append(narrowed)
        return self.reports


@dataclass
class Conversation:
    """A person, an application with its true wiring, and Telegram between them.

    What the bot remembers outlives each of these calls, as it does a restart.
    """

    api: BotApi
    library: Any
    admins: frozenset[int] = frozenset()
    editor: Any = None
    keep_questions: bool = True
    now: float = 1_700_000_000.0
    storage: Storage = field(init=False)

    def __post_init__(self) -> None:
        self.storage = Storage(clock=lambda: self.now)

    @property
    def refused(self) -> list[str]:
        """Why Telegram refused what it refused."""
        return self.api.refused

    def application(self) -> Any:
        settings = Settings(token=TOKEN, admins=self.admins, keep_questions=self.keep_questions)
        return build_application(
            settings, self.library, request=InMemory(self.api), storage=self.storage, editor=self.editor,
        )  # fmt: skip

    def say(self, *updates: dict[str, Any]) -> list[Call]:
        """All messages that the bot has sent once the updates have come in one after another."""

        async def run() -> None:
            application = self.application()
            async with application:
                for update in updates:
                    await application.process_update(Update.de_json(update, application.bot))

        asyncio.run(run())
        return self.api.messages

    def answer_to(self, update: dict[str, Any]) -> Call:
        """The one message that the bot sends upon an update."""
        before = len(self.api.messages)
        self.say(update)
        (message,) = self.api.messages[before:]
        return message

    def press(
        self, data: str, message: Call | None = None, **more: Any
    ) -> tuple[Call | None, dict[str, Any]]:
        """What a message becomes when one of its buttons is pressed, and what is said at the press.

        `message` is the last one that was sent, unless given.
        """
        message = message or self.api.messages[-1]
        chat = int(message.sent["chat_id"])
        shown = more.get("shown") or self.api.shown[chat, int(message.sent.get("message_id", message.number))]
        before = len(self.api.calls)
        self.say(make_press(shown, data, **more.get("person", {})))
        calls = self.api.calls[before:]
        answers = [call.sent for call in calls if call.method == "answerCallbackQuery"]
        assert len(answers) == 1, "every press is answered, and once"
        edits = [call for call in calls if call.method in ("editMessageText", "sendMessage")]
        return (edits[-1] if edits else None), answers[0]

    def query(self, text: str) -> dict[str, Any]:
        """What is offered upon an inline query."""
        update = make_update("")
        query = {"id": "9", "from": update["message"]["from"], "query": text, "offset": ""}
        self.say({"update_id": update["update_id"], "inline_query": query})
        return self.api.made("answerInlineQuery")[-1].sent

    def at_once(self, *updates: dict[str, Any], ended: Callable[[], bool]) -> list[Call]:
        """The same when they arrive together, through the queue of a running application."""

        async def run() -> None:
            application = self.application()
            async with application:
                await application.start()
                for update in updates:
                    await application.update_queue.put(Update.de_json(update, application.bot))
                for _ in range(2_000):
                    if ended():
                        break
                    await asyncio.sleep(0.01)
                await application.stop()

        asyncio.run(run())
        return self.api.messages


def make_update(
    text: str | None = None, *, group: bool = False, kind: str = "message", **more: Any
) -> dict[str, Any]:
    """An update as Telegram delivers it; a command at the beginning gets its entity."""
    make_update.number += 1  # type: ignore[attr-defined]
    number = make_update.number  # type: ignore[attr-defined]
    chat = (
        {"id": -100200300, "type": "supergroup", "title": "街坊"}
        if group
        else {"id": USER_ID, "type": "private"}
    )
    language = more.pop("language", "zh-hans")
    message: dict[str, Any] = {
        "message_id": number,
        "date": int(time.time()),
        "chat": chat,
        "from": {"id": USER_ID, "is_bot": False, "first_name": "渝", "language_code": language},
        **more,
    }
    if text is not None:
        message["text"] = text
        command = text.split()[0] if text.startswith("/") and text.split() else ""
        if command.isascii() and len(command) > 1:
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    return {"update_id": number, kind: message}


def make_press(message: dict[str, Any], data: str, **person: Any) -> dict[str, Any]:
    """A press of a button, as Telegram delivers it."""
    update = make_update("")
    query = {
        "id": str(update["update_id"]),
        "from": update["message"]["from"] | person,
        "chat_instance": "1",
        "message": message,
        "data": data,
    }
    return {"update_id": update["update_id"], "callback_query": query}


make_update.number = 0  # type: ignore[attr-defined]


def make_article(text: str = TEXT, **more: Any) -> Article:
    known: dict[str, Any] = {
        "id": "a.txt",
        "title": "让老人在家门口享福",
        "subtitle": None,
        "publisher": "重庆日报",
        "date": date(2023, 1, 14),
        "byline": None,
        "place": "江北区",
        "sections": (),
        "url": None,
    }
    return Article(text=text, **(known | more))


def make_result(
    article: Article,
    start: int = 0,
    end: int | None = None,
    answer: tuple[int, int] | None = None,
    **more: Any,
) -> Result:
    end = len(article.text) if end is None else end
    first, last = answer or (start, end)
    span = Span(first, last, article.text[first:last])
    known: dict[str, Any] = {"rank": 1, "score": 1.0, "confidence": 0.9, "section": None}
    return Result(
        article=article, start=start, end=end, text=article.text[start:end], answer=span, **(known | more)
    )


def make_answer(*results: Result, reason: Refusal | None = None) -> Answer:
    return Answer("问", reason is None, reason, results, 1.0)


@pytest.fixture(scope="session")
def update() -> Callable[..., dict[str, Any]]:
    return make_update


@pytest.fixture
def press(server: "Server") -> Callable[..., dict[str, Any]]:
    """A press of a button of a message that went over HTTP."""
    return lambda call, data: make_press(
        server.api.shown[int(call.sent["chat_id"]), int(call.sent.get("message_id", call.number))], data
    )


@pytest.fixture(scope="session")
def article() -> Callable[..., Article]:
    return make_article


@pytest.fixture(scope="session")
def result() -> Callable[..., Result]:
    return make_result


@pytest.fixture(scope="session")
def answer() -> Callable[..., Answer]:
    return make_answer


@pytest.fixture(scope="session")
def why_refused() -> Callable[..., str | None]:
    def why(text: str, entities: list[dict[str, Any]], markup: dict[str, Any] | None = None) -> str | None:
        return refused(text, entities) or refused_markup(markup)

    return why


@pytest.fixture
def canned() -> Answer:
    """The answer of the library: one quote with the answering sentence in its middle."""
    found = make_article()
    first, last = TEXT.index("华新街"), TEXT.index("其余")
    return make_answer(make_result(found, answer=(first, last), section="民生"))


@pytest.fixture(scope="session")
def new_conversation() -> Callable[..., Conversation]:
    return lambda answer, articles: Conversation(BotApi(), Library(answer, articles))


@pytest.fixture
def conversation(canned: Answer) -> Conversation:
    return Conversation(BotApi(), Library(canned, (make_article(),)))


_STRUCTURED = (
    "entities", "timeout", "offset", "chat_id", "message_id", "reply_parameters", "link_preview_options",
    "reply_markup", "results", "button", "commands", "allowed_updates", "scope",
)  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: BotApi

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        sent: dict[str, Any] = {
            name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()
        }
        for name in _STRUCTURED:
            if name in sent:
                sent[name] = json.loads(sent[name])
        if self.path.startswith("/file/bot"):
            name = self.path.rpartition("/")[2]
            self._send(200, self.api.files[name], "text/html" if name.endswith(".html") else None)
            return
        if self.path == "/robots.txt":
            self._send(404, b"")
            return
        token, _, method = self.path.removeprefix("/bot").partition("/")
        if token == TOKEN:
            try:
                code, answer = self.api.receive(method, sent)
            except ConnectionAbortedError:  # the line breaks
                self.close_connection = True
                return
            except TimeoutError:  # nothing comes back for longer than anybody waits
                time.sleep(1)
                self.close_connection = True
                return
        else:
            code, answer = 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self._send(code, payload)

    def _send(self, code: int, payload: bytes, kind: str | None = None) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind or "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        with suppress(ConnectionError):  # a client that ends does not wait for its last long poll
            self.wfile.write(payload)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None: ...


@dataclass(frozen=True)
class Server:
    """A Bot API stand-in on a port of this machine."""

    api: BotApi
    url: str
    token: str = TOKEN
    user_id: int = USER_ID


@pytest.fixture
def server() -> Iterator[Server]:
    api = BotApi()
    handler = type("Handler", (_Handler,), {"api": api})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Server(api, f"http://127.0.0.1:{http.server_port}")
    http.shutdown()
    http.server_close()
    thread.join(5)
