"""What kind of answer a question asks for, and whether a sentence holds one of that kind.

`多少名`, `几个`, `how many` ask for a number with its measure, `谁` for a person, `哪里` for a place,
`哪年` for a
time. What such a sign is worth is fitted (`retrieval.ranking.weights`), not decided here.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.text.normalize import fold
from retrieval.text.numbers import CLASSIFIERS


class AnswerType(StrEnum):
    """What an answer is: OTHER is all that leaves no such mark on a sentence."""

    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """What a question asks for. `measures` are words one of which stands behind a number asked for; `strict`
    says that nothing else can be the answer, as with money, length or what is counted by sheets or houses."""

    type: AnswerType
    measures: tuple[str, ...] = ()
    strict: bool = False


_LENGTH = (
    "米", "公里", "千米", "里", "厘米", "公分", "毫米", "微米", "纳米", "丈", "尺", "英尺", "英寸", "英里",
    "海里", "km", "cm", "mm",
)  # fmt: skip
_DURATION = ("分钟", "小时", "天", "年", "周", "日", "秒", "个月", "个小时", "世纪")
_AREA = ("平方", "平米", "亩", "公顷", "英亩", "m2", "km2", "㎡")
_WEIGHT = ("吨", "公吨", "公斤", "千克", "斤", "克", "磅", "kg")
_MONEY = (
    "元", "块", "美元", "美金", "英镑", "欧元", "日元", "港元", "港币", "加元", "澳元", "韩元", "法郎",
    "卢布", "卢比", "马克", "人民币", "台币", "新台币",
)  # fmt: skip
_CLOCK = ("点", "时", ":")
_PEOPLE = ("名", "人", "位")
_AGE = ("岁", "周岁")
_AGES = (*_AGE, "年", "个月")
_SHARE = ("%", "成", "半", "比", "分之")
_FREQUENCY = ("次", "人次", "场", "届", "回", "遍", "期", "轮")

_SUMS = (
    "钱|(?<!免)费|工资|月薪|年薪|薪水|票价|门票|价格|租金|补贴|补助|资金|预算"
    + "|税收|收入|投资|贷款|产值|造价|房价|利息"
)
_COUNTED = CLASSIFIERS + "天"
_PLACES = "村|社区|街道|小区|区|县|镇|乡|城市|国家|省|市|州|地方|公园|学校|大学|河|山|岛"
_ENGLISH_PLACES = "village|community|street|district|town|city|country|place|park|state|county|river|region"

# The first that is found in a question decides.
_ASKING: tuple[tuple[re.Pattern[str], AnswerType, tuple[str, ...]], ...] = tuple(
    (re.compile(f"{chinese}|{english}"), kind, measures)
    for chinese, english, kind, measures in (
        (r"几点(?!意|建|要|看)", r"\bwhat time (?:do|did|is|was|will|are)", AnswerType.NUMBER, _CLOCK),
        (
            r"什么时候|何时|几时|几几年|哪一?[年月天日]|几[月号点]|什么时间|哪个(?:月|年)|何年",
            r"^\W*when\b|\bwhen (?:do|does|did|is|are|was|were|has|have|will)\b"
            r"|\b(?:what|which) (?:year|date|day|month|time)\b",
            AnswerType.TIME,
            (),
        ),
        (
            rf"多少[^，,。？?]{{0,3}}(?:{_SUMS})|(?:{_SUMS})[^，,。？?]{{0,6}}(?:多少|几)(?=[万亿元块呢啊呀了吗，,。？?\s]|$)"
            r"|多少[万亿]?[元块]|花了多少|怎么收费|贵不贵",
            r"\bhow much (?:money|did|does|was|were|is|are)\b"
            r"|\bwhat.{0,24}\b(?:cost|price|fee|salary|budget|revenue)s?\b",
            AnswerType.NUMBER,
            _MONEY,
        ),
        (
            r"多久(?![^，,。？?]{0,8}一次)|多长时间|(?:多少|几)个?(?:分钟|小时|天(?!前)|年(?!前))",
            r"\bhow long (?:did|does|has|have|is it|was it|it)\b",
            AnswerType.NUMBER,
            _DURATION,
        ),
        (
            r"多少(?:平方|平米|亩|公顷|英亩)|面积[^，,。？?]{0,6}多[大少]|占地多[大少]",
            r"\bhow many (?:square|acres|hectares)\b",
            AnswerType.NUMBER,
            _AREA,
        ),
        (
            r"多少(?:吨|公斤|千克|斤|克)|多重|重量[^，,。？?]{0,4}多少",
            r"\bhow (?:many (?:tons|tonnes|kilo)|heavy\b)",
            AnswerType.NUMBER,
            _WEIGHT,
        ),
        (
            r"多长|多远|多高|多宽|多深|多少(?:公里|千米|里路)",
            r"\bhow (?:long|far|high|tall|wide|deep)\b",
            AnswerType.NUMBER,
            _LENGTH + _DURATION,
        ),
        (
            r"多少(?:人|名|位)|几(?:人|名|位)",
            r"\bhow many (?:people|persons|members|residents)\b",
            AnswerType.NUMBER,
            _PEOPLE,
        ),
        (
            r"多大(?:岁数|年纪|年龄)|几岁|多少岁|(?:岁数|年纪|年龄)(?:是|为|有)?(?:多|几|什么)",
            r"\bhow old (?:is|was) (?:he|she)\b",
            AnswerType.NUMBER,
            _AGE,
        ),
        (r"[房楼树船车]龄", r"\bhow old\b", AnswerType.NUMBER, _AGES),
        (r"多少次|几次", r"\bhow many times(?! more)\b", AnswerType.NUMBER, _FREQUENCY),
        (
            r"百分之多少|百分之几|比例|成功率|比率|(?<![频功])率(?:是|为|达)",
            r"\bwhat percent",
            AnswerType.NUMBER,
            _SHARE,
        ),
        (
            r"多少|第几|几[^乎何率]|多[大重厚快]",
            r"\bhow (?:many|much|big|large|old|heavy)\b|\bwhat number\b",
            AnswerType.NUMBER,
            (),
        ),
        (
            r"谁|哪位|何人|哪[一几]?个人|哪些人|叫什么名字|姓什么",
            r"\bwho(?:m|se)?\b|\bname of the (?:person|man|woman)\b|\bwhich person\b",
            AnswerType.PERSON,
            (),
        ),
        (
            rf"哪里|哪儿|何处|何地|什么地方|在哪|去哪|到哪|哪一?[个座条些](?:{_PLACES})",
            rf"\bwhere\b|\b(?:which|what) (?:{_ENGLISH_PLACES})",
            AnswerType.PLACE,
            (),
        ),
    )
)

_DIGITS = r"(?:\d[\d,.]*|[〇零一二两三四五六七八九十百千]+)"
_NUMBER = re.compile(rf"{_DIGITS}(?: ?[百千万亿]+)?(?:余|多|来)?(?:[百千万亿]+)?")
_DATE = re.compile(
    r"(?:1\d|20)\d\d ?年(?! ?[前来间])|[〇零一二三四五六七八九]{4}年|\d{1,2} ?月(?: ?\d{1,2} ?[日号])?"
)
_MEASURE = re.compile(rf"(?:多少|(?<!哪)几)(?P<measure>[{_COUNTED}])")
_COUNTING = "户家场条篇件所处座项期套辆台间栋幢本份张头门支批届桌"
"""Of these, what a report does not leave out or trade for any other when it counts; 只, 层 or 名 it does."""
_ALIKE = ("条项件篇份", "家间所处座栋幢", "户家", "场次届期")
"""What is asked for by one of these may be counted by another; by 个 everything may."""
_STRICT = (_AREA, _WEIGHT, _MONEY, _DURATION, _LENGTH + _DURATION, _AGE, _AGES, _FREQUENCY, _CLOCK, _SHARE)
_TIME = re.compile(
    r"\d{1,4} ?[年月日]|[一二三四五六七八九十]+[月日号]|世纪|年代"
    r"|[今去前当同]年|近日|日前|[年月]底|[年月]初|星期|周[一二三四五六日]"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_ROLE = (
    "主席|书记|主任|委员|部长|市长|区长|县长|镇长|乡长|局长|处长|科长|会长|理事长|董事长|总经理|经理|校长|院长|所长|站长|队长|组长"
    "|代表|教授|老师|医生|律师|居民|村民|市民|志愿者|负责人|同志|先生|女士|总统|总理|国王|皇帝|作者|导演|演员|歌手|将军|博士"
)
_VERB = "说|表示|介绍|认为|带队|率|主持|出席|参加|担任|告诉|回忆|提出|作|等|、|，|,|任|是|在"
_PERSON = re.compile(
    rf"(?:{_ROLE})[、“]?[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}|(?<![\u4e00-\u9fff])[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?:{_VERB})"
    rf"|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?:{_ROLE}|说|表示|介绍)|[\u4e00-\u9fff]·[\u4e00-\u9fff]"
)
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{2}(?:区|县|镇|乡|村|社区|街道|小区|街|路|桥|市|省|州|国|河|山|岛|湖|公园|大学|学校|医院|中心|广场|站|园|院|馆|场)"
)


def expected_answer(question: str) -> ExpectedAnswer:
    """What a question asks for, by the word it asks with."""
    folded = fold(question)
    for pattern, kind, measures in _ASKING:
        if pattern.search(folded):
            if kind is AnswerType.NUMBER and not measures and (found := _MEASURE.search(folded)):
                measure = found["measure"]
                return ExpectedAnswer(kind, _counting(measure), measure in _COUNTING)
            return ExpectedAnswer(kind, measures, measures in _STRICT)
    return ExpectedAnswer(AnswerType.OTHER)


def _counting(measure: str) -> tuple[str, ...]:
    """The measures that a report may count with where a question does with this one."""
    if measure not in _COUNTING:
        return (measure,)
    alike = "".join(each for each in _ALIKE if measure in each)
    return tuple(dict.fromkeys(measure + alike + "个"))


def holds_answer(sentence: str, wanted: ExpectedAnswer) -> float:
    """How well a sentence holds what is asked for: 0 not at all, 1 surely.

    A number without the measure asked for counts a half, and so does what OTHER asks for anywhere.
    """
    folded = fold(sentence)
    match wanted.type:
        case AnswerType.NUMBER:
            if "年" in wanted.measures:  # a day of the calendar lasts no years
                folded = _DATE.sub(" ", folded)
            behind = [folded[found.end() : found.end() + 3] for found in _NUMBER.finditer(folded)]
            if not wanted.measures:
                return 1.0 if behind else 0.0
            if any(rest.lstrip(" 余多").startswith(wanted.measures) for rest in behind):
                return 1.0
            return 0.5 if behind else 0.0
        case AnswerType.PERSON:
            return float(bool(_PERSON.search(folded)))
        case AnswerType.PLACE:
            return float(bool(_PLACE.search(folded)))
        case AnswerType.TIME:
            return float(bool(_TIME.search(folded)))
    return 0.5
