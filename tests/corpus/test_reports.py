"""The five reports read clean, from the first word to the last."""

import unicodedata
from datetime import date

import pytest

from corpus import Article, split_passages
from corpus.text.normalize import halfwidth

NUMBERS = ["000", "001", "002", "003", "004"]

METADATA = {
    "000": (
        "为民生增温度 为经济添热度 架起最暖“连心桥” 画好最大“同心圆”",
        "江北区政协华新街地区委员组2022年履职记略",
        "重庆政协报",
        date(2023, 1, 14),
        "李逸/文 华新街街道供图",
        "江北区华新街街道",
    ),
    "001": (
        "助力“两副担子” 添彩和美江北",
        "江北区政协2023年工作纪实",
        "重庆政协报",
        date(2024, 1, 16),
        "戴文梅 张长荣/文 江北区政协供图",
        "江北区",
    ),
    "002": (
        "江北 “兩眼向下”服務群眾 加快建設高品質生活示范區",
        None,
        "重慶日報網",
        date(2022, 3, 21),
        "王彩艷 楊敏 圖片由江北區委宣傳部提供",
        "江北区",
    ),
    "003": (
        "政协工作回眸②︱守正创新展风采 奋楫笃行铸华章",
        "区政协2024年亮点工作回眸(二)",
        "南川发布",
        date(2025, 1, 9),
        "记者:黎明",
        "南川区",
    ),
    "004": (
        "渝中区两路口街道:城市更新有序推进、基层治理成效显著……",
        None,
        None,
        None,
        "两路口街道/文",
        "渝中区两路口街道",
    ),
}

HEADINGS: dict[str, list[str | None]] = {
    "000": [None, "找准“小切口” 把实事办到百姓“心坎”上", "寻求“突破口” 把劲用在经济高质量发展上"],
    "001": [
        None,
        "党建聚魂 力量在党旗下汇聚",
        "协商助力 智慧在履职中绽放",
        "双向发力 正能量在助推发展中凝聚",
    ],
    "002": [
        "核心提示",
        "“兩眼向下”改善民生 盡心盡力為群眾辦實事辦好事",
        "“兩眼向下”服務企業 積極打造營商環境最優區",
        "“兩眼向下”維護穩定 加快落實率先推進社會治理現代化",
        "“兩眼向下”管好城市 勇擔支撐主城都市區功能品質的重任",
    ],
    "003": [
        None,
        "“名誉村主任”: 乡村振兴征途的领路人",
        "“委员工作室”: 建好服务基层的连心桥",
        "“渝事好商量”: 基层社会治理的好帮手",
    ],
    "004": [
        None,
        "聚人心 惠民生 打通为民服务“最后一公里”",
        "抓安全 保稳定 织密综合治理“一张网”",
        "兴产业 促发展 激活区域经济“一盘棋”",
        "广宣传 重落实 创新理论宣讲“一堂课”",
        "夯基础 强本领 抓实党建引领“一条心”",
    ],
}

FIRST_AND_LAST = {
    "000": ("“路通了,出行便利了,", "全年新纳入经济统计(限额以上)40家。"),
    "001": ("重庆江北,两江似练环抱,", "江北正焕发出蓬勃发展的新气象。"),
    "002": ("核心提示\n悠悠萬事,民生為大。", "加快建設高品質生活示范區。"),
    "003": ("砥砺奋进开新路,春华秋实结硕果。", "为加快现代化新南川建设作出新的更大贡献。"),
    "004": ("城市更新有序推进、基层治理成效显著、", "全力打造高质量发展的两路口实践。"),
}

FURNITURE = [
    *["数字报纸", "刊号", "CQZXB", "按日期搜索", "版面翻页", "录入", "放大", "主办单位", "备案号", "特刊"],
    *[">>", "小字號", "來源", "責編", "返回頂部", "分享讓", "編輯", "编辑", "总编", "法律顾问:", "声明"],
    *["求在看", "最新文章", "供图", "王彩艷", "记者:", "街道/文", "明珠社區養老服務站", "北濱路漫行步道鍛煉"],
]


@pytest.mark.parametrize("number", NUMBERS)
def test_title_subtitle_publisher_date_byline_and_place_are_the_reports_own(
    reports: dict[str, Article], number: str
) -> None:
    read = reports[number]
    found = (read.title, read.subtitle, read.publisher, read.date, read.byline, read.place)
    assert found == METADATA[number]


@pytest.mark.parametrize("number", NUMBERS)
def test_section_headings_are_found_in_order(reports: dict[str, Article], number: str) -> None:
    found = [section.heading for section in reports[number].sections]
    assert found[: len(HEADINGS[number])] == HEADINGS[number]


MENDED = [
    "石马河街道负责人表示",
    "复盛镇福生路社区",
    "西南证券第一太平戴维斯物业公司",
    "要求镇街不能做看客",
    "鱼复工业园区韩泰轮胎",
    "马善祥表示",
    "吴女士说",
    "车辆乱停现象大为改观",
    "基层工作是与生活实践结合最紧密的地方",
    "主城都市区功能品质",
]


@pytest.mark.parametrize("words", MENDED)
def test_damaged_words_read_right(reports: dict[str, Article], words: str) -> None:
    assert words in halfwidth(reports["002"].text)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_text_runs_from_the_first_word_to_the_last(reports: dict[str, Article], number: str) -> None:
    first, last = FIRST_AND_LAST[number]
    assert reports[number].text.startswith(first)
    assert reports[number].text.endswith(last)


@pytest.mark.parametrize("number", NUMBERS)
def test_no_page_furniture_is_left(reports: dict[str, Article], number: str) -> None:
    assert [words for words in FURNITURE if words in reports[number].text] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_no_private_use_character_and_no_tone_mark_is_left(reports: dict[str, Article], number: str) -> None:
    article = reports[number]
    read = "".join(filter(None, [article.text, article.title, article.publisher, article.byline]))
    assert [c for c in read if unicodedata.category(c) == "Co" or c in "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_lines_carry_neither_indentation_nor_blanks_around_them(
    reports: dict[str, Article], number: str
) -> None:
    assert all(line and line == line.strip() for line in reports[number].text.split("\n"))


@pytest.mark.parametrize("number", NUMBERS)
def test_passages_are_of_readable_size(reports: dict[str, Article], number: str) -> None:
    sizes = [len(passage.text) for passage in split_passages(reports[number])]
    assert max(sizes) <= 400
    assert min(sizes) >= 100


def test_speech_and_what_follows_it_stay_to_the_letter(reports: dict[str, Article]) -> None:
    assert "“路通了,出行便利了,感谢街道为我们又办了一件大好事!”2022年6月25日8时," in reports["000"].text
    assert "“周娘娘,你家安裝智慧居家助老系統了嗎?”\n“安了安了," in reports["002"].text


def test_the_lines_of_a_heading_stay_lines_of_the_text(reports: dict[str, Article]) -> None:
    assert "\n“名誉村主任”:\n乡村振兴征途的领路人\n" in reports["003"].text
