import pytest

from corpus.text.normalize import fold
from retrieval.query.focus import focus


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
    span = focus(question, fold(question))
    assert (span and question[span[0] : span[1]]) == named
