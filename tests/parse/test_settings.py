"""Settings: the site, its components and its severity policy."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from statusgen.config import (
    DEFAULT_POLICY,
    Config,
    Escalation,
    MailSettings,
    ThemeChoice,
    ThemeLink,
    ThemeOption,
)
from statusgen.model import Component, ComponentGroup, Severity, Visibility
from tests.worlds import parse, problems

SITE = "content/site.yml"
COMPONENTS = "content/components.yml"
POLICY = "content/policy.yml"
FULL = """\
title: Example
url: https://example.com/status
description: How we do
language: de
languages: [de, tr, pt-BR]
timezone: Europe/Berlin
since: 2025-07-01
support: help@example.com
theme:
  name: default
  options:
    accent: "#336699"
uptime:
  partial_outage: 0.5
mail:
  from: Our Status <status@example.com>
  reply_to: help@example.com
  unsubscribe: https://example.com/leave
"""


def test_every_setting_is_read() -> None:
    """The address ends with a slash, whichever way it was written."""
    assert parse({SITE: FULL})[0] == Config(
        title="Example",
        url="https://example.com/status/",
        description="How we do",
        language="de",
        others=("tr", "pt-BR"),
        timezone="Europe/Berlin",
        since=date(2025, 7, 1),
        support="help@example.com",
        partial_outage_weight=0.5,
        theme=ThemeChoice(
            name="default",
            options=(ThemeOption(name="accent", value="#336699", line=12),),
            line=10,
            language="de",
            language_line=4,
            others=(("tr", 5), ("pt-BR", 5)),
        ),
        mail=MailSettings(
            sender="Our Status <status@example.com>",
            reply_to="help@example.com",
            unsubscribe="https://example.com/leave",
        ),
    )


THEME = """\
title: Example
url: https://example.com/
theme:
  options:
    footer:
"""


def test_an_option_may_be_a_list_of_links() -> None:
    """Each leads to an address of the web, to a mailbox, or to a path of the site or its host."""
    urls = ["https://example.com/a?b=c#d", "mailto:help@example.com", "about/", "/terms", "#x"]
    items = "".join(f"      - {{title: Go, url: '{url}'}}\n" for url in urls[:-1])
    (option,) = parse({SITE: THEME + items})[0].theme.options
    links = tuple(ThemeLink(title="Go", url=url) for url in urls[:-1])
    assert option == ThemeOption(name="footer", value=links, line=6)


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("{title: Go, url: 'javascript:alert(1)'}", "[0].url: 'javascript:alert(1)' leads nowhere"),
        ("{title: Go, url: //elsewhere.example}", "[0].url: '//elsewhere.example' leads nowhere"),
        ("{title: Go, url: 'https://'}", "[0].url: 'https://' is not an address"),
        ("{title: Go}", "[0].url: is missing: add url:"),
        ("{titel: Go, url: about/}", "[0].titel: unknown key 'titel'; did you mean 'title'?"),
        ("about/", "[0]: must be keys with values: title, url"),
    ],
)
def test_a_wrong_link_is_told_with_its_place(link: str, message: str) -> None:
    """An address that would run a script, or lead to another host in disguise, is refused."""
    told = problems({SITE: f"{THEME}      - {link}\n"})
    assert told[0].startswith(f"content/site.yml:6: theme.options.footer{message}")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://example.com:8443/a/", "https://example.com:8443/a/"),
        ("http://[::1]:8000", "http://[::1]:8000/"),
        (
            "https://Örnek.com/Durum Ş".replace(" ", "%20"),
            "https://xn--rnek-4qa.com/Durum%20%C5%9E/",
        ),
    ],
)
def test_the_address_is_kept_in_ascii(written: str, read: str) -> None:
    """Feeds, sitemaps and mails know no other."""
    assert parse({SITE: f"title: Example\nurl: {written}\n"})[0].url == read


def test_the_address_gives_host_and_base_path() -> None:
    """Ids hang on the host, links on the path."""
    config, _ = parse({SITE: FULL})
    assert (config.host, config.base_path) == ("example.com", "/status/")
    assert str(config.zone) == "Europe/Berlin"


@pytest.mark.parametrize("name", ['from: "a\\r\\nBcc: x@y.z <b@c.de>"', "from: a <b@c>"])
def test_no_setting_reaches_into_a_header_of_a_mail(name: str) -> None:
    """A line break or a half address is refused."""
    assert problems({SITE: FULL.replace("from: Our Status <status@example.com>", name)})


def test_components_stand_in_page_order() -> None:
    """Groups and single ones mixed; a group's name gives its id."""
    text = """\
- id: web
  name: Web
- group: Our Back End
  components:
    - id: api
      name: API
      description: Behind all
      link: https://example.com/api
      since: 2026-01-01
      retired: 2026-02-01
      showcase: no
      only_show_if_degraded: yes
- group: Rest
  id: others
  components: []
"""
    web, backend, rest = parse({COMPONENTS: text})[1].components
    assert web == Component(id="web", name="Web")
    assert backend == ComponentGroup(
        id="our-back-end",
        name="Our Back End",
        components=(
            Component(
                id="api",
                name="API",
                description="Behind all",
                link="https://example.com/api",
                since=date(2026, 1, 1),
                retired=date(2026, 2, 1),
                showcase=False,
                only_show_if_degraded=True,
            ),
        ),
    )
    assert rest == ComponentGroup(id="others", name="Rest", components=())


def test_a_page_without_components_says_so() -> None:
    """A literal `[]`; an empty file might be an accident."""
    assert parse({COMPONENTS: "[]\n"})[1].components == ()


def test_a_policy_changes_only_what_it_names() -> None:
    """The rest is the default's."""
    text = """\
severities:
  SEV-3:
    visibility: public
    triage: none
    acknowledge: 2 h
escalation:
  - level: L1
    who: Everyone
    after: 0 min
"""
    policy = parse({POLICY: text})[0].policy
    changed = policy.of(Severity.SEV_3)
    assert (changed.visibility, changed.triage) == (Visibility.PUBLIC, None)
    assert changed.acknowledge == timedelta(hours=2)
    assert changed.name == DEFAULT_POLICY.of(Severity.SEV_3).name
    assert policy.of(Severity.SEV_1) == DEFAULT_POLICY.of(Severity.SEV_1)
    assert policy.escalation == (Escalation(level="L1", who="Everyone", after=timedelta()),)


def test_the_default_policy_is_the_plan() -> None:
    """Answer times, who is told, and when a post-mortem is due."""
    rows = {
        str(severity): (
            one.acknowledge,
            one.triage,
            str(one.visibility),
            one.mail,
            one.postmortem,
            str(one.impact),
        )
        for severity, one in DEFAULT_POLICY.severities
    }
    minutes, hours = timedelta(minutes=1), timedelta(hours=1)
    assert rows == {
        "SEV-1": (5 * minutes, 15 * minutes, "public", True, 48 * hours, "critical"),
        "SEV-2": (15 * minutes, 30 * minutes, "public", True, 48 * hours, "major"),
        "SEV-3": (1 * hours, 2 * hours, "internal", False, None, "minor"),
        "SEV-4": (4 * hours, None, "internal", False, None, "none"),
    }
    assert [(one.level, one.who, one.after) for one in DEFAULT_POLICY.escalation] == [
        ("L1", "On-call engineer", 0 * minutes),
        ("L2", "Team lead", 30 * minutes),
        ("L3", "Engineering manager", 60 * minutes),
        ("L4", "CTO", 120 * minutes),
    ]
