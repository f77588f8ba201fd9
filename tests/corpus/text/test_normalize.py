from hypothesis import given
from hypothesis import strategies as st

from corpus.text.normalize import compact, fold, halfwidth


def test_scripts_and_widths_fold_to_one_spelling() -> None:
    assert halfwidth("來源：重慶日報　（記者）") == "来源:重庆日报 (记者)"


@given(st.text(alphabet="重慶發髮裡後乾隆：（）　abc着著") | st.text())
def test_folding_keeps_every_character_in_its_place(line: str) -> None:
    assert len(halfwidth(line)) == len(line)


@given(st.text())
def test_folding_keeps_the_number_of_code_points(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_both_scripts_fold_to_the_same() -> None:
    assert fold("華新街智慧養老服務") == fold("华新街智慧养老服务")


def test_width_and_case_fold() -> None:
    assert fold("ＡＰＰ２０２３") == "app2023"


def test_compact_drops_spaces_and_punctuation() -> None:
    assert compact("“服務 站”11 個。") == "服务站11个"
