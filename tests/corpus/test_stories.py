from datetime import date

import pytest

from corpus import Article, Section
from corpus.text.duplicates import Member, signature, stories, told

MARCH = date(2024, 3, 1)
SENTENCES = [f"第{n}条措施由街道在{n}月落实到位。" for n in "一二三四五六七八九十"]

CORRECTED = "".join(SENTENCES[:-1]) + "第十条措施改由社区落实到位。"


def article(id, text, publisher, day):
    return Article(id, "标题", None, publisher, day, None, None, (Section(None, 0, len(text)),), text, None)


def member(id, text=None, publisher="海棠日报", day=MARCH, modified=0):
    one = article(id, text or "".join(SENTENCES), publisher, day)
    return Member(one, modified, signature(one))


def grouped(*members):
    return sorted(sorted(one.article.id for one in story) for story in stories(members))


def test_the_same_text_in_two_files_is_one_story_with_both_named():
    one, two = member("a.txt"), member("b.txt")
    assert grouped(one, two) == [["a.txt", "b.txt"]]
    article = told([one, two])
    assert (article.id, [reprint.id for reprint in article.reprints]) == ("a.txt", ["b.txt"])


def test_a_reprint_is_named_beside_the_first_to_report():
    reprint = member("a.txt", publisher="紫荆网", day=date(2024, 3, 2))
    original = member("b.txt")
    article = told([reprint, original])
    assert article.publisher == "海棠日报"
    assert [other.publisher for other in article.reprints] == ["紫荆网"]


def test_a_corrected_version_replaces_its_predecessor():
    first = member("a.txt")
    corrected = member(
        "b.txt", "".join(SENTENCES[:-1]) + "第十条措施改由社区落实到位。", day=date(2024, 3, 5)
    )
    assert grouped(first, corrected) == [["a.txt", "b.txt"]]
    article = told([first, corrected])
    assert (article.id, article.reprints) == ("b.txt", ())


def test_of_two_versions_of_one_day_the_file_changed_last_counts():
    old = member("a.txt", modified=1)
    new = member("b.txt", CORRECTED, modified=2)
    assert told([new, old]).id == "b.txt"


def test_traditional_script_and_other_punctuation_are_the_same_story():
    text = "養老服務中心建成兩個,入住老人近百人。街道還辦了養老食堂,每天就餐五百人次。"
    other = "养老服务中心建成两个，入住老人近百人。街道还办了养老食堂，每天就餐五百人次。"
    assert grouped(member("a.txt", text), member("b.txt", other)) == [["a.txt", "b.txt"]]


@pytest.mark.parametrize("shared", [0, 3, 6])
def test_articles_that_share_less_than_most_stay_apart(shared):
    other = SENTENCES[:shared] + [f"另一件事情在第{n}个社区推进。" for n in range(10 - shared)]
    assert grouped(member("a.txt"), member("b.txt", "".join(other))) == [["a.txt"], ["b.txt"]]


def test_stories_do_not_depend_on_the_order_of_arrival():
    members = [
        member("a.txt"),
        member("c.txt", "".join(SENTENCES[1:])),
        member("b.txt", "".join(SENTENCES[:-1])),
    ]
    assert grouped(*members) == grouped(*reversed(members))
    assert told(members) == told(members[::-1])
