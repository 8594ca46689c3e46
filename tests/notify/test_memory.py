"""What a build knows of the history is not read again to tell what is new of it."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from statusgen.model import Moment
from statusgen.notify.due import LIMIT
from statusgen.notify.news import MEMORY, news
from statusgen.reading import recall
from tests.folders import new_folder
from tests.worlds import INCIDENT, MINIMAL, at, publish, write

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("when", ["2026-01-02 17:40", "2026-01-05 12:00", "2026-01-14 09:40"])
def test_same_news(when: str) -> None:
    """With what a build knows and without it, the same is new."""
    moment = Moment(as_of=at(when))
    with new_folder() as root:
        shutil.copytree(PROJECT / "content", root / "content")
        before = recall(root, root / "public", moment)
        publish(root, as_of=when)
        after = recall(root, root / "public", moment)
        assert news(before.present(moment)) == news(after.present(moment)) != ()


def test_history_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """An incident that is long over is neither read nor parsed, and no news come of it."""
    with new_folder() as root:
        old = f"{INCIDENT}\n[RESOLVED] It is over.\nUpdated: 17:45 UTC\n"
        young = INCIDENT.replace("2026-01-02", "2026-02-01")
        write(root, MINIMAL | {"content/incidents/old.md": old})
        write(root, {"content/incidents/young.md": young})
        publish(root, as_of="2026-02-01 18:00")
        moment = Moment(as_of=at("2026-02-01 18:00"))
        parsed: list[str] = []
        parse = "statusgen.parse.incidents.outline"
        monkeypatch.setattr(parse, lambda document, *_: parsed.append(document.slug))
        content = recall(root, root / "public", moment)
        assert parsed == []
        assert [one.slug for one in news(content.present(moment))] == ["young"]


def test_memory_is_long_enough() -> None:
    """What is looked at goes back further than what is sent, so that what was begun is ended."""
    assert LIMIT + timedelta(days=1) <= MEMORY
