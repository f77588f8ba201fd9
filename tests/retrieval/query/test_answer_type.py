import pytest

from corpus.text.normalize import fold
from retrieval.query.answer_type import AnswerType, expected_answer, holds_answer


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("建成了几个食堂？", AnswerType.NUMBER),
        ("步道有多长？", AnswerType.NUMBER),
        ("How many were built?", AnswerType.NUMBER),
        ("谁带队调研？", AnswerType.PERSON),
        ("Who led the visit?", AnswerType.PERSON),
        ("在哪里举行？", AnswerType.PLACE),
        ("哪個社區建成了食堂？", AnswerType.PLACE),
        ("哪一年建成？", AnswerType.TIME),
        ("When did it open?", AnswerType.TIME),
        ("为什么修步道？", AnswerType.OTHER),
        ("Which band played when the market opened?", AnswerType.OTHER),
        ("In Jiangbei, when was the path built?", AnswerType.TIME),
        ("电台的频率是什么？", AnswerType.OTHER),
        ("", AnswerType.OTHER),
    ],
)
def test_the_word_that_asks_tells_what_is_asked_for(question, kind):
    assert expected_answer(fold(question)).type is kind


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
    assert holds_answer(sentence, expected_answer(fold(question))) == held
