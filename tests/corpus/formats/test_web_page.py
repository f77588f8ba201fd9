"""Saved web pages: what the markup states, and the article to the letter."""

from datetime import date

import pytest

from corpus.formats.web_page import read_web_page
from corpus.layout.parse import ParsedPage, parse_page

FIRST = "入夏以来,街道组织志愿者清理沿江步道,居民散步更安心了。"
SECOND = "“步道干净了,我们天天来。”居民周大姐说。社区还添了十二盏路灯,方便夜里出行。"
THIRD = "下一步,街道将把步道接到公园,预计年底前完工。"
CONTENT = f"<p>　　{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


def page(
    content: str = CONTENT, head: str = "", above: str = "<h1>沿江步道亮起来</h1>", charset: str = "utf-8"
) -> bytes:
    return (
        f"<!DOCTYPE html><html><head><meta charset='{charset}'><title>沿江步道亮起来_地方_华夏网</title>"
        f"{head}"
        "<style>p{color:red}</style></head><body>"
        "<div class='nav'><a href='/'>首页</a><a href='/n'>新闻</a></div>"
        f"{above}<div id='content' class='article'>{content}</div><script>var a = '不是正文';</script>"
        "<div class='links'><ul><li><a href='/1'>某地又添一座新公园市民都说好</a></li></ul></div>"
        "<footer>版权所有 渝ICP备00000000号</footer></body></html>"
    ).encode(charset)


def read(received: bytes) -> ParsedPage:
    return parse_page(read_web_page(received))


def test_the_article_is_read_without_the_page_around_it() -> None:
    assert read(page()).text == f"{FIRST}\n{SECOND}\n{THIRD}"


def test_a_long_article_is_read_to_the_letter() -> None:
    paragraphs = [f"第{number}段说,街道把步道修好了,居民们天天来散步,也天天说好。" for number in range(60)]
    assert read(page("".join(f"<p>{words}</p>" for words in paragraphs))).text == "\n".join(paragraphs)


def test_elements_within_a_line_do_not_break_it() -> None:
    content = CONTENT.replace("十二盏", "<b>十二</b><a href='/l'>盏</a>").replace(
        "夜里", "<span>夜&#37324;</span>"
    )
    assert read(page(content)).text == f"{FIRST}\n{SECOND}\n{THIRD}"


def test_line_breaks_entities_and_blanks_are_what_a_reader_sees() -> None:
    content = f"{FIRST}<br><br>&nbsp;&nbsp;步道&amp;路灯,居民说&ldquo;好&rdquo;。<br/>{THIRD}"
    assert read(page(content)).text == f"{FIRST}\n步道&路灯,居民说“好”。\n{THIRD}"


def test_marked_headings_are_section_headings() -> None:
    found = read(
        page(f"<p>{FIRST}</p><h2>步道为什么连着人心?</h2><p>{SECOND}</p><h3>下一步</h3><p>{THIRD}</p>")
    )
    assert [section.heading for section in found.sections] == [None, "步道为什么连着人心?", "下一步"]


def test_tables_and_lists_are_lines() -> None:
    table = "<table><tr><td>步道</td><td>3公里。</td></tr><tr><td>路灯</td><td>12盏。</td></tr></table>"
    text = read(
        page(f"<p>{FIRST}</p>{table}<ul><li>甲路修好了。</li><li>乙路修好了。</li></ul><p>{THIRD}</p>")
    ).text
    assert text.split("\n") == [FIRST, "步道 3公里。", "路灯 12盏。", "甲路修好了。", "乙路修好了。", THIRD]


def test_markup_states_the_metadata() -> None:
    head = (
        "<meta property='og:title' content='沿江步道亮起来 居民夜行不再难'>"
        "<meta property='article:published_time' content='2021-07-08T23:30:00Z'>"
        "<meta name='ContentSource' content='山城晚报'><meta name='author' content='陈一'>"
        "<link rel='canonical' href='https://news.example.cn/1.html'>"
    )
    found = read(page(head=head))
    assert (found.title, found.publisher, found.byline) == (
        "沿江步道亮起来 居民夜行不再难",
        "山城晚报",
        "陈一",
    )
    assert (found.date, found.url) == (date(2021, 7, 9), "https://news.example.cn/1.html")


