import csv
from pathlib import Path

import pytest

import corpus
from corpus.text.places import districts_around, far_places_named, infer_place, units_named

LISTED = Path(corpus.__file__).parent / "data" / "places.tsv"


def test_the_gazetteer_lists_all_districts_and_counties_of_chongqing_once() -> None:
    with LISTED.open(encoding="utf-8", newline="") as listed:
        districts = [row[0] for row in csv.reader(listed, delimiter="\t")]
    assert len(districts) == len(set(districts)) == 38


@pytest.mark.parametrize(
    ("title", "text", "place"),
    [
        ("九龙坡区推进老旧小区改造", "改造已经开始。", "九龙坡区"),
        ("巴南:鱼洞街道开设长者食堂", "重庆市巴南区鱼洞街道的食堂开张了。", "巴南区鱼洞街道"),
        ("磁器口街道亮灯了", "重庆的古镇更美了。", "沙坪坝区磁器口街道"),
        ("石柱打造康养之城", "石柱土家族自治县今年接待游客百万人次。", "石柱土家族自治县"),
        ("彭水推进乡村振兴", "彭水县郁山镇盛产晶丝苕粉。", "彭水苗族土家族自治县郁山镇"),
        ("渝北區龍溪街道開設夜校", "龍溪街道的夜校開課了。", "渝北区龙溪街道"),
        ("重庆轨道交通增开夜班车", "轨道交通将延时运营。", None),
        ("宁波江北推进旧改", "宁波市江北的老小区换新颜。", None),
    ],
)
def test_the_place_is_the_district_and_street_a_report_is_about(
    title: str, text: str, place: str | None
) -> None:
    assert infer_place(title, "", "", text, title + text) == place


def test_a_report_on_many_streets_is_about_their_district() -> None:
    text = "江北区石马河街道、鱼嘴镇、大石坝街道、五宝镇都有了新步道。"
    assert infer_place("江北区步道连成网", "", "", text, text) == "江北区"


def test_the_publisher_tells_the_place_of_a_report_that_takes_it_for_granted() -> None:
    text = "区里的步道修好了,南川人高兴。"
    assert infer_place("步道亮起来", "", "南川发布", text, "重庆市" + text) == "南川区"


def test_a_street_name_that_two_districts_share_needs_the_district() -> None:
    assert infer_place("兴隆镇办年货节", "", "", "重庆渝北区兴隆镇很热闹。", "重庆") == "渝北区兴隆镇"
    assert infer_place("兴隆镇办年货节", "", "", "重庆的兴隆镇很热闹。", "重庆") is None


def test_streets_and_towns_are_named_as_often_as_a_text_names_them():
    text = "江北区观音桥街道和石马河街道,还有观音桥。"
    assert units_named(text) == ("观音桥", "石马河", "观音桥")


def test_a_street_lies_in_every_district_that_has_one_of_its_name() -> None:
    assert districts_around("观音桥") == ("江北",)
    assert districts_around("海棠") == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("从北京到上海要多久？", ("北京", "上海")),
        ("臺灣有幾座島？", ("台湾",)),
        ("Is it warmer in New York than in Chengdu?", ("New York", "Chengdu")),
        ("内蒙古的草原", ("内蒙古",)),
        ("江北京剧团在哪里演出？", ()),
        ("Parisian manners", ()),
        ("江北区观音桥街道", ()),
    ],
)
def test_well_known_places_elsewhere_are_named(text, named):
    assert tuple(names[0] for names in far_places_named(text)) == named


def test_a_far_place_comes_with_its_names_in_the_other_language():
    assert far_places_named("Paris") == (("Paris", "巴黎"),)
