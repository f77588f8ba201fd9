from datetime import date

import pytest

from corpus import Article, Section
from corpus.text.duplicates import ArticleCopy, canonical_article, group_duplicates, signature

MARCH = date(2024, 3, 1)
SENTENCES = [f"第{n}条措施由街道在{n}月落实到位。" for n in "一二三四五六七八九十"]

CORRECTED = "".join(SENTENCES[:-1]) + "第十条措施改由社区落实到位。"


def article(id, text, publisher, day):
    return Article(id, "标题", None, publisher, day, None, None, (Section(None, 0, len(text)),), text, None)


def received(id, text=None, publisher="海棠日报", day=MARCH, modified=0):
    one = article(id, text or "".join(SENTENCES), publisher, day)
    return ArticleCopy(one, modified, signature(one))


def grouped(*copies):
    return sorted(sorted(one.article.id for one in group) for group in group_duplicates(copies))


def test_the_same_text_in_two_files_is_one_group_with_both_named():
    one, two = received("a.txt"), received("b.txt")
    assert grouped(one, two) == [["a.txt", "b.txt"]]
    article = canonical_article([one, two])
    assert (article.id, [reprint.id for reprint in article.reprints]) == ("a.txt", ["b.txt"])


def test_a_reprint_is_named_beside_the_first_to_report():
    reprint = received("a.txt", publisher="紫荆网", day=date(2024, 3, 2))
    original = received("b.txt")
    article = canonical_article([reprint, original])
    assert article.publisher == "海棠日报"
    assert [other.publisher for other in article.reprints] == ["紫荆网"]


def test_a_corrected_version_replaces_its_predecessor():
    first = received("a.txt")
    corrected = received(
        "b.txt", "".join(SENTENCES[:-1]) + "第十条措施改由社区落实到位。", day=date(2024, 3, 5)
    )
    assert grouped(first, corrected) == [["a.txt", "b.txt"]]
    article = canonical_article([first, corrected])
    assert (article.id, article.reprints) == ("b.txt", ())


def test_of_two_versions_of_one_day_the_file_changed_last_counts():
    old = received("a.txt", modified=1)
    new = received("b.txt", CORRECTED, modified=2)
    assert canonical_article([new, old]).id == "b.txt"


def test_traditional_script_and_other_punctuation_are_the_same_report():
    text = "養老服務中心建成兩個,入住老人近百人。街道還辦了養老食堂,每天就餐五百人次。"
    other = "养老服务中心建成两个，入住老人近百人。街道还办了养老食堂，每天就餐五百人次。"
    assert grouped(received("a.txt", text), received("b.txt", other)) == [["a.txt", "b.txt"]]


@pytest.mark.parametrize("shared", [0, 3, 6])
def test_articles_that_share_less_than_most_stay_apart(shared):
    other = SENTENCES[:shared] + [f"另一件事情在第{n}个社区推进。" for n in range(10 - shared)]
    assert grouped(received("a.txt"), received("b.txt", "".join(other))) == [["a.txt"], ["b.txt"]]


def test_groups_do_not_depend_on_the_order_of_arrival():
    copies = [
        received("a.txt"),
        received("c.txt", "".join(SENTENCES[1:])),
        received("b.txt", "".join(SENTENCES[:-1])),
    ]
    assert grouped(*copies) == grouped(*reversed(copies))
    assert canonical_article(copies) == canonical_article(copies[::-1])
