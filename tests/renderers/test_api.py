"""What programs read is what the contract and openapi.json say, for every site.

It is read back by Python's own parser and held against schemas by jsonschema, which know nothing of
the program; so do the tables of keys and the rules here, which are the contract's.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec.structs import replace
from openapi_spec_validator import validate

from statusgen.artifact import each
from statusgen.cache import Cache
from statusgen.config import Config
from statusgen.model import Component, ComponentGroup, Moment, Site, Visibility
from statusgen.renderers import api
from statusgen.views import SiteView, derive
from statusgen.views.statuspage import statuspage_id
from tests import examples
from tests.strategies import sites, times, zones
from tests.worlds import INCIDENT, MINIMAL, Files, publish, tree, view, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from statusgen.model import Incident
    from statusgen.theme import Theme
    from tests.examples import Example

REAL = Path(__file__).parents[3] / "shared" / "real" / "github" / "content"

Json = dict[str, Any]

V2 = "api/v2/"
PAGE = ("id", "name", "url", "time_zone", "updated_at")
STATUS = ("indicator", "description")
COMPONENT = (
    "id",
    "name",
    "status",
    "created_at",
    "updated_at",
    "position",
    "description",
    "showcase",
    "start_date",
    "group_id",
    "page_id",
    "group",
    "only_show_if_degraded",
)
EVENT = (
    "id",
    "name",
    "status",
    "created_at",
    "updated_at",
    "monitoring_at",
    "resolved_at",
    "impact",
    "shortlink",
    "started_at",
    "page_id",
    "incident_updates",
    "components",
)
UPDATE = (
    "id",
    "status",
    "body",
    "incident_id",
    "created_at",
    "updated_at",
    "display_at",
    "affected_components",
    "deliver_notifications",
    "custom_tweet",
    "tweet_id",
)
AFFECTED = ("code", "name", "old_status", "new_status")
FILES = {
    "summary": ("page", "components", "incidents", "scheduled_maintenances", "status"),
    "status": ("page", "status"),
    "components": ("page", "components"),
    "incidents": ("page", "incidents"),
    "incidents/unresolved": ("page", "incidents"),
    "scheduled-maintenances": ("page", "scheduled_maintenances"),
    "scheduled-maintenances/upcoming": ("page", "scheduled_maintenances"),
    "scheduled-maintenances/active": ("page", "scheduled_maintenances"),
}
WORST = (
    "operational",
    "under_maintenance",
    "degraded_performance",
    "partial_outage",
    "major_outage",
)

both = pytest.mark.parametrize("build", [examples.own, examples.hard], ids=["own", "hard"])


def told(site: SiteView) -> dict[str, Json]:
    """Render every file, and read it back by its path."""
    theme = cast("Theme", None)  # it has no say in them
    found: dict[str, Json] = {}
    for one in each(api.artifacts(site, theme)):
        assert one.path not in found
        found[one.path] = json.loads(one.render(one.shown(), theme))
    return found


def seen(site: Site, as_of: datetime, zone: str = "UTC") -> SiteView:
    """Tell what the public sees of a site at a moment."""
    config = Config(title="Example", url="https://status.example.com/", timezone=zone)
    return derive(site, config, Moment(as_of=as_of))


def v2(files: dict[str, Json]) -> dict[str, Json]:
    """Take the files of Statuspage's API, by their names."""
    paths = [path for path in files if path.startswith(V2)]
    return {path.removeprefix(V2).removesuffix(".json"): files[path] for path in paths}


@cache
def validator(document: str, path: str) -> Draft202012Validator:
    """Find what a description says of a path, by its template."""
    described: Json = json.loads(document)
    found = [
        answer["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for template, answer in described["paths"].items()
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), f"/{path}")
    ]
    (schema,) = found
    return Draft202012Validator({**schema, "components": described["components"]})


def check_described(files: dict[str, Json]) -> None:
    """See that every file is as openapi.json says."""
    document = json.dumps(files["api/openapi.json"])
    for path, file in files.items():
        if path != "api/openapi.json":
            name = path if path.startswith(V2) else re.sub(r"[^/]+\.json$", "x.json", path)
            problems = validator(document, name).iter_errors(file)
            assert [(path, one.message) for one in problems] == []


