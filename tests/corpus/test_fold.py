from hypothesis import given
from hypothesis import strategies as st

from corpus.text.normalize import halfwidth


def test_scripts_and_widths_fold_to_one_spelling() -> None:
    assert halfwidth("來源：重慶日報　（記者）") == "来源:重庆日报 (记者)"


@given(st.text(alphabet="重慶發髮裡後乾隆：（）　abc着著") | st.text())
def test_folding_keeps_every_character_in_its_place(line: str) -> None:
    assert len(halfwidth(line)) == len(line)
