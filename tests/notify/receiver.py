"""A real receiver of webhooks on this machine, that answers as it is asked to."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator


class Request(Struct, frozen=True, kw_only=True):
    """What was posted."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Keeps what is posted; a path that is a number is the answer, once each time it stands there.

    So `/503/200` answers 503 first, then 200.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.url = ""

    def answer(self, request: Request) -> int:
        """Give the status for a request."""
        before = sum(each.path == request.path for each in self.requests)
        self.requests.append(request)
        statuses = [int(each) for each in request.path.split("/") if each.isdecimal()]
        return statuses[min(before, len(statuses) - 1)] if statuses else 200


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Open a receiver."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = kept.answer(Request(path=self.path, headers=headers, body=body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