def events(file: Json) -> list[Json]:
    """Take what happens out of a file."""
    return [*file.get("incidents", ()), *file.get("scheduled_maintenances", ())]


def check_keys(files: dict[str, Json]) -> None:
    """See that each object of Statuspage's API has just its keys, in their order."""
    assert set(v2(files)) == set(FILES)
    for name, file in v2(files).items():
        assert tuple(file) == FILES[name]
        assert tuple(file["page"]) == PAGE
        assert tuple(file.get("status", STATUS)) == STATUS
        for one in [
            *file.get("components", ()),
            *(c for e in events(file) for c in e["components"]),
        ]:
            assert tuple(one) == (*COMPONENT, *(["components"] if one["group"] else []))
        for one in file.get("incidents", ()):
            assert tuple(one) == (*EVENT, "reminder_intervals")
        for one in file.get("scheduled_maintenances", ()):
            assert tuple(one) == (*EVENT, "scheduled_for", "scheduled_until")
        for update in (update for one in events(file) for update in one["incident_updates"]):
            assert tuple(update) == UPDATE
            assert update["affected_components"] != []
            for affected in update["affected_components"] or ():
                assert tuple(affected) == AFFECTED


def stamps(value: object, key: str = "") -> Iterator[str]:
    """Find all times of Statuspage's API."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from stamps(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from stamps(one, key)
    elif isinstance(value, str) and (key.endswith("_at") or key.startswith("scheduled_")):
        yield value


def check_times(files: dict[str, Json]) -> None:
    """See that times have three digits of milliseconds, and the offset that holds then."""
    (zone,) = {file["page"]["time_zone"] for file in v2(files).values()}
    for stamp in stamps(v2(files)):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)", stamp)
        assert stamp.endswith("Z") == (zone == "Etc/UTC")
        read = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%f%z")
        assert read.utcoffset() == read.astimezone(ZoneInfo(zone)).utcoffset()


def banner(leaves: list[str], *, is_open: bool) -> tuple[str, str]:
    """Roll up by the contract's table, with the floor of an open incident."""
    rules = (
        (bool(leaves) and set(leaves) == {"major_outage"}, "critical", "Major System Outage"),
        ("major_outage" in leaves, "major", "Partial System Outage"),
        ("partial_outage" in leaves, "minor", "Minor Service Outage"),
        (set(leaves) == {"degraded_performance"}, "minor", "Degraded System Service"),
        ("degraded_performance" in leaves, "minor", "Partially Degraded Service"),
        (is_open, "minor", "Partially Degraded Service"),
        ("under_maintenance" in leaves, "maintenance", "Service Under Maintenance"),
        (True, "none", "All Systems Operational"),
    )
    return next((indicator, text) for holds, indicator, text in rules if holds)


def check_rules(files: dict[str, Json], site: SiteView) -> None:
    """See that the files of Statuspage's API keep its rules, and say what the page says."""
    found = v2(files)
    summary = found["summary"]
    for file in found.values():
        assert file["page"] == summary["page"]
        assert file.get("status", summary["status"]) == summary["status"]
    assert found["components"]["components"] == summary["components"]
    assert found["incidents/unresolved"]["incidents"] == summary["incidents"]
    check_components(summary["components"])
    leaves = [one["status"] for one in summary["components"] if not one["group"]]
    expected = banner(leaves, is_open=bool(summary["incidents"]))
    assert (summary["status"]["indicator"], summary["status"]["description"]) == expected
    home = site.home.overall
    assert (home.indicator, home.description) == expected
    assert len(site.home.incidents) == len(summary["incidents"])
    check_events(found, summary)


def check_components(components: list[Json]) -> None:
    """See that components are in order, and that groups do as the worst of their own."""
    positions = [one["position"] for one in components]
    assert positions == sorted(positions)
    by_id = {one["id"]: one for one in components}
    assert len(by_id) == len(components)
    top = [one["position"] for one in components if one["group_id"] is None]
    assert top == list(range(1, len(top) + 1))
    for group in (one for one in components if one["group"]):
        own = [one for one in components if one["group_id"] == group["id"]]
        assert group["components"] == [one["id"] for one in own] != []
        assert [one["position"] for one in own] == list(range(1, len(own) + 1))
        assert group["status"] == max((one["status"] for one in own), key=WORST.index)


