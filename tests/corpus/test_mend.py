from hypothesis import given
from hypothesis import strategies as st

from corpus.mend import mend

ANNOTATED = "人民網(wǎng)報道,江北區(qū)的企業(yè)發(fā)展迅速。"


def test_readings_behind_converted_characters_are_dropped() -> None:
    assert mend(ANNOTATED) == "人民網報道,江北區的企業發展迅速。"


def test_a_reading_behind_a_damaged_character_is_dropped() -> None:
    assert mend(ANNOTATED + "車輛亂,F(xiàn)象") == "人民網報道,江北區的企業發展迅速。車輛亂,F象"


def test_a_reading_that_lost_its_opening_bracket_is_dropped() -> None:
    assert mend(ANNOTATED + "勇?lián)沃").endswith("勇?沃")


def test_a_single_reading_is_the_writers_own() -> None:
    page = "垚(yáo)字少见,網站也写错。"
    assert mend(page) == page


def test_readings_of_rare_characters_are_the_writers_own() -> None:
    page = "垭(yā)口、碛(qì)石、塆(wān)里、磡(kàn)上,都是本地地名用字。"
    assert mend(page) == page


def test_english_in_brackets_stays_in_an_annotated_page() -> None:
    assert mend(ANNOTATED + "居民(see)APP(app)").endswith("居民(see)APP(app)")


def test_private_use_and_zero_width_characters_are_dropped() -> None:
    assert mend("服務!\ue1a1笔R河\u200b街道\ufeff") == "服務!笔R河街道"


def test_every_kind_of_line_break_becomes_a_newline() -> None:
    assert mend("甲\r\n乙\r丙\u2028丁") == "甲\n乙\n丙\n丁"


@given(st.text(alphabet="重庆江北區報告,。!“”()abc123 \n"))
def test_a_page_without_damage_is_unchanged(page: str) -> None:
    assert mend(page) == page


@given(st.text())
def test_mending_twice_is_mending_once(page: str) -> None:
    assert mend(mend(page)) == mend(page)
