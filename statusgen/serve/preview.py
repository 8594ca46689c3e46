"""The preview: a site that is built again when something changes, and what it answers meanwhile."""

from __future__ import annotations

import re
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from statusgen.build import write
from statusgen.errors import ContentErrors, StatusgenError
from statusgen.output import Output, Published
from statusgen.seal import examine
from statusgen.serve import hosting, mails
from statusgen.serve.dress import OWN, Shown, Trouble, dress, shown
from statusgen.serve.hosting import Answer, Rules, read_rules, type_of
from statusgen.views.audience import PUBLIC, Audience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.model import Moment

BREATH = 15.0
"""Seconds after which a browser is told that the preview is still there."""

_FILES = Path(__file__).parent / "pages"
_PLACE = re.compile(r"(?P<where>[^\s:]+:\d+): (?P<message>.+)", re.DOTALL)


class Built(Struct, frozen=True, kw_only=True):
    """What a build did, and the path below which its site lives."""

    published: Published
    base: str


class Builder:
    """Builds into a folder of its own: the one place where the preview meets the build."""

    def __init__(
        self, root: Path, folder: Path, moment: Callable[[], Moment], audience: Audience
    ) -> None:
        self.root = root
        self.output = Output(public=folder / "public", outbox=folder / "outbox")
        self.moment = moment
        self.audience = audience

    def rebuild(self) -> Built:
        """Build what changed; raises what a build raises."""
        moment = self.moment()
        found = examine(
            self.root,
            self.output.public,
            self.output.outbox,
            moment.as_of,
            is_clock=moment.is_clock,
        )
        published, view = write(self.root, self.output, moment, found, self.audience)
        return Built(published=published, base=quote(view.base_path))


class Voice(Struct, frozen=True, kw_only=True):
    """Where the preview speaks: what goes on, and what is wrong."""

    say: Callable[[str], object]
    warn: Callable[[str], object]


class Preview:
    """The last good site, and what is wrong with the newest one."""

    def __init__(self, builder: Builder, voice: Voice) -> None:
        self.builder = builder
        self.voice = voice
        self.base = "/"
        self.is_built = False
        self._rules = Rules()
        self._problems: tuple[Trouble, ...] = ()
        self._pages = mails.Pages()
        self._news = threading.Condition()
        self._edition = 0
        self._is_closed = False

    def refresh(self, *, is_tick: bool = False) -> None:
        """Build anew and tell who looks; by the clock's tick only what is different is said."""
        start = time.monotonic()
        try:
            built = self.builder.rebuild()
            self.base, self.is_built = built.base, True
            self._rules = read_rules(self.builder.root, self.builder.output.public)
        except ContentErrors as error:
            problems = tuple(
                Trouble(where=f"{one.path}:{one.line}", address=one.address, message=one.message)
                for one in error.problems
            )
            self._fail(problems, str(error), is_tick=is_tick)
        except StatusgenError as error:
            self._fail((_trouble(str(error)),), f"statusgen: {error}", is_tick=is_tick)
        except Exception as error:  # noqa: BLE001 - a fault of ours is shown, and mended meanwhile
            self._fail((_fault(error),), traceback.format_exc().rstrip(), is_tick=is_tick)
        else:
            self._succeed(built.published, time.monotonic() - start, is_tick=is_tick)

    def answer(self, address: str) -> Answer:
        """Answer the address of a page or a file, as the preview sends it."""
        try:
            return self._dressed(self._answer(address), address)
        except Exception:  # noqa: BLE001 - one address that cannot be answered is not the end
            fault = traceback.format_exc().rstrip()
            self.voice.warn(fault)
            return hosting.plain(500, fault)

    def editions(self, address: str) -> Iterator[Shown | None]:
        """Tell what a page shows, now and each time that it may have changed; None for a breath."""
        seen = -1
        while (edition := self._next(seen)) is not None:
            is_new, seen = seen != edition, edition
            yield self._shown(self._answer(address), address) if is_new else None

    def close(self) -> None:
        """Send away who looks."""
        self._is_closed = True
        self._tell()

    def _answer(self, address: str) -> Answer:
        if address.startswith(OWN):
            return _own(address)
        if address == mails.OUTBOX[:-1]:
            return Answer(status=301, headers={"location": mails.OUTBOX})
        if address.startswith(mails.OUTBOX):
            return mails.answer(self.builder.output.outbox, self._pages, address)
        if not self.is_built:
            return self._pages.render("waiting.html", 503)
        return hosting.answer(self.builder.output.public, self.base, self._rules, address)

    def _dressed(self, answer: Answer, address: str) -> Answer:
        if answer.is_page:
            answer = dress(answer, self._shown(answer, address))
        # What is shown may be different the next moment, and what is not public stays here.
        headers = answer.headers | {"cache-control": "no-store"}
        if self.builder.audience != PUBLIC:
            headers.pop("access-control-allow-origin", None)
        return replace(answer, headers=headers)

    def _shown(self, answer: Answer, address: str) -> Shown:
        return shown(answer, address, lambda other: self._answer(other).body, self._problems)

    def _next(self, seen: int) -> int | None:
        """Wait for another edition than the one seen, but not for ever; None at the end."""
        with self._news:
            self._news.wait_for(lambda: seen != self._edition or self._is_closed, BREATH)
            return None if self._is_closed else self._edition

    def _succeed(self, published: Published, seconds: float, *, is_tick: bool) -> None:
        count = published.written + published.removed
        is_first = self._edition == 0
        if not is_first and (count or self._problems or not is_tick):
            what = f"{count} file{'s' * (count != 1)}" if count else "nothing"
            self._say(f"{what} changed, {seconds * 1000:.0f} ms")
        self._problems = ()
        self._tell()

    def _fail(self, problems: tuple[Trouble, ...], words: str, *, is_tick: bool) -> None:
        if problems != self._problems or not is_tick:
            self.voice.warn(words)
            so = "the last good page stays" if self.is_built else "there is no page yet"
            self._say(f"{len(problems)} problem{'s' * (len(problems) != 1)}; {so}")
        self._problems = problems
        self._tell()

    def _say(self, what: str) -> None:
        self.voice.say(f"{time.strftime('%H:%M:%S')} {what}")

    def _tell(self) -> None:
        with self._news:
            self._edition += 1
            self._news.notify_all()


def _own(address: str) -> Answer:
    """Give one of the preview's own files."""
    name = address.removeprefix(OWN)
    if name not in ("preview.js", "preview.css"):
        return hosting.plain(404, "Nothing is here.\n")
    headers = {"content-type": type_of(name), "x-content-type-options": "nosniff"}
    return Answer(status=200, headers=headers, body=(_FILES / name).read_bytes())


def _trouble(text: str) -> Trouble:
    """Take the place out of a message that begins with it."""
    found = _PLACE.fullmatch(text)
    return Trouble(**found.groupdict()) if found else Trouble(message=text)


def _fault(error: Exception) -> Trouble:
    """Tell of a fault that is not the user's, and where it is."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    cause = "".join(traceback.format_exception_only(error)).strip()
    message = f"{cause} (a fault of statusgen itself: please report it, with what was changed)"
    return Trouble(where=f"{frame.filename}:{frame.lineno}", message=message)
