"""What a page says in other languages: catalogues, dates and figures, and the mistakes in both."""

from __future__ import annotations

import gzip
import json
import re
import threading
from datetime import date, timedelta
from email import message_from_bytes, policy
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from shutil import copytree
from textwrap import dedent
from typing import TYPE_CHECKING

import feedparser
import html5lib
import pytest
from babel.messages.pofile import read_po

from statusgen.config import ThemeChoice
from statusgen.errors import ContentErrors, ThemeError
from statusgen.gallery import build_gallery
from statusgen.model import Moment, digest_of_texts
from statusgen.theme import SHIPPED, Theme
from statusgen.theme.catalogue import find
from tests.folders import new_folder
from tests.test_gallery import SCHEMES, faults, violations
from tests.test_gallery import SITES as GALLERY
from tests.tools.messages import gathered, missing, updated
from tests.worlds import INCIDENT, MINIMAL, Files, at, is_moved, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from tests.conftest import NewContext

CATALOGUES = sorted(SHIPPED.glob("*/locales/*.po"))
LANGUAGES = ("ar", "de", "es", "fr", "ja", "pt-BR", "tr", "zh")
SITE = MINIMAL["content/site.yml"]


def spoken(language: str) -> Files:
    """Set the site's language."""
    assert isinstance(SITE, str)
    return {**MINIMAL, "content/site.yml": f"language: {language}\n{dedent(SITE).lstrip()}"}


def load(root: Path, language: str, files: Files | None = None) -> Theme:
    """Load the default theme, with files of a site's own, in a language."""
    write(root, files or {})
    return Theme.load(root, ThemeChoice(language=language, language_line=3))


class TestCatalogues:
    """The catalogues that come along are complete and up to date."""

    def test_languages(self) -> None:
        """Every theme speaks every language."""
        found = {(path.parents[1].name, path.stem) for path in CATALOGUES}
        assert found == {(theme, code) for theme in ("default", "terminal") for code in LANGUAGES}

    @pytest.mark.parametrize(
        "path", CATALOGUES, ids=lambda path: f"{path.parents[1].name}-{path.stem}"
    )
    def test_complete(self, path: Path) -> None:
        """A catalogue has every phrase of its theme, none that is gone, and guesses nothing."""
        template = gathered(path.parents[1])
        assert updated(path, template) == path.read_bytes()
        assert missing(path) == []
        with path.open("rb") as file:
            assert [one.id for one in read_po(file) if one.id and one.fuzzy] == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_sound(self, tmp_path: Path, language: str) -> None:
        """What is put into a phrase is put into its translation too, else it is not loaded."""
        for name in ("default", "terminal"):
            choice = ThemeChoice(name=name, language=language, language_line=3)
            Theme.load(tmp_path, choice).compile()


class TestWords:
    """Dates, figures and states are those of the language."""

    @pytest.mark.parametrize(
        ("language", "moment", "month", "percent", "lasted"),
        [
            ("en", "2 March 2026, 17:05 UTC", "March 2026", "99.95", "1 h 10 min"),
            ("de", "2. März 2026, 17:05 UTC", "März 2026", "99,95", "1 Std. 10 Min."),
            ("tr", "2 Mart 2026 17:05 UTC", "Mart 2026", "99,95", "1 sa. 10 dk."),
            ("ja", "2026年3月2日 17:05 UTC", "2026年3月", "99.95", "1 時間 10 分"),
            ("ar", "2 مارس 2026، 17:05 UTC", "مارس 2026", "99.95", "1 س 10 د"),
        ],
    )
    def test_filters(  # noqa: PLR0913, PLR0917 - a language with all that it says
        self, tmp_path: Path, language: str, moment: str, month: str, percent: str, lasted: str
    ) -> None:
        """Times, months, shares and spans are written as CLDR has them."""
        words = load(tmp_path, language).words
        told = words.duration(timedelta(minutes=70)).replace("\N{NO-BREAK SPACE}", " ")
        assert words.moment(at("2026-03-02 17:05")) == moment
        assert words.month(date(2026, 3, 1)) == month
        assert (words.percent(0.9995), told) == (percent, lasted)

    def test_months_alone(self, tmp_path: Path) -> None:
        """A month alone is that of its language, whichever others were asked before."""
        march = date(2026, 3, 1)
        for _ in range(2):
            told = {code: load(tmp_path, code).words.month_name(march) for code in LANGUAGES}
            assert told == {
                "ar": "مارس",
                "de": "März",
                "es": "marzo",
                "fr": "mars",
                "ja": "3月",
                "pt-BR": "março",
                "tr": "Mart",
                "zh": "三月",
            }

    def test_lists(self, tmp_path: Path) -> None:
        """Names are listed with what stands between them in the language."""
        listed = {
            code: load(tmp_path, code).words.titles(["a", "b"]) for code in ("de", "ja", "ar")
        }
        assert listed == {"de": "a, b", "ja": "a、b", "ar": "a وb"}

    def test_plural(self, tmp_path: Path) -> None:
        """A phrase that counts takes the form of its number."""
        files: Files = {
            "overrides/locales/ar.po": catalogue(
                "ar",
                'msgid "%(num)s cat"\nmsgid_plural "%(num)s cats"\n'
                + "".join(f'msgstr[{form}] "{form}: %(num)s"\n' for form in range(6)),
            ),
            "overrides/templates/x.txt": '{{ ngettext("%(num)s cat", "%(num)s cats", page) }}',
        }
        theme = load(tmp_path, "ar", files)
        told = [theme.render("templates/x.txt", count) for count in (0, 1, 2, 5, 11, 100)]
        assert told == ["0: 0", "1: 1", "2: 2", "3: 5", "4: 11", "5: 100"]

    def test_forms_in_another_order(self, tmp_path: Path) -> None:
        """A file may count its forms in its own way: those of the theme stay right."""
        days = '{{ ngettext("%(num)s day with trouble", "%(num)s days with trouble", page) }}'
        said = {
            name: load(tmp_path / name, "ar", {"overrides/templates/x.txt": days, **files})
            for name, files in (
                ("plain", {}),
                ("own", {"overrides/locales/ar.po": catalogue("ar", 'msgid "X"\nmsgstr "Y"\n')}),
            )
        }
        told = [
            [theme.render("templates/x.txt", count) for count in (0, 1, 2, 5, 11, 100)]
            for theme in said.values()
        ]
        assert told[0] == told[1]
        assert told[0][4].replace("11", "100") != told[0][5]

    def test_english_stays_english(self, tmp_path: Path) -> None:
        """A phrase that a language does not say is counted as English counts."""
        files: Files = {
            "overrides/locales/ko.po": catalogue("ko", 'msgid "Today"\nmsgstr "Y"\n').replace(
                "nplurals=2; plural=(n != 1);", "nplurals=1; plural=0;"
            ),
            "overrides/templates/x.txt": COUNTED
            + '{{ _("Today") }}{{ ngettext("Today", "%(num)s times", page) }}',
        }
        theme = load(tmp_path, "ko", files)
        told = [theme.render("templates/x.txt", count) for count in (1, 5)]
        assert told == ["1 incidentYToday", "5 incidentsY5 times"]


