"""Translations: texts beside their originals, matched with them, and no fact among them."""

from __future__ import annotations

import pytest

from statusgen.model import digest_of_texts
from tests.worlds import INCIDENT, Files, parse, problems

SITE = "content/site.yml"
SLOW = "content/incidents/slow.md"
TURKISH = "content/incidents/slow.tr.md"
NAMES = "content/components.tr.yml"
SPOKEN: Files = {
    SITE: """
        title: Example
        url: https://status.example.com/
        description: How we do
        since: 2026-01-01
        languages: [en, tr, pt-BR]
    """,
    SLOW: INCIDENT,
}
UPDATE = """\
[INVESTIGATING] Bekliyoruz.
Updated: 17:05 UTC
"""


def told(files: Files) -> list[str]:
    """Tell the problems of the incident in three languages, with these files added."""
    return problems(SPOKEN | files)


def test_a_translation_is_read() -> None:
    """Its title, its report, and each text, matched by its time, with what it was made from."""
    files: Files = {
        SLOW: INCIDENT.replace("---\n\n", "report: {impact: [Slow, Worse]}\n---\n\n"),
        TURKISH: """
            ---
            title: Yavaş
            translates: 01234567
            report:
              impact: [Yavaş, Daha kötü]
              translates: 89abcdef
            ---

            [INVESTIGATING] Bekliyoruz.
            Translates: fedcba98
            Updated: 17:05 UTC
        """,
    }
    (one,) = parse(SPOKEN | files)[1].incidents
    (translation,) = one.translations
    assert (translation.language, translation.path) == ("tr", TURKISH)
    assert [(each.key, each.texts, each.translates) for each in translation.blocks] == [
        ("title", ("Yavaş", "", ""), "01234567"),
        ("report", ("", "Yavaş\nDaha kötü", ""), "89abcdef"),
        ("incident-slow-20260102T1705Z", ("Bekliyoruz.",), "fedcba98"),
    ]


@pytest.mark.parametrize("spelling", ["yml", "folder"])
def test_spellings(spelling: str) -> None:
    """Whatever the original's spelling, a translation may be YAML or Markdown beside it."""
    files: Files = {}
    if spelling == "yml":
        path = TURKISH.replace(".md", ".yml")
        listed = "- {status: investigating, at: 17:05 UTC, body: Bekliyoruz.}"
        files[path] = f"title: Yavaş\nupdates:\n  {listed}\n"
    else:
        head, update = INCIDENT.split("---\n\n")
        path = "content/incidents/down/incident.tr.md"
        files["content/incidents/down/incident.md"] = f"{head}---\n"
        files["content/incidents/down/1.md"] = update.replace("17:05", "2026-01-02 17:05")
        files[path] = f"---\ntitle: Yavaş\n---\n\n{UPDATE}"
    incidents = parse(SPOKEN | files)[1].incidents
    (translation,) = next(one.translations for one in incidents if one.translations)
    assert translation.path == path
    assert [each.texts for each in translation.blocks] == [("Yavaş", "", ""), ("Bekliyoruz.",)]


def test_two_updates_of_one_minute() -> None:
    """Blocks come in the order of their updates, so that each has its own."""
    again = "\n[UPDATE] Still looking.\nUpdated: 17:05 UTC\n"
    files: Files = {
        SLOW: INCIDENT + again,
        TURKISH: f"{UPDATE_ALONE}\n[UPDATE] Hâlâ.\nUpdated: 2026-01-02 17:05 UTC\n",
    }
    (one,) = parse(SPOKEN | files)[1].incidents
    assert [each.key[-3:] for each in one.translations[0].blocks] == ["05Z", "Z-2"]


UPDATE_ALONE = f"---\n---\n\n{UPDATE}"


def test_an_update_of_the_next_day() -> None:
    """A bare time is that of the next update that reads so, whatever is not translated between."""
    steps = "".join(
        f"\n[UPDATE] {n}\nUpdated: {hour} UTC\n" for n, hour in enumerate(["23:00", "08:00"])
    )
    files: Files = {
        SLOW: INCIDENT + steps,
        TURKISH: "---\n---\n\n[UPDATE] Yeni.\nUpdated: 08:00 UTC\n",
    }
    (one,) = parse(SPOKEN | files)[1].incidents
    assert [each.key for each in one.translations[0].blocks] == ["incident-slow-20260103T0800Z"]


def test_names() -> None:
    """Components and groups are named by their ids, in whichever nesting."""
    files: Files = {
        "content/components.yml": """
            - group: Team
              id: team
              components:
                - {id: api, name: API, description: For all}
            - {id: db, name: Database}
        """,
        NAMES: """
            - {group: Takım, id: team}
            - {id: api, name: Arayüz, description: Herkes için}
            - {id: db, name: Veri}
        """,
    }
    group, leaf = parse(SPOKEN | files)[1].components
    (api,) = parse(SPOKEN | files)[1].leaves[:1]
    said = [one.translations[0].blocks[0].texts for one in (group, api, leaf)]
    assert said == [("Takım",), ("Arayüz", "Herkes için"), ("Veri", "")]


