from retrieval.query.several import asks_of_several, each_report_first


def test_questions_about_several_places_are_told():
    assert asks_of_several("各区都解决了哪些问题？")
    assert not asks_of_several("海棠街道解决了什么问题？")


def test_each_report_comes_before_a_second_passage_of_any():
    assert each_report_first(["a", "a", "b", "a", "c"]) == [0, 2, 4, 1, 3]
