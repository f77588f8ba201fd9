"""Rules for the boilerplate that newspaper sites, portals and accounts print around a report.

Every rule matches a whole normalized line (`corpus.text.normalize.halfwidth`), so that a report that merely
mentions such words loses nothing. A rule holds in some zones of the page: the header above the report, the
footer below it, or the imprint, which is the end of the footer. Rules of the imprint hold only below a line
that another rule matched, because a report on an event may itself end with the organizers' address.
"""

import re
from dataclasses import dataclass
from typing import Literal

from corpus.data import read_toml

Zone = Literal["header", "footer", "imprint"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for boilerplate.

    Attributes:
        name: shown to editors.
        pattern: matches the whole normalized line.
        zones: where on the page the rule holds.
    """

    name: str
    pattern: re.Pattern[str]
    zones: tuple[Zone, ...]


_WORDS = read_toml("layout_words.toml")
_LONGEST = 500  # characters; a longer line is never cut
_NO_SENTENCE = r"[^。!?;]"
_ROLE = (
    rf"(?:(?:{'|'.join(_WORDS['credits']['modifiers'])})*"
    rf"(?:{'|'.join(_WORDS['credits']['roles'])})|文|图)"
)
# A name ends where the next role begins, so that a line matches in one way only and without backtracking.
_NAMES = rf"(?:(?!{_ROLE}\s*SIGN){_NO_SENTENCE}){{0,40}}+"
_CREDITS = rf"[(\[【]?(?:{_ROLE}(?:[/、及 ]{_ROLE})*\s*SIGN\s*{_NAMES}){{1,6}}"
COLON_CREDIT = re.compile(_CREDITS.replace("SIGN", ":"))
DIGITAL_EDITION = re.compile(
    r"(?P<paper>\S{2,16}?)(?:数字报纸?|电子报纸?|电子版|数字版|多媒体数字报|数字报刊)(?:平台)?"
)
_BAR_CREDIT = re.compile(_CREDITS.replace("SIGN", "[:|丨]"))
BREADCRUMBS = re.compile(
    r"(?:(?:您的?)?(?:当前)?(?:所在)?位置\s*:?)?\s*(?P<root>[^<>›»\s]{1,20})\s*(?:[>›»]++[^<>›»。!?;]{0,30})+"
)
DESCRIPTION = re.compile(
    r"(?=.{0,80}$)[^。!?;:]*(?:(?:权威|官方|政务|综合|主流).*(?:平台|账号|公众号|媒体)|集.+于一体)[^。!?;:]*"
)

_BOTH: tuple[Zone, ...] = ("header", "footer", "imprint")
_HEADER: tuple[Zone, ...] = ("header",)
_FOOTER: tuple[Zone, ...] = ("footer", "imprint")
_IMPRINT: tuple[Zone, ...] = ("imprint",)
_SIZE = r"(?:放大|缩小|默认|\[?[大中小]\]?|[aA][+-])"
_TURN = r"(?:版面翻页|版面导航|上一[版篇期]|下一[版篇期]|第一版|最后一版)"


def _rule(name: str, zones: tuple[Zone, ...], *patterns: str) -> Rule:
    return Rule(name, re.compile("|".join(patterns)), zones)


RULES = (
    Rule("digital edition", DIGITAL_EDITION, _BOTH),
    Rule("breadcrumbs", BREADCRUMBS, _HEADER),
    Rule("credits", COLON_CREDIT, _BOTH),
    Rule("credits", _BAR_CREDIT, _FOOTER),  # above a report `视频丨…` opens a headline
    _rule(
        "serial number",
        _BOTH,
        r"(?:国内)?统一(?:连续出版物|刊)号\s*:?.{0,30}",
        r"(?:CN|ISSN|国内刊号|邮发代号)\s*:?\s*[\dA-Z/ -]{2,}",
    ),
    _rule("account number", ("header", "imprint"), r"(?:官方)?(?:微信|微博)(?:公众)?(?:平台|号)\s*:.{0,30}"),
    _rule(
        "calendar",
        _BOTH,
        r"按(?:日期|版次|期次)(?:搜索|查询|检索)|往期(?:查询|检索)|(?:返回)?(?:版面)?目录",
        r"日\s*一\s*二\s*三\s*四\s*五\s*六",
    ),
    _rule(
        "page number",
        _HEADER,
        r"[\d\s/|·<>-]+",
        r"第?\s*[A-Z]?\d{1,3}\s*版(?:\s*[:/ -]\s*.{0,12})?",
        r"[A-Z]\d{1,3}(?:\s*[-:/]\s*\S{0,8})?",
    ),
    _rule("page turning", _BOTH, rf"{_TURN}(?:\s*\S{{0,4}}{_TURN})*"),
    _rule("navigation", _BOTH, r"(?=.*(?:首页|登录|注册))(?:[^\s|·]{1,8}+[\s|·]++){2,}[^\s|·]{1,8}"),
    _rule(
        "text size",
        _BOTH,
        r"[大中小]?字[号体]|放大|缩小",
        rf"(?:字[号体]\s*:?\s*)?{_SIZE}(?:[\s|/]+(?:{_SIZE}|打印|收藏|分享|朗读|关闭))+",
        rf"字[号体]\s*:?\s*{_SIZE}",
    ),
    _rule("tools", _BOTH, r"(?:打印|收藏|分享|朗读|纠错|关闭|默认)(?:本页|文章|窗口)?"),
    _rule("reading count", _BOTH, r"(?:阅读|浏览|点击|访问)(?:量|次数|数)?\s*:?\s*\d[\d,.万+]*\s*次?"),
    _rule(
        "source",
        _BOTH,
        rf"[(\[【]?(?:文章|稿件|信息|内容)?(?:来源|稿源)\s*:{_NO_SENTENCE}{{0,40}}[)\]】]?",
    ),
    _rule(
        "sharing",
        _BOTH,
        r"(?:求(?:分享|收藏|点击|点赞|在看|转发|关注)\s*){1,5}",
        r"分享到?\s*:?(?:微信|微博|朋友圈|QQ空间|QQ|\s)*|分享让更多人看到",
        r"(?:点赞|在看|转发|收藏|分享)(?:[\s、/|]+(?:点赞|在看|转发|收藏|分享))+",
        r"(?:长按|扫码|扫一扫|扫描)\S{0,12}(?:关注|二维码)\S{0,8}",
        r"点击(?:上方|下方|左下角|蓝字)\S{0,12}",
    ),
    _rule(
        "back to top",
        _BOTH,
        r"(?:返回|回到)(?:顶部|首页|搜狐|列表|上一页)\S{0,16}|阅读原文|查看原文",
        r"[【\[](?:关闭|关闭窗口)[】\]]",
    ),
    _rule("original mark", _HEADER, r"原创|在小说阅读器.{0,12}"),
    _rule(
        "statement",
        _FOOTER,
        r"[(【\[]?(?:版权|免责|特别|郑重|原创)?声明[】\]]?\s*:.*",
        r".{0,30}版权归.{0,80}|版权所有.{0,80}",
        r"(?=.*(?:转载|本网|本报|本号|本公众号))(?:未经|凡本|凡注明)\S{0,20}(?:授权|许可|注明).{0,200}",
    ),
    _rule(
        "publisher's address",
        _IMPRINT,
        r"(?:主管|主办|承办|协办|出版|运营|技术支持)(?:单位)?\s*:.{0,200}",
        r"(?:社|地)\s*址\s*:.{0,120}|邮\s*编\s*:.{0,40}|\S{0,8}(?:电话|热线|邮箱|传真)\s*:.{0,60}",
    ),
    _rule(
        "newsroom",
        _FOOTER,
        r"(?:版权|侵权|编辑部|总编室|新闻|广告|发行|投稿|[报爆]料)\S{0,6}(?:电话|热线|邮箱)\s*:.{0,60}",
    ),
    _rule("licence", _FOOTER, r".{0,40}(?:备案号|ICP备|公网安备)\s*:?.{0,80}|(?i:copyright|©).{0,120}"),
    Rule("account description", DESCRIPTION, _IMPRINT),
)

PAGE_END = re.compile("|".join(_WORDS["footer"]["page_ends"]))
"""The heading of what a site prints below a report: the rest of the page advertises other reports."""


def boilerplate_rule(key: str, zone: Zone) -> str | None:
    """Find the rule that matches a normalized line in a zone of the page.

    Returns:
        The rule's name, or None if the line is not boilerplate there.
    """
    if len(key) > _LONGEST:
        return None
    for rule in RULES:
        if zone in rule.zones and rule.pattern.fullmatch(key):
            return rule.name
    return "end of page" if zone != "header" and PAGE_END.fullmatch(key.rstrip(":> ")) else None
