"""Files of many articles: what each record gives, and what becomes of those that give nothing."""

import json
from datetime import date
from pathlib import Path

import pytest

from corpus import ParsedFile, UnreadableReport, read_file

BODY = "入夏以来,街道组织志愿者清理沿江步道,居民散步更安心了。"


def read(folder: Path, content: str | bytes, name: str = "news.jsonl") -> ParsedFile:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(path, folder)


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def ids(reading: ParsedFile) -> list[str]:
    return [article.id for article in reading.articles]


def test_every_record_is_an_article_under_its_number(tmp_path: Path) -> None:
    assert ids(read(tmp_path, lines({"text": BODY}, {"content": BODY}))) == ["news.jsonl#1", "news.jsonl#2"]


def test_a_record_is_named_by_its_own_id(tmp_path: Path) -> None:
    assert ids(read(tmp_path, lines({"id": "a", "text": BODY}, {"id": 7, "text": BODY}))) == [
        "news.jsonl#a",
        "news.jsonl#7",
    ]


@pytest.mark.parametrize("second", [{"id": "a", "text": BODY}, {"id": "1", "text": BODY}])
def test_where_ids_are_not_unique_all_go_by_number(tmp_path: Path, second: dict[str, str]) -> None:
    first = {"text": BODY} if second["id"] == "1" else {"id": "a", "text": BODY}
    assert ids(read(tmp_path, lines(first, second))) == ["news.jsonl#1", "news.jsonl#2"]


def test_the_fields_of_a_record_are_its_metadata(tmp_path: Path) -> None:
    record = {
        "title": "步道亮起来",
        "subtitle": "更新纪事",
        "source": "山城晚报",
        "published": "2021-07-08T10:00:00+08:00",
        "author": ["陈一", "王二"],
        "place": "渝中区",
        "url": "https://a.cn/1",
        "body": BODY,
    }
    (article,) = read(tmp_path, lines(record)).articles
    assert (article.title, article.subtitle, article.publisher) == ("步道亮起来", "更新纪事", "山城晚报")
    assert (article.date, article.byline, article.place) == (date(2021, 7, 8), "陈一 王二", "渝中区")
    assert (article.url, article.text) == ("https://a.cn/1", BODY)


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("2021年7月8日 10:20", date(2021, 7, 8)),
        (1625758200, date(2021, 7, 8)),
        (1625758200000, date(2021, 7, 8)),
        ("2021-07-07T20:00:00Z", date(2021, 7, 8)),
        ("20210708", date(2021, 7, 8)),
        ("07-08 10:20", None),
        ("2021-02-30", None),
        ("昨天", None),
        (20, None),
        (True, None),
    ],
)
def test_a_day_is_stated_in_full_or_not_known(tmp_path: Path, stated: object, day: date | None) -> None:
    (article,) = read(tmp_path, lines({"text": BODY, "date": stated})).articles
    assert article.date == day


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "no JSON object"),
        ("[1]", "no JSON object"),
        ('{"title": "a"}', "no text"),
        ('{"text": ["a"]}', "no text"),
        ('{"text": "  "}', "no text"),
        ('{"text": "返回顶部"}', "no words"),
        ("[" * 100_000, "no JSON object"),
        ('{"text": ' + "9" * 5_000 + "}", "no JSON object"),
    ],
)
def test_a_bad_record_is_named_and_the_rest_are_kept(tmp_path: Path, bad: str, reason: str) -> None:
    reading = read(tmp_path, lines({"text": BODY}) + bad + "\n\n" + lines({"text": BODY}))
    assert ids(reading) == ["news.jsonl#1", "news.jsonl#3"]
    (rejection,) = reading.rejected
    assert rejection.file == "news.jsonl#2"
    assert reason in rejection.reason


def test_a_last_record_that_breaks_off_looks_incomplete(tmp_path: Path) -> None:
    reading = read(tmp_path, lines({"text": BODY}, {"text": BODY})[:-9])
    assert ids(reading) == ["news.jsonl#1"]
    assert "incomplete" in reading.rejected[0].reason


@pytest.mark.parametrize("codec", ["utf-8-sig", "gb18030", "utf-16"])
def test_records_are_read_in_every_encoding(tmp_path: Path, codec: str) -> None:
    reading = read(tmp_path, (lines({"text": BODY}) * 3).encode(codec))
    assert [article.text for article in reading.articles] == [BODY] * 3


def test_bytes_that_do_not_decode_spoil_their_own_record_only(tmp_path: Path) -> None:
    good = lines({"text": BODY}).encode()
    reading = read(tmp_path, good * 2 + good.replace("街".encode(), b"\xff\xfe") + good)
    assert len(reading.articles) == 3
    assert "no text in the file's encoding" in reading.rejected[0].reason


@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_a_table_names_its_columns_in_its_first_row(tmp_path: Path, sign: str) -> None:
    rows = [
        ["标题", "正文", "日期", "来源"],
        ["步道亮起来", BODY.replace(",", "，"), "2021-07-08", "山城晚报"],
    ]
    (article,) = read(tmp_path, "\r\n".join(map(sign.join, rows)), "news.csv").articles
    assert (article.id, article.title, article.publisher) == ("news.csv#1", "步道亮起来", "山城晚报")
    assert article.date == date(2021, 7, 8)


def test_a_quoted_cell_holds_line_breaks_and_quotes(tmp_path: Path) -> None:
    table = f'\ufefftitle,text\n步道亮起来,"{BODY}\n他说""好"",大家都说好。"\n'
    (article,) = read(tmp_path, table, "news.csv").articles
    assert article.text == f'{BODY}\n他说"好",大家都说好。'


def test_rows_that_are_short_or_empty_are_named_or_passed_over(tmp_path: Path) -> None:
    reading = read(tmp_path, f"title,text\n步道\n,,\n\n步道,{BODY}\n".replace(BODY, f'"{BODY}"'), "news.csv")
    assert ids(reading) == ["news.csv#2"]
    assert [rejection.file for rejection in reading.rejected] == ["news.csv#1"]


def test_a_table_without_a_column_of_articles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableReport, match="正文"):
        read(tmp_path, "a,b\n1,2\n", "news.csv")


@pytest.mark.parametrize("name", ["news.jsonl", "news.csv"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"\n\n", "no record|no column"), (b"\x00\x01\xff" * 99, "binary")],
)
def test_a_file_without_records_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableReport, match=reason):
        read(tmp_path, content, name)
