"""Controls are refused when content is read, and no writer lets one out all the same."""

from __future__ import annotations

import json
import re
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from statusgen.artifact import each
from statusgen.config import Config
from statusgen.model import Report
from statusgen.notify.due import Due
from statusgen.notify.letters import Letters
from statusgen.notify.news import news
from statusgen.renderers import plan
from statusgen.signs import CONTROL, clean, without_controls
from statusgen.views import timeline
from statusgen.views.audience import public
from statusgen.views.present import Present
from statusgen.views.summary import EMPTY
from tests import formats
from tests.strategies import sites, times
from tests.worlds import INCIDENT, problems

if TYPE_CHECKING:
    from datetime import datetime

    from statusgen.model import Site

EVERY = "".join(
    chr(code) for code in (*range(0xA0), 0x2028, 0x2029, 0xFFFE, 0xFFFF) if CONTROL.match(chr(code))
)
BAD = f"slow{EVERY}er"
PATH = "content/incidents/slow.md"


def poisoned(site: Site) -> Site:
    """Put every control into every text of a site that any writer is given."""
    report = Report(what_happened=(BAD,), impact=(BAD,), resolution=(BAD,))
    return replace(
        site,
        incidents=tuple(
            replace(
                one,
                title=one.title + BAD,
                report=report,
                retracted=one.retracted and one.retracted + BAD,
                updates=tuple(replace(each, body=each.body + BAD) for each in one.updates),
            )
            for one in site.incidents
        ),
        maintenances=tuple(
            replace(
                one,
                title=one.title + BAD,
                updates=tuple(replace(each, body=each.body + BAD) for each in one.updates),
            )
            for one in site.maintenances
        ),
        postmortems=tuple(replace(one, title=BAD, body=BAD) for one in site.postmortems),
        announcements=tuple(replace(one, title=BAD, body=BAD) for one in site.announcements),
        pages=tuple(replace(one, title=BAD, body=BAD) for one in site.pages),
    )


def texts_of(path: str, data: bytes) -> list[str]:
    """Read a file as who reads it does: what JSON escapes, and what a mail encodes."""
    told = [data.decode()]
    if path.endswith(".json"):
        told.append(json.dumps(json.loads(data), ensure_ascii=False).replace("\\\\", ""))
        assert not re.search(r"\\(u00[01]|[bf])", told[-1])
    if path.endswith(".eml"):
        message = message_from_bytes(data, policy=default)
        told += [part.get_content() for part in message.walk() if not part.is_multipart()]
        told.append(str(message["Subject"]))
    return told


@given(sites(), times)
@settings(max_examples=15)
def test_no_writer_lets_one_out(site: Site, as_of: datetime) -> None:
    """Whatever stands in the facts, no file of any format holds a control, escaped or encoded."""
    config = Config(
        title=f"Example{BAD}",
        description=BAD,
        url="https://status.example.com/",
        since=as_of.date(),
    )
    view = formats.view(poisoned(site), as_of, config)
    theme = formats.theme()
    paths = set()
    for one in each(plan(view, theme)):
        if not one.is_raw:
            paths.add(one.path.rpartition(".")[2])
            for text in texts_of(one.path, one.data(theme)):
                assert CONTROL.findall(text) == [], one.path
    assert paths >= {"html", "json", "rss", "atom", "txt", "xml", "ics", "svg", "csv"}


@given(sites(), times)
@settings(max_examples=15)
def test_no_message_holds_one(site: Site, as_of: datetime) -> None:
    """Nor does a mail that is sent, nor a word to a chat."""
    config = Config(title=f"Example{BAD}", url="https://status.example.com/")
    shown, _ = public(poisoned(site), as_of)
    present = Present(timeline.cut(shown, as_of), config, as_of, EMPTY)
    letters = Letters(present, formats.theme())
    for number, one in enumerate(news(present)):
        due = Due(news=one, key=f"key-{number}")
        told = texts_of("a.eml", letters.mail(due, "en"))
        brief = letters.brief(due)
        for text in (*told, brief.title, brief.text):
            assert CONTROL.findall(text) == []


@pytest.mark.parametrize("sign", EVERY, ids=lambda sign: f"U+{ord(sign):04X}")
def test_refused(sign: str) -> None:
    """None can be written into content, as it is or as an escape in quotes."""
    told = problems({PATH: INCIDENT.replace("We are", f"We{sign}are")})
    assert told == [
        f"{PATH}:9: file: holds an invisible control character, U+{ord(sign):04X}: remove it"
    ]
    escape = f"\\u{ord(sign):04x}"
    told = problems({PATH: INCIDENT.replace("The API is slow", f'"The API{escape} is slow"')})
    assert len(told) == 1
    assert told[0].startswith(f"{PATH}:2: ")


@given(st.text())
def test_clean(text: str) -> None:
    """Cleaning bytes and cleaning text are one, and JSON stays what it was but for controls."""
    text = text.encode(errors="ignore").decode()
    assert clean(text.encode()).decode() == without_controls(text)
    written = json.dumps(text, ensure_ascii=False)
    assert json.loads(clean(written.encode(), is_json=True)) == without_controls(text)


@pytest.mark.parametrize(
    ("written", "read"),
    [(r'"a\\u0007b"', r"a\u0007b"), (r'"a\\\u0007b"', "a\\b"), (r'"\\b\b\n"', "\\b\n")],
)
def test_escapes_that_are_none(written: str, read: str) -> None:
    """A backslash that is itself escaped begins no escape."""
    assert json.loads(clean(written.encode(), is_json=True)) == read