COUNTED = '{{ ngettext("%(num)s incident", "%(num)s incidents", page) }}'
PLURALS = {
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
    )
}


def catalogue(language: str, text: str) -> str:
    """Write a catalogue."""
    plural = PLURALS.get(language, "nplurals=2; plural=(n != 1);")
    return (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Plural-Forms: {plural}\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n\n{text}'
    )


class TestOwn:
    """A site changes a word, or adds a language, by a file of its own."""

    def test_one_word(self, tmp_path: Path) -> None:
        """What a site says in its own way is said so; all else stays as it is."""
        own = catalogue("de", 'msgid "Resolved"\nmsgstr "Vorbei"\n')
        theme = load(tmp_path, "de", {"overrides/locales/de.po": own})
        plain = load(tmp_path / "plain", "de")
        assert (theme.words.words("resolved"), plain.words.words("resolved")) == (
            "Vorbei",
            "Behoben",
        )
        assert theme.words.words("operational") == plain.words.words("operational")
        assert theme.digest != plain.digest

    def test_one_word_in_english(self, tmp_path: Path) -> None:
        """English is changed the same way."""
        own = catalogue("en", 'msgid "Resolved"\nmsgstr "All good again"\n')
        theme = load(tmp_path, "en", {"overrides/locales/en.po": own})
        assert theme.words.words("resolved") == "All good again"

    def test_language(self, tmp_path: Path) -> None:
        """A language that no theme speaks is added; what it does not say stays English."""
        own = catalogue("sv", 'msgid "Resolved"\nmsgstr "Löst"\n')
        files: Files = spoken("sv") | {
            "overrides/locales/sv.po": own,
            "content/incidents/slow.md": INCIDENT,
        }
        publish(write(tmp_path, files))
        home = tree(tmp_path / "public")["index.html"].decode()
        assert '<html lang="sv" dir="ltr"' in home
        assert "2 januari 2026" in home
        assert "Components" in home

    def test_another_language_changes_nothing(self, tmp_path: Path) -> None:
        """A catalogue of another language is no reason to write a page anew."""
        own = catalogue("de", 'msgid "Resolved"\nmsgstr "Vorbei"\n')
        with_it = load(tmp_path / "a", "tr", {"overrides/locales/de.po": own})
        assert with_it.digest == load(tmp_path / "b", "tr").digest


