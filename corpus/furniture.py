"""The fixed furniture of pages: what newspaper sites, portals and accounts print around a report.

Every rule matches a whole line, folded (`corpus.fold`), so that a report that merely mentions such
words loses nothing. A rule says where it holds: some words are furniture wherever they fill a line,
others only above or below the report.
"""

import re
from dataclasses import dataclass
from typing import Literal

Zone = Literal["head", "tail"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A name for the editor, a pattern for the whole folded line, and the zones it holds in."""

    name: str
    pattern: re.Pattern[str]
    zones: tuple[Zone, ...] = ("head", "tail")


_NO_SENTENCE = r"[^。!?;]"
_ROLE = (
    r"(?:(?:本报|本网|本台|特约|首席|实习|见习|全媒体|责任|值班|执行|值班执行|新媒体|副|总|一|二|三|初|复|终)*"
    r"(?:记者|通讯员|作者|撰文|文字|摄影|摄像|供稿|供图|图片|视频|剪辑|配音|编辑|责编|美编|编审|校对|审核|审校|"
    r"审|校|监制|总监|总编辑|总编|主编|主任|编委|策划|统筹|排版|制图|设计|制作|出品|录入|法律顾问)|文|图)"
)
CREDIT = re.compile(
    rf"[(\[【]?(?:{_ROLE}(?:[/、及 ]{_ROLE})*\s*[:|丨]\s*{_NO_SENTENCE}{{0,40}}?[\s/|)]*){{1,6}}[)\]】]?"
)
DIGITAL_EDITION = re.compile(r"(?P<paper>\S{2,16}?)(?:数字报纸?|电子报纸?|电子版|数字版|多媒体数字报|数字报刊)(?:平台)?")
BREADCRUMBS = re.compile(r"(?:(?:您的?)?(?:当前)?(?:所在)?位置\s*:?)?\s*(?P<root>[^>›»]{1,20}?)\s*(?:(?:>+|›|»)\s*[^>›»]{0,30})+")
DESCRIPTION = re.compile(
    rf"(?=.{{0,80}}$){_NO_SENTENCE}*(?:(?:权威|官方|政务|综合|主流).*(?:平台|账号|公众号|媒体)|集.+于一体|公众号)"
    rf"{_NO_SENTENCE}*"
)

_HEAD: tuple[Zone, ...] = ("head",)
_TAIL: tuple[Zone, ...] = ("tail",)


def _rule(name: str, pattern: str, zones: tuple[Zone, ...] = ("head", "tail")) -> Rule:
    return Rule(name, re.compile(pattern), zones)


RULES = (
    Rule("digital edition", DIGITAL_EDITION),
    Rule("breadcrumbs", BREADCRUMBS),
    Rule("credits", CREDIT),
    _rule("serial number", r"(?:国内)?统一(?:连续出版物|刊)号\s*:?.{0,30}|(?:CN|ISSN|国内刊号|邮发代号)\s*:?\s*[\dA-Z/ -]{2,}"),
    _rule("account number", r"(?:官方)?(?:微信|微博)(?:公众)?(?:平台|号)\s*:.{0,30}"),
    _rule("calendar", r"按(?:日期|版次|期次)(?:搜索|查询|检索)|往期(?:查询|检索)|(?:返回)?(?:版面)?目录|日\s*一\s*二\s*三\s*四\s*五\s*六"),
    _rule("page number", r"[\d\s/|·<>-]+|第?\s*[A-Z]?\d{1,3}\s*版(?:\s*[:/-]?\s*.{0,12})?|[A-Z]\d{1,3}(?:\s*[-:/]?\s*\S{0,8})?", _HEAD),
    _rule("page turning", r"(?:版面翻页|版面导航|上一版|下一版|上一篇|下一篇|上一期|下一期|第一版|最后一版)(?:\s*\S{0,4}(?:版面翻页|上一版|下一版|上一篇|下一篇|上一期|下一期))*"),
    _rule("navigation", r"(?=.*(?:首页|登录|注册))(?:\S{1,8}[\s|·]+){2,}\S{1,8}"),
    _rule("text size", r"(?:字号|字体)?\s*:?\s*(?:[大中小]?字号|字体|放大|缩小|默认|\[?[大中小]\]?|[aA][+-]|打印|收藏|分享|朗读|纠错)(?:[\s|/]+(?:放大|缩小|默认|\[?[大中小]\]?|[aA][+-]|打印|收藏|分享|朗读|纠错|关闭))*"),
    _rule("reading count", r"(?:阅读|浏览|点击|访问)(?:量|次数|数)?\s*:?\s*\d[\d,.万+]*\s*次?"),
    _rule("source", rf"[(\[【]?(?:文章|稿件|信息|内容)?(?:来源|稿源)\s*:{_NO_SENTENCE}{{0,40}}[)\]】]?"),
    _rule("sharing", r"(?:求(?:分享|收藏|点击|点赞|在看|转发|关注)\s*){1,5}|分享到?\s*:?(?:微信|微博|朋友圈|QQ空间|QQ|\s)*|分享让更多人看到|(?:点赞|在看|转发|收藏|分享)(?:[\s、/|]+(?:点赞|在看|转发|收藏|分享))+|(?:长按|扫码|扫一扫|点击)\S{0,16}(?:关注|二维码|阅读原文)\S{0,8}"),
    _rule("back to top", r"(?:返回|回到)(?:顶部|首页|搜狐|列表|上一页)\S{0,10}|阅读原文|查看原文|[【\[]?关闭(?:窗口)?[】\]]?"),
    _rule("original mark", r"原创|点击(?:上方|蓝字)\S{0,20}|在小说阅读器.{0,12}", _HEAD),
    _rule("statement", r"[(【\[]?(?:版权|免责|特别|郑重|原创)?声明[】\]]?\s*:.*|.{0,30}版权归.{0,80}|版权所有.{0,80}|(?:未经|凡本)\S{0,20}(?:授权|许可|注明).{0,200}", _TAIL),
    _rule("publisher's address", r"(?=.*:)(?:主管|主办|承办|协办|出版|运营|技术支持)(?:单位)?\s*:.{0,200}|(?:社|地)\s*址\s*:.{0,120}|邮\s*编\s*:.{0,40}|(?:\S{0,8}(?:电话|热线|邮箱|传真))\s*:.{0,60}", _TAIL),
    _rule("licence", r".{0,40}(?:备案号|ICP备|公网安备|许可证)\s*:?.{0,80}|(?i:copyright|©).{0,120}", _TAIL),
    _rule("account description", DESCRIPTION.pattern, _TAIL),
)

# Behind these no report goes on: the rest of the page advertises others.
PAGE_END = re.compile(
    r"最新文章|最新资讯|往期(?:推荐|回顾|精彩)|相关(?:阅读|推荐|新闻|文章)|推荐阅读|热门(?:推荐|文章|新闻|评论)|猜你喜欢|"
    r"精彩评论|网友评论|分享让更多人看到|(?:返回|回到)顶部"
)


def furniture(key: str, zone: Zone) -> str | None:
    """The name of the rule by which a folded line is furniture in that zone, or None."""
    for rule in RULES:
        if zone in rule.zones and rule.pattern.fullmatch(key):
            return rule.name
    return "end of page" if zone == "tail" and PAGE_END.fullmatch(key.rstrip(":> ")) else None
