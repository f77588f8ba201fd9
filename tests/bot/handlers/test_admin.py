from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from telegram import Document

from bot.content.editor import FolderEditor
from bot.handlers.admin import file_name, link_in
from retrieval import Refusal, Retriever
from retrieval.evaluation import read_questions
from retrieval.indexing.refresh import refresh

Make = Callable[..., Any]
ADMIN = 777000111
REPORT = "丁香镇花海迎客\n\n渝州日报 2024年05月06日\n\n丁香镇紫云英花海今年种了730亩,游客纷纷前来。\n"


@pytest.fixture
def newsroom(conversation: Any, encoder: Any, tmp_path: Path) -> Any:
    """A conversation with an administrator, over a true folder of reports and its index."""
    reports, index = tmp_path / "reports", tmp_path / "index"
    reports.mkdir()
    (reports / "market.txt").write_text("海棠菜市场开张\n\n海棠菜市场设摊位128个。", encoding="utf-8")
    refresh(reports, index, encoder=encoder)
    conversation.library = Retriever.open(index, encoder=encoder)
    conversation.editor = FolderEditor(reports, index, encoder)
    conversation.admins = frozenset({ADMIN})
    conversation.reports = reports
    return conversation


def upload(update: Make, name: str = "new.txt", **more: Any) -> dict[str, Any]:
    document = {"file_id": "F", "file_unique_id": "F", "file_name": name, "file_size": 300, **more}
    return update(None, document=document)


def test_a_file_that_an_administrator_sends_is_added_shown_and_answered_from(newsroom: Any, update: Make):
    newsroom.api.files["F"] = REPORT.encode()

    newsroom.say(upload(update))

    screens = [call.text for call in newsroom.api.screens]
    assert screens[:2] == ["正在接收文件……", "正在读……"]
    assert "正在编入索引" in screens[2]
    for line in ("标题：丁香镇花海迎客", "报纸：渝州日报", "日期：2024年5月6日"):
        assert line in screens[-1].split("\n")
    assert (newsroom.reports / "new.txt").read_text("utf-8") == REPORT
    assert "730亩" in newsroom.answer_to(update("丁香镇紫云英花海种了多少亩？")).text


def test_what_was_added_can_be_read_and_taken_back(newsroom: Any, update: Make):
    newsroom.api.files["F"] = REPORT.encode()
    newsroom.say(upload(update))
    done = newsroom.api.screens[-1]

    opened, _ = newsroom.press(done.data("《"), done)
    assert "730亩" in opened.text
    screen, _ = newsroom.press(done.data("撤销"), done)

    assert screen.text == "撤销了，new.txt 已经删掉。"
    assert not (newsroom.reports / "new.txt").exists()
    assert [a.id for a in newsroom.library.articles()] == ["market.txt"]
    _, said = newsroom.press(done.data("撤销"), done)
    assert "已经撤销过" in said["text"]


def test_nobody_else_takes_back_a_report(newsroom: Any, update: Make):
    newsroom.api.files["F"] = REPORT.encode()
    newsroom.say(upload(update))
    done = newsroom.api.screens[-1]

    _, said = newsroom.press(done.data("撤销"), done, person={"id": 31})

    assert "管理员" in said["text"]
    assert (newsroom.reports / "new.txt").exists()


def test_a_file_that_gives_no_article_is_not_added_and_the_reason_is_told(newsroom: Any, update: Make):
    newsroom.api.files["F"] = b""

    newsroom.say(upload(update))

    assert newsroom.api.screens[-1].text.startswith("没有加进来。new.txt is not added: ")
    assert [file.name for file in newsroom.reports.iterdir()] == ["market.txt"]


@pytest.mark.parametrize(
    ("name", "size", "words"), [("a.exe", 3, "这种文件读不了"), ("a.pdf", 30_000_000, "太大")]
)
def test_a_file_that_cannot_be_taken_is_refused_before_it_is_fetched(
    newsroom: Any, update: Make, name: str, size: int, words: str
):
    assert words in newsroom.answer_to(upload(update, name, file_size=size)).text
    assert not newsroom.api.made("getFile")


def test_a_link_into_the_own_network_is_refused(newsroom: Any, update: Make):
    newsroom.say(update("http://127.0.0.1:9/secret"))

    assert newsroom.api.screens[-1].text.startswith("没有加进来。")
    assert [file.name for file in newsroom.reports.iterdir()] == ["market.txt"]


def test_a_link_that_an_administrator_sends_is_added(newsroom: Any, update: Make, server: Any, encoder: Any):
    page = (
        "<html><head><title>丁香镇花海迎客</title></head><body><h1>丁香镇花海迎客</h1><p>{}</p></body></html>"
    )
    server.api.files["page.html"] = page.format("丁香镇紫云英花海今年种了730亩,游客纷纷前来。" * 3).encode()
    index = newsroom.reports.parent / "index"
    newsroom.editor = FolderEditor(newsroom.reports, index, encoder, private_links=True)

    newsroom.say(update(f"{server.url}/file/bot/page.html"))

    assert "标题：丁香镇花海迎客" in newsroom.api.screens[-1].text
    assert newsroom.api.screens[-1].labels[-1] == "撤销，删掉这篇"