class TestMistakes:
    """What is wrong is told with file and line, and nothing is written."""

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                'msgid "Since %(time)s"\nmsgstr "Seit %(zeit)s"\n',
                "7: 'Since %(time)s': the phrase has no %(zeit)s",
            ),
            ('msgid "Since %(time)s"\nmsgstr "Seit"\n', "7: 'Since %(time)s': lacks %(time)s"),
            (
                'msgid "%(share)s %% uptime"\nmsgstr "%(share)s % da"\n',
                "7: '%(share)s %% uptime': has a lone % ('% da'): write %% for the sign itself",
            ),
            (
                'msgid "%(num)s incident"\nmsgid_plural "%(num)s incidents"\nmsgstr[0] "a"\n',
                "7: '%(num)s incident': needs 2 forms",
            ),
            ('msgid "Resolved"\nmsgstr "Vorbei\n', "8: is no text in quotes"),
            ("what is this\n", "7: "),
        ],
    )
    def test_catalogue(self, tmp_path: Path, text: str, message: str) -> None:
        """A catalogue that cannot be read, or that would lose what a phrase shows, is refused."""
        with pytest.raises(ThemeError) as caught:
            load(tmp_path, "de", {"overrides/locales/de.po": catalogue("de", text)})
        told = str(caught.value).removeprefix(f"{tmp_path.as_posix()}/")
        assert told.startswith(f"overrides/locales/de.po:{message}")
        assert "\n" not in told

    @pytest.mark.parametrize(
        ("language", "message"),
        [
            ("xx", "there is no language 'xx'"),
            (
                "sw",
                (
                    "the theme does not speak 'sw': add locales/sw.po to overrides/, or write one "
                    "of ar, de, en, es, fr, ja, pt-BR, tr, zh"
                ),
            ),
            (
                "zh-Hant",
                (
                    "the theme does not speak 'zh-Hant': add locales/zh-Hant.po to overrides/, or "
                    "write one of ar, de, en, es, fr, ja, pt-BR, tr, zh"
                ),
            ),
        ],
    )
    def test_language(self, tmp_path: Path, language: str, message: str) -> None:
        """A language that is none, or that no theme speaks, is told; the old site stays."""
        publish(write(tmp_path, MINIMAL))
        before = tree(tmp_path / "public")
        write(tmp_path, spoken(language))
        with pytest.raises(ContentErrors) as caught:
            publish(tmp_path)
        assert [re.sub(r":\d+:", ":", str(one)) for one in caught.value.problems] == [
            f"content/site.yml: language: {message}"
        ]
        assert tree(tmp_path / "public") == before


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE", "de"),
        ("pt", "pt-BR"),
        ("pt-BR", "pt-BR"),
        ("zh-CN", "zh"),
        ("zh-Hans", "zh"),
        ("zh-TW", None),
        ("zh-Hant", None),
        ("sr-Latn", None),
        ("nl", None),
    ],
)
def test_nearest_language(asked: str, found: str | None) -> None:
    """A language is served by itself, or by its own in another land, never in another script."""
    assert find(asked, LANGUAGES) == found


LETTERS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "ÀßÇÐÉƑĜĤÎĴĶĻṀÑÔÞɊŘŠŢÛṼŴẊÝŽàƀçđéƒĝĥîĵķļɱñôþɋřšţûṽŵẋýž",
)
_KEPT = re.compile(r"(%\(\w+\)s|%%|<[^>]*>)")


def pseudo(phrase: str) -> str:
    """Say a phrase in letters that no language writes together, longer than it is."""
    parts = _KEPT.split(phrase)
    said = "".join(part if _KEPT.fullmatch(part) else part.translate(LETTERS) for part in parts)
    return f"[{said} {'~' * (len(phrase) // 3)}]"


def pseudo_catalogue() -> str:
    """Say every phrase of the default theme so."""
    text = ""
    for one in gathered(SHIPPED / "default"):
        if isinstance(one.id, tuple | list):
            first, many = (json.dumps(each, ensure_ascii=False) for each in one.id)
            forms = [json.dumps(pseudo(each), ensure_ascii=False) for each in one.id]
            text += f"msgid {first}\nmsgid_plural {many}\n"
            text += f"msgstr[0] {forms[0]}\nmsgstr[1] {forms[1]}\n\n"
        elif one.id:
            said = json.dumps(pseudo(str(one.id)), ensure_ascii=False)
            text += f"msgid {json.dumps(one.id, ensure_ascii=False)}\nmsgstr {said}\n\n"
    return catalogue("sv", text)


GREEK: Files = {
    "content/site.yml": """
        title: Κατάσταση
        url: https://status.example.com/
        language: sv
        support: help@example.com
        mail: {from: status@example.com, unsubscribe: "https://example.com/u"}
    """,
    "content/components.yml": """
        - group: Ομάδα
          id: team
          components:
            - {id: api, name: Διεπαφή, description: Περιγραφή}
        - {id: db, name: Βάση}
        - {id: old, name: Παλιό, since: 2025-10-01, retired: 2025-12-01}
    """,
    "content/incidents/open.md": """
        ---
        title: Αργό
        severity: SEV-1
        started: 2026-03-12 10:00 UTC
        components: {api: major_outage, db: degraded_performance}
        edited: {at: 2026-03-12 11:00 UTC, what: Διόρθωση}
        ---

        [INVESTIGATING] Ψάχνουμε.
        Updated: 10:05 UTC

        [IDENTIFIED] Βρέθηκε.
        Components: db=partial_outage
        Updated: 10:30 UTC

        [UPDATE] Συνεχίζουμε.
        Next update: 21:00 UTC
        Updated: 10:40 UTC
    """,
    "content/incidents/over.md": """
        ---
        title: Τέλος
        severity: SEV-2
        started: 2026-03-11 10:00 UTC
        components: {api: partial_outage}
        report: {what_happened: [Έγινε], impact: [Πόνεσε], resolution: [Λύθηκε]}
        ---

        [MONITORING] Βλέπουμε.
        Updated: 10:05 UTC

        [RESOLVED] Καλά.
        Updated: 10:30 UTC
    """,
    "content/incidents/slip.md": """
        ---
        title: Λάθος
        severity: SEV-2
        started: 2026-03-10 10:00 UTC
        retracted: Κανένα.
        ---

        [INVESTIGATING] Ψάχνουμε.
        Updated: 10:05 UTC
    """,
    "content/maintenance/ahead.md": """
        ---
        title: Αύριο
        starts: 2026-03-13 10:00 UTC
        ends: 2026-03-13 12:00 UTC
        components: [db]
        ---

        [SCHEDULED] Θα γίνει.
        Updated: 2026-03-11 09:00 UTC

        [SCHEDULED] Αργότερα.
        Starts: 2026-03-13 11:00 UTC
        Ends: 2026-03-13 13:00 UTC
        Updated: 2026-03-11 10:00 UTC
    """,
    "content/maintenance/now.md": """
        ---
        title: Τώρα
        starts: 2026-03-12 09:00 UTC
        ends: 2026-03-12 11:00 UTC
        components: [db]
        ---

        [SCHEDULED] Θα γίνει.
        Updated: 2026-03-11 09:00 UTC

        [IN PROGRESS] Γίνεται.
        Updated: 2026-03-12 09:00 UTC
    """,
    "content/announcements/new.md": """
        ---
        title: Νέο
        starts: 2026-03-01 09:00 UTC
        ---

        Κείμενο.
    """,
    "content/pages/about.md": """
        # Σελίδα

        Κείμενο.
    """,
    "content/postmortems/over.md": """
        ---
        title: Μάθημα
        published: 2026-03-11 12:00 UTC
        ---

        Κείμενο.
    """,
}
"""A site that says everything that can be said, itself in Greek alone."""