def test_texts_without_updates() -> None:
    """Pages, announcements, post-mortems and the site itself."""
    files: Files = {
        "content/pages/about.md": "# About\n\nUs.\n",
        "content/pages/about.tr.md": "# Hakkında\n\nBiz.\n",
        "content/pages/about.pt-br.md": "# Sobre\n\nNós.\n",
        "content/site.tr.yml": "title: Örnek\ndescription: Durum\ntranslates: 01234567\n",
    }
    config, site = parse(SPOKEN | files)
    assert [(one.language, one.blocks[0].texts) for one in site.pages[0].translations] == [
        ("pt-BR", ("Sobre", "Nós.")),
        ("tr", ("Hakkında", "Biz.")),
    ]
    assert config.translations[0].blocks[0].texts == ("Örnek", "Durum")


HEAD = digest_of_texts(("The API is slow", "", ""))


@pytest.mark.parametrize("written", ["17:05 UTC", "2026-01-02 17:05 UTC", "18:05 +01:00"])
def test_an_update_of_a_second(written: str) -> None:
    """A time without seconds is that of any update of its minute."""
    files: Files = {
        SLOW: INCIDENT.replace("17:05 UTC", "2026-01-02T17:05:30.5Z"),
        TURKISH: UPDATE_ALONE.replace("17:05 UTC", written),
    }
    (one,) = parse(SPOKEN | files)[1].incidents
    assert [each.key for each in one.translations[0].blocks] == [one.updates[0].id]


