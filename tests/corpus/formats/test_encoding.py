"""Bytes become text in the encoding they were written in, or are refused with the place that is wrong."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.encoding import decode
from corpus.text.normalize import simplify

SIMPLIFIED = "街道用一个月修好了这条便民步道,居民都说好。"
TRADITIONAL = "街道用一個月修好了這條便民步道,居民都說好。"


@pytest.mark.parametrize("times", [1, 200])
@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "gb2312"),
        (SIMPLIFIED, "gbk"),
        (SIMPLIFIED, "gb18030"),
        (TRADITIONAL, "utf-8"),
        (TRADITIONAL, "gbk"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "cp950"),
    ],
)
def test_both_scripts_are_read_in_every_encoding_of_theirs(text: str, codec: str, times: int) -> None:
    assert decode((text * times).encode(codec)) == text * times


@pytest.mark.parametrize("text", ["重庆江北区", "政协委员", "街道社区", "步道修好了"])
def test_a_few_words_are_enough(text: str) -> None:
    assert decode(text.encode("gbk")) == text


@pytest.mark.parametrize("text", ["重慶江北區", "政協委員", "街道社區", "步道修好了"])
def test_a_few_traditional_words_are_enough(text: str) -> None:
    assert decode(text.encode("big5")) == text


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding_and_is_no_text(mark: bytes, codec: str) -> None:
    assert decode(mark + SIMPLIFIED.encode(codec)) == SIMPLIFIED


def test_utf_16_without_a_mark_is_told_by_its_words() -> None:
    text = SIMPLIFIED + "\n2024\n"
    assert decode(text.encode("utf-16-le")) == text


def test_a_declared_encoding_is_believed_if_it_decodes() -> None:
    assert decode("東京の天気".encode("shift_jis"), "shift_jis") == "東京の天気"
    assert decode(SIMPLIFIED.encode("gbk"), "gb2312") == SIMPLIFIED
    assert decode(SIMPLIFIED.encode("utf-8"), "gb2312") == SIMPLIFIED


def test_a_text_that_ends_within_a_character_looks_incomplete() -> None:
    with pytest.raises(ValueError, match=r"byte 61.*incomplete"):
        decode(SIMPLIFIED.encode()[:-1])


def test_damaged_bytes_are_refused_with_their_place() -> None:
    received = SIMPLIFIED.encode("gbk") * 50
    with pytest.raises(ValueError, match="GB18030 up to byte 387"):
        decode(received[:387] + b"\xff\xff" + received[387:])


def test_bytes_that_read_as_no_chinese_are_refused() -> None:
    with pytest.raises(ValueError, match="neither UTF-8"):
        decode("naïve café, très joli, à côté".encode("latin-1"))


@pytest.mark.parametrize(
    ("received", "what"),
    [
        (b"%PDF-1.7\n\xff\xfe\xfd", "a PDF"),
        (b"PK\x03\x04\x00\x00\xff", "zip"),
        (b"\x89PNG\r\n\x1a\n\0", "PNG"),
    ],
)
def test_a_file_of_another_kind_is_named(received: bytes, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        decode(received)


CHINESE = st.text(alphabet=SIMPLIFIED + "重庆江北区政协委员会年月日", min_size=8, max_size=200).map(
    "街道".__add__
)


@given(CHINESE)
def test_common_words_survive_gbk(text: str) -> None:
    assert decode(text.encode("gbk")) == text


@given(CHINESE)
def test_whatever_is_decoded_is_text(text: str) -> None:
    try:
        decoded = decode(text.encode("big5", "ignore") or b"a")
    except ValueError:
        return
    assert simplify(decoded).isprintable()


@given(st.binary())
def test_no_bytes_lead_to_anything_but_text_or_a_reason(received: bytes) -> None:
    try:
        decode(received).encode()
    except ValueError as refusal:
        reason = refusal
    else:
        return
    assert not isinstance(reason, UnicodeError)
