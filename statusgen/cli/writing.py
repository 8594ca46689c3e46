"""`statusgen new`, `update`, `resolve`, `maintenance`, `postmortem`: words that become files."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from statusgen.cli.answers import clock, or_exit
from statusgen.cli.asking import asked, chosen, confirmed, is_person, text_of
from statusgen.cli.options import as_of_option, here, now, root_option
from statusgen.errors import GitError, WritingError, one_of

# What reads content is imported by the commands: `--help` needs none of it.

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from statusgen.content import Document
    from statusgen.model import Incident, Report, Severity
    from statusgen.writing.desk import Desk, Fact, Page
    from statusgen.writing.spelling import Said

F = TypeVar("F", bound="Callable[..., Any]")

_LONG_AGO = timedelta(days=1)
_AHEAD = timedelta(minutes=10)
_FAR = timedelta(days=365)


def _complete(
    context: click.Context, _param: click.Parameter, incomplete: str, *, what: str
) -> list[str]:
    """Offer names of the content, as far as it can be read."""
    from statusgen.errors import StatusgenError  # noqa: PLC0415 - as above

    try:
        desk = _desk(context.params.get("root") or here(), None)
    except (StatusgenError, SystemExit):
        return []
    offers = {
        "open": [one.slug for one in desk.open()],
        "any": list(desk.slugs()),
        "component": [leaf.id for leaf in desk.site.leaves],
        "template": [name for name, _, _ in desk.templates()],
    }
    return [one for one in offers[what] if one.startswith(incomplete)]


def _options(command: F) -> F:
    """Give a command what all that write have."""
    options = (
        root_option,
        as_of_option,
        click.option("--commit", is_flag=True, help="Commit the file, and nothing else."),
        click.option("--push", is_flag=True, help="Commit, and push."),
        click.option("--yes", "-y", is_flag=True, help="Ask nothing that can be answered by yes."),
    )
    for option in reversed(options):
        command = option(command)
    return command


_text_option = click.option("--text", help="What readers are told; - reads standard input.")
_component_option = partial(
    click.option,
    "--component",
    "-c",
    "components",
    multiple=True,
    metavar="ID[=STATUS]",
    shell_complete=partial(_complete, what="component"),
    help="A component, and how it does; again for each.",
)
_next_option = click.option(
    "--next-update",
    metavar="TIME",
    help="When the next update follows, like 30m or 17:30.",
)
_notify_option = click.option(
    "--notify",
    type=click.Choice(["no", "correction"]),
    help="Tell nobody of this update, or tell it as a correction.",
)
_severity_option = click.option("--sev", "severity", metavar="1-4", help="The severity.")


@click.command()
@click.argument("title", required=False)
@_severity_option
@_component_option()
@_text_option
@click.option("--status", default="investigating", show_default=True, help="How far it has come.")
@click.option("--started", metavar="TIME", help="When it began, like 17:05 or '10 min ago'.")
@_next_option
@click.option("--assignee", default="", help="Who takes it up; never published.")
@click.option(
    "--template",
    shell_complete=partial(_complete, what="template"),
    help="The text in content/templates/ that it begins with.  [default: one of its title]",
)
@click.option("--slug", default="", help="The end of its address.  [default: of day and title]")
@click.option("--public", "is_public", is_flag=True, help="On the page in any case.")
@click.option("--internal", "is_internal", is_flag=True, help="Not on the page.")
@click.option("--draft", is_flag=True, help="Not on the page yet.")
@_notify_option
@_options
def new(  # noqa: PLR0913 - an option each
    *,
    title: str | None,
    severity: str | None,
    components: tuple[str, ...],
    text: str | None,
    status: str,
    started: str | None,
    next_update: str | None,
    assignee: str,
    template: str | None,
    slug: str,
    is_public: bool,
    is_internal: bool,
    draft: bool,
    notify: str | None,
    **how: Any,  # noqa: ANN401 - what all commands have
) -> None:
    """Create an incident with its first update.

    What is missing is asked for, where somebody can be asked. Says what readers will see, who is
    told, and what is due next.
    """
    if is_public and is_internal:
        message = "--public puts it on the page, --internal keeps it off: choose one"
        raise click.UsageError(message)

    def work() -> _Written:
        from statusgen.model import Notify  # noqa: PLC0415 - as above
        from statusgen.writing import drafts  # noqa: PLC0415 - as above
        from statusgen.writing.spelling import Said  # noqa: PLC0415 - as above

        desk = _desk(how["root"], how["as_of"])
        at = _minute(desk.moment.as_of)
        name = asked("the title", "What is wrong", title, _filled)
        level = asked("--sev", _severities(desk), severity, _severity)
        named = _named(desk, components, level)
        begun = _when(desk, started, is_past=True) if started else at
        _refuse_unlikely(begun, at, yes=how["yes"])
        fitting, words = _fitting(desk, name, template)
        word = chosen(status, desk.statuses("incidents"), "status")
        said = Said(
            status=word,
            body=text_of(text, begun=words),
            at=at,
            next_update=_when(desk, next_update) if next_update else None,
            notify=Notify(notify or "yes"),
        )
        head = drafts.Head(
            title=name,
            slug=slug,
            severity=level,
            started=begun,
            components=named,
            visibility="public" if is_public else "internal" if is_internal else "",
            is_draft=draft,
            assignee=assignee,
            acknowledged=at if assignee else None,
            template=fitting,
        )
        return _Written(desk, None, [drafts.new(desk, head, said)], said)

    _finish(work, how)


@click.command()
@click.argument("incident", required=False, shell_complete=partial(_complete, what="any"))
@click.option("--status", help="How far it has come.  [default: as before]")
@_text_option
@_component_option()
@_severity_option
@_next_option
@click.option("--starts", metavar="TIME", help="When a maintenance is to start now.")
@click.option("--ends", metavar="TIME", help="When a maintenance is to end now.")
@_notify_option
@_options
def update(  # noqa: PLR0913 - an option each
    *,
    incident: str | None,
    status: str | None,
    text: str | None,
    components: tuple[str, ...],
    severity: str | None,
    next_update: str | None,
    starts: str | None,
    ends: str | None,
    notify: str | None,
    **how: Any,  # noqa: ANN401 - as above
) -> None:
    """Append an update to an INCIDENT, or to a maintenance.

    INCIDENT is the end of its address, or the name of its file; the one that is open unless named.
    Nothing else in the file is touched. A status that is not over opens it again.
    """

    def work() -> _Written:
        from statusgen.model import Notify  # noqa: PLC0415 - as above
        from statusgen.writing.spelling import Said  # noqa: PLC0415 - as above

        desk = _desk(how["root"], how["as_of"])
        document, fact = desk.find(_incident(desk, incident))
        known = desk.statuses(document.folder)
        word = chosen(status, known, "status") if status else _asked_status(known)
        first = _when(desk, starts) if starts else None
        last = _when(desk, ends, after=first) if ends else None
        if first and last:
            _say_window(desk, first, last)
        said = Said(
            status=word,
            body=text_of(text),
            at=_minute(desk.moment.as_of),
            components=_changes(desk, components),
            severity=_severity(severity) if severity else None,
            next_update=_when(desk, next_update) if next_update else None,
            notify=Notify(notify or "yes"),
            starts=first,
            ends=last,
        )
        return _Written(desk, document, [desk.appended(document, fact, said)], said)

    _finish(work, how)


@click.command()
@click.argument("incident", required=False, shell_complete=partial(_complete, what="open"))
@_text_option
@click.option(
    "--what-happened", multiple=True, help="A line of the closing report; again for each."
)
@click.option("--impact", multiple=True, help="Whom it touched; again for each.")
@click.option("--resolution", multiple=True, help="What was done; again for each.")
@_notify_option
@_options
def resolve(  # noqa: PLR0913 - an option each
    *,
    incident: str | None,
    text: str | None,
    what_happened: tuple[str, ...],
    impact: tuple[str, ...],
    resolution: tuple[str, ...],
    notify: str | None,
    **how: Any,  # noqa: ANN401 - as above
) -> None:
    """Say that an INCIDENT is over, and what it was.

    Shows first what must hold before it is. The closing report, which the last mail tells, is asked
    for where somebody can be asked.
    """

    def work() -> _Written:
        from statusgen.model import Incident, Notify, Report  # noqa: PLC0415 - as above
        from statusgen.writing.spelling import Said  # noqa: PLC0415 - as above

        desk = _desk(how["root"], how["as_of"])
        document, fact = desk.find(_incident(desk, incident))
        if not isinstance(fact, Incident):
            message = (
                f"{fact.slug} is a maintenance: statusgen update {fact.slug} --status completed"
            )
            raise WritingError(message)
        if fact.updates[-1].status == "resolved":
            message = f"{fact.slug} is resolved already"
            raise WritingError(message)
        _show_verification(desk, yes=how["yes"])
        said = Said(
            status="resolved",
            body=text_of(text),
            at=_minute(desk.moment.as_of),
            notify=Notify(notify or "yes"),
        )
        report = _report(
            desk, fact, Report(what_happened=what_happened, impact=impact, resolution=resolution)
        )
        page = desk.appended(document, fact, said)
        pages = [page]
        if report:
            told = desk.reported(document, page, report)
            pages = [told] if told.path == page.path else [told, page]
        return _Written(desk, document, pages, said, report)

    _finish(work, how)


@click.command()
@click.argument("title", required=False)
@click.option("--starts", metavar="TIME", help="When it starts, like 'tomorrow 02:00'.")
@click.option("--ends", metavar="TIME", help="When it ends, like 04:00, or after how long: 2h.")
@_component_option(metavar="ID", help="A component that it touches; again for each.")
@_text_option
@click.option("--slug", default="", help="The end of its address.  [default: of day and title]")
@click.option("--draft", is_flag=True, help="Not on the page yet.")
@_notify_option
@_options
def maintenance(  # noqa: PLR0913 - an option each
    *,
    title: str | None,
    starts: str | None,
    ends: str | None,
    components: tuple[str, ...],
    text: str | None,
    slug: str,
    draft: bool,
    notify: str | None,
    **how: Any,  # noqa: ANN401 - as above
) -> None:
    """Announce a maintenance.

    Times may be written as they are said; they are said back in full before anything is written.
    """

    def work() -> _Written:
        from statusgen.model import Notify  # noqa: PLC0415 - as above
        from statusgen.writing import drafts  # noqa: PLC0415 - as above
        from statusgen.writing.spelling import Said  # noqa: PLC0415 - as above

        desk = _desk(how["root"], how["as_of"])
        name = asked("the title", "What is planned", title, _filled)
        first = asked("--starts", "When does it start", starts, partial(_when, desk))
        last = asked("--ends", "When does it end", ends, partial(_when, desk, after=first))
        _say_window(desk, first, last)
        _refuse_far(first, desk.moment.as_of, yes=how["yes"])
        if is_person() and not how["yes"]:
            confirmed("Is that right?", yes=False)
        said = Said(
            status="scheduled",
            body=text_of(text),
            at=_minute(desk.moment.as_of),
            notify=Notify(notify or "yes"),
        )
        head = drafts.Head(
            title=name,
            slug=slug,
            starts=first,
            ends=last,
            components=tuple((desk.component(one), "") for one in components),
            is_draft=draft,
        )
        return _Written(desk, None, [drafts.new(desk, head, said)], said)

    _finish(work, how)


@click.command()
@click.argument("incident", shell_complete=partial(_complete, what="any"))
@_options
def postmortem(*, incident: str, **how: Any) -> None:  # noqa: ANN401 - as above
    """Begin a post-mortem: what is known is filled in.

    Nobody outside reads it until its front matter says `published:`.
    """

    def work() -> _Written:
        from statusgen.model import Incident  # noqa: PLC0415 - as above
        from statusgen.writing import drafts  # noqa: PLC0415 - as above

        desk = _desk(how["root"], how["as_of"])
        _, fact = desk.find(incident)
        if not isinstance(fact, Incident):
            message = f"{fact.slug} is a maintenance, and has no post-mortem"
            raise WritingError(message)
        return _Written(desk, None, [drafts.postmortem(desk, fact)], None)

    _finish(work, how)


class _Written(NamedTuple):
    """What is to be written, and what it says: `said` is empty in a post-mortem.

    `document` is what it is added to, if it is not new.
    """

    desk: Desk
    document: Document | None
    pages: Sequence[Page]
    said: Said | None
    report: Report | None = None

    @property
    def fact(self) -> Fact:
        """What it tells of, as it will be."""
        return self.pages[-1].fact

    def again(self, theirs: bytes) -> bytes:
        """Do to what others wrote meanwhile what was done here."""
        if self.said is None or self.document is None:
            message = f"{self.pages[-1].path}: somebody else has made it; look at theirs: git fetch"
            raise WritingError(message)
        return self.desk.again(self.document, theirs, self.said, self.report)

    def as_it_is(self) -> tuple[Desk, Fact]:
        """Read anew what it tells of, with what others wrote meanwhile."""
        from statusgen.writing.desk import Desk  # noqa: PLC0415 - as above

        desk = Desk(self.desk.root, self.desk.moment)
        return desk, desk.find(self.pages[-1].path)[1]

    def message(self) -> str:
        """Say it in the subject of a commit."""
        return f"{self.fact.title}: {self.said.status if self.said else 'post-mortem begun'}"


def _finish(work: Callable[[], _Written], how: dict[str, Any]) -> None:
    """Write what was worked out, say what comes of it, and hand it to git."""

    def done() -> None:
        written = work()
        places = [written.desk.write(page) for page in written.pages]
        for page in written.pages:
            click.echo(page.path)
        if written.said is not None:
            _say_outlook(written.desk, written.fact)
        for problem in written.desk.problems:
            click.echo(str(problem), err=True)
        if written.desk.problems:
            click.echo("The page cannot be built until that is mended.", err=True)
        if how["commit"] or how["push"]:
            _hand_over(written, places, is_pushed=how["push"])

    or_exit(done)


def _hand_over(written: _Written, places: list[Path], *, is_pushed: bool) -> None:
    from statusgen.git import Repository  # noqa: PLC0415 - as above

    try:
        repository = Repository(written.desk.root)
    except GitError as error:
        message = f"{error}; the file is written: commit it by hand"
        raise GitError(message) from None
    commit = repository.commit(places, written.message())
    click.echo(f"Committed as {commit}.")
    if is_pushed:
        conflicts = repository.push(places[-1], written.again)
        if (now := repository.head()) != commit:
            click.echo(f"Others were quicker, so that it is {now} now. With what they pushed:")
            if written.said is not None:
                _say_outlook(*written.as_it_is())
        click.echo("Pushed.")
        for name in conflicts:
            told = "what you have not committed conflicts with what others pushed"
            click.echo(f"{name}: {told}; yours is kept: git stash show -p", err=True)


def _say_outlook(desk: Desk, fact: Fact) -> None:
    """Say what readers will see, who is told, and what is due."""
    from statusgen.writing.outlook import outlook, said_of  # noqa: PLC0415 - as above

    told = outlook(desk, fact)
    moment = desk.moment.as_of
    zone = desk.config.zone
    if told.hidden:
        sees = f"nothing: {told.hidden}"
    else:
        components = [f"{name}: {_words(status)}" for name, status in told.components]
        sees = "; ".join([told.overall, *components])
    rows = [
        (_words(said_of(fact, moment)), fact.title),
        ("Readers see", sees),
        ("Told", "; ".join(told.told) or "nobody"),
    ]
    if told.duties:
        due = [
            f"{duty.task} by {clock(duty.due, moment, zone)}"
            + (" (overdue)" if duty.is_overdue(moment) else "")
            for duty in told.duties
        ]
        rows.append(("Due", "; ".join(due)))
    width = max(len(label) for label, _ in rows)
    for label, words in rows:
        click.echo(f"  {click.style(label.ljust(width), bold=True)}  {words}")


def _words(word: str) -> str:
    return word.replace("_", " ").capitalize()


def _desk(root: Path, as_of: datetime | None) -> Desk:
    from statusgen.writing.desk import Desk  # noqa: PLC0415 - as above

    return Desk(root, now(as_of))


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _filled(text: str) -> str:
    told = " ".join(text.split())
    if not told:
        message = "it needs a few words"
        raise WritingError(message)
    return told


def _severities(desk: Desk) -> str:
    told = [
        f"  {name}  {one.name}: {one.definition}" for name, one in desk.config.policy.severities
    ]
    return "\n".join(("How bad is it", *told, "Severity"))


def _severity(text: str) -> Severity:
    from statusgen.model import Severity  # noqa: PLC0415 - as above

    spelt = f"SEV-{text.strip().upper().removeprefix('SEV').lstrip('- ')}"
    if spelt not in tuple(Severity):
        message = f"{text!r} is no severity: it is {one_of(Severity)}"
        raise WritingError(message)
    return Severity(spelt)


def _named(desk: Desk, components: Iterable[str], level: Severity) -> tuple[tuple[str, str], ...]:
    """Read the components that an incident names; a person is asked where there are none."""
    written = list(components)
    if not written and is_person() and desk.site.leaves:
        known = ", ".join(leaf.id for leaf in desk.site.leaves)
        while True:
            answer = click.prompt(
                f"Which components ({known}; none if empty)", default="", show_default=False
            )
            try:
                return _changes(desk, answer.replace(",", " ").split(), level)
            except WritingError as error:
                click.echo(f"  {error}")
    return _changes(desk, written, level)


def _changes(
    desk: Desk, components: Iterable[str], level: Severity | None = None
) -> tuple[tuple[str, str], ...]:
    """Read components with their statuses; without one the severity gives it, or must be said."""
    from statusgen.model import ComponentStatus  # noqa: PLC0415 - as above

    told: dict[str, str] = {}
    for one in components:
        name, _, status = one.partition("=")
        found = desk.component(name.strip())
        if status:
            told[found] = chosen(status, tuple(ComponentStatus), "status")
        elif level is None:
            message = f"{one!r} has no status: write it like {found}=operational"
            raise WritingError(message)
        else:
            told[found] = ""
    if level is not None and any(told.values()):
        usual = desk.config.policy.of(level).status
        told = {name: status or usual.value for name, status in told.items()}
    return tuple(told.items())


def _fitting(desk: Desk, title: str, name: str | None) -> tuple[str, str]:
    """Find the template that is asked for, or that has the title: its name and its text."""
    known = list(desk.templates())
    if name is not None:
        found = chosen(name, [slug for slug, _, _ in known], "template")
        return next((slug, text) for slug, _, text in known if slug == found)
    same = title.strip().lower()
    return next(((slug, text) for slug, told, text in known if told.lower() == same), ("", ""))


def _incident(desk: Desk, name: str | None) -> str:
    """Find which incident is meant: as it is named, or the only one that is open."""
    if name:
        return name
    there = desk.open()
    if len(there) == 1:
        return there[0].slug
    if not there:
        message = "no incident is open: name the one that is meant"
        raise WritingError(message)
    names = [one.slug for one in there]
    if not is_person():
        message = f"{len(there)} incidents are open, name one: {', '.join(names)}"
        raise WritingError(message)
    for number, one in enumerate(there, 1):
        click.echo(f"  {number}  {one.severity}  {one.title}")
    picked: int = click.prompt("Which one", type=click.IntRange(1, len(there)))
    return names[picked - 1]


def _asked_status(known: Sequence[str]) -> str:
    if not is_person():
        return known[-1]
    read = partial(chosen, known=known, noun="status")
    question = f"Status ({', '.join(known)}; as before if empty)"
    return asked("--status", question, None, lambda word: read(word or known[-1]))


def _show_verification(desk: Desk, *, yes: bool) -> None:
    steps = desk.config.policy.verification
    for step in steps:
        click.echo(f"  [ ] {step}", err=True)
    if steps and is_person():
        confirmed("Does all of that hold?", yes=yes)


def _report(desk: Desk, one: Incident, told: Report) -> Report | None:
    """Settle the closing report: as it was said, or as a person answers; None if there is one."""
    from statusgen.model import Report  # noqa: PLC0415 - as above

    is_said = any((told.what_happened, told.impact, told.resolution))
    if one.report:
        if is_said:
            message = f"{one.slug} has a closing report already: change it in the file"
            raise WritingError(message)
        return None
    is_mailed = desk.config.policy.of(one.severity).mail
    if is_said or not is_mailed or not is_person():
        return told if is_said else None
    click.echo("The closing mail tells what it was; a line each, an empty one goes on.")
    report = Report(
        what_happened=_lines("What happened"),
        impact=_lines("Impact"),
        resolution=_lines("Resolution"),
    )
    return report if any((report.what_happened, report.impact, report.resolution)) else None


def _lines(question: str) -> tuple[str, ...]:
    found: list[str] = []
    while line := click.prompt(question, default="", show_default=False).strip():
        found.append(line)
    return tuple(found)


def _when(
    desk: Desk, text: str, *, is_past: bool = False, after: datetime | None = None
) -> datetime:
    from statusgen.writing.when import read_when  # noqa: PLC0415 - as above

    now, zone = desk.moment.as_of, desk.config.zone
    return _minute(read_when(text, now, zone, is_past=is_past, after=after))


def _refuse_unlikely(begun: datetime, at: datetime, *, yes: bool) -> None:
    """Ask about a start that is beyond reason."""
    from statusgen.parse.times import spell, spell_duration  # noqa: PLC0415 - as above

    if at - begun > _LONG_AGO:
        told = f"{spell(begun)} is {spell_duration(at - begun)} ago."
        confirmed(f"{told} Did it begin then?", yes=yes)
    elif begun - at > _AHEAD:
        message = (
            f"{spell(begun)} lies {spell_duration(begun - at)} ahead: it cannot have begun yet"
        )
        raise WritingError(message)


def _refuse_far(first: datetime, at: datetime, *, yes: bool) -> None:
    from statusgen.parse.times import spell, spell_duration  # noqa: PLC0415 - as above

    if first < at - _AHEAD:
        told = f"{spell(first)} is {spell_duration(at - first)} ago."
        confirmed(f"{told} Does it start then?", yes=yes)
    elif first - at > _FAR:
        told = f"{spell(first)} lies {spell_duration(first - at)} ahead."
        confirmed(f"{told} Does it start then?", yes=yes)


def _say_window(desk: Desk, first: datetime, last: datetime) -> None:
    """Say a window back in full."""
    from statusgen.parse.times import spell, spell_duration  # noqa: PLC0415 - as above

    zone, at = desk.config.zone, desk.moment.as_of
    ahead = f", in {spell_duration(first - at)}" if first > at else ""
    day = f"{first.astimezone(zone):%A}"
    long = spell_duration(last - first) if last > first else "no time at all"
    click.echo(f"From {day} {spell(first, zone)}{ahead}, to {spell(last, zone)}: {long}.", err=True)


COMMANDS = (new, update, resolve, maintenance, postmortem)
"""In the order of an incident's life."""