_OURS = re.compile(r"[A-Za-z]{2,}")
_NOT_OURS = {
    *("UTC", "help", "example", "com", "status", "https", "RSS", "CSV", "count"),
    *("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september"),
    *("oktober", "november", "december", "jan", "feb", "apr", "aug", "sep", "okt", "nov", "dec"),
    *("tim", "min", "sek", "dygn", "och", "sept"),
}
"""What is no phrase: zones, addresses, and what CLDR says in Swedish."""


def without_foreign(page: Element) -> None:
    """Take out what is marked as being in another language: it is no word of ours."""
    for parent in [*page.iter()]:
        for each in [one for one in parent if one.get("lang")]:
            place = [*parent].index(each)
            parent.remove(each)
            before = parent[place - 1] if place else None
            if before is None:
                parent.text = (parent.text or "") + (each.tail or "")
            else:
                before.tail = (before.tail or "") + (each.tail or "")


def said_in_html(data: bytes) -> Iterator[str]:
    """Tell all that a page says, in texts and in what only some readers are told."""
    page = html5lib.parse(data, namespaceHTMLElements=False)
    without_foreign(page)
    for each in page.iter():
        if not isinstance(each.tag, str) or each.tag in ("script", "style"):
            continue
        yield each.text or ""
        for name in ("aria-label", "title", "alt", "content", "placeholder"):
            is_told = name != "content" or each.get("name") == "description"
            if is_told or str(each.get("property", "")) in ("og:title", "og:description"):
                yield each.get(name, "")
        for name, value in each.items():
            if name.startswith("data-") and name not in ("data-at", "data-zone", "data-root"):
                yield "" if name in ("data-indexes", "data-now") else value
    for each in page.iter():
        yield each.tail or ""


@pytest.fixture(scope="module")
def greek() -> Iterator[dict[str, bytes]]:
    """Everything that is published of the site, in letters of no language."""
    with new_folder() as folder:
        publish(
            write(folder, GREEK | {"overrides/locales/sv.po": pseudo_catalogue()}),
            as_of="2026-03-12 12:00",
        )
        yield tree(folder / "public") | tree(folder / "outbox")


ONCE = re.compile(
    r"robots\.txt|uptime\.csv|static/|api/|badge|widget|status\.|llms\.txt|.*\.ics|_redirects"
    r"|incidents/[0-9a-z]{12}/"
)
"""What there is once, whatever the languages."""


@pytest.fixture(scope="module")
def beside_english() -> Iterator[dict[str, bytes]]:
    """The same beside English, in which its texts are said to be: the tree that is not."""
    listed = str(GREEK["content/site.yml"]).replace("language: sv", "languages: [en, sv]")
    files = GREEK | {"content/site.yml": listed, "overrides/locales/sv.po": pseudo_catalogue()}
    with new_folder() as folder:
        publish(write(folder, files), as_of="2026-03-12 12:00")
        yield tree(folder / "public/sv") | tree(folder / "outbox/sv")


