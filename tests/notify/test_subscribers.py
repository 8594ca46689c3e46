"""A list of subscribers is read line by line; what is wrong is told, and the rest goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.model import Severity
from statusgen.notify.news import Kind, News
from statusgen.notify.subscribers import (
    Mistake,
    Subscriber,
    SubscribersError,
    from_path,
    from_text,
    mark_of,
    read_subscribers,
)
from tests.worlds import at

if TYPE_CHECKING:
    from pathlib import Path

COMPONENTS = ("api", "db")

TABLE = """\
address,language,components,severities
ada@example.com,tr,api db,SEV-1
bob@example.com,,,
"""


def read(text: str) -> tuple[list[Subscriber], list[str]]:
    """Read a list: the subscribers, and what is wrong."""
    found = list(read_subscribers(from_text("list", text), COMPONENTS))
    return (
        [one for one in found if isinstance(one, Subscriber)],
        [str(one) for one in found if isinstance(one, Mistake)],
    )


ADA = Subscriber(
    line=2,
    address="ada@example.com",
    language="tr",
    components=("api", "db"),
    severities=("SEV-1",),
)
BOB = Subscriber(line=3, address="bob@example.com")


def test_a_table() -> None:
    """A table has a line for each subscriber; what is empty means all."""
    assert read(TABLE) == ([ADA, BOB], [])
    assert read("\ufeff" + TABLE.replace("\n", "\r\n")) == ([ADA, BOB], [])


def test_json() -> None:
    """The same as JSON, a list of objects."""
    text = """[
  {"address": "ada@example.com", "language": "tr", "components": ["api", "db"],
   "severities": "SEV-1"},

  {"address": "bob@example.com"}
]"""
    found, mistakes = read(text)
    assert (found[0], found[1].line, mistakes) == (ADA, 5, [])


def test_a_list_of_nobody() -> None:
    """A list may have nobody in it, but it says that it is a list."""
    assert read("address\n") == read("\n[]") == ([], [])
    for text in ("", "\n\n"):
        with pytest.raises(SubscribersError, match="is empty: even a list of nobody begins with"):
            read(text)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "a b@example.com",
        "ada@example.com>",
        "ada@exam_ple.com",
        "ada..b@example.com",
        f"{'a' * 65}@example.com",
        "ada@example.com\x00",
        "Ada <ada@example.com>",
        "ada@-example.com",
        "ädä@example.com",
        '"a\r\nTo: b"@example.com',
    ],
)
def test_no_address(address: str) -> None:
    """What is no address is told with its line, without showing it; the rest goes on."""
    text = json.dumps([{"address": address}, {"address": "bob@example.com"}], indent=1)
    found, mistakes = read(text)
    assert [one.address for one in found] == ["bob@example.com"]
    assert mistakes == ["list:2: its address is none: write it like reader@example.com"]


def test_an_address_of_any_script() -> None:
    """A host that is not spelt in ASCII is, on the wire."""
    ((one,), mistakes) = read("address\nada@örnek.com\n")
    assert (one.address, mistakes) == ("ada@xn--rnek-4qa.com", [])


def test_mistakes() -> None:
    """A duplicate, an unknown component, severity or column: each is told with its line."""
    text = (
        "adress,address,components,severities\n"
        ",ada@example.com,apo api,\n"
        ",ADA@example.com,,\n"
        ",bob@example.com,dbb,\n"
        ",eve@example.com,,SEV-9\n"
        ",zoe@example.com,,,,\n"
        ",kim@example.com,,SEV-2\n"
    )
    found, mistakes = read(text)
    assert [(one.address, one.components) for one in found] == [
        ("ada@example.com", ("api",)),
        ("kim@example.com", ()),
    ]
    assert mistakes == [
        (
            "list:1: 'adress' is not one of address, language, components, severities, "
            "unsubscribe; did you mean 'address'?"
        ),
        "list:2: there is no component 'apo'; did you mean 'api'?",
        "list:3: its address stands on line 2 already",
        "list:4: there is no component 'dbb'; did you mean 'db'?",
        "list:5: there is no severity 'SEV-9'; did you mean 'SEV-4'?",
        "list:6: has 6 columns, and the first line 4",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\nAda\n", "list:1: has no column 'address'"),
        ('[{"address": "ada@example.com"', "list:1: Expecting ',' delimiter"),
        ('address\n"ada@example.com\n', "list:2: unexpected end of data"),
    ],
)
def test_no_list(text: str, message: str) -> None:
    """What is no list at all stops everything, before anybody is told."""
    with pytest.raises(SubscribersError) as caught:
        read(text)
    assert str(caught.value) == message


def test_a_file(tmp_path: Path) -> None:
    """A list is read from a file, each time anew."""
    path = tmp_path / "subscribers.csv"
    path.write_text(TABLE, encoding="utf-8")
    source = from_path(path)
    assert list(read_subscribers(source, COMPONENTS)) == [ADA, BOB]
    path.write_bytes(b"address\n\xff\n")
    with pytest.raises(SubscribersError, match=r"^subscribers\.csv: is not UTF-8$"):
        list(read_subscribers(source, COMPONENTS))
    path.unlink()
    with pytest.raises(SubscribersError, match=r"^subscribers\.csv: No such file or directory$"):
        list(read_subscribers(source, COMPONENTS))


@given(st.text(alphabet="ab@.,;\"'[]{}:\n\r \x00ä", max_size=60))
def test_any_text(text: str) -> None:
    """Whatever a list holds, it is read or refused, and what is told of it shows no address."""
    try:
        _, mistakes = read(f"address\n{text}")
    except SubscribersError:
        return
    assert not any("@" in words.replace("reader@example.com", "") for words in mistakes)


def told(components: tuple[str, ...] = (), severities: tuple[Severity, ...] = ()) -> News:
    """Give news of some components."""
    return News(
        kind=Kind.UPDATE,
        thread="incident-api",
        id="incident-api-1",
        at=at("2026-01-02 18:00"),
        status="investigating",
        text="",
        components=components,
        severities=severities,
    )


def test_who_wants_what() -> None:
    """One is told of one's components and severities; what names none concerns everybody."""
    assert BOB.wants(told(("db",), (Severity.SEV_2,)))
    assert ADA.wants(told())
    assert ADA.wants(told(("db",), (Severity.SEV_2, Severity.SEV_1)))
    assert not ADA.wants(told(("db",), (Severity.SEV_2,)))
    assert not ADA.wants(told(("cache",), (Severity.SEV_1,)))


def test_a_mark() -> None:
    """A reader's mark tells nothing without the key, and is the same in any case of letters."""
    one = mark_of(b"key", "mail", "ada@example.com")
    assert one == mark_of(b"key", "mail", "Ada@Example.com")
    assert (
        len(
            {
                one,
                mark_of(b"other", "mail", "ada@example.com"),
                mark_of(b"key", "hook", "ada@example.com"),
            }
        )
        == 3
    )
    assert len(one) == 32
