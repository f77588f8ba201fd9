"""`python -m benchmarks.ablation --data FOLDER…`: print the effect of each ranking feature.

The table has the share of right first passages with MaxSim alone, with all features, and without each of
them. The questions are public ones that trained nothing, the same with a homophone typed for one character,
and questions about the reports.
"""

import argparse
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from cn2an import an2cn, cn2an
from pypinyin import lazy_pinyin

from benchmarks.inputs.datasets import (
    ASKED,
    CMRC,
    REPORTS,
    XQUAD,
    PublicQuestion,
    locate,
    read_cmrc,
    read_xquad,
)
from benchmarks.measures.ranking import index_texts, passages_by_text
from benchmarks.record import keep, plain
from corpus.text.normalize import is_han
from retrieval import Encoder, load_encoder, refresh
from retrieval.research import (
    Generation,
    begin,
    holds,
    is_right,
    parse,
    rank,
    read_questions,
    score_contributions,
)

_NUMBER = re.compile(
    r"(?<![\d.])\d{1,8}(?![\d.年%])|[二三四五六七八九]?十[一二三四五六七八九]?(?=[个名年位次])"
)

FEATURES = {
    "pooled": "passage vectors",
    "bm25": "BM25",
    "spelling": "syllables",
    "closest": "closest parts",
    "date": "date",
    "elsewhere": "place",
    "read": "reader",
}
"""The contributions to a score, see `retrieval.ranking.features`, and their names in the table."""

UNREAD = -1.0
"""The contribution of the reader to an unread passage, which ranks it after the read ones."""

ORDERS: Mapping[str, frozenset[str]] = {
    "MaxSim alone": frozenset(),
    "all": frozenset(FEATURES),
    **{f"without {name}": frozenset(FEATURES) - {feature} for feature, name in FEATURES.items()},
}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ablation", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER", help="public data")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/records")
    options = parser.parse_args()
    encoder = load_encoder()
    with TemporaryDirectory() as scratch:
        rows = [[name, *cells] for name, cells in _rows(encoder, options.data, Path(scratch))]
    rows = [["right passage first", *ORDERS], *rows]
    print(plain(rows))
    if options.write:
        keep("ablation", "python -m benchmarks.ablation --data FOLDER…", rows)


def _rows(encoder: Encoder, data: Sequence[Path], scratch: Path) -> Iterator[tuple[str, list[str]]]:
    cmrc, xquad = read_cmrc(locate(data, CMRC)), read_xquad(locate(data, XQUAD))
    public = index_texts(encoder, cmrc.texts | xquad.texts, scratch / "public")
    held = {"CMRC, held": cmrc.part(held=True).questions}
    for language, name in (("zh", "XQuAD, held, in Chinese"), ("en", "XQuAD, held, in English")):
        held[name] = tuple(q for q in xquad.part(held=True).questions if q.language == language)
    for name, questions in held.items():
        yield _row(name, public, encoder, questions)
    draw = random.Random(1)
    yield _row(
        "CMRC, held, a homophone typed",
        public,
        encoder,
        [replace(q, text=mistyped(q.text, draw)) for q in held["CMRC, held"]],
    )
    numbered = [(q, rewritten(q.text)) for q in held["CMRC, held"]]
    for name, which in (("as it stands", 0), ("written otherwise", 1)):
        yield _row(
            f"CMRC, held, with a number, {name}",
            public,
            encoder,
            [replace(q, text=(q.text, other)[which]) for q, other in numbered if other != q.text],
        )
    refresh(REPORTS, scratch / "reports", encoder=encoder)
    reports = Generation.current(scratch / "reports")
    asked = [q for file in ASKED.values() for q in read_questions(file) if q.answers]
    for name, kinds in (
        ("reports, all", {q.type for q in asked}),
        ("reports, in own words", {"para"}),
        ("reports, in English", {"en"}),
    ):
        firsts = []
        for question in asked:
            if question.type in kinds:
                right = {
                    number
                    for number in range(reports.manifest.passages)
                    if is_right(reports.article_of(number), reports.passage(number).text, question)
                }
                firsts.append(_firsts(reports, encoder, question.question, right))
        yield _mean(name, firsts)


def mistyped(question: str, draw: random.Random) -> str:
    """Replace one character of a question by a homophone."""
    positions = [i for i, char in enumerate(question) if is_han(char)]
    draw.shuffle(positions)
    for i in positions:
        others = [
            char
            for char in _common()
            if char != question[i] and _pronunciation(char) == _pronunciation(question[i])
        ]
        if others:
            return question[:i] + draw.choice(others) + question[i + 1 :]
    return question


def rewritten(question: str) -> str:
    """Write the digits of a question as Chinese numerals and its Chinese numerals as digits."""
    return _NUMBER.sub(
        lambda match: str(an2cn(match[0]) if match[0].isdigit() else cn2an(match[0])), question
    )


@cache
def _common() -> str:
    """Return the common characters, those of the first level of GB 2312."""
    return bytes(
        byte for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for byte in (lead, trail)
    ).decode("gb2312", "ignore")


@cache
def _pronunciation(char: str) -> str:
    return str(lazy_pinyin(char)[0])


def _row(
    name: str, generation: Generation, encoder: Encoder, questions: Sequence[PublicQuestion]
) -> tuple[str, list[str]]:
    of_text = passages_by_text(generation)
    firsts = []
    for question in questions:
        passages = of_text.get(question.source, [])
        right = {n for n in passages if holds(generation.passage(n).text, question.answers)}
        firsts.append(_firsts(generation, encoder, question.text, right))
    return _mean(name, firsts)


def _firsts(generation: Generation, encoder: Encoder, question: str, right: set[int]) -> list[bool]:
    """Return for each of ORDERS whether the first passage is right."""
    search = begin(generation, parse(question, encoder))
    candidates = [each for each in rank(search) if each.closest is not None]
    if not candidates:
        return [False] * len(ORDERS)
    parts = [score_contributions(search, each) for each in candidates]
    for part in parts:
        part["read"] = part["read"] or UNREAD
    firsts = []
    for kept in ORDERS.values():
        scores = [part["maxsim"] + sum(part[feature] for feature in kept) for part in parts]
        firsts.append(candidates[int(np.argmax(scores))].number in right)
    return firsts


def _mean(name: str, firsts: Sequence[Sequence[bool]]) -> tuple[str, list[str]]:
    return f"{name} ({len(firsts)})", [f"{value:.3f}" for value in np.mean(firsts, axis=0)]


if __name__ == "__main__":
    main()
