import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from telegram.error import TimedOut

from bot.content.articles import ArticleCache
from bot.handlers.services import Services
from bot.handlers.subscriptions import MAX_PER_DAY, SubscriptionHandlers, parse_subscription
from bot.storage.notices import NOTICE_SECONDS
from corpus import Article

Make = Callable[..., Any]
PERSON = 777000111
DAY = 24 * 3600


class Newsroom:
    """A conversation whose library answers what is followed with every report at hand, and refreshes."""

    def __init__(self, conversation: Any, result: Make, answer: Make) -> None:
        self.conversation = conversation
        self._result, self._answer = result, answer
        self.confidence = 0.9
        self.refresh()

    def refresh(self, *articles: Article) -> list[Any]:
        """Put these reports beside those there are; returns the messages that people get of it."""
        library = self.conversation.library
        library.reports += articles
        library.answer = self._answer(
            *(self._result(report, confidence=self.confidence) for report in reversed(library.reports))
        )
        return self.look()

    def look(self) -> list[Any]:
        before = len(self.conversation.api.messages)

        async def run() -> None:
            application = self.conversation.application()
            async with application:
                services = Services(
                    self.conversation.library,
                    ArticleCache(self.conversation.library),
                    self.conversation.storage,
                )
                subscriptions = SubscriptionHandlers(services)
                subscriptions.look_for_news()
                await subscriptions.deliver(application.bot)

        asyncio.run(run())
        return self.conversation.api.messages[before:]


@pytest.fixture
def newsroom(conversation: Any, result: Make, answer: Make) -> Newsroom:
    return Newsroom(conversation, result, answer)


def test_a_new_passage_is_sent_once_with_its_source_and_a_way_to_unfollow(
    conversation: Any, newsroom: Newsroom, update: Make, article: Make
):
    conversation.say(update("/follow 养老"))

    (message,) = newsroom.refresh(article("养老食堂开张了。", id="new", title="新食堂"))

    assert message.quotes == ["养老食堂开张了。"]
    assert "《新食堂》 · 重庆日报" in message.text
    assert message.text.startswith("新报道说到了您关注的“养老”：")
    assert message.labels == ["取消关注"]
    assert newsroom.look() == []


def test_reports_that_were_there_before_are_not_sent(conversation: Any, newsroom: Newsroom, update: Make):
    conversation.say(update("/follow 养老"))

    assert newsroom.look() == []


def test_the_first_report_of_all_is_news_to_who_was_there_before_it(
    conversation: Any, result: Make, answer: Make, update: Make, article: Make
):
    conversation.library.reports = ()
    newsroom = Newsroom(conversation, result, answer)
    conversation.say(update("/follow 养老"))

    assert len(newsroom.refresh(article("养老食堂开张了。", id="new"))) == 1


def test_what_has_waited_too_long_is_news_no_more(
    conversation: Any, newsroom: Newsroom, update: Make, article: Make
):
    conversation.say(update("/follow 养老"))
    newsroom.refresh(*(article(f"第{n}条新闻说养老。", id=f"n{n}") for n in range(MAX_PER_DAY + 2)))

    conversation.now += NOTICE_SECONDS + 1
    conversation.storage.delete_expired()

    assert newsroom.look() == []


def test_a_passage_below_the_bar_is_not_sent(
    conversation: Any, newsroom: Newsroom, update: Make, article: Make
):
    conversation.say(update("/follow 养老"))
    newsroom.confidence = 0.49

    assert newsroom.refresh(article("天气很好。", id="new")) == []


def test_what_is_not_answered_is_not_sent(conversation: Any, newsroom: Newsroom, update: Make, article: Make):
    conversation.say(update("/follow 养老"))
    conversation.library.reports += (article("别的事。", id="new"),)
    conversation.library.answer = replace(conversation.library.answer, answered=False)

    assert newsroom.look() == []


def test_of_a_report_that_is_corrected_only_what_is_new_is_sent(
    conversation: Any, newsroom: Newsroom, update: Make, article: Make
):
    newsroom.refresh(article("旧的一句话在这里。", id="x"))
    conversation.say(update("/follow 养老"))
    library = conversation.library
    library.reports = tuple(r for r in library.reports if r.id != "x")

    assert newsroom.refresh(article("旧的一句话在这里。", id="renamed")) == []


def test_no_more_than_a_few_are_sent_a_day_and_the_others_on_the_next(
    conversation: Any, newsroom: Newsroom, update: Make, article: Make
):
    conversation.say(update("/follow 养老"))

    first = newsroom.refresh(*(article(f"第{n}条新闻说养老。", id=f"n{n}") for n in range(MAX_PER_DAY + 2)))
    same_day = newsroom.look()
    conversation.now += DAY + 1
    next_day = newsroom.look()

    assert (len(first), len(same_day), len(next_day)) == (MAX_PER_DAY, 0, 2)


def test_unfollowing_by_the_button_of_a_notice_ends_it(
    conversation: Any, newsroom: Newsroom, update: Make, article: Make
):
    conversation.say(update("/follow 养老"))
    (message,) = newsroom.refresh(article("养老食堂开张了。", id="new"))

    _, said = conversation.press(message.data("取消关注"), message)
    assert said["text"] == "不再关注“养老”。"
    assert newsroom.refresh(article("又一家开张了。", id="newer")) == []
    _, said = conversation.press(message.data("取消关注"), message)
    assert "没有这个关注" in said["text"]