def check_events(found: dict[str, Json], summary: Json) -> None:
    """See that lists of what happens are in order and agree, and each of it with itself."""
    incidents = found["incidents"]["incidents"]
    open_ = [one for one in incidents if one["status"] not in ("resolved", "postmortem")]
    assert open_ == summary["incidents"]
    assert incidents == sorted(incidents, key=created, reverse=True)
    works = found["scheduled-maintenances"]["scheduled_maintenances"]
    upcoming = found["scheduled-maintenances/upcoming"]["scheduled_maintenances"]
    active = found["scheduled-maintenances/active"]["scheduled_maintenances"]
    assert summary["scheduled_maintenances"] == [*upcoming, *active]
    assert {one["status"] for one in upcoming} <= {"scheduled"}
    assert {one["status"] for one in active} <= {"in_progress", "verifying"}
    assert by_id(works, "completed") == {
        one["id"]: one for one in works if one["id"] not in by_id([*upcoming, *active])
    }
    ids = [one["id"] for one in (*incidents, *works)]
    assert len(set(ids)) == len(ids)
    for one in (*incidents, *works):
        said = one["incident_updates"]
        times = [datetime.fromisoformat(update["display_at"]) for update in said]
        assert times == sorted(times, reverse=True)
        is_over = one["status"] in ("resolved", "postmortem", "completed")
        assert (one["resolved_at"] is not None) == is_over
        assert {update["incident_id"] for update in said} == {one["id"]}
        assert one["created_at"] == said[-1]["display_at"]
        assert {component["group"] for component in one["components"]} <= {False}
    for one in incidents:
        assert one["status"] == one["incident_updates"][0]["status"]
        check_affected(one)


def check_affected(one: Json) -> None:
    """See that each update begins with the status in which the one before it left a component."""
    held: dict[str, str] = {}
    for update in reversed(one["incident_updates"]):
        for affected in update["affected_components"] or ():
            assert affected["old_status"] == held.get(affected["code"], "operational")
            held[affected["code"]] = affected["new_status"]
        if update["status"] == "resolved":
            assert set(held.values()) <= {"operational"}


def by_id(found: Iterable[Json], status: str = "") -> dict[str, Json]:
    """Arrange by id what has a status, or all."""
    return {one["id"]: one for one in found if status in (one["status"], "")}


def created(one: Json) -> tuple[datetime, str]:
    """Tell when something was told first; its own name settles what was told at once."""
    return datetime.fromisoformat(one["created_at"]), one["shortlink"]


def check(site: SiteView) -> dict[str, Json]:
    """See that all is right with the files of a site, and give them."""
    files = told(site)
    check_described(files)
    check_keys(files)
    check_times(files)
    check_rules(files, site)
    return files


def public(site: Site, as_of: datetime) -> list[Incident]:
    """Tell the incidents that the public knows of, with what has been said."""
    shown = (one for one in site.incidents if one.visibility == Visibility.PUBLIC and not one.draft)
    said = (
        replace(one, updates=tuple(each for each in one.updates if each.at <= as_of))
        for one in shown
    )
    return [one for one in said if one.updates]


@both
def test_description(build: Callable[[], Example]) -> None:
    """The description is one by the OpenAPI standard, and leads to where the site is."""
    site = build()
    document = json.loads((site.public / "api/openapi.json").read_bytes())
    validate(document)
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": site.url.rstrip("/")}]
    assert {f"/api/v2/{name}.json" for name in FILES} < set(document["paths"])


def test_description_is_strict() -> None:
    """A key more or less, a word that is none or a time without milliseconds is found."""
    files = told(view({"content/incidents/api.md": INCIDENT}))
    file = files["api/v2/summary.json"]
    (one,) = file["incidents"]
    for wrong in (
        {**file, "more": 1},
        {key: value for key, value in file.items() if key != "status"},
        {**file, "incidents": [{**one, "status": "fixed"}]},
        {**file, "incidents": [{**one, "started_at": "2026-01-02T17:00:00Z"}]},
        {**file, "incidents": [{**one, "id": "slow"}]},
        {**file, "incidents": [{**one, "components": None}]},
    ):
        with pytest.raises(AssertionError):
            check_described({**files, "api/v2/summary.json": wrong})


