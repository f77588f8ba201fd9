import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.repair.repair import Repair, RepairedText, repair_text

ANNOTATED = "人民網(wǎng)報道,江北區(qū)的企業(yè)發(fā)展迅速。"


def test_readings_behind_converted_characters_are_dropped() -> None:
    assert repair_text(ANNOTATED).text == "人民網報道,江北區的企業發展迅速。"


def test_every_reading_dropped_is_listed() -> None:
    assert repair_text("甲\n" + ANNOTATED).repairs == (
        Repair(2, "網(wǎng)", "網", "reading"),
        Repair(2, "區(qū)", "區", "reading"),
        Repair(2, "業(yè)", "業", "reading"),
        Repair(2, "發(fā)", "發", "reading"),
    )


def test_a_reading_that_lost_its_opening_bracket_is_dropped() -> None:
    assert repair_text(ANNOTATED + "勇?lián)沃").text.endswith("勇?沃")


def test_a_single_reading_is_the_writers_own() -> None:
    page = "垚(yáo)字少见,網站也写错。"
    assert repair_text(page) == RepairedText(page, ())


def test_readings_of_rare_characters_are_the_writers_own() -> None:
    page = "垭(yā)口、碛(qì)石、塆(wān)里、磡(kàn)上,都是本地地名用字。"
    assert repair_text(page) == RepairedText(page, ())


def test_english_in_brackets_stays_in_an_annotated_page() -> None:
    assert repair_text(ANNOTATED + "居民(see)APP(app)").text.endswith("居民(see)APP(app)")


def test_private_use_and_zero_width_characters_are_dropped() -> None:
    assert repair_text("甲\ue1a1乙\u200b丙\ufeff").text == "甲乙丙"


def test_every_kind_of_line_break_becomes_a_newline() -> None:
    assert repair_text("甲\r\n乙\r丙\u2028丁").text == "甲\n乙\n丙\n丁"


@given(st.text(alphabet="重庆江北區報告,。!“”()abc123 \n"))
def test_a_page_without_damage_is_unchanged(page: str) -> None:
    assert repair_text(page) == RepairedText(page, ())


@given(st.text())
def test_mending_twice_is_mending_once(page: str) -> None:
    assert repair_text(repair_text(page).text) == RepairedText(repair_text(page).text, ())


def test_a_run_behind_a_folded_sign_is_restored_and_listed() -> None:
    mended = repair_text("馬上就有人上門服務!笔\ue226R河街道負責人表示,老人上了年紀。")
    assert mended.text == "馬上就有人上門服務。”石馬河街道負責人表示,老人上了年紀。"
    assert mended.repairs == (Repair(1, "!笔\ue226R", "。”石馬", "shifted behind a folded sign"),)


def test_the_reading_behind_a_run_tells_its_last_character() -> None:
    page = ANNOTATED + "統計出四十戶獨居老人!睆(fù)盛鎮(zhèn)工作人員介紹說。"
    assert repair_text(page).text.endswith("統計出四十戶獨居老人。”復盛鎮工作人員介紹說。")


def test_words_of_the_page_tell_which_character_was_lost() -> None:
    page = ANNOTATED + "車輛亂停放影響交通。整治之後,車輛亂,F(xiàn)象大為改觀。"
    assert repair_text(page).text.endswith("整治之後,車輛亂停現象大為改觀。")


def test_a_character_cut_by_the_reading_of_another_is_restored() -> None:
    page = ANNOTATED + "讓當(dāng)?shù)鼐用駨闹姓业礁\ue3c1嗟木蜆I(yè)機會。"
    assert repair_text(page).text.endswith("讓當地居民從中找到更多的就業機會。")


def test_a_folded_mark_that_closed_a_quotation_closes_it_again_in_a_damaged_page() -> None:
    damaged = ANNOTATED + "\n“他來過!瘪R善祥表示。\n“心里踏實多了!\n“真好!”\n太好了!"
    assert repair_text(damaged).text.split("\n")[2:] == ["“心里踏實多了。”", "“真好!”", "太好了!"]
    assert repair_text(ANNOTATED + "\n“心里踏實多了!").text.endswith("多了!")


@pytest.mark.parametrize(
    "page",
    [
        "\ue1a1" * 50_000,
        "!庸" * 25_000 + "\ue000",
        ANNOTATED + "!龘靐齉爩," * 10_000,
        ANNOTATED + "“!" * 25_000,
    ],
)
def test_a_hostile_page_is_read_in_little_time(page: str) -> None:
    began = time.perf_counter()
    repair_text(page)
    assert time.perf_counter() - began < 30  # a search that is not linear takes minutes
