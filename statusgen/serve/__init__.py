"""The preview: builds, serves on this machine alone, and shows each change as it is saved."""

from __future__ import annotations

import signal
import tempfile
import threading
import time
import webbrowser
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from statusgen.serve.preview import Builder, Preview, Voice
from statusgen.serve.server import HOST, Server, listen
from statusgen.serve.watch import Watch
from statusgen.views.audience import Audience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from statusgen.model import Moment

__all__ = ["Running", "Voice", "Wish", "running", "serve"]

TICK = 60
"""Seconds between rebuilds for the clock's sake: a window opens, a day ends."""

PAUSE = 0.3
"""Seconds without a change after which all that nobody looks at is rendered too."""

POLL = 0.1
"""Seconds after which the server sees that it shall end."""


class Wish(Struct, frozen=True, kw_only=True):
    """How a preview is wanted; without a port it is the first free one."""

    port: int | None = None
    drafts: bool = False
    internal: bool = False
    is_opened: bool = False


class Running:
    """A preview that is served, and watches."""

    def __init__(self, preview: Preview, server: Server, watch: Watch) -> None:
        self.preview = preview
        self.port = server.server_port
        self.watch = watch

    @property
    def url(self) -> str:
        """The address of the site's first page."""
        return f"http://{HOST}:{self.port}{self.preview.base}"

    def run(self) -> None:
        """Make the site anew whenever something changes, and each minute, until it is stopped."""
        preview, watch = self.preview, self.watch
        while not watch.is_stopped:
            changes = watch.wait(TICK - time.time() % TICK if preview.is_settled else PAUSE)
            if watch.is_stopped:
                return
            if changes:
                preview.refresh(changes)
            elif not preview.is_settled:
                preview.settle(lambda: watch.is_quiet)
            elif preview.builder.moment().is_clock:
                preview.refresh(is_tick=True)

    def stop(self) -> None:
        """End it."""
        self.watch.stop()


@contextmanager
def running(
    root: Path, moment: Callable[[], Moment], wish: Wish, voice: Voice
) -> Iterator[Running]:
    """Begin to serve a preview of the site at `root`; afterwards nothing of it is left.

    Raises PreviewError.
    """
    with tempfile.TemporaryDirectory(prefix="statusgen-") as folder:
        audience = Audience(drafts=wish.drafts, internal=wish.internal)
        preview = Preview(Builder(root, Path(folder), moment, audience), voice)
        with listen(preview, wish.port) as server:
            preview.refresh()  # while there is no other thread, helpers may read too
            with Watch(root) as watch:
                preview.refresh(is_tick=True)  # what changed before somebody watched
                thread = threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True)
                thread.start()
                try:
                    yield Running(preview, server, watch)
                finally:
                    preview.close()
                    server.shutdown()
                    thread.join()


def serve(root: Path, moment: Callable[[], Moment], wish: Wish, voice: Voice) -> None:
    """Serve a preview until Ctrl-C, or until the system asks for the end. Raises PreviewError."""
    with _until_ended(), running(root, moment, wish, voice) as preview:
        voice.say(f"Preview of {root} at {preview.url}, its mails at /outbox/. Ctrl-C ends it.")
        if wish.is_opened:
            webbrowser.open(preview.url)
        preview.run()


@contextmanager
def _until_ended() -> Iterator[None]:
    """Take Ctrl-C for the end that it is, and so the system's word; whoever asks twice is late."""

    def end(*_: object) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(each, end) for each in signals]
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)