@pytest.mark.parametrize("command", ["/refresh", "/stats", "/gaps", "/export"])
def test_others_are_told_that_a_command_is_not_for_them(conversation: Any, update: Make, command: str):
    assert "这是管理员用的" in conversation.answer_to(update(command)).text


def test_others_are_told_that_files_and_links_are_not_for_them(newsroom: Any, update: Make):
    newsroom.admins = frozenset()
    newsroom.api.files["F"] = REPORT.encode()

    assert "这是管理员用的" in newsroom.answer_to(upload(update)).text
    assert "加报道是管理员的事" in newsroom.answer_to(update("https://example.org/a")).text
    assert [file.name for file in newsroom.reports.iterdir()] == ["market.txt"]
    assert not newsroom.api.made("getFile")


def test_an_album_of_files_is_answered_once_where_it_is_not_for_the_sender(conversation: Any, update: Make):
    document = {"file_id": "F", "file_unique_id": "F", "file_name": "a.txt"}
    conversation.say(*(update(None, document=document, media_group_id="9") for _ in range(3)))

    assert len(conversation.api.messages) == 1


def test_refresh_tells_what_it_did_and_what_it_could_not_read(newsroom: Any, update: Make):
    (newsroom.reports / "new.txt").write_text(REPORT, encoding="utf-8")
    (newsroom.reports / "broken.pdf").write_bytes(b"no pdf")

    newsroom.say(update("/refresh"))

    assert newsroom.api.messages[-1].text == "正在更新索引……"
    done = newsroom.api.screens[-1].text.split("\n")
    assert done[0].startswith("更新好了：新增 1，修改 0，删除 0，不变 1；")
    assert done[1].startswith("读不了 broken.pdf：")


def test_a_refresh_without_news_says_so(newsroom: Any, update: Make):
    newsroom.say(update("/refresh"))

    assert newsroom.api.screens[-1].text == "没有变化：1 篇，1 段。"


def test_questions_without_an_answer_are_gathered_without_who_asked(
    conversation: Any, update: Make, answer: Make
):
    conversation.admins = frozenset({ADMIN})
    conversation.library.answer = answer(reason=Refusal.NOT_SAID)
    conversation.say(
        update("地铁几点收班？"),
        update("地铁几点收班呢"),
        update("地鐵幾點收班？"),
        update("江北区的区长是谁？"),
    )

    told = conversation.answer_to(update("/gaps")).text

    assert "3 次 · 地铁几点收班？ / 地铁几点收班呢（最近 2023-11-14）" in told.split("\n")
    assert "1 次 · 江北区的区长是谁？（最近 2023-11-14）" in told.split("\n")
    assert str(ADMIN) not in told


def test_with_the_setting_off_no_question_is_kept(conversation: Any, update: Make, answer: Make):
    conversation.admins, conversation.keep_questions = frozenset({ADMIN}), False
    conversation.library.answer = answer(reason=Refusal.NOT_SAID)
    conversation.say(update("地铁几点收班？"))

    told = conversation.answer_to(update("/gaps")).text

    assert "地铁" not in told
    assert "KEEP_QUESTIONS 是 off" in told


def test_stats_tell_questions_share_latency_and_the_slowest_step(conversation: Any, update: Make):
    conversation.admins = frozenset({ADMIN})
    conversation.say(update("问一"), update("问二"))

    told = conversation.answer_to(update("/stats")).text

    assert "2023-11-14：2 个问题，答上 100%" in told
    assert "最慢的一步是" in told


def test_votes_come_as_a_file_that_evaluate_reads(conversation: Any, update: Make, tmp_path: Path):
    conversation.admins = frozenset({ADMIN})
    conversation.say(update("华新街有几个养老中心？"), update("两路口街道有什么别的问题？"))
    conversation.press(conversation.api.messages[0].data("👍"), conversation.api.messages[0])
    conversation.press(conversation.api.messages[1].data("👎"), conversation.api.messages[1])

    conversation.say(update("/export"))

    file = tmp_path / "votes.jsonl"
    file.write_bytes(conversation.api.made("sendDocument")[-1].sent["document"])
    liked, disliked = read_questions(file)
    assert (liked.question, liked.answers) == (
        "华新街有几个养老中心？", ("华新街街道建成养老服务中心2个，惠及老人三千名。",)
    )  # fmt: skip
    assert (disliked.question, disliked.answers) == ("两路口街道有什么别的问题？", ())
    assert str(ADMIN) not in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("花海.txt", "花海.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\报道\\一.PDF", "一.pdf"),
        ("a\u202etxt.exe\x00.html", "a-txt.exe.html"),
        (".hidden.md", "hidden.md"),
        ("\ud83d.txt", "report.txt"),
        ("<b>&'\".csv", "b.csv"),
        ("长" * 300 + ".docx", "长" * 53 + ".docx"),
        (None, "report.txt"),
    ],
)
def test_a_file_gets_a_name_that_harms_no_folder_and_no_screen(sent: str | None, kept: str):
    document = Document("F", "F", file_name=sent, mime_type="text/plain")

    assert file_name(document) == kept


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://a.cn/1", "https://a.cn/1"),
        (" http://a \n", "http://a"),
        ("看 https://a.cn", None),
        ("a.cn", None),
    ],
)
def test_only_a_text_that_is_nothing_else_is_a_link(text: str, link: str | None):
    assert link_in(text) == link
