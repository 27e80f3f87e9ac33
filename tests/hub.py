"""A Hub of small repositories on loopback, well-behaved or with one fault.

    with serving({"org/name": Repo(files={"config.json": b"..."})}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)

It answers /api/models/ID, /api/models/ID/revision/REV and /api/models/ID/tree/REV with what
huggingface_hub reads, and /ID/resolve/REV/FILE to HEAD and GET, ranges included.
"""

from __future__ import annotations

import hashlib
import json
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

SLOW_SECONDS = 2.0
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FAULTS = ("slow", "401", "403", "404", "429", "500", "gated", "truncated", "garbage", "not-json")
WEIGHT_FAULTS = ("slow-weights", "wrong-weights")  # the rest is well


@dataclass
class Repo:
    """One repository: its files, its card's metadata, its commit."""

    files: dict[str, bytes]
    card: dict[str, Any] = field(default_factory=dict)
    sha: str = COMMIT
    tags: tuple[str, ...] = ()
    pipeline_tag: str | None = None
    library: str | None = "transformers"
    gated: Any = False
    renamed: str | None = None  # the id it has now


@dataclass
class Hub:
    """The running server."""

    repos: Mapping[str, Repo]
    fault: str = ""
    url: str = ""
    requests: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)


def blob(name: str, content: bytes) -> dict[str, Any]:
    """What the Hub tells of a file's content when asked for it; weights are in large storage."""
    told: dict[str, Any] = {"size": len(content)}
    if name.endswith((".safetensors", ".bin")):
        digest = hashlib.sha256(content).hexdigest()
        told["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 134}
    return told


@contextmanager
def serving(repos: Mapping[str, Repo], fault: str = "") -> Iterator[Hub]:
    """A server for the time of the block. `fault` is one of FAULTS or WEIGHT_FAULTS."""
    hub = Hub(repos, fault)

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
            hub.requests.append(f"{self.command} {path} {self.headers.get('range', '')}".strip())
            hub.tokens.add(self.headers.get("authorization", ""))
            if hub.fault == "slow":
                wait()
            if hub.fault in ("401", "403", "404", "429", "500"):
                headers = {"X-Error-Code": "RepoNotFound"} if hub.fault == "404" else {}
                self.reply(int(hub.fault), b"", headers)
            elif path.startswith("/api/models/"):
                self.info(path.removeprefix("/api/models/"), body)
            else:
                self.file(path, body)

        def info(self, rest: str, body: bool) -> None:
            sizes = "blobs=" in urlsplit(self.path).query
            name, _, tree = rest.partition("/tree/")
            name, _, revision = name.partition("/revision/")
            repo, revision = hub.repos.get(name), revision or tree.partition("/")[0]
            if repo is None:
                self.reply(404, b"", {"X-Error-Code": "RepoNotFound"})
            elif revision and revision not in ("main", repo.sha):
                self.reply(404, b"", {"X-Error-Code": "RevisionNotFound"})
            elif hub.fault == "not-json":
                self.reply(200, b"<html>a captive portal</html>", {"Content-Type": "text/html"})
            elif tree:
                listed = [in_tree(file, content) for file, content in repo.files.items()]
                self.reply(200, json.dumps(listed).encode(), {"Content-Type": "application/json"})
            else:
                told = {
                    "id": repo.renamed or name,
                    "sha": repo.sha,
                    "cardData": repo.card,
                    "pipeline_tag": repo.pipeline_tag,
                    "library_name": repo.library,
                    "gated": "manual" if hub.fault == "gated" else repo.gated,
                    "createdAt": "2022-03-02T23:29:04.000Z",
                    "tags": list(repo.tags),
                    "siblings": [
                        {"rfilename": name} | (blob(name, content) if sizes else {})
                        for name, content in repo.files.items()
                    ],
                }
                self.reply(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

        def file(self, path: str, body: bool) -> None:
            name, _, rest = path.removeprefix("/").partition("/resolve/")
            repo = hub.repos.get(name)
            revision, _, file = rest.partition("/")
            if repo is None or revision not in ("main", repo.sha):
                self.reply(404, b"", {"X-Error-Code": "RepoNotFound"})
                return
            if hub.fault == "gated":
                self.reply(403, b"", {"X-Error-Code": "GatedRepo"})
                return
            if file not in repo.files:
                self.reply(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": repo.sha})
                return
            content = repo.files[file]
            announced = f'"{hashlib.sha256(content).hexdigest()}"'
            headers = {
                "ETag": announced,
                "X-Linked-Etag": announced,
                "X-Linked-Size": str(len(content)),
                "X-Repo-Commit": repo.sha,
                "Accept-Ranges": "bytes",
            }
            if hub.fault == "garbage":
                content = b"\xff" * len(content)
            if file.endswith(".safetensors"):
                if hub.fault == "slow-weights" and body:
                    wait()
                if hub.fault == "wrong-weights":
                    content = bytes(len(content))
            status = 200
            span = self.headers.get("range", "")
            if span.startswith("bytes="):
                first, _, last = span.removeprefix("bytes=").partition("-")
                end = min(int(last or len(content)), len(content) - 1)
                headers["Content-Range"] = f"bytes {first}-{end}/{len(content)}"
                content, status = content[int(first) : end + 1], 206
            self.reply(status, content, headers, body)

        def reply(
            self, status: int, content: bytes, headers: dict[str, str], body: bool = True
        ) -> None:
            broken_off = hub.fault == "truncated" and self.path.endswith(".safetensors")
            try:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if body and self.command != "HEAD":
                    self.wfile.write(content[: len(content) // 2] if broken_off else content)
            except (BrokenPipeError, ConnectionResetError):  # the client lost patience
                self.close_connection = True
            self.close_connection = self.close_connection or broken_off

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wait() -> None:
    """Longer than the client's patience. Not time.sleep: tests patch the client's waits away."""
    threading.Event().wait(SLOW_SECONDS)


def in_tree(name: str, content: bytes) -> dict[str, Any]:
    """A line of the Hub's file listing; weights are kept as large files."""
    line = {"type": "file", "path": name, "size": len(content), "oid": "0" * 40}
    if name.endswith(".safetensors"):
        digest = hashlib.sha256(content).hexdigest()
        line["lfs"] = {"oid": digest, "size": len(content), "pointerSize": 130}
    return line


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a model's folder, to serve them."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}


def safetensors(tensors: Mapping[str, tuple[int, ...]], dtype: str = "F32") -> bytes:
    """A safetensors file with these shapes; the numbers are left out, as nobody reads them."""
    header: dict[str, Any] = {}
    offset = 0
    for name, shape in tensors.items():
        count = 1
        for side in shape:
            count *= side
        kind = "I64" if name.endswith("position_ids") else dtype
        size = count * (8 if kind == "I64" else 4)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text