MISTAKES: dict[str, tuple[Files, str]] = {
    "of nothing": (
        {"content/incidents/slov.tr.md": UPDATE_ALONE},
        (
            "content/incidents/slov.tr.md:1: file: "
            "translates slov.md, which is not there; did you mean 'slow'?"
        ),
    ),
    "of a folder, beside it": (
        {
            "content/incidents/down/incident.md": INCIDENT,
            "content/incidents/down.tr.md": UPDATE_ALONE,
        },
        (
            "content/incidents/down.tr.md:1: file: translates down.md, which is not there"
            ": put it into content/incidents/down/, as incident.tr.md"
        ),
    ),
    "of an update's file": (
        {
            "content/incidents/down/incident.md": INCIDENT.split("[INV")[0],
            "content/incidents/down/1.md": UPDATE.replace("17:05", "2026-01-02 17:05"),
            "content/incidents/down/1.tr.md": UPDATE,
        },
        (
            "content/incidents/down/1.tr.md:1: file: "
            "is not read here: incident.tr.md translates all of it"
        ),
    ),
    "an unknown language": (
        {"content/incidents/slow.pt.md": UPDATE_ALONE},
        (
            "content/incidents/slow.pt.md:1: file: "
            "site.yml lists no language 'pt'; did you mean 'pt-BR'?"
        ),
    ),
    "a language that is not listed": (
        {"content/incidents/slow.nl.md": UPDATE_ALONE},
        (
            "content/incidents/slow.nl.md:1: file: "
            "site.yml lists no language 'nl': add it to languages:"
        ),
    ),
    "the original's language": (
        {"content/incidents/slow.en.md": UPDATE_ALONE},
        (
            "content/incidents/slow.en.md:1: file: "
            "'en' is the language of the original: only one of both can be right"
        ),
    ),
    "a fact": (
        {TURKISH: f"---\nseverity: SEV-4\n---\n\n{UPDATE}"},
        f"{TURKISH}:2: severity: is no text: it stands in the original, for all languages",
    ),
    "a fact of an update": (
        {TURKISH: UPDATE_ALONE.replace("Updated", "Components: api=operational\nUpdated")},
        (
            f"{TURKISH}:5: updates[0].Components: "
            "is no text: it stands in the original, for all languages"
        ),
    ),
    "a severity in the title": (
        {TURKISH: '---\ntitle: "[SEV-2] Yavaş"\n---\n'},
        f"{TURKISH}:2: title: leave [SEV-2] out: it stands in the original",
    ),
    "a slip": (
        {TURKISH: "---\ntitel: Yavaş\n---\n"},
        f"{TURKISH}:2: titel: unknown key 'titel'; did you mean 'title'?",
    ),
    "another time": (
        {TURKISH: UPDATE_ALONE.replace("17:05", "17:06")},
        (
            f"{TURKISH}:5: updates[0].Updated: {SLOW} has no update from 17:06 UTC"
            ": there is 2026-01-02 17:05 UTC"
        ),
    ),
    "another day": (
        {TURKISH: UPDATE_ALONE.replace("17:05", "2026-01-03 17:05")},
        (
            f"{TURKISH}:5: updates[0].Updated: {SLOW} has no update from 2026-01-03 17:05 UTC"
            ": there is 2026-01-02 17:05 UTC"
        ),
    ),
    "an update too many": (
        {TURKISH: f"{UPDATE_ALONE}\n{UPDATE}"},
        (
            f"{TURKISH}:8: updates[1].Updated: {SLOW} has no update from 17:05 UTC"
            " behind those before it: there is none left"
        ),
    ),
    "another status": (
        {TURKISH: UPDATE_ALONE.replace("INVESTIGATING", "IDENTIFIED")},
        f"{TURKISH}:4: updates[0].header: {SLOW} says [INVESTIGATING] at 2026-01-02 17:05 UTC",
    ),
    "no digest": (
        {TURKISH: "---\ntitle: Yavaş\ntranslates: new\n---\n"},
        (
            f"{TURKISH}:3: translates: 'new' is not the digest of a text; "
            "`statusgen check` tells the right one"
        ),
    ),
    "what the original does not say": (
        {TURKISH: f"---\ntitle: Yavaş\nretracted: Yanlış.\ntranslates: {HEAD}\n---\n"},
        f"{TURKISH}:2: retracted: {SLOW} has none: leave it out",
    ),
    "less than the original says": (
        {
            SLOW: INCIDENT.replace("severity", "retracted: Nothing broke.\nseverity"),
            TURKISH: "---\ntitle: Yavaş\ntranslates: "
            f"{digest_of_texts(('The API is slow', 'Nothing broke.', ''))}\n---\n",
        },
        f"{TURKISH}:2: retracted: is missing: {SLOW} has it",
    ),
    "a report of nothing": (
        {TURKISH: "---\ntitle: Yavaş\nreport: {impact: [Yavaş]}\n---\n"},
        f"{TURKISH}:2: report: {SLOW} has none: leave it out",
    ),
    "a name of nothing": (
        {NAMES: "- {id: apy, name: Arayüz}\n"},
        f"{NAMES}:1: [0].id: no component is called 'apy'; did you mean 'api'?",
    ),
    "a name twice": (
        {NAMES: "- {id: api, name: Arayüz}\n- {id: api, name: Yine}\n"},
        f"{NAMES}:2: [1].id: the component 'api' is on line 1 already: keep one",
    ),
    "a fact of a component": (
        {NAMES: "- {id: api, name: Arayüz, retired: 2026-01-01}\n"},
        f"{NAMES}:1: [0].retired: is no text: it stands in the original, for all languages",
    ),
    "a fact of the site": (
        {"content/site.tr.yml": "title: Örnek\nurl: https://example.com.tr/\n"},
        "content/site.tr.yml:2: url: is no text: it stands in the original, for all languages",
    ),
    "a fact of an announcement": (
        {
            "content/announcements/new.md": "---\nstarts: 2026-01-01 09:00 UTC\n---\n# A\n\nB.\n",
            "content/announcements/new.tr.md": "---\nends: 2026-01-02 09:00 UTC\n---\n# Y\n\nM.\n",
        },
        (
            "content/announcements/new.tr.md:2: ends: "
            "is no text: it stands in the original, for all languages"
        ),
    ),
    "a page that is called like a language": (
        {"content/pages/pt-br.md": "# Brasil\n\nNós.\n"},
        (
            "content/pages/pt-br.md:1: file: "
            "the pages in 'pt-BR' live at /pt-BR/: call the page something else"
        ),
    ),
    "a policy": (
        {"content/policy.yml": "escalation: []\n", "content/policy.tr.yml": "escalation: []\n"},
        "content/policy.tr.yml:1: file: policy.yml is not translated",
    ),
    "a language twice": (
        {SITE: "title: E\nurl: https://example.com/\nlanguages:\n  - en\n  - tr\n  - TR\n"},
        f"{SITE}:6: languages[2]: 'TR' is not a language: write it like en or pt-BR",
    ),
    "the same language again": (
        {SITE: "title: E\nurl: https://example.com/\nlanguages:\n  - en\n  - tr\n  - tr\n"},
        f"{SITE}:6: languages[2]: 'tr' stands in the list already, on line 5",
    ),
    "two first languages": (
        {SITE: "title: E\nurl: https://example.com/\nlanguage: tr\nlanguages: [en, tr]\n"},
        f"{SITE}:3: language: is tr, but the first of languages: is en: leave this out",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    """One line each, with file, line and cause."""
    files, message = MISTAKES[name]
    assert told(files) == [message]


def test_every_mistake_of_a_file_is_told() -> None:
    """One wrong block hides no other."""
    wrong = f"---\ntitel: Yavaş\n---\n\n{UPDATE.replace('17:05', '17:06')}\n{UPDATE}"
    assert [each.split(":")[1] for each in told({TURKISH: wrong})] == ["2", "6"]
