"""Pages of papers, portals and accounts that are not among the reports: the rules are general."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.layout.parse import ParsedPage, parse_page
from corpus.repair.repair import repair_text

FIRST = "入夏以来,街道组织志愿者清理沿江步道,居民散步更安心了。"
SECOND = "“步道干净了,我们天天来。”居民周大姐说。社区还添了十二盏路灯,方便夜里出行。"
THIRD = "下一步,街道将把步道接到公园,预计年底前完工。"
BODY = f"{FIRST}\n{SECOND}\n{THIRD}"


def headings(page: ParsedPage) -> list[str | None]:
    return [section.heading for section in page.sections]


def digital_paper(headline: str = "沿江步道亮起来", window: str = "") -> str:
    return (
        "山城晚报电子版\n国内统一刊号：CN50-9999\n2021年07月08日 星期四\n按日期检索\n3 2021\n\n山城晚报\n"
        f"{window}\n上一版 下一版\n两江潮涌 再启新程\n07\n{headline}\n——清溪街道更新纪事\n\n"
        f"{FIRST}\n\n{SECOND}\n\n步道连着人心\n\n{THIRD}\n\n(陈一 王小二/文 清溪街道供图)\n\n"
        "责任编辑：赵四\n放大 缩小 默认\n"
        "主办单位：山城晚报社 地址：和平路1号 邮编：400000\n备案号：渝ICP备00000000号"
    )


def portal(body: str = BODY) -> str:
    return (
        "华夏网>>地方>>要闻\n\n沿江步道亮起来 居民夜行不再难\n\n"
        "2021-07-08 09:30 | 來源：山城晚報\n字号 大 中 小\n\n"
        f"{body}\n\n(責編：趙四、錢五)\n分享到：\n返回頂部"
    )


def account_page() -> str:
    return (
        "夜行不再难︱沿江步道亮起来\n\n原创\n城事 2021-07-08 09:30 重庆\n\n沿江步道亮起来\n\n"
        f"{FIRST}\n\n{SECOND}\n\n“路灯长”：\n\n点亮回家路的人\n\n{THIRD}\n\n"
        "文丨陈一\n编辑丨赵四 审核丨钱五\n"
        "声明：本公众号内容系清溪发布原创作品，版权归清溪发布所有。未经授权不得转载。\n"
        "求点赞\n求转发\n\n清溪发布\n清溪街道政务信息发布的权威平台\n最新文章\n某地又添新公园\n某地开新店"
    )


def test_a_digital_paper_leaves_the_report_alone() -> None:
    page = parse_page(digital_paper())
    assert page.text == f"{FIRST}\n{SECOND}\n步道连着人心\n{THIRD}"
    assert headings(page) == [None, "步道连着人心"]


def test_a_digital_paper_names_paper_date_headline_subtitle_and_byline() -> None:
    page = parse_page(digital_paper())
    assert page.publisher == "山城晚报"
    assert page.date == date(2021, 7, 8)
    assert (page.title, page.subtitle) == ("沿江步道亮起来", "清溪街道更新纪事")
    assert page.byline == "陈一 王小二/文 清溪街道供图"


def test_a_window_title_gives_the_fuller_headline() -> None:
    window = "山城晚报两江潮涌 再启新程 沿江步道亮起来 居民夜行不再难"
    assert parse_page(digital_paper(window=window)).title == "沿江步道亮起来 居民夜行不再难"


def test_the_name_of_the_site_is_no_part_of_the_headline() -> None:
    page = f"沿江步道亮起来 居民夜行不再难_地方_华夏网\n沿江步道亮起来\n2021-07-08 09:30\n{BODY}"
    assert parse_page(page).title == "沿江步道亮起来 居民夜行不再难"


def test_a_portal_leaves_the_report_alone() -> None:
    page = parse_page(portal())
    assert page.text == BODY
    assert (page.title, page.publisher, page.date) == (
        "沿江步道亮起来 居民夜行不再难",
        "山城晚報",
        date(2021, 7, 8),
    )


def test_an_account_leaves_the_report_alone() -> None:
    page = parse_page(account_page())
    assert page.text == f"{FIRST}\n{SECOND}\n“路灯长”：\n点亮回家路的人\n{THIRD}"
    assert headings(page) == [None, "“路灯长”： 点亮回家路的人"]


def test_an_account_names_itself_its_date_and_its_writer() -> None:
    page = parse_page(account_page())
    assert page.title == "夜行不再难︱沿江步道亮起来"
    assert (page.publisher, page.date, page.byline) == ("清溪发布", date(2021, 7, 8), "文丨陈一")


def test_an_account_that_states_nothing_is_named_above_its_own_description() -> None:
    footer = "编辑:赵四\n清溪之声\n清溪街道权威信息发布平台\n最新文章"
    page = f"沿江步道亮起来\n2021-07-08 09:30\n{BODY}\n{footer}"
    assert parse_page(page).publisher == "清溪之声"


def test_every_cut_names_its_line_and_rule() -> None:
    cuts = {cut.line: cut.rule for cut in parse_page(digital_paper()).cuts}
    assert cuts["国内统一刊号：CN50-9999"] == "serial number"
    assert cuts["(陈一 王小二/文 清溪街道供图)"] == "byline"
    assert cuts["放大 缩小 默认"] == "text size"


def test_indented_pages_tell_captions_by_their_place_at_the_margin() -> None:
    body = f"步道夜景\n\n　　{FIRST}\n\n　　步道连着人心\n\n　　{SECOND}\n市民在步道上\n　　{THIRD}"
    page = parse_page(portal(body))
    assert page.text == f"{FIRST}\n步道连着人心\n{SECOND}\n{THIRD}"
    assert [cut.line for cut in page.cuts if cut.rule == "caption"] == ["步道夜景", "市民在步道上"]


@pytest.mark.parametrize(
    "caption",
    ["图为步道夜景。记者 陈一 摄", "▲ 居民在步道上散步", "步道夜景 陈一/摄", "(清溪街道供图)", "資料圖片"],
)
def test_captions_of_known_form_are_cut(caption: str) -> None:
    assert parse_page(portal(f"{FIRST}\n{caption}\n{SECOND}\n{THIRD}")).text == BODY


@pytest.mark.parametrize(
    "sentence",
    [
        "居民可在微信公众平台查询,也可拨打咨询电话:023-12345678。",
        "主办单位:街道办事处,责任编辑:他也曾做过,这些话写在墙上。",
        "他按日期搜索旧报,把字号放大,再返回顶部重读。",
        "声明:街道从未委托任何人收费,请居民留意。",
        "图书馆添了新书,分享让更多人看到好书的乐趣。",
    ],
)
def test_a_paragraph_that_merely_holds_the_words_of_furniture_stays(sentence: str) -> None:
    assert sentence in parse_page(portal(f"{FIRST}\n{sentence}\n{SECOND}\n{THIRD}")).text


def test_organisers_and_an_address_may_close_a_report() -> None:
    notice = "主办单位:清溪街道办事处\n地址:和平路1号文化中心"
    assert parse_page(f"沿江步道亮起来\n2021-07-08 09:30\n{BODY}\n{notice}").text == f"{BODY}\n{notice}"


@pytest.mark.parametrize(
    "headline", ["摄影大赛今日启动", "文明江北人人参与", "记者手记里的山城", "视频丨夜色步道"]
)
def test_a_headline_with_the_words_of_a_byline_is_a_headline(headline: str) -> None:
    assert parse_page(f"{headline}\n2021-07-08 09:30\n{BODY}").title == headline


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2021年7月8日", date(2021, 7, 8)),
        ("2021年07月08日 星期四", date(2021, 7, 8)),
        ("2021年07月08日15:53 | 来源:山城晚报", date(2021, 7, 8)),
        ("发布时间:2021/07/08 09:30:00", date(2021, 7, 8)),
        ("清溪发布 2021-07-08 09:30 重庆", date(2021, 7, 8)),
        ("2021年02月30日", None),
        ("2021-13-01 10:00", None),
    ],
)
def test_a_dateline_gives_the_day_if_there_is_such_a_day(line: str, day: date | None) -> None:
    page = parse_page(f"沿江步道亮起来\n{line}\n{BODY}")
    assert (page.date, page.text) == (day, BODY)


def test_a_date_within_the_report_is_not_its_date() -> None:
    assert parse_page(f"沿江步道亮起来\n\n2021年7月8日,步道完工,居民前来散步。\n{BODY}").date is None


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("(记者 陈一 通讯员 王小二)", "记者 陈一 通讯员 王小二"),
        ("（陈一/文 王小二/图）", "陈一/文 王小二/图"),
        ("记者：陈一", "记者：陈一"),
        ("陈一 王小二 图片由清溪街道提供", "陈一 王小二 图片由清溪街道提供"),
        ("本报记者 陈一 摄影报道", "本报记者 陈一 摄影报道"),
    ],
)
def test_a_byline_below_the_report_is_kept_as_metadata_only(line: str, byline: str) -> None:
    page = parse_page(f"沿江步道亮起来\n2021-07-08 09:30\n{BODY}\n{line}")
    assert (page.byline, page.text) == (byline, BODY)


def test_a_byline_behind_the_last_sentence_is_cut_from_it() -> None:
    page = parse_page(f"沿江步道亮起来\n2021-07-08 09:30\n{BODY} (记者 陈一)")
    assert (page.byline, page.text) == ("记者 陈一", BODY)


def test_a_byline_in_the_first_paragraph_stays_there() -> None:
    page = parse_page(f"沿江步道亮起来\n2021-07-08 09:30\n本报讯(记者 陈一){BODY}")
    assert page.byline == "记者 陈一"
    assert page.text.startswith("本报讯(记者 陈一)")


def test_a_page_without_headline_is_named_by_its_first_clauses() -> None:
    assert parse_page(BODY).title == "入夏以来,街道组织志愿者清理沿江步道,居民散步更安心了"


def test_a_made_headline_names_the_place_first() -> None:
    opening = "便民步道完工、路灯亮起、居民点赞、老人满意、孩子开心、邻里和睦,沙坪坝区磁器口街道热闹起来。"
    page = parse_page(opening + "\n" + BODY.replace("街道", "磁器口街道"))
    assert page.place == "沙坪坝区磁器口街道"
    assert page.title == "沙坪坝区磁器口街道:便民步道完工、路灯亮起、居民点赞……"


def test_numbers_above_headings_belong_to_them() -> None:
    body = f"{FIRST}\n01\n步道连着人心\n{SECOND}\n02\n路灯照亮\n{THIRD}"
    page = parse_page(f"沿江步道亮起来\n2021-07-08 09:30\n{body}")
    assert headings(page) == [None, "01 步道连着人心", "02 路灯照亮"]


def test_a_list_of_short_lines_is_no_row_of_headings() -> None:
    listed = "清溪站\n和平站\n江岸站\n"
    page = parse_page(f"沿江步道亮起来\n2021-07-08 09:30\n{FIRST}\n{listed}{SECOND}")
    assert headings(page) == [None]
    assert listed in page.text


def test_a_lead_in_is_no_heading() -> None:
    page = parse_page(f"沿江步道亮起来\n2021-07-08 09:30\n{FIRST}\n社区书记说:\n{SECOND}")
    assert headings(page) == [None]


LINE = st.sampled_from([*digital_paper().split("\n"), *portal().split("\n"), *account_page().split("\n"), ""])
WORDS = st.text(alphabet="重庆江北 步道,。:!“”(文摄)2021年", max_size=60)
PAGE = st.lists(LINE | WORDS, max_size=30).map("\n".join)


@given(PAGE)
def test_no_line_vanishes_without_a_cut_that_names_it(page: str) -> None:
    read = parse_page(page)
    cut = {line.line for line in read.cuts}
    for line in filter(None, map(str.strip, repair_text(page).text.split("\n"))):
        assert line in cut or line in read.text or any(line.endswith(piece) for piece in cut)


@given(PAGE)
def test_sections_cover_every_paragraph_and_no_heading(page: str) -> None:
    read = parse_page(page)
    left = read.text
    for section in reversed(read.sections):
        assert read.text[section.start : section.end].strip()
        left = left[: section.start] + left[section.end :]
    named = " ".join(section.heading or "" for section in read.sections)
    assert "".join(left.split()) == "".join(named.split())


def test_a_sentence_with_angle_brackets_is_no_breadcrumbs():
    sentence = "新系统用<b>标签</b>写成,今年上线。"
    assert parse_page(f"新系统上线\n\n{sentence}").text == sentence


@pytest.mark.parametrize(
    "line", ["登录 " + "|·" * 40 + "啊" * 11, "首页 | " * 40 + "一个很长很长的栏目名", "编辑:" * 100]
)
def test_repeated_separators_are_read_in_no_time(line):
    began = time.perf_counter()
    parse_page(f"{line}\n\n{line}\n\n{BODY}\n\n{line}\n{line}")
    assert time.perf_counter() - began < 5  # it took minutes where a rule could split them in many ways


def test_headings_at_the_margin_of_an_indented_page_stay():
    page = parse_page(f"沿江步道亮起来\n\n　　{FIRST}\n步道连着人心\n　　{SECOND}\n　　{THIRD}")
    assert headings(page) == [None, "步道连着人心"]
