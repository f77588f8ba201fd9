from retrieval.text.tokenize import terms


def test_han_is_cut_into_bigrams_and_the_rest_into_words():
    assert terms("建成协商场所74个(APP)") == ["建成", "成协", "协商", "商场", "场所", "74", "个", "app"]


def test_no_bigram_reaches_over_punctuation():
    assert "务医" not in terms("服务,医疗")
