"""`python -m benchmarks.fuzz [--seconds N]`: read damaged reports in every format, and count the outcomes.

Each report is written in each format, damaged as disks, downloads and converters damage files, and read.
The reader must return articles or a reason; any other exception is a crash, whose file is kept.
"""

import argparse
import io
import itertools
import random
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

from benchmarks.inputs.datasets import REPORTS
from benchmarks.inputs.report_formats import MAKERS
from benchmarks.record import plain
from corpus import UnreadableReport, read_file

SLOW_SECONDS = 10.0
_ENCODINGS = ("gb18030", "big5", "utf-16", "utf-16-le", "utf-8-sig", "latin-1", "shift_jis")
_TOKENS = (
    *(
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\n---\n",
        b"<div>" * 50,
        b"</html>",
        b"<!--",
        b"&#x110000;",
        b'"',
    ),
    *(b"endstream", b"%%EOF", b"/Kids[2 0 R]", b"PK\x03\x04", b"9" * 40, b"{" * 200, b"\r", b"\xed\xa0\x80"),
)

_STRAY_TEXTS = (
    *(
        "\n",
        "\n\n\n",
        "。",
        "!”",
        "《",
        "(",
        "记者:",
        "2021年02月30日",
        "来源:",
        ">>",
        "——",
        "图为",
        "\ue000笔R",
        "(xìn)",
    ),
    *(
        "<br>",
        "</p>",
        "&nbsp;",
        "<td>",
        "<w:p>",
        "\t",
        '"',
        ",",
        "正文：",
        "原标题：",
        "---\ntitle: [\n---\n",
        "\u2028",
        " " * 80,
    ),
)


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Damage the content of a file in one to four places.

    Half of the time only the text within is damaged, so that the damage reaches the later stages of reading.
    """
    if chance.random() < 0.5:
        return _within(content, chance)
    for _ in range(chance.randint(1, 4)):
        damage = chance.choice((_flip, _cut_off, _drop, _repeat, _splice, _shuffle, _zero, _reencode))
        content = damage(content, chance) or b"\n"
    return content


def main() -> None:
    """Damage and read files for some seconds; print a table of the outcomes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to go on (60)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (0)")
    options = parser.parse_args()
    texts = [path.read_text("utf-8") for path in sorted(REPORTS.glob("*.txt"))]
    whole = {(suffix, at): make(text) for suffix, make in MAKERS.items() for at, text in enumerate(texts)}
    counts: dict[str, Counter[str]] = {suffix: Counter() for suffix in MAKERS}
    slowest: Counter[str] = Counter()
    ends = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as folder:
        for seed in itertools.count(options.seed):
            if time.monotonic() > ends:
                break
            for (suffix, _at), content in whole.items():
                path = Path(folder, f"a{suffix}")
                path.write_bytes(mutate(content, random.Random(f"{seed} {suffix} {_at}")))
                outcome, seconds = _read(path)
                counts[suffix].update(["files", outcome, *(["slow"] if seconds > SLOW_SECONDS else [])])
                slowest[suffix] = max(slowest[suffix], round(1000 * seconds))
                if outcome == "crash":
                    kept = Path(tempfile.gettempdir(), f"wenbao-fuzz-{seed}{suffix}")
                    kept.write_bytes(path.read_bytes())
                    print(f"crash: {kept}")
    head = ["format", "files", "read", "refused", "crash", "slow", "slowest, ms"]
    rows = [
        [suffix, *(f"{counts[suffix][name]:,}" for name in head[1:6]), f"{slowest[suffix]:,}"]
        for suffix in MAKERS
    ]
    total = sum((counts[suffix] for suffix in MAKERS), Counter[str]())
    rows.append(["all", *(f"{total[name]:,}" for name in head[1:6]), f"{max(slowest.values()):,}"])
    print(plain([head, *rows]))


def _read(path: Path) -> tuple[str, float]:
    began = time.perf_counter()
    try:
        reading = read_file(path, path.parent)
        outcome = "read" if reading.articles else "refused"
    except UnreadableReport:
        outcome = "refused"
    except Exception:  # the benchmark looks for these
        traceback.print_exc()
        outcome = "crash"
    return outcome, time.perf_counter() - began


def _within(content: bytes, chance: random.Random) -> bytes:
    if content.startswith(b"PK"):
        return _within_archive(content, chance)
    if content.startswith(b"%PDF"):
        return _flip(content, chance)
    return _garble(content.decode("utf-8", "ignore"), chance).encode()


def _within_archive(content: bytes, chance: random.Random) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        damaged = chance.choice([*old.namelist(), *["word/document.xml"] * 20])
        for name in old.namelist():
            part = old.read(name)
            if name == damaged:
                part = _garble(part.decode("utf-8", "ignore"), chance).encode()
            new.writestr(name, part)
    return made.getvalue()


def _garble(text: str, chance: random.Random) -> str:
    """Remove, move and repeat pieces of a text, and insert stray texts."""
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(len(text) + 1)
        end = start + chance.choice((1, 3, 20, 300))
        piece, rest = text[start:end], text[:start] + text[end:]
        at = chance.randrange(len(rest) + 1)
        again = chance.choice((0, 1, 2, 50))
        text = rest[:at] + chance.choice(("", *_STRAY_TEXTS)) + piece * again + rest[at:]
    return text


def _flip(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 5, 50))):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def _cut_off(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _span(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(content))
    return start, min(len(content), start + chance.choice((1, 2, 30, 1000)))


def _drop(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:start] + content[end:]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:end] + content[start:end] * chance.choice((1, 3, 100)) + content[end:]


def _splice(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] + chance.choice(_TOKENS) * chance.choice((1, 20)) + content[start:]


def _shuffle(content: bytes, chance: random.Random) -> bytes:
    size = chance.choice((7, 100, 1000))
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    chance.shuffle(pieces)
    return b"".join(pieces)


def _zero(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:start] + bytes(end - start) + content[end:]


def _reencode(content: bytes, chance: random.Random) -> bytes:
    return content.decode("utf-8", "replace").encode(chance.choice(_ENCODINGS), "replace")


if __name__ == "__main__":
    main()
