"""Every sentence the bot says, in Chinese and in English."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's sentences. `{bot}` stands for the bot's user name, without the @."""

    date_format: str
    start: str
    help: str
    how_to_ask: str
    unknown_command: str
    only_text: str
    empty: str
    filtered: str
    unrelated: str
    not_said: str
    nearest: str
    untitled: str
    sources: str
    no_sources: str
    older_sources: str
    failure: str
    commands: tuple[tuple[str, str], ...]

    def day(self, when: date) -> str:
        """A date as readers of the language write it."""
        return self.date_format.format(when)


CHINESE = Wording(
    date_format="{0.year}年{0.month}月{0.day}日",
    start=(
        "您好，我是问报。您问重庆的事，我用报纸报道里的原话回答，并注明出处；报道里没有的，我就说没有。\n\n"
        "直接发问题就行，比如：\n华新街建成了几个养老服务中心？\n\n"
        "/sources 看看有哪些报道，/help 看看怎么用。"
    ),
    help=(
        "直接把问题发给我，一次问一件事，写明地方更好找。\n"
        "引用框里是报道原文，加粗的是回答您的那一句，下面是标题、报纸、日期和栏目。\n\n"
        "/ask 后面写问题\n/sources 有哪些报道\n/help 怎么用\n\n"
        "在群里请发“/ask@{bot} 问题”，或者回复我的消息；@{bot} 也可以，只是 Telegram 不一定会转给我。"
        "别的时候我不插话。"
    ),
    how_to_ask="请把问题写在后面，比如：\n/ask 华新街建成了几个养老服务中心？",
    unknown_command="没有这个命令。直接发问题就行，/help 看看怎么用。",
    only_text="我只看得懂文字，请把问题打字发给我。",
    empty="请问您想知道什么？比如：\n华新街建成了几个养老服务中心？",
    filtered="没有这个地方或者这段时间的报道。/sources 看看有哪些报道。",
    unrelated="报道里没有与此有关的内容。",
    not_said="报道里没有说到这一点。",
    nearest="相近的报道（里面没有答案）：",
    untitled="无标题",
    sources="共 {count} 篇报道，新的在前：",
    no_sources="现在还没有报道。",
    older_sources="……还有 {count} 篇没有列出。",
    failure="出了点问题，没能回答，请稍后再试一次。",
    commands=(
        ("ask", "提问：/ask 后面写问题"),
        ("sources", "有哪些报道"),
        ("help", "怎么用"),
    ),
)

ENGLISH = Wording(
    date_format="{0.year}-{0.month:02}-{0.day:02}",
    start=(
        "Hello, this is Wenbao. Ask about Chongqing and I answer with the very words of newspaper reports, "
        "naming the source; what they do not say, I do not know.\n\n"
        "Just send a question, for example:\nHow many elderly care centres were built in Huaxinjie?\n\n"
        "/sources lists the reports, /help tells how to ask."
    ),
    help=(
        "Send me a question, one thing at a time; naming the place helps.\n"
        "The quote is the report's own text, in bold the sentence that answers; below it stand title, "
        "paper, date and section.\n\n"
        "/ask followed by a question\n/sources lists the reports\n/help shows this\n\n"
        "In groups send “/ask@{bot} question” or reply to a message of mine; @{bot} works too, though "
        "Telegram does not always pass it on. Otherwise I stay silent."
    ),
    how_to_ask="Please add your question, for example:\n/ask How many elderly care centres has Huaxinjie?",
    unknown_command="There is no such command. Just send a question; /help tells how to ask.",
    only_text="I read text only, please type your question.",
    empty="What would you like to know? For example:\nHow many elderly care centres were built in Huaxinjie?",
    filtered="There is no report of that place or time. /sources lists the reports.",
    unrelated="The reports hold nothing related to this.",
    not_said="The reports do not say.",
    nearest="Reports that come near (without the answer):",
    untitled="untitled",
    sources="{count} reports, newest first:",
    no_sources="There are no reports yet.",
    older_sources="…… and {count} more.",
    failure="Something went wrong and I could not answer. Please try again in a moment.",
    commands=(
        ("ask", "Ask: /ask followed by a question"),
        ("sources", "Which reports there are"),
        ("help", "How to ask"),
    ),
)


def wording_for(language_code: str | None) -> Wording:
    """English for users whose Telegram is in English, Chinese for everyone else."""
    return ENGLISH if (language_code or "").lower().startswith("en") else CHINESE
