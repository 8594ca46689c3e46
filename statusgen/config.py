"""How the site wants to be: its settings and its severity policy, frozen."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, reset_tzpath

import tzdata  # type: ignore[import-untyped] # only where it lies is asked
from msgspec import Struct

from statusgen.model import ComponentStatus, Impact, Severity, Translations, Visibility, Word

# The zones of the tzdata package alone: a machine's own may be older, and no two builds the same.
# By its folder a zone is found 5 ms sooner than by its name, which takes importlib.resources.
reset_tzpath((f"{tzdata.__path__[0]}/zoneinfo",))


class SeverityPolicy(Struct, frozen=True, kw_only=True):
    """What a severity asks of the team and tells the public."""

    name: str
    definition: str
    acknowledge: timedelta
    triage: timedelta | None
    update: timedelta | None = None
    visibility: Visibility
    mail: bool
    postmortem: timedelta | None
    impact: Impact
    status: ComponentStatus
    channels: tuple[str, ...] = ()


class Escalation(Struct, frozen=True, kw_only=True):
    """Who is asked next once an incident has lasted for `after`, or at once if it hurts so much."""

    level: str
    who: str
    after: timedelta
    impact: Impact | None = None


class Level(Word):
    """How much a finding of a check weighs: only an error makes `check` fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    OFF = "off"


CHECKS = (
    "broken-link",
    "hard-to-hear",
    "internal-words",
    "late-first-word",
    "late-postmortem",
    "lone-component",
    "mild-components",
    "missing-postmortem",
    "no-closing-report",
    "old-translation",
    "open-action",
    "overdue-update",
    "silence",
    "unfinished-maintenance",
    "untranslated",
)
"""What `check` looks for in content that can be built, by the codes of its findings."""


class CheckPolicy(Struct, frozen=True, kw_only=True):
    """What is checked: `levels` override those of the checks, by their codes.

    What is over since before `since` is let be. `internal_words` are patterns of what no reader
    should see, beside those that are known.
    """

    levels: tuple[tuple[str, Level], ...] = ()
    since: date | None = None
    internal_words: tuple[str, ...] = ()


class Policy(Struct, frozen=True, kw_only=True, dict=True):
    """The severity policy, the escalation path, and what must hold before an incident is over."""

    severities: tuple[tuple[Severity, SeverityPolicy], ...]
    escalation: tuple[Escalation, ...]
    verification: tuple[str, ...] = ()
    checks: CheckPolicy = CheckPolicy()

    def of(self, severity: Severity) -> SeverityPolicy:
        """Look a severity up."""
        return self._by_severity[severity]

    @cached_property
    def _by_severity(self) -> dict[Severity, SeverityPolicy]:
        return dict(self.severities)

    @property
    def channels(self) -> tuple[str, ...]:
        """All channels that any severity names."""
        named = (name for _, one in self.severities for name in one.channels)
        return tuple(dict.fromkeys(named))


FORMATS = (
    "feeds",
    "api",
    "search",
    "tables",
    "calendar",
    "badge",
    "widget",
    "plain",
    "redirects",
    "email",
)
"""What is published beside the pages, by the names of what renders it; a site may go without."""
ALWAYS = ("html", "static", "crawlers")
"""What no site can go without."""

DEFAULT_POLICY = Policy(
    severities=(
        (
            Severity.SEV_1,
            SeverityPolicy(
                name="Critical",
                definition="complete outage or data loss",
                acknowledge=timedelta(minutes=5),
                triage=timedelta(minutes=15),
                visibility=Visibility.PUBLIC,
                mail=True,
                postmortem=timedelta(hours=48),
                impact=Impact.CRITICAL,
                status=ComponentStatus.MAJOR_OUTAGE,
            ),
        ),
        (
            Severity.SEV_2,
            SeverityPolicy(
                name="High",
                definition="major feature broken",
                acknowledge=timedelta(minutes=15),
                triage=timedelta(minutes=30),
                visibility=Visibility.PUBLIC,
                mail=True,
                postmortem=timedelta(hours=48),
                impact=Impact.MAJOR,
                status=ComponentStatus.PARTIAL_OUTAGE,
            ),
        ),
        (
            Severity.SEV_3,
            SeverityPolicy(
                name="Medium",
                definition="minor feature broken",
                acknowledge=timedelta(hours=1),
                triage=timedelta(hours=2),
                visibility=Visibility.INTERNAL,
                mail=False,
                postmortem=None,
                impact=Impact.MINOR,
                status=ComponentStatus.DEGRADED_PERFORMANCE,
            ),
        ),
        (
            Severity.SEV_4,
            SeverityPolicy(
                name="Low",
                definition="cosmetic",
                acknowledge=timedelta(hours=4),
                triage=None,
                visibility=Visibility.INTERNAL,
                mail=False,
                postmortem=None,
                impact=Impact.NONE,
                status=ComponentStatus.OPERATIONAL,
            ),
        ),
    ),
    escalation=(
        Escalation(level="L1", who="On-call engineer", after=timedelta()),
        Escalation(level="L2", who="Team lead", after=timedelta(minutes=30)),
        Escalation(level="L3", who="Engineering manager", after=timedelta(minutes=60)),
        Escalation(level="L4", who="CTO", after=timedelta(minutes=120), impact=Impact.CRITICAL),
    ),
    verification=(
        "Error rate back to normal",
        "Response times acceptable",
        "Health checks passing",
        "User reports stopped",
        "Monitoring green",
        "No new alerts",
    ),
)


class ThemeLink(Struct, frozen=True, kw_only=True):
    """A link that the theme shows: `url` is absolute, or a path of the site."""

    title: str
    url: str


class ThemeOption(Struct, frozen=True, kw_only=True):
    """An option of the theme as the site sets it, and the line where it does."""

    name: str
    value: str | tuple[ThemeLink, ...]
    line: int


class ThemeChoice(Struct, frozen=True, kw_only=True):
    """Which theme the site wears, and how it speaks; each line is where it says so (0: nowhere).

    `others` are the languages beside the first, each with its line.
    """

    name: str = "default"
    options: tuple[ThemeOption, ...] = ()
    path: str = "content/site.yml"
    line: int = 0
    language: str = "en"
    language_line: int = 0
    others: tuple[tuple[str, int], ...] = ()


class MailSettings(Struct, frozen=True, kw_only=True):
    """Whom mails are from, and how to leave the list."""

    sender: str = ""
    reply_to: str = ""
    unsubscribe: str = ""


class Config(Struct, frozen=True, kw_only=True, dict=True):
    """The site's settings; `others` are the languages beside the first, which is `language`."""

    title: str
    url: str
    description: str = ""
    language: str = "en"
    others: tuple[str, ...] = ()
    timezone: str = "UTC"
    since: date | None = None
    support: str = ""
    hub: str = ""
    marks_ends: bool = False
    without: tuple[str, ...] = ()
    partial_outage_weight: float = 0.3
    mail: MailSettings = MailSettings()
    theme: ThemeChoice = ThemeChoice()
    policy: Policy = DEFAULT_POLICY
    translations: Translations = ()
    said_in: str = ""

    @cached_property
    def formats(self) -> tuple[str, ...]:
        """What is published beside the pages."""
        return tuple(name for name in FORMATS if name not in self.without)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which the page tells time."""
        return ZoneInfo(self.timezone)

    @cached_property
    def host(self) -> str:
        """The host that ids of feeds and mails belong to."""
        return urlsplit(self.url).hostname or ""

    @cached_property
    def base_path(self) -> str:
        """The path below which the site lives, with a slash at both ends."""
        return urlsplit(self.url).path
