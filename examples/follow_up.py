"""Ask a question and then half of another, and print what was taken over from the first."""

from retrieval import Retriever

retriever = Retriever.open("index")
first = retriever.ask("华新街建成了几个养老服务中心？")
print(first)
second = retriever.ask("那志愿者呢？", after=first)
print(f"Asked: {second.asked} (taken over: {', '.join(second.taken)})")
print(second)