def test_in_a_group_nobody_ends_what_another_follows(conversation: Any, update: Make):
    message = conversation.answer_to(update("/follow@wenbao_bot 养老", group=True))

    _, said = conversation.press(message.data("取消关注"), message, person={"id": 31})

    assert "别人的" in said["text"]
    assert conversation.storage.subscriptions.find()


def test_who_has_blocked_the_bot_is_forgotten(
    conversation: Any, newsroom: Newsroom, update: Make, article: Make
):
    conversation.say(update("/follow 养老"))
    conversation.api.answers["sendMessage"] = [(403, {"ok": False, "description": "Forbidden: blocked"})]

    newsroom.refresh(article("养老食堂开张了。", id="new"))

    assert conversation.storage.subscriptions.find() == []


def test_a_notice_that_timed_out_is_not_sent_again(
    conversation: Any, newsroom: Newsroom, update: Make, article: Make
):
    conversation.say(update("/follow 养老"))
    conversation.api.answers["sendMessage"] = [TimedOut()]

    newsroom.refresh(article("养老食堂开张了。", id="new"))

    assert newsroom.look() == []


def test_a_notice_that_telegram_could_not_take_is_sent_later(
    conversation: Any, newsroom: Newsroom, update: Make, article: Make
):
    conversation.say(update("/follow 养老"))
    conversation.api.answers["sendMessage"] = [(500, {"ok": False, "description": "Internal"})]

    newsroom.refresh(article("养老食堂开张了。", id="new"))

    assert len(newsroom.look()) == 1


def test_a_place_narrows_what_is_followed(conversation: Any, newsroom: Newsroom, update: Make, article: Make):
    conversation.say(update("/follow 养老 江北区"))
    conversation.library.narrowed.clear()

    newsroom.refresh(article("养老食堂开张了。", id="new"))

    assert {"place": "江北区"}.items() <= conversation.library.narrowed[1].items()


def test_what_is_followed_is_listed_and_unfollowed_by_name(conversation: Any, update: Make):
    conversation.say(update("/follow 养老 江北区"), update("/follow 养老 江北区"))
    assert "已经在关注" in conversation.api.messages[-1].text

    listed = conversation.answer_to(update("/unfollow"))
    assert "· 养老 · 江北区" in listed.text.split("\n")
    assert listed.labels == ["取消关注：养老 · 江北区"]
    assert "不再关注" in conversation.answer_to(update("/unfollow 养老 江北区")).text
    assert "没有关注什么" in conversation.answer_to(update("/unfollow")).text


def test_follow_alone_is_answered_with_how(conversation: Any, update: Make):
    assert "/follow 养老 江北区" in conversation.answer_to(update("/follow")).text


def test_no_more_than_twenty_can_be_followed(conversation: Any, update: Make):
    conversation.say(*(update(f"/follow 第{n}件" + "很长的事" * 60) for n in range(20)))

    assert "最多关注 20 个" in conversation.answer_to(update("/follow 再一件")).text
    assert len(conversation.answer_to(update("/unfollow")).buttons) == 20


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("养老", ("养老", "")),
        ("养老 江北区", ("养老", "江北区")),
        ("江北區 養老 服務", ("養老 服務", "江北区")),
        ("江北区", ("江北区", "")),
        ("", ("", "")),
        ("\u200b", ("\u200b", "")),
    ],
)
def test_what_is_followed_is_read_as_people_write_it(written: str, read: tuple[str, str], article: Make):
    assert parse_subscription(written, [article()]) == read


def test_a_bot_put_out_of_a_chat_forgets_what_it_followed(conversation: Any, update: Make):
    conversation.say(update("/follow 养老"))
    person = update("")["message"]["from"]
    bot = {"id": 123456, "is_bot": True, "first_name": "问报"}
    blocked = {
        "chat": {"id": PERSON, "type": "private"},
        "from": person,
        "date": 1,
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": "kicked", "until_date": 0},
    }

    conversation.say({"update_id": 5, "my_chat_member": blocked})

    assert conversation.storage.subscriptions.find() == []


def test_a_real_refresh_tells_who_follows(conversation: Any, update: Make, encoder: Any, tmp_path: Any):
    from retrieval import Retriever
    from retrieval.indexing.refresh import refresh

    reports, index = tmp_path / "reports", tmp_path / "index"
    reports.mkdir()
    (reports / "a.txt").write_text("海棠菜市场开张\n\n海棠菜市场设摊位128个。", encoding="utf-8")
    refresh(reports, index, encoder=encoder)
    conversation.library = Retriever.open(index, encoder=encoder)
    newsroom = Newsroom.__new__(Newsroom)
    newsroom.conversation = conversation
    newsroom.look()
    conversation.say(update("/follow 食堂"))

    (reports / "b.txt").write_text("社区食堂开张\n\n海棠社区食堂每天供餐三百份。", encoding="utf-8")
    refresh(reports, index, encoder=encoder)
    (message,) = newsroom.look()

    assert message.quotes == ["海棠社区食堂每天供餐三百份。"]
