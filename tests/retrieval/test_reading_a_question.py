from datetime import date

import pytest

from retrieval.query.answer_type import Kind, asked, holds_kind
from retrieval.query.focus import target
from retrieval.query.several import asks_of_several, each_report_first
from retrieval.text.dates import dates_in
from retrieval.text.pinyin import spelled


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("建成了几个食堂？", Kind.NUMBER),
        ("步道有多长？", Kind.NUMBER),
        ("How many were built?", Kind.NUMBER),
        ("谁带队调研？", Kind.PERSON),
        ("Who led the visit?", Kind.PERSON),
        ("在哪里举行？", Kind.PLACE),
        ("哪個社區建成了食堂？", Kind.PLACE),
        ("哪一年建成？", Kind.TIME),
        ("When did it open?", Kind.TIME),
        ("为什么修步道？", Kind.OTHER),
        ("Which band played when the market opened?", Kind.OTHER),
        ("In Jiangbei, when was the path built?", Kind.TIME),
        ("电台的频率是什么？", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_the_word_that_asks_tells_what_is_asked_for(question, kind):
    assert asked(question).kind is kind


@pytest.mark.parametrize(
    ("question", "sentence", "held"),
    [
        ("花了多少钱？", "街道投入240余万元。", 1.0),
        ("一年的租金是多少？", "租金每年8万元。", 1.0),
        ("街道免费体检了多少老人？", "为老人免费体检4392人次。", 1.0),
        ("低息贷款帮了多少企业？", "帮助企业116家。", 1.0),
        ("基地占地多少平方米？", "基地面积达1.2万平方米。", 1.0),
        ("菜地面积有多大？", "菜地超300亩。", 1.0),
        ("How many square meters does it cover?", "基地占地2500㎡。", 1.0),
        ("一年能产多少吨？", "年产蔬菜500余吨。", 1.0),
        ("一年能产多少吨？", "菜地超300亩。", 0.5),
        ("全程跑多少公里？", "环湖一圈约5公里。", 1.0),
        ("几点关门？", "食堂每天开到19:30。", 1.0),
        ("What time does it close?", "食堂周末开放。", 0.0),
        ("一共调解了多少次？", "全年调解160余人次。", 1.0),
        ("花了多少钱？", "街道修了200米步道。", 0.5),
        ("花了多少钱？", "街道修了步道。", 0.0),
        ("有多少名委员？", "全区共有259名委员。", 1.0),
        ("提了多少条意见？", "提出建议56项。", 1.0),
        ("尾巴有多长？", "尾长约89.8公分。", 1.0),
        ("花了多少钱？", "拨款4亿5000万港元。", 1.0),
        ("占多大比例？", "占全部的一半以上。", 1.0),
        ("多久以前出现？", "大约10 亿年前。", 1.0),
        ("修了多久？", "2022年6月25日开工。", 0.0),
        ("修了多久？", "2022年开工,仅用7日修通。", 1.0),
        ("修了多久？", "仅用一个月修通。", 1.0),
        ("How old is the tree?", "树龄300余年。", 1.0),
        ("有几所幼儿园？", "辖区5个幼儿园。", 1.0),
        ("有多少张床位？", "为208户老人改造住房。", 0.5),
        ("谁带队？", "区政协主席刘明带队调研。", 1.0),
        ("什么时候开张？", "菜市场5月开张。", 1.0),
        ("什么时候开张？", "菜市场开张了。", 0.0),
        ("什么时候建成？", "于 1946 年建成。", 1.0),
    ],
)
def test_a_sentence_holds_the_kind_asked_for_or_does_not(question, sentence, held):
    assert holds_kind(sentence, asked(question)) == held


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022年5月24日开会", (2022, 5, 24)),
        ("5月24日开会", (2023, 5, 24)),
        ("去年5月开会", (2022, 5, None)),
        ("2022-05-24", (2022, 5, 24)),
        ("on May 24, 2022", (2022, 5, 24)),
        ("in 2021", (2021, None, None)),
    ],
)
def test_a_date_is_read_as_of_the_day_of_the_text(text, day):
    (found,) = dates_in(text, date(2023, 12, 1))
    assert (found.year, found.month, found.day) == day


@pytest.mark.parametrize("text", ["the farmers' market", "it may be augmented", "they decided", "a junction"])
def test_a_word_that_begins_as_a_month_does_is_no_date(text):
    assert not dates_in(text)


@pytest.mark.parametrize(
    ("text", "written", "year"),
    [
        ("过去的一年，全区共开会", date(2025, 1, 9), 2024),
        ("全年开会12次", date(2024, 1, 16), 2023),
        ("一年来，委员们走进社区", date(2023, 12, 20), 2023),
    ],
)
def test_a_review_speaks_of_the_year_that_ends(text, written, year):
    assert [found.year for found in dates_in(text, written)] == [year]


def test_a_whole_year_that_is_named_is_that_one():
    assert [found.year for found in dates_in("2022年全年", date(2025, 1, 9))] == [2022]


def test_a_month_of_no_known_year_stays_without_one():
    assert dates_in("去年5月")[0].year is None


def test_a_time_meets_the_days_within_it_and_no_others():
    (may,) = dates_in("2022年5月")
    (day,) = dates_in("2022年5月24日")
    assert may.meets(day)
    assert not day.meets(may)


@pytest.mark.parametrize(
    ("one", "other"),
    [("政斜", "政协"), ("zhengxie", "政协"), ("Huaxin Jie", "华新街"), ("Xi'an", "西安"), ("華新", "华新")],
)
def test_what_sounds_alike_is_spelled_alike(one, other):
    assert spelled(one) == spelled(other) != []


def test_beside_english_words_only_names_are_spelled():
    assert spelled("How many women came to Huaxin?") == ["hua xin"]


def test_questions_about_several_places_are_told():
    assert asks_of_several("各区都解决了哪些问题？")
    assert not asks_of_several("海棠街道解决了什么问题？")


def test_each_report_comes_before_a_second_passage_of_any():
    assert each_report_first(["a", "a", "b", "a", "c"]) == [0, 2, 4, 1, 3]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("南川区新建了几所小学？", "小学"),
        ("江北区政协一共有多少名委员？", "委员"),
        ("两路口街道2023年的税收收入是多少？", "税收收入"),
        ("邀请赛的冠军是谁？", "冠军"),
        ("誰是互助會會長？", "互助會會長"),
        ("谁是江北区区长？", "区长"),
        ("江北区2023年的GDP是多少？", "GDP"),
        ("他们去哪里调研？", None),
        ("有多少户选好了新房？", None),
        ("夜市有多少人光顾？", None),
        ("从这里过去要几个小时？", None),
        ("一年办成了多少件事？", None),
        ("铺子周转不开，最后是谁帮的忙？", None),
        ("这件事到底是谁定的？", None),
        ("议题都是谁提出来的？", None),
        ("新来的老师都是谁？", None),
        ("How many seats does the stadium have?", "seats"),
        ("How many primary schools are there in Nanchuan?", "primary schools"),
        ("Who is the head of the clinic?", "head"),
        ("What was the phone number of the clinic?", "phone number"),
        ("How many people came?", None),
        ("How many times did they meet?", None),
        ("Who wrote it?", None),
    ],
)
def test_what_is_asked_about_by_name_is_found(question, named):
    span = target(question)
    assert (span and question[span[0] : span[1]]) == named
