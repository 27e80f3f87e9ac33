"""A Hub-shaped server on loopback, well-behaved or with one fault."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Serves `files` as org/name at COMMIT. `fault` is one of the words in `Handler`."""

    def __init__(self, files: dict[str, bytes], fault: str = "") -> None:
        self.files, self.fault = files, fault
        self.requests: list[str] = []
        self.url = ""


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.requests.append(f"{self.command} {path}")
            if hub.fault == "slow":
                threading.Event().wait(2.5)  # time.sleep may be patched away
            if hub.fault in ("401", "403", "404", "500"):
                self.error(int(hub.fault))
            elif hub.fault == "gated" and "/api/" not in path:
                self.error(403, {"X-Error-Code": "GatedRepo"})
            elif hub.fault == "no-revision":
                self.error(404, {"X-Error-Code": "RevisionNotFound"})
            elif path.startswith("/api/models/org/name/tree/"):
                self.json(
                    [
                        {"type": "file", "path": n, "size": len(b), "oid": "0" * 40, **lfs(n, b)}
                        for n, b in hub.files.items()
                    ]
                )
            elif path.startswith("/api/models/org/name"):
                siblings = [{"rfilename": name} for name in hub.files]
                self.json({"id": "org/name", "sha": COMMIT, "siblings": siblings})
            elif path.startswith("/org/name/resolve/"):
                self.file(path.split("/", 5)[5], body)
            else:
                self.error(404, {"X-Error-Code": "RepoNotFound"})

        def file(self, name: str, body: bool) -> None:
            content = hub.files[name]
            announced = hashlib.sha256(content).hexdigest()
            weights = name.endswith(".safetensors")
            if hub.fault == "slow-file" and body and weights:
                threading.Event().wait(2.5)  # time.sleep may be patched away
            if hub.fault == "wrong-bytes" and weights:
                content = bytes(len(content))
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{announced}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("X-Linked-Etag", f'"{announced}"')
            self.send_header("X-Linked-Size", str(len(content)))
            self.end_headers()
            if not body:
                return
            if hub.fault == "truncated" and weights:
                self.wfile.write(content[: len(content) // 2])
                self.close_connection = True
                return
            self.wfile.write(content)

        def json(self, value: object) -> None:
            content = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def error(self, status: int, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def lfs(name: str, content: bytes) -> dict[str, object]:
    if not name.endswith(".safetensors"):
        return {}
    digest = hashlib.sha256(content).hexdigest()
    return {"lfs": {"oid": digest, "size": len(content), "pointerSize": 130}}


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
