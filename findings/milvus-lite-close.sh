#!/usr/bin/env bash
# MilvusClient.close() does not let go of a milvus-lite file: no other process can open it until more is done.
#
# Versions:  pymilvus 3.0.2, milvus-lite 3.2.2.
# Behaviour: MilvusClient("FILE.db") starts a server for the file inside the process. close() ends the
#            client's connection and leaves that server running, with the file locked, for as long as the
#            process lives. A second process that opens the file in the meantime is refused, though every
#            client has been closed. milvus_lite.server_manager.server_manager_instance.release_server(PATH)
#            ends the server, and then the second process opens the file.
# Output:    after close():           refused: ConnectionConfigException
#            after release_server():  opened: ['reports']
# Exit:      0 while this holds, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -q --disable-pip-version-check pymilvus==3.0.2 milvus-lite==3.2.2
cd "$work"
venv/bin/python - <<'PYTHON'
import subprocess
import sys
from pathlib import Path

from milvus_lite.server_manager import server_manager_instance
from pymilvus import MilvusClient

FILE = Path("reports.db").absolute()
OPEN = """
import logging, sys
logging.disable(logging.CRITICAL)
from pymilvus import MilvusClient
try:
    client = MilvusClient(sys.argv[1])
    print("opened:", client.list_collections())
    client.close()
except Exception as error:
    print("refused:", type(error).__name__)
"""


def open_elsewhere() -> str:
    command = [sys.executable, "-c", OPEN, str(FILE)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout.strip()


client = MilvusClient(str(FILE))
client.create_collection("reports", dimension=4)
client.insert("reports", [{"id": 1, "vector": [1.0, 0.0, 0.0, 0.0]}])
client.close()
closed = open_elsewhere()
print("after close():         ", closed)
server_manager_instance.release_server(str(FILE))
released = open_elsewhere()
print("after release_server():", released)
raise SystemExit(int(not (closed.startswith("refused") and released == "opened: ['reports']")))
PYTHON
