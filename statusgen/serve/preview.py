"""The preview: a site that is made again when something changes, and what it answers meanwhile."""

from __future__ import annotations

import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from statusgen.build import Order, make
from statusgen.cache import Cache, Lost
from statusgen.content import Documents, find_again, find_documents
from statusgen.errors import ContentErrors, StatusgenError, ThemeError
from statusgen.reading import Themes, find_themes
from statusgen.seal import CONTENT, Digests, cache_path, look, look_again
from statusgen.serve import hosting, mails
from statusgen.serve.dress import OWN, Edition, Shown, Trouble, dress, shown
from statusgen.serve.hosting import Answer, Rules, read_rules, type_of
from statusgen.serve.shelf import Shelf
from statusgen.serve.watch import ALL, Changes
from statusgen.theme import Theme
from statusgen.views.audience import PUBLIC, Audience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.model import Moment

BREATH = 15.0
"""Seconds after which a browser is told that the preview is still there."""

_FILES = Path(__file__).parent / "pages"


class Made(Struct, frozen=True, kw_only=True):
    """A site that was made, the path below which it lives, and what has changed for it."""

    shelf: Shelf
    base: str
    changed: tuple[str, ...]
    cache: Cache
    theme: Theme


class Builder:
    """Makes the site, in memory: the one place where the preview meets the build.

    In a folder of its own it keeps the facts of what has not changed, as every build does.
    """

    def __init__(
        self, root: Path, folder: Path, moment: Callable[[], Moment], audience: Audience
    ) -> None:
        self.root = root
        self.moment = moment
        self.audience = audience
        self._place = folder / "public"
        self._seen: Digests = {}
        self._documents: Documents | None = None
        self._shelf: Shelf | None = None
        self._cache: Cache | None = None
        self._themes = self._find_themes()

    def rebuild(self, changes: Changes = ALL) -> Made:
        """Make what changed; raises what a build raises."""
        before = self._seen
        if changes.is_theme:
            self._themes = self._find_themes()
        if changes.files is None:
            self._seen = look(str(self.root), (CONTENT,))
        else:
            self._seen = look_again(str(self.root), before, changes.files)
        different = {path for path, _ in before.items() ^ self._seen.items()}
        changed = (*sorted(different), *(("the theme",) if changes.is_theme else ()))
        again = None if changes.files is None else changes.files | different
        try:
            return self._make(changed, again)
        except Lost:  # what was kept cannot be used after all
            return self._make(changed, None, is_new=True)

    def keep(self, made: Made) -> None:
        """Keep what the next site need not make again; nobody may ask for one made before."""
        made.cache.save()
        made.theme.keep()
        self._cache = made.cache

    def _make(
        self, changed: tuple[str, ...], again: frozenset[str] | None, *, is_new: bool = False
    ) -> Made:
        """Make the site; `again` are the files that may be others than before, if that is known."""
        moment = self.moment()
        cache = Cache(
            self._place, moment, is_new=is_new, audience=self.audience, before=self._cache
        )
        before, documents, self._documents = self._documents, None, None
        if before and again is not None:
            documents = find_again(before, self._seen, cache, again)
        documents = documents or find_documents(self.root, self._seen, cache)
        draft = make(documents, Order(moment, self.audience), cache, self._themes)
        self._documents = documents
        self._shelf = Shelf(draft.plan, draft.theme, self._shelf)
        return Made(
            shelf=self._shelf,
            base=quote(draft.view.base_path),
            changed=changed,
            cache=cache,
            theme=draft.theme,
        )

    def _find_themes(self) -> Themes:
        """Find themes that are loaded once, and not again until one has changed.

        A moment that is named stands still, for the scripts of pages too.
        """
        moment = self.moment()
        still = None if moment.is_clock else moment.as_of
        found = find_themes(self.root, Path(cache_path(str(self._place))), still)
        once = lru_cache(maxsize=1)
        return Themes(once(found.problems), once(found.load))


