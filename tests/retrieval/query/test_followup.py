import pytest

from retrieval.query.followup import complete

CENTRES = "海棠街道建成了几个养老服务中心？"
CHAIR = "江北区政协主席是谁？"
ENGLISH = "How many care centres were built in Haitang?"


@pytest.mark.parametrize(
    ("previous", "question", "asked"),
    [
        (CENTRES, "那养老食堂呢？", "海棠街道养老食堂有几个？"),
        (CENTRES, "志愿者有多少？", "海棠街道志愿者有多少？"),
        (CENTRES, "2023年的呢？", "2023年海棠街道建成了几个养老服务中心？"),
        (CENTRES, "江北区的呢？", "江北区建成了几个养老服务中心？"),
        (CENTRES, "是谁带队的？", "海棠街道建成了养老服务中心，是谁带队？"),
        (CENTRES, "有多少户？", "海棠街道建成了养老服务中心，有多少户？"),
        (CENTRES, "那里有食堂吗？", "海棠街道建成了养老服务中心，那里有食堂？"),
        (CENTRES, "该街道有多少户？", "海棠街道建成了养老服务中心，该街道有多少户？"),
        (CENTRES, "2023年办了多少场活动？", "海棠街道2023年办了多少场活动？"),
        (CHAIR, "那副主席呢？", "江北区副主席是谁？"),
        ("海棠街道建成了幾個養老服務中心？", "那養老食堂呢？", "海棠街道養老食堂有幾個？"),
        (ENGLISH, "And the volunteers?", "How many the volunteers Haitang?"),
        (ENGLISH, "Who led it?", "Who led it? care centres built Haitang"),
        (ENGLISH, "What about 2023?", "How many care centres were built in Haitang 2023?"),
        (ENGLISH, "How many volunteers are there?", "How many volunteers are there? Haitang"),
    ],
)
def test_what_a_follow_up_leaves_out_is_taken_over(previous, question, asked):
    found = complete(question, previous)
    assert found.question == asked
    assert found.taken


@pytest.mark.parametrize(
    "question",
    [
        "紫荆街道办理临时救助多少人次？",
        "哪个社区建成了五星级的残疾人服务场所？",
        "林木森在哪个村当主任？",
        "Who chairs the committee of Jiangbei?",
        "江北区政协一共有多少名委员？",
        "北京故宫的门票多少钱？",
        "谁是重庆市市长？",
        "全市有几名？",
        "怎样做红烧肉？",
        "那家做木梳的厂子周转不开，商会帮忙弄到了多少钱？",
        "开早餐铺的那位老板，一个月交多少房租？",
        "残障人士有了自己的活动地方，能在那里享受到什么？",
        "孩子发烧该吃什么药？",
        "废弃的旧粮仓被改造成了什么？",
        "Who is Lin Senmu and what does he do?",
    ],
)
def test_a_complete_question_is_not_bent_by_the_one_before(question):
    assert complete(question, CENTRES).question == question
    assert complete(question, CENTRES).taken == ()


@pytest.mark.parametrize("previous", ["", "  "])
def test_a_first_question_stays_as_it_is(previous):
    assert complete("那志愿者呢？", previous).question == "那志愿者呢？"


@pytest.mark.parametrize("question", ["", "？", "那", "呢", "And", "\ud800"])
def test_a_follow_up_that_says_nothing_is_no_fault(question):
    complete(question, CENTRES)


def test_the_same_question_once_more_is_complete():
    assert complete("地铁几点收班呢", "地铁几点收班？").taken == ()


def test_of_many_questions_not_all_are_glued_together():
    asked = CENTRES
    for question in ("是谁带队的？", "什么时候？", "花了多少钱？", "有多少户？"):
        asked = complete(question, asked).question
    assert asked.count("，") <= 2
