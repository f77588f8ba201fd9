from retrieval.query.several import asks_of_several


def test_a_question_about_several_places_is_recognised():
    assert asks_of_several("各区都解决了哪些问题？")
    assert not asks_of_several("海棠街道解决了什么问题？")
