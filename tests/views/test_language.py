"""What is told in another language: texts as far as they are translated, and every fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import asdict

from statusgen.model import digest_of_texts
from statusgen.views import gaps
from tests.worlds import INCIDENT, Files, parse, view

if TYPE_CHECKING:
    from statusgen.views import Gap, TreeView

NOW = digest_of_texts
SITE = "content/site.yml"
SPOKEN: Files = {
    SITE: """
        title: Example
        url: https://status.example.com/
        since: 2026-01-01
        languages: [en, tr]
    """,
    "content/incidents/slow.md": INCIDENT,
}
HEAD = NOW(("The API is slow", "", ""))
BODY = NOW(("We are looking into it.",))
TURKISH: Files = {
    "content/site.tr.yml": f"title: Örnek\ntranslates: {NOW(('Example', ''))}\n",
    "content/components.tr.yml": f"- {{id: api, name: Arayüz, translates: {NOW(('API', ''))}}}\n",
    "content/incidents/slow.tr.md": f"""
        ---
        title: Arayüz yavaş
        translates: {HEAD}
        ---

        [INVESTIGATING] Bekliyoruz.
        Translates: {BODY}
        Updated: 17:05 UTC
    """,
}


def turkish(files: Files, *, as_of: str = "2026-01-03 12:00") -> TreeView:
    """Tell the site in its second language."""
    (tree,) = view(SPOKEN | files, as_of=as_of).others
    return tree


def left(files: Files) -> list[Gap]:
    """Tell what is not translated of the site."""
    config, site = parse(SPOKEN | files)
    paths = {("incidents", "slow"): "content/incidents/slow.md", ("pages", "about"): "about.md"}
    return gaps(site, config, paths)


def test_translated() -> None:
    """Titles, texts and names are told in the language, wherever they stand."""
    tree = turkish(TURKISH)
    (one,) = tree.home.incidents
    assert (one.title, one.said_in, one.is_foreign) == ("Arayüz yavaş", "", False)
    assert (one.updates[0].body, one.updates[0].said_in) == ("Bekliyoruz.", "")
    assert one.components[0].component.title == "Arayüz"
    assert [each.name for each in tree.home.components] == ["Arayüz", "Database"]
    assert tree.home.frame.site_title == tree.feed.title == "Örnek"
    assert (tree.feed.entries[0].title, tree.feed.entries[0].body) == (one.title, "Bekliyoruz.")
    assert tree.mails[0].title == "Arayüz yavaş"
    (found,) = tree.search[0].entries
    assert (found.title, found.bodies, found.components) == (
        "Arayüz yavaş",
        ("Bekliyoruz.",),
        ("Arayüz",),
    )
    assert tree.months[0].entries[0].title == "Arayüz yavaş"
    assert tree.home.components[0].troubles[0].causes[0].title == "Arayüz yavaş"  # type: ignore[union-attr] # it is no group


def test_not_translated() -> None:
    """What is not there is told as it was written, in its language."""
    tree = turkish({})
    (one,) = tree.home.incidents
    assert (one.title, one.said_in, one.is_foreign) == ("The API is slow", "en", True)
    assert (one.updates[0].body, one.updates[0].said_in) == ("We are looking into it.", "en")
    assert one.components[0].component.said_in == "en"
    assert tree.home.frame.said_in == tree.months[0].entries[0].said_in == "en"
    assert tree.mails[0].said_in == tree.feed.entries[0].said_in == "en"


def test_outdated() -> None:
    """What is older than its original is not told; the rest of its file is."""
    corrected = INCIDENT.replace("looking into it", "looking into the database")
    (one,) = turkish(TURKISH | {"content/incidents/slow.md": corrected}).home.incidents
    assert (one.title, one.said_in) == ("Arayüz yavaş", "")
    assert one.updates[0].body == "We are looking into the database."
    assert one.updates[0].said_in == "en"
    assert not one.is_foreign


def test_facts() -> None:
    """A tree tells the facts as the first does, and has every page of it."""
    site = view(SPOKEN | TURKISH)
    (tree,) = site.others
    first, other = (asdict(each.home.incidents[0]) for each in (site, tree))
    said = {"title", "updates", "components", "said_in", "is_foreign"}
    assert {key: first[key] for key in first.keys() - said} == {
        key: other[key] for key in other.keys() - said
    }
    assert site.home.overall == tree.home.overall
    for kind in ("incidents", "maintenances", "components", "months", "extra"):
        assert [each.frame.path for each in getattr(site, kind)] == [
            each.frame.path for each in getattr(tree, kind)
        ]


def test_addresses() -> None:
    """A tree lies below the site; its pages lead to each other, and to the files that all share."""
    site = view(SPOKEN)
    (tree,) = site.others
    frame = tree.incidents[0].frame
    assert frame.url == "https://status.example.com/tr/incidents/slow/"
    assert (frame.path, frame.root, frame.base) == ("incidents/slow/", "../../", "../../../")
    assert [(each.language, each.path) for each in frame.trees] == [("en", ""), ("tr", "tr/")]
    assert (tree.home.frame.root, tree.home.frame.base) == ("./", "../")
    assert (tree.not_found.frame.root, tree.not_found.frame.base) == ("/tr/", "/")
    assert site.home.frame.base == site.home.frame.root == "./"
    assert view({}).home.frame.trees == ()


def test_names_for_ever() -> None:
    """Entries and messages have names of their own in each language; the first keeps its."""
    site = view(SPOKEN)
    (tree,) = site.others
    alone = view({"content/incidents/slow.md": INCIDENT})
    assert site.feed.entries[0].id == alone.feed.entries[0].id != tree.feed.entries[0].id
    assert site.mails[0].message == alone.mails[0].message != tree.mails[0].message


def test_retracted_and_edited() -> None:
    """Why something was taken back, and what was changed, are told in the language too."""
    front = "retracted: A test.\nedited: {at: 2026-01-03 08:00 UTC, what: A word}\nseverity"
    made = NOW(("The API is slow", "A test.", "A word"))
    head = f"title: Yavaş\nretracted: Deneme.\nedited: Bir söz\ntranslates: {made}"
    files: Files = {
        "content/incidents/slow.md": INCIDENT.replace("severity", front, 1),
        "content/incidents/slow.tr.md": f"---\n{head}\n---\n",
    }
    one = turkish(files).incidents[0].incident
    assert one.edited
    assert (one.title, one.retracted, one.edited.what) == ("Yavaş", "Deneme.", "Bir söz")


def test_a_report_in_a_language() -> None:
    """The closing mail has the report of its language, or the original's with its language."""
    report = "report: {what_happened: [It broke, Again]}\n"
    over = f"{INCIDENT}\n[RESOLVED] Over.\nUpdated: 18:00 UTC\n".replace(
        "---\n\n", f"{report}---\n\n"
    )
    made = NOW(("It broke\nAgain", "", ""))
    said = f"---\nreport: {{what_happened: [Bozuldu, Yine], translates: {made}}}\n---\n"
    translated = turkish({"content/incidents/slow.md": over, "content/incidents/slow.tr.md": said})
    original = turkish({"content/incidents/slow.md": over})
    mails = [each.mails[1] for each in (translated, original)]
    assert [(one.what_happened, one.report_said_in) for one in mails] == [  # type: ignore[union-attr] # it closes
        (("Bozuldu", "Yine"), ""),
        (("It broke", "Again"), "en"),
    ]