@both
def test_examples(build: Callable[[], Example]) -> None:
    """The example's files, and those of a site that is hard to show, are as they should be."""
    site = build()
    files = check(site.view)
    written = tree(site.public / "api")
    assert {f"api/{path}": json.loads(data) for path, data in written.items()} == files


@pytest.mark.skipif(
    not REAL.is_dir(), reason="the real history lies only beside the checkout of its keepers"
)
def test_real_history(tmp_path: Path) -> None:
    """So are those of a real history, each incident of which has a file and stands in its month."""
    copytree(REAL, tmp_path / "content")
    publish(tmp_path, as_of="2025-01-15 00:00")
    files = {
        f"api/{path}": json.loads(data) for path, data in tree(tmp_path / "public/api").items()
    }
    check_described(files)
    check_keys(files)
    check_times(files)
    slugs = {path.stem for path in (REAL / "incidents").glob("*.md")}
    own = [path for path in files if path.startswith("api/incidents/")]
    assert {Path(path).stem for path in own} == slugs
    months = [file for path, file in files.items() if path.startswith("api/history/")]
    assert sorted(one["id"] for file in months for one in file["incidents"]) == sorted(slugs)
    assert len(files["api/v2/incidents.json"]["incidents"]) == 50


@given(sites(), times, zones)
def test_any_site(site: Site, as_of: datetime, zone: str) -> None:
    """Whatever a site tells, whenever and wherever, its files are as they should be."""
    check(seen(site, as_of, zone))


@given(sites(), times, zones)
def test_facts(site: Site, as_of: datetime, zone: str) -> None:
    """An incident's file holds its facts; what was retracted is only there, and counts nowhere."""
    files = told(seen(site, as_of, zone))
    facts = {f"api/incidents/{one.slug}.json": one for one in public(site, as_of)}
    assert {path for path in files if path.startswith("api/incidents/")} == set(facts)
    listed = by_id(v2(files)["incidents"]["incidents"])
    for path, one in facts.items():
        file = files[path]
        assert file["title"] == one.title
        assert file["id"] == one.slug
        assert file["retracted"] == (one.retracted or None)
        assert datetime.fromisoformat(file["started_at"]) == one.started
        assert [
            (each["id"], each["status"], each["text"], datetime.fromisoformat(each["at"]))
            for each in reversed(file["updates"])
        ] == [(each.id, each.status, each.body, each.at) for each in one.updates]
        assert (file["statuspage_id"] in listed) == (not one.retracted)
        if not one.retracted:
            check_listed(listed[file["statuspage_id"]], file, one)


def check_listed(told: Json, file: Json, one: Incident) -> None:
    """See that Statuspage's API says of an incident what its own file and the facts say."""
    assert told["name"] == one.title
    assert told["impact"] == file["impact"]
    assert told["shortlink"] == file["url"]
    assert datetime.fromisoformat(told["started_at"]) == one.started
    assert datetime.fromisoformat(told["created_at"]) == one.updates[0].at
    said = [each for each in told["incident_updates"] if each["status"] != "postmortem"]
    assert [each["id"] for each in reversed(said)] == [
        statuspage_id("update", each.id) for each in one.updates
    ]


@given(sites(), times, zones)
def test_days(site: Site, as_of: datetime, zone: str) -> None:
    """A component's file ends with the days that its page shows."""
    shown = seen(site, as_of, zone)
    files = told(shown)
    for page in shown.components:
        file = files[f"api/components/{page.component.id}.json"]
        assert len(file["days"]) == 365
        assert [
            (day["date"], day["status"], day["major_outage_seconds"], day["partial_outage_seconds"])
            for day in file["days"][-90:]
        ] == [(f"{day.date}", day.status, day.major, day.partial) for day in page.component.days]


@given(sites(), times, zones)
def test_months(site: Site, as_of: datetime, zone: str) -> None:
    """Each month of the history has a file with the same entries."""
    shown = seen(site, as_of, zone)
    files = told(shown)
    base = "https://status.example.com/"
    for page in shown.months:
        file = files[f"api/history/{page.month:%Y-%m}.json"]
        entries = [*file["incidents"], *file["maintenances"]]
        assert {(one["url"], one["title"]) for one in entries} == {
            (base + one.path, one.title) for one in page.entries
        }


