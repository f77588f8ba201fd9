from types import SimpleNamespace

from retrieval.ranking.diversify import each_report_first


def test_the_best_passage_of_each_report_comes_before_a_second_one_of_any():
    ranked = [SimpleNamespace(article=SimpleNamespace(id=id), number=n) for n, id in enumerate("aabac")]
    assert [each.number for each in each_report_first(ranked)] == [0, 2, 4, 1, 3]