class TestNothingUntranslated:
    """In letters that no language writes together, no word of ours is left on any page."""

    def test_trees(self, greek: dict[str, bytes], beside_english: dict[str, bytes]) -> None:
        """The same pages, feed and mails are there beside another language."""
        assert beside_english.keys() == {each for each in greek if not ONCE.match(each)}
        left = {
            path: found
            for path, data in beside_english.items()
            if path.endswith(".html")
            and (found := self.left(said_in_html(data)) - {"engelska", "Svenska"})
        }
        assert left == {}

    def left(self, texts: Iterable[str]) -> set[str]:
        """Tell the words of English that are left."""
        return {word for text in texts for word in _OURS.findall(text)} - _NOT_OURS

    def test_pages(self, greek: dict[str, bytes]) -> None:
        """All pages are said in the language, what is told to some readers alone too."""
        left = {
            path: found
            for path, data in greek.items()
            if path.endswith(".html") and not is_moved(path)
            if (found := self.left(said_in_html(data)))
        }
        assert left == {}

    def test_feed(self, greek: dict[str, bytes]) -> None:
        """Entries of the feed are said in the language, which the feed names."""
        feeds = [feedparser.parse(data) for path, data in greek.items() if path.endswith(".rss")]
        assert len(feeds) == 6
        for feed in feeds:
            assert feed.feed.language == "sv"
            texts = [feed.feed.title, feed.feed.description]
            for one in feed.entries:
                texts += [one.title, re.sub("<[^>]*>", " ", one.description)]
            assert self.left(texts) == set()

    def test_mails(self, greek: dict[str, bytes]) -> None:
        """Mails are said in the language, the subject too, and their HTML names it."""
        mails = [
            message_from_bytes(data, policy=policy.default)
            for path, data in greek.items()
            if path.endswith(".eml")
        ]
        assert len(mails) == 9
        for mail in mails:
            plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
            assert plain
            assert html
            told = re.sub(r"https?://\S+", "", plain.get_content())
            assert self.left([mail["subject"], told]) == set()
            assert '<html lang="sv" dir="ltr">' in html.get_content()
            assert self.left(said_in_html(html.get_content().encode())) == set()

    def test_search(self, greek: dict[str, bytes]) -> None:
        """What is searched is told in the language."""
        (index,) = (json.loads(data) for path, data in greek.items() if path.startswith("search/"))
        told = [f"{one['day']} {one['status']} {one['components']}" for one in index["entries"]]
        assert self.left(told) == set()


TREES: Files = {
    **MINIMAL,
    "content/site.yml": """
        title: Example
        url: https://status.example.com/base/
        since: 2026-01-01
        languages: [en, tr, ar, de, es, fr, ja, pt-BR, zh]
        theme: {options: {footer: [{title: Terms, url: about/}, {title: File, url: files/a.txt}]}}
    """,
    "content/files/a.txt": "a",
    "content/incidents/slow.md": INCIDENT.replace(
        "into it.", "into it: [a](files/a.txt), [b](about/)."
    ),
    "content/pages/about.md": "# About\n\nUs.\n",
    "content/pages/about.tr.md": f"""
        ---
        translates: {digest_of_texts(("About", "Us."))}
        ---
        # Hakkında

        Biz. [a](files/a.txt)
    """,
    "content/maintenance/move.md": """
        ---
        title: Move
        components: [db]
        starts: 2026-01-10 10:00 UTC
        ends: 2026-01-10 12:00 UTC
        ---

        [SCHEDULED] We move.
        Updated: 2026-01-02 09:00 UTC
    """,
}
"""A site in several languages, of which one has a translation."""


@pytest.fixture(scope="module")
def trees() -> Iterator[Path]:
    """The site in several languages, as it is published."""
    with new_folder() as folder:
        publish(write(folder, TREES))
        yield folder


