"""Run a cell in a running JupyterLab as its page would, and print what it prints.

    python lab_cell.py ADDRESS TOKEN "print(6 * 7)"

A kernel is started for it and ended again; all goes through the server, with its token.
"""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.request
import uuid

from tornado.websocket import websocket_connect

STARTED = b'{"name": "python3", "path": "notebooks/index.ipynb"}'
PATIENCE = 120
"""seconds: a busy machine with a cold disk"""


def ask(address: str, token: str, path: str, method: str, body: bytes | None = None) -> bytes:
    headers = {"Authorization": f"token {token}"}
    asked = urllib.request.Request(address + path, data=body, headers=headers, method=method)
    with urllib.request.urlopen(asked, timeout=PATIENCE) as reply:
        return bytes(reply.read())


async def printed(address: str, token: str, kernel: str, code: str) -> str:
    """What ``code`` prints in a kernel; what it raises is raised here."""
    socket = address.replace("http", "ws", 1)
    connection = await websocket_connect(f"{socket}/api/kernels/{kernel}/channels?token={token}")
    own = uuid.uuid4().hex
    header = {"msg_id": own, "msg_type": "execute_request", "username": "", "session": own, "version": "5.3"}
    request = {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "content": {"code": code},
        "channel": "shell",
    }
    await connection.write_message(json.dumps(request))
    text = ""
    while True:
        said = await connection.read_message()
        if said is None:
            raise ConnectionError("the server ended the connection")
        reply = json.loads(said)
        if reply["parent_header"].get("msg_id") != own:
            continue
        content = reply["content"]
        if reply["msg_type"] == "error":
            raise RuntimeError(f"{content['ename']}: {content['evalue']}")
        text += content["text"] if reply["msg_type"] == "stream" else ""
        if content.get("execution_state") == "idle":
            return text


def main(address: str, token: str, code: str) -> None:
    kernel = json.loads(ask(address, token, "/api/kernels", "POST", STARTED))["id"]
    try:
        print(asyncio.run(asyncio.wait_for(printed(address, token, kernel, code), PATIENCE)), end="")
    finally:
        ask(address, token, f"/api/kernels/{kernel}", "DELETE")


if __name__ == "__main__":
    main(*sys.argv[1:])