def test_gaps() -> None:
    """What is missing is told by its original's file, what is old by its own, with the cure."""
    assert [(one.path, one.line, one.what) for one in left({})] == [
        ("components", 0, ""),
        ("content/incidents/slow.md", 0, ""),
        ("site", 0, ""),
    ]
    path = "content/incidents/slow.tr.md"
    assert [tuple(one) for one in left(TURKISH)] == [
        (
            "content/components.tr.yml",
            1,
            "tr",
            "Database",
            NOW(("Database", "")),
            False,
        ),
    ]
    older = INCIDENT.replace("We are looking", "We look").replace("slow", "very slow")
    assert [tuple(one) for one in left(TURKISH | {"content/incidents/slow.md": older})][1:] == [
        (path, 2, "tr", "title", NOW(("The API is very slow", "", "")), True),
        (
            path,
            6,
            "tr",
            "[INVESTIGATING] 2026-01-02 17:05 UTC",
            NOW(("We look into it.",)),
            True,
        ),
    ]


def test_gaps_of_what_is_not_public() -> None:
    """Nobody asks for what no reader sees."""
    hidden = INCIDENT.replace("severity", "visibility: internal\nseverity")
    files: Files = {"content/incidents/slow.md": hidden, "content/pages/about.md": "# A\n\nB.\n"}
    assert [one.path for one in left(files)] == ["about.md", "components", "site"]