hard_texts = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("\"'<>&]\\\0\1\2\3\x1b\x7f\x85\u2028🦊ع"),
    min_size=1,
    max_size=40,
)


@given(sites(), times, st.lists(hard_texts, min_size=3, max_size=3))
def test_any_text(site: Site, as_of: datetime, texts: list[str]) -> None:
    """Whatever a text holds, control characters too, files are whole and titles as given."""
    title, body, name = texts
    incidents = tuple(
        replace(
            one,
            title=title,
            updates=tuple(replace(update, body=body) for update in one.updates),
        )
        for one in site.incidents
    )
    files = told(seen(replace(site, incidents=incidents, components=named(site, name)), as_of))
    check_described({path: file for path, file in files.items() if "days" not in file})
    check_keys(files)
    for one in v2(files)["incidents"]["incidents"]:
        assert one["name"] == title
        for update in one["incident_updates"]:
            assert not re.search(r"<(?!br />\n)", update["body"])
    for one in v2(files)["components"]["components"]:
        assert one["name"] == name or one["group"]


def named(site: Site, name: str) -> tuple[Component | ComponentGroup, ...]:
    """Give every component the same name."""
    return tuple(
        replace(entry, components=tuple(replace(one, name=name) for one in entry.components))
        if isinstance(entry, ComponentGroup)
        else replace(entry, name=name)
        for entry in site.components
    )


@both
def test_bodies(build: Callable[[], Example]) -> None:
    """HTML and text say the same, with addresses that lead somewhere from everywhere."""
    site = build()
    for path, file in told(site.view).items():
        if path.startswith("api/incidents/"):
            for update in file["updates"]:
                check_body(site, update)


def check_body(site: Example, update: Json) -> None:
    """See that what a text leads to is told whole, and that nothing in it can do harm."""
    html = html5lib.parseFragment(update["html"], namespaceHTMLElements=False)
    for one in html.iter():
        assert one.tag not in {"script", "style", "iframe"}
        for name in ("href", "src"):
            assert re.match(r"[a-z]+:|$", one.get(name, ""))
        assert one.get("src", site.url).startswith(site.url)
    words = set(re.findall(r"\w{4,}", "".join(html.itertext())))
    assert words <= set(re.findall(r"\w{4,}", update["text"]))


@pytest.mark.parametrize(
    ("body", "told_as"),
    [
        ("We are looking into it.", "We are looking into it."),
        ("a < b && c ]]> \"d\" 'e' 🦊 ع", "a &lt; b &amp;&amp; c ]]&gt; \"d\" 'e' 🦊 ع"),
        ("**Bold** and [a page](help/)", "Bold and a page (https://status.example.com/help/)"),
        ("One.\n\nTwo.", "One.<br />\n<br />\nTwo."),
        ("- one\n- two", "- one<br />\n- two"),
        ("<script>alert(1)</script>x", "x"),
        ("<!-- not for readers -->Shown.", "Shown."),
    ],
)
def test_fragments(body: str, told_as: str) -> None:
    """A body of Statuspage's API is plain text, escaped, with `<br />` where a line ends."""
    files = told(
        view({"content/incidents/api.md": INCIDENT.replace("We are looking into it.", body)})
    )
    (one,) = files["api/v2/incidents/unresolved.json"]["incidents"]
    assert one["incident_updates"][0]["body"] == told_as
    (update,) = files["api/incidents/api.json"]["updates"]
    assert update["text"] == unescape(told_as.replace("<br />", ""))


@pytest.mark.parametrize("count", [0, 1])
def test_few_components(count: int) -> None:
    """A site of no component, or of one, has all files, and an open incident shows in them."""
    components = "[]" if count == 0 else "- {id: api, name: API}\n"
    incident = INCIDENT if count else INCIDENT.replace("components:\n  api: partial_outage\n", "")
    files = check(
        view({"content/components.yml": components, "content/incidents/api.md": incident})
    )
    found = v2(files)["summary"]
    assert len(found["components"]) == count
    assert found["status"]["indicator"] == "minor"
    assert found["status"]["description"] == (
        "Minor Service Outage" if count else "Partially Degraded Service"
    )