@pytest.fixture(scope="module")
def at_home(trees: Path) -> Iterator[str]:
    """Its address."""
    (trees / "host").mkdir()
    (trees / "host/base").symlink_to(trees / "public")
    handler = partial(Handler, directory=str(trees / "host"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/base/"
        server.shutdown()
        thread.join()


class TestTrees:
    """A site in several languages has a tree of pages for each, and its files once."""

    def pages(self, trees: Path, language: str = "") -> set[str]:
        """Tell the pages of a tree."""
        found = {path for path in tree(trees / "public" / language) if path.endswith(".html")}
        others = tuple(f"{code}/" for code in LANGUAGES)
        shared = ("widget/", *(others if not language else ()))
        return {each for each in found if not each.startswith(shared) and not is_moved(each)}

    def test_pages(self, trees: Path) -> None:
        """Every page of the first is there in each; assets, the report and crawlers' file once."""
        first = self.pages(trees)
        assert len(first) == 10
        for language in LANGUAGES:
            assert self.pages(trees, language) == first
            rest = tree(trees / "public" / language).keys() - first
            feeds = {
                each for each in rest if re.search(r"(updates|history)\.(rss|atom|json)$", each)
            }
            assert len(feeds) == 15
            assert rest - feeds == {"sitemap.xml", "site.webmanifest", "search/2026-01.json"}
        once = tree(trees / "public").keys() - first
        assert {"robots.txt", "uptime.csv", "files/a.txt"} <= once

    @pytest.mark.parametrize("language", ["", *LANGUAGES])
    def test_heads(self, trees: Path, language: str) -> None:
        """A page says its language and direction, where it is, and where it is in each other."""
        site = "https://status.example.com/base/"
        codes = {"": "en"} | {code: code for code in LANGUAGES}
        for path in self.pages(trees, language) - {"404.html"}:
            data = (trees / "public" / language / path).read_bytes()
            page = html5lib.parse(data, namespaceHTMLElements=False)
            own = path.removesuffix("index.html")
            below = f"{language}/" if language else ""
            assert page.get("lang") == codes[language]
            assert page.get("dir") == ("rtl" if language == "ar" else "ltr")
            links = {one.get("hreflang"): one.get("href") for one in page.iter("link")}
            assert {code: links[code] for code in codes.values()} == {
                code: f"{site}{each and each + '/'}{own}" for each, code in codes.items()
            }
            assert links["x-default"] == f"{site}{own}"
            canonical = [one for one in page.iter("link") if one.get("rel") == "canonical"]
            assert [one.get("href") for one in canonical] == [f"{site}{below}{own}"]

    @pytest.mark.parametrize("language", ["", "tr"])
    def test_links(self, trees: Path, language: str) -> None:
        """Every link of a page leads to a file of the site: pages of its tree, and shared files."""
        public = (trees / "public").resolve()
        for path in self.pages(trees, language) - {"404.html"}:
            place = trees / "public" / language / path
            page = html5lib.parse(place.read_bytes(), namespaceHTMLElements=False)
            for one in page.iter():
                target = str(one.get("href") or one.get("src") or "").partition("#")[0]
                if not target or ":" in target:
                    continue
                found = (place.parent / target).resolve()
                assert (found / "index.html" if found.is_dir() else found).is_file(), target
                path_of = found.relative_to(public).as_posix()
                shared = ONCE.match(path_of) or path_of == "files/a.txt"
                is_switch = one.get("hreflang") is not None
                assert shared or is_switch or found.is_relative_to(public / language)

    def test_not_found(self, trees: Path) -> None:
        """Where nothing is, each tree says so, and leads to all homes from anywhere."""
        data = (trees / "public/tr/404.html").read_bytes()
        page = html5lib.parse(data, namespaceHTMLElements=False)
        links = {one.get("hreflang"): one.get("href") for one in page.iter("a")}
        assert links["en"] == "/base/"
        assert links["ar"] == "/base/ar/"
        assert "/base/tr/history/" in [one.get("href") for one in page.iter("a")]

    def test_marks(self, trees: Path) -> None:
        """What is not translated is marked as what it is, with a note in the page's language."""
        data = (trees / "public/ar/incidents/slow/index.html").read_bytes()
        page = html5lib.parse(data, namespaceHTMLElements=False)
        (title,) = page.iter("h1")
        (text,) = (one for one in page.iter("div") if one.get("class") == "text")
        notes = [one.text for one in page.iter("p") if one.get("class") == "note"]
        assert [(one.get("lang"), one.get("dir")) for one in (title, text)] == [("en", "ltr")] * 2
        assert notes == ["معروض باللغة الإنجليزية، لأنه لم يُترجم بعد."]

    def test_translated(self, trees: Path) -> None:
        """What is translated is not marked, and its links lead to the shared files."""
        data = (trees / "public/tr/about/index.html").read_bytes()
        page = html5lib.parse(data, namespaceHTMLElements=False)
        (title,) = page.iter("h1")
        assert (title.text, title.get("lang")) == ("Hakkında", None)
        assert "../../files/a.txt" in [one.get("href") for one in page.iter("a")]

    def test_feeds(self, trees: Path) -> None:
        """Each language has its feed, which says its language, and its own addresses."""
        first, other = (
            feedparser.parse((trees / f"public/{each}updates.rss").read_bytes())
            for each in ("", "ar/")
        )
        assert (first.feed.language, other.feed.language) == ("en", "ar")
        assert other.feed.link == "https://status.example.com/base/ar/"
        assert other.entries[0].link.startswith("https://status.example.com/base/ar/")
        assert {one.id for one in first.entries}.isdisjoint(one.id for one in other.entries)
        (slow,) = (one for one in other.entries if "slow" in one.link)
        assert 'lang="en" dir="ltr"' in (trees / "public/ar/updates.rss").read_text("utf-8")
        assert "https://status.example.com/base/files/a.txt" in slow.description

    def test_mails(self, trees: Path) -> None:
        """Each language has its mails, which say it and have names of their own."""
        path = "incident-slow-20260102T1705Z.eml"
        first, other = (
            message_from_bytes((trees / f"outbox/{each}{path}").read_bytes(), policy=policy.default)
            for each in ("", "tr/")
        )
        assert first["Content-Language"] == "en"
        assert other["Content-Language"] == "tr"
        assert other["Subject"] == "[İnceleniyor] The API is slow"
        assert first["Message-ID"] != other["Message-ID"]
        plain = other.get_body(("plain",))
        assert plain
        assert "Henüz çevrilmediği için İngilizce gösteriliyor." in plain.get_content()
        assert "https://status.example.com/base/tr/incidents/slow/" in plain.get_content()

    def test_history_feed(self, trees: Path) -> None:
        """A text of a whole incident that is not translated is marked, with a note below."""
        feed = feedparser.parse((trees / "public/tr/history.rss").read_bytes())
        (slow,) = (one for one in feed.entries if "slow" in one.link)
        assert '<span lang="en" dir="ltr">We are looking' in (
            (trees / "public/tr/history.rss").read_text("utf-8").replace("&lt;", "<")
        ).replace("&gt;", ">")
        assert "Henüz çevrilmediği için İngilizce gösteriliyor." in slow.description

    def test_search(self, trees: Path, at_home: str, new_context: NewContext) -> None:
        """What is found is marked as the language that it is in."""
        entries = {
            language: json.loads((trees / f"public/{language}search/2026-01.json").read_bytes())
            for language in ("", "ar/")
        }
        marks = {
            language: [(one.get("lang"), one.get("textLang")) for one in told["entries"]]
            for language, told in entries.items()
        }
        assert marks == {"": [(None, None)] * 2, "ar/": [("en", "en")] * 2}
        page = new_context(locale="ar").new_page()
        page.goto(f"{at_home}ar/history/?q=slow")
        assert page.locator(".entry a").first.get_attribute("lang") == "en"
        assert page.locator(".entry .snippet").first.get_attribute("lang") == "en"

    def test_offer_changed(self, tmp_path: Path) -> None:
        """Where a language offers a page in another word, the pages of all others have it."""
        publish(write(tmp_path, TREES))
        told = catalogue(
            "tr", 'msgid "Read this page in %(language)s"\nmsgstr "%(language)s oku"\n'
        )
        publish(write(tmp_path, {"overrides/locales/tr.po": told}))
        for place in ("", "de/"):
            assert 'data-offer="Türkçe oku"' in (
                tmp_path / f"public/{place}uptime/index.html"
            ).read_text("utf-8")

    def test_sitemaps(self, trees: Path) -> None:
        """Each language has its sitemap, and crawlers are told of all."""
        robots = (trees / "public/robots.txt").read_text("utf-8").splitlines()
        assert robots[2:] == [
            f"Sitemap: https://status.example.com/base/{each}sitemap.xml"
            for each in ("", "tr/", "ar/", "de/", "es/", "fr/", "ja/", "pt-BR/", "zh/")
        ]
        assert (
            b"https://status.example.com/base/tr/history/"
            in (trees / "public/tr/sitemap.xml").read_bytes()
        )

    def test_terminal(self, tmp_path: Path) -> None:
        """The other theme leads to the same page in each language too."""
        listed = str(TREES["content/site.yml"]).replace("theme: {", "theme: {name: terminal, ")
        publish(write(tmp_path, TREES | {"content/site.yml": listed}))
        data = (tmp_path / "public/tr/incidents/slow/index.html").read_bytes()
        page = html5lib.parse(data, namespaceHTMLElements=False)
        links = {one.get("hreflang"): one.get("href") for one in page.iter("a")}
        assert links["en"] == "../../../incidents/slow/"
        assert links["ar"] == "../../../ar/incidents/slow/"

    def test_switch(self, at_home: str, new_context: NewContext) -> None:
        """The switcher keeps the reader on the same page, with the keyboard too."""
        page = new_context(locale="en-GB").new_page()
        page.goto(f"{at_home}incidents/slow/")
        page.locator(".languages summary").focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Português (Brasil)").click()
        assert page.url == f"{at_home}pt-BR/incidents/slow/"
        assert page.locator("html").get_attribute("lang") == "pt-BR"
        page.locator(".languages summary").click()
        page.get_by_role("link", name="English").click()
        assert page.url == f"{at_home}incidents/slow/"

    def test_offer(self, at_home: str, new_context: NewContext) -> None:
        """The browser's language is offered, in its own words, until one is chosen."""
        context = new_context(locale="tr-TR", timezone_id="Europe/Istanbul")
        page = context.new_page()
        page.goto(f"{at_home}history/")
        offer = page.locator(".offer a")
        assert page.url == f"{at_home}history/"
        assert offer.inner_text() == "Bu sayfayı Türkçe oku"
        assert offer.get_attribute("lang") == "tr"
        offer.click()
        assert page.url == f"{at_home}tr/history/"
        assert page.locator(".offer").is_hidden()
        page.goto(f"{at_home}history/")
        assert page.locator(".offer").is_hidden()

    def test_no_thanks(self, at_home: str, new_context: NewContext) -> None:
        """Who does not want it is not asked again."""
        page = new_context(locale="ar-EG").new_page()
        page.goto(at_home)
        page.locator(".offer button").click()
        assert page.locator(".offer").is_hidden()
        page.goto(f"{at_home}uptime/")
        assert page.locator(".offer").is_hidden()

    @pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
    def test_no_offer(self, at_home: str, new_context: NewContext, locale: str) -> None:
        """Who reads the language of the page, or one that is not there, is offered nothing."""
        page = new_context(locale=locale).new_page()
        page.goto(at_home)
        assert page.locator(".offer").is_hidden()

    @pytest.mark.parametrize(
        ("language", "locale", "zone", "told"),
        [
            ("", "en-GB", "Asia/Kolkata", "2 January 2026 at 22:35 GMT+5:30"),
            ("tr", "tr-TR", "Europe/Istanbul", "2 Ocak 2026 20:05 GMT+3"),
            ("ar", "ar-EG", "Africa/Cairo", "غرينتش+2"),
            ("de", "de-DE", "Europe/Berlin", "2. Januar 2026 um 18:05 MEZ"),
            ("es", "es-AR", "America/Argentina/Buenos_Aires", "14:05 GMT-3"),
            ("fr", "fr-FR", "Europe/Paris", "2 janvier 2026 à 18:05 UTC+1"),
            ("ja", "ja-JP", "Asia/Tokyo", "2026年1月3日 02:05 JST"),
            ("pt-BR", "pt-BR", "America/Sao_Paulo", "14:05 BRT"),
            ("zh", "zh-CN", "Asia/Shanghai", "2026年1月3日"),
        ],
    )
    def test_own_zone(  # noqa: PLR0913, PLR0917 - a language with its place
        self,
        at_home: str,
        new_context: NewContext,
        language: str,
        locale: str,
        zone: str,
        told: str,
    ) -> None:
        """Times are told in the reader's own zone, in words of the page's language."""
        page = new_context(locale=locale, timezone_id=zone).new_page()
        below = f"{language}/" if language else ""
        page.goto(f"{at_home}{below}incidents/slow/")
        page.locator("#zone").select_option("own")
        assert told in page.locator(".when time").first.inner_text()

    @pytest.mark.parametrize("language", ["tr", "ar"])
    def test_accessible(self, at_home: str, new_context: NewContext, language: str) -> None:
        """With the switcher open, axe has nothing to say, and nothing overflows on a phone."""
        page = new_context(viewport={"width": 375, "height": 812}, locale="en-US").new_page()
        told: list[tuple[str, str]] = []
        for path in ("", "incidents/slow/", "history/", "about/"):
            page.goto(f"{at_home}{language}/{path}")
            page.locator(".languages summary").click()
            told += [(path, each) for each in faults(page)]
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                told += [(path, each) for each in violations(page)]
        assert told == []


def test_weight(tmp_path: Path) -> None:
    """A page in Japanese or Arabic weighs little more than in English, and asks for no font."""
    weights: dict[str, dict[str, int]] = {}
    for language in ("en", "ja", "ar"):
        site = tmp_path / language
        copytree(GALLERY / "several-incidents", site)
        settings = site / "content/site.yml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(f"language: {language}\n{text}", encoding="utf-8")
        publish(site, as_of="2026-03-12 14:00")
        files = tree(site / "public")
        assert not [each for each in files if each.endswith((".woff", ".woff2", ".ttf", ".otf"))]
        assert b"@font-face" not in b"".join(files.values())
        pages = [path for path in files if path.endswith("index.html") and not is_moved(path)]
        beside = [path for path in files if re.match(r"static/(style|page)\.", path)]
        shared = sum(len(gzip.compress(files[path], mtime=0)) for path in beside)
        weights[language] = {
            path: shared + len(gzip.compress(files[path], mtime=0))
            for path in pages
            if "widget" not in path
        }
    for path, weight in weights["en"].items():
        assert max(weights["ja"][path], weights["ar"][path]) <= weight * 1.15, path


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The states of the gallery in Arabic and Japanese, and the site in letters of no language."""
    with new_folder() as folder:
        sites = folder / "sites"
        for language in ("ar", "ja"):
            for state in ("several-incidents", "operational"):
                site = sites / f"{language}-{state}"
                copytree(GALLERY / state, site)
                settings = site / "content/site.yml"
                settings.write_text(
                    f"language: {language}\n{settings.read_text(encoding='utf-8')}",
                    encoding="utf-8",
                )
        write(sites / "long", GREEK)
        write(folder, {"overrides/locales/sv.po": pseudo_catalogue()})
        made = build_gallery(sites, folder, folder / "out", Moment(as_of=at("2026-03-12 14:00")))
        assert made.wrong == []
        handler = partial(Handler, directory=str(folder / "out"))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()
            thread.join()


class Handler(SimpleHTTPRequestHandler):
    """Answers quietly."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


PAGES = {
    "several-incidents": ["", "incidents/2026-03-12-payments/"],
    "operational": ["", "history/", "uptime/", "components/checkout/", "history/2026-02/"],
}


@pytest.mark.parametrize("language", ["ar", "ja"])
@pytest.mark.parametrize("state", PAGES)
def test_accessible(served: str, new_context: NewContext, language: str, state: str) -> None:
    """In Arabic and Japanese, light and dark, axe has nothing to say, and nothing overflows."""
    page = new_context(viewport={"width": 375, "height": 812}, locale=language).new_page()
    told: list[tuple[str, str]] = []
    for path in PAGES[state]:
        answer = page.goto(f"{served}{language}-{state}/{path}")
        assert answer
        assert answer.ok
        told += [(path, each) for each in faults(page)]
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            told += [(path, each) for each in violations(page)]
    assert told == []


def test_mirrored(served: str, new_context: NewContext) -> None:
    """From right to left a title, its icon and the past stand on the right, today on the left."""
    page = new_context(viewport={"width": 375, "height": 812}).new_page()
    page.goto(f"{served}ar-several-incidents/")
    left = page.evaluate(
        """() => Object.fromEntries(
          [".banner .icon", ".banner h1", ".scale > span:first-child", ".scale > span:last-of-type",
           ".days .degraded-performance"]
            .map(each => [each, document.querySelector(each).getBoundingClientRect().left]))"""
    )
    icon, title, past, today, trouble = left.values()
    assert icon > title
    assert past > today
    assert trouble < 60  # it is of today


def test_long_words(served: str, new_context: NewContext) -> None:
    """Where all that we say is a third longer, nothing overflows on a phone."""
    page = new_context(viewport={"width": 375, "height": 812}).new_page()
    told: list[tuple[str, str]] = []
    for path in ("", "incidents/open/", "history/", "uptime/", "components/api/"):
        page.goto(f"{served}long/{path}")
        told += [(path, each) for each in faults(page)]
    assert told == []
