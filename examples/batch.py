"""Ask all questions of a file and print one JSON object a question."""

import json
import sys
from pathlib import Path

from retrieval import Retriever

file = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/questions.jsonl")
retriever = Retriever.open("index")
for line in file.read_text(encoding="utf-8").splitlines():
    question = json.loads(line)["question"]
    answer = retriever.ask(question, k=1)
    quotes = [{"title": quote.article.title, "text": quote.text} for quote in answer.quotes]
    print(
        json.dumps({"question": question, "answered": answer.answered, "quotes": quotes}, ensure_ascii=False)
    )