class Voice(Struct, frozen=True, kw_only=True):
    """Where the preview speaks: what goes on, and what is wrong."""

    say: Callable[[str], object]
    warn: Callable[[str], object]


class Preview:
    """The last good site, and what is wrong with the newest one."""

    def __init__(self, builder: Builder, voice: Voice) -> None:
        self.builder = builder
        self.voice = voice
        self._made: Made | None = None
        self._good: Made | None = None
        self._rules = Rules()
        self._is_settled = True
        self._problems: tuple[Trouble, ...] = ()
        # What is wrong with a page that nobody looks at: it stays until all could be rendered.
        self._hidden: tuple[Trouble, ...] = ()
        self._pages = mails.Pages()
        self._looked_at: Counter[str] = Counter()
        self._asked = threading.RLock()
        self._news = threading.Condition()
        self._edition = 0
        self._dresses: dict[str, tuple[Answer, Shown]] = {}
        self._is_closed = False

    @property
    def base(self) -> str:
        """The path below which the site lives."""
        return self._made.base if self._made else "/"

    @property
    def is_settled(self) -> bool:
        """Whether all that is shown, or might be, was rendered."""
        return self._is_settled

    def refresh(self, changes: Changes = ALL, *, is_tick: bool = False) -> None:
        """Make the site anew and tell who looks; of the clock's ticks nothing is said.

        Only what somebody looks at is rendered now.
        """
        start = time.monotonic()
        self._is_settled = True
        with self._telling(is_tick=is_tick):
            made = self.builder.rebuild(changes)
            is_first = self._made is None
            if is_first:
                self.builder.keep(made)
            self._made = made
            self._rules = read_rules(self.builder.root, made.shelf)
            for address in [*self._looked_at]:
                self._page(made, address)
            self._is_settled = False
            if not (is_first or is_tick):
                what = _listed(made.changed) or "nothing"
                self._say(f"{what} changed, {(time.monotonic() - start) * 1000:.0f} ms")
            self._problems = self._hidden
            self._tell()

    def settle(self, is_quiet: Callable[[], bool]) -> None:
        """Render the rest, to tell what is wrong with what nobody looks at.

        It leaves off when there is something to be made anew.
        """
        made = self._made
        assert made is not None  # noqa: S101 - before there is one, there is nothing to settle
        with self._telling(is_tick=True):
            for _ in made.shelf.render():
                if not is_quiet():
                    return
            with self._asked:
                self.builder.keep(made)
                self._good = made
            if self._hidden:
                self._problems = self._hidden = ()
                self._tell()
            self._is_settled = True
            return
        self._hidden, self._is_settled = self._problems, True

    @contextmanager
    def _telling(self, *, is_tick: bool) -> Iterator[None]:
        """Tell what is wrong."""
        try:
            yield
        except ContentErrors as error:
            problems = tuple(
                Trouble(where=f"{one.path}:{one.line}", address=one.address, message=one.message)
                for one in error.problems
            )
            self._fail(problems, str(error), is_tick=is_tick)
        except StatusgenError as error:
            self._fail((_trouble(error),), f"statusgen: {error}", is_tick=is_tick)
        except Exception as error:  # noqa: BLE001 - a fault of ours is shown, and mended meanwhile
            self._fail((_fault(error),), traceback.format_exc().rstrip(), is_tick=is_tick)

    def answer(self, address: str) -> Answer:
        """Answer the address of a page or a file, as the preview sends it."""
        try:
            return self._dressed(address)[0]
        except Exception:  # noqa: BLE001 - one address that cannot be answered is not the end
            fault = traceback.format_exc().rstrip()
            self.voice.warn(fault)
            return hosting.plain(500, fault)

    def editions(self, address: str) -> Iterator[Edition | None]:
        """Tell what a page shows, now and each time that it may have changed; None for a breath.

        Who has seen one page gets the next with the news: to ask for it takes a while.
        """
        seen, page = -1, ""
        self._looked_at[address] += 1
        try:
            while (edition := self._next(seen)) is not None:
                is_new, seen = seen != edition, edition
                if not is_new:
                    yield None
                    continue
                answer, now = self._dressed(address)
                is_other = page not in ("", now.page) and answer.is_page
                page = now.page
                text = answer.body.decode(errors="replace") if is_other else ""
                yield Edition(shown=now, text=text)
        finally:
            self._looked_at -= Counter([address])

    def close(self) -> None:
        """Send away who looks."""
        self._is_closed = True
        self._tell()

    def _answer(self, address: str) -> Answer:
        if address.startswith(OWN):
            return _own(address)
        with self._asked:
            for made in (self._made, self._good):
                try:
                    if made:
                        return self._page(made, address)
                except ThemeError:  # which is told: the page is shown as it was last good
                    continue
        return self._pages.render("waiting.html", 503)

    def _page(self, made: Made, address: str) -> Answer:
        """Answer the address of a page or a file of a site."""
        if address == mails.OUTBOX[:-1]:
            return Answer(status=301, headers={"location": mails.OUTBOX})
        if address.startswith(mails.OUTBOX):
            return mails.answer(made.shelf, self._pages, address)
        return hosting.answer(made.shelf, made.base, self._rules, address)

    def _dressed(self, address: str) -> tuple[Answer, Shown]:
        """Answer as the preview does, and tell what that shows; both once for each edition."""
        dressed = self._dresses
        if address not in dressed:
            answer = self._answer(address)
            now = shown(answer, address, lambda other: self._answer(other).body, self._problems)
            if answer.is_page:
                answer = dress(answer, now)
            # What is shown may be different the next moment, and what is not public stays here.
            headers = answer.headers | {"cache-control": "no-store"}
            if self.builder.audience != PUBLIC:
                headers.pop("access-control-allow-origin", None)
            dressed[address] = replace(answer, headers=headers), now
        return dressed[address]

    def _next(self, seen: int) -> int | None:
        """Wait for another edition than the one seen, but not for ever; None at the end."""
        with self._news:
            self._news.wait_for(lambda: seen != self._edition or self._is_closed, BREATH)
            return None if self._is_closed else self._edition

    def _fail(self, problems: tuple[Trouble, ...], words: str, *, is_tick: bool) -> None:
        if problems != self._problems or not is_tick:
            self.voice.warn(words)
            so = "the last good page stays" if self._made else "there is no page yet"
            self._say(f"{len(problems)} problem{'s' * (len(problems) != 1)}; {so}")
        self._problems = problems
        self._tell()

    def _say(self, what: str) -> None:
        self.voice.say(f"{time.strftime('%H:%M:%S')} {what}")

    def _tell(self) -> None:
        with self._news:
            self._edition += 1
            self._dresses = {}
            self._news.notify_all()


def _listed(changed: tuple[str, ...]) -> str:
    """Name what has changed, unless it is much."""
    return " and ".join(changed) if len(changed) <= 2 else f"{len(changed)} files"  # noqa: PLR2004 - a list of more is no sentence


def _own(address: str) -> Answer:
    """Give one of the preview's own files."""
    name = address.removeprefix(OWN)
    if name not in ("preview.js", "preview.css"):
        return hosting.plain(404, "Nothing is here.\n")
    headers = {"content-type": type_of(name), "x-content-type-options": "nosniff"}
    return Answer(status=200, headers=headers, body=(_FILES / name).read_bytes())


def _trouble(error: StatusgenError) -> Trouble:
    path, line, cause = error.parted()
    return Trouble(where=f"{path}:{line}" if path else "", message=cause)


def _fault(error: Exception) -> Trouble:
    """Tell of a fault that is not the user's, and where it is."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    cause = "".join(traceback.format_exception_only(error)).strip()
    message = f"{cause} (a fault of statusgen itself: please report it, with what was changed)"
    return Trouble(where=f"{frame.filename}:{frame.lineno}", message=message)
