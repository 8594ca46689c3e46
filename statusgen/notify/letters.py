"""News as mails and in brief, in each language that the site speaks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from statusgen.model import MaintenanceStatus
from statusgen.notify.news import Kind
from statusgen.renderers import email
from statusgen.signs import without_controls
from statusgen.views.incident import incident_view
from statusgen.views.mail import clock_mail, postmortem_mail, step_mail, update_mail
from statusgen.views.maintenance import maintenance_view

if TYPE_CHECKING:
    from statusgen.notify.due import Due
    from statusgen.notify.news import News
    from statusgen.theme import Theme
    from statusgen.views.mail import Mail
    from statusgen.views.present import Present


class Brief(Struct, frozen=True, kw_only=True):
    """News as chats tell them: a title, and a text that ends with where to read on."""

    title: str
    text: str


class Letters:
    """Writes news; what was written in a language is kept until other news are written."""

    def __init__(self, present: Present, theme: Theme) -> None:
        self.present, self.theme = present, theme
        self._key = ""
        self._written: dict[str, bytes] = {}

    def language(self, wanted: str) -> str:
        """Tell in which of the site's languages somebody is told who wants this one."""
        spoken = {each.language.lower(): each.language for each in self.present.trees}
        wanted = wanted.lower().replace("_", "-")
        first = self.present.config.language
        return spoken.get(wanted) or spoken.get(wanted.partition("-")[0]) or first

    def mail(self, due: Due, language: str) -> bytes:
        """Write the mail of news, to nobody yet."""
        if due.key != self._key:
            self._key, self._written = due.key, {}
        if language not in self._written:
            view = self.view(due, language)
            self._written[language] = email.render(view, self._speaking(language))
        return self._written[language]

    def brief(self, due: Due) -> Brief:
        """Write news for chats, in the site's first language."""
        view = self.view(due, self.present.config.language)
        name = f"emails/{email.TEMPLATES[type(view)]}"
        words = self.theme.render(f"{name}.txt", view).partition("\n-- \n")[0].strip()
        title = self.theme.render(f"{name}.subject.txt", view).strip()
        told = without_controls(f"{words}\n\n{view.url}")
        return Brief(title=without_controls(title), text=told)

    def view(self, due: Due, language: str) -> Mail:
        """Tell what a mail tells, by the name under which the ledger knows it."""
        present = self._present(language)
        view = _mail(present, due.news)
        message = f"{due.key}{view.message.removeprefix(view.id)}"
        return replace(view, message=message, is_correction=due.is_correction)

    @property
    def sender(self) -> str:
        """The address that mails are from."""
        config = self.present.config
        written = config.mail.sender or f"<status@{config.host}>"
        user, _, host = written.rpartition("<")[2].rstrip("> ").rpartition("@")
        return f"{user}@{host.encode('idna').decode('ascii')}"

    def _speaking(self, language: str) -> Theme:
        is_first = language == self.present.config.language
        return self.theme if is_first else self.theme.speaking(language)

    def _present(self, language: str) -> Present:
        is_first = language == self.present.config.language
        return self.present if is_first else self._others[language]

    @cached_property
    def _others(self) -> dict[str, Present]:
        return {each: self.present.speaking(each) for each in self.present.config.others}


def _mail(present: Present, one: News) -> Mail:
    if one.is_about_work:
        return _work_mail(present, one)
    incident = present.incident(one.slug)
    view = incident_view(present, incident)
    if one.kind == Kind.POSTMORTEM:
        lesson = next(each for each in present.site.postmortems if each.incident == one.slug)
        return postmortem_mail(present, incident, lesson, view)
    return update_mail(present, incident, view, one.id)


def _work_mail(present: Present, one: News) -> Mail:
    work = next(each for each in present.site.maintenances if each.slug == one.slug)
    view = maintenance_view(present, work)
    if one.kind == Kind.UPDATE:
        return step_mail(present, work, view, one.id)
    status = MaintenanceStatus(one.status)
    return clock_mail(present, work, view, name=one.id, at=one.at, status=status)
