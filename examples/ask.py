"""Ask one question and print the quotes that answer it, with their sources."""

from retrieval import Retriever

retriever = Retriever.open("index")
answer = retriever.ask("华新街建成了几个养老服务中心？")
if not answer.answered:
    print(f"The reports do not say ({answer.reason}).")
for result in answer.quotes:
    print(f"{result.confidence:.2f}  {result.article.title} ({result.article.date})")
    print(f"      {result.text}")
