#!/usr/bin/env bash
# Markdown emphasis that ends in Chinese punctuation is not emphasis: the asterisks stay in the text.
#
# Version:   markdown-it-py 4.3.0, preset "commonmark".
# Behaviour: `**…**` does not become bold where the closing asterisks follow a punctuation mark and a
#            character comes directly after them. Chinese has no space there, so a bold sentence with its own
#            full stop, or a bold term in quotation marks, is bold only at the end of a line. English text
#            escapes this through the space after the full stop.
# Output:    重庆**两江新区**挂牌。            <strong>两江新区</strong>
#            **建成养老服务中心2个。**居民…    no <strong>; the text keeps its four asterisks
#            推进**“一网统管”**平台建设。      no <strong>; the text keeps its four asterisks
#            **Two were built.** Residents…    <strong>Two were built.</strong>
# Cause:     the rule of CommonMark 0.31 on left- and right-flanking delimiter runs (section 6.2), which looks
#            for white space or punctuation beside a run. The library follows its standard; a reader of
#            Chinese Markdown has to look for the asterisks that are left over.
# Exit:      0 while this holds, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -q --disable-pip-version-check markdown-it-py==4.3.0 mdurl==0.1.2
cd "$work"
venv/bin/python - <<'PYTHON'
from markdown_it import MarkdownIt

CASES = {
    "重庆**两江新区**挂牌。": True,
    "**建成养老服务中心2个。**居民说很方便。": False,
    "推进**“一网统管”**平台建设。": False,
    "**Two were built.** Residents are pleased.": True,
}
changed = False
for text, expected in CASES.items():
    shown = MarkdownIt("commonmark").render(text).strip()
    bold = "<strong>" in shown and "*" not in shown
    print(f"{'bold    ' if bold else 'not bold'}  {shown}")
    changed |= bold is not expected
raise SystemExit(int(changed))
PYTHON