def test_nothing_said() -> None:
    """A site of which nothing is known has all files too."""
    site = {"content/site.yml": "title: Example\nurl: https://status.example.com/\n"}
    files = check(view({**site, "content/components.yml": "[]"}))
    assert v2(files)["status"]["page"]["updated_at"] == "1970-01-01T00:00:00.000Z"
    assert not [path for path in files if path.startswith("api/history/")]


def test_long(tmp_path: Path) -> None:
    """An incident of 200 updates and very long texts comes out whole."""
    body = "Ein sehr langer Satz. " * 400
    said = "\n".join(
        f"[UPDATE] {number}. {body}\nUpdated: 2026-01-02 {18 + number // 60}:{number % 60:02} UTC\n"
        for number in range(200)
    )
    root = write(tmp_path, {**MINIMAL, "content/incidents/api.md": f"{INCIDENT}\n{said}"})
    publish(root)
    for path in ("api/v2/incidents.json", "api/incidents/api.json"):
        data = (root / "public" / path).read_text(encoding="utf-8")
        assert data.count(body.strip()) >= 200
    (one,) = json.loads((root / "public/api/v2/incidents.json").read_bytes())["incidents"]
    assert len(one["incident_updates"]) == 201


def old(number: int) -> str:
    """Write an incident of an earlier year that was over at once, one for each day."""
    day = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return (
        f"---\ntitle: Old {number}\nseverity: SEV-2\nstarted: {day:%Y-%m-%d} 09:00 UTC\n---\n\n"
        f"[RESOLVED] It was over at once.\nUpdated: {day:%Y-%m-%d} 10:00 UTC\n"
    )


def history(count: int) -> Files:
    """Write so many old incidents."""
    return {f"content/incidents/old-{number}.md": old(number) for number in range(count)}


def test_limit() -> None:
    """The newest 50 incidents are told, and all that are open, however old they are."""
    forgotten = INCIDENT.replace("2026-01-02 17:00", "2024-01-02 17:00")
    files = check(view({**history(60), "content/incidents/forgotten.md": forgotten}))
    names = [one["name"] for one in v2(files)["incidents"]["incidents"]]
    assert names == [*(f"Old {number}" for number in range(59, 9, -1)), "The API is slow"]
    assert [one["name"] for one in v2(files)["summary"]["incidents"]] == ["The API is slow"]


def test_one_change(tmp_path: Path) -> None:
    """A text that is corrected in an old incident changes the files that hold it, and no other."""
    root = write(tmp_path, {**MINIMAL, **history(120), "content/incidents/api.md": INCIDENT})
    publish(root)
    before = tree(root / "public/api")
    write(root, {"content/incidents/old-3.md": old(3).replace("at once", "soon")})
    publish(root)
    after = tree(root / "public/api")
    assert before.keys() == after.keys()
    assert [path for path in after if after[path] != before[path]] == ["incidents/old-3.json"]

    write(root, {"content/incidents/old-3.md": old(3).replace("Old 3", "Very old")})
    publish(root)
    titled = tree(root / "public/api")
    assert [path for path in titled if titled[path] != after[path]] == [
        "history/2025-01.json",
        "incidents/old-3.json",
    ]


def test_little_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing derives an incident that is long over, unless a file that holds it is due."""
    root = write(tmp_path, {**MINIMAL, **history(120), "content/incidents/api.md": INCIDENT})
    publish(root)
    read: list[str] = []
    incident = Cache.incident

    def counted(self: Cache, slug: str) -> Incident:
        read.append(slug)
        return incident(self, slug)

    monkeypatch.setattr(Cache, "incident", counted)
    later = "[IDENTIFIED] It is a query.\nUpdated: 17:20 UTC\n"
    write(root, {"content/incidents/api.md": f"{INCIDENT}\n{later}"})
    publish(root)
    newest = {f"old-{number}" for number in range(120 - 50, 120)}
    assert set(read) <= newest | {"api"}


def test_rebuild(tmp_path: Path) -> None:
    """An hour later every file is the same, byte for byte, but for outages that are counted."""
    fine = INCIDENT.replace("partial_outage", "degraded_performance")
    root = write(tmp_path, {**MINIMAL, "content/incidents/api.md": fine})
    publish(root, as_of="2026-01-03 12:00", clean=True)
    before = tree(root / "public/api")
    publish(root, as_of="2026-01-03 13:00", clean=True)
    assert tree(root / "public/api") == before