def test_linked_data_states_the_metadata() -> None:
    data = (
        '{"@graph": [{"@type": "NewsArticle", "headline": "步道亮灯", "datePublished": "2021-07-08",'
        ' "author": [{"name": "陈一"}], "publisher": {"name": "山城晚报"}}]}'
    )
    found = read(page(head=f"<script type='application/ld+json'>{data}</script>"))
    assert (found.title, found.date) == ("步道亮灯", date(2021, 7, 8))
    assert (found.byline, found.publisher) == ("陈一", "山城晚报")


def test_a_dateline_above_the_article_is_read_where_markup_has_none() -> None:
    above = "<h1>沿江步道亮起来</h1><div><span>2021-07-08 09:30</span> <span>来源：山城晚报</span></div>"
    found = read(page(above=above))
    assert (found.title, found.date, found.publisher) == ("沿江步道亮起来", date(2021, 7, 8), "山城晚报")
    assert found.text == f"{FIRST}\n{SECOND}\n{THIRD}"


def test_a_page_without_a_date_has_none() -> None:
    head = "<meta name='generator' content='2019-01-01'><meta name='copyright' content='© 2018-2023'>"
    assert read(page(head=head)).date is None


def test_the_name_of_the_site_is_no_part_of_the_headline() -> None:
    assert read(page(above="")).title == "沿江步道亮起来"


WECHAT = f"""<html><head><meta property="og:title" content="步道亮灯了"><title></title></head><body>
<div id="img-content"><h1 class="rich_media_title" id="activity-name">
 步道亮灯了</h1><div id="meta_content"><span class="rich_media_meta">原创</span>
<a id="js_name"> 清溪发布 </a><em id="publish_time"></em></div>
<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0;">
<section><p><span>{FIRST}</span></p><section><p>{SECOND}</p></section></section><p>{THIRD}</p></div></div>
<script>var ct = "1625758200"; var msg_link = "http://mp.weixin.qq.com/s?__biz=1&amp;mid=2";</script>
<div id="js_pc_qr_code">扫码关注</div></body></html>"""


def test_a_saved_wechat_article_is_read_though_it_is_hidden() -> None:
    found = read(WECHAT.encode())
    assert found.text == f"{FIRST}\n{SECOND}\n{THIRD}"
    assert (found.title, found.publisher, found.date) == ("步道亮灯了", "清溪发布", date(2021, 7, 8))
    assert found.url == "http://mp.weixin.qq.com/s?__biz=1&mid=2"


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "gb18030", "utf-16"])
def test_the_declared_encoding_is_read(charset: str) -> None:
    assert read(page(charset=charset)).text == f"{FIRST}\n{SECOND}\n{THIRD}"


def test_a_page_in_big5_is_read() -> None:
    received = page("<p>街道用一個月修好了這條便民步道,居民都說好。</p>", above="", charset="utf-8").decode()
    received = received[: received.index("<title>")] + received[received.index("</title>") + 8 :]
    received = received[: received.index("<script>")].replace("首页", "首頁").replace("新闻", "新聞")
    read_back = read(received.replace("utf-8", "big5").encode("big5"))
    assert "街道用一個月修好了這條便民步道,居民都說好。" in read_back.text


@pytest.mark.parametrize(
    "markup", ["<html><body></body></html>", "<script>var a = 1;</script>", "<!-- 无 -->"]
)
def test_a_page_that_shows_nothing_is_refused(markup: str) -> None:
    with pytest.raises(ValueError, match="web page"):
        read_web_page(markup.encode())


def test_elements_within_elements_are_read_as_deep_as_browsers_nest_them() -> None:
    assert FIRST in read_web_page(("<div>" * 200 + FIRST).encode()).text


def test_elements_within_elements_without_end_are_refused() -> None:
    with pytest.raises(ValueError, match="web page"):
        read_web_page(("<div>" * 50_000 + FIRST).encode())


def test_the_day_of_the_visit_in_the_head_of_a_site_is_no_date_of_the_article() -> None:
    above = "<div>2026年11月22日 星期日</div><h1>沿江步道亮起来</h1><div>来源：山城晚报</div>"
    found = read(page(above=above))
    assert (found.date, found.publisher) == (None, "山城晚报")


def test_a_sentence_that_is_a_link_stays_and_a_link_to_another_report_does_not() -> None:
    links = "<p><a href='/2'>市民可在网上预约。</a></p><p><a href='/3'>某地又添一座新公园</a></p>"
    assert (
        read(page(f"{CONTENT}{links}<p>{FIRST}</p>")).text
        == f"{FIRST}\n{SECOND}\n{THIRD}\n市民可在网上预约。\n{FIRST}"
    )
