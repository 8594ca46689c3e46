"""Editors are told the truth: schemas take what the program reads, and refuse what it refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import jsonschema
import pytest
import yaml

from statusgen.content import read_documents
from statusgen.errors import ContentErrors
from statusgen.model import Moment
from statusgen.parse import parse_site
from statusgen.parse.incidents import EDIT, INCIDENT, REPORT
from statusgen.parse.maintenance import MAINTENANCE
from statusgen.parse.schema import schemas
from statusgen.parse.settings import (
    CHECK,
    COMPONENT,
    ESCALATION,
    FEEDS,
    GROUP,
    LINK,
    MAIL,
    POLICY,
    SEVERITY,
    SITE,
    THEME,
    UPTIME,
)
from statusgen.parse.updates import INCIDENT_UPDATE, MAINTENANCE_UPDATE
from tests.folders import new_folder
from tests.worlds import MINIMAL, Files, at, problems, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from statusgen.parse.shapes import Shape

SCHEMAS = schemas()
VALIDATORS = {name: jsonschema.Draft202012Validator(schema) for name, schema in SCHEMAS.items()}
POOL = """
a|Two words|two-words|UPPER|12|1.5|0|0.3|1|-1|true|false|yes|No|null|~|''|'  '|[]|[a]|[a, b]|[12]
[[a]]|{}|{a: b}|{api: major_outage}|{api: Major outage}|{api: green}|[api]|[api, db]|{api: [a]}
2026-01-02|2026-13-02|2026-01-02 17:05 UTC|2026-01-02T17:05:30Z|2026-01-02 17:05
2026-01-02 25:00 UTC|5 min|2 hours|3 days|five minutes|none|SEV-1|sev 2|SEV-9|SEV2
public|internal|Internal|secret
major|critical|none at all|major_outage|partial outage|operational|down
https://example.com/|http://example.com|ftp://example.com/|https://example.com/?a=b
example.com|https://
help@example.com|Our Status <status@example.com>|help@|mailto:help@example.com|mailto:help
en|pt-BR|English|[en, tr]|[en, Turkish]|Europe/Istanbul|UTC|+03:00
/old/|/old/name|old|/a?b|//host/|about/|feeds|[feeds, badge]|html|feed
error|off|warn|no|correction|investigating|In progress|scheduled|fixed
20260102T1705Z|incident-slow-20260102T1705Z|yesterday|'a #b'|\"two\\nlines\"|{title: A, url: about/}
[{title: A, url: about/}]|[{title: A}]|{level: L1, who: Ada, after: 5 min}
[{level: L1, who: Ada, after: 5 min}]|{hub: https://example.com/}
{at: 2026-01-02 17:05 UTC, what: A word}|{what: A word}|{from: status@example.com}
{partial_outage: 0.5}|{partial_outage: 2}|{name: default}|{name: default, options: {accent: red}}
{what_happened: It broke, impact: [One, Two]}|{what_happned: It broke}
{levels: {silence: off}}|{since: 2026-01-02}
{SEV-1: {acknowledge: 5 min, mail: yes}}|{SEV-1: {triage: none, mail: maybe}}|{SEV-5: {mail: yes}}
"""
VALUES = [value for line in POOL.strip().splitlines() for value in line.split("|")]
"""What somebody may type behind a key."""


class Kind(NamedTuple):
    """A kind of file: its schema, where it lies, its keys, and a file that is right without one."""

    schema: str
    path: str
    shape: Shape
    text: str
    others: Files | None = None


SITE_TEXT = "title: Example\nurl: https://status.example.com/\n"
INCIDENT_TEXT = "title: Slow\nseverity: SEV-2\nstarted: 2026-01-02 17:00 UTC\n"
FIRST = "updates:\n  - status: investigating\n    at: 2026-01-02 17:05 UTC\n    body: We look.\n"
WORK_TEXT = "title: Work\nstarts: 2026-01-05 01:00 UTC\nends: 2026-01-05 02:00 UTC\n"
ANNOUNCED = "updates:\n  - status: scheduled\n    at: 2026-01-02 17:05 UTC\n    body: We work.\n"
HEAD: Files = {"content/incidents/slow/incident.yml": INCIDENT_TEXT}
WORK_HEAD: Files = {"content/maintenance/work/maintenance.yml": WORK_TEXT}
KINDS = [
    Kind("site", "content/site.yml", SITE, SITE_TEXT),
    Kind("policy", "content/policy.yml", POLICY, "verification: All is well\n"),
    Kind(
        "components",
        "content/components.yml",
        COMPONENT,
        "- id: api\n  name: API\n- id: db\n  name: DB\n",
    ),
    Kind("incident", "content/incidents/slow.yml", INCIDENT, INCIDENT_TEXT + FIRST),
    Kind("maintenance", "content/maintenance/work.yml", MAINTENANCE, WORK_TEXT + ANNOUNCED),
    Kind(
        "incident-update",
        "content/incidents/slow/first.yml",
        INCIDENT_UPDATE,
        "status: investigating\nat: 2026-01-02 17:05 UTC\nbody: We look.\n",
        HEAD,
    ),
    Kind(
        "maintenance-update",
        "content/maintenance/work/first.yml",
        MAINTENANCE_UPDATE,
        "status: scheduled\nat: 2026-01-02 17:05 UTC\nbody: We work.\n",
        WORK_HEAD,
    ),
]

BEYOND = re.compile(
    r"no (component|template|theme|time zone|group) is called|is the address of|speak|translat"
    r"|does not lie after|lies |before it starts|reads earlier|has no date|needs its date"
    r"|would keep this off|stands in the list already|stands a second time|is called .* too"
    r"|names an update of something else|'resolved' returns|the first of languages|YAML drops"
    r"|no regular expression|fits nothing at all|keep one of them|has no option|does not exist"
)
"""What is told of a value that only the reader can know: it hangs on more than the value."""


def resolved(text: str) -> object:
    """Read YAML as editors do, by the core schema of YAML 1.2."""
    node = yaml.compose(text)
    assert node is not None
    return _value(node)


_CORE: list[tuple[str, Callable[[str], object]]] = [
    (r"~|null|Null|NULL|", lambda _: None),
    (r"true|True|TRUE|false|False|FALSE", lambda text: text.lower() == "true"),
    (r"[-+]?[0-9]+", int),
    (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
]


def _value(node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return {_value(key): _value(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    assert isinstance(node, yaml.ScalarNode)
    plain = _CORE if node.style is None else []
    read = next((read for pattern, read in plain if re.fullmatch(pattern, node.value)), str)
    return read(node.value)


def with_key(text: str, key: str, value: str) -> str:
    """Give a key of a file a value, or the first item of a list of components."""
    dash = "- " if text.startswith("- ") else ""
    lines = text.splitlines()
    if dash:
        items = re.split(r"(?m)^(?=- )", text)
        first, rest = items[1], "".join(items[2:])
        return (
            "- "
            + with_key(first.replace("- ", "", 1).replace("\n  ", "\n"), key, value)
            .replace("\n", "\n  ")
            .rstrip(" ")
            + rest
        )
    kept, skipping = [], False
    for line in lines:
        if re.match(rf"{re.escape(key)}:", line):
            skipping = True
        elif not line.startswith((" ", "-")):
            skipping = False
        if not skipping:
            kept.append(line)
    return "\n".join([f"{key}: {value}", *kept, ""])


def told_of(root: Path, path: str, text: str, moment: Moment) -> list[str]:
    """Tell the problems of a site once a file holds a text."""
    write(root, {path: text})
    try:
        parse_site(read_documents(root), moment)
    except ContentErrors as error:
        return [str(one) for one in error.problems]
    return []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.schema)
def test_right_files(kind: Kind) -> None:
    """A file that is right is right by its schema."""
    assert problems({**(kind.others or {}), kind.path: kind.text}) == []
    VALIDATORS[kind.schema].validate(resolved(kind.text))


@pytest.mark.parametrize(
    ("kind", "key"),
    [(kind, key) for kind in KINDS for key in kind.shape],
    ids=lambda one: one if isinstance(one, str) else one.schema,
)
def test_agreement(kind: Kind, key: str) -> None:
    """Whatever somebody types behind a key, reader and schema say the same of it."""
    disagreed = []
    with new_folder() as root:
        write(root, {**MINIMAL, **(kind.others or {})})
        moment = Moment(as_of=at("2026-01-03 12:00"))
        answers = [
            (value, text, told_of(root, kind.path, text, moment))
            for value in VALUES
            for text in [with_key(kind.text, key, value)]
        ]
    for value, text, told in answers:
        own = [one for one in told if not BEYOND.search(one)]
        wrong = [error.message for error in VALIDATORS[kind.schema].iter_errors(resolved(text))]
        if (own and not wrong) or (wrong and not told):
            disagreed.append((value, told, wrong))
    assert disagreed == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.schema)
def test_unknown_key(kind: Kind) -> None:
    """A key that there is not is marked, and told."""
    text = with_key(kind.text, "titel", "A word")
    assert any(
        "unknown key 'titel'" in one for one in problems({**(kind.others or {}), kind.path: text})
    )
    assert not VALIDATORS[kind.schema].is_valid(resolved(text))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.schema)
def test_missing_key(kind: Kind) -> None:
    """A key that must be there is missed by both."""
    for key, one in kind.shape.items():
        if one.required:
            text = "\n".join(
                line for line in kind.text.splitlines() if not re.match(rf"[- ]*{key}:", line)
            )
            text = re.sub(r"(?m)^  name: API$", "- name: API", text) if key == "id" else text
            assert problems({**(kind.others or {}), kind.path: f"{text}\n"})
            assert not VALIDATORS[kind.schema].is_valid(resolved(text))


def test_every_key_has_a_schema() -> None:
    """No table of keys is left out."""
    told = str(SCHEMAS)
    for shape in (
        SITE,
        THEME,
        LINK,
        FEEDS,
        UPTIME,
        MAIL,
        COMPONENT,
        GROUP,
        POLICY,
        SEVERITY,
        CHECK,
    ):
        assert all(f"'{key}':" in told for key in shape)
    for shape in (ESCALATION, INCIDENT, MAINTENANCE, EDIT, REPORT, INCIDENT_UPDATE):
        assert all(f"'{key}':" in told for key in shape)


@pytest.mark.parametrize("name", SCHEMAS)
def test_they_are_schemas(name: str) -> None:
    """Each is right by the standard's own schema."""
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
