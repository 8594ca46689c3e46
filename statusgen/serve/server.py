"""HTTP on loopback, for nobody but this machine."""

from __future__ import annotations

import errno
import socketserver
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import msgspec

from statusgen.errors import PreviewError
from statusgen.serve.dress import OWN
from statusgen.serve.hosting import plain

if TYPE_CHECKING:
    from statusgen.serve.hosting import Answer
    from statusgen.serve.preview import Preview

HOST = "127.0.0.1"
PORT = 8000
EVENTS = f"{OWN}events"
TRIES = 100
"""How many ports are tried, from the first on."""

_NAMES = ("localhost", "127.0.0.1", "::1")
"""What this machine calls itself: any other name was made by somebody who wants to look in."""


class Server(ThreadingHTTPServer):
    """Answers what the preview answers."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, preview: Preview, port: int) -> None:
        self.preview = preview
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking for the machine's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, int(self.server_address[1])

    def handle_error(self, *_: object) -> None:
        """Leave a browser that went away alone."""


def listen(preview: Preview, port: int | None) -> Server:
    """Take a port, if it is named, else the first that is free. Raises PreviewError."""
    for number in range(PORT, PORT + TRIES) if port is None else (port,):
        try:
            return Server(preview, number)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or port is not None:
                raise PreviewError(_cause(number, error)) from error
    message = f"every port from {PORT} to {PORT + TRIES - 1} is taken; name a free one with --port"
    raise PreviewError(message)


class _Handler(BaseHTTPRequestHandler):
    """One request; what is no GET or HEAD is refused by the base class."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if not self._is_from_here():
            self._send(plain(403, "Only for this machine.\n"))
        elif url.path == EVENTS and self.command == "GET":
            self._stream(parse_qs(url.query).get("page", ["/"])[0])
        else:
            self._send(self.server.preview.answer(url.path))

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing: what goes on is told by the preview."""

    def _is_from_here(self) -> bool:
        """Refuse a page elsewhere whose name was made to lead here: drafts are shown."""
        try:
            return urlsplit(f"//{self.headers.get('Host', '')}").hostname in _NAMES
        except ValueError:
            return False

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name.title(), value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _stream(self, page: str) -> None:
        """Send what a page shows each time that it changes, as long as somebody listens."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"retry: 500\n\n")
        for news in self.server.preview.editions(page):
            event = b":\n\n" if news is None else b"data: %b\n\n" % msgspec.json.encode(news)
            self.wfile.write(event)


def _cause(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken; name another, or leave --port out for the next free one"
    return f"cannot listen on port {port}: {error.strerror or error}"
