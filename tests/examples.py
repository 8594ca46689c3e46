"""Two whole sites, each built once: the project's own example, and one that is hard to show."""

from __future__ import annotations

import atexit
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from textwrap import dedent

from msgspec import Struct

from statusgen.build import Order, build
from statusgen.content import read_documents
from statusgen.model import Moment
from statusgen.output import Output
from statusgen.parse import parse_site
from statusgen.views import SiteView, derive
from tests.worlds import Files, at, write

ROOT = Path(__file__).parents[1]

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
NASTY = """Quotes " ' ` < > & &amp; ]]> {{ 1 + 1 }} {% raw %} <script>alert(1)</script> <b>b</b>"""
ARABIC = "تعطل خدمة \u202bتسجيل الدخول\u202c (API) مؤقتًا"
TURKISH = "İşlemler yavaş: ğüşöçıİ 🦊🦊🏳️\u200d🌈"
TITLES = {"nasty": NASTY, "long": LONG, "arabic": ARABIC, "turkish": TURKISH}

WIDE = f"""\
| {" | ".join(f"column {number}" for number in range(12))} |
|{" --- |" * 12}
| {" | ".join("a rather long cell" for _ in range(12))} |

```
{"$ a-command --with-an-option=value " * 8}
```

`{"x" * 200}` and [{LONG}](https://example.org/{"a" * 200}).

# A heading

### And one that skips a level

- [ ] a task
- [x] one that is done

> A quote from right to left: {ARABIC}

![A picture of another host](https://elsewhere.example/picture.png)
<img src="files/wide.svg" width="3000" alt="A wide picture">
"""


class Example(Struct, frozen=True, kw_only=True):
    """A site that was built: where its files are, and what they were made from."""

    url: str
    root: Path
    as_of: datetime
    public: Path
    outbox: Path
    view: SiteView


@cache
def own() -> Example:
    """Build `content/` at the moment that it tells of."""
    return _built(ROOT, "https://status.masalfabrikasi.app/", "2026-01-14 09:40")


@cache
def hard() -> Example:
    """Build a site below a path, with everything that is hard to write or to show."""
    root = write(_folder(), _hard())
    return _built(root, "https://example.com/status/", "2026-01-05 12:00")


@cache
def terminal() -> Example:
    """Build `content/` with the other theme that comes along."""
    return _dressed(own())


@cache
def hard_terminal() -> Example:
    """Build the site that is hard to show with that theme too."""
    return _dressed(hard())


def _dressed(site: Example) -> Example:
    """Build a site again, with the theme `terminal`."""
    root = _folder()
    copytree(site.root / "content", root / "content")
    settings = root / "content/site.yml"
    text = re.sub(r"(?m)^theme:.*\n( .*\n)*", "", settings.read_text(encoding="utf-8"))
    settings.write_text(f"{text}theme: terminal\n", encoding="utf-8")
    return _built(root, site.url, f"{site.as_of:%Y-%m-%d %H:%M}")


def _folder() -> Path:
    folder = TemporaryDirectory(prefix="statusgen-tests-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _built(root: Path, url: str, as_of: str) -> Example:
    folder = _folder()
    output = Output(public=folder / "public", outbox=folder / "outbox")
    moment = Moment(as_of=at(as_of))
    build(root, output, Order(moment))
    config, site = parse_site(read_documents(root), moment)
    assert config.url == url
    return Example(
        url=url,
        root=root,
        as_of=moment.as_of,
        public=output.public,
        outbox=output.outbox,
        view=derive(site, config, moment),
    )


def _hard() -> Files:
    files: Files = {
        "content/site.yml": f"""
            title: '{TURKISH}, "Status" <x>'
            url: https://example.com/status/
            timezone: Europe/Istanbul
            since: 2025-12-20
            support: https://example.com/help
            theme:
              options:
                logo: our logo.svg
                logo_dark: wide.svg
                footer:
                  - title: '{NASTY.replace("'", "''")}'
                    url: https://example.com/terms?a=1&b=2
                  - {{title: Help, url: help/}}
                  - {{title: Write to us, url: mailto:help@example.com}}
            mail:
              unsubscribe: mailto:leave@example.com
        """,
        "content/components.yml": dedent(f"""
            - group: {_quoted(NASTY)}
              id: main
              components:
                - id: api
                  name: {_quoted(NASTY)}
                  description: {_quoted(NASTY)}
                  link: https://example.com/?a=1&b=2
                - id: long
                  name: {LONG}
            - id: arabic
              name: {_quoted(ARABIC)}
        """),
        "content/files/wide.svg": (
            '<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="20"></svg>'
        ),
        "content/files/our logo.svg": (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><path d="M0 0h90"/></svg>'
        ),
        "content/pages/help.md": f"---\ntitle: {_quoted(NASTY)}\n---\n\n{WIDE}",
        "content/announcements/one.md": (
            f"---\ntitle: {_quoted(NASTY)}\nstarts: 2026-01-01 00:00 UTC\n"
            f"ends: 2026-02-01 00:00 UTC\n---\n\n{WIDE}"
        ),
        "content/postmortems/nasty.md": (
            f"---\ntitle: {_quoted(NASTY)}\npublished: 2026-01-03 10:00 UTC\n---\n\n{WIDE}"
        ),
    }
    for slug, title in TITLES.items():
        files[f"content/incidents/{slug}.md"] = _incident(title, is_over=slug in ("nasty", "long"))
        files[f"content/maintenance/{slug}-work.md"] = _maintenance(title)
    return files


def _incident(title: str, *, is_over: bool) -> str:
    updates = [
        f"[{'INVESTIGATING' if number == 0 else 'UPDATE'}] Update {number}: {title}\n\n"
        f"{WIDE if number == 0 else ''}\n"
        f"Components: api=partial_outage, long=major_outage\n"
        f"Updated: 2026-01-02 {7 + number // 6:02}:{number % 6}0 UTC\n"
        for number in range(40)
    ]
    if is_over:
        updates.append(f"[RESOLVED] {title}\nUpdated: 2026-01-02 17:45 UTC\n")
    return (
        f"---\ntitle: {_quoted(title)}\nseverity: SEV-1\nstarted: 2026-01-02 07:00 UTC\n"
        f"components: [api, long]\nreport:\n  impact:\n    - {_quoted(title)}\n---\n\n"
        + "\n".join(updates)
    )


def _maintenance(title: str) -> str:
    return (
        f"---\ntitle: {_quoted(title)}\nstarts: 2026-01-06 22:00 UTC\n"
        f"ends: 2026-01-07 01:00 UTC\ncomponents: [api, arabic]\n---\n\n"
        f"[SCHEDULED] {title}\n\n{WIDE}\nUpdated: 2026-01-04 10:00 UTC\n"
    )


def _quoted(text: str) -> str:
    """Write a text as YAML."""
    return "'" + text.replace("'", "''") + "'"
